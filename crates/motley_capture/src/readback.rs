//! Staging buffers: pictures and depths on their way from the GPU.

use bevy::{
    core_pipeline::{Core3d, Core3dSystems},
    prelude::*,
    render::{
        RenderApp,
        camera::ExtractedCamera,
        render_resource::{
            Buffer, BufferDescriptor, BufferUsages, LoadOp, Operations, RenderPassColorAttachment,
            RenderPassDescriptor, StoreOp, Texture,
        },
        renderer::{RenderContext, RenderDevice, RenderGraph, RenderGraphSystems, RenderQueue, ViewQuery},
        sync_world::MainEntity,
        view::{ViewDepthTexture, ViewTarget},
    },
};
use wgpu::{
    CommandEncoderDescriptor, Extent3d, MapMode, Origin3d, PollType, TexelCopyBufferInfo, TexelCopyBufferLayout,
    TexelCopyTextureInfo, TextureAspect,
};

use crate::error::CaptureError;

/// Copies the camera's picture when its update has been submitted: the frame that was set up in this very update.
pub fn plugin(app: &mut App) {
    if let Some(render_app) = app.get_sub_app_mut(RenderApp) {
        render_app
            .init_resource::<CopyJob>()
            .add_systems(Core3d, clear.before(Core3dSystems::Prepass))
            .add_systems(RenderGraph, copy.after(RenderGraphSystems::Submit));
    }
}

/// Where the picture of the coming update goes.
#[derive(Resource, Default)]
pub struct CopyJob {
    slot: Option<Slot>,
    camera: Option<Entity>,
    copied: bool,
}

impl CopyJob {
    /// Copy the picture of `camera`, an entity of the main world, to `slot`.
    pub fn new(slot: Slot, camera: Option<Entity>) -> Self {
        Self { slot: Some(slot), camera, copied: false }
    }

    /// Was there a picture to copy?
    pub fn copied(&self) -> bool {
        self.copied
    }
}

/// Empties the texture that all cameras share, before the first of them draws.
fn clear(view: ViewQuery<(&ExtractedCamera, &ViewTarget)>, mut context: RenderContext) {
    let (camera, target) = view.into_inner();
    if camera.order != 0 {
        return;
    }
    context.command_encoder().begin_render_pass(&RenderPassDescriptor {
        label: Some("clear"),
        color_attachments: &[Some(RenderPassColorAttachment {
            view: target.main_texture_view(),
            depth_slice: None,
            resolve_target: None,
            ops: Operations { load: LoadOp::Clear(wgpu::Color::TRANSPARENT), store: StoreOp::Store },
        })],
        depth_stencil_attachment: None,
        timestamp_writes: None,
        occlusion_query_set: None,
        multiview_mask: None,
    });
}

fn copy(
    mut job: ResMut<CopyJob>,
    views: Query<(&MainEntity, &ViewTarget, &ViewDepthTexture)>,
    device: Res<RenderDevice>,
    queue: Res<RenderQueue>,
) {
    job.copied = false;
    let Some(slot) = job.slot.clone() else { return };
    let Some((_, target, depth)) = views.iter().find(|(main, ..)| Some(main.id()) == job.camera) else { return };
    slot.copy(&device, &queue, target.main_texture(), &depth.texture);
    job.copied = true;
}

/// One picture and its depth, side by side with those of the label cameras.
#[derive(Clone)]
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
    }

    /// Asks for the buffers to become readable once the copy is done.
    pub fn map(&self) {
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
            let mut bytes = Vec::with_capacity(self.width as usize * 4 * self.height as usize);
            for row in view.chunks_exact(self.row as usize) {
                bytes.extend_from_slice(&row[..self.width as usize * 4]);
            }
            drop(view);
            buffer.unmap();
            bytes
        };
        let rgba = rows(&self.color);
        let depth = bytemuck::pod_collect_to_vec(&rows(&self.depth));
        Ok(Pixels { rgba, depth, width: self.width as usize, height: self.height as usize })
    }
}
