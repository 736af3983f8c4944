//! Third-party models: glTF 2.0, binary or not.
//!
//! 1. `source` reads the file and what it refers to, with every length and reference checked.
//! 2. `tree`, `mesh`, `material` and `clip` turn it into a [`Model`].
//! 3. `settle` finds a rest pose that stands and clips that can be shown; `normalize` stands the model upright on
//!    y = 0, facing +z, as tall as its class; `hints` is where its owner may say which way is up.
//!
//! A file is an input like any other: whatever is in it, the answer is a model or a [`PackError`], in bounded memory.

mod clip;
mod front;
mod hints;
mod material;
mod mesh;
mod names;
mod normalize;
mod notes;
mod probe;
mod settle;
mod source;
#[cfg(test)]
mod tests;
mod tree;

pub(in crate::pack) use normalize::mirrored;

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use bevy_math::{Mat4, Vec3};

use self::hints::Hints;
use self::mesh::Budget;
use self::notes::Notes;
use self::source::Source;
use crate::model::{MeshData, Model, Part, Skin};
use crate::pack::error::{Fault, PackError};

/// A model from a file.
#[derive(Clone, Debug)]
pub struct LoadedModel {
    /// Upright, standing on y = 0, centred in x and z.
    pub model: Model,
    /// What was left out, approximated or turned, in words for the file's owner.
    pub notes: Vec<String>,
    /// Its height at rest in metres.
    pub height_m: f32,
    /// Width, height and length as the file has them, upright, in its own units: metres, if it keeps to glTF.
    pub natural_size: Vec3,
    /// What the file says about rights in it.
    pub copyright: Option<String>,
}

/// Loads a `.glb` or `.gltf` with its buffers and textures, embedded or lying beside it.
///
/// The model stands on y = 0, centred in x and z, and is as tall as the middle of `class_height_m` (metres): an
/// individual's own height is a scale on it. Without a range it is as tall as the hints beside it say, or 1 m.
///
/// Height is measured on the rest pose, which is the file's own unless it is torn or lies while most clips stand. Clips
/// that tear the mesh apart are left out; clips that move the subject away or below the ground are held in place.
///
/// Where names tell front from back (head and tail, headlights, wheels), the model faces +z. Else its longer horizontal
/// side comes to lie along z, with the file's +x at the front where it was along x; the notes then say that its front is
/// a guess. A file `NAME.ron` beside `NAME.glb` settles it: `(up: "+z", front: "-x", height_m: 0.6)`, in the file's axes,
/// each field optional.
///
/// # Errors
/// When the file, or one that it refers to, is missing, cut off, malformed, too large, or needs an extension that is not
/// supported; the message says what to do.
pub fn load_model(path: &Path, class_height_m: Option<[f32; 2]>) -> Result<LoadedModel, PackError> {
    load(path, class_height_m).map_err(|fault| fault.at(path))
}

fn load(path: &Path, class_height_m: Option<[f32; 2]>) -> Result<LoadedModel, Fault> {
    let source = Source::open(path)?;
    let mut notes = Notes::default();
    let tree = tree::read(&source.document, &mut notes)?;
    let (parts, labels) = parts(&source, &tree.node_of, &mut notes)?;
    let clips = clip::read(&source, &tree.node_of, &mut notes)?;
    let mut model = Model { nodes: tree.nodes, parts, clips, ..Model::default() };
    if model.parts.is_empty() {
        return Err(Fault::Nothing("it has no triangles in its scene; export the meshes too".into()));
    }
    let hints = Hints::beside(path)?;
    let range = class_height_m.map(|[least, most]| 0.5 * (least + most));
    let height_m = range.or(hints.height_m).unwrap_or(1.0);
    settle::choose_rest(&mut model, &mut notes);
    let natural_size = normalize::normalize(&mut model, labels, &hints, height_m, &mut notes)?;
    settle::settle_clips(&mut model, &mut notes);
    names::name_keypoints(&mut model);
    let copyright = source.document.as_json().asset.copyright.clone();
    Ok(LoadedModel { model, notes: notes.into_vec(), height_m, natural_size, copyright })
}

/// All primitives of all nodes, and for each the names that may tell where it lies (material's, mesh's).
fn parts(
    source: &Source,
    node_of: &[Option<usize>],
    notes: &mut Notes,
) -> Result<(Vec<Part>, Vec<Vec<String>>), Fault> {
    let mut wardrobe = material::Wardrobe::new(source);
    let mut budget = Budget::default();
    let mut skins: BTreeMap<usize, Arc<Skin>> = BTreeMap::new();
    // A mesh may hang on many nodes: its triangles are stored once.
    let mut meshes: BTreeMap<(usize, usize, bool), Option<Arc<MeshData>>> = BTreeMap::new();
    let (mut parts, mut labels) = (Vec::new(), Vec::new());
    for node in source.document.nodes() {
        let (Some(index), Some(mesh)) = (node_of[node.index()], node.mesh()) else { continue };
        let skin = match node.skin() {
            None => None,
            Some(skin) => Some(match skins.get(&skin.index()) {
                Some(known) => known.clone(),
                None => {
                    let read = Arc::new(read_skin(source, &skin, node_of)?);
                    skins.insert(skin.index(), read.clone());
                    read
                }
            }),
        };
        for primitive in mesh.primitives() {
            let dressed = wardrobe.dress(&primitive.material(), notes)?;
            let key = (mesh.index(), primitive.index(), skin.is_some());
            let data = match meshes.get(&key) {
                Some(known) => known.clone(),
                None => {
                    let uv = dressed.textured.then_some((dressed.uv_set, dressed.uv_transform));
                    let read = mesh::read(source, &primitive, uv, skin.is_some(), &mut budget, notes)?.map(Arc::new);
                    meshes.insert(key, read.clone());
                    read
                }
            };
            let Some(data) = data else { continue };
            budget.draw(data.indices.len() / 3)?;
            if let Some(skin) = &skin
                && let Some(joint) =
                    data.joints.iter().flatten().find(|joint| usize::from(**joint) >= skin.joints.len())
            {
                return Err(Fault::Invalid(format!("a vertex hangs on joint {joint} of {}", skin.joints.len())));
            }
            let name = |name: Option<&str>| name.map(ToOwned::to_owned);
            labels.push(
                [name(node.name()), name(mesh.name()), name(primitive.material().name())]
                    .into_iter()
                    .flatten()
                    .collect(),
            );
            parts.push(Part { mesh: data, surface: dressed.surface, node: index, skin: skin.clone() });
        }
    }
    Ok((parts, labels))
}

fn read_skin(source: &Source, skin: &gltf::Skin<'_>, node_of: &[Option<usize>]) -> Result<Skin, Fault> {
    // The tree keeps all joints of every skin that is shown.
    let joints: Vec<usize> = skin.joints().filter_map(|joint| node_of[joint.index()]).collect();
    let inverse_bind = match skin.inverse_bind_matrices() {
        None => vec![Mat4::IDENTITY; joints.len()],
        Some(accessor) => {
            let matrices = source.floats::<16>(&accessor)?;
            matrices.iter().map(Mat4::from_cols_array).take(joints.len()).collect()
        }
    };
    if inverse_bind.len() != joints.len() || joints.is_empty() {
        let (found, wanted) = (inverse_bind.len(), joints.len());
        return Err(Fault::Invalid(format!("skin {} has {found} bind matrices for {wanted} joints", skin.index())));
    }
    Ok(Skin { joints, inverse_bind })
}
