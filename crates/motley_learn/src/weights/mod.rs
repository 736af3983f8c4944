//! Weights from files and into files.
//!
//! Read are `.safetensors` and PyTorch's `.pth` ([`Checkpoint`]); a pickle in the latter is parsed, never run. Which
//! network and which layout a file holds is seen from its keys, and with the layout comes the preprocessing. Written is
//! `.safetensors` with PyTorch's names and shapes, so that the same layer of a torchvision network takes it.
//!
//! Nothing is downloaded. A file that is not named is looked for in [`cache_folder`], as `<backbone>.safetensors` or
//! `<backbone>.pth`, where a name may go on after the backbone's (torchvision's `vgg16-397923af.pth` is found as it is).

mod checkpoint;
mod pickle;
mod tensor;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use burn::module::{Module, ModuleMapper, ModuleVisitor, Param};
use burn::tensor::backend::Backend;
use burn::tensor::{Tensor, TensorData};

pub use checkpoint::{Checkpoint, Stored};

use crate::backbone::{Layout, Net, NetOptions, SPECS, Spec, spec};
use crate::error::{Error, Result};

/// Names this variable instead of `~/.cache/motley/weights`.
pub const CACHE_VARIABLE: &str = "MOTLEY_WEIGHTS";

/// Where weights are looked for when no file is named: `$MOTLEY_WEIGHTS`, else `~/.cache/motley/weights` (under
/// `$XDG_CACHE_HOME` where that is set). `None` when there is no home either.
pub fn cache_folder() -> Option<PathBuf> {
    let variable = |name| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    variable(CACHE_VARIABLE).or_else(|| {
        // A relative path is invalid and to be ignored, says the XDG Base Directory Specification.
        let cache = variable("XDG_CACHE_HOME")
            .filter(|cache| cache.is_absolute())
            .or_else(|| Some(variable("HOME")?.join(".cache")))?;
        Some(cache.join("motley/weights"))
    })
}

/// The weight file of a backbone in a folder: the first by name of those that begin with the backbone's name and end in
/// `.safetensors` or `.pth`.
pub fn find(folder: &Path, backbone: &str) -> Option<PathBuf> {
    let fits = |path: &PathBuf| {
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or("");
        let ends = name.ends_with(".safetensors") || name.ends_with(".pth");
        // `resnet18` is no weight file of `resnet1`.
        let goes_on = name.strip_prefix(backbone).and_then(|rest| rest.chars().next());
        ends && goes_on.is_some_and(|next| !next.is_ascii_alphanumeric())
    };
    let entries = std::fs::read_dir(folder).ok()?;
    entries.filter_map(|entry| Some(entry.ok()?.path())).filter(fits).min()
}

/// The weight file that a path names: the file itself, or that of the backbone in a folder.
///
/// # Errors
/// When the folder holds none of that backbone.
pub fn named(path: &Path, backbone: &str) -> Result<PathBuf> {
    if !path.is_dir() {
        return Ok(path.to_owned());
    }
    find(path, backbone).ok_or_else(|| {
        Error::Setting(format!(
            "{} holds no weights of {backbone}: no .safetensors or .pth file there begins with that name",
            path.display()
        ))
    })
}

/// A backbone with weights from a file.
#[derive(Clone, Debug)]
pub struct Loaded<B: Backend> {
    /// The network.
    pub net: Net<B>,
    /// What was seen in the file; [`Layout::preprocessing`] belongs to the network.
    pub layout: &'static Layout,
}

