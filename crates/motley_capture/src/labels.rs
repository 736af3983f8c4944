//! What belongs to a frame: noted when it is set up, joined with its pixels when they arrive.

use bevy::{
    math::{Affine3A, ops},
    prelude::*,
};
use motley_scene::{
    catalog::Catalog,
    frame::{CameraLabels, Frame, Instance, InstanceKind, Keypoint, Labels, Other},
    recipe::Recipe,
    rle::encode_mask,
    scene::LabelKind,
};
use motley_world::stage::{SubjectState, ids};
use motley_zoo::zoo::is_kind;

use crate::{lens, readback::Pixels, renderer::RendererOptions, silhouette::Silhouette};

/// What belongs to a frame besides its pixels.
pub struct Ticket {
    labels: Labels,
    near: f32,
    corners: Option<(Vec2, Vec2)>,
    keypoints: Vec<(String, Vec3)>,
    focus: f32,
    /// Pixels that the subject would cover alone.
    alone: usize,
    /// Bystanders of the scene's classes.
    others: Vec<Other>,
}

impl Ticket {
    /// Notes what is known of a frame once it is set up.
    pub fn new(
        recipe: &Recipe,
        state: &SubjectState,
        instances: &[Instance],
        camera: EntityRef<'_>,
        catalog: &Catalog,
        side: usize,
    ) -> Self {
        let transform = camera.get::<Transform>().copied().unwrap_or_default();
        let perspective = match camera.get::<Projection>() {
            Some(Projection::Perspective(perspective)) => perspective.clone(),
            _ => PerspectiveProjection::default(),
        };
        // World to camera in computer vision's axes: Bevy's camera looks along −z with y up.
        let flip = Affine3A::from_scale(Vec3::new(1.0, -1.0, -1.0));
        let to_camera = flip * transform.compute_affine().inverse();
        let focal = 0.5 / ops::tan(perspective.fov / 2.0);
        let rows = to_camera.matrix3.transpose();
        let t = to_camera.translation;
        let row = |axis: Vec3A, t: f32| [axis.x, axis.y, axis.z, t];
        let near = perspective.near;
        let view = View { to_camera, focal, near };
        let loaded = state.loaded.as_ref();
        let draw = &recipe.subject;
        let outline = view.outline(state);
        let silhouette = outline.silhouette(near, side);
        let others = instances.iter().filter(|instance| instance.kind == InstanceKind::Bystander);
        let others = others.filter_map(|instance| {
            let class = catalog.classes.iter().position(|class| is_kind(&class.name, &instance.name))?;
            Some(Other {
                id: instance.id,
                class: catalog.classes[class].name.clone(),
                class_id: u32::try_from(class).ok()?,
                ..Other::default()
            })
        });
        Self {
            others: others.collect(),
            corners: outline.corners().map(|corners| tight(corners, silhouette.bounds())),
            keypoints: loaded
                .map(|loaded| {
                    let place = |node: usize| {
                        let at = state.globals.get(node).map_or(Vec3A::ZERO, |global| global.translation);
                        state.place.transform_point3a(at)
                    };
                    let points = loaded.model.keypoints.iter();
                    points.map(|(name, node)| (name.clone(), view.project(place(*node).into()))).collect()
                })
                .unwrap_or_default(),
            alone: silhouette.count(),
            focus: transform.translation.distance(state.centre),
            near,
            labels: Labels {
                index: recipe.index,
                class: draw.class.clone(),
                class_id: catalog
                    .classes
                    .iter()
                    .position(|class| class.name == draw.class)
                    .and_then(|at| u32::try_from(at).ok())
                    .unwrap_or_default(),
                breed: draw.breed.clone(),
                individual: draw.individual,
                clip: state.clip.zip(loaded).map(|(clip, loaded)| loaded.clips[clip].clone()).unwrap_or_default(),
                tries: recipe.attempt + 1,
                instances: instances.to_vec(),
                camera: CameraLabels {
                    // In pictures of 1 × 1 until the size is known.
                    intrinsics: [[focal, 0.0, 0.5], [0.0, focal, 0.5], [0.0, 0.0, 1.0]],
                    extrinsics: [row(rows.x_axis, t.x), row(rows.y_axis, t.y), row(rows.z_axis, t.z)],
                },
                recipe: recipe.clone(),
                ..Labels::default()
            },
        }
    }
}

/// The box around all points, where it lies within the picture, drawn in to the pixels that are covered: a whisker may be
/// thinner than any pixel.
fn tight((low, high): (Vec2, Vec2), covered: Option<(Vec2, Vec2)>) -> (Vec2, Vec2) {
    let Some((first, last)) = covered else { return (low, high) };
    (Vec2::select(low.cmplt(Vec2::ZERO), low, first), Vec2::select(high.cmpgt(Vec2::ONE), high, last))
}

