//! Bevy: one plugin and one system for each randomized parameter.
