//! What the owner of a model says about it where the file does not: a small RON file beside it.
//!
//! `rex.ron` beside `rex.glb`: `(up: "+y", front: "-x", height_m: 0.6)`; each field may be left out.

use std::path::Path;

use bevy_math::{Mat3, Quat, Vec3};
use serde::Deserialize;

use crate::pack::error::Fault;

/// An axis of the file's space.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(try_from = "String")]
pub(super) enum Axis {
    X,
    NegX,
    Y,
    NegY,
    Z,
    NegZ,
}

impl TryFrom<String> for Axis {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        Ok(match text.trim() {
            "x" | "+x" => Self::X,
            "-x" => Self::NegX,
            "y" | "+y" => Self::Y,
            "-y" => Self::NegY,
            "z" | "+z" => Self::Z,
            "-z" => Self::NegZ,
            _ => return Err(format!("{text:?} is no axis (+x, -x, +y, -y, +z, -z)")),
        })
    }
}

impl Axis {
    fn vector(self) -> Vec3 {
        match self {
            Self::X => Vec3::X,
            Self::NegX => Vec3::NEG_X,
            Self::Y => Vec3::Y,
            Self::NegY => Vec3::NEG_Y,
            Self::Z => Vec3::Z,
            Self::NegZ => Vec3::NEG_Z,
        }
    }
}

/// The file beside a model.
#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Hints {
    /// Which axis of the file points up; +y if not said.
    pub up: Option<Axis>,
    /// Which axis of the file points where the subject looks.
    pub front: Option<Axis>,
    /// Its real height in metres.
    pub height_m: Option<f32>,
}

impl Hints {
    /// Reads the hints beside a model, if there are some.
    pub fn beside(model: &Path) -> Result<Self, Fault> {
        let path = model.with_extension("ron");
        if !path.is_file() {
            return Ok(Self::default());
        }
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let fault = |why: String| Fault::Hints { name: name.clone(), why };
        let text = std::fs::read_to_string(&path)?;
        let options = ron::Options::default().with_default_extension(ron::extensions::Extensions::IMPLICIT_SOME);
        let hints: Self = options.from_str(&text).map_err(|error| fault(error.to_string()))?;
        if hints.height_m.is_some_and(|height| !(1e-3..=1e3).contains(&height)) {
            return Err(fault("height_m must lie between 0.001 and 1000".into()));
        }
        if hints.turn().is_none() {
            return Err(fault("up and front must be at right angles".into()));
        }
        Ok(hints)
    }

    /// The rotation that takes the file's up to +y and its front to +z; `None` when they are parallel.
    pub fn turn(&self) -> Option<Quat> {
        let up = self.up.unwrap_or(Axis::Y).vector();
        let front = match self.front {
            Some(front) => front.vector(),
            // Where z is up, modellers look along +y at the front.
            None if up.z != 0.0 => Vec3::NEG_Y * up.z,
            None => Vec3::Z,
        };
        let right = up.cross(front);
        (right != Vec3::ZERO).then(|| Quat::from_mat3(&Mat3::from_cols(right, up, front).transpose()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn axes_turn_up_to_y_and_front_to_z() {
        for (up, front) in [(Axis::Z, Axis::NegY), (Axis::Y, Axis::NegX), (Axis::NegY, Axis::X), (Axis::X, Axis::Z)] {
            let turn = Hints { up: Some(up), front: Some(front), height_m: None }.turn().expect("right angles");
            assert!((turn * up.vector() - Vec3::Y).length() < 1e-6, "{up:?} {front:?}");
            assert!((turn * front.vector() - Vec3::Z).length() < 1e-6, "{up:?} {front:?}");
        }
        assert!(Hints { up: Some(Axis::Z), front: Some(Axis::NegZ), height_m: None }.turn().is_none());
        assert_eq!(Hints::default().turn(), Some(Quat::IDENTITY));
        let z_up = Hints { up: Some(Axis::Z), ..Hints::default() }.turn().expect("right angles");
        assert!((z_up * Vec3::NEG_Y - Vec3::Z).length() < 1e-6);
    }
}
