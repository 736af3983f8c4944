//! Widgets for every kind of field. They know no parameter: what they show comes from its description.

mod names;
mod scalar;

use bevy_egui::egui::{self, Response, Ui};
use motley_scene::{
    field::{FieldInfo, Limits},
    slot::{Choice, List, Number, Optional, Part, Slot},
};

use super::picture::paint;
use crate::preview::{
    Known,
    thumbnails::{self, Item, Thumbnails},
};

/// Width of a thumbnail in a list, points.
const THUMBNAIL: f32 = 32.0;

/// What widgets need beside the field.
#[derive(Clone, Copy)]
pub struct Context<'a> {
    /// What there is to draw from.
    pub known: &'a Known,
    /// Small pictures of that.
    pub thumbnails: &'a Thumbnails,
    /// Words that a field must have in its name or description to be shown; empty shows all.
    pub search: &'a str,
}

/// Is this what the user looks for?
pub fn matches(search: &str, info: &FieldInfo) -> bool {
    let search = search.trim().to_lowercase();
    search.is_empty() || title(info.name).to_lowercase().contains(&search) || info.doc.to_lowercase().contains(&search)
}

/// A field's name as words.
pub fn title(name: &str) -> String {
    let words = name.replace('_', " ");
    let mut letters = words.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// A documentation as one paragraph.
pub fn doc(info: &FieldInfo) -> String {
    info.doc.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A field with its name. `default` is the same field of a fresh record, where there is one.
pub fn part_ui(ui: &mut Ui, part: Part<'_>, default: Option<Part<'_>>, path: &str, cx: Context<'_>) {
    let Part { info, slot } = part;
    ui.push_id(path, |ui| match slot {
        Slot::Flag(flag) => {
            let response = ui.checkbox(flag, title(info.name)).on_hover_text(doc(&info));
            reset_menu(&response, Slot::Flag(flag), default);
        }
        slot if is_small(&slot) => {
            ui.horizontal_wrapped(|ui| {
                let label = label(ui, &info);
                let slot = slot_ui(ui, slot, &info, path, cx, Some(&label));
                reset_menu(&label, slot, default);
            });
        }
        slot => {
            let label = label(ui, &info);
            let slot = ui.indent("value", |ui| slot_ui(ui, slot, &info, path, cx, Some(&label))).inner;
            reset_menu(&label, slot, default);
        }
    });
}

fn label(ui: &mut Ui, info: &FieldInfo) -> Response {
    let text = egui::RichText::new(title(info.name));
    ui.add(egui::Label::new(text).sense(egui::Sense::click())).on_hover_text(doc(info))
}

/// A menu behind the right mouse button.
fn reset_menu(response: &Response, slot: Slot<'_>, default: Option<Part<'_>>) {
    let Some(default) = default else { return };
    response.context_menu(|ui| {
        if ui.button("Reset to default").clicked() {
            slot.set_to(default.slot);
            ui.close();
        }
    });
}

/// Does it fit beside its name?
fn is_small(slot: &Slot<'_>) -> bool {
    matches!(slot, Slot::Number(_) | Slot::Text(_) | Slot::Fixed)
}

/// A field without its name; gives it back.
fn slot_ui<'a>(
    ui: &mut Ui,
    slot: Slot<'a>,
    info: &FieldInfo,
    path: &str,
    cx: Context<'_>,
    label: Option<&Response>,
) -> Slot<'a> {
    match slot {
        Slot::Flag(flag) => {
            ui.checkbox(flag, "");
            Slot::Flag(flag)
        }
        Slot::Number(number) => {
            number_ui(ui, number, &info.limits, label);
            Slot::Number(number)
        }
        Slot::Text(text) => {
            let edit = ui.add(egui::TextEdit::singleline(text).desired_width(140.0));
            labelled(edit, label);
            Slot::Text(text)
        }
        Slot::Scalar(scalar) => {
            scalar::scalar_ui(ui, scalar, &info.limits, label);
            Slot::Scalar(scalar)
        }
        Slot::Names(names) => {
            names::names_ui(ui, names, path, cx);
            Slot::Names(names)
        }
        Slot::Choice(choice) => {
            choice_ui(ui, choice, path, cx, label);
            Slot::Choice(choice)
        }
        Slot::List(list) => {
            list_ui(ui, list, info, path, cx);
            Slot::List(list)
        }
        Slot::Optional(optional) => {
            optional_ui(ui, optional, info, path, cx);
            Slot::Optional(optional)
        }
        Slot::Record(record) => {
            for part in record.parts() {
                let path = format!("{path}.{}", part.info.name);
                part_ui(ui, part, None, &path, cx);
            }
            Slot::Record(record)
        }
        Slot::Fixed => {
            ui.weak("to be edited in the scene's text");
            Slot::Fixed
        }
    }
}

