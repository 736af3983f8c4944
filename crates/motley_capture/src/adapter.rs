//! Which device draws.

use wgpu::{AdapterInfo, DeviceType};

use crate::{error::CaptureError, renderer::Adapter};

fn find() -> Result<AdapterInfo, CaptureError> {
    let instance = wgpu::Instance::new(wgpu::InstanceDescriptor::new_without_display_handle());
    let options =
        wgpu::RequestAdapterOptions { power_preference: wgpu::PowerPreference::HighPerformance, ..Default::default() };
    match bevy::tasks::block_on(instance.request_adapter(&options)) {
        Ok(adapter) => Ok(adapter.get_info()),
        Err(error) => Err(CaptureError::NoAdapter(error.to_string())),
    }
}

/// Is there a device at all? Bevy would panic without one.
pub(crate) fn check() -> Result<(), CaptureError> {
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
