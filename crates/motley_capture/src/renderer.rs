//! The headless loop: one update of the app for one frame, its pictures read back with its labels.
//!
//! 1. [`Renderer::submit`] draws the recipe, lets the app set up and render it, and copies the cameras' picture and depth into
//!    a staging buffer on the same queue. What belongs to the frame (its `Ticket`) is kept with the buffer.
//! 2. [`Renderer::collect`] waits for the oldest buffer and makes a [`Frame`] of it. Up to [`IN_FLIGHT`] frames are under way,
//!    so that a GPU is not idle while pixels are read.
//!
//! Nobody counts frames to pair pixels with labels, and nothing waits for a number of updates: a frame is drawn again until no
//! pipeline is waiting to be compiled.

use std::{
    collections::VecDeque,
    sync::Arc,
    time::{Duration, Instant},
};

use bevy::{
    app::{MainScheduleOrder, PanicHandlerPlugin, PluginsState},
    camera::CameraPlugin,
    core_pipeline::CorePipelinePlugin,
    diagnostic::FrameCountPlugin,
    ecs::{
        message::{MessageRegistry, ShouldUpdateMessages},
        schedule::SingleThreadedExecutor,
    },
    light::{LightPlugin, cluster::GlobalClusterSettings},
    mesh::MeshPlugin,
    pbr::PbrPlugin,
    prelude::*,
    render::{
        RenderApp, RenderPlugin,
        render_resource::PipelineCache,
        renderer::{RenderAdapterInfo, RenderDevice},
    },
    time::{TimePlugin, TimeUpdateStrategy},
    window::ExitCondition,
};
use motley_scene::{
    catalog::Catalog,
    frame::Frame,
    recipe::{Recipe, draw},
    scene::{LabelKind, Scene},
};
use motley_world::{
    library::Library,
    stage::{FrameRecipe, InstanceTable, Stage, StageOptions, SubjectState},
};
use motley_zoo::ready::ReadyScene;

use crate::{
    error::CaptureError,
    labels::{Ticket, make_frame},
    readback::{self, CopyJob, Slot},
};

/// How many frames may be under way at once.
pub const IN_FLIGHT: usize = 2;
/// A frame whose shaders are not compiled after so many updates will never be.
const MOST_UPDATES: usize = 600;

/// What is drawn and how.
#[derive(Clone, Debug)]
pub struct RendererOptions {
    /// Width and height in pixels.
    pub size: u32,
    /// Seed of the dataset.
    pub seed: u64,
    /// What is wanted beside the colour.
    pub labels: Vec<LabelKind>,
}

/// Draws frames of one scene.
pub struct Renderer {
    app: App,
    scene: Arc<Scene>,
    catalog: Catalog,
    options: RendererOptions,
    slots: Vec<Slot>,
    under_way: VecDeque<(Slot, Ticket)>,
    settled: bool,
    stages: Stages,
}

/// Where the time went.
#[derive(Clone, Copy, Debug, Default)]
pub struct Stages {
    /// Drawing recipes.
    pub draw: Duration,
    /// Setting up, rendering and queueing the copy.
    pub update: Duration,
    /// Waiting for pixels.
    pub wait: Duration,
    /// Making labels of them, lens and sensor included.
    pub label: Duration,
    /// Number of updates: more than frames when shaders had to be compiled or frames were drawn again.
    pub updates: u64,
}

/// Who draws.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Adapter {
    /// Name of the device.
    pub name: String,
    /// Name and version of the driver.
    pub driver: String,
    /// Is it a CPU?
    pub software: bool,
}

impl Renderer {
    /// Starts a renderer.
    ///
    /// # Errors
    /// When there is no graphics driver.
    pub fn new(ready: ReadyScene, options: RendererOptions) -> Result<Self, CaptureError> {
        Self::with_plugins(ready, options, |_| {})
    }

