//! The window: parameters, live preview, capture and training.
