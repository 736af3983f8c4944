//! A scene file, read, checked and with its packs opened.

use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use motley_scene::source::Fault;
use motley_zoo::ready::ReadyScene;

/// The scene that is captured when none is named.
pub const DEFAULT_SCENE: &str = include_str!("../scenes/cats-dogs.scene.ron");

/// A scene file.
pub struct Opened {
    /// The text as it was read.
    pub text: String,
    /// What it says, with its packs.
    pub ready: ReadyScene,
    /// Folder that pack paths are relative to.
    pub base: PathBuf,
}

/// Opens a scene file, or the default scene.
pub fn open(path: Option<&Path>) -> anyhow::Result<Opened> {
    let (text, base, name) = read(path)?;
    open_text(text, &base, &name)
}

/// Opens a scene's text whose packs are relative to `base`; `name` stands in messages.
pub fn open_text(text: String, base: &Path, name: &str) -> anyhow::Result<Opened> {
    match ReadyScene::parse(&text, base) {
        Ok(ready) => Ok(Opened { text, ready, base: base.to_owned() }),
        Err(faults) => bail!("{}", describe(name, &faults)),
    }
}

/// Text, folder and name of a scene file.
pub fn read(path: Option<&Path>) -> anyhow::Result<(String, PathBuf, String)> {
    let Some(path) = path else {
        return Ok((DEFAULT_SCENE.to_owned(), PathBuf::from("."), "default scene".to_owned()));
    };
    let bytes = std::fs::read(path).with_context(|| format!("cannot read the scene file {}", path.display()))?;
    let Ok(text) = String::from_utf8(bytes) else {
        bail!("{} is no text file: scenes are RON in UTF-8", path.display())
    };
    let base = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let base = base.canonicalize().unwrap_or_else(|_| base.to_owned());
    Ok((text, base, path.display().to_string()))
}

/// All faults, a line each, as compilers print them.
pub fn describe(name: &str, faults: &[Fault]) -> String {
    let lines: Vec<_> = faults.iter().map(|fault| format!("{name}:{fault}")).collect();
    let many = if faults.len() == 1 { "fault" } else { "faults" };
    format!("{} {many} in the scene\n{}", faults.len(), lines.join("\n"))
}
