//! glTF primitives → indexed triangles.

use bevy_math::{Affine2, Vec2, Vec3};
use gltf::Primitive;
use gltf::mesh::{Mode, Semantic};

use super::notes::Notes;
use super::source::{MEND_LARGE, Source};
use crate::model::MeshData;
use crate::pack::error::Fault;

/// The most triangles that a model may draw.
const MAX_TRIANGLES: usize = 1_000_000;
/// The most vertices that a model may have.
const MAX_VERTICES: usize = 2_000_000;

/// What a model has used up of its triangles and vertices.
#[derive(Default)]
pub(super) struct Budget {
    triangles: usize,
    vertices: usize,
}

impl Budget {
    /// Counts triangles that are drawn.
    pub fn draw(&mut self, triangles: usize) -> Result<(), Fault> {
        self.triangles = self.triangles.saturating_add(triangles);
        within("the model", self.triangles, MAX_TRIANGLES, "triangles")
    }

    fn store(&mut self, vertices: usize) -> Result<(), Fault> {
        self.vertices = self.vertices.saturating_add(vertices);
        within("the model", self.vertices, MAX_VERTICES, "vertices")
    }
}

fn within(what: &str, found: usize, limit: usize, unit: &str) -> Result<(), Fault> {
    if found <= limit {
        return Ok(());
    }
    let (found, limit) = (format!("{found} {unit}"), format!("{limit}"));
    Err(Fault::TooLarge { what: what.into(), found, limit, mend: MEND_LARGE })
}

/// Reads a primitive; `None` when it draws no triangle. `uv` is the set and its transform, if a texture needs one.
pub(super) fn read(
    source: &Source,
    primitive: &Primitive<'_>,
    uv: Option<(u32, Affine2)>,
    skinned: bool,
    budget: &mut Budget,
    notes: &mut Notes,
) -> Result<Option<MeshData>, Fault> {
    if matches!(primitive.mode(), Mode::Points | Mode::Lines | Mode::LineLoop | Mode::LineStrip) {
        notes.add("points and lines were left out");
        return Ok(None);
    }
    if primitive.morph_targets().len() > 0 {
        notes.add("morph targets were left out: the shape is the one without them");
    }
    let Some(positions) = primitive.get(&Semantic::Positions) else { return Ok(None) };
    let positions: Vec<Vec3> = source.floats(&positions)?.into_iter().map(Vec3::from).collect();
    let count = positions.len();
    budget.store(count)?;
    let order = match primitive.indices() {
        None => (0..count as u32).collect(),
        Some(indices) => source.integers::<1>(&indices)?.into_iter().map(|[index]| index).collect::<Vec<_>>(),
    };
    if let Some(index) = order.iter().find(|index| **index as usize >= count) {
        return Err(Fault::Invalid(format!("a triangle refers to vertex {index} of {count}")));
    }
    let indices = triangles(primitive.mode(), &order);
    if indices.is_empty() {
        return Ok(None);
    }
    let mut mesh = MeshData { positions, indices, ..MeshData::default() };
    if let Some((set, transform)) = uv
        && let Some(accessor) = primitive.get(&Semantic::TexCoords(set))
    {
        let place = |uv| transform.transform_point2(Vec2::from(uv));
        mesh.uvs = source.floats(&accessor)?.into_iter().map(place).collect();
    }
    if let Some(accessor) = primitive.get(&Semantic::Colors(0)) {
        mesh.colors = if accessor.dimensions() == gltf::accessor::Dimensions::Vec3 {
            source.floats(&accessor)?.into_iter().map(|[red, green, blue]| [red, green, blue, 1.0]).collect()
        } else {
            source.floats(&accessor)?
        };
    }
    if skinned {
        bind(source, primitive, &mut mesh, notes)?;
    }
    if let Some(accessor) = primitive.get(&Semantic::Normals) {
        mesh.normals = source.floats(&accessor)?.into_iter().map(Vec3::from).collect();
    }
    for (what, length) in [
        ("NORMAL", mesh.normals.len()),
        ("TEXCOORD", mesh.uvs.len()),
        ("COLOR", mesh.colors.len()),
        ("JOINTS", mesh.joints.len()),
        ("WEIGHTS", mesh.weights.len()),
    ] {
        if length != 0 && length != count {
            return Err(Fault::Invalid(format!("{what} has {length} elements for {count} vertices")));
        }
    }
    if mesh.normals.is_empty() {
        budget.store(mesh.indices.len())?;
        notes.add("normals were computed, flat, where the file has none");
        mesh = flat(&mesh);
    } else {
        mend_normals(&mut mesh);
    }
    Ok(Some(mesh))
}

