//! Lens and sensor: an image and its depth in, an image out.
//!
//! Rendered frames are cleaner than photographs. [`LensSensor`] holds what was drawn for one frame, and its
//! [`apply`](LensSensor::apply) does to the pixels what a camera would have done, in the order in which light meets it:
//!
//! 1. exposure and white balance (linear light),
//! 2. vignette (linear light),
//! 3. defocus, Gaussian blur, motion blur (linear light),
//! 4. down- and up-scaling (linear light),
//! 5. shot noise and read noise, with their grain and colour,
//! 6. JPEG re-compression.
//!
//! [`Augment`] varies pictures for training, and ends in the same lens and sensor.
//!
//! Both are pure functions of the pixels, their depth and a random stream, and know no renderer and no files, so that
//! capture, preview and training can share it. The bytes depend on nothing else: transcendental functions come from
//! `libm`, never from the platform, and sums run in a fixed order.

pub mod augment;
mod defocus;
mod filter;
mod jpeg;
mod lens_sensor;
mod light;
mod noise;
mod raster;
mod resize;

pub use augment::Augment;
pub use lens_sensor::LensSensor;
