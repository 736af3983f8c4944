//! Where everything is at an instant: clip → local transforms → model-space transforms → vertices.
//!
//! 1. [`Model::locals`] samples a clip over the rest pose.
//! 2. [`Model::globals`] chains parents to children.
//! 3. [`Model::skin_positions`] and [`Model::bounds`] bend the meshes, which is what boxes and normalisation need.
//!
//! Nothing allocates when the output vectors are reused, and equal inputs give equal bytes.

use bevy_math::bounding::Aabb3d;
use bevy_math::{Affine3A, Quat, Vec3, Vec3A, ops};
use smallvec::SmallVec;

use crate::model::{Channel, Interpolation, Local, Model, Part, Track};

/// Skins of up to this many joints are posed without an allocation; larger ones cost one per part.
const JOINTS_ON_STACK: usize = 128;

impl Model {
    /// Local transforms of all nodes at `time_s` seconds into a clip; the rest pose without one.
    ///
    /// A clip changes only what it animates. Before its first key a channel holds the first value, after its last key
    /// the last. An index that has no clip gives the rest pose. `out` is cleared first and then as long as [`Model::nodes`].
    pub fn locals(&self, clip: Option<usize>, time_s: f32, out: &mut Vec<Local>) {
        out.clear();
        out.extend(self.nodes.iter().map(|node| node.rest));
        let Some(clip) = clip.and_then(|index| self.clips.get(index)) else { return };
        for channel in &clip.channels {
            let Some(local) = out.get_mut(channel.node) else { continue };
            match &channel.values {
                Track::Translation(values) => local.translation = sample(channel, values, time_s, local.translation),
                Track::Rotation(values) => local.rotation = sample(channel, values, time_s, local.rotation),
                Track::Scale(values) => local.scale = sample(channel, values, time_s, local.scale),
            }
        }
    }

    /// Transforms from each node's space to the model's. `out` is cleared first and then as long as `locals`.
    ///
    /// # Panics
    /// When `locals` is longer than [`Model::nodes`], or a parent comes after its child.
    pub fn globals(&self, locals: &[Local], out: &mut Vec<Affine3A>) {
        out.clear();
        for (node, local) in self.nodes[..locals.len()].iter().zip(locals) {
            let affine = local.affine();
            out.push(node.parent.map_or(affine, |parent| out[parent] * affine));
        }
    }

    /// Positions of a part's vertices in model space, in metres and in the mesh's order.
    ///
    /// Skinned parts follow their joints only (linear blend skinning, four joints a vertex), rigid ones their node.
    /// `globals` comes from [`Model::globals`]; `out` is cleared first.
    ///
    /// # Panics
    /// When `part` is not an index into [`Model::parts`] or `globals` is shorter than [`Model::nodes`].
    pub fn skin_positions(&self, part: usize, globals: &[Affine3A], out: &mut Vec<Vec3>) {
        let part = &self.parts[part];
        out.clear();
        out.reserve(part.mesh.positions.len());
        for_each_position(part, globals, |position| out.push(Vec3::from(position)));
    }

    /// The box around everything that is drawn, in model space and metres; `None` when nothing is.
    ///
    /// # Panics
    /// When `globals` is shorter than [`Model::nodes`].
    pub fn bounds(&self, globals: &[Affine3A]) -> Option<Aabb3d> {
        let mut total: Option<Aabb3d> = None;
        for part in &self.parts {
            let Some(bounds) = part.bounds(globals) else { continue };
            total = Some(match total {
                None => bounds,
                Some(total) => Aabb3d { min: total.min.min(bounds.min), max: total.max.max(bounds.max) },
            });
        }
        total
    }

    /// Width, height and length of the rest pose, metres.
    pub fn size(&self) -> Vec3 {
        let (mut locals, mut globals) = (Vec::new(), Vec::new());
        self.locals(None, 0.0, &mut locals);
        self.globals(&locals, &mut globals);
        self.bounds(&globals).map_or(Vec3::ZERO, |bounds| (bounds.max - bounds.min).into())
    }

