//! What is found where people keep and photograph their pets: bedding, people, bars.

use rand::RngExt;
use serde::{Deserialize, Serialize};

use super::{DrawContext, Parameter};
use crate::{distribution::Names, stream::Stream};

crate::fields! {
    /// Bedding under the subject, people with it, bars before and behind it, as the camera sees it. Off: none.
    pub struct Props {
        /// Place them?
        enabled: bool = false;
        /// Share of frames with a crumpled cloth under the subject, of those whose ground may be a cloth.
        bedding: f32 = 0.5, 0 => 1;
        /// What the bedding is made of, as far as the ground may be.
        cloth: Names = Names::Only(
            ["bedsheet*", "blanket*", "corduroy", "fleece", "knit*", "linen", "quilt*", "tartan*", "towel*", "velvet*"]
                .map(str::to_owned)
                .to_vec(),
        );
        /// Share of frames with somebody beside or behind the subject.
        person: f32 = 0.2, 0 => 1;
        /// Share of frames with bars or wire before the subject, behind it, or both.
        bars: f32 = 0.1, 0 => 1;
    }
}

/// One prop.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct PropDraw {
    /// Number of its shape, any.
    pub variant: u32,
    /// Turn against the line of sight, −1 to 1.
    pub turn: f32,
    /// The cloth's name; empty for what has its own colours.
    pub material: String,
}

/// Where bars stand.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct BarsDraw {
    /// Between camera and subject.
    pub before: Option<PropDraw>,
    /// Behind the subject.
    pub behind: Option<PropDraw>,
}

/// The props of one frame.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct PropsDraw {
    /// Under the subject.
    pub bedding: Option<PropDraw>,
    /// Beside or behind it.
    pub person: Option<PropDraw>,
    /// Before or behind it.
    pub bars: BarsDraw,
}

impl Parameter for Props {
    const NAME: &'static str = "props";
    type Draw = PropsDraw;

    fn enabled(&self) -> bool {
        self.enabled
    }

    fn draw(&self, rng: &mut Stream, cx: &DrawContext<'_>) -> PropsDraw {
        // Everything is drawn, whatever is kept of it, so that a share that changes moves nothing else.
        let [bedding, person, bars, place] = [(); 4].map(|()| rng.random::<f32>());
        let material = self.cloth.draw(cx.grounds, rng);
        let mut prop = || PropDraw { variant: rng.random(), turn: rng.random_range(-1.0..1.0), ..PropDraw::default() };
        let [under, beside, before, behind] = [(); 4].map(|()| prop());
        let barred = bars < self.bars;
        PropsDraw {
            bedding: (bedding < self.bedding && !material.is_empty()).then_some(PropDraw { material, ..under }),
            person: (person < self.person).then_some(beside),
            bars: BarsDraw {
                before: (barred && place < 0.7).then_some(before),
                behind: (barred && place > 0.4).then_some(behind),
            },
        }
    }

    fn neutral(&self, _: &DrawContext<'_>) -> PropsDraw {
        PropsDraw::default()
    }
}
