//! Sheets of triangles and how vehicles are put together from them.

use std::f32::consts::{FRAC_PI_2, PI, TAU};
use std::sync::Arc;

use bevy_math::{Quat, Vec2, Vec3, ops};

use crate::model::{Channel, Clip, Interpolation, Local, MeshData, Model, Node, Part, Surface, Track};

/// Triangles of one surface in the making, in model space.
#[derive(Clone, Debug, Default)]
pub(crate) struct Sheet {
    pub(crate) mesh: MeshData,
}

impl Sheet {
    /// A grid of `rows` × `columns` points with smooth normals; `closed` joins the last row, or column, to the first.
    ///
    /// (∂row × ∂column) points outwards.
    pub(crate) fn grid(
        &mut self,
        [rows, columns]: [usize; 2],
        closed: [bool; 2],
        point: impl Fn(usize, usize) -> Vec3,
    ) {
        let first = self.mesh.positions.len();
        for row in 0..rows {
            self.mesh.positions.extend((0..columns).map(|column| point(row, column)));
        }
        let start = self.mesh.indices.len();
        let at = |row: usize, column: usize| (first + (row % rows) * columns + column % columns) as u32;
        for row in 0..if closed[0] { rows } else { rows - 1 } {
            for column in 0..if closed[1] { columns } else { columns - 1 } {
                let [a, b] = [at(row, column), at(row + 1, column)];
                let [c, d] = [at(row, column + 1), at(row + 1, column + 1)];
                self.mesh.indices.extend([a, b, c, c, b, d]);
            }
        }
        self.smooth(first, start);
    }

    /// Gives the vertices from `first` on the area-weighted mean normal of their triangles, which start at index `start`.
    pub(super) fn smooth(&mut self, first: usize, start: usize) {
        let mesh = &mut self.mesh;
        mesh.normals.resize(mesh.positions.len(), Vec3::ZERO);
        for triangle in mesh.indices[start..].chunks_exact(3) {
            let [a, b, c] = [0, 1, 2].map(|corner| triangle[corner] as usize);
            let [p, q, r] = [a, b, c].map(|vertex| mesh.positions[vertex]);
            let normal = (q - p).cross(r - p);
            for vertex in [a, b, c] {
                mesh.normals[vertex] += normal;
            }
        }
        for normal in &mut mesh.normals[first..] {
            *normal = normal.try_normalize().unwrap_or(Vec3::Y);
        }
    }

    /// A fan that closes a loop of points, counter-clockwise seen from outside, with a flat normal.
    pub(crate) fn fan(&mut self, outline: &[Vec3], center: Vec3) {
        let first = self.mesh.positions.len();
        let start = self.mesh.indices.len();
        self.mesh.positions.extend(outline);
        self.mesh.positions.push(center);
        let count = outline.len();
        for i in 0..count {
            self.mesh.indices.extend([first + i, first + (i + 1) % count, first + count].map(|vertex| vertex as u32));
        }
        self.smooth(first, start);
    }

    /// A round tube through `points` with a radius at each, closed at both ends.
    pub(crate) fn tube(&mut self, points: &[Vec3], radii: &[f32], sides: usize) {
        let last = points.len() - 1;
        let along = |i: usize| (points[(i + 1).min(last)] - points[i.saturating_sub(1)]).normalize_or(Vec3::Z);
        // Frames are carried from one point to the next, so that the tube does not twist.
        let mut across = along(0).any_orthonormal_vector();
        let mut rings = Vec::with_capacity(points.len());
        for (i, &point) in points.iter().enumerate() {
            let along = along(i);
            across = across.reject_from_normalized(along).normalize_or(along.any_orthonormal_vector());
            let other = along.cross(across);
            let ring: Vec<Vec3> = (0..sides)
                .map(|side| {
                    let (sin, cos) = ops::sin_cos(TAU * side as f32 / sides as f32);
                    point + (across * cos + other * sin) * radii[i.min(radii.len() - 1)]
                })
                .collect();
            rings.push(ring);
        }
        // Rows run forwards and columns counter-clockwise around them: inwards, so columns are counted backwards.
        self.grid([rings.len(), sides], [false, true], |row, column| rings[row][(sides - column) % sides]);
        let back: Vec<Vec3> = rings[0].iter().rev().copied().collect();
        self.fan(&back, points[0]);
        self.fan(&rings[last], points[last]);
    }

