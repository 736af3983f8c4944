//! Which of the things in the catalogue, and how often.

use bevy_egui::egui::{self, Ui};
use motley_scene::distribution::Names;

use super::{Context, thumbnail_ui};

const KINDS: [&str; 4] = ["All", "Only", "Except", "Weighted"];
const TIPS: [&str; 4] = [
    "Each of them, equally often",
    "Those that are ticked, equally often",
    "All but those that are ticked, equally often",
    "Each as often as its weight says; 0 is never",
];

fn kind(names: &Names) -> usize {
    match names {
        Names::All => 0,
        Names::Only(_) => 1,
        Names::Except(_) => 2,
        Names::Weighted(_) => 3,
    }
}

/// A selection of another kind, of much the same things.
fn become_kind(names: &Names, kind: usize, known: &[String]) -> Names {
    let chosen = names.among(known);
    let owned = || chosen.iter().map(|(name, _)| (*name).to_owned());
    match kind {
        0 => Names::All,
        1 => Names::Only(owned().collect()),
        2 => {
            Names::Except(known.iter().filter(|name| !chosen.iter().any(|(known, _)| known == name)).cloned().collect())
        }
        _ => Names::Weighted(chosen.iter().map(|(name, weight)| ((*name).to_owned(), *weight)).collect()),
    }
}

/// The whole widget. Where the catalogue is not known, only names that are there can be taken away.
pub fn names_ui(ui: &mut Ui, names: &mut Names, path: &str, cx: Context<'_>) {
    let known = cx.known.names(path);
    let now = kind(names);
    ui.horizontal_wrapped(|ui| {
        for (number, name) in KINDS.iter().enumerate() {
            let possible = !known.is_empty() || number == 0 || number == now;
            let button = ui.add_enabled_ui(possible, |ui| ui.selectable_label(number == now, *name)).inner;
            if button.on_hover_text(TIPS[number]).clicked() && number != now {
                *names = become_kind(names, number, known);
            }
        }
        let (some, all) = (names.among(known).len(), known.len());
        if all > 0 {
            ui.weak(format!("{some} of {all}"));
        }
    });
    if *names == Names::All {
        return;
    }
    let mentioned: Vec<String> = names.mentioned().into_iter().map(str::to_owned).collect();
    // Names that the catalogue has not, first: they are faults.
    let rows: Vec<String> = mentioned.iter().filter(|name| !known.contains(name)).chain(known).cloned().collect();
    egui::ScrollArea::vertical().max_height(240.0).auto_shrink([false, true]).show(ui, |ui| {
        for name in &rows {
            ui.horizontal(|ui| {
                thumbnail_ui(ui, cx.known.item(path, name).as_ref(), cx);
                row_ui(ui, names, name);
            });
        }
    });
}

fn row_ui(ui: &mut Ui, names: &mut Names, name: &str) {
    match names {
        Names::All => {}
        Names::Only(list) | Names::Except(list) => {
            let mut ticked = list.iter().any(|known| known == name);
            if ui.checkbox(&mut ticked, name).changed() {
                if ticked {
                    list.push(name.to_owned());
                } else {
                    list.retain(|known| known != name);
                }
            }
        }
        Names::Weighted(list) => {
            let at = list.iter().position(|(known, _)| known == name);
            let mut weight = at.map_or(0.0, |at| list[at].1);
            let drag = egui::DragValue::new(&mut weight).range(0.0..=1e6).speed(0.02).max_decimals(3);
            if ui.add(drag).changed() {
                match at {
                    Some(at) if weight > 0.0 => list[at].1 = weight,
                    Some(at) => {
                        list.remove(at);
                    }
                    None => list.push((name.to_owned(), weight)),
                }
            }
            ui.label(name);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_kind_selects_the_same() {
        let known: Vec<String> = ["a", "b", "c"].map(str::to_owned).into();
        for from in 0..4 {
            let first = become_kind(&Names::Only(vec!["b".to_owned()]), from, &known);
            for to in 1..4 {
                let second = become_kind(&first, to, &known);
                assert_eq!(kind(&second), to);
                assert_eq!(second.among(&known), first.among(&known));
            }
        }
    }
}
