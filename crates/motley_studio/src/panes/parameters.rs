//! A panel for each parameter, made from its description.

use bevy_egui::egui::{self, RichText, Ui, collapsing_header::CollapsingState};
use motley_scene::{
    field::FieldInfo,
    recipe::PARAMETERS,
    scene::Scene,
    slot::{Part, Record, Slot},
    source::Fault,
};

use super::fields::{self, Context, doc, matches, title};
use crate::preview::Preview;

/// What the user typed into the search box.
#[derive(Clone, Debug, Default)]
pub struct View {
    /// Words that a parameter or field must have.
    pub search: String,
}

/// What the user wants.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Wishes {
    /// The scene as it should be.
    pub scene: Option<Scene>,
    /// A parameter whose variation should be shown.
    pub vary: Option<&'static str>,
}

/// The pane.
pub fn parameters_ui(ui: &mut Ui, scene: &Scene, preview: &Preview, view: &mut View) -> Wishes {
    let faults = preview.faults();
    let mut wishes = Wishes::default();
    ui.horizontal(|ui| {
        let clear = ui.add_enabled(!view.search.is_empty(), egui::Button::new("×")).on_hover_text("Show all");
        if clear.clicked() {
            view.search.clear();
        }
        let edit =
            egui::TextEdit::singleline(&mut view.search).hint_text("Search parameters").desired_width(f32::INFINITY);
        ui.add(edit);
    });
    ui.separator();
    let mut edited = scene.clone();
    let mut fresh = Scene::default();
    egui::ScrollArea::vertical().auto_shrink([false, false]).show(ui, |ui| {
        let cx = Context { known: preview.known(), thumbnails: preview.thumbnails(), search: &view.search };
        let mut found = false;
        let mut general = Vec::new();
        for (part, default) in edited.parts().into_iter().zip(fresh.parts()) {
            match PARAMETERS.iter().find(|name| **name == part.info.name) {
                Some(name) => found |= parameter_ui(ui, name, part, default, faults, cx, &mut wishes),
                None if part.info.name == "output" => found |= record_ui(ui, part, default, faults, cx),
                None if part.info.name != "version" => general.push((part, default)),
                None => {}
            }
        }
        found |= general_ui(ui, general, faults, cx);
        if !found {
            ui.weak("Nothing is called so. Clear the search with × to see all parameters.");
        }
    });
    if edited != *scene {
        wishes.scene = Some(edited);
    }
    wishes
}

/// A section that can be folded; while the user searches it is open. Its header is drawn by `header`.
fn section(ui: &mut Ui, name: &str, searching: bool, header: impl FnOnce(&mut Ui), body: impl FnOnce(&mut Ui)) {
    // Sections that a search opens do not stay open when it is over.
    let id = ui.make_persistent_id(("section", name, searching));
    let state = CollapsingState::load_with_default_open(ui.ctx(), id, searching);
    state.show_header(ui, header).body(|ui| {
        body(ui);
        ui.add_space(6.0);
    });
}

/// The fields of a record that are looked for; all when the record itself is.
fn shown<'a>(record: &'a mut dyn Record, info: &FieldInfo, search: &str) -> Vec<(usize, Part<'a>)> {
    let whole = matches(search, info);
    let parts = record.parts().into_iter().enumerate();
    parts
        .filter_map(|(number, mut part)| {
            (part.info.name != "enabled" && (whole || contains(search, &mut part))).then_some((number, part))
        })
        .collect()
}

/// Is a field or something within it what is looked for?
fn contains(search: &str, part: &mut Part<'_>) -> bool {
    let within = |record: &mut dyn Record| record.parts().iter_mut().any(|part| contains(search, part));
    matches(search, &part.info)
        || match &mut part.slot {
            Slot::Record(record) => within(*record),
            Slot::List(list) => match list.item(0) {
                Some(Slot::Record(record)) => within(record),
                _ => false,
            },
            _ => false,
        }
}