/// Triples of vertices, from any of the three modes (glTF 2.0, 3.7.2.1).
fn triangles(mode: Mode, order: &[u32]) -> Vec<u32> {
    match mode {
        Mode::TriangleStrip => {
            let turned = |(i, corners): (usize, &[u32])| match i % 2 {
                0 => [corners[0], corners[1], corners[2]],
                _ => [corners[0], corners[2], corners[1]],
            };
            order.windows(3).enumerate().flat_map(turned).collect()
        }
        Mode::TriangleFan => {
            let around = order.get(1..).unwrap_or_default();
            around.windows(2).flat_map(|edge| [edge[0], edge[1], order[0]]).collect()
        }
        _ => order[..order.len() / 3 * 3].to_vec(),
    }
}

/// Joints and weights: the four heaviest of all sets, scaled to sum to 1.
fn bind(source: &Source, primitive: &Primitive<'_>, mesh: &mut MeshData, notes: &mut Notes) -> Result<(), Fault> {
    let mut influences: Vec<Vec<(f32, u16)>> = vec![Vec::new(); mesh.positions.len()];
    for set in 0..4 {
        let (Some(joints), Some(weights)) =
            (primitive.get(&Semantic::Joints(set)), primitive.get(&Semantic::Weights(set)))
        else {
            break;
        };
        if set == 1 {
            notes.add("vertices with more than four joints keep the four heaviest");
        }
        let joints = source.integers::<4>(&joints)?;
        let weights = source.floats::<4>(&weights)?;
        if joints.len() != influences.len() || weights.len() != influences.len() {
            return Err(Fault::Invalid("JOINTS or WEIGHTS has not one element for each vertex".into()));
        }
        for ((influence, joints), weights) in influences.iter_mut().zip(joints).zip(weights) {
            for (joint, weight) in joints.into_iter().zip(weights).filter(|(_, weight)| *weight > 0.0) {
                let joint = u16::try_from(joint).map_err(|_| Fault::Invalid(format!("there is no joint {joint}")))?;
                influence.push((weight, joint));
            }
        }
    }
    for mut influence in influences {
        influence.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
        influence.truncate(4);
        let sum: f32 = influence.iter().map(|(weight, _)| weight).sum();
        let (mut joints, mut weights) = ([0; 4], [1.0, 0.0, 0.0, 0.0]);
        for (slot, (weight, joint)) in influence.into_iter().enumerate() {
            joints[slot] = joint;
            weights[slot] = weight / sum;
        }
        mesh.joints.push(joints);
        mesh.weights.push(weights);
    }
    Ok(())
}

/// One vertex per corner, with its triangle's normal: what glTF 2.0, 3.7.2.1 asks for where there are no normals.
fn flat(mesh: &MeshData) -> MeshData {
    let order = &mesh.indices;
    let mut normals = Vec::with_capacity(order.len());
    let (corners, _) = order.as_chunks::<3>();
    for corners in corners {
        let [a, b, c] = corners.map(|index| mesh.positions[index as usize]);
        normals.extend([(b - a).cross(c - a).normalize_or(Vec3::Y); 3]);
    }
    MeshData {
        positions: gather(&mesh.positions, order),
        normals,
        uvs: gather(&mesh.uvs, order),
        colors: gather(&mesh.colors, order),
        joints: gather(&mesh.joints, order),
        weights: gather(&mesh.weights, order),
        indices: (0..order.len() as u32).collect(),
    }
}

fn gather<T: Copy>(values: &[T], order: &[u32]) -> Vec<T> {
    if values.is_empty() { vec![] } else { order.iter().map(|index| values[*index as usize]).collect() }
}

/// Scales normals to unit length, and computes those that have none from the triangles around.
fn mend_normals(mesh: &mut MeshData) {
    let normalized: Vec<_> = mesh.normals.iter().map(|normal| normal.try_normalize()).collect();
    let mut around = vec![Vec3::ZERO; mesh.positions.len()];
    if normalized.contains(&None) {
        let (corners, _) = mesh.indices.as_chunks::<3>();
        for corners in corners {
            let [a, b, c] = corners.map(|index| mesh.positions[index as usize]);
            for index in corners {
                around[*index as usize] += (b - a).cross(c - a);
            }
        }
    }
    mesh.normals = normalized
        .into_iter()
        .zip(around)
        .map(|(normal, around)| normal.unwrap_or(around.normalize_or(Vec3::Y)))
        .collect();
}