    /// Starts a renderer with further plugins, such as parameters of your own.
    ///
    /// # Errors
    /// When there is no graphics driver.
    pub fn with_plugins(
        ready: ReadyScene,
        options: RendererOptions,
        plugins: impl FnOnce(&mut App),
    ) -> Result<Self, CaptureError> {
        crate::adapter::check_driver()?;
        let ReadyScene { scene, zoo, catalog } = ready;
        let scene = Arc::new(scene);
        let mut app = App::new();
        // What a picture needs and no more: with `DefaultPlugins`, a window's features that another crate switches on would
        // want a display here.
        app.add_plugins((
            PanicHandlerPlugin,
            TaskPoolPlugin { task_pool_options: TaskPoolOptions::with_num_threads(1) },
            FrameCountPlugin,
            TimePlugin,
            TransformPlugin,
            WindowPlugin { primary_window: None, exit_condition: ExitCondition::DontExit, ..default() },
            AssetPlugin::default(),
        ))
        .add_plugins((
            RenderPlugin {
                render_creation: crate::adapter::render_creation(),
                synchronous_pipeline_compilation: true,
                ..default()
            },
            ImagePlugin::default(),
            MeshPlugin,
            CameraPlugin,
            LightPlugin,
            CorePipelinePlugin,
            PbrPlugin { add_default_deferred_lighting_plugin: false, ..default() },
        ))
        // No clock may reach a picture.
        .insert_resource(TimeUpdateStrategy::ManualDuration(Duration::ZERO))
        .insert_resource(StageOptions { size: options.size, normals: options.labels.contains(&LabelKind::Normal) })
        .insert_resource(Library::new(zoo, options.seed))
        .insert_resource(FrameRecipe { recipe: draw(&scene, &catalog, options.seed, 0, 0), scene: scene.clone() });
        while app.plugins_state() == PluginsState::Adding {
            bevy::tasks::tick_global_task_pools_on_main_thread();
        }
        app.add_plugins((motley_world::plugin, readback::plugin));
        plugins(&mut app);
        while app.plugins_state() == PluginsState::Adding {
            bevy::tasks::tick_global_task_pools_on_main_thread();
        }
        app.finish();
        app.cleanup();
        // The scene's lamps are not Bevy's: there is nothing to sort into clusters on the GPU.
        app.world_mut().resource_mut::<GlobalClusterSettings>().gpu_clustering = None;
        // Bevy keeps messages until a tick of its fixed clock, and this clock stands: they would pile up for ever.
        app.world_mut().resource_mut::<MessageRegistry>().should_update = ShouldUpdateMessages::Always;
        let mut renderer = Self {
            app,
            scene,
            catalog,
            options,
            slots: Vec::new(),
            under_way: VecDeque::new(),
            settled: false,
            stages: Stages::default(),
        };
        renderer.single_threaded();
        // The stage is built before the first update, which would draw a frame that nobody asked for.
        let world = renderer.app.world_mut();
        for label in std::mem::take(&mut world.resource_mut::<MainScheduleOrder>().startup_labels) {
            // Most of them hold nothing, and then there is none.
            let _ = world.try_run_schedule(label);
        }
        for _ in 0..IN_FLIGHT {
            let slot = renderer.new_slot();
            renderer.slots.push(slot);
        }
        Ok(renderer)
    }

    /// One thread runs every schedule: systems are small, and handing them between threads costs more than they do.
    fn single_threaded(&mut self) {
        let set = |app: &mut SubApp| {
            for (_, schedule) in app.world_mut().resource_mut::<Schedules>().iter_mut() {
                schedule.set_executor(SingleThreadedExecutor::new());
            }
        };
        set(self.app.main_mut());
        set(self.app.sub_app_mut(RenderApp));
    }

    /// Who draws.
    pub fn adapter(&self) -> Adapter {
        let info = self.app.world().resource::<RenderAdapterInfo>();
        crate::adapter::describe(&info.0)
    }

    fn new_slot(&self) -> Slot {
        let device = self.app.world().resource::<RenderDevice>();
        let options = self.app.world().resource::<StageOptions>();
        Slot::new(device, options.size * options.slots(), options.size)
    }

