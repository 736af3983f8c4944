//! The bytes of a glTF file and of what it refers to, with every length and reference checked.

use std::path::{Component, Path, PathBuf};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use gltf::json::validation::{Error as Invalid, Validate as _};
use gltf::{Accessor, Document};

use crate::pack::error::Fault;

/// The most bytes that a model, or one file that it refers to, may have.
const MAX_FILE_BYTES: u64 = 512 << 20;
/// The most numbers in one accessor: four million vertices' positions.
const MAX_NUMBERS: usize = 12_000_000;
/// What to do about a mesh that is too large.
pub(super) const MEND_LARGE: &str = "simplify it (for example Blender's Decimate modifier) and export it again";

/// Extensions that a file may require, because this loader does what they ask or may ignore them without harm.
const EXTENSIONS: &[&str] = &[
    "KHR_texture_transform",
    "KHR_materials_unlit",
    "KHR_materials_pbrSpecularGlossiness",
    "KHR_materials_emissive_strength",
    "KHR_materials_ior",
    "KHR_materials_specular",
    "KHR_materials_transmission",
    "KHR_materials_volume",
    "KHR_materials_clearcoat",
    "KHR_materials_sheen",
    "KHR_mesh_quantization",
    "KHR_lights_punctual",
    "KHR_texture_basisu",
    "EXT_texture_webp",
];

/// A parsed glTF document with its buffers.
pub(super) struct Source {
    /// The document, validated: every index in it is in range.
    pub document: Document,
    buffers: Vec<Vec<u8>>,
    folder: PathBuf,
}

impl Source {
    /// Reads a `.glb` or `.gltf` and the buffers that it refers to; images stay where they are.
    pub fn open(path: &Path) -> Result<Self, Fault> {
        let bytes = read_limited(path)?;
        if bytes.is_empty() {
            return Err(Fault::Empty);
        }
        let (json, blob) = split(bytes)?;
        let root: gltf::json::Root =
            gltf::json::deserialize::from_slice(&json).map_err(|error| Fault::Invalid(error.to_string()))?;
        for name in &root.extensions_required {
            if !EXTENSIONS.contains(&name.as_str()) {
                return Err(Fault::Extension { name: name.clone(), mend: mend(name) });
            }
        }
        validate(&root)?;
        let folder = path.parent().map(Path::to_owned).unwrap_or_default();
        let mut source = Self { document: Document::from_json_without_validation(root), buffers: vec![], folder };
        source.buffers = source.read_buffers(blob)?;
        Ok(source)
    }

    fn read_buffers(&self, mut blob: Option<Vec<u8>>) -> Result<Vec<Vec<u8>>, Fault> {
        let mut buffers = Vec::new();
        for (index, buffer) in self.document.as_json().buffers.iter().enumerate() {
            let data = match &buffer.uri {
                Some(uri) => self.fetch(uri)?,
                None => blob.take().ok_or_else(|| no_data(&self.document, index))?,
            };
            if (data.len() as u64) < buffer.byte_length.0 {
                return Err(Fault::Truncated(format!("buffer {index}")));
            }
            buffers.push(data);
        }
        Ok(buffers)
    }

    /// The bytes behind a URI: inline data, or a file in the model's folder or below it.
    pub fn fetch(&self, uri: &str) -> Result<Vec<u8>, Fault> {
        if let Some(data) = uri.strip_prefix("data:") {
            let (kind, text) = data.split_once(',').ok_or_else(|| Fault::Invalid("a data URI has no comma".into()))?;
            if !kind.ends_with(";base64") {
                return Err(Fault::Invalid("a data URI is not base64".into()));
            }
            return STANDARD.decode(text).map_err(|error| Fault::Invalid(format!("a data URI: {error}")));
        }
        let outside = || Fault::Outside(uri.chars().take(200).collect());
        let name = percent_encoding::percent_decode_str(uri).decode_utf8().map_err(|_| outside())?;
        let relative = Path::new(name.as_ref());
        let inside = relative.components().all(|part| matches!(part, Component::Normal(_) | Component::CurDir));
        if !inside || name.contains(['\\', ':', '\0']) || name.is_empty() {
            return Err(outside());
        }
        let folder = if self.folder.as_os_str().is_empty() { Path::new(".") } else { &self.folder };
        let missing = |source| Fault::Missing { uri: uri.into(), source };
        let file = folder.join(relative).canonicalize().map_err(missing)?;
        // A symbolic link may still lead out.
        if !file.starts_with(folder.canonicalize().map_err(missing)?) {
            return Err(outside());
        }
        match read_limited(&file) {
            Err(Fault::Io(source)) => Err(missing(source)),
            other => other,
        }
    }

