//! Runs a network on tensors from a file, for comparison with other programs:
//! `network forward|gradcam|occlusion BACKBONE WEIGHTS INPUT.safetensors OUTPUT.safetensors`
//!
//! `INPUT` holds `images` `[n, 3, h, w]` and, for the latter two, `classes` `[n]`; for occlusion `window` and `stride`
//! `[1]` too. `OUTPUT` holds `features` and `logits`, or `maps` `[n, h, w]`.

use std::collections::BTreeMap;
use std::error::Error;
use std::path::Path;

use burn::module::AutodiffModule;
use burn::tensor::activation::softmax;
use burn::tensor::backend::{AutodiffBackend, Backend};
use burn::tensor::{Tensor, TensorData};
use motley_learn::backbone::Backbone;
use motley_learn::device::Cpu;
use motley_learn::explain::HeatMap;
use motley_learn::explain::gradcam::grad_cam_of;
use motley_learn::explain::occlusion::{Occlusion, occlusion};
use motley_learn::weights::{self, Checkpoint, Stored};

type Inner = <Cpu as AutodiffBackend>::InnerBackend;

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [what, backbone, weights, input, output] = arguments.as_slice() else {
        return Err("usage: network forward|gradcam|occlusion BACKBONE WEIGHTS INPUT OUTPUT".into());
    };
    let device = Default::default();
    let net = weights::load::<Cpu>(backbone, Path::new(weights), true, &device)?.net.folded();
    let frozen = net.valid();
    let input = Checkpoint::open(Path::new(input))?;
    let images = input.tensor("images")?;
    let shape: [usize; 4] = images.shape.try_into().map_err(|_| "images must have four dimensions")?;
    let images = Tensor::<Inner, 4>::from_data(TensorData::new(images.values, shape), &device);
    let classify = |activations| frozen.classify(activations).ok_or("these weights have no classifier");
    let mut tensors = BTreeMap::new();
    if what == "forward" {
        let activations = frozen.activations(images);
        tensors.insert("logits".into(), stored(classify(activations.clone())?));
        tensors.insert("features".into(), stored(frozen.pool(activations)));
    } else {
        let number = |key: &str| -> Result<Vec<usize>, Box<dyn Error>> {
            Ok(input.tensor(key)?.values.iter().map(|&value| value as usize).collect())
        };
        let classes = number("classes")?;
        let maps = if what == "gradcam" {
            let activations = frozen.activations(images);
            classify(activations.clone())?;
            let score = |activations| net.classify(activations).unwrap_or_else(|| unreachable!("seen one line above"));
            grad_cam_of::<Cpu>(activations, score, &classes)?
        } else {
            let settings =
                Occlusion { window: number("window")?[0], stride: number("stride")?[0], value: [0.0; 3], batch: 8 };
            classify(frozen.activations(images.clone().narrow(0, 0, 1)))?;
            let score = |images| {
                let scores = frozen.classify(frozen.activations(images));
                softmax(scores.unwrap_or_else(|| unreachable!("seen above")), 1)
            };
            let of_image = |(index, &class)| occlusion(score, images.clone().narrow(0, index, 1), class, &settings);
            classes.iter().enumerate().map(of_image).collect::<Result<Vec<_>, _>>()?
        };
        let HeatMap { width, height, .. } = maps[0];
        let shape = vec![maps.len(), height, width];
        let values = maps.into_iter().flat_map(|map| map.values).collect();
        tensors.insert("maps".into(), Stored { shape, values });
    }
    weights::write(Path::new(output), &tensors, BTreeMap::new())?;
    Ok(())
}

fn stored<B: Backend>(tensor: Tensor<B, 2>) -> Stored {
    Stored { shape: tensor.dims().to_vec(), values: tensor.into_data().iter::<f32>().collect() }
}
