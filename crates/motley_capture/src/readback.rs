//! Staging buffers: pictures and depths on their way from the GPU.

use bevy::render::{
    render_resource::{Buffer, BufferDescriptor, BufferUsages, Texture},
    renderer::{RenderDevice, RenderQueue},
};
use wgpu::{
    CommandEncoderDescriptor, Extent3d, MapMode, Origin3d, PollType, TexelCopyBufferInfo, TexelCopyBufferLayout,
    TexelCopyTextureInfo, TextureAspect,
};

use crate::error::CaptureError;

/// One picture and its depth, side by side with those of the label cameras.
pub struct Slot {
    color: Buffer,
    depth: Buffer,
    width: u32,
    height: u32,
    row: u32,
}

/// Pixels of a [`Slot`], rows without gaps.
pub struct Pixels {
    /// `[height, width, 4]`.
    pub rgba: Vec<u8>,
    /// `[height, width]`, the depth buffer as it is: 1 near, 0 infinitely far.
    pub depth: Vec<f32>,
    /// Of all pictures side by side.
    pub width: usize,
    /// Of each picture.
    pub height: usize,
}

impl Slot {
    /// Buffers for `width × height` pixels.
    pub fn new(device: &RenderDevice, width: u32, height: u32) -> Self {
        // Both formats take four bytes a pixel.
        let row = u32::try_from(RenderDevice::align_copy_bytes_per_row(width as usize * 4)).unwrap_or(u32::MAX);
        let buffer = |label| {
            device.create_buffer(&BufferDescriptor {
                label: Some(label),
                size: u64::from(row) * u64::from(height),
                usage: BufferUsages::MAP_READ | BufferUsages::COPY_DST,
                mapped_at_creation: false,
            })
        };
        Self { color: buffer("colour read-back"), depth: buffer("depth read-back"), width, height, row }
    }

    /// Copies both textures; the copy is queued behind whatever drew them.
    pub fn copy(&self, device: &RenderDevice, queue: &RenderQueue, color: &Texture, depth: &Texture) {
        let mut encoder = device.create_command_encoder(&CommandEncoderDescriptor { label: Some("read-back") });
        let size = Extent3d { width: self.width, height: self.height, depth_or_array_layers: 1 };
        for (texture, aspect, buffer) in
            [(color, TextureAspect::All, &self.color), (depth, TextureAspect::DepthOnly, &self.depth)]
        {
            encoder.copy_texture_to_buffer(
                TexelCopyTextureInfo { texture, mip_level: 0, origin: Origin3d::ZERO, aspect },
                TexelCopyBufferInfo {
                    buffer,
                    layout: TexelCopyBufferLayout { offset: 0, bytes_per_row: Some(self.row), rows_per_image: None },
                },
                size,
            );
        }
        queue.submit([encoder.finish()]);
        for buffer in [&self.color, &self.depth] {
            // Whether it worked is seen when the buffer is read.
            buffer.slice(..).map_async(MapMode::Read, |_| {});
        }
    }

    /// Waits for the copy and takes the pixels out.
    ///
    /// # Errors
    /// When the device is lost.
    pub fn read(&self, device: &RenderDevice) -> Result<Pixels, CaptureError> {
        device.poll(PollType::wait_indefinitely()).map_err(|error| CaptureError::ReadBack(error.to_string()))?;
        let rows = |buffer: &Buffer| {
            let view = buffer.slice(..).get_mapped_range();
            let bytes: Vec<u8> =
                view.chunks_exact(self.row as usize).flat_map(|row| &row[..self.width as usize * 4]).copied().collect();
            drop(view);
            buffer.unmap();
            bytes
        };
        let rgba = rows(&self.color);
        let depth = rows(&self.depth).chunks_exact(4).map(|b| f32::from_le_bytes([b[0], b[1], b[2], b[3]])).collect();
        Ok(Pixels { rgba, depth, width: self.width as usize, height: self.height as usize })
    }
}
