//! What the window remembers of one day for the next: where the panes are, light or dark, what lies over pictures, what was trained.

use std::{fs, path::PathBuf};

use bevy_egui::egui::ThemePreference;
use egui_tiles::{Container, Linear, LinearDir, Tile, Tiles, Tree};
use serde::{Deserialize, Serialize};

use crate::{jobs::command::Train, panes::Pane, preview::overlay::Overlay};

/// What is remembered.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Config {
    /// Where the panes are.
    pub docks: Tree<Pane>,
    /// Light, dark, or as the system has it.
    pub theme: ThemePreference,
    /// What lies over pictures.
    pub overlay: Overlay,
    /// The form of the last training.
    #[serde(default)]
    pub training: Train,
}

impl Default for Config {
    fn default() -> Self {
        Self { docks: docks(), theme: ThemePreference::Dark, overlay: Overlay::default(), training: Train::default() }
    }
}

/// Where panes are before the user moves them: parameters on the left, pictures in the middle, work on the right.
pub fn docks() -> Tree<Pane> {
    let mut tiles = Tiles::default();
    let mut tab = |panes: &[Pane]| {
        let panes = panes.iter().map(|pane| tiles.insert_pane(*pane)).collect();
        tiles.insert_tab_tile(panes)
    };
    let parameters = tab(&[Pane::Parameters]);
    let preview = tab(&[Pane::Preview]);
    let pictures = tab(&[Pane::Sheet, Pane::Strip]);
    let work = tab(&[Pane::Capture, Pane::Train, Pane::Results, Pane::Recipe]);
    let middle = Linear::new_binary(LinearDir::Vertical, [preview, pictures], 0.64);
    let middle = tiles.insert_container(Container::Linear(middle));
    let mut all = Linear::new(LinearDir::Horizontal, vec![parameters, middle, work]);
    for (tile, share) in [(parameters, 0.27), (middle, 0.49), (work, 0.24)] {
        all.shares.set_share(tile, share);
    }
    let root = tiles.insert_container(Container::Linear(all));
    Tree::new("docks", root, tiles)
}

impl Config {
    /// What was remembered, or how it is at first. A layout that lacks panes, such as one of an older version, is not taken.
    pub fn load() -> Self {
        let read = || serde_json::from_str::<Self>(&fs::read_to_string(file()?).ok()?).ok();
        read().filter(|config| Pane::ALL.iter().all(|pane| config.tile(*pane).is_some())).unwrap_or_default()
    }

    /// Remembers it. What cannot be written is not worth a word to the user.
    pub fn save(&self) {
        let Some(file) = file() else { return };
        let Ok(text) = serde_json::to_string_pretty(self) else { return };
        let aside = file.with_extension("part");
        let written = file
            .parent()
            .map_or(Ok(()), fs::create_dir_all)
            .and_then(|()| fs::write(&aside, text))
            .and_then(|()| fs::rename(&aside, &file));
        if let Err(error) = written {
            tracing::warn!("the layout cannot be kept in {}: {error}", file.display());
        }
    }

    /// The tile of a pane.
    pub fn tile(&self, pane: Pane) -> Option<egui_tiles::TileId> {
        self.docks.tiles.iter().find(|(_, tile)| matches!(tile, Tile::Pane(known) if *known == pane)).map(|(id, _)| *id)
    }

    /// Brings a pane to the front.
    pub fn show(&mut self, pane: Pane) {
        self.docks.make_active(|_, tile| matches!(tile, Tile::Pane(known) if *known == pane));
    }
}

fn file() -> Option<PathBuf> {
    let given = |name| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    let folder =
        given("XDG_CONFIG_HOME").or_else(|| given("APPDATA")).or_else(|| Some(given("HOME")?.join(".config")))?;
    Some(folder.join("motley/studio.json"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_pane_has_its_place_and_is_remembered() {
        let config = Config::default();
        let text = serde_json::to_string(&config).unwrap();
        let mut read: Config = serde_json::from_str(&text).unwrap();
        for pane in Pane::ALL {
            assert!(read.tile(pane).is_some(), "{pane:?}");
            read.show(pane);
        }
    }
}
