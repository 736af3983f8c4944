//! ImageNet weights give what their golden outputs say, where `MOTLEY_DATA` names a folder of them; `make test` sets it when
//! there is one.

use std::path::{Path, PathBuf};

use burn::tensor::activation::softmax;
use burn::tensor::{Tensor, TensorData};
use burn_flex::Flex;
use motley_learn::backbone::Backbone;
use motley_learn::weights;
use serde_json::Value;

/// The folder of weights, and what MobileNetV2 says of ten pictures in it.
#[expect(clippy::print_stderr, reason = "a skipped test says so")]
fn golden() -> Option<(PathBuf, Value)> {
    let folder = std::env::var_os("MOTLEY_DATA").map(|data| Path::new(&data).join("weights"));
    let golden =
        folder.as_ref().and_then(|folder| std::fs::read_to_string(folder.join("mobilenet_v2_golden.json")).ok());
    let Some(folder) = folder.filter(|_| golden.is_some()) else {
        eprintln!("skipped: MOTLEY_DATA names no folder with weights");
        return None;
    };
    Some((folder, serde_json::from_str(&golden?).unwrap()))
}

/// Caffe's layout: other channels, means and names.
#[test]
fn squeezenet_knows_most_of_the_pictures_too() {
    let Some((folder, golden)) = golden() else { return };
    let device = Default::default();
    let file = folder.join("squeezenet_v1.1_fp32.safetensors");
    let loaded = weights::load::<Flex>("squeezenet1_1", &file, true, &device).unwrap();
    let mut known = 0;
    for result in golden["results"].as_array().unwrap() {
        let picture = image::open(folder.join("golden").join(result["file"].as_str().unwrap())).unwrap().to_rgb8();
        let preprocessing = &loaded.layout.preprocessing;
        let values = preprocessing.apply(&picture, picture.width(), picture.height()).unwrap();
        let side = preprocessing.crop as usize;
        let images = Tensor::<Flex, 4>::from_data(TensorData::new(values, [1, 3, side, side]), &device);
        let scores = loaded.net.classify(loaded.net.activations(images)).unwrap();
        let scores: Vec<f32> = scores.into_data().iter::<f32>().collect();
        let wanted = result["top5"][0][0].as_u64().unwrap() as usize;
        known += usize::from(scores.iter().filter(|&&score| score > scores[wanted]).count() < 5);
    }
    // By its authors 80.3 % of ImageNet's pictures lie among its first five.
    assert!(known >= 7, "{known} of 10");
}

#[test]
fn mobilenet_v2_names_what_is_in_ten_pictures() {
    let Some((folder, golden)) = golden() else { return };
    let file = folder.join(golden["model"].as_str().unwrap());
    let device = Default::default();
    let loaded = weights::load::<Flex>("mobilenet_v2", &file, true, &device).unwrap();
    for result in golden["results"].as_array().unwrap() {
        let name = result["file"].as_str().unwrap();
        let picture = image::open(folder.join("golden").join(name)).unwrap().to_rgb8();
        let values = loaded.layout.preprocessing.apply(&picture, picture.width(), picture.height()).unwrap();
        let images = Tensor::<Flex, 4>::from_data(TensorData::new(values, [1, 3, 224, 224]), &device);
        let scores = loaded.net.classify(loaded.net.activations(images)).unwrap();
        let probabilities: Vec<f32> = softmax(scores, 1).into_data().iter::<f32>().collect();
        let mut order: Vec<usize> = (0..probabilities.len()).collect();
        order.sort_by(|&a, &b| probabilities[b].total_cmp(&probabilities[a]));
        for (place, expected) in result["top5"].as_array().unwrap().iter().enumerate() {
            // The file counts classes without the background, which is the network's first.
            let class = expected[0].as_u64().unwrap() as usize + 1;
            let difference = (f64::from(probabilities[class]) - expected[1].as_f64().unwrap()).abs();
            assert!(difference < 5e-3, "{name}: class {class} differs by {difference}");
            assert!(order[..6].contains(&class), "{name}: place {place} is not class {class}");
        }
        assert_eq!(order[0], result["top5"][0][0].as_u64().unwrap() as usize + 1, "{name}");
    }
}
