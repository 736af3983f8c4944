//! Everything that was drawn for one frame: a pure function of scene, seed and index.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{
    catalog::Catalog,
    params::{
        DrawContext, Parameter, camera::Camera, lens_sensor::LensSensor, lighting::Lighting, materials::Materials,
        obstructors::Obstructors, placement::Placement, pose::Pose, props::Props, sky::Sky, subject::Subject,
        subject_texture::SubjectTexture,
    },
    scene::Scene,
    stream::stream,
};

macro_rules! parameters {
    ($($field:ident: $Parameter:ty),* $(,)?) => {
        /// Everything that was drawn for one frame.
        #[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
        pub struct Recipe {
            /// Seed of the dataset.
            pub seed: u64,
            /// Index of the frame.
            pub index: u64,
            /// How often the redrawn parameters were drawn before, because the subject was hidden.
            pub attempt: u32,
            $(
                #[doc = concat!("Draw of `", stringify!($field), "`.")]
                pub $field: <$Parameter as Parameter>::Draw,
            )*
            /// The scene's `custom` entries as they stand there, for parameters from outside.
            #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
            pub custom: BTreeMap<String, String>,
        }

        /// Names of all parameters, in the order of the scene file.
        pub const PARAMETERS: &[&str] = &[$(<$Parameter as Parameter>::NAME),*];

        /// Draws frame `index`. `attempt` counts redraws, from 0.
        pub fn draw(scene: &Scene, catalog: &Catalog, seed: u64, index: u64, attempt: u32) -> Recipe {
            let class_weights: Vec<f32> = scene.classes.iter().map(|class| class.weight).collect();
            let cx = DrawContext { seed, index, catalog, class_weights: &class_weights, class: None, grounds: &[] };
            // Sky and camera may suit the class, and the ground the sky: both are known to all.
            let subject = draw_one(&scene.subject, &cx, attempt);
            let cx = DrawContext { class: scene.classes.iter().find(|class| class.name == subject.class), ..cx };
            let sky = draw_one(&scene.sky, &cx, attempt);
            let cx = DrawContext { grounds: catalog.grounds.get(&sky.name).map_or(&[], Vec::as_slice), ..cx };
            Recipe {
                seed,
                index,
                attempt,
                $($field: draw_one(&scene.$field, &cx, attempt),)*
                custom: scene.custom.0.clone(),
            }
        }

        impl Recipe {
            /// Takes the draw of one parameter, by its name, from another frame. `false` when there is none of that name.
            pub fn take(&mut self, parameter: &str, from: &Self) -> bool {
                match parameter {
                    $(stringify!($field) => self.$field.clone_from(&from.$field),)*
                    _ => return false,
                }
                true
            }
        }

        impl Scene {
            /// Every parameter's distributions of single numbers: parameter, field, distribution.
            pub fn scalars(&self) -> Vec<(&'static str, &'static str, &crate::distribution::Scalar)> {
                let mut all = Vec::new();
                $(
                    if self.$field.enabled() {
                        for (name, scalar) in crate::field::Described::scalars(&self.$field) {
                            all.push((<$Parameter as Parameter>::NAME, name, scalar));
                        }
                    }
                )*
                all
            }

            /// Switches a parameter on or off by its name. `false` when there is none of that name.
            pub fn set_enabled(&mut self, parameter: &str, enabled: bool) -> bool {
                match parameter {
                    $(stringify!($field) => self.$field.enabled = enabled,)*
                    _ => return false,
                }
                true
            }
        }
    };
}

parameters! {
    subject: Subject,
    pose: Pose,
    placement: Placement,
    subject_texture: SubjectTexture,
    materials: Materials,
    sky: Sky,
    lighting: Lighting,
    camera: Camera,
    obstructors: Obstructors,
    props: Props,
    lens_sensor: LensSensor,
}

fn draw_one<P: Parameter>(parameter: &P, cx: &DrawContext<'_>, attempt: u32) -> P::Draw {
    if !parameter.enabled() {
        return parameter.neutral(cx);
    }
    let attempt = if P::REDRAWN { attempt } else { 0 };
    parameter.draw(&mut stream(cx.seed, cx.index, P::NAME, attempt), cx)
}
