//! Panels, driven as a person drives them: what is clicked and typed becomes edits of the scene.

mod common;

use std::fs;

use bevy_egui::egui::{Key, Modifiers};
use common::{TEXT, studio};
use egui_kittest::{Harness, kittest::Queryable};
use motley_scene::distribution::Scalar;
use motley_studio::{panes::Pane, studio::Studio};

/// A window of 1400 × 900 points.
fn harness(studio: Studio) -> Harness<'static, Studio> {
    let mut now = 0.0;
    Harness::builder().with_size([1400.0, 900.0]).build_ui_state(
        move |ui, studio: &mut Studio| {
            now += 0.1;
            studio.ui(ui, now);
        },
        studio,
    )
}

#[test]
fn a_parameter_is_switched_off_undone_and_saved() {
    let (_folder, path, studio) = studio();
    let mut harness = harness(studio);
    harness.run_steps(2);
    harness.get_by_label("Lighting").click();
    harness.run_steps(2);
    assert!(!harness.state().document.scene().lighting.enabled);
    assert!(harness.state().title().starts_with('●'));

    harness.key_press_modifiers(Modifiers::COMMAND, Key::Z);
    harness.run_steps(2);
    assert!(harness.state().document.scene().lighting.enabled);
    assert_eq!(harness.state().document.text(), TEXT);

    harness.key_press_modifiers(Modifiers::COMMAND | Modifiers::SHIFT, Key::Z);
    harness.run_steps(2);
    assert!(!harness.state().document.scene().lighting.enabled);

    harness.key_press_modifiers(Modifiers::COMMAND, Key::S);
    harness.run_steps(2);
    let saved = fs::read_to_string(path).unwrap();
    assert!(saved.contains("enabled: false") && saved.contains("// bright enough"), "{saved}");
    assert!(!harness.state().title().starts_with('●'));
}

#[test]
fn a_search_shows_fields_by_name_and_description() {
    let (_folder, _path, mut studio) = studio();
    studio.views.parameters.search = "kelvin temperature".to_owned();
    let mut harness = harness(studio);
    harness.run_steps(2);
    assert!(harness.query_by_label("Lighting").is_none());
    assert!(harness.query_by_label_contains("Nothing is called so").is_some());

    harness.state_mut().views.parameters.search = "temperature".to_owned();
    harness.run_steps(4);
    // A number is called as its field is.
    let shown = |label: &str| harness.query_all_by_label(label).next().is_some();
    assert!(shown("Lighting") && shown("Temperature") && shown("Lamp temperature"));
    assert!(!shown("Intensity") && !shown("Obstructors"));
}

#[test]
fn every_parameter_has_a_panel() {
    let (_folder, _path, studio) = studio();
    let mut harness = harness(studio);
    harness.run_steps(2);
    for name in motley_scene::recipe::PARAMETERS {
        let title = motley_studio::panes::fields::title(name);
        assert!(harness.query_all_by_label(&title).next().is_some(), "{title}");
    }
}

#[test]
fn a_distribution_is_picked_and_a_parameter_reset() {
    let (_folder, _path, mut studio) = studio();
    studio.views.parameters.search = "white surface".to_owned();
    let mut harness = harness(studio);
    harness.run_steps(4);
    harness.get_by_value("Uniform").click();
    harness.run_steps(4);
    harness.get_by_label("Constant").click();
    harness.run_steps(4);
    let middle = harness.state().document.scene().lighting.intensity.clone();
    assert_eq!(middle, Scalar::Constant(0.9));
    assert!(harness.state().document.text().contains("intensity: 0.9,  // bright enough"));

    harness.state_mut().views.parameters.search = String::new();
    harness.run_steps(2);
    let buttons: Vec<_> = harness.query_all_by_label("⟲").collect();
    let lighting = motley_scene::recipe::PARAMETERS.iter().position(|name| *name == "lighting").unwrap();
    buttons[lighting].click();
    drop(buttons);
    harness.run_steps(2);
    assert_eq!(harness.state().document.scene().lighting, motley_scene::params::lighting::Lighting::default());
}

#[test]
fn the_question_mark_lists_all_shortcuts() {
    let (_folder, _path, studio) = studio();
    let mut harness = harness(studio);
    harness.run_steps(2);
    harness.key_press(Key::Questionmark);
    harness.run_steps(2);
    assert!(harness.query_by_label("Keyboard shortcuts").is_some());
    assert!(harness.query_by_label("Previous frame").is_some());
    harness.key_press(Key::Escape);
    harness.run_steps(2);
    assert!(harness.query_by_label("Previous frame").is_none());
}

