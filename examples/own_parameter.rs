//! A parameter of one's own as a Bevy plugin: a coloured gel before all lights.
//!
//! Its room is this file: what may vary (`Gel`), how it is drawn and the system that applies it.
//!
//! ```sh
//! cargo run --release --example own_parameter
//! ```

#![expect(clippy::print_stdout, reason = "an example tells what it did")]

use std::{error::Error, path::Path};

use bevy::prelude::*;
use motley_capture::{Renderer, RendererOptions};
use motley_scene::{distribution::Scalar, fields, params::materials::MaterialDraw, stream::stream};
use motley_world::{
    lean::FrameBuffer,
    stage::{FrameRecipe, StageSystems},
};
use motley_zoo::ready::ReadyScene;

fields! {
    /// A coloured gel before all lights.
    pub struct Gel {
        /// Hue.
        hue: Scalar = Scalar::uniform(0.0, 360.0), 0 => 360, "degrees";
        /// Strength; 0 lets all light pass.
        strength: Scalar = Scalar::uniform(0.5, 1.0), 0 => 1;
    }
}

/// The draw of one frame, from a stream that no other parameter knows of: theirs do not change.
fn draw(gel: &Gel, recipe: &motley_scene::recipe::Recipe) -> [f32; 3] {
    let mut rng = stream(recipe.seed, recipe.index, "gel", 0);
    let tint_hue = gel.hue.draw(&mut rng, recipe.index);
    let tint_saturation = gel.strength.draw(&mut rng, recipe.index);
    MaterialDraw { tint_hue, tint_saturation, ..MaterialDraw::plain() }.tint()
}

/// Filters what sky, sun and lamps shine. It changes what others set, so it runs after them.
fn plugin(app: &mut App, gel: Gel) {
    let apply = move |recipe: Res<FrameRecipe>, mut frame: ResMut<FrameBuffer>| {
        let filter = Vec3::from(draw(&gel, &recipe.recipe));
        let values = &mut *frame.values;
        values.sun_color = (Vec3::from(values.sun_color) * filter).into();
        values.sky = values.sky.map(|[r, g, b, a]| (Vec3::new(r, g, b) * filter).extend(a).into());
        for lamp in &mut values.lamps {
            lamp.color = (Vec3::from(lamp.color) * filter).into();
        }
    };
    app.add_systems(Update, apply.after(StageSystems::Apply).before(StageSystems::Twins));
}

fn main() -> Result<(), Box<dyn Error>> {
    let text = r#"(
        version: 1,
        classes: [(name: "cat"), (name: "dog")],
        custom: { "gel": (hue: Choice([(value: 0), (value: 120), (value: 240)]), strength: 0.9) },
    )"#;
    let ready = ReadyScene::parse(text, Path::new(".")).map_err(|faults| format!("{faults:#?}"))?;
    let gel: Gel = ready.scene.custom.settings("gel").map_err(|faults| format!("gel: {faults:#?}"))?;
    let options = RendererOptions { size: 128, seed: 0, labels: Vec::new() };
    let mut renderer = Renderer::with_plugins(ready, options, |app| plugin(app, gel.clone()))?;
    for index in 0..6 {
        let frame = renderer.frame(index)?;
        let mean = |channel| frame.rgb.iter().skip(channel).step_by(3).map(|v| u64::from(*v)).sum::<u64>() / 128 / 128;
        let filter = draw(&gel, &frame.labels.recipe);
        println!("frame {index}: filter {filter:.1?}, mean red {}, green {}, blue {}", mean(0), mean(1), mean(2));
    }
    Ok(())
}