    /// A tube of one radius.
    pub(crate) fn pipe(&mut self, points: &[Vec3], radius: f32, sides: usize) {
        self.tube(points, &[radius], sides);
    }

    /// Turns a closed outline of (distance along x, radius) around the x axis through `center`; the outline runs
    /// counter-clockwise where x points right and the radius up.
    pub(super) fn ring(&mut self, center: Vec3, outline: &[Vec2], segments: usize) {
        self.grid([segments, outline.len()], [true, true], |row, column| {
            let (sin, cos) = ops::sin_cos(TAU * row as f32 / segments as f32);
            let Vec2 { x, y } = outline[outline.len() - 1 - column];
            center + Vec3::new(x, y * cos, y * sin)
        });
    }

    /// An ellipsoid with half-axes `radii`, turned by `rotation`.
    pub(crate) fn ellipsoid(&mut self, center: Vec3, radii: Vec3, rotation: Quat, segments: usize) {
        let rows = segments / 2;
        self.grid([rows + 1, segments], [false, true], |row, column| {
            let (sin, cos) = ops::sin_cos(PI * row as f32 / rows as f32);
            let (s, c) = ops::sin_cos(TAU * column as f32 / segments as f32);
            center + rotation * (Vec3::new(sin * s, cos, sin * c) * radii)
        });
    }

    /// A round limb between two points with a radius at each, closed by half balls.
    pub(crate) fn capsule(&mut self, from: Vec3, to: Vec3, [a, b]: [f32; 2], sides: usize) {
        let along = (to - from).normalize_or(Vec3::Y);
        let points =
            [from - along * a * 0.97, from - along * a * 0.7, from, to, to + along * b * 0.7, to + along * b * 0.97];
        self.tube(&points, &[a * 0.24, a * 0.71, a, b, b * 0.71, b * 0.24], sides);
    }

    /// A box with half-extents `half` and flat sides.
    pub(crate) fn cuboid(&mut self, center: Vec3, half: Vec3, rotation: Quat) {
        for axis in [Vec3::X, Vec3::Y, Vec3::Z, Vec3::NEG_X, Vec3::NEG_Y, Vec3::NEG_Z] {
            let s = axis.any_orthonormal_vector();
            let t = axis.cross(s);
            let corners = [s + t, t - s, -s - t, s - t].map(|offset| center + rotation * ((axis + offset) * half));
            let first = self.mesh.positions.len();
            let start = self.mesh.indices.len();
            self.mesh.positions.extend(corners);
            self.mesh.indices.extend([0, 1, 2, 0, 2, 3].map(|corner| (first + corner) as u32));
            self.smooth(first, start);
        }
    }

    /// A sheet over the unit square, `rows` × `columns` quads, bent by `point`.
    pub(crate) fn patch(&mut self, rows: usize, columns: usize, point: impl Fn(Vec2) -> Vec3) {
        self.grid([rows + 1, columns + 1], [false, false], |row, column| {
            point(Vec2::new(row as f32 / rows as f32, column as f32 / columns as f32))
        });
    }
}

/// Round outline of a tube around x for [`Sheet::ring`]: centre radius, half-width along x and half-height.
pub(super) fn oval(radius: f32, half_width: f32, half_height: f32, points: usize) -> Vec<Vec2> {
    (0..points)
        .map(|i| {
            let (sin, cos) = ops::sin_cos(TAU * i as f32 / points as f32);
            Vec2::new(half_width * cos, radius + half_height * sin)
        })
        .collect()
}