    /// The bytes of a buffer view.
    pub fn view(&self, index: usize) -> Result<&[u8], Fault> {
        let view = &self.document.as_json().buffer_views[index];
        let start = view.byte_offset.map_or(0, |offset| offset.0);
        let end = start.checked_add(view.byte_length.0);
        let bytes = end.and_then(|end| {
            let range = usize::try_from(start).ok()?..usize::try_from(end).ok()?;
            self.buffers.get(view.buffer.value())?.get(range)
        });
        bytes.ok_or_else(|| Fault::Truncated(format!("buffer view {index}")))
    }

    /// All numbers of an accessor, flattened, integers scaled to 0–1 or −1–1 where it says so.
    ///
    /// `width` is the number of components that an element must have. The `gltf` crate's own readers panic where an
    /// accessor's type is not the expected one, and know no quantized positions, hence this one. A double holds each
    /// of glTF's component types exactly.
    pub fn numbers(&self, accessor: &Accessor<'_>, width: usize) -> Result<Vec<f64>, Fault> {
        let index = accessor.index();
        let found = accessor.dimensions().multiplicity();
        if found != width {
            return Err(Fault::Invalid(format!("accessor {index} has {found} components instead of {width}")));
        }
        let count = accessor.count();
        let total = count.checked_mul(width).filter(|total| *total <= MAX_NUMBERS);
        let total = total.ok_or_else(|| Fault::TooLarge {
            what: format!("accessor {index}"),
            found: format!("{count} elements"),
            limit: format!("{}", MAX_NUMBERS / width),
            mend: MEND_LARGE,
        })?;
        let kind = Kind { data: accessor.data_type(), normalized: accessor.normalized() };
        let truncated = || Fault::Truncated(format!("accessor {index}"));
        let element = kind.data.size() * width;
        let mut numbers = match accessor.view() {
            Some(view) => {
                let bytes = self.view(view.index())?.get(accessor.offset()..).ok_or_else(truncated)?;
                let stride = view.stride().unwrap_or(element);
                if stride < element {
                    return Err(Fault::Invalid(format!("accessor {index} has a stride smaller than its elements")));
                }
                strided(bytes, count, stride, element, kind).ok_or_else(truncated)?
            }
            None => vec![0.0; total],
        };
        if let Some(sparse) = accessor.sparse() {
            let (indices, values) = (sparse.indices(), sparse.values());
            let places = Kind { data: indices.index_type().into_data_type(), normalized: false };
            let bytes = self.view(indices.view().index())?.get(indices.offset()..).ok_or_else(truncated)?;
            let size = places.data.size();
            let places = strided(bytes, sparse.count(), size, size, places).ok_or_else(truncated)?;
            let bytes = self.view(values.view().index())?.get(values.offset()..).ok_or_else(truncated)?;
            let values = strided(bytes, sparse.count(), element, element, kind).ok_or_else(truncated)?;
            for (place, value) in places.iter().zip(values.chunks_exact(width)) {
                let start = *place as usize * width;
                let target = numbers.get_mut(start..start + width);
                target
                    .ok_or_else(|| Fault::Invalid(format!("accessor {index} has a sparse index out of range")))?
                    .copy_from_slice(value);
            }
        }
        Ok(numbers)
    }