    /// Height of the rest pose above the ground, metres; at least a millimetre.
    pub fn height(&self) -> f32 {
        let (mut locals, mut globals) = (Vec::new(), Vec::new());
        self.locals(None, 0.0, &mut locals);
        self.globals(&locals, &mut globals);
        self.bounds(&globals).map_or(1.0, |bounds| bounds.max.y).max(1e-3)
    }
}

impl Part {
    /// The box around this part, in model space and metres; `None` when it has no vertices.
    ///
    /// # Panics
    /// When `globals` is shorter than the model's list of nodes.
    pub fn bounds(&self, globals: &[Affine3A]) -> Option<Aabb3d> {
        let (mut min, mut max) = (Vec3A::INFINITY, Vec3A::NEG_INFINITY);
        for_each_position(self, globals, |position| {
            min = min.min(position);
            max = max.max(position);
        });
        (!self.mesh.positions.is_empty()).then_some(Aabb3d { min, max })
    }
}

/// Calls `visit` with each vertex in model space, in the mesh's order.
fn for_each_position(part: &Part, globals: &[Affine3A], mut visit: impl FnMut(Vec3A)) {
    let mesh = &part.mesh;
    let Some(skin) = &part.skin else {
        let global = globals[part.node];
        for position in &mesh.positions {
            visit(global.transform_point3a(Vec3A::from(*position)));
        }
        return;
    };
    let palette: SmallVec<[Affine3A; JOINTS_ON_STACK]> = skin
        .joints
        .iter()
        .zip(&skin.inverse_bind)
        .map(|(joint, inverse_bind)| globals[*joint] * Affine3A::from_mat4(*inverse_bind))
        .collect();
    for ((position, joints), weights) in mesh.positions.iter().zip(&mesh.joints).zip(&mesh.weights) {
        let position = Vec3A::from(*position);
        let mut bent = Vec3A::ZERO;
        for (joint, weight) in joints.iter().zip(weights) {
            if *weight != 0.0 {
                bent += *weight * palette[usize::from(*joint)].transform_point3a(position);
            }
        }
        visit(bent);
    }
}

/// What a channel's values must be able to do.
trait Key: Copy {
    /// From `self` at 0 to `to` at 1.
    fn between(self, to: Self, share: f32) -> Self;
    /// `Σ weightᵢ · keyᵢ`, made valid again.
    fn blend(keys: [Self; 4], weights: [f32; 4]) -> Self;
}

impl Key for Vec3 {
    fn between(self, to: Self, share: f32) -> Self {
        self.lerp(to, share)
    }

    fn blend(keys: [Self; 4], weights: [f32; 4]) -> Self {
        keys[0] * weights[0] + keys[1] * weights[1] + keys[2] * weights[2] + keys[3] * weights[3]
    }
}

impl Key for Quat {
    fn between(self, to: Self, share: f32) -> Self {
        slerp(self, to, share)
    }

    fn blend(keys: [Self; 4], weights: [f32; 4]) -> Self {
        let sum = keys[0] * weights[0] + keys[1] * weights[1] + keys[2] * weights[2] + keys[3] * weights[3];
        if sum.length_squared() > 0.0 { sum.normalize() } else { keys[0] }
    }
}

/// Spherical interpolation along the shorter arc (glTF 2.0, appendix C.4).
///
/// Written here because glam's takes its own approximations of sine and arc cosine, which differ between processors.
fn slerp(from: Quat, to: Quat, share: f32) -> Quat {
    let dot = from.dot(to);
    let (to, dot) = if dot < 0.0 { (-to, -dot) } else { (to, dot) };
    // Nearly equal: the sines below would cancel, and the chord is as good as the arc.
    if dot > 0.9995 {
        return (from * (1.0 - share) + to * share).normalize();
    }
    let angle = ops::acos(dot);
    let scale = 1.0 / ops::sin(angle);
    (from * (ops::sin((1.0 - share) * angle) * scale) + to * (ops::sin(share * angle) * scale)).normalize()
}

