//! Networks that turn pictures into features.
//!
//! A backbone is a `#[derive(Module)]` struct that implements [`Backbone`] and describes itself in a [`Spec`]: one file
//! here, and one line in the list at the end of this one. A backbone of one's own outside this crate needs no line: all
//! of [`crate::fit`], [`crate::explain`] and [`crate::model`] is generic over the trait.
//!
//! Backbones are frozen by running them on the inner backend of an autodiff backend, with batch norms folded into the
//! convolutions ([`Backbone::folded`]); a network that is trained in part runs its first stages there.

pub mod layer;
pub mod mobilenet_v2;
pub mod resnet18;
pub mod small_cnn;
pub mod squeezenet1_1;
pub mod vgg16;

use burn::module::{AutodiffModule, Module, ModuleDisplay};
use burn::tensor::Tensor;
use burn::tensor::backend::{AutodiffBackend, Backend};

use crate::error::Error;
use crate::preprocess::Preprocessing;

/// A network without its head.
pub trait Backbone<B: Backend>: Module<B> + ModuleDisplay {
    /// How many stages it is made of; each may be frozen apart.
    fn stages(&self) -> usize;

    /// Runs stage `index` (below [`stages`](Self::stages)) on the output of the one before: `[n, c, h, w]` to
    /// `[n, c', h', w']`. Stage 0 takes pictures `[n, 3, h, w]` after [`Preprocessing`].
    fn stage(&self, index: usize, x: Tensor<B, 4>) -> Tensor<B, 4>;

    /// Activations of the last convolution, `[n, c, h, w]`: what Grad-CAM weighs.
    fn activations(&self, images: Tensor<B, 4>) -> Tensor<B, 4> {
        (0..self.stages()).fold(images, |x, index| self.stage(index, x))
    }

    /// From [`activations`](Self::activations) to features `[n, width]`: global average pooling, unless it says otherwise.
    fn pool(&self, activations: Tensor<B, 4>) -> Tensor<B, 2> {
        global_average_pool(activations)
    }

    /// Features `[n, width]` of pictures `[n, 3, h, w]`.
    fn features(&self, images: Tensor<B, 4>) -> Tensor<B, 2> {
        self.pool(self.activations(images))
    }

    /// Scores (logits) `[n, classes]` of the classes that the network itself was trained on, from its
    /// [`activations`](Self::activations); `None` without that classifier.
    fn classify(&self, _activations: Tensor<B, 4>) -> Option<Tensor<B, 2>> {
        None
    }

    /// The same function, batch norms folded into convolutions: for inference. A network without batch norms is
    /// returned as it is.
    fn folded(self) -> Self {
        self
    }
}

/// A backbone that can be trained, and be run without gradients too. Every `#[derive(Module)]` backbone is one.
pub trait Trainable<B: AutodiffBackend>:
    Backbone<B> + AutodiffModule<B, InnerModule: Backbone<B::InnerBackend>>
{
}

impl<B: AutodiffBackend, N> Trainable<B> for N where
    N: Backbone<B> + AutodiffModule<B, InnerModule: Backbone<B::InnerBackend>>
{
}

/// Mean over height and width: `[n, c, h, w]` to `[n, c]`.
pub fn global_average_pool<B: Backend>(x: Tensor<B, 4>) -> Tensor<B, 2> {
    let [n, channels, height, width] = x.dims();
    x.reshape([n, channels, height * width]).mean_dim(2).reshape([n, channels])
}

/// Where zeros are laid around a picture before a convolution.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Padding {
    /// The same on all sides (PyTorch, Caffe).
    Symmetric,
    /// As many as the stride leaves to fill, the odd one at the bottom and right (TensorFlow's `SAME`).
    Same,
}

/// What of a network depends on where its weights came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NetOptions {
    /// Where convolutions pad.
    pub padding: Padding,
    /// Whether batch norms stand beside the convolutions that have one; else they are folded.
    pub norms: bool,
    /// Classes of the network's own classifier; 0: none.
    pub classes: usize,
}

