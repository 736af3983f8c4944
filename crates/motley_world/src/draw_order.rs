//! Draws things in the order of their tags, and of one tag in the order in which the stage got them.
//!
//! Where two surfaces lie at the very same depth, the one that is drawn last is seen. Bevy draws in the order of the places that
//! meshes and materials have in its collections, which depends on all frames before: drawn by another process, the frame would
//! differ in those pixels.

use bevy::{
    core_pipeline::core_3d::{AlphaMask3d, Opaque3d},
    mesh::MeshTag,
    prelude::*,
    render::{
        Extract, ExtractSchedule, Render, RenderApp, RenderSystems,
        batching::sort_binned_render_phase,
        render_phase::{BinnedPhaseItem, BinnedRenderPhaseType, ViewBinnedRenderPhases},
        sync_world::{MainEntity, MainEntityHashMap},
    },
};

use crate::stage::Stage;

/// Sorts what is drawn with depth and colour; shadows have no colour, and any order will do.
pub fn plugin(app: &mut App) {
    let Some(render_app) = app.get_sub_app_mut(RenderApp) else { return };
    render_app.init_resource::<DrawOrder>().add_systems(ExtractSchedule, extract).add_systems(
        Render,
        (
            sort::<Opaque3d>.after(sort_binned_render_phase::<Opaque3d>),
            sort::<AlphaMask3d>.after(sort_binned_render_phase::<AlphaMask3d>),
        )
            .in_set(RenderSystems::PhaseSort),
    );
}

/// Tag and place on the stage of each thing.
#[derive(Resource, Default)]
struct DrawOrder(MainEntityHashMap<(u32, usize)>);

fn extract(mut order: ResMut<DrawOrder>, stage: Extract<Option<Res<Stage>>>, tags: Extract<Query<&MeshTag>>) {
    order.0.clear();
    let Some(stage) = &*stage else { return };
    let things = [stage.sky, stage.ground].into_iter().chain(stage.walls).chain(stage.transient.iter().copied());
    order.0.extend(
        things
            .enumerate()
            .filter_map(|(place, thing)| Some((MainEntity::from(thing), (tags.get(thing).ok()?.0, place)))),
    );
}

fn sort<I: BinnedPhaseItem>(order: Res<DrawOrder>, mut phases: ResMut<ViewBinnedRenderPhases<I>>) {
    for phase in phases.values_mut() {
        let mut things = Vec::new();
        for ((set, bin), meshes) in phase.batchable_meshes.drain(..) {
            things
                .extend(meshes.entities().iter().map(|(thing, uniform)| (*thing, *uniform, set.clone(), bin.clone())));
        }
        things.sort_by_key(|(thing, ..)| order.0.get(thing).copied());
        for (thing, uniform, set, bin) in things {
            // The second entity is asked for by things that are no meshes.
            phase.add(set, bin, (Entity::PLACEHOLDER, thing), uniform, BinnedRenderPhaseType::BatchableMesh);
        }
    }
}