fn parameter_ui(
    ui: &mut Ui,
    name: &'static str,
    part: Part<'_>,
    default: Part<'_>,
    faults: &[Fault],
    cx: Context<'_>,
    wishes: &mut Wishes,
) -> bool {
    let Part { info, slot: Slot::Record(record) } = part else { return false };
    let Slot::Record(default) = default.slot else { return false };
    if shown(record, &info, cx.search).is_empty() {
        return false;
    }
    let mut on = enabled(record).is_some_and(|on| *on);
    let mut reset = false;
    let header = |ui: &mut Ui| {
        ui.checkbox(&mut on, RichText::new(title(name)).strong()).on_hover_text(doc(&info));
        ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
            reset = ui.small_button("⟲").on_hover_text(format!("Reset {name} to its defaults")).clicked();
            let vary = ui.small_button("🎲").on_hover_text(format!("Vary only {name}: all other parameters stay"));
            if vary.clicked() {
                wishes.vary = Some(name);
            }
        });
    };
    section(ui, name, !cx.search.is_empty(), header, |ui| body_ui(ui, name, &info, record, default, cx));
    if let Some(enabled) = enabled(record) {
        *enabled = on;
    }
    if reset {
        Slot::Record(record).set_to(Slot::Record(default));
    }
    faults_ui(ui, name, faults);
    true
}

fn enabled<'a>(record: &'a mut (dyn Record + '_)) -> Option<&'a mut bool> {
    record.parts().into_iter().find_map(|part| match part {
        Part { info: FieldInfo { name: "enabled", .. }, slot: Slot::Flag(on) } => Some(on),
        _ => None,
    })
}

fn body_ui(
    ui: &mut Ui,
    path: &str,
    info: &FieldInfo,
    record: &mut dyn Record,
    default: &mut dyn Record,
    cx: Context<'_>,
) {
    let mut defaults: Vec<_> = default.parts().into_iter().map(Some).collect();
    for (number, part) in shown(record, info, cx.search) {
        let default = defaults.get_mut(number).and_then(Option::take);
        let path = format!("{path}.{}", part.info.name);
        fields::part_ui(ui, part, default, &path, cx);
    }
}

fn record_ui(ui: &mut Ui, part: Part<'_>, default: Part<'_>, faults: &[Fault], cx: Context<'_>) -> bool {
    let Part { info, slot: Slot::Record(record) } = part else { return false };
    let Slot::Record(default) = default.slot else { return false };
    if shown(record, &info, cx.search).is_empty() {
        return false;
    }
    let header = |ui: &mut Ui| {
        ui.strong(title(info.name)).on_hover_text(doc(&info));
    };
    section(ui, info.name, !cx.search.is_empty(), header, |ui| body_ui(ui, info.name, &info, record, default, cx));
    faults_ui(ui, info.name, faults);
    true
}

/// What belongs to the scene as a whole.
fn general_ui(ui: &mut Ui, mut parts: Vec<(Part<'_>, Part<'_>)>, faults: &[Fault], cx: Context<'_>) -> bool {
    parts.retain_mut(|(part, _)| contains(cx.search, part));
    if parts.is_empty() {
        return false;
    }
    let names: Vec<_> = parts.iter().map(|(part, _)| part.info.name).collect();
    let header = |ui: &mut Ui| {
        ui.strong("Scene").on_hover_text("Classes, packs and what holds for every frame");
    };
    section(ui, "scene", !cx.search.is_empty(), header, |ui| {
        for (part, default) in parts {
            let path = part.info.name;
            fields::part_ui(ui, part, Some(default), path, cx);
        }
    });
    names.iter().for_each(|name| faults_ui(ui, name, faults));
    true
}

/// Faults stand where they are, with their mend.
fn faults_ui(ui: &mut Ui, name: &str, faults: &[Fault]) {
    let here = |fault: &&Fault| {
        fault.path.strip_prefix(name).is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '[']))
    };
    for fault in faults.iter().filter(here) {
        ui.colored_label(ui.visuals().error_fg_color, format!("⚠ {}: {}", fault.path, fault.message));
    }
}