/// One way to store weights for a network, and what the network expects with them.
#[derive(Clone, Copy, Debug)]
pub struct Layout {
    /// Its name, as it is stored in a model file.
    pub name: &'static str,
    /// What is done to a picture.
    pub preprocessing: Preprocessing,
    /// The network that these weights fit.
    pub options: NetOptions,
    /// A key that only this layout has.
    pub signature: &'static str,
    /// From a name in the module, with `weight` and `bias` for a norm's `gamma` and `beta`, to the key in the file.
    pub key: fn(&str) -> String,
}

/// What the registry knows of a backbone.
#[derive(Clone, Copy, Debug)]
pub struct Spec {
    /// The name in commands and files.
    pub name: &'static str,
    /// One line for people.
    pub summary: &'static str,
    /// Features a picture.
    pub width: usize,
    /// Known layouts of weights; the first is for weights that Motley trains from scratch.
    pub layouts: &'static [Layout],
}

impl Spec {
    /// The layout of that name.
    ///
    /// # Errors
    /// When there is none: the ones that there are.
    pub fn layout(&self, name: &str) -> Result<&'static Layout, Error> {
        self.layouts.iter().find(|layout| layout.name == name).ok_or_else(|| Error::UnknownLayout {
            backbone: self.name.into(),
            name: name.into(),
            known: self.layouts.iter().map(|layout| layout.name).collect::<Vec<_>>().join(", "),
        })
    }
}

/// The backbone of that name.
///
/// # Errors
/// When there is none: the names that there are.
pub fn spec(name: &str) -> Result<&'static Spec, Error> {
    SPECS.iter().find(|spec| spec.name == name).ok_or_else(|| Error::UnknownBackbone {
        name: name.into(),
        known: SPECS.iter().map(|spec| spec.name).collect::<Vec<_>>().join(", "),
    })
}

/// Makes [`Net`] and [`SPECS`] from the list of backbones.
macro_rules! backbones {
    ($($module:ident::$Type:ident),* $(,)?) => {
        /// Every backbone that can be had by name.
        pub static SPECS: &[Spec] = &[$($module::SPEC),*];

        /// Any of the backbones that can be had by name.
        #[derive(Module, Debug)]
        pub enum Net<B: Backend> {
            $(#[doc = concat!("See [`", stringify!($module), "`].")] $Type($module::$Type<B>)),*
        }

        impl<B: Backend> Net<B> {
            /// The backbone of that name with random weights.
            ///
            /// # Errors
            /// When the name is unknown: the names that there are.
            pub fn new(name: &str, options: &NetOptions, device: &B::Device) -> Result<Self, Error> {
                match spec(name)?.name {
                    $(name if name == $module::SPEC.name => Ok(Self::$Type($module::$Type::new(options, device))),)*
                    name => unreachable!("{name} is in SPECS, which is made from the same list"),
                }
            }
        }

        impl<B: Backend> Backbone<B> for Net<B> {
            fn stages(&self) -> usize {
                match self { $(Self::$Type(net) => net.stages()),* }
            }

            fn stage(&self, index: usize, x: Tensor<B, 4>) -> Tensor<B, 4> {
                match self { $(Self::$Type(net) => net.stage(index, x)),* }
            }

            fn pool(&self, activations: Tensor<B, 4>) -> Tensor<B, 2> {
                match self { $(Self::$Type(net) => net.pool(activations)),* }
            }

            fn classify(&self, activations: Tensor<B, 4>) -> Option<Tensor<B, 2>> {
                match self { $(Self::$Type(net) => net.classify(activations)),* }
            }

            fn folded(self) -> Self {
                match self { $(Self::$Type(net) => Self::$Type(net.folded())),* }
            }
        }
    };
}

backbones! {
    small_cnn::SmallCnn,
    mobilenet_v2::MobileNetV2,
    squeezenet1_1::SqueezeNet11,
    resnet18::ResNet18,
    vgg16::Vgg16,
}
