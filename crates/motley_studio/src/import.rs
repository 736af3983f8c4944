//! Models that are dropped on the window: a folder of models becomes a class, a single model a breed of a class, and a folder
//! that is a pack is added as one.
//!
//! Models are copied into a pack beside the scene file, so that the scene can be moved and captured elsewhere with it.

use std::{
    fs, io,
    path::{Path, PathBuf},
    thread::{self, JoinHandle},
};

use motley_scene::scene::{Class, Height, Scene, Source, check_name};

/// The pack that models are copied into, beside the scene file.
pub const PACK: &str = "models";
/// How deep the files of a model may lie below it.
const DEPTH: usize = 3;

/// What was dropped.
#[derive(Clone, Debug, PartialEq)]
pub enum Dropped {
    /// A scene file.
    Scene(PathBuf),
    /// A folder with `subjects/<class>/`.
    Pack {
        /// The folder.
        folder: PathBuf,
        /// Its classes.
        classes: Vec<String>,
    },
    /// Models that become a class, or breeds of one.
    Models(Models),
}

/// Models and the class that they are to belong to.
#[derive(Clone, Debug, PartialEq)]
pub struct Models {
    /// Their files, and what lies beside and below them.
    pub files: Vec<PathBuf>,
    /// The folder that those paths begin with.
    pub root: PathBuf,
    /// The class; the user may change it.
    pub class: String,
    /// Height of models of a new class, metres.
    pub height_m: f32,
}

impl Dropped {
    /// Finds out what a file or folder is.
    ///
    /// # Errors
    /// When it is nothing that can be shown, with what to drop instead.
    pub fn find(path: &Path) -> Result<Self, String> {
        let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        if path.is_dir() {
            let classes = folders(&path.join("subjects"));
            if !classes.is_empty() {
                return Ok(Self::Pack { folder: path.to_owned(), classes });
            }
            if files(path).iter().any(|file| is_model(file)) {
                let mut all = Vec::new();
                collect(path, DEPTH, &mut all);
                return Ok(Self::Models(Models { files: all, root: path.to_owned(), class: name, height_m: 0.5 }));
            }
            return Err(format!(
                "{} holds no model: drop a folder with .glb or .gltf files, or one with subjects/<class>/",
                path.display()
            ));
        }
        match path.extension().and_then(|extension| extension.to_str()) {
            Some("ron") => Ok(Self::Scene(path.to_owned())),
            Some(extension) if extension.eq_ignore_ascii_case("glb") => {
                let root = path.parent().unwrap_or(path).to_owned();
                Ok(Self::Models(Models { files: vec![path.to_owned()], root, class: name, height_m: 0.5 }))
            }
            Some(extension) if extension.eq_ignore_ascii_case("gltf") => {
                Err(format!("{} names other files: drop its folder, or a .glb", path.display()))
            }
            _ => Err(format!("{} is no scene and no model: drop a .ron, a .glb or a folder", path.display())),
        }
    }
}

impl Models {
    /// What is wrong with the class's name, if anything.
    pub fn fault(&self) -> Option<String> {
        check_name(&self.class).err()
    }

    /// Copies the files on a thread of its own. None that lies there already is replaced.
    ///
    /// # Errors
    /// When the system gives no thread.
    pub fn copy(&self, base: &Path) -> io::Result<JoinHandle<io::Result<()>>> {
        let folder = base.join(PACK).join("subjects").join(&self.class);
        let target = |file: &PathBuf| folder.join(file.strip_prefix(&self.root).unwrap_or(file));
        let copies: Vec<(PathBuf, PathBuf)> = self.files.iter().map(|file| (file.clone(), target(file))).collect();
        thread::Builder::new().name("motley import".to_owned()).spawn(move || {
            if let Some((_, there)) = copies.iter().find(|(_, to)| to.exists()) {
                let problem = format!("{} is there already: rename or remove one of the two", there.display());
                return Err(io::Error::new(io::ErrorKind::AlreadyExists, problem));
            }
            for (from, to) in copies {
                if let Some(folder) = to.parent() {
                    fs::create_dir_all(folder)?;
                }
                fs::copy(&from, &to)?;
            }
            Ok(())
        })
    }

    /// Makes them part of a scene.
    pub fn add(&self, scene: &mut Scene) {
        add_pack(scene, PACK);
        add_class(scene, &self.class, Some(self.height_m));
    }
}

