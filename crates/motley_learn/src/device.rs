//! Which device computes.

use burn::backend::{Autodiff, Wgpu};
use burn::tensor::backend::AutodiffBackend;
use burn_flex::Flex;
use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};

/// burn's CPU backend: of those that need no foreign library, the fastest on the networks here.
pub type Cpu = Autodiff<Flex>;
/// burn's GPU backend, over Vulkan, Metal or DirectX 12.
pub type Gpu = Autodiff<Wgpu>;

/// What a user asks for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum DeviceChoice {
    /// A GPU where there is one, else the CPU.
    #[default]
    Auto,
    /// The CPU.
    Cpu,
    /// wgpu, be it on a software driver.
    Wgpu,
}

impl std::str::FromStr for DeviceChoice {
    type Err = Error;

    fn from_str(name: &str) -> Result<Self> {
        match name {
            "auto" => Ok(Self::Auto),
            "cpu" => Ok(Self::Cpu),
            "wgpu" => Ok(Self::Wgpu),
            _ => Err(Error::Device(format!("no device is called `{name}`; there are: auto, cpu, wgpu"))),
        }
    }
}

/// What computes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Device {
    /// [`Cpu`]; holds why, for people.
    Cpu(String),
    /// [`Gpu`]; holds the adapter's name.
    Wgpu(String),
}

/// Something to be done on whichever device: generic code cannot be held in a closure.
///
/// Tasks stay inside this crate, whose public functions take a [`Device`]: networks for two backends take minutes to compile,
/// and generic code would be compiled again in every program and test that calls it.
pub(crate) trait Task {
    /// What it gives.
    type Output;

    /// Does it.
    fn on<B: AutodiffBackend>(self, device: &B::Device) -> Self::Output;
}

impl Device {
    /// Looks which adapters there are and decides.
    ///
    /// # Errors
    /// When wgpu is asked for and there is no adapter at all.
    pub fn choose(choice: DeviceChoice) -> Result<Self> {
        if choice == DeviceChoice::Cpu {
            return Ok(Self::Cpu("CPU, as asked for".into()));
        }
        let adapters = adapters();
        let real = adapters.iter().find(|info| info.device_type != wgpu::DeviceType::Cpu);
        match (choice, real.or(adapters.first())) {
            (DeviceChoice::Wgpu, None) => Err(Error::Device(
                "wgpu finds no adapter: install a Vulkan driver (Mesa has one in software), or use `--device cpu`"
                    .into(),
            )),
            (DeviceChoice::Auto, None) => Ok(Self::Cpu("CPU: there is no GPU and no Vulkan driver".into())),
            (DeviceChoice::Auto, Some(_)) if real.is_none() => {
                Ok(Self::Cpu("CPU: there is no GPU, only Vulkan in software".into()))
            }
            (_, Some(info)) => Ok(Self::Wgpu(format!("{} ({:?})", info.name, info.backend))),
            (DeviceChoice::Cpu, None) => Ok(Self::Cpu("CPU, as asked for".into())),
        }
    }

    /// Does something on it.
    pub(crate) fn run<T: Task>(&self, task: T) -> T::Output {
        match self {
            Self::Cpu(_) => task.on::<Cpu>(&Default::default()),
            Self::Wgpu(_) => task.on::<Gpu>(&Default::default()),
        }
    }
}

impl std::fmt::Display for Device {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Cpu(why) => f.write_str(why),
            Self::Wgpu(adapter) => f.write_str(adapter),
        }
    }
}

/// Adapters on which compute shaders run.
fn adapters() -> Vec<wgpu::AdapterInfo> {
    let backends = wgpu::Backends::PRIMARY;
    let instance = wgpu::Instance::new(wgpu::InstanceDescriptor {
        backends,
        ..wgpu::InstanceDescriptor::new_without_display_handle()
    });
    let adapters = futures_lite::future::block_on(instance.enumerate_adapters(backends));
    adapters.iter().map(wgpu::Adapter::get_info).collect()
}