/// The layout in which a file holds weights of a backbone.
///
/// # Errors
/// When it holds none of that backbone: whose they are, where that is known.
pub fn layout_of(checkpoint: &Checkpoint, spec: &'static Spec) -> Result<&'static Layout> {
    if let Some(layout) = spec.layouts.iter().find(|layout| checkpoint.contains(layout.signature)) {
        return Ok(layout);
    }
    let of_another = SPECS.iter().find(|spec| spec.layouts.iter().any(|layout| checkpoint.contains(layout.signature)));
    let expected = spec.layouts.iter().map(|layout| format!("`{}`", layout.signature)).collect::<Vec<_>>().join(" or ");
    let name = spec.name;
    Err(checkpoint.wrong(match of_another {
        Some(other) => format!("these are weights of {}, not of {name}: use `--backbone {}`", other.name, other.name),
        None => format!(
            "these are no weights of {name}: it has no tensor {expected}, but `{}` and others",
            checkpoint.keys().next().unwrap_or("")
        ),
    }))
}

/// A backbone with the weights of a file; `classifier` asks for the one over ImageNet's classes as well.
///
/// # Errors
/// An unknown backbone; whatever [`Checkpoint::open`] and [`apply`] refuse; weights of another network.
pub fn load<B: Backend>(backbone: &str, path: &Path, classifier: bool, device: &B::Device) -> Result<Loaded<B>> {
    let spec = spec(backbone)?;
    let checkpoint = Checkpoint::open(path)?;
    let layout = layout_of(&checkpoint, spec)?;
    let options = NetOptions { classes: if classifier { layout.options.classes } else { 0 }, ..layout.options };
    let net = apply(Net::new(spec.name, &options, device)?, &checkpoint, layout.key)?;
    Ok(Loaded { net, layout })
}

/// Puts a file's tensors into a module. `key` turns names in the module, with `weight` and `bias` for a norm's `gamma` and
/// `beta`, into keys of the file. Keys that the module has no use for are passed over.
///
/// # Errors
/// Names the keys that are missing and the tensors whose shape is wrong.
pub fn apply<B: Backend, M: Module<B>>(module: M, checkpoint: &Checkpoint, key: impl Fn(&str) -> String) -> Result<M> {
    let mut filler = Filler { checkpoint, key, names: Names::default(), missing: Vec::new(), problem: None };
    let module = module.map(&mut filler);
    if let Some(problem) = filler.problem {
        return Err(problem);
    }
    match filler.missing.as_slice() {
        [] => Ok(module),
        [first, others @ ..] => Err(checkpoint.wrong(format!(
            "the tensor `{first}` is missing{}; are these the weights of another network, or of a part of this one?",
            match others.len() {
                0 => String::new(),
                count => format!(" and {count} more"),
            }
        ))),
    }
}

/// All tensors of a module by key, in PyTorch's shapes: `key` as for [`apply`].
pub fn collect<B: Backend, M: Module<B>>(module: &M, key: impl Fn(&str) -> String) -> BTreeMap<String, Stored> {
    let mut collector = Collector { key, names: Names::default(), tensors: BTreeMap::new() };
    module.visit(&mut collector);
    collector.tensors
}

/// Writes tensors and what else there is to say about them as safetensors.
///
/// # Errors
/// When the file cannot be written.
pub fn write(path: &Path, tensors: &BTreeMap<String, Stored>, metadata: BTreeMap<String, String>) -> Result<()> {
    let wrong = |error: safetensors::SafeTensorError| Error::Weights { path: path.into(), reason: error.to_string() };
    let bytes: BTreeMap<&String, Vec<u8>> = tensors
        .iter()
        .map(|(key, tensor)| (key, tensor.values.iter().flat_map(|value| value.to_le_bytes()).collect()))
        .collect();
    let views = tensors
        .iter()
        .map(|(key, tensor)| {
            let view = safetensors::tensor::TensorView::new(safetensors::Dtype::F32, tensor.shape.clone(), &bytes[key]);
            Ok((key, view?))
        })
        .collect::<std::result::Result<Vec<_>, _>>()
        .map_err(wrong)?;
    let content = safetensors::serialize(views, Some(metadata.into_iter().collect())).map_err(wrong)?;
    crate::files::write(path, &content)
}

/// What a safetensors file says beside its tensors.
///
/// # Errors
/// When it cannot be read or is none.
pub fn metadata(path: &Path) -> Result<BTreeMap<String, String>> {
    let mut file = std::fs::File::open(path).map_err(Error::io(path))?;
    let (_, metadata) =
        checkpoint::read_header(&mut file).map_err(|reason| Error::Weights { path: path.into(), reason })?;
    Ok(metadata.metadata().clone().unwrap_or_default().into_iter().collect())
}

/// Where in a module a visitor is.
#[derive(Default)]
struct Names {
    path: Vec<String>,
}

impl Names {
    fn enter(&mut self, name: &str, container: &str) {
        // The variant of an enum is no part of a name.
        self.path.push(if container.starts_with("Enum:") { String::new() } else { name.into() });
    }

    fn exit(&mut self) {
        self.path.pop();
    }

    /// As PyTorch would call it.
    fn current(&self) -> String {
        let last = self.path.len().saturating_sub(1);
        let part = |(index, part): (usize, &'_ String)| match part.as_str() {
            "gamma" if index == last => "weight".into(),
            "beta" if index == last => "bias".into(),
            part => part.to_owned(),
        };
        let parts = self.path.iter().enumerate().map(part).filter(|part| !part.is_empty());
        parts.collect::<Vec<_>>().join(".")
    }
}

struct Filler<'a, F> {
    checkpoint: &'a Checkpoint,
    key: F,
    names: Names,
    missing: Vec<String>,
    problem: Option<Error>,
}