/// The channel's value at `time_s`; `otherwise` when it has no keys. glTF 2.0, appendix C.
fn sample<K: Key>(channel: &Channel, values: &[K], time_s: f32, otherwise: K) -> K {
    let times = &channel.times;
    let cubic = channel.interpolation == Interpolation::Cubic;
    // A cubic key is (in-tangent, value, out-tangent).
    let key = |index: usize| values.get(if cubic { 3 * index + 1 } else { index }).copied().unwrap_or(otherwise);
    let Some(last) = times.len().checked_sub(1) else { return otherwise };
    let after = times.partition_point(|time| *time <= time_s);
    if after == 0 {
        return key(0);
    }
    if after > last {
        return key(last);
    }
    let before = after - 1;
    let step_s = times[after] - times[before];
    let share = ((time_s - times[before]) / step_s).clamp(0.0, 1.0);
    match channel.interpolation {
        Interpolation::Step => key(before),
        Interpolation::Linear => key(before).between(key(after), share),
        Interpolation::Cubic => {
            let tangent = |index: usize| values.get(index).copied().unwrap_or(otherwise);
            let (t, t2, t3) = (share, share * share, share * share * share);
            K::blend(
                [key(before), tangent(3 * before + 2), key(after), tangent(3 * after)],
                [2.0 * t3 - 3.0 * t2 + 1.0, step_s * (t3 - 2.0 * t2 + t), 3.0 * t2 - 2.0 * t3, step_s * (t3 - t2)],
            )
        }
    }
}

#[cfg(test)]
mod tests {
    use std::f32::consts::{FRAC_PI_2, PI};
    use std::sync::Arc;

    use bevy_math::Mat4;

    use super::*;
    use crate::model::{Clip, MeshData, Node, Skin, Surface};

    fn local(translation: Vec3) -> Local {
        Local { translation, ..Local::IDENTITY }
    }

    fn chain() -> Model {
        let node = |name: &str, parent, at| Node { name: name.into(), parent, rest: local(Vec3::from_array(at)) };
        Model {
            nodes: vec![node("root", None, [1.0, 0.0, 0.0]), node("tip", Some(0), [0.0, 2.0, 0.0])],
            ..Model::default()
        }
    }

    fn with_channel(values: Track, times: &[f32], interpolation: Interpolation) -> Model {
        let mut model = chain();
        let channel = Channel { node: 1, times: times.to_vec(), values, interpolation };
        model.clips.push(Clip { name: "move".into(), duration: 1.0, channels: vec![channel] });
        model
    }

    fn at(model: &Model, time_s: f32) -> Local {
        let mut locals = Vec::new();
        model.locals(Some(0), time_s, &mut locals);
        locals[1]
    }

    #[test]
    fn rest_pose_without_a_clip_or_with_one_that_is_not_there() {
        let model = chain();
        let mut locals = vec![Local::IDENTITY; 7];
        for clip in [None, Some(3)] {
            model.locals(clip, 0.5, &mut locals);
            assert_eq!(locals, [model.nodes[0].rest, model.nodes[1].rest]);
        }
    }