/// A smooth curve through points: centripetal enough for handlebars, four steps between neighbours.
pub(crate) fn bend(points: &[Vec3]) -> Vec<Vec3> {
    let last = points.len() - 1;
    let mut curve = Vec::new();
    for i in 0..last {
        let [p, q, r, s] = [i.saturating_sub(1), i, i + 1, (i + 2).min(last)].map(|i| points[i]);
        for step in 0..4 {
            let t = step as f32 / 4.0;
            // Catmull and Rom, with half the usual tension so that bends stay tight.
            let (m, n) = ((r - p) * 0.4, (s - q) * 0.4);
            let (t2, t3) = (t * t, t * t * t);
            curve.push(
                q * (2.0 * t3 - 3.0 * t2 + 1.0) + m * (t3 - 2.0 * t2 + t) + r * (3.0 * t2 - 2.0 * t3) + n * (t3 - t2),
            );
        }
    }
    curve.push(points[last]);
    curve
}

/// Index of a surface within an [`Assembly`].
pub(super) type SurfaceId = usize;
/// Index of a node within an [`Assembly`].
pub(super) type NodeId = usize;

/// A vehicle in the making: rigid nodes without rest rotation, and one sheet for each node and surface.
#[derive(Default)]
pub(super) struct Assembly {
    nodes: Vec<Node>,
    origins: Vec<Vec3>,
    surfaces: Vec<Arc<Surface>>,
    sheets: Vec<((NodeId, SurfaceId), Sheet)>,
    clips: Vec<Clip>,
}

impl Assembly {
    /// Adds a node whose origin lies at `origin` in model space.
    pub(super) fn node(&mut self, name: &str, parent: Option<NodeId>, origin: Vec3) -> NodeId {
        let translation = origin - parent.map_or(Vec3::ZERO, |parent| self.origins[parent]);
        self.nodes.push(Node { name: name.to_owned(), parent, rest: Local { translation, ..Local::IDENTITY } });
        self.origins.push(origin);
        self.nodes.len() - 1
    }

    /// Adds a surface: linear colour, metalness and roughness.
    pub(super) fn surface(&mut self, color: Vec3, metallic: f32, roughness: f32) -> SurfaceId {
        self.push(Surface { base_color: color.extend(1.0).into(), metallic, roughness, ..Surface::default() })
    }

    /// Adds a pane that one sees through, and that throws back a share of the light that falls straight on it: two faces of
    /// glass about 0.08, a coat against the sun more.
    pub(super) fn glass(&mut self, share: f32) -> SurfaceId {
        // All metal: only reflections, and those of this strength.
        let base_color = [share, share, share, 0.0];
        self.push(Surface { base_color, metallic: 1.0, roughness: 0.05, translucent: true, ..Surface::default() })
    }

    /// Adds a lens that shines by itself.
    pub(super) fn lamp(&mut self, color: Vec3, emissive: Vec3) -> SurfaceId {
        let base_color = color.extend(1.0).into();
        self.push(Surface { base_color, emissive: emissive.into(), roughness: 0.1, ..Surface::default() })
    }

    /// A mirror behind a lamp's lens, which shows its light; `emissive` is black while it is off.
    pub(super) fn reflector(&mut self, emissive: Vec3) -> SurfaceId {
        self.push(Surface {
            base_color: [0.62, 0.62, 0.63, 1.0],
            emissive: emissive.into(),
            metallic: 1.0,
            roughness: 0.12,
            ..Surface::default()
        })
    }

    fn push(&mut self, surface: Surface) -> SurfaceId {
        self.surfaces.push(Arc::new(surface));
        self.surfaces.len() - 1
    }

    /// The sheet of a surface on a node, in model space.
    pub(super) fn sheet(&mut self, node: NodeId, surface: SurfaceId) -> &mut Sheet {
        let key = (node, surface);
        let index = self.sheets.iter().position(|(of, _)| *of == key).unwrap_or_else(|| {
            self.sheets.push((key, Sheet::default()));
            self.sheets.len() - 1
        });
        &mut self.sheets[index].1
    }

    /// Turns all that is on a node about a point.
    pub(super) fn turn(&mut self, node: NodeId, about: Vec3, rotation: Quat) {
        for (_, sheet) in self.sheets.iter_mut().filter(|((of, _), _)| *of == node) {
            sheet.mesh.positions.iter_mut().for_each(|p| *p = about + rotation * (*p - about));
            sheet.mesh.normals.iter_mut().for_each(|n| *n = rotation * *n);
        }
    }

