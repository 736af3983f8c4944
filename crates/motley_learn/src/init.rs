//! Random weights that depend on a seed and nothing else: not on the backend, nor on what else draws numbers meanwhile.

use burn::module::{Module, ModuleMapper, Param};
use burn::tensor::backend::Backend;
use burn::tensor::{Tensor, TensorData};
use rand::{Rng, RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

/// A random stream for one purpose.
pub fn stream(seed: u64, purpose: u64) -> ChaCha8Rng {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    rng.set_stream(purpose);
    rng
}

/// Draws all weights of a module anew: those of convolutions and linear layers uniform with variance `2 / fan in`
/// (He et al. 2015, arXiv 1502.01852), biases 0; norms stay as they are.
pub fn redraw<B: Backend, M: Module<B>>(module: M, seed: u64) -> M {
    module.map(&mut Redraw { rng: stream(seed, 0), path: Vec::new() })
}

struct Redraw<R> {
    rng: R,
    path: Vec<String>,
}

impl<B: Backend, R: Rng> ModuleMapper<B> for Redraw<R> {
    fn enter_module(&mut self, name: &str, _container_type: &str) {
        self.path.push(name.into());
    }

    fn exit_module(&mut self, _name: &str, _container_type: &str) {
        self.path.pop();
    }

    fn map_float<const D: usize>(&mut self, param: Param<Tensor<B, D>>) -> Param<Tensor<B, D>> {
        let is_bias = self.path.last().is_some_and(|name| name == "bias");
        if D == 1 && !is_bias {
            return param;
        }
        let rng = &mut self.rng;
        param.map(|tensor| {
            let dims = tensor.dims();
            let device = tensor.device();
            // `[out, in, k, k]` of a convolution, `[in, out]` of a linear layer.
            let fan_in: usize = if D == 2 { dims[0] } else { dims[1..].iter().product() };
            let bound = (6.0 / fan_in as f32).sqrt();
            let count = dims.iter().product();
            let values: Vec<f32> =
                if is_bias { vec![0.0; count] } else { (0..count).map(|_| rng.random_range(-bound..bound)).collect() };
            let drawn = Tensor::from_data(TensorData::new(values, dims), &device);
            drawn.set_require_grad(tensor.is_require_grad())
        })
    }
}