impl<F: Fn(&str) -> String> Filler<'_, F> {
    /// The tensor in the module's shape; `None` when there is a problem, which is then noted.
    fn fetch(&mut self, shape: &[usize]) -> Option<Vec<f32>> {
        let key = (self.key)(&self.names.current());
        let Some(found) = self.checkpoint.shape(&key) else {
            self.missing.push(key);
            return None;
        };
        let expected: Vec<usize> = if shape.len() == 2 { vec![shape[1], shape[0]] } else { shape.to_vec() };
        // A classifier that is a 1×1 convolution in the file is the same matrix.
        if !found.iter().filter(|&&size| size != 1).eq(expected.iter().filter(|&&size| size != 1)) {
            let problem = format!("the tensor `{key}` has the shape {found:?}, but this network needs {expected:?}");
            self.problem.get_or_insert(self.checkpoint.wrong(problem));
            return None;
        }
        match self.checkpoint.tensor(&key) {
            Ok(stored) if stored.values.iter().any(|value| !value.is_finite()) => {
                let problem = format!("the tensor `{key}` holds what is not a finite number");
                self.problem.get_or_insert(self.checkpoint.wrong(problem));
                None
            }
            Ok(stored) if shape.len() == 2 => Some(transpose(&stored.values, expected[0], expected[1])),
            Ok(stored) => Some(stored.values),
            Err(problem) => {
                self.problem.get_or_insert(problem);
                None
            }
        }
    }
}

impl<B: Backend, F: Fn(&str) -> String> ModuleMapper<B> for Filler<'_, F> {
    fn enter_module(&mut self, name: &str, container_type: &str) {
        self.names.enter(name, container_type);
    }

    fn exit_module(&mut self, _name: &str, _container_type: &str) {
        self.names.exit();
    }

    fn map_float<const D: usize>(&mut self, param: Param<Tensor<B, D>>) -> Param<Tensor<B, D>> {
        let shape = param.lazy_shape();
        let Some(values) = self.fetch(&shape.to_vec()) else { return param };
        param.map(|old| {
            let tensor = Tensor::from_data(TensorData::new(values, shape.to_vec()), &old.device());
            tensor.set_require_grad(old.is_require_grad())
        })
    }
}

struct Collector<F> {
    key: F,
    names: Names,
    tensors: BTreeMap<String, Stored>,
}

impl<B: Backend, F: Fn(&str) -> String> ModuleVisitor<B> for Collector<F> {
    fn enter_module(&mut self, name: &str, container_type: &str) {
        self.names.enter(name, container_type);
    }

    fn exit_module(&mut self, _name: &str, _container_type: &str) {
        self.names.exit();
    }

    fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<B, D>>) {
        let tensor = param.val();
        let mut shape = tensor.dims().to_vec();
        let mut values: Vec<f32> = tensor.into_data().iter::<f32>().collect();
        if D == 2 {
            values = transpose(&values, shape[0], shape[1]);
            shape.reverse();
        }
        self.tensors.insert((self.key)(&self.names.current()), Stored { shape, values });
    }
}

/// PyTorch stores a linear layer as `[out, in]`, burn as `[in, out]`; no other tensor of a network here has two
/// dimensions.
fn transpose(values: &[f32], rows: usize, columns: usize) -> Vec<f32> {
    (0..columns).flat_map(|column| (0..rows).map(move |row| values[row * columns + column])).collect()
}
