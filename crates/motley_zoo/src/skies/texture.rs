//! Materials as pictures for panoramas: small, linear, and with coarser copies for what is far away.

use std::{
    collections::BTreeMap,
    sync::{LazyLock, Mutex, PoisonError},
};

use bevy_math::{Vec2, Vec3, ops};

use crate::materials;

/// A material's colour at several resolutions.
pub(super) struct Picture {
    /// Metres.
    tile_m: f32,
    /// From 64 pixels along an edge down to 1; linear.
    levels: Vec<Vec<Vec3>>,
}

/// Pixels along an edge of the finest level.
const EDGE: u32 = 64;

impl Picture {
    fn new(name: &str) -> Self {
        let Some((tile_m, finest)) = materials::linear_colors(name, EDGE) else {
            return Self { tile_m: 1.0, levels: vec![vec![Vec3::splat(0.5)]] };
        };
        let mut levels = vec![finest];
        let mut edge = EDGE as usize;
        while edge > 1 {
            let finer = &levels[levels.len() - 1];
            let half = edge / 2;
            let coarser = (0..half * half)
                .map(|i| {
                    let at = (i / half) * 2 * edge + (i % half) * 2;
                    (finer[at] + finer[at + 1] + finer[at + edge] + finer[at + edge + 1]) / 4.0
                })
                .collect();
            levels.push(coarser);
            edge = half;
        }
        Self { tile_m, levels }
    }

    /// The mean colour around a point given in metres, over `grain` metres.
    pub(super) fn sample(&self, place: Vec2, grain: f32) -> Vec3 {
        let texels = grain * EDGE as f32 / self.tile_m;
        let level = if texels > 1.0 { (ops::log2(texels) + 0.5) as usize } else { 0 }.min(self.levels.len() - 1);
        let edge = EDGE >> level;
        let q = (place / self.tile_m * edge as f32).floor().as_ivec2();
        let edge = edge.max(1) as i32;
        self.levels[level][(q.y.rem_euclid(edge) * edge + q.x.rem_euclid(edge)) as usize]
    }
}

/// The picture of a material, made once.
pub(super) fn texture(name: &'static str) -> &'static Picture {
    static MADE: LazyLock<Mutex<BTreeMap<&'static str, &'static Picture>>> = LazyLock::new(Mutex::default);
    thread_local! {
        // A panorama asks half a million times for a dozen pictures: without the lock, and the latest first.
        static LATEST: std::cell::RefCell<Vec<(&'static str, &'static Picture)>> = const { std::cell::RefCell::new(Vec::new()) };
    }
    LATEST.with_borrow_mut(|latest| {
        if let Some((_, picture)) = latest.iter().find(|(known, _)| std::ptr::eq(*known, name)) {
            return *picture;
        }
        let mut made = MADE.lock().unwrap_or_else(PoisonError::into_inner);
        // Kept for good: there are as many as materials, of 65 kB each.
        let picture = *made.entry(name).or_insert_with(|| Box::leak(Box::new(Picture::new(name))));
        latest.push((name, picture));
        picture
    })
}
