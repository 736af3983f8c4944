//! Rasters as NumPy files: format version 1.0 of `numpy.lib.format` (NEP 1), little endian, row-major.

/// Values that a NumPy file can hold.
pub trait Element: Copy {
    /// NumPy's type string.
    const DESCR: &'static str;
    /// Little-endian bytes.
    type Bytes: IntoIterator<Item = u8>;
    /// To little-endian bytes.
    fn to_bytes(self) -> Self::Bytes;
}

impl Element for u8 {
    const DESCR: &'static str = "|u1";
    type Bytes = [u8; 1];
    fn to_bytes(self) -> [u8; 1] {
        [self]
    }
}

impl Element for f32 {
    const DESCR: &'static str = "<f4";
    type Bytes = [u8; 4];
    fn to_bytes(self) -> [u8; 4] {
        self.to_le_bytes()
    }
}

const MAGIC: &[u8] = b"\x93NUMPY\x01\x00";

/// Encodes an array of the given shape, whose product is the number of values.
pub fn encode<T: Element>(values: &[T], shape: &[u32]) -> Vec<u8> {
    let mut bytes = header(T::DESCR, shape);
    bytes.reserve(size_of_val(values));
    bytes.extend(values.iter().flat_map(|value| value.to_bytes()));
    bytes
}

/// Checks that `bytes` is an array of this type and shape, and returns its values' bytes.
///
/// # Errors
/// If it is not, in words.
pub fn body<'a, T: Element>(bytes: &'a [u8], shape: &[u32]) -> Result<&'a [u8], String> {
    let expected = header(T::DESCR, shape);
    let values = shape.iter().map(|side| *side as usize).product::<usize>() * size_of::<T>();
    match bytes.strip_prefix(expected.as_slice()) {
        Some(body) if body.len() == values => Ok(body),
        Some(body) => Err(format!("{} bytes of values instead of {values}", body.len())),
        None => Err(format!("not a NumPy array of type {} and shape {shape:?}", T::DESCR)),
    }
}

fn header(descr: &str, shape: &[u32]) -> Vec<u8> {
    let sides: Vec<_> = shape.iter().map(|side| format!("{side}, ")).collect();
    let sides = sides.concat();
    // Python's tuple of one needs its comma, longer ones are written without.
    let tuple = if shape.len() == 1 { sides.trim_end() } else { sides.trim_end_matches(", ") };
    let text = format!("{{'descr': '{descr}', 'fortran_order': False, 'shape': ({tuple}), }}");
    // Magic, two bytes of length, text and newline together are a multiple of 64.
    let length = (MAGIC.len() + 2 + text.len() + 1).next_multiple_of(64) - MAGIC.len() - 2;
    let mut bytes = MAGIC.to_vec();
    // A shape of a few u32 makes a header of at most some hundred bytes.
    bytes.extend((length as u16).to_le_bytes());
    bytes.extend(text.bytes());
    bytes.resize(MAGIC.len() + 2 + length - 1, b' ');
    bytes.push(b'\n');
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn header_is_numpys() {
        let bytes = encode(&[1.0f32, 2.0, 3.0, 4.0, 5.0, 6.0], &[2, 3]);
        // What numpy 2 writes for np.arange(1, 7, dtype="<f4").reshape(2, 3).
        let expected = b"\x93NUMPY\x01\x00v\x00{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }";
        assert!(bytes.starts_with(expected));
        assert_eq!((bytes.len(), bytes[127]), (128 + 24, b'\n'));
        assert_eq!(&bytes[128..132], 1.0f32.to_le_bytes());
        assert_eq!(body::<f32>(&bytes, &[2, 3]).unwrap().len(), 24);
        assert!(body::<u8>(&bytes, &[2, 3]).is_err());
        assert!(body::<f32>(&bytes, &[3, 2]).is_err());
        assert!(body::<f32>(&bytes[..150], &[2, 3]).is_err());
        assert!(String::from_utf8_lossy(&encode(&[0u8; 4], &[4])).contains("(4,)"));
    }
}
