//! Hashes what individuals and surroundings are made from, so that a cache of them notices when it changes.

use std::{env, fs, path::Path};

fn main() {
    let root = env::var("CARGO_MANIFEST_DIR").unwrap_or_default();
    let root = Path::new(&root);
    for (name, places) in [
        (
            "MOTLEY_GROWTH",
            &[
                "src/animals",
                "src/vehicles",
                "src/figure.rs",
                "src/detail.rs",
                "src/model.rs",
                "src/stored.rs",
                "../../assets/breeds",
            ][..],
        ),
        ("MOTLEY_SURROUNDINGS", &["src/materials", "src/skies", "src/model.rs", "src/stored.rs"]),
        (
            "MOTLEY_STREETS",
            &[
                "src/streets",
                "src/skies",
                "src/vehicles",
                "src/figure.rs",
                "src/detail.rs",
                "src/materials",
                "src/model.rs",
                "src/stored.rs",
                "../../assets/breeds",
            ],
        ),
    ] {
        let mut hash = 0xcbf2_9ce4_8422_2325;
        for place in places {
            println!("cargo:rerun-if-changed={place}");
            add(&root.join(place), &mut hash);
        }
        println!("cargo:rustc-env={name}={hash:016x}");
    }
}

/// A file, or all files below a folder in order of their names; nothing if it is not there. FNV-1a (G. Fowler, L. C. Noll,
/// P. Vo).
fn add(path: &Path, hash: &mut u64) {
    let mut inner: Vec<_> = fs::read_dir(path).into_iter().flatten().flatten().map(|entry| entry.path()).collect();
    inner.sort();
    for path in inner {
        add(&path, hash);
    }
    if path.is_file() {
        for byte in fs::read(path).unwrap_or_default() {
            *hash = (*hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        }
    }
}