/// Adds a pack to a scene, as seen from the folder of the scene file.
pub fn add_pack(scene: &mut Scene, folder: &str) {
    if !scene.packs.iter().any(|known| known == folder) {
        scene.packs.push(folder.to_owned());
    }
}

/// Adds a class, or lets one that is there show what its packs have beside what it shows already.
pub fn add_class(scene: &mut Scene, name: &str, height_m: Option<f32>) {
    match scene.classes.iter_mut().find(|class| class.name == name) {
        Some(class) if class.source == Source::Auto || class.source == Source::Zoo => class.source = Source::Both,
        Some(_) => {}
        None => scene.classes.push(Class {
            name: name.to_owned(),
            height: height_m.map(|height| Height { min: height, max: height }),
            ..Class::default()
        }),
    }
}

fn is_model(file: &Path) -> bool {
    let is = |known: &str| file.extension().is_some_and(|extension| extension.eq_ignore_ascii_case(known));
    is("glb") || is("gltf")
}

/// Files of a folder, by name.
fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let mut files: Vec<_> = entries.map(|entry| entry.path()).filter(|path| path.is_file()).collect();
    files.sort();
    files
}

/// Files of a folder and of those below it, hidden ones left out.
fn collect(path: &Path, depth: usize, all: &mut Vec<PathBuf>) {
    let hidden = |path: &PathBuf| path.file_name().is_some_and(|name| name.to_string_lossy().starts_with('.'));
    all.extend(files(path).into_iter().filter(|file| !hidden(file)));
    if depth > 0 {
        for name in folders(path).iter().filter(|name| !name.starts_with('.')) {
            collect(&path.join(name), depth - 1, all);
        }
    }
}

/// Names of the folders in a folder.
fn folders(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let entries = entries.filter(|entry| entry.path().is_dir());
    let mut names: Vec<_> = entries.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_of_models_becomes_a_class() {
        let folder = tempfile::tempdir().unwrap();
        let mugs = folder.path().join("mug");
        fs::create_dir(&mugs).unwrap();
        fs::write(mugs.join("a.GLB"), "a").unwrap();
        fs::create_dir(mugs.join("textures")).unwrap();
        fs::write(mugs.join("textures/a.png"), "a").unwrap();
        let Ok(Dropped::Models(models)) = Dropped::find(&mugs) else { panic!("models") };
        assert_eq!((models.class.as_str(), models.files.len()), ("mug", 2));
        models.copy(folder.path()).unwrap().join().unwrap().unwrap();
        for file in ["a.GLB", "textures/a.png"] {
            assert!(folder.path().join("models/subjects/mug").join(file).is_file(), "{file}");
        }
        let again = models.copy(folder.path()).unwrap().join().unwrap().unwrap_err();
        assert!(again.to_string().contains("is there already"), "{again}");
        let mut scene = Scene::default();
        models.add(&mut scene);
        models.add(&mut scene);
        assert_eq!((scene.packs.len(), scene.classes.len()), (1, 1));
        assert_eq!(scene.classes[0].height, Some(Height { min: 0.5, max: 0.5 }));
    }

    #[test]
    fn a_model_becomes_a_breed_of_a_class_that_is_there() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("rex.glb");
        fs::write(&file, "rex").unwrap();
        let Ok(Dropped::Models(mut models)) = Dropped::find(&file) else { panic!("a model") };
        models.class = "dog".to_owned();
        let mut scene =
            Scene { classes: vec![Class { name: "dog".to_owned(), ..Class::default() }], ..Scene::default() };
        models.add(&mut scene);
        assert_eq!(scene.classes.len(), 1);
        assert_eq!((scene.classes[0].source, scene.classes[0].height.is_none()), (Source::Both, true));
    }

    #[test]
    fn what_is_neither_says_what_to_drop() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("notes.txt");
        fs::write(&file, "").unwrap();
        assert!(Dropped::find(&file).unwrap_err().contains(".glb"));
        assert!(Dropped::find(folder.path()).unwrap_err().contains("subjects/<class>/"));
        fs::create_dir_all(folder.path().join("subjects/cup")).unwrap();
        assert!(matches!(Dropped::find(folder.path()), Ok(Dropped::Pack { classes, .. }) if classes == ["cup"]));
    }
}