#[test]
fn frames_are_stepped_through() {
    let (_folder, _path, studio) = studio();
    let mut harness = harness(studio);
    harness.run_steps(2);
    harness.key_press(Key::ArrowRight);
    harness.key_press(Key::ArrowRight);
    harness.run_steps(2);
    harness.key_press(Key::ArrowLeft);
    harness.run_steps(2);
    assert_eq!(harness.state().views.preview.index, 1);
}

#[test]
fn closing_with_changes_asks() {
    let (_folder, path, studio) = studio();
    let mut harness = harness(studio);
    harness.run_steps(2);
    harness.get_by_label("Sky").click();
    harness.run_steps(2);
    harness.state_mut().close();
    harness.run_steps(2);
    assert!(!harness.state().is_closed());
    harness.get_by_label("Save and close").click();
    harness.run_steps(2);
    assert!(harness.state().is_closed());
    assert!(fs::read_to_string(path).unwrap().contains("enabled: false"));
}

#[test]
fn a_broken_file_keeps_the_last_good_state_and_says_where() {
    let (_folder, path, studio) = studio();
    let mut harness = harness(studio);
    harness.run_steps(2);
    fs::write(&path, TEXT.replace("64", "8")).unwrap();
    harness.state_mut().update(10.0);
    harness.run_steps(2);
    assert!(harness.query_by_label_contains("5:20: output.size").is_some());
    assert_eq!(harness.state().document.scene().output.size, 64);
}

#[test]
fn a_typed_path_is_taken_by_enter_and_another_file_is_replaced_only_when_asked() {
    let (folder, path, studio) = studio();
    let other = path.with_file_name("other.scene.ron");
    let mut harness = harness(studio);
    harness.run_steps(2);
    let mut save_as = |text: &str| {
        harness.key_press_modifiers(Modifiers::COMMAND | Modifiers::SHIFT, Key::S);
        harness.run_steps(2);
        harness.key_press_modifiers(Modifiers::COMMAND, Key::A);
        harness.run_steps(1);
        harness.event(bevy_egui::egui::Event::Text(folder.path().join(text).display().to_string()));
        harness.run_steps(2);
        harness.key_press(Key::Enter);
        harness.run_steps(2);
    };
    save_as("other.scene.ron");
    assert_eq!(fs::read_to_string(&other).unwrap(), TEXT);

    fs::write(folder.path().join("mine.ron"), "mine").unwrap();
    save_as("mine.ron");
    assert_eq!(fs::read_to_string(folder.path().join("mine.ron")).unwrap(), "mine");
    harness.get_by_label("Replace it").click();
    harness.run_steps(2);
    assert_eq!(fs::read_to_string(folder.path().join("mine.ron")).unwrap(), TEXT);
}

#[test]
fn a_run_that_was_interrupted_can_be_gone_on_with() {
    let (folder, _path, mut studio) = studio();
    studio.config.show(Pane::Train);
    let mut harness = harness(studio);
    harness.run_steps(2);
    assert!(harness.query_by_label("Continue").is_none());
    fs::create_dir_all(folder.path().join("out/run")).unwrap();
    fs::write(folder.path().join("out/run/checkpoint.bin"), "").unwrap();
    harness.run_steps(2);
    assert!(harness.query_by_label("Continue").is_some());
}

#[test]
fn another_scene_is_opened_after_asking() {
    let (folder, path, studio) = studio();
    let other = folder.path().canonicalize().unwrap().join("other.scene.ron");
    fs::write(&other, TEXT.replace("small", "other")).unwrap();
    let mut harness = harness(studio);
    harness.run_steps(2);
    harness.get_by_label("Sky").click();
    harness.run_steps(2);
    harness.state_mut().open(&other);
    harness.run_steps(2);
    assert_eq!(harness.state().document.path(), Some(path.as_path()));
    harness.get_by_label("Open without saving").click();
    harness.run_steps(2);
    assert_eq!(harness.state().document.path(), Some(other.as_path()));
    assert_eq!(fs::read_to_string(path).unwrap(), TEXT);
}

#[test]
fn saving_as_its_own_file_does_not_replace_what_somebody_else_wrote() {
    let (_folder, path, studio) = studio();
    let mut harness = harness(studio);
    harness.run_steps(2);
    fs::write(&path, "(half a thought").unwrap();
    harness.key_press_modifiers(Modifiers::COMMAND | Modifiers::SHIFT, Key::S);
    harness.run_steps(2);
    harness.key_press(Key::Enter);
    harness.run_steps(2);
    assert_eq!(fs::read_to_string(path).unwrap(), "(half a thought");
    assert!(harness.query_by_label_contains("decide first").is_some());
}
