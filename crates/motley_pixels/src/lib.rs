//! Lens and sensor: an image and its depth in, an image out.