    /// Adds a clip that turns nodes evenly about an axis: by a whole turn a `Some` angle is absent, else to and fro.
    ///
    /// `turns` holds node, axis and factor; `reach` is the greatest angle in radians of a swing, or `None` for a
    /// whole turn.
    pub(super) fn clip(&mut self, name: &str, duration: f32, turns: &[(NodeId, Vec3, f32)], reach: Option<f32>) {
        let angles: &[f32] = match reach {
            None => &[0.0, FRAC_PI_2, PI, 1.5 * PI, TAU],
            Some(reach) => &[-reach, 0.0, reach, 0.0, -reach],
        };
        let times: Vec<f32> = (0..angles.len()).map(|i| duration * i as f32 / (angles.len() - 1) as f32).collect();
        let channels = turns
            .iter()
            .map(|&(node, axis, factor)| Channel {
                node,
                times: times.clone(),
                values: Track::Rotation(
                    angles.iter().map(|angle| Quat::from_axis_angle(axis, angle * factor)).collect(),
                ),
                interpolation: Interpolation::Linear,
            })
            .collect();
        self.clips.push(Clip { name: name.to_owned(), duration, channels });
    }

    /// Adds a channel to a clip that is there.
    pub(super) fn channel(&mut self, clip: &str, channel: Channel) {
        if let Some(clip) = self.clips.iter_mut().find(|known| known.name == clip) {
            clip.channels.push(channel);
        }
    }

    /// Adds a clip that holds the whole of it tilted about the z axis by each of some angles in turn, always on the ground.
    pub(super) fn tilt(&mut self, name: &str, angles: &[f32]) {
        let points: Vec<Vec3> =
            self.sheets.iter().flat_map(|(_, sheet)| sheet.mesh.positions.iter().copied()).collect();
        let turns: Vec<Quat> = angles.iter().map(|angle| Quat::from_rotation_z(*angle)).collect();
        let lifts = turns.iter().map(|turn| {
            let lowest = points.iter().map(|p| (*turn * *p).y).fold(f32::MAX, f32::min);
            Vec3::Y * -lowest
        });
        let times: Vec<f32> = (0..angles.len()).map(|i| i as f32 / (angles.len() - 1).max(1) as f32).collect();
        let values = [Track::Translation(lifts.collect()), Track::Rotation(turns.clone())];
        let channels = values.into_iter().map(|values| Channel {
            node: 0,
            times: times.clone(),
            values,
            interpolation: Interpolation::Linear,
        });
        self.clips.push(Clip { name: name.to_owned(), duration: 1.0, channels: channels.collect() });
    }

    /// Everything together, put on the ground: the lowest point of the rest pose lies on y = 0.
    pub(super) fn finish(mut self) -> Model {
        let heights = self.sheets.iter().flat_map(|(_, sheet)| sheet.mesh.positions.iter().map(|p| p.y));
        let lowest = heights.fold(f32::MAX, f32::min);
        if let Some(root) = self.nodes.first_mut() {
            root.rest.translation.y -= lowest;
        }
        let parts = self
            .sheets
            .into_iter()
            .filter(|(_, sheet)| !sheet.mesh.indices.is_empty())
            .map(|((node, surface), Sheet { mut mesh })| {
                mesh.uvs = mesh.positions.iter().zip(&mesh.normals).map(|(p, n)| box_map(*p, *n)).collect();
                mesh.positions.iter_mut().for_each(|p| *p -= self.origins[node]);
                Part { mesh: Arc::new(mesh), surface: self.surfaces[surface].clone(), node, skin: None }
            })
            .collect();
        let keypoints = self.nodes.iter().enumerate().skip(1).map(|(i, node)| (node.name.clone(), i)).collect();
        Model { nodes: self.nodes, parts, clips: self.clips, keypoints, head: None }
    }
}

/// Texture coordinates in metres, from the side of a box that the normal faces.
fn box_map(p: Vec3, n: Vec3) -> Vec2 {
    let a = n.abs();
    if a.x >= a.y && a.x >= a.z {
        Vec2::new(p.z, -p.y)
    } else if a.y >= a.z {
        Vec2::new(p.x, p.z)
    } else {
        Vec2::new(p.x, -p.y)
    }
}
