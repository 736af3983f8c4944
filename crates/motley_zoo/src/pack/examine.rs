//! Looks at a subject of a pack as somebody would who is to use it: what it is, and what is odd about it.

use bevy_math::Vec3;
use serde::Serialize;

use super::{LoadedModel, gltf::mirrored};
use crate::model::{MeshData, Model};

/// More triangles than this make every frame slow.
const MANY_TRIANGLES: usize = 200_000;
/// Heights beyond these are in other units than metres, most likely.
const TALLEST_M: f32 = 30.0;
const LOWEST_M: f32 = 0.01;
/// A mesh is told to be inside out when it encloses less than minus this share of its box.
const INSIDE_OUT: f32 = 0.02;

/// What there is to know about something that can be shown, from the zoo or from a pack.
#[derive(Clone, Debug, Serialize)]
pub struct Description {
    /// Its class.
    pub class: String,
    /// Its name within the class: a breed, or a file.
    pub name: String,
    /// Under which terms it may be used; `None` where that is not said.
    pub licence: Option<String>,
    /// Width, height and length in metres: of an individual in the zoo, as the file has them in a pack.
    pub size_m: [f32; 3],
    /// Triangles.
    pub triangles: usize,
    /// Has it a skeleton?
    pub skinned: bool,
    /// Names of its clips.
    pub clips: Vec<String>,
    /// A picture of it.
    pub thumbnail: String,
}

impl Description {
    /// Of a model; the caller knows the rest.
    pub fn new(class: &str, name: &str, licence: Option<String>, size_m: Vec3, model: &Model) -> Self {
        Self {
            class: class.to_owned(),
            name: name.to_owned(),
            licence,
            size_m: size_m.to_array(),
            triangles: triangles(model),
            skinned: model.parts.iter().any(|part| part.skin.is_some()),
            clips: model.clips.iter().map(|clip| clip.name.clone()).collect(),
            thumbnail: format!("{class}/{name}.jpg"),
        }
    }
}

/// Something odd about a model, and how to mend it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Oddity {
    /// In words.
    pub text: String,
    /// Is it wrong, or only worth knowing?
    pub is_fault: bool,
}

/// What is odd about a model; what the loader mended by itself is in its notes.
pub fn oddities(loaded: &LoadedModel) -> Vec<Oddity> {
    let model = &loaded.model;
    let mut odd = Vec::new();
    let mut found = |is_fault: bool, text: String| odd.push(Oddity { text, is_fault });
    let height = loaded.natural_size.y;
    if height > TALLEST_M {
        found(
            true,
            format!(
                "it is {height:.1} m tall: its units are centimetres or inches, most likely. It is scaled to its class; to be \
             right by itself, apply the scale before exporting, or say its height in a text beside it: (height_m: 0.6)"
            ),
        );
    } else if height < LOWEST_M {
        found(
            true,
            format!(
                "it is {:.1} mm tall: its units are not metres, most likely. It is scaled to its class; to be right by itself, \
             apply the scale before exporting, or say its height in a text beside it: (height_m: 0.6)",
                height * 1e3
            ),
        );
    }
    let count = triangles(model);
    if count > MANY_TRIANGLES {
        found(
            true,
            format!(
                "it has {count} triangles, which makes every frame slow; in Blender, add a Decimate modifier until it has at most \
             {MANY_TRIANGLES}"
            ),
        );
    }
    if !model.parts.iter().any(|part| part.skin.is_some()) && model.clips.is_empty() {
        found(
            false,
            "it has no skin and no clips: it is always shown as it stands. If it should move, give it an armature and export \
             with skinning and animations"
                .to_owned(),
        );
    }
    if inside_out(model) {
        found(
            true,
            "it is inside out: one sees its back faces. In Blender: edit mode, select all, Mesh > Normals > Recalculate \
             Outside, then export again"
                .to_owned(),
        );
    }
    let surfaces = || model.parts.iter().map(|part| &part.surface);
    let plain = |color: [f32; 4]| color[..3].iter().all(|c| *c > 0.99);
    if surfaces().all(|surface| surface.base_color_texture.is_none() && plain(surface.base_color))
        && model.parts.iter().all(|part| part.mesh.colors.is_empty())
    {
        found(
            true,
            "it has no texture and no colours: all of it is white. Export with materials, with images embedded (.glb)"
                .to_owned(),
        );
    }
    odd
}