    /// The elements of an accessor as arrays of `N` finite floats.
    pub fn floats<const N: usize>(&self, accessor: &Accessor<'_>) -> Result<Vec<[f32; N]>, Fault> {
        let numbers = self.numbers(accessor, N)?;
        if numbers.iter().any(|number| !(*number as f32).is_finite()) {
            return Err(Fault::Invalid(format!("accessor {} holds NaN or infinite numbers", accessor.index())));
        }
        let (elements, _) = numbers.as_chunks::<N>();
        Ok(elements.iter().map(|element| element.map(|number| number as f32)).collect())
    }

    /// The elements of an accessor as arrays of `N` whole numbers.
    pub fn integers<const N: usize>(&self, accessor: &Accessor<'_>) -> Result<Vec<[u32; N]>, Fault> {
        use gltf::accessor::DataType::{U8, U16, U32};
        if !matches!(accessor.data_type(), U8 | U16 | U32) || accessor.normalized() {
            return Err(Fault::Invalid(format!("accessor {} does not hold whole numbers", accessor.index())));
        }
        let numbers = self.numbers(accessor, N)?;
        let (elements, _) = numbers.as_chunks::<N>();
        Ok(elements.iter().map(|element| element.map(|number| number as u32)).collect())
    }
}

/// Turns an index type into a component type.
trait IntoDataType {
    fn into_data_type(self) -> gltf::accessor::DataType;
}

impl IntoDataType for gltf::accessor::sparse::IndexType {
    fn into_data_type(self) -> gltf::accessor::DataType {
        match self {
            Self::U8 => gltf::accessor::DataType::U8,
            Self::U16 => gltf::accessor::DataType::U16,
            Self::U32 => gltf::accessor::DataType::U32,
        }
    }
}

/// How a component is stored.
#[derive(Clone, Copy)]
struct Kind {
    data: gltf::accessor::DataType,
    normalized: bool,
}

impl Kind {
    /// One component; glTF 2.0, 3.11, has the scale of normalized integers. `bytes` is as long as the type.
    fn number(self, bytes: &[u8]) -> f64 {
        use gltf::accessor::DataType::{F32, I8, I16, U8, U16, U32};
        let byte = |index: usize| bytes[index];
        let scaled = |value: f64, largest: f64| if self.normalized { (value / largest).max(-1.0) } else { value };
        match self.data {
            I8 => scaled(f64::from(byte(0) as i8), 127.0),
            U8 => scaled(f64::from(byte(0)), 255.0),
            I16 => scaled(f64::from(i16::from_le_bytes([byte(0), byte(1)])), 32_767.0),
            U16 => scaled(f64::from(u16::from_le_bytes([byte(0), byte(1)])), 65_535.0),
            U32 => f64::from(u32::from_le_bytes([byte(0), byte(1), byte(2), byte(3)])),
            F32 => f64::from(f32::from_le_bytes([byte(0), byte(1), byte(2), byte(3)])),
        }
    }
}

/// `count` elements of `element` bytes each, `stride` bytes apart; `None` when the bytes do not suffice.
fn strided(bytes: &[u8], count: usize, stride: usize, element: usize, kind: Kind) -> Option<Vec<f64>> {
    let Some(last) = count.checked_sub(1) else { return Some(vec![]) };
    let needed = last.checked_mul(stride)?.checked_add(element)?;
    let bytes = bytes.get(..needed)?;
    let size = kind.data.size();
    let mut numbers = Vec::with_capacity(count * (element / size));
    for chunk in bytes.chunks(stride) {
        numbers.extend(chunk[..element].chunks_exact(size).map(|component| kind.number(component)));
    }
    Some(numbers)
}

