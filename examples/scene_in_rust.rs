//! A scene built in Rust instead of RON, saved as a commented scene file too.
//!
//! ```sh
//! cargo run --release --example scene_in_rust -- [FOLDER]
//! ```

#![expect(clippy::print_stdout, reason = "an example tells what it did")]

use std::{error::Error, fs, path::PathBuf};

use motley_capture::{Renderer, RendererOptions};
use motley_dataset::{ImageFormat, ImageSpec, encode::encode};
use motley_scene::{
    distribution::{Direction, Scalar},
    params::{
        camera::{Aim, Camera, Distance, Shot},
        obstructors::Obstructors,
    },
    scene::{Class, LabelKind, Scene},
};
use motley_zoo::ready::ReadyScene;

fn main() -> Result<(), Box<dyn Error>> {
    let folder = std::env::args_os().nth(1).map_or_else(|| PathBuf::from("out/scene_in_rust"), PathBuf::from);
    let portrait = Shot {
        aim: Aim::Head,
        from: Direction::Angles { azimuth: Scalar::uniform(-40.0, 40.0), elevation: Scalar::uniform(-5.0, 25.0) },
        distance: Distance::Fill(Scalar::uniform(0.9, 1.3)),
        ..Shot::default()
    };
    let scene = Scene {
        name: "portraits".to_owned(),
        classes: ["cat", "dog"].map(|name| Class { name: name.to_owned(), ..Class::default() }).to_vec(),
        camera: Camera { shots: vec![portrait], fov: Scalar::Constant(35.0), ..Camera::default() },
        obstructors: Obstructors { enabled: false, ..Obstructors::default() },
        ..Scene::default()
    };
    // The same checks that a scene file gets.
    let ready = ReadyScene::new(scene, &folder).map_err(|faults| format!("{faults:#?}"))?;
    fs::create_dir_all(&folder)?;
    fs::write(folder.join("portraits.scene.ron"), ready.scene.to_ron())?;
    let options = RendererOptions { size: 256, seed: 7, labels: vec![LabelKind::Box] };
    let mut renderer = Renderer::new(ready, options)?;
    for index in 0..4 {
        let frame = renderer.frame(index)?;
        let spec = ImageSpec { format: ImageFormat::Png, quality: 100 };
        let path = folder.join(format!("{index}-{}.png", frame.labels.class));
        fs::write(&path, encode(&frame.rgb, frame.width, frame.height, spec)?)?;
        println!("{}: {}, box {:?}", path.display(), frame.labels.breed, frame.labels.box_visible);
    }
    println!("motley capture {} draws the same scene", folder.join("portraits.scene.ron").display());
    Ok(())
}