    /// Sets up and renders frame `index`; its pixels are on their way.
    ///
    /// # Errors
    /// When something of the frame cannot be shown, or the shaders do not compile.
    pub fn submit(&mut self, index: u64, attempt: u32) -> Result<(), CaptureError> {
        let start = Instant::now();
        let recipe = draw(&self.scene, &self.catalog, self.options.seed, index, attempt);
        self.stages.draw += start.elapsed();
        self.submit_recipe(recipe)
    }

    /// Sets up and renders a recipe as it is, such as one of which a part was changed; its pixels are on their way.
    ///
    /// # Errors
    /// When something of the frame cannot be shown, or the shaders do not compile.
    pub fn submit_recipe(&mut self, recipe: Recipe) -> Result<(), CaptureError> {
        let start = Instant::now();
        let index = recipe.index;
        self.app.world_mut().resource_mut::<FrameRecipe>().recipe = recipe;
        let slot = self.slots.pop().unwrap_or_else(|| self.new_slot());
        let camera = self.app.world().get_resource::<Stage>().map(|stage| stage.camera);
        self.app.sub_app_mut(RenderApp).world_mut().insert_resource(CopyJob::new(slot.clone(), camera));
        self.update(index)?;
        slot.map();
        let ticket = self.ticket();
        self.stages.update += start.elapsed();
        self.under_way.push_back((slot, ticket));
        Ok(())
    }

    /// Updates until everything that the frame needs is compiled.
    fn update(&mut self, index: u64) -> Result<(), CaptureError> {
        for _ in 0..MOST_UPDATES {
            self.app.update();
            self.stages.updates += 1;
            if let Some(reason) = self.app.world_mut().resource_mut::<SubjectState>().error.take() {
                return Err(CaptureError::Frame { index, reason });
            }
            let waiting = self.app.sub_app(RenderApp).world().resource::<PipelineCache>().waiting_pipelines().count();
            let copied = self.app.sub_app(RenderApp).world().resource::<CopyJob>().copied();
            if waiting == 0 && copied {
                if self.settled {
                    return Ok(());
                }
                // The very first frame is drawn once more: extraction starts one update late for what was spawned at start-up.
                self.settled = true;
            } else {
                self.settled = false;
                std::thread::sleep(Duration::from_millis(2));
            }
        }
        Err(CaptureError::NotReady("shaders are still waiting to be compiled".to_owned()))
    }

    fn ticket(&self) -> Ticket {
        let world = self.app.world();
        Ticket::new(
            &world.resource::<FrameRecipe>().recipe,
            world.resource::<SubjectState>(),
            &world.resource::<InstanceTable>().0,
            world.entity(world.resource::<Stage>().camera),
            &self.catalog,
            self.options.size as usize,
        )
    }

    /// How many frames are under way.
    pub fn under_way(&self) -> usize {
        self.under_way.len()
    }

    /// Waits for the oldest frame under way.
    ///
    /// # Errors
    /// When the GPU does not give it back.
    pub fn collect(&mut self) -> Result<Option<Frame>, CaptureError> {
        let Some((slot, ticket)) = self.under_way.pop_front() else { return Ok(None) };
        let start = Instant::now();
        let pixels = slot.read(self.app.world().resource::<RenderDevice>())?;
        self.stages.wait += start.elapsed();
        let start = Instant::now();
        let frame = make_frame(ticket, &pixels, &self.options);
        self.stages.label += start.elapsed();
        self.slots.push(slot);
        Ok(Some(frame))
    }