/// The JSON and the binary chunk of a file.
fn split(bytes: Vec<u8>) -> Result<(Vec<u8>, Option<Vec<u8>>), Fault> {
    if !bytes.starts_with(b"glTF") {
        return Ok((bytes, None));
    }
    // The library subtracts the header's length from this without a look.
    let declared = bytes.get(8..12).map(|length| u32::from_le_bytes([length[0], length[1], length[2], length[3]]));
    match declared {
        None => return Err(Fault::Truncated("the header".into())),
        Some(length) if u64::from(length) > bytes.len() as u64 => {
            return Err(Fault::Truncated(format!("the file has {} of {length} bytes and", bytes.len())));
        }
        Some(length) if length < 20 => return Err(Fault::Invalid(format!("the header says {length} bytes"))),
        Some(_) => {}
    }
    let glb = gltf::Glb::from_slice(&bytes).map_err(|error| match error {
        gltf::Error::Binary(gltf::binary::Error::ChunkLength { ty, .. }) => {
            Fault::Truncated(format!("the {ty:?} chunk"))
        }
        gltf::Error::Binary(gltf::binary::Error::Version(version)) => {
            Fault::Invalid(format!("it is version {version} of the format"))
        }
        other => Fault::Invalid(other.to_string()),
    })?;
    Ok((glb.json.into_owned(), glb.bin.map(std::borrow::Cow::into_owned)))
}

/// Checks what the library relies on, and lets pass what many exporters leave out and nobody needs.
fn validate(root: &gltf::json::Root) -> Result<(), Fault> {
    // The library's own check of a primitive looks its positions up before it knows that they are there.
    let primitives = root.meshes.iter().flat_map(|mesh| &mesh.primitives);
    let mut attributes = primitives.flat_map(|primitive| primitive.attributes.values().map(gltf::json::Index::value));
    if let Some(index) = attributes.find(|index| *index >= root.accessors.len()) {
        return Err(Fault::Invalid(format!("there is no accessor {index}")));
    }
    let mut faults = Vec::new();
    let mut report = |path: &dyn Fn() -> gltf::json::Path, error: Invalid| {
        let path = path().to_string();
        let harmless = match error {
            // Checked above, by a list of our own.
            Invalid::Unsupported => true,
            // The bounds of positions, which are computed anyway.
            Invalid::Missing => path.ends_with(".min") || path.ends_with(".max"),
            _ => false,
        };
        if !harmless {
            faults.push(format!("{path}: {error}"));
        }
    };
    root.validate(root, gltf::json::Path::new, &mut report);
    // The library's check of an animation leaves out what its channels move.
    for animation in &root.animations {
        for channel in &animation.channels {
            channel.target.validate(root, || gltf::json::Path::new().field("animations"), &mut report);
        }
    }
    if faults.is_empty() {
        return Ok(());
    }
    let more = faults.len().saturating_sub(3);
    faults.truncate(3);
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    Err(Fault::Invalid(faults.join(", ") + &more))
}

/// Reads a file of a bearable size.
fn read_limited(path: &Path) -> Result<Vec<u8>, Fault> {
    let metadata = std::fs::metadata(path)?;
    // A pipe or a device would block or never end.
    if !metadata.is_file() {
        return Err(std::io::Error::new(std::io::ErrorKind::InvalidInput, "it is not a regular file").into());
    }
    let length = metadata.len();
    if length > MAX_FILE_BYTES {
        return Err(Fault::TooLarge {
            what: "the file".into(),
            found: format!("{} MiB", length >> 20),
            limit: format!("{} MiB", MAX_FILE_BYTES >> 20),
            mend: MEND_LARGE,
        });
    }
    Ok(std::fs::read(path)?)
}

fn no_data(document: &Document, buffer: usize) -> Fault {
    let used = &document.as_json().extensions_used;
    match used.iter().find(|name| name.contains("meshopt")) {
        Some(name) => Fault::Extension { name: name.clone(), mend: mend(name) },
        None => Fault::Invalid(format!("buffer {buffer} has neither a URI nor a binary chunk")),
    }
}

/// What to do about an extension that is not supported.
fn mend(name: &str) -> &'static str {
    match name {
        "KHR_draco_mesh_compression" => {
            "export it again without Draco compression (Blender: Geometry → Compression off; or `gltf-transform copy`)"
        }
        "EXT_meshopt_compression" | "KHR_meshopt_compression" => {
            "export it again without meshopt compression (gltfpack: leave out -c and -cc; or `gltf-transform copy`)"
        }
        _ => "export it again without it",
    }
}