fn triangles(model: &Model) -> usize {
    model.parts.iter().map(|part| part.mesh.indices.len() / 3).sum()
}

/// Do most of its triangles look inwards? Told by the volume that they enclose, which is negative then; what is drawn from
/// both sides does not count.
fn inside_out(model: &Model) -> bool {
    let (mut enclosed, mut boxes) = (0.0, 0.0);
    // A mirroring node turns triangles about.
    let parts = model.parts.iter().zip(mirrored(model));
    for (part, mirrored) in parts.filter(|(part, _)| !part.surface.double_sided) {
        let (low, high) = extent(&part.mesh);
        let size = high - low;
        boxes += size.x * size.y * size.z;
        let volume = volume(&part.mesh, (low + high) / 2.0);
        enclosed += if mirrored { -volume } else { volume };
    }
    enclosed < -INSIDE_OUT * boxes
}

fn extent(mesh: &MeshData) -> (Vec3, Vec3) {
    mesh.positions.iter().fold((Vec3::INFINITY, Vec3::NEG_INFINITY), |(low, high), p| (low.min(*p), high.max(*p)))
}

/// Enclosed volume as seen from a point within: positive where triangles face outwards.
fn volume(mesh: &MeshData, from: Vec3) -> f32 {
    let at = |i: u32| mesh.positions[i as usize] - from;
    let six: f32 = mesh.indices.chunks_exact(3).map(|t| at(t[0]).dot(at(t[1]).cross(at(t[2])))).sum();
    six / 6.0
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::pack::{
        glb::{CUBE, CUBE_INDICES, Glb},
        load_model,
    };

    /// What is said about a document.
    fn said(glb: &Glb) -> String {
        let folder = tempfile::tempdir().unwrap();
        let odd = oddities(&load_model(&glb.write(folder.path()), None).unwrap());
        odd.into_iter().map(|odd| odd.text).collect::<Vec<_>>().join("\n")
    }

    fn cube(scale: f32, flip: bool) -> Glb {
        let mut glb = Glb::empty();
        let positions = glb.floats("VEC3", &CUBE.map(|p| p.map(|x| x * scale)));
        let mut indices = CUBE_INDICES;
        if flip {
            indices.chunks_exact_mut(3).for_each(|triangle| triangle.swap(0, 1));
        }
        let indices = glb.indices(&indices);
        let mesh =
            glb.push("meshes", json!({"primitives": [{"attributes": {"POSITION": positions}, "indices": indices}]}));
        glb.node(json!({"name": "cube", "mesh": mesh}));
        glb.material(json!({"pbrMetallicRoughness": {"baseColorFactor": [0.5, 0.1, 0.1, 1.0]}}));
        glb
    }

    #[test]
    fn a_sound_cube_is_only_stiff() {
        let said = said(&cube(1.0, false));
        assert!(said.contains("no skin") && said.lines().count() == 1, "{said}");
    }

    #[test]
    fn wrong_sizes_sides_and_colours_are_named_with_their_mend() {
        assert!(said(&cube(40.0, false)).contains("40.0 m tall"));
        assert!(said(&cube(0.002, false)).contains("2.0 mm tall"));
        assert!(said(&cube(1.0, true)).contains("Recalculate"));
        assert!(said(&Glb::cube()).contains("all of it is white"));
    }

    #[test]
    fn a_mirroring_node_turns_nothing_inside_out() {
        let mirrored = |flip| {
            let mut glb = cube(1.0, flip);
            glb.json["nodes"][0]["scale"] = json!([-1.0, 1.0, 1.0]);
            said(&glb)
        };
        assert!(!mirrored(false).contains("Recalculate"), "{}", mirrored(false));
        assert!(mirrored(true).contains("Recalculate"), "{}", mirrored(true));
    }

    #[test]
    fn a_description_says_what_it_is() {
        let folder = tempfile::tempdir().unwrap();
        let mut glb = cube(2.0, false);
        glb.json["asset"]["copyright"] = json!("CC0");
        let loaded = load_model(&glb.write(folder.path()), None).unwrap();
        let about = Description::new("box", "red", loaded.copyright.clone(), loaded.natural_size, &loaded.model);
        assert_eq!((about.triangles, about.skinned, about.licence.as_deref()), (12, false, Some("CC0")));
        assert!((about.size_m[1] - 2.0).abs() < 1e-4);
    }
}
