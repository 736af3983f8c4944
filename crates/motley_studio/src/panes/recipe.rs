//! What was drawn for the frame in the preview.

use bevy_egui::egui::{self, Ui};
use motley_scene::frame::Frame;
use serde_json::Value;

/// The pane.
pub fn recipe_ui(ui: &mut Ui, frame: Option<&Frame>) {
    let Some(frame) = frame else {
        ui.weak("What was drawn for a frame stands here as soon as there is one.");
        return;
    };
    let Ok(recipe) = serde_json::to_value(&frame.labels.recipe) else { return };
    if ui.button("Copy as JSON").clicked() {
        ui.ctx().copy_text(serde_json::to_string_pretty(&recipe).unwrap_or_default());
    }
    ui.separator();
    egui::ScrollArea::both().auto_shrink([false, false]).show(ui, |ui| {
        if let Value::Object(fields) = &recipe {
            for (name, value) in fields {
                value_ui(ui, name, value);
            }
        }
    });
}

fn value_ui(ui: &mut Ui, name: &str, value: &Value) {
    match value {
        Value::Object(fields) => {
            egui::CollapsingHeader::new(name).default_open(true).show(ui, |ui| {
                for (name, value) in fields {
                    value_ui(ui, name, value);
                }
            });
        }
        Value::Array(items) if items.iter().any(Value::is_object) => {
            egui::CollapsingHeader::new(format!("{name} ({})", items.len())).show(ui, |ui| {
                for (at, value) in items.iter().enumerate() {
                    value_ui(ui, &at.to_string(), value);
                }
            });
        }
        value => {
            ui.horizontal(|ui| {
                ui.weak(name);
                ui.label(shown(value));
            });
        }
    }
}

fn shown(value: &Value) -> String {
    match value {
        Value::String(text) if text.is_empty() => "none".to_owned(),
        Value::String(text) => text.clone(),
        Value::Number(number) => {
            number.as_f64().filter(|_| !number.is_u64()).map_or_else(|| number.to_string(), |n| format!("{n:.3}"))
        }
        Value::Array(items) => items.iter().map(shown).collect::<Vec<_>>().join(", "),
        Value::Null => "none".to_owned(),
        other => other.to_string(),
    }
}