    /// Draws the frames of `indices` and hands each to `sink`, in order, except that a frame that is drawn again comes later.
    ///
    /// A frame of whose subject too little is visible is drawn again with other obstructors and another camera, at most
    /// `max_tries` times.
    ///
    /// # Errors
    /// When a frame cannot be drawn, or when `sink` returns an error, which ends the run.
    pub fn run<E: From<CaptureError>>(
        &mut self,
        indices: impl IntoIterator<Item = u64>,
        mut sink: impl FnMut(Frame) -> Result<(), E>,
    ) -> Result<(), E> {
        let mut indices = indices.into_iter();
        let mut again = VecDeque::new();
        loop {
            while self.under_way() < IN_FLIGHT {
                let Some((index, attempt)) = again.pop_front().or_else(|| indices.next().map(|index| (index, 0)))
                else {
                    break;
                };
                self.submit(index, attempt)?;
            }
            let Some(frame) = self.collect()? else { return Ok(()) };
            if self.hidden(&frame) {
                again.push_back((frame.labels.index, frame.labels.tries));
            } else {
                sink(frame)?;
            }
        }
    }

    fn hidden(&self, frame: &Frame) -> bool {
        frame.labels.visible_fraction < self.scene.min_visible && frame.labels.tries < self.scene.max_tries
    }

    /// Draws one frame.
    ///
    /// # Errors
    /// When it cannot be drawn.
    pub fn frame(&mut self, index: u64) -> Result<Frame, CaptureError> {
        let mut result = Err(CaptureError::Closed);
        self.run([index], |frame| {
            result = Ok(frame);
            Ok::<(), CaptureError>(())
        })?;
        result
    }

    /// Draws a recipe as it is, once, however much of its subject is visible. No frame may be under way.
    ///
    /// # Errors
    /// When it cannot be drawn.
    pub fn recipe_frame(&mut self, recipe: Recipe) -> Result<Frame, CaptureError> {
        debug_assert!(self.under_way.is_empty(), "the oldest frame would be taken for this one");
        self.submit_recipe(recipe)?;
        self.collect()?.ok_or(CaptureError::Closed)
    }

    /// Draws another scene from now on, of pictures of the same size and the same seed. What has been made is kept as far as
    /// it is good for both. No frame may be under way.
    pub fn set_scene(&mut self, ready: ReadyScene) {
        let ReadyScene { scene, zoo, catalog } = ready;
        let mut library = self.app.world_mut().resource_mut::<Library>();
        if scene.packs != self.scene.packs {
            *library = Library::new(zoo, self.options.seed);
        } else if scene.classes != self.scene.classes {
            library.set_zoo(zoo);
        }
        self.scene = Arc::new(scene);
        self.catalog = catalog;
        self.app.world_mut().resource_mut::<FrameRecipe>().scene = self.scene.clone();
    }

    /// What there is to draw from.
    pub fn catalog(&self) -> &Catalog {
        &self.catalog
    }

    /// Where the time went so far.
    pub fn stages(&self) -> Stages {
        self.stages
    }

    /// The scene that is drawn.
    pub fn scene(&self) -> &Scene {
        &self.scene
    }
}

#[cfg(test)]
mod tests {
    use bevy::ecs::message::Messages;
    use motley_scene::scene::Class;

    use super::*;

    /// What was told of frames long drawn would be what memory grows by over a long run.
    #[test]
    fn messages_do_not_pile_up() {
        let scene = Scene {
            classes: vec![Class { name: "car".to_owned(), ..Class::default() }],
            min_visible: 0.0,
            ..Scene::default()
        };
        let ready = ReadyScene::new(scene, std::path::Path::new(".")).expect("a scene of what is built in");
        let mut renderer =
            Renderer::new(ready, RendererOptions { size: 32, seed: 0, labels: Vec::new() }).expect("a renderer");
        // The most that wait after one of four frames, the same each time: one that shows nothing new tells of nothing.
        let mut waiting = || {
            let after = |index| {
                renderer.frame(index).expect("a frame");
                renderer.app.world().resource::<Messages<AssetEvent<Mesh>>>().len()
            };
            (0..4).map(after).max().unwrap_or_default()
        };
        let early = waiting();
        let late = [(); 3].map(|()| waiting())[2];
        assert!(early > 0, "new meshes are told of");
        assert!(late <= early, "{late} messages wait after the fourth time, {early} after the first");
    }
}