/// The subject's triangles in a picture of 1 × 1, with depth in metres, without what textures cut away.
#[derive(Default)]
struct Outline {
    points: Vec<Vec3>,
    triangles: Vec<[usize; 3]>,
}

impl Outline {
    /// The pixels of a picture of `side × side` that it covers when nothing stands before it.
    fn silhouette(&self, near: f32, side: usize) -> Silhouette {
        let mut silhouette = Silhouette::new(side);
        for corners in &self.triangles {
            silhouette.fill(corners.map(|corner| self.points[corner]), near);
        }
        silhouette
    }

    /// The box around all points. Points behind the near plane count as if they lay on it.
    fn corners(&self) -> Option<(Vec2, Vec2)> {
        let start = (Vec2::INFINITY, Vec2::NEG_INFINITY);
        let points = self.points.iter().map(|point| point.truncate());
        (!self.points.is_empty()).then(|| points.fold(start, |(low, high), at| (low.min(at), high.max(at))))
    }
}

/// The camera as a formula.
struct View {
    to_camera: Affine3A,
    focal: f32,
    near: f32,
}

impl View {
    /// Place in a picture of 1 × 1 and depth in metres.
    fn project(&self, world: Vec3) -> Vec3 {
        let at = self.to_camera.transform_point3(world);
        let z = at.z.max(self.near);
        Vec3::new(self.focal * at.x / z + 0.5, self.focal * at.y / z + 0.5, at.z)
    }

    /// What of the subject could be seen.
    fn outline(&self, state: &SubjectState) -> Outline {
        let mut outline = Outline::default();
        let Some(loaded) = &state.loaded else { return outline };
        let mut left = state.points.as_slice();
        for (part, assets) in loaded.model.parts.iter().zip(&loaded.parts) {
            let (points, others) = left.split_at(part.mesh.positions.len());
            left = others;
            let first = outline.points.len();
            match &assets.solid {
                None => {
                    outline.points.extend(points.iter().map(|point| self.project(*point)));
                    let triangles = part.mesh.indices.chunks_exact(3);
                    outline.triangles.extend(triangles.map(|corners| [0, 1, 2].map(|i| first + corners[i] as usize)));
                }
                Some(triangles) => {
                    outline.points.extend(
                        triangles.iter().flat_map(|triangle| triangle.at(points)).map(|point| self.project(point)),
                    );
                    outline
                        .triangles
                        .extend((0..triangles.len()).map(|i| [0, 1, 2].map(|corner| first + 3 * i + corner)));
                }
            }
        }
        outline
    }
}

