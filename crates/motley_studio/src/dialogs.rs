//! File dialogs of the system. They are asked on a thread of their own, so that the window does not wait for them.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
    thread,
};

use crossbeam_channel::{Receiver, Sender, unbounded};

/// What a training reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Input {
    /// Frames that were captured.
    Frames,
    /// Photos to learn from.
    Photos,
    /// Pictures that the best epoch is chosen by.
    Validation,
    /// Pictures that each epoch is judged on as well.
    Test,
    /// Weights of the backbone.
    Weights,
}

/// What a path is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// A scene to open.
    Open,
    /// Where to save the scene.
    SaveAs,
    /// Where to save the picture.
    Picture,
    /// Folder of a dataset to be captured.
    CaptureFolder,
    /// Where to save a trained model.
    Model,
    /// What a training reads.
    Training(Input),
}

/// Dialogs under way and what they gave.
pub struct Dialogs {
    sender: Sender<(Purpose, PathBuf)>,
    chosen: Receiver<(Purpose, PathBuf)>,
    wake: Arc<dyn Fn() + Send + Sync>,
}

impl Dialogs {
    /// No dialog is open; `wake` is called when something was chosen.
    pub fn new(wake: Arc<dyn Fn() + Send + Sync>) -> Self {
        // A user answers few dialogs.
        let (sender, chosen) = unbounded();
        Self { sender, chosen, wake }
    }

    /// What the user has chosen since the last time.
    pub fn chosen(&self) -> Option<(Purpose, PathBuf)> {
        self.chosen.try_recv().ok()
    }

    /// Opens a dialog that begins at a path.
    pub fn open(&self, purpose: Purpose, at: &Path) {
        let name = at.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let folder = if at.is_dir() { at } else { at.parent().unwrap_or(at) };
        let dialog = rfd::AsyncFileDialog::new().set_directory(folder);
        let (sender, wake) = (self.sender.clone(), self.wake.clone());
        let wait = move |answer: Answer| {
            let asked = thread::Builder::new().name("motley dialog".to_owned()).spawn(move || {
                if let Some(file) = bevy::tasks::block_on(answer) {
                    // The window may be closed meanwhile.
                    let _ = sender.send((purpose, file.path().to_owned()));
                    wake();
                }
            });
            if let Err(error) = asked {
                tracing::error!("no thread for the file dialog: {error}");
            }
        };
        match purpose {
            Purpose::Open => wait(Box::pin(dialog.add_filter("Scenes", &["ron"]).pick_file())),
            Purpose::SaveAs => wait(Box::pin(dialog.add_filter("Scenes", &["ron"]).set_file_name(name).save_file())),
            Purpose::Picture => wait(Box::pin(dialog.add_filter("Pictures", &["png"]).set_file_name(name).save_file())),
            Purpose::Model => {
                wait(Box::pin(dialog.add_filter("Models", &["safetensors"]).set_file_name(name).save_file()));
            }
            Purpose::Training(Input::Weights) => {
                wait(Box::pin(dialog.add_filter("Weights", &["safetensors", "pth"]).pick_file()));
            }
            Purpose::CaptureFolder | Purpose::Training(_) => wait(Box::pin(dialog.pick_folder())),
        }
    }
}

type Answer = std::pin::Pin<Box<dyn Future<Output = Option<rfd::FileHandle>> + Send>>;