    #[test]
    fn step_and_linear_hold_at_both_ends() {
        let values = || Track::Translation(vec![Vec3::ZERO, Vec3::X, Vec3::new(1.0, 4.0, 0.0)]);
        let step = with_channel(values(), &[1.0, 2.0, 4.0], Interpolation::Step);
        let linear = with_channel(values(), &[1.0, 2.0, 4.0], Interpolation::Linear);
        for (time_s, stepped, lerped) in [
            (-1.0, [0.0; 3], [0.0; 3]),
            (1.0, [0.0; 3], [0.0; 3]),
            (1.25, [0.0; 3], [0.25, 0.0, 0.0]),
            (2.0, [1.0, 0.0, 0.0], [1.0, 0.0, 0.0]),
            (3.0, [1.0, 0.0, 0.0], [1.0, 2.0, 0.0]),
            (4.0, [1.0, 4.0, 0.0], [1.0, 4.0, 0.0]),
            (9.0, [1.0, 4.0, 0.0], [1.0, 4.0, 0.0]),
        ] {
            assert_eq!(at(&step, time_s).translation, Vec3::from_array(stepped), "step at {time_s}");
            assert_eq!(at(&linear, time_s).translation, Vec3::from_array(lerped), "linear at {time_s}");
        }
        // What the clip does not animate stays at rest.
        assert_eq!(at(&linear, 1.5).rotation, Quat::IDENTITY);
    }

    #[test]
    fn rotations_turn_at_constant_speed_the_short_way() {
        let quarter = Quat::from_rotation_y(FRAC_PI_2);
        for end in [quarter, -quarter] {
            let model = with_channel(Track::Rotation(vec![Quat::IDENTITY, end]), &[0.0, 1.0], Interpolation::Linear);
            for share in [0.0f32, 0.1, 0.5, 0.9, 1.0] {
                let want = Quat::from_rotation_y(FRAC_PI_2 * share);
                assert!(at(&model, share).rotation.dot(want).abs() > 1.0 - 1e-6, "at {share}");
            }
        }
        // So close that the sines would cancel.
        let tiny = Quat::from_rotation_z(1e-4);
        let model = with_channel(Track::Rotation(vec![Quat::IDENTITY, tiny]), &[0.0, 1.0], Interpolation::Linear);
        assert!((at(&model, 0.5).rotation.z - 2.5e-5).abs() < 1e-9);
    }

    #[test]
    fn cubic_is_the_hermite_spline_of_gltf() {
        // Two seconds apart; at half way the weights are 1/2, 2·1/8, 1/2 and 2·(−1/8).
        let keys = [0.0, 10.0, 4.0, 8.0, 20.0, 0.0].map(Vec3::splat).to_vec();
        let model = with_channel(Track::Scale(keys), &[0.0, 2.0], Interpolation::Cubic);
        assert_eq!(at(&model, 1.0).scale, Vec3::splat(5.0 + 1.0 + 10.0 - 2.0));
        assert_eq!(at(&model, 0.0).scale, Vec3::splat(10.0));
        assert_eq!(at(&model, 2.0).scale, Vec3::splat(20.0));
        // At a quarter: t = 1/4: 54/64·10 + 2·9/64·4 + 10/64·20 + 2·(−3/64)·8.
        let want = (540.0 + 72.0 + 200.0 - 48.0) / 64.0;
        assert!((at(&model, 0.5).scale - Vec3::splat(want)).length() < 1e-5);

        let zero = Quat::from_array([0.0; 4]);
        let half_turn = Quat::from_rotation_x(PI);
        let keys = vec![zero, Quat::IDENTITY, zero, zero, half_turn, zero];
        let model = with_channel(Track::Rotation(keys), &[0.0, 1.0], Interpolation::Cubic);
        let rotation = at(&model, 0.5).rotation;
        assert!(rotation.is_normalized() && rotation.dot(Quat::from_rotation_x(FRAC_PI_2)) > 1.0 - 1e-6);
    }

    #[test]
    fn a_channel_without_keys_or_with_too_few_values_changes_nothing() {
        let model = with_channel(Track::Translation(vec![]), &[], Interpolation::Linear);
        assert_eq!(at(&model, 0.5), model.nodes[1].rest);
        let model = with_channel(Track::Translation(vec![]), &[0.0, 1.0], Interpolation::Cubic);
        assert_eq!(at(&model, 0.5), model.nodes[1].rest);
    }

