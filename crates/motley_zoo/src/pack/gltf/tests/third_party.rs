//! Models as people make them, where `MOTLEY_DATA` names a folder of them; `make test` sets it when there is one.

use std::path::PathBuf;

use super::*;

fn models() -> Option<Vec<PathBuf>> {
    let data = PathBuf::from(std::env::var_os("MOTLEY_DATA")?);
    let classes = std::fs::read_dir(data.join("models")).ok()?;
    let mut models: Vec<PathBuf> = classes
        .flatten()
        .filter_map(|class| std::fs::read_dir(class.path()).ok())
        .flat_map(|files| files.flatten().map(|file| file.path()))
        .filter(|path| path.extension().is_some_and(|extension| extension == "glb"))
        .collect();
    models.sort();
    (!models.is_empty()).then_some(models)
}

#[test]
fn all_load_upright_and_whole() {
    let Some(models) = models() else {
        eprintln!("skipped: MOTLEY_DATA names no folder with models");
        return;
    };
    for path in models {
        let loaded = load_model(&path, Some([0.4, 0.6])).unwrap_or_else(|error| panic!("{error}"));
        let model = &loaded.model;
        let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        assert_stands(model, 0.5);
        assert!(model.parts.iter().all(|part| !part.mesh.indices.is_empty()), "{name}");
        for part in &model.parts {
            let textures = [&part.surface.base_color_texture, &part.surface.normal_texture];
            assert!(textures.into_iter().flatten().all(|texture| texture.width.max(texture.height) <= 1024), "{name}");
        }
        // No animal and no vehicle of these is flatter than this, or a tower.
        let size = size(model);
        assert!(size.y > 0.2 * size.x.max(size.z) && size.y < 3.0 * size.x.max(size.z), "{name}: {size}");
        for (clip, known) in model.clips.iter().enumerate() {
            for share in [0.0, 0.3, 0.5, 0.9, 1.0] {
                let bounds = bounds(model, Some(clip), share * known.duration);
                let (low, centre) = (bounds.min.y, 0.5 * (bounds.min + bounds.max));
                assert!(bounds.min.is_finite() && bounds.max.is_finite(), "{name} {}", known.name);
                assert!((bounds.max - bounds.min).max_element() < 2.5 * size.max_element(), "{name} {}", known.name);
                assert!(low > -0.05 && low < 0.6, "{name} {} at {share}: {low}", known.name);
                assert!(centre.x.abs().max(centre.z.abs()) < 0.7 * size.length(), "{name} {}: {centre}", known.name);
            }
        }
        // Where there are a head and a tail, the head is at the front.
        let globals = pose(model, None, 0.0);
        let place = |name: &str| {
            let (_, node) = model.keypoints.iter().find(|(other, _)| other == name)?;
            Some(globals[*node].translation)
        };
        if let (Some(head), Some(tail)) = (place("head"), place("tail")) {
            assert!(head.z > tail.z, "{name}: {head} {tail}");
        }
    }
}

#[test]
fn the_same_file_gives_the_same_model() {
    let Some(models) = models() else { return };
    for path in models.iter().step_by(7) {
        let [a, b] = [(); 2].map(|()| load_model(path, None).unwrap_or_else(|error| panic!("{error}")));
        assert_eq!(
            format!("{:?}", (&a.model.nodes, &a.model.clips)),
            format!("{:?}", (&b.model.nodes, &b.model.clips))
        );
        assert!(a.model.parts.iter().zip(&b.model.parts).all(|(a, b)| a.mesh == b.mesh));
    }
}
