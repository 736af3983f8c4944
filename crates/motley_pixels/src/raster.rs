//! Pixels as floats, while the light is being worked on.

use std::cell::RefCell;

/// Buffers that a thread keeps for its next picture. Fresh memory would cost more than most effects: the system hands
/// it over page by page.
const KEPT_BUFFERS: usize = 8;

/// Larger buffers, in floats, are not kept: 1024 × 1024 pixels of four channels.
const KEPT_FLOATS: usize = 4 << 20;

thread_local! {
    static BUFFERS: RefCell<Vec<Vec<f32>>> = const { RefCell::new(Vec::new()) };
}

/// A picture of `C` interleaved channels: `[height, width, C]`, top row first, at least one pixel.
#[derive(Debug, PartialEq)]
pub(crate) struct Raster<const C: usize> {
    pub width: usize,
    pub height: usize,
    pub data: Vec<f32>,
}

impl<const C: usize> Raster<C> {
    /// A picture of zeros.
    pub fn new(width: usize, height: usize) -> Self {
        let mut image = Self::empty(width, height);
        image.data.resize(width * height * C, 0.0);
        image
    }

    /// A picture without pixels yet, with room for them.
    pub fn empty(width: usize, height: usize) -> Self {
        let mut data = BUFFERS.with_borrow_mut(Vec::pop).unwrap_or_default();
        data.clear();
        data.reserve(width * height * C);
        Self { width, height, data }
    }

    /// One row, `[width, C]`.
    pub fn row(&self, y: usize) -> &[f32] {
        &self.data[y * self.width * C..(y + 1) * self.width * C]
    }
}

impl<const C: usize> Clone for Raster<C> {
    fn clone(&self) -> Self {
        let mut copy = Self::empty(self.width, self.height);
        copy.data.extend_from_slice(&self.data);
        copy
    }
}

impl<const C: usize> Drop for Raster<C> {
    fn drop(&mut self) {
        let data = std::mem::take(&mut self.data);
        if data.capacity() > KEPT_FLOATS {
            return;
        }
        // While the thread ends there may be no list any more; then the buffer is simply freed.
        let _ = BUFFERS.try_with(|buffers| {
            let mut buffers = buffers.borrow_mut();
            if buffers.len() < KEPT_BUFFERS {
                buffers.push(data);
            }
        });
    }
}