    /// One vertex that hangs half on each of two joints, and one that hangs on a node.
    fn bent() -> Model {
        let mut model = chain();
        let mesh = MeshData {
            positions: vec![Vec3::new(0.0, 3.0, 0.0)],
            normals: vec![Vec3::X],
            joints: vec![[0, 1, 0, 0]],
            weights: vec![[0.5, 0.5, 0.0, 0.0]],
            indices: vec![0, 0, 0],
            ..MeshData::default()
        };
        let skin = Skin {
            joints: vec![0, 1],
            inverse_bind: vec![Mat4::IDENTITY, Mat4::from_translation(Vec3::new(0.0, -2.0, 0.0))],
        };
        let surface = Arc::new(Surface::default());
        model.parts = vec![
            Part { mesh: Arc::new(mesh.clone()), surface: surface.clone(), node: 0, skin: Some(Arc::new(skin)) },
            Part { mesh: Arc::new(mesh), surface, node: 1, skin: None },
        ];
        model
    }

    #[test]
    fn skinning_by_hand() {
        let model = bent();
        let mut locals = Vec::new();
        model.locals(None, 0.0, &mut locals);
        // The tip turns a quarter about z: its vertex, one metre above it, goes one metre to −x.
        locals[1].rotation = Quat::from_rotation_z(FRAC_PI_2);
        let mut globals = Vec::new();
        model.globals(&locals, &mut globals);
        let mut positions = vec![Vec3::ONE; 9];
        model.skin_positions(0, &globals, &mut positions);
        // Root says (0,3,0) + (1,0,0); the tip says (1,2,0) + (−1,0,0). Half of each.
        assert_eq!(positions.len(), 1);
        assert!((positions[0] - Vec3::new(0.5, 2.5, 0.0)).length() < 1e-6, "{positions:?}");
        // Rigid: (1,2,0) + (−3,0,0).
        model.skin_positions(1, &globals, &mut positions);
        assert!((positions[0] - Vec3::new(-2.0, 2.0, 0.0)).length() < 1e-6, "{positions:?}");
        let bounds = model.bounds(&globals).expect("two parts");
        assert!((Vec3::from(bounds.min) - Vec3::new(-2.0, 2.0, 0.0)).length() < 1e-6);
        assert!((Vec3::from(bounds.max) - Vec3::new(0.5, 2.5, 0.0)).length() < 1e-6);
        assert!(chain().bounds(&globals).is_none());
    }

    #[test]
    fn reused_buffers_do_not_grow() {
        let model = bent();
        let (mut locals, mut globals, mut positions) = (Vec::new(), Vec::new(), Vec::new());
        let mut pose = || {
            model.locals(None, 0.0, &mut locals);
            model.globals(&locals, &mut globals);
            model.skin_positions(0, &globals, &mut positions);
            (locals.as_ptr() as usize, globals.as_ptr() as usize, positions.as_ptr() as usize)
        };
        let first = pose();
        assert_eq!(first, pose());
    }

    #[test]
    fn ten_thousand_vertices_take_well_under_a_frame() {
        let mut model = bent();
        let mesh = MeshData {
            positions: (0..10_000u16).map(|i| Vec3::splat(f32::from(i))).collect(),
            joints: vec![[0, 1, 0, 1]; 10_000],
            weights: vec![[0.25; 4]; 10_000],
            ..MeshData::default()
        };
        model.parts[0].mesh = Arc::new(mesh);
        let (mut locals, mut globals, mut positions) = (Vec::new(), Vec::new(), Vec::new());
        model.locals(None, 0.0, &mut locals);
        model.globals(&locals, &mut globals);
        // The best of many, so that a busy machine does not fail it. Measured: about 0.1 ms.
        let best = (0..50).map(|_| {
            let start = std::time::Instant::now();
            model.skin_positions(0, &globals, &mut positions);
            start.elapsed()
        });
        let best = best.min().unwrap_or_default();
        assert!(best.as_micros() < 1_000, "{best:?}");
    }
}
