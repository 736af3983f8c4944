//! Sets the sun, the lamps and the flash.

use bevy::{light::CascadeShadowConfigBuilder, math::ops, prelude::*};
use bytemuck::Zeroable;

use super::camera;
use crate::{
    lean::{FrameBuffer, LampUniform, MAX_LAMPS},
    stage::{FrameRecipe, Stage, StageSystems, SubjectState},
};

/// Adds the system.
pub fn plugin(app: &mut App) {
    app.add_systems(Update, apply.after(camera::apply).in_set(StageSystems::Apply));
}

fn apply(
    recipe: Res<FrameRecipe>,
    state: Res<SubjectState>,
    stage: Res<Stage>,
    mut commands: Commands,
    mut uniforms: ResMut<FrameBuffer>,
    mut lights: Query<(&mut Transform, &mut DirectionalLight), Without<Camera3d>>,
    cameras: Query<&Transform, With<Camera3d>>,
) {
    let draw = &recipe.recipe.lighting;
    let sun = Vec3::from(draw.sun);
    let eye = cameras.get(stage.camera).map_or(Vec3::ZERO, |camera| camera.translation);
    if let Ok((mut transform, mut light)) = lights.get_mut(stage.sun) {
        let up = if sun.y.abs() > 0.99 { Vec3::Z } else { Vec3::Y };
        *transform = Transform::from_translation(sun).looking_at(Vec3::ZERO, up);
        light.shadow_maps_enabled = draw.shadows;
        // A subject that could not be loaded has no radius; its error is told after this update.
        let radius = state.radius.max(1e-3);
        // One map covers what the camera sees as far as just behind the subject.
        let cascades = CascadeShadowConfigBuilder {
            num_cascades: 1,
            minimum_distance: 0.01 * radius,
            maximum_distance: eye.distance(state.centre) + 2.5 * radius,
            ..CascadeShadowConfigBuilder::default()
        };
        commands.entity(stage.sun).insert(cascades.build());
    }
    let mut lamps = [LampUniform::zeroed(); MAX_LAMPS];
    for (slot, lamp) in lamps.iter_mut().zip(&draw.lamps) {
        let direction = Vec3::from(lamp.direction);
        *slot = LampUniform {
            position: (state.centre + direction * lamp.distance * state.radius).into(),
            cone_cos: ops::cos(lamp.cone.to_radians()),
            color: (temperature(lamp.temperature) * lamp.intensity).into(),
            range: lamp.distance * state.radius,
            axis: (-direction).into(),
            unused: 0.0,
        };
    }
    if draw.flash > 0.0
        && let Some(slot) = lamps.iter_mut().find(|lamp| lamp.range == 0.0)
    {
        *slot = LampUniform {
            position: eye.into(),
            cone_cos: -1.0,
            color: Vec3::splat(draw.flash).into(),
            range: eye.distance(state.centre),
            axis: [0.0, -1.0, 0.0],
            unused: 0.0,
        };
    }
    let color = temperature(draw.temperature) * draw.intensity;
    let shadow = f32::from(u8::from(draw.shadows));
    uniforms.values.sun_direction = sun.into();
    uniforms.values.sun_color = color.into();
    uniforms.values.sun_shadow = shadow;
    uniforms.values.exposure = 1.0;
    uniforms.values.lamps = lamps;
}

/// Linear RGB of a black body, brightest channel 1.
///
/// Chromaticity on the Planckian locus by the cubic fit of B. Kang et al., "Design of Advanced Color Temperature Control
/// System for HDTV Applications", J. Korean Physical Society 41 (2002), valid from 1,667 to 25,000 K; then XYZ to linear sRGB
/// (IEC 61966-2-1).
pub fn temperature(kelvin: f32) -> Vec3 {
    let t = kelvin.clamp(1667.0, 25_000.0);
    let (i, i2, i3) = (1e3 / t, 1e6 / (t * t), 1e9 / (t * t * t));
    let x = if t <= 4000.0 {
        -0.266_123_9 * i3 - 0.234_358 * i2 + 0.877_695_6 * i + 0.179_91
    } else {
        -3.025_847 * i3 + 2.107_037_9 * i2 + 0.222_634_7 * i + 0.240_39
    };
    let (x2, x3) = (x * x, x * x * x);
    let y = if t <= 2222.0 {
        -1.106_381_4 * x3 - 1.348_110_2 * x2 + 2.185_558_3 * x - 0.202_196_83
    } else if t <= 4000.0 {
        -0.954_947_6 * x3 - 1.374_185_9 * x2 + 2.091_37 * x - 0.167_488_67
    } else {
        3.081_758 * x3 - 5.873_387 * x2 + 3.751_13 * x - 0.370_014_83
    };
    let xyz = Vec3::new(x / y, 1.0, (1.0 - x - y) / y);
    let rgb = Vec3::new(
        Vec3::new(3.240_454, -1.537_138_5, -0.498_531_4).dot(xyz),
        Vec3::new(-0.969_266, 1.876_010_8, 0.041_556).dot(xyz),
        Vec3::new(0.055_643_4, -0.204_025_9, 1.057_225_2).dot(xyz),
    )
    .max(Vec3::ZERO);
    rgb / rgb.max_element().max(1e-6)
}
