//! Tensors in files: their types, and how their elements lie.

use half::{bf16, f16};

/// Types of elements, all read as `f32`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ElementType {
    F64,
    F32,
    F16,
    Bf16,
    I64,
    I32,
    I16,
    I8,
    U8,
}

impl ElementType {
    /// By the name of PyTorch's storage class.
    pub(super) fn of_storage(class: &str) -> Option<Self> {
        Some(match class {
            "DoubleStorage" => Self::F64,
            "FloatStorage" => Self::F32,
            "HalfStorage" => Self::F16,
            "BFloat16Storage" => Self::Bf16,
            "LongStorage" => Self::I64,
            "IntStorage" => Self::I32,
            "ShortStorage" => Self::I16,
            "CharStorage" => Self::I8,
            "ByteStorage" | "BoolStorage" => Self::U8,
            _ => return None,
        })
    }

    /// By the type in a safetensors header.
    pub(super) fn of_safetensors(dtype: safetensors::Dtype) -> Option<Self> {
        use safetensors::Dtype;
        Some(match dtype {
            Dtype::F64 => Self::F64,
            Dtype::F32 => Self::F32,
            Dtype::F16 => Self::F16,
            Dtype::BF16 => Self::Bf16,
            Dtype::I64 => Self::I64,
            Dtype::I32 => Self::I32,
            Dtype::I16 => Self::I16,
            Dtype::I8 => Self::I8,
            Dtype::U8 | Dtype::BOOL => Self::U8,
            _ => return None,
        })
    }

    /// Bytes an element.
    pub(super) fn bytes(self) -> usize {
        match self {
            Self::F64 | Self::I64 => 8,
            Self::F32 | Self::I32 => 4,
            Self::F16 | Self::Bf16 | Self::I16 => 2,
            Self::I8 | Self::U8 => 1,
        }
    }

    /// Little-endian elements as numbers; what is left over at the end is no element.
    pub(super) fn decode(self, bytes: &[u8]) -> Vec<f32> {
        fn each<const N: usize>(bytes: &[u8], read: impl Fn([u8; N]) -> f32) -> Vec<f32> {
            bytes.as_chunks::<N>().0.iter().map(|&chunk| read(chunk)).collect()
        }
        match self {
            Self::F64 => each(bytes, |chunk| f64::from_le_bytes(chunk) as f32),
            Self::F32 => each(bytes, f32::from_le_bytes),
            Self::F16 => each(bytes, |chunk| f16::from_le_bytes(chunk).to_f32()),
            Self::Bf16 => each(bytes, |chunk| bf16::from_le_bytes(chunk).to_f32()),
            Self::I64 => each(bytes, |chunk| i64::from_le_bytes(chunk) as f32),
            Self::I32 => each(bytes, |chunk| i32::from_le_bytes(chunk) as f32),
            Self::I16 => each(bytes, |chunk| f32::from(i16::from_le_bytes(chunk))),
            Self::I8 => each(bytes, |[byte]| f32::from(byte.cast_signed())),
            Self::U8 => each(bytes, |[byte]| f32::from(byte)),
        }
    }
}

/// Where a tensor of PyTorch's lies in its storage, all in elements.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct TensorPlace {
    pub(super) element: ElementType,
    pub(super) storage: String,
    pub(super) offset: usize,
    pub(super) shape: Vec<usize>,
    pub(super) strides: Vec<usize>,
}

impl TensorPlace {
    /// The elements in row-major order, from the bytes of the storage; `None` when they lie beyond its end.
    pub(super) fn gather(&self, storage: &[u8]) -> Option<Vec<f32>> {
        let count = self.shape.iter().try_fold(1usize, |product, &size| product.checked_mul(size))?;
        if count == 0 {
            return Some(Vec::new());
        }
        let mut last = self.offset;
        for (size, stride) in self.shape.iter().zip(&self.strides) {
            last = last.checked_add((size - 1).checked_mul(*stride)?)?;
        }
        let elements = self.element.decode(storage);
        if last >= elements.len() {
            return None;
        }
        let mut indices = vec![self.offset];
        for (&size, &stride) in self.shape.iter().zip(&self.strides) {
            indices = indices.iter().flat_map(|&index| (0..size).map(move |step| index + step * stride)).collect();
        }
        Some(indices.into_iter().map(|index| elements[index]).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(offset: usize, shape: [usize; 2], strides: [usize; 2]) -> TensorPlace {
        TensorPlace {
            element: ElementType::U8,
            storage: "0".into(),
            offset,
            shape: shape.into(),
            strides: strides.into(),
        }
    }

    #[test]
    fn strides_count() {
        let storage = [0, 1, 2, 3, 4, 5, 6];
        assert_eq!(place(1, [2, 3], [1, 2]).gather(&storage).unwrap(), [1.0, 3.0, 5.0, 2.0, 4.0, 6.0]);
    }

    #[test]
    fn nothing_is_read_beyond_the_end() {
        assert_eq!(place(1, [2, 3], [3, 1]).gather(&[0; 6]), None);
        assert_eq!(place(0, [usize::MAX, 2], [1, 1]).gather(&[0; 6]), None);
    }
}
