//! What is found around pets at home, as meshes with vertex colours: crumpled bedding, people, bars.
//!
//! All are seen along −z. Any number is a variant; the same one gives the same bytes always.

mod bars;
mod bedding;
mod person;

use bevy_math::Vec3;

use crate::model::MeshData;

/// A kind of prop.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Prop {
    /// A crumpled cloth, higher at the back, that a subject of radius 1 lies on: its texture coordinates count radii.
    Bedding,
    /// Somebody beside or behind a subject of [`SUBJECT_RADIUS`], metres.
    Person,
    /// A wall of bars or wire across the line of sight, metres.
    Bars,
}

/// The subject that people are placed around has this radius, metres: a cat's, a small dog's.
pub const SUBJECT_RADIUS: f32 = 0.35;

impl Prop {
    /// How many variants differ.
    pub fn variants(self) -> u32 {
        match self {
            Self::Bedding => 12,
            Self::Person => 30,
            Self::Bars => 12,
        }
    }

    /// Builds a variant; numbers beyond [`Prop::variants`] begin again.
    pub fn build(self, variant: u32) -> MeshData {
        let variant = variant % self.variants();
        match self {
            Self::Bedding => bedding::build(variant),
            Self::Person => person::build(variant),
            Self::Bars => bars::build(variant),
        }
    }
}

/// Gives all vertices that have none yet one linear colour.
fn paint(mesh: &mut MeshData, color: Vec3) {
    mesh.colors.resize(mesh.positions.len(), color.extend(1.0).to_array());
}

#[cfg(test)]
mod tests {
    use super::*;

    const KINDS: [Prop; 3] = [Prop::Bedding, Prop::Person, Prop::Bars];

    #[test]
    fn props_are_finite_indexed_and_on_the_ground() {
        for kind in KINDS {
            for variant in 0..kind.variants() {
                let mesh = kind.build(variant);
                let count = mesh.positions.len();
                assert!([mesh.normals.len(), mesh.uvs.len(), mesh.colors.len()] == [count; 3], "{kind:?} {variant}");
                assert!(mesh.positions.iter().chain(&mesh.normals).all(|p| p.is_finite()), "{kind:?} {variant}");
                assert!(mesh.normals.iter().all(|n| (n.length() - 1.0).abs() < 1e-3), "{kind:?} {variant}");
                assert!(mesh.colors.iter().flatten().all(|c| (0.0..=1.0).contains(c)), "{kind:?} {variant}");
                assert!(mesh.indices.iter().all(|i| (*i as usize) < count), "{kind:?} {variant}");
                assert!((100..20_000).contains(&(mesh.indices.len() / 3)), "{kind:?} {variant}");
                let lowest = mesh.positions.iter().map(|p| p.y).fold(f32::MAX, f32::min);
                assert!((-0.06..0.1).contains(&lowest), "{kind:?} {variant}: {lowest}");
            }
        }
    }

    #[test]
    fn bedding_buries_no_paws_and_nobody_stands_in_the_subject() {
        for variant in 0..Prop::Bedding.variants() {
            let mesh = Prop::Bedding.build(variant);
            let middle = mesh.positions.iter().filter(|p| p.x.hypot(p.z) < 0.5);
            assert!(middle.map(|p| p.y).fold(0.0, f32::max) < 0.07, "{variant}");
        }
        for variant in 0..Prop::Person.variants() {
            let mesh = Prop::Person.build(variant);
            // Before the subject's middle there is nobody, so that the camera sees it.
            let before = |p: &Vec3| p.z > 0.0 && p.x.abs() < 0.1 && p.y < 2.0 * SUBJECT_RADIUS;
            assert!(!mesh.positions.iter().any(before), "{variant}");
        }
    }

    #[test]
    fn the_same_variant_gives_the_same_mesh() {
        for kind in KINDS {
            let [a, b] = [3, 3 + kind.variants()].map(|variant| postcard::to_stdvec(&kind.build(variant)).unwrap());
            assert_eq!(a, b);
        }
    }
}
