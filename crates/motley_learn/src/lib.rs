//! Training on rendered frames, with burn: backbones, heads, evaluation.
