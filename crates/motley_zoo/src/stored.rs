//! How what is kept on disk is written: for `#[serde(with = "…")]`.

/// Stores a list of numbers as its bytes: reading them one by one takes ten times as long. The cache is a machine's own, so
/// the order of bytes is the machine's too.
pub(crate) mod bulk {
    use bytemuck::{NoUninit, Pod};
    use serde::{Deserialize, Deserializer, Serializer, de::Error};

    pub fn serialize<T: NoUninit, S: Serializer>(list: &[T], serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_bytes(bytemuck::cast_slice(list))
    }

    pub fn deserialize<'de, T: Pod, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<T>, D::Error> {
        let bytes = <&[u8]>::deserialize(deserializer)?;
        if bytes.len() % size_of::<T>() != 0 {
            return Err(D::Error::custom("a list of numbers is cut off"));
        }
        Ok(bytemuck::pod_collect_to_vec(bytes))
    }
}

/// Stores what an [`Arc`] holds; what was shared is not shared any more when it is read.
pub(crate) mod shared {
    use std::sync::Arc;

    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    pub fn serialize<T: Serialize, S: Serializer>(value: &Arc<T>, serializer: S) -> Result<S::Ok, S::Error> {
        T::serialize(value, serializer)
    }

    pub fn deserialize<'de, T: Deserialize<'de>, D: Deserializer<'de>>(deserializer: D) -> Result<Arc<T>, D::Error> {
        T::deserialize(deserializer).map(Arc::new)
    }
}

/// The same for what may be missing.
pub(crate) mod shared_option {
    use std::sync::Arc;

    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    pub fn serialize<T: Serialize, S: Serializer>(value: &Option<Arc<T>>, serializer: S) -> Result<S::Ok, S::Error> {
        value.as_deref().serialize(serializer)
    }

    pub fn deserialize<'de, T: Deserialize<'de>, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Option<Arc<T>>, D::Error> {
        Ok(Option::<T>::deserialize(deserializer)?.map(Arc::new))
    }
}