/// The thumbnail of an item, larger while the mouse is over it. What has none takes no room.
fn thumbnail_ui(ui: &mut Ui, item: Option<&Item>, cx: Context<'_>) {
    let Some(item) = item else { return };
    let (rect, response) = ui.allocate_exact_size(egui::Vec2::splat(THUMBNAIL), egui::Sense::hover());
    if !ui.is_rect_visible(rect) {
        return;
    }
    let texture = cx.thumbnails.texture(ui.ctx(), item);
    paint(ui, &response, texture.as_ref(), false);
    if let Some(texture) = texture {
        response.on_hover_ui(|ui| {
            ui.image((texture.id(), egui::Vec2::splat(thumbnails::SIDE as f32)));
        });
    }
}

fn labelled(response: Response, label: Option<&Response>) -> Response {
    match label {
        Some(label) => response.labelled_by(label.id),
        None => response,
    }
}

/// A number that can be dragged or typed, within its limits.
fn number_ui(ui: &mut Ui, number: &mut dyn Number, limits: &Limits, label: Option<&Response>) -> Response {
    let mut value = number.get();
    let mut drag = drag(&mut value, limits);
    if number.is_whole() {
        drag = drag.max_decimals(0).speed(0.2_f64.max(number.get() / 200.0));
    }
    let response = labelled(ui.add(drag), label);
    if response.changed() {
        number.set(value);
    }
    response
}

fn drag<'a>(value: &'a mut f64, limits: &Limits) -> egui::DragValue<'a> {
    let span = limits.max - limits.min;
    // A hundred and fifty points of the mouse for the whole range; where there is none, by the value's own size.
    let speed = if span.is_finite() && span < 1e4 { span / 150.0 } else { (value.abs() / 50.0).max(0.01) };
    egui::DragValue::new(value).range(limits.min..=limits.max).speed(speed).max_decimals(4).suffix(suffix(limits))
}

/// Short units stand behind the number; long ones are told by the description.
fn suffix(limits: &Limits) -> &'static str {
    match limits.unit {
        "degrees" => "°",
        "px" => " px",
        "m" => " m",
        "K" => " K",
        "EV" => " EV",
        "subject radii" => " r",
        _ => "",
    }
}

fn choice_ui(ui: &mut Ui, choice: &mut dyn Choice, path: &str, cx: Context<'_>, label: Option<&Response>) {
    let variants = choice.variants();
    let chosen = choice.chosen();
    let combo = egui::ComboBox::from_id_salt("variant").selected_text(spaced(variants[chosen])).show_ui(ui, |ui| {
        for (number, variant) in variants.iter().enumerate() {
            if ui.selectable_label(number == chosen, spaced(variant)).clicked() {
                choice.choose(number);
            }
        }
    });
    labelled(combo.response, label);
    for part in choice.parts() {
        let path = format!("{path}.{}", part.info.name);
        if part.info.name.is_empty() {
            let Part { info, slot } = part;
            ui.push_id(&path, |ui| slot_ui(ui, slot, &info, &path, cx, None));
        } else {
            part_ui(ui, part, None, &path, cx);
        }
    }
}

/// `UpperHemisphere` as words.
fn spaced(variant: &str) -> String {
    variant.char_indices().fold(String::new(), |mut words, (at, c)| {
        if at > 0 && c.is_uppercase() {
            words.push(' ');
            words.extend(c.to_lowercase());
        } else {
            words.push(c);
        }
        words
    })
}

fn list_ui(ui: &mut Ui, list: &mut dyn List, info: &FieldInfo, path: &str, cx: Context<'_>) {
    let mut removed = None;
    for at in 0..list.len() {
        let item_path = format!("{path}[{at}]");
        let Some(slot) = list.item(at) else { continue };
        ui.push_id(at, |ui| {
            if matches!(slot, Slot::Record(_)) {
                egui::Frame::group(ui.style()).show(ui, |ui| {
                    ui.horizontal(|ui| {
                        ui.weak(format!("{}", at + 1));
                        if path == "classes" {
                            thumbnail_ui(ui, cx.known.class_item(at).as_ref(), cx);
                        }
                        if ui.small_button("🗑").on_hover_text("Remove").clicked() {
                            removed = Some(at);
                        }
                    });
                    slot_ui(ui, slot, info, &item_path, cx, None);
                });
            } else {
                ui.horizontal(|ui| {
                    slot_ui(ui, slot, info, &item_path, cx, None);
                    if ui.small_button("🗑").on_hover_text("Remove").clicked() {
                        removed = Some(at);
                    }
                });
            }
        });
    }
    if let Some(at) = removed {
        list.remove(at);
    }
    if ui.small_button("Add").clicked() {
        list.push();
    }
}

fn optional_ui(ui: &mut Ui, optional: &mut dyn Optional, info: &FieldInfo, path: &str, cx: Context<'_>) {
    let mut some = optional.value().is_some();
    if ui.checkbox(&mut some, "Own value").changed() {
        optional.set(some);
    }
    if let Some(value) = optional.value() {
        slot_ui(ui, value, info, path, cx, None);
    }
}
