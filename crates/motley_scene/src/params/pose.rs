//! How the subject holds itself: an animation clip and a time within it.

use rand::RngExt;
use serde::{Deserialize, Serialize};

use super::{DrawContext, Parameter};
use crate::{
    distribution::{Names, Scalar},
    stream::Stream,
};

crate::fields! {
    /// How the subject holds itself. Off: the default, upright pose.
    pub struct Pose {
        /// Sample an animation clip?
        enabled: bool = true;
        /// Which clips; names that a subject does not have are left out.
        clips: Names = Names::All;
        /// Moment within the clip, from start to end.
        time: Scalar = Scalar::uniform(0.0, 1.0), 0 => 1;
        /// Share of frames in which the subject looks at the camera, as far as its neck turns; asleep it never does.
        gaze: f32 = 0.0, 0 => 1;
    }
}

/// The pose of one frame. Which clips there are depends on the subject, so the draw says where in its list.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct PoseDraw {
    /// Place within the list of the subject's allowed clips, 0–1; `None` is the default pose.
    pub clip: Option<f32>,
    /// Moment within the clip, 0–1.
    pub time: f32,
    /// Does it look at the camera?
    #[serde(default)]
    pub looks: bool,
}

impl PoseDraw {
    /// Which of `known` clips it is, given the names that the scene allows.
    pub fn clip_index(&self, allowed: &Names, known: &[String]) -> Option<usize> {
        let options = allowed.among(known);
        let total: f32 = options.iter().map(|(_, weight)| weight).sum();
        let mut left = self.clip? * total;
        let (name, _) = options.iter().find(|(_, weight)| {
            left -= weight;
            left < 0.0
        })?;
        known.iter().position(|clip| clip == name)
    }
}

impl Parameter for Pose {
    const NAME: &'static str = "pose";
    type Draw = PoseDraw;

    fn enabled(&self) -> bool {
        self.enabled
    }

    fn draw(&self, rng: &mut Stream, cx: &DrawContext<'_>) -> PoseDraw {
        PoseDraw {
            clip: Some(rng.random()),
            time: self.time.draw(rng, cx.index),
            looks: rng.random::<f32>() < self.gaze,
        }
    }

    fn neutral(&self, _: &DrawContext<'_>) -> PoseDraw {
        PoseDraw::default()
    }
}
