//! The window: a Bevy app that draws egui and nothing else, when something has changed.

use std::{
    path::PathBuf,
    sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError},
    time::{Duration, Instant},
};

use bevy::{
    a11y::AccessibilityPlugin,
    app::{PanicHandlerPlugin, TerminalCtrlCHandlerPlugin},
    camera::CameraPlugin,
    core_pipeline::CorePipelinePlugin,
    diagnostic::FrameCountPlugin,
    ecs::schedule::SingleThreadedExecutor,
    input::{
        InputPlugin,
        keyboard::{Key, KeyboardInput},
    },
    mesh::MeshPlugin,
    prelude::*,
    render::{Render, RenderApp, RenderPlugin, RenderSystems, view::Msaa},
    time::TimePlugin,
    window::{ExitCondition, PrimaryWindow, WindowCloseRequested, WindowResolution},
    winit::{UpdateMode, WinitPlugin, WinitSettings},
};
use bevy_egui::{
    EguiClipboard, EguiContexts, EguiInput, EguiInputSet, EguiPlugin, EguiPrimaryContextPass, PrimaryEguiContext, egui,
};
use motley_capture::{CaptureError, check_driver, render_creation};
use thiserror::Error;

use crate::{
    config::Config,
    document::{Document, DocumentError},
    preview::{Preview, worker::Worker},
    studio::{Studio, launcher},
};

/// What is opened.
#[derive(Clone, Debug)]
pub struct Options {
    /// Scene file, if one was named.
    pub scene: Option<PathBuf>,
    /// Text of the scene that is opened otherwise.
    pub default_scene: &'static str,
}