/// Joins a frame's pixels with what was noted.
pub fn make_frame(ticket: Ticket, pixels: &Pixels, options: &RendererOptions) -> Frame {
    let side = pixels.height;
    let wants = |kind| options.labels.contains(&kind);
    let rows = |slot: usize| {
        pixels.rgba.chunks_exact(pixels.width * 4).map(move |row| &row[slot * side * 4..(slot + 1) * side * 4])
    };
    let mut rgb = vec![0; side * side * 3];
    let mut instance = vec![0; side * side];
    for (row, (rgb, ids)) in rows(0).zip(rgb.chunks_exact_mut(side * 3).zip(instance.chunks_exact_mut(side))) {
        for (pixel, (rgb, id)) in row.chunks_exact(4).zip(rgb.chunks_exact_mut(3).zip(ids)) {
            rgb.copy_from_slice(&pixel[..3]);
            *id = pixel[3];
        }
    }
    // An infinite reversed projection stores near over depth.
    let needs_depth = wants(LabelKind::Depth) || wants(LabelKind::Keypoints) || ticket.labels.recipe.lens_sensor.on;
    let mut depth = vec![0.0; if needs_depth { side * side } else { 0 }];
    for (row, depth) in pixels.depth.chunks_exact(pixels.width).zip(depth.chunks_exact_mut(side)) {
        for (stored, depth) in row.iter().zip(depth) {
            *depth = if *stored > 0.0 { ticket.near / stored } else { f32::INFINITY };
        }
    }
    // The sky is drawn on a dome, but there is nothing.
    for (depth, id) in depth.iter_mut().zip(&instance) {
        if *id == 0 {
            *depth = f32::INFINITY;
        }
    }
    let mut labels = ticket.labels;
    let scale = side as f32;
    for row in &mut labels.camera.intrinsics[..2] {
        for value in row {
            *value *= scale;
        }
    }
    let seen = Seen::of(&instance, side);
    let visible = seen.bounds(ids::SUBJECT);
    // Of what stands around, only what is seen is told.
    labels.instances.retain(|instance| instance.kind != InstanceKind::Bystander || seen.bounds(instance.id).is_some());
    if [LabelKind::Box, LabelKind::Mask, LabelKind::Instance, LabelKind::Semantic].into_iter().any(wants) {
        let others = ticket.others.into_iter().filter_map(|other| {
            let box_visible = seen.bounds(other.id)?;
            let mask = wants(LabelKind::Mask).then(|| encode_mask(&instance, other.id, side as u32, side as u32));
            Some(Other { box_visible, mask, ..other })
        });
        labels.others = others.collect();
    }
    let count = instance.iter().filter(|id| **id == ids::SUBJECT).count();
    labels.visible_fraction = count as f32 / ticket.alone.max(count).max(1) as f32;
    if let Some((low, high)) = ticket.corners {
        let (mut low, mut high) = (low * scale, high * scale);
        // What is seen is there: a texture that is far away is blurred, and more is left of it than its own pixels say.
        if let Some([x, y, width, height]) = visible {
            (low, high) = (low.min(Vec2::new(x, y)), high.max(Vec2::new(x + width, y + height)));
        }
        let extent = high - low;
        let inside = high.min(Vec2::splat(scale)) - low.max(Vec2::ZERO);
        let share = inside.max(Vec2::ZERO).element_product() / extent.element_product().max(1e-9);
        labels.truncation = (1.0 - share).clamp(0.0, 1.0);
        if wants(LabelKind::Box) {
            labels.box_full = Some([low.x, low.y, extent.x, extent.y]);
            labels.box_visible = visible;
        }
    }
    if wants(LabelKind::Mask) {
        labels.mask = Some(encode_mask(&instance, ids::SUBJECT, side as u32, side as u32));
    }
    if wants(LabelKind::Keypoints) {
        let points = ticket.keypoints.into_iter();
        labels.keypoints = points.map(|(name, at)| keypoint(name, at, &depth, side)).collect();
    }
    lens::apply(&labels.recipe, ticket.focus, &mut rgb, &depth, side);
    Frame {
        width: side as u32,
        height: side as u32,
        rgb,
        normal: if wants(LabelKind::Normal) {
            let pixels = rows(1).flat_map(|row| row.chunks_exact(4)).zip(&instance);
            // What shows the sky through its holes, as leaves do, has no normal there.
            pixels.flat_map(|(pixel, id)| if *id == 0 { [0.0; 3] } else { unpack_normal(pixel) }).collect()
        } else {
            Vec::new()
        },
        instance: if wants(LabelKind::Instance) || wants(LabelKind::Semantic) || wants(LabelKind::Mask) {
            instance
        } else {
            Vec::new()
        },
        depth: if wants(LabelKind::Depth) { depth } else { Vec::new() },
        labels,
    }
}

fn unpack_normal(pixel: &[u8]) -> [f32; 3] {
    if pixel[3] == 0 {
        return [0.0; 3];
    }
    let n = Vec3::new(f32::from(pixel[0]), f32::from(pixel[1]), f32::from(pixel[2])) / 127.5 - 1.0;
    n.normalize_or_zero().into()
}

/// Where each instance is seen.
struct Seen {
    /// Left, top, and one beyond right and bottom, by instance id.
    edges: Box<[[usize; 4]; 256]>,
}

impl Seen {
    fn of(instance: &[u8], side: usize) -> Self {
        let mut edges = Box::new([[usize::MAX, usize::MAX, 0, 0]; 256]);
        for (y, row) in instance.chunks_exact(side).enumerate() {
            let mut x = 0;
            // In runs: neighbours mostly show the same thing.
            for run in row.chunk_by(|a, b| a == b) {
                let [left, top, right, bottom] = &mut edges[usize::from(run[0])];
                *left = (*left).min(x);
                *top = (*top).min(y);
                x += run.len();
                *right = (*right).max(x);
                *bottom = y + 1;
            }
        }
        Self { edges }
    }

    /// The tight box of an instance's pixels: x, y, width, height.
    fn bounds(&self, id: u8) -> Option<[f32; 4]> {
        let [left, top, right, bottom] = self.edges[usize::from(id)];
        (bottom > 0).then(|| [left as f32, top as f32, (right - left) as f32, (bottom - top) as f32])
    }
}

/// A keypoint counts as hidden when something lies clearly before it; a tenth of its depth is allowed for the flesh around
/// a joint.
fn keypoint(name: String, at: Vec3, depth: &[f32], side: usize) -> Keypoint {
    let place = at.truncate() * side as f32;
    let inside = at.z > 0.0 && place.cmpge(Vec2::ZERO).all() && place.cmplt(Vec2::splat(side as f32)).all();
    let visibility = if inside {
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "inside the picture")]
        let (x, y) = (place.x as usize, place.y as usize);
        if depth[y * side + x] < at.z * 0.9 { 1 } else { 2 }
    } else {
        0
    };
    Keypoint { name, x: place.x, y: place.y, visibility }
}
