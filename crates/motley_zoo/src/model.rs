//! A thing to show, whoever made it: a tree of nodes, surfaces that hang on it, and clips that move it.
//!
//! Procedural subjects and glTF packs both end here, so that the renderer, the label pass and the box
//! projection know one kind of subject only. Units are metres, y is up, the subject faces +z and stands on y = 0.

use std::sync::Arc;

use bevy_math::{Affine3A, Mat4, Quat, Vec2, Vec3};
use serde::{Deserialize, Serialize};

use crate::stored::{bulk, shared, shared_option};

/// A subject, ready to be posed and drawn.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Model {
    /// Nodes in an order in which parents come before their children.
    pub nodes: Vec<Node>,
    /// What is drawn.
    pub parts: Vec<Part>,
    /// Movements; empty for a rigid subject.
    pub clips: Vec<Clip>,
    /// Points worth a label, each at the origin of a node.
    pub keypoints: Vec<(String, usize)>,
    /// The node that a portrait aims at (a head), if there is one.
    pub head: Option<usize>,
}

/// A joint or a group.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Node {
    /// Its name, unique within the model for procedural subjects.
    pub name: String,
    /// Index of its parent, which is smaller than its own.
    pub parent: Option<usize>,
    /// Local transform in the default, upright pose.
    pub rest: Local,
}

/// A local transform.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Local {
    /// Metres from the parent.
    pub translation: Vec3,
    /// Unit quaternion.
    pub rotation: Quat,
    /// Scale along each axis.
    pub scale: Vec3,
}

impl Local {
    /// No change.
    pub const IDENTITY: Self = Self { translation: Vec3::ZERO, rotation: Quat::IDENTITY, scale: Vec3::ONE };

    /// As a matrix.
    pub fn affine(&self) -> Affine3A {
        Affine3A::from_scale_rotation_translation(self.scale, self.rotation, self.translation)
    }
}

/// A mesh with its surface, hanging on a node or bound to a skeleton.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Part {
    /// Triangles.
    #[serde(with = "shared")]
    pub mesh: Arc<MeshData>,
    /// How it looks.
    #[serde(with = "shared")]
    pub surface: Arc<Surface>,
    /// The node that carries it; unused when there is a skin.
    pub node: usize,
    /// Joints that bend it.
    #[serde(with = "shared_option")]
    pub skin: Option<Arc<Skin>>,
}

/// Triangles, indexed. All attribute lists are as long as `positions` or empty, `positions`, `normals` and `indices` never empty.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct MeshData {
    /// Metres.
    #[serde(with = "bulk")]
    pub positions: Vec<Vec3>,
    /// Unit length.
    #[serde(with = "bulk")]
    pub normals: Vec<Vec3>,
    /// Texture coordinates; (0, 0) is the image's top left.
    #[serde(with = "bulk")]
    pub uvs: Vec<Vec2>,
    /// Linear RGBA that multiplies the surface's base colour.
    #[serde(with = "bulk")]
    pub colors: Vec<[f32; 4]>,
    /// Indices into [`Skin::joints`].
    #[serde(with = "bulk")]
    pub joints: Vec<[u16; 4]>,
    /// Sum to 1.
    #[serde(with = "bulk")]
    pub weights: Vec<[f32; 4]>,
    /// Triples of vertex indices, counter-clockwise seen from outside.
    #[serde(with = "bulk")]
    pub indices: Vec<u32>,
}

impl MeshData {
    /// Adds the vertices and triangles of another mesh that has the same attributes.
    pub fn append(&mut self, other: Self) {
        let first = self.positions.len() as u32;
        self.positions.extend(other.positions);
        self.normals.extend(other.normals);
        self.uvs.extend(other.uvs);
        self.colors.extend(other.colors);
        self.joints.extend(other.joints);
        self.weights.extend(other.weights);
        self.indices.extend(other.indices.iter().map(|index| first + index));
    }
}

/// Which nodes bend a mesh.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Skin {
    /// Node indices.
    pub joints: Vec<usize>,
    /// From the mesh's space to each joint's space in the bind pose; as long as `joints`.
    pub inverse_bind: Vec<Mat4>,
}

/// How a part looks: metallic-roughness as in glTF 2.0.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Surface {
    /// Linear RGBA factor.
    pub base_color: [f32; 4],
    /// sRGB colour and alpha, multiplied with the factor.
    #[serde(with = "shared_option")]
    pub base_color_texture: Option<Arc<Texture>>,
    /// Tangent-space normals.
    #[serde(with = "shared_option")]
    pub normal_texture: Option<Arc<Texture>>,
    /// Roughness in green, metalness in blue, linear.
    #[serde(with = "shared_option")]
    pub metallic_roughness_texture: Option<Arc<Texture>>,
    /// 0–1.
    pub metallic: f32,
    /// Perceptual, 0–1.
    pub roughness: f32,
    /// Linear RGB, added.
    pub emissive: [f32; 3],
    /// Back faces are drawn too.
    pub double_sided: bool,
    /// Pixels whose alpha is below this are holes.
    pub alpha_cutoff: Option<f32>,
    /// What lies behind shows through, such as through a window: the base colour's alpha is the share of its own light that it
    /// throws back, reflections come on top.
    pub translucent: bool,
}

impl Default for Surface {
    fn default() -> Self {
        Self {
            base_color: [1.0; 4],
            base_color_texture: None,
            normal_texture: None,
            metallic_roughness_texture: None,
            metallic: 0.0,
            roughness: 0.8,
            emissive: [0.0; 3],
            double_sided: false,
            alpha_cutoff: None,
            translucent: false,
        }
    }
}

/// An RGBA image, 8 bits a channel, top row first, that repeats.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Texture {
    /// Pixels.
    pub width: u32,
    /// Pixels.
    pub height: u32,
    /// `[height, width, 4]`.
    #[serde(with = "bulk")]
    pub rgba: Vec<u8>,
}

/// A movement.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Clip {
    /// Its name.
    pub name: String,
    /// Seconds.
    pub duration: f32,
    /// What moves; a node's property appears at most once.
    pub channels: Vec<Channel>,
}

/// One animated property of one node.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Channel {
    /// Which node.
    pub node: usize,
    /// Key times in seconds, ascending, as many as there are values (a third of the values for [`Interpolation::Cubic`]).
    #[serde(with = "bulk")]
    pub times: Vec<f32>,
    /// Key values.
    pub values: Track,
    /// Between keys.
    pub interpolation: Interpolation,
}

/// The values of a channel.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum Track {
    /// Metres.
    Translation(#[serde(with = "bulk")] Vec<Vec3>),
    /// Unit quaternions.
    Rotation(#[serde(with = "bulk")] Vec<Quat>),
    /// Factors.
    Scale(#[serde(with = "bulk")] Vec<Vec3>),
}

/// How a channel runs between its keys: glTF 2.0, appendix C.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Interpolation {
    /// Holds the earlier key.
    Step,
    /// Linear, spherical for rotations.
    Linear,
    /// Hermite spline: in-tangent, value, out-tangent for each key.
    Cubic,
}