/// What keeps the window from being opened.
#[derive(Debug, Error)]
pub enum WindowError {
    /// There is no screen.
    #[error("there is no display to open a window on ({0}); `motley capture` needs none")]
    NoDisplay(String),
    /// There is nothing to draw with.
    #[error(transparent)]
    NoDriver(#[from] CaptureError),
    /// The scene cannot be opened.
    #[error(transparent)]
    Document(#[from] DocumentError),
    /// The system gives no thread, or hides this program's own file.
    #[error("the studio cannot be started: {0}")]
    Io(#[from] std::io::Error),
}

/// Opens the window and shows it until it is closed.
///
/// # Errors
/// When there is no display or no graphics driver, or when the scene cannot be opened.
pub fn run(options: &Options) -> Result<(), WindowError> {
    find_display()?;
    check_driver()?;
    let document = match &options.scene {
        Some(path) => Document::open(path)?,
        None => Document::untitled(options.default_scene)?,
    };
    // Asked to end by a signal, it ends as by its button, so that its work can go on. The plugin's own handler would stand back
    // where somebody lets it ignore Ctrl-C, as shells do in the background.
    if let Err(error) = ctrlc::set_handler(TerminalCtrlCHandlerPlugin::gracefully_exit) {
        tracing::warn!("cannot listen for Ctrl-C: {error}");
    }
    // The context is made by the window; until then there is nobody to be woken.
    let context: Arc<OnceLock<egui::Context>> = Arc::default();
    let sleeper = context.clone();
    let wake: Arc<dyn Fn() + Send + Sync> = Arc::new(move || {
        if let Some(context) = sleeper.get() {
            context.request_repaint();
        }
    });
    let for_worker = wake.clone();
    let worker = Worker::start(move || for_worker())?;
    let studio = Studio::new(document, Preview::new(Some(worker)), launcher(wake)?, Config::load());
    let window = Window {
        title: studio.title(),
        name: Some("motley".to_owned()),
        resolution: WindowResolution::new(1400, 900),
        ..Window::default()
    };
    let mut app = App::new();
    app.add_plugins((
        PanicHandlerPlugin,
        TaskPoolPlugin::default(),
        FrameCountPlugin,
        TimePlugin,
        TransformPlugin,
        InputPlugin,
        WindowPlugin {
            primary_window: Some(window),
            exit_condition: ExitCondition::DontExit,
            close_when_requested: false,
            ..WindowPlugin::default()
        },
        AccessibilityPlugin,
        AssetPlugin::default(),
    ))
    .add_plugins((
        WinitPlugin::default(),
        RenderPlugin { render_creation: render_creation(), ..RenderPlugin::default() },
        ImagePlugin::default(),
        MeshPlugin,
        CameraPlugin,
        CorePipelinePlugin,
        EguiPlugin::default(),
    ))
    .insert_resource(ClearColor(Color::BLACK))
    .insert_resource(WinitSettings::desktop_app())
    .insert_resource(Shown { studio, context, start: Instant::now(), first: true })
    .add_systems(Startup, |mut commands: Commands| {
        commands.spawn((Camera2d, Msaa::Off));
    })
    .add_systems(First, |clock: Res<Clock>| clock.begin())
    .add_systems(PreUpdate, mend_modifiers.after(EguiInputSet::WriteEguiEvents))
    .add_systems(Update, (update, TerminalCtrlCHandlerPlugin::exit_on_flag))
    .add_systems(EguiPrimaryContextPass, draw)
    .add_systems(Last, (end_frame, keep_layout));
    let clock = Clock::default();
    // A frame ends when it has been rendered.
    if let Some(render) = app.get_sub_app_mut(RenderApp) {
        render
            .insert_resource(clock.clone())
            .add_systems(Render, (|clock: Res<Clock>| clock.end()).in_set(RenderSystems::PostCleanup));
    }
    app.insert_resource(clock);
    single_threaded(app.main_mut());
    if let Some(render) = app.get_sub_app_mut(RenderApp) {
        single_threaded(render);
    }
    app.run();
    Ok(())
}

/// One thread runs every schedule: the window's systems are small, and on a busy machine each hand-over between threads may
/// wait for its turn.
fn single_threaded(app: &mut SubApp) {
    if let Some(mut schedules) = app.world_mut().get_resource_mut::<Schedules>() {
        for (_, schedule) in schedules.iter_mut() {
            schedule.set_executor(SingleThreadedExecutor::new());
        }
    }
}

/// The studio in its window.
#[derive(Resource)]
struct Shown {
    studio: Studio,
    context: Arc<OnceLock<egui::Context>>,
    start: Instant,
    /// Is no picture there yet?
    first: bool,
}

impl Shown {
    fn now(&self) -> f64 {
        self.start.elapsed().as_secs_f64()
    }
}

fn update(
    mut shown: ResMut<Shown>,
    mut settings: ResMut<WinitSettings>,
    mut window: Query<&mut Window, With<PrimaryWindow>>,
    mut closing: MessageReader<WindowCloseRequested>,
    mut exit: MessageWriter<AppExit>,
) {
    let now = shown.now();
    let wait = shown.studio.update(now);
    // Playing goes on in the background too; the mouse over other windows wakes nobody.
    let mode = UpdateMode::reactive_low_power(wait);
    if settings.focused_mode != mode {
        *settings = WinitSettings { focused_mode: mode, unfocused_mode: mode };
    }
    if closing.read().next().is_some() {
        shown.studio.close();
    }
    if let Ok(mut window) = window.single_mut() {
        let title = shown.studio.title();
        if window.title != title {
            window.title = title;
        }
    }
    if shown.studio.is_closed() {
        exit.write(AppExit::Success);
    }
}

fn draw(mut contexts: EguiContexts, mut shown: ResMut<Shown>) -> Result {
    let context = contexts.ctx_mut()?;
    shown.context.get_or_init(|| context.clone());
    let area = egui::UiBuilder::new().layer_id(egui::LayerId::background()).max_rect(context.content_rect());
    let mut ui = egui::Ui::new(context.clone(), "studio".into(), area);
    let dropped: Vec<PathBuf> =
        context.input(|input| input.raw.dropped_files.iter().filter_map(|file| file.path.clone()).collect());
    let now = shown.now();
    shown.studio.dropped(&dropped, now);
    shown.studio.ui(&mut ui, now);
    Ok(())
}

/// How long a frame of the window takes, seen by the app that sets it up and by the one that renders it.
#[derive(Resource, Clone, Default)]
struct Clock(Arc<Mutex<(Option<Instant>, Duration)>>);

impl Clock {
    fn lock(&self) -> MutexGuard<'_, (Option<Instant>, Duration)> {
        // Two times are whole whoever panicked.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn begin(&self) {
        self.lock().0 = Some(Instant::now());
    }

    fn end(&self) {
        let mut clock = self.lock();
        clock.1 = clock.0.take().map_or(Duration::ZERO, |begun| begun.elapsed());
    }

    /// The last whole frame; none is given twice.
    fn last(&self) -> Duration {
        std::mem::take(&mut self.lock().1)
    }
}

fn end_frame(mut shown: ResMut<Shown>, clock: Res<Clock>) {
    let elapsed = shown.start.elapsed();
    let took = clock.last();
    // Until there is a picture the window starts its own renderer, and the user waits.
    if !shown.first {
        if took > shown.studio.longest_frame() {
            tracing::info!("longest frame of the window: {} ms", took.as_millis());
        }
        shown.studio.note_frame(took);
    }
    if shown.first && shown.studio.preview.frame(crate::preview::Place::Main).is_some() {
        shown.first = false;
        tracing::info!("first picture after {} ms", elapsed.as_millis());
    }
}

/// What the user arranged is there again the next time, whatever ends the window.
fn keep_layout(mut exit: MessageReader<AppExit>, shown: Res<Shown>) {
    if exit.read().next().is_some() {
        shown.studio.remembered().save();
    }
}

/// Gives each key the modifiers that were held when it was pressed. `bevy_egui` knows those at the end of the frame alone, so
/// that Ctrl+Z within one frame, as quick fingers and slow machines have it, would be a Z.
fn mend_modifiers(
    mut keys: MessageReader<KeyboardInput>,
    mut held: Local<egui::Modifiers>,
    mut input: Query<&mut EguiInput, With<PrimaryEguiContext>>,
    mut clipboard: ResMut<EguiClipboard>,
) {
    let mut pressed = Vec::new();
    for key in keys.read() {
        let down = key.state.is_pressed();
        match key.logical_key {
            Key::Shift => held.shift = down,
            Key::Alt => held.alt = down,
            Key::Control => {
                held.ctrl = down;
                held.command = down && !cfg!(target_os = "macos");
            }
            Key::Super | Key::Meta if cfg!(target_os = "macos") => {
                held.mac_cmd = down;
                held.command = down;
            }
            _ => {}
        }
        let known = bevy_egui::helpers::bevy_to_egui_key(&key.logical_key)
            .or_else(|| bevy_egui::helpers::bevy_to_egui_physical_key(&key.key_code));
        pressed.extend(known.map(|known| (known, down, *held)));
    }
    let Ok(mut input) = input.single_mut() else { return };
    if !input.focused {
        *held = egui::Modifiers::NONE;
    }
    // Copy, cut and paste are events of their own, made by the same modifiers.
    let edits = [(egui::Key::C, "c"), (egui::Key::X, "x"), (egui::Key::V, "v")];
    for (key, letter) in edits {
        let wanted = pressed.iter().any(|(known, down, held)| *known == key && *down && held.command);
        let typed = |event: &egui::Event| matches!(event, egui::Event::Text(text) if text.eq_ignore_ascii_case(letter));
        let Some(at) = input.events.iter().position(typed).filter(|_| wanted) else { continue };
        input.events[at] = match key {
            egui::Key::C => egui::Event::Copy,
            egui::Key::X => egui::Event::Cut,
            _ => egui::Event::Paste(clipboard.get_text().unwrap_or_default()),
        };
    }
    let mut pressed = pressed.into_iter();
    for event in &mut input.events {
        if let egui::Event::Key { key, pressed: down, modifiers, .. } = event
            && let Some((_, _, held)) = pressed.find(|(known, was, _)| *known == *key && *was == *down)
        {
            *modifiers = held;
        }
    }
}

/// Without a display, winit would panic.
fn find_display() -> Result<(), WindowError> {
    if !cfg!(all(unix, not(target_os = "macos"))) {
        return Ok(());
    }
    let none = |reason: &str| Err(WindowError::NoDisplay(reason.to_owned()));
    let display = std::env::var("DISPLAY").unwrap_or_default();
    // `:7` or `:7.0` is display 7 of this machine; others may be anywhere and are left to winit.
    let Some(number) = display.strip_prefix(':').or_else(|| display.strip_prefix("unix:")) else {
        return if display.is_empty() { none("DISPLAY is not set") } else { Ok(()) };
    };
    let number = number.split('.').next().unwrap_or_default();
    #[cfg(unix)]
    if std::os::unix::net::UnixStream::connect(format!("/tmp/.X11-unix/X{number}")).is_err() {
        return none(&format!("DISPLAY is {display}, and nobody answers there"));
    }
    Ok(())
}
