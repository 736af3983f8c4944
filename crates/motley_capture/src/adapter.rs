//! Which device draws.

use bevy::render::settings::{RenderCreation, WgpuSettings};
use wgpu::{AdapterInfo, Backends, DeviceType};

use crate::{error::CaptureError, renderer::Adapter};

/// Vulkan, Metal or DirectX 12. OpenGL cannot copy depth, of which labels are made.
const BACKENDS: Backends = Backends::PRIMARY;

fn find() -> Result<AdapterInfo, CaptureError> {
    let instance = wgpu::Instance::new(wgpu::InstanceDescriptor {
        backends: BACKENDS,
        ..wgpu::InstanceDescriptor::new_without_display_handle()
    });
    let options =
        wgpu::RequestAdapterOptions { power_preference: wgpu::PowerPreference::HighPerformance, ..Default::default() };
    match bevy::tasks::block_on(instance.request_adapter(&options)) {
        Ok(adapter) => Ok(adapter.get_info()),
        Err(error) => Err(CaptureError::NoAdapter(error.to_string())),
    }
}

/// What Bevy's `RenderPlugin` may draw with.
pub fn render_creation() -> RenderCreation {
    RenderCreation::Automatic(Box::new(WgpuSettings { backends: Some(BACKENDS), ..WgpuSettings::default() }))
}

/// Is there a device at all? Bevy would panic without one.
///
/// # Errors
/// When there is none, with what to install.
pub fn check_driver() -> Result<(), CaptureError> {
    find().map(|_| ())
}

/// Does the CPU draw? Also when nothing can.
pub fn software() -> bool {
    find().is_ok_and(|info| info.device_type == DeviceType::Cpu)
}

/// Names of a device and its driver.
pub(crate) fn describe(info: &AdapterInfo) -> Adapter {
    Adapter {
        name: info.name.clone(),
        driver: format!("{} {}", info.driver, info.driver_info).trim().to_owned(),
        software: info.device_type == DeviceType::Cpu,
    }
}
