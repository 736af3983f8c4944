//! The `motley` command line.
fn main() {}
