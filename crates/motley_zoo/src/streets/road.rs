//! The road itself, and what is laid out along it.

use bevy_math::{Vec2, Vec3};

use super::{
    furniture, greenery, houses,
    mold::{Mold, Skin, rgb},
    traffic,
};

/// How far a street reaches before and behind the subject, metres.
const REACH: f32 = 110.0;
/// Height of a kerb, metres.
const KERB: f32 = 0.12;
/// Depth of the house that a bicycle is leant against, metres.
const HOUSE: f32 = 9.0;

/// Where the subject is.
#[derive(Clone, Copy, PartialEq)]
enum Spot {
    Lane,
    Kerb,
    Pavement,
    Verge,
    Wall,
}

/// The cross-section of a road along z.
struct Section {
    /// x of its middle.
    middle: f32,
    /// Half the width of the roadway.
    half: f32,
    lane: f32,
    /// Lanes in each direction.
    lanes: u32,
    /// Widths of the grass between kerb and pavement, and of the pavement.
    strip: f32,
    walk: f32,
    /// On which side of the middle the traffic that goes to +z drives, as a sign of x.
    drive: f32,
}

impl Section {
    /// The same as right-hand or left-hand traffic, with its middle where the subject wants it.
    fn draw(mold: &mut Mold, spot: Spot) -> Self {
        let lane = mold.range(3.0, 3.6);
        let lanes = mold.dice().pick(&[(1, 0.5), (2, 0.35), (3, 0.15)]);
        let half = lane * lanes as f32 + mold.range(0.3, 2.4);
        let strip = if mold.chance(0.5) { mold.range(0.5, 1.8) } else { 0.0 };
        let walk = mold.range(1.5, 3.4);
        // Seen along +z, the right is −x.
        let drive = if mold.chance(0.75) { -1.0 } else { 1.0 };
        let outwards = match spot {
            Spot::Lane => (mold.below(lanes) as f32 + 0.5) * lane,
            Spot::Kerb => half - 1.05,
            Spot::Pavement => half + 0.18 + strip + walk * mold.range(0.2, 0.8),
            Spot::Verge => half + 0.18 + strip + walk + mold.range(0.5, 1.4),
            Spot::Wall => half + 0.18 + strip + walk - mold.range(0.55, 0.75),
        };
        Self { middle: -drive * outwards, half, lane, lanes, strip, walk, drive }
    }

    /// Where the pavement ends, from the middle.
    fn edge(&self) -> f32 {
        self.half + 0.18 + self.strip + self.walk
    }

    /// How far beyond the pavement on the subject's side the border stands.
    fn set_back(&self, spot: Spot) -> f32 {
        match spot {
            Spot::Verge => 2.4,
            // Behind what the subject is close to.
            Spot::Wall => HOUSE,
            _ => 0.0,
        }
    }

    /// Grounds, kerbs and markings.
    fn lay(&self, mold: &mut Mold) {
        let Self { middle, half, strip, walk, .. } = *self;
        let asphalt = mold.any(&["asphalt", "asphalt_old", "road", "asphalt", "asphalt_old", "concrete"]);
        let flags = mold.any(&["concrete", "paving_slabs", "concrete", "paving", "paving_red", "concrete_stained"]);
        let lawn = mold.any(&["grass", "lawn", "dry_grass", "grass_worn", "grass_spring", "grass_autumn"]);
        let tone = mold.range(0.85, 1.5);
        let road = Vec3::new(1.02, 1.0, 0.97) * tone;
        let flag_tone = Vec3::splat(mold.range(0.85, 1.25));
        let lawn_tone = Vec3::new(mold.range(0.85, 1.15), 1.0, mold.range(0.7, 1.0)) * mold.range(0.8, 1.2);
        let across =
            |from: f32, to: f32| (Vec2::new(middle + from.min(to), -REACH), Vec2::new(middle + from.max(to), REACH));
        // Beneath all of it: no sky through the cracks.
        let (low, high) = across(-self.edge() - 70.0, self.edge() + 70.0);
        mold.slab(Skin::Plain, Vec3::splat(0.03), low, high, -0.15);
        let (low, high) = across(-half, half);
        mold.slab(Skin::Ground(asphalt), road, low, high, 0.0);
        for side in [-1.0, 1.0] {
            let kerb = half + 0.18;
            let stone = mold.near(rgb(0xb4b2ac), 0.12);
            mold.block(
                Skin::Plain,
                stone,
                Vec3::new(middle + side * half, -0.1, -REACH),
                Vec3::new(middle + side * kerb, KERB, REACH),
            );
            if strip > 0.0 {
                let (low, high) = across(side * kerb, side * (kerb + strip));
                mold.slab(Skin::Ground(lawn), lawn_tone, low, high, KERB - 0.01);
            }
            let (low, high) = across(side * (kerb + strip), side * (kerb + strip + walk));
            mold.slab(Skin::Ground(flags), flag_tone, low, high, KERB);
            let (low, high) = across(side * self.edge(), side * (self.edge() + 70.0));
            mold.slab(Skin::Ground(lawn), lawn_tone, low, high, KERB - 0.02);
        }
        self.mark(mold);
        self.wear(mold, road);
    }

    fn mark(&self, mold: &mut Mold) {
        let worn = mold.range(0.25, 0.7);
        let white = Vec3::splat(worn);
        let yellow = Vec3::new(worn, worn * 0.68, worn * 0.16);
        let line = |mold: &mut Mold, color: Vec3, at: f32, from: f32, to: f32| {
            let x = self.middle + at;
            mold.slab(Skin::Plain, color, Vec2::new(x - 0.06, from), Vec2::new(x + 0.06, to), 0.006);
        };
        match mold.below(4) {
            0 | 1 => {
                line(mold, yellow, -0.13, -REACH, REACH);
                line(mold, yellow, 0.13, -REACH, REACH);
            }
            2 => self.dashes(mold, white, 0.0),
            _ => {}
        }
        for side in [-1.0, 1.0] {
            for lane in 1..self.lanes {
                self.dashes(mold, white, side * self.lane * lane as f32);
            }
            if mold.chance(0.5) {
                line(mold, white, side * (self.lane * self.lanes as f32 - 0.05), -REACH, REACH);
            }
        }
        if mold.chance(0.3) {
            // A crossing some way off.
            let z = mold.range(8.0, 22.0) * if mold.chance(0.5) { 1.0 } else { -1.0 };
            let mut at = -self.half + 0.4;
            while at < self.half - 0.4 {
                let x = self.middle + at;
                mold.slab(Skin::Plain, white, Vec2::new(x, z), Vec2::new(x + 0.45, z + 2.6), 0.007);
                at += 0.95;
            }
        }
    }

    fn dashes(&self, mold: &mut Mold, color: Vec3, at: f32) {
        let (long, step) = mold.any(&[(3.0, 9.0), (2.0, 6.0), (3.0, 12.0)]);
        let x = self.middle + at;
        let mut z = -66.0 + mold.range(0.0, step);
        while z < 66.0 {
            mold.slab(Skin::Plain, color, Vec2::new(x - 0.06, z), Vec2::new(x + 0.06, z + long), 0.006);
            z += step;
        }
    }

    /// Patches, cracks, manholes.
    fn wear(&self, mold: &mut Mold, road: Vec3) {
        for _ in 0..mold.below(9) {
            let x = self.middle + mold.range(-self.half, self.half - 1.0);
            let z = mold.range(-30.0, 30.0);
            let (wide, long) = (mold.range(0.4, 2.4), mold.range(0.6, 6.0));
            let shade = mold.range(0.035, 0.13);
            let high = Vec2::new((x + wide).min(self.middle + self.half), z + long);
            mold.slab(Skin::Plain, road * shade, Vec2::new(x, z), high, 0.003);
        }
        for _ in 0..mold.below(14) {
            let mut at = Vec3::new(self.middle + mold.range(-self.half, self.half), 0.004, mold.range(-25.0, 25.0));
            let across = mold.chance(0.4);
            for _ in 0..5 {
                let (near, far) = (mold.range(-0.3, 0.3), mold.range(0.6, 1.5));
                let step = if across { Vec3::new(far, 0.0, near) } else { Vec3::new(near, 0.0, far) };
                let end = at + step;
                if (end.x - self.middle).abs() > self.half {
                    break;
                }
                let aside = Vec3::Y.cross(step).normalize() * 0.018;
                mold.add(Skin::Plain, Vec3::splat(0.02), |sheet| {
                    sheet.patch(1, 1, |p| at.lerp(end, p.x) + aside * (2.0 * p.y - 1.0));
                });
                at = end;
            }
        }
        for _ in 0..mold.below(3) {
            let at = Vec3::new(self.middle + mold.range(-self.half, self.half) * 0.8, 0.0, mold.range(-12.0, 12.0));
            mold.add(Skin::Plain, Vec3::splat(0.06), |sheet| {
                sheet.pipe(&[at - Vec3::Y * 0.1, at + Vec3::Y * 0.006], 0.33, 16);
            });
        }
    }

    /// Cars that stand at the kerb and cars that drive.
    fn traffic(&self, mold: &mut Mold, spot: Spot) {
        let room = if matches!(spot, Spot::Lane | Spot::Kerb) { 5.6 } else { 0.0 };
        for side in [-1.0, 1.0] {
            let spare = self.half - self.lane * (self.lanes as f32 - 0.35);
            if spare > 1.2 && mold.chance(0.6) {
                let x = self.middle + side * (self.half - 1.05);
                let mut z = -28.0 + mold.range(0.0, 6.0);
                while z < 30.0 {
                    let own = (x.abs() < 1.6) && z.abs() < room;
                    // Beside a pavement the way to the road stays open now and then.
                    let gap = matches!(spot, Spot::Pavement | Spot::Wall) && z.abs() < 4.0 && mold.chance(0.7);
                    if !own && !gap && mold.chance(0.45) && mold.take(Vec3::new(x, 0.0, z), 2.5) {
                        traffic::car(mold, Vec3::new(x, 0.0, z), side * self.drive > 0.0);
                    }
                    z += mold.range(5.6, 8.0);
                }
            }
        }
        for _ in 0..mold.below(6) {
            let side = if mold.chance(0.5) { 1.0 } else { -1.0 };
            let x = self.middle + side * (mold.below(self.lanes) as f32 + 0.5) * self.lane;
            let z = mold.range(9.0, 55.0) * if mold.chance(0.65) { 1.0 } else { -1.0 };
            // A circle that holds a car reaches into the next lane: what matters is the distance in its own.
            if mold.take(Vec3::new(4.0 * x, 0.0, z), 3.0) {
                traffic::car(mold, Vec3::new(x, 0.0, z), side * self.drive > 0.0);
            }
        }
    }

    /// Walkers and furniture on the pavements.
    fn furnish(&self, mold: &mut Mold) {
        for side in [-1.0, 1.0] {
            let at = |out: f32, z: f32| Vec3::new(self.middle + side * out, KERB, z);
            let kerb = self.half + 0.45;
            let step = mold.range(14.0, 30.0);
            let mut z = -50.0 + mold.range(0.0, step);
            let kind = mold.below(3);
            while z < 60.0 {
                match kind {
                    0 => furniture::lamp(mold, at(kerb, z), -side),
                    1 => {
                        let tall = mold.range(4.0, 9.0);
                        if free(at(kerb + 0.3, z), 1.6) && mold.take(at(kerb + 0.3, z), 0.4) {
                            greenery::tree(mold, at(kerb + 0.3, z), tall);
                        }
                    }
                    _ => {}
                }
                z += step;
            }
            for _ in 0..mold.below(4) {
                let foot = at(kerb, mold.range(-26.0, 26.0));
                if free(foot, 0.8) && mold.take(foot, 0.4) {
                    furniture::sign(mold, foot);
                }
            }
            for _ in 0..mold.below(3) {
                let foot = at(self.edge() - 0.35, mold.range(-14.0, 14.0));
                if free(foot, 1.0) && mold.take(foot, 0.4) {
                    furniture::bin(mold, foot);
                }
            }
            if mold.chance(0.15) {
                let foot = at(kerb, mold.range(14.0, 30.0));
                furniture::signals(mold, foot, -side);
            }
            for _ in 0..mold.below(4) {
                let foot = at(mold.range(self.half + 0.5, self.edge()), mold.range(-24.0, 24.0));
                if free(foot, 1.6) && mold.take(foot, 0.4) {
                    traffic::walker(mold, foot);
                }
            }
            if mold.chance(0.35) {
                furniture::pole_line(mold, self.middle + side * (self.edge() + 0.4), -80.0, 90.0);
            }
        }
    }

    /// What stands beyond each pavement.
    fn border(&self, mold: &mut Mold, spot: Spot, built: f32) {
        for side in [-1.0, 1.0] {
            // Behind a subject that stands there, if one does.
            let set_back = if side == -self.middle.signum() { self.set_back(spot) } else { 0.0 };
            let x = |out: f32| self.middle + side * (self.edge() + set_back + out);
            let kind = if mold.chance(built) { mold.below(2) } else { 2 + mold.below(3) };
            let front = mold.range(0.1, 6.0);
            if kind <= 1 {
                let shops = front < 1.2;
                let mut z = -62.0 + mold.range(0.0, 5.0);
                while z < 80.0 {
                    let long = mold.range(6.0, 17.0);
                    if kind == 0 || mold.chance(0.6) {
                        let floors = if mold.chance(0.7) { 1 + mold.below(2) } else { 3 + mold.below(3) };
                        let height = floors as f32 * mold.range(2.9, 3.5);
                        let (near, far) = (x(front), x(front + mold.range(7.0, 12.0)));
                        let shop = shops && mold.chance(0.7);
                        houses::house(
                            mold,
                            Vec2::new(near.min(far), z),
                            Vec2::new(near.max(far), z + long),
                            height,
                            shop,
                        );
                    }
                    z += long + if mold.chance(0.4) { mold.range(0.0, 5.0) } else { 0.0 };
                }
            }
            if kind == 4 || (front > 1.5 && mold.chance(0.4)) {
                houses::fence(mold, x(0.25), (-34.0, 40.0));
            } else if front > 1.8 && mold.chance(0.35) {
                let height = mold.range(0.8, 1.8);
                greenery::hedge(mold, x(0.7), (-24.0, 30.0), height);
            }
            let trees = match kind {
                0 => mold.below(3),
                1 => 2 + mold.below(5),
                3 => 10 + mold.below(8),
                _ => 4 + mold.below(8),
            };
            for _ in 0..trees {
                let out = if kind <= 1 { mold.range(0.6, front.max(0.8)) } else { mold.range(0.8, 14.0) };
                let (at, tall) = (Vec3::new(x(out), 0.1, mold.range(-55.0, 70.0)), mold.range(4.0, 11.0));
                if free(at, 3.0) && (kind > 1 || front > 2.5) && mold.take(at, 0.5) {
                    greenery::tree(mold, at, tall);
                }
            }
            for _ in 0..mold.below(9) {
                let at = Vec3::new(x(mold.range(0.5, 2.8)), 0.1, mold.range(-22.0, 26.0));
                let size = mold.range(0.4, 1.3);
                if free(at, 1.8) && mold.take(at, 0.7 * size) {
                    greenery::bush(mold, at, size);
                }
            }
        }
        close(mold, self.middle);
    }
}

/// Is the subject's place, with what a camera needs around it, left free by something of this radius?
fn free(at: Vec3, radius: f32) -> bool {
    Vec2::new(at.x, at.z * 0.7).length() > 1.4 + radius
}

/// Trees and houses that end the view.
fn close(mold: &mut Mold, middle: f32) {
    for end in [-1.0, 1.0] {
        for _ in 0..9 {
            let at = Vec3::new(middle + mold.range(-48.0, 48.0), 0.0, end * (92.0 + mold.range(-8.0, 8.0)));
            let tall = mold.range(6.0, 13.0);
            greenery::tree(mold, at, tall);
        }
        if mold.chance(0.4) {
            let (x, z) = (middle + mold.range(-20.0, 20.0), end * 104.0);
            let height = mold.range(5.0, 16.0);
            houses::house(mold, Vec2::new(x - 14.0, z - 4.0), Vec2::new(x + 14.0, z + 4.0), height, false);
        }
    }
}

fn street(mold: &mut Mold, spot: Spot, built: f32) {
    mold.lift = if matches!(spot, Spot::Lane | Spot::Kerb) { 0.0 } else { -KERB };
    let section = Section::draw(mold, spot);
    section.lay(mold);
    section.traffic(mold, spot);
    match spot {
        Spot::Lane | Spot::Kerb => {}
        Spot::Pavement | Spot::Verge => park(mold, &section, spot),
        Spot::Wall => lean_on(mold, &section),
    }
    section.furnish(mold);
    section.border(mold, spot, built);
}

/// Where bicycles are left, and what stands there.
fn park(mold: &mut Mold, section: &Section, spot: Spot) {
    let out = -section.middle.signum();
    match mold.below(7) {
        0..=2 => {
            // Side by side, away from the road, as far as there is room.
            let pitch = mold.range(0.45, 0.8);
            let room = section.edge() - section.middle.abs() + section.set_back(spot) - 0.9;
            let count = (2 + mold.below(5)).min((room / pitch).max(0.0) as u32);
            if mold.chance(0.7) {
                furniture::hoops(mold, Vec3::new(out * 0.5, KERB, 0.0), out * pitch, count);
            }
            for i in 0..count {
                let at = Vec3::new(out * (0.5 + pitch * (i as f32 + 0.5)), KERB, mold.range(-0.15, 0.15));
                mold.take(at, 0.9);
                if mold.chance(0.65) {
                    traffic::bicycle(mold, at);
                }
            }
        }
        3 => {
            let z = mold.range(-0.7, 0.7);
            let thick = mold.range(0.04, 0.12);
            let grey = Vec3::splat(mold.range(0.05, 0.4));
            mold.post(grey, Vec3::new(out * 0.42, KERB, z), 3.4, thick);
        }
        4 => furniture::bench(mold, Vec3::new(out * 1.2, KERB, 2.6), out),
        _ => {}
    }
}

/// A house or a fence at the end of the pavement, and other bicycles before it.
fn lean_on(mold: &mut Mold, section: &Section) {
    let out = -section.middle.signum();
    let x = section.middle + out * section.edge();
    if mold.chance(0.6) {
        let (before, behind) = (mold.range(3.0, 12.0), mold.range(3.0, 12.0));
        let (height, shop) = (mold.range(2.9, 9.0), mold.chance(0.4));
        let far = x + out * HOUSE;
        houses::house(mold, Vec2::new(x.min(far), -behind), Vec2::new(x.max(far), before), height, shop);
    } else {
        houses::fence(mold, x + out * 0.15, (-20.0, 24.0));
    }
    for side in [-1.0, 1.0] {
        let mut z = mold.range(2.4, 3.2);
        while mold.chance(0.5) && z < 10.0 {
            let at = Vec3::new(mold.range(-0.1, 0.1), KERB, side * z);
            mold.take(at, 0.9);
            traffic::bicycle(mold, at);
            z += mold.range(2.0, 3.4);
        }
    }
}

/// In a lane of a road.
pub(super) fn lane(mold: &mut Mold) {
    street(mold, Spot::Lane, 0.55);
}

/// Parked at a kerb.
pub(super) fn kerbside(mold: &mut Mold) {
    street(mold, Spot::Kerb, 0.6);
}

/// On a pavement, among what stands there.
pub(super) fn pavement(mold: &mut Mold) {
    street(mold, Spot::Pavement, 0.7);
}

/// On the grass beside a pavement.
pub(super) fn verge(mold: &mut Mold) {
    street(mold, Spot::Verge, 0.4);
}

/// Close to a wall or a fence, where bicycles are leant.
pub(super) fn wall(mold: &mut Mold) {
    street(mold, Spot::Wall, 0.7);
}

/// On a wide road between fields, trees and barriers.
pub(super) fn open_road(mold: &mut Mold) {
    let mut section = Section::draw(mold, Spot::Lane);
    section.strip = mold.range(1.0, 3.0);
    section.walk = 0.4;
    section.lay(mold);
    section.traffic(mold, Spot::Lane);
    for side in [-1.0, 1.0] {
        let x = section.middle + side * (section.edge() + 0.4);
        match mold.below(4) {
            0 => {
                // A crash barrier.
                let steel = rgb(0xa8acae);
                mold.block(Skin::Plain, steel, Vec3::new(x - 0.04, 0.5, -70.0), Vec3::new(x + 0.04, 0.8, 80.0));
                let mut z = -70.0;
                while z < 80.0 {
                    mold.post(steel * 0.7, Vec3::new(x + side * 0.08, 0.0, z), 0.75, 0.05);
                    z += 4.0;
                }
            }
            1 => {
                let height = mold.range(2.0, 5.0);
                let tone = Vec3::splat(mold.range(0.8, 1.2));
                mold.block(
                    Skin::Wall("concrete"),
                    tone,
                    Vec3::new(x, -0.2, -90.0),
                    Vec3::new(x + side * 0.4, height, 90.0),
                );
            }
            2 => furniture::pole_line(mold, x + side * 1.5, -90.0, 100.0),
            _ => {}
        }
        let step = mold.range(26.0, 40.0);
        let mut z = -60.0;
        while mold.chance(0.9) && z < 80.0 {
            furniture::lamp(mold, Vec3::new(x, 0.0, z), -side);
            z += step;
        }
    }
    if mold.chance(0.25) {
        // A bridge over the road.
        let z = mold.range(28.0, 60.0);
        let grey = Vec3::splat(mold.range(0.8, 1.1));
        let wide = section.edge() + 14.0;
        mold.block(
            Skin::Wall("concrete"),
            grey,
            Vec3::new(section.middle - wide, 5.4, z),
            Vec3::new(section.middle + wide, 7.2, z + 8.0),
        );
        for side in [-1.0, 1.0] {
            let x = section.middle + side * (section.edge() + 1.0);
            mold.block(
                Skin::Wall("concrete"),
                grey,
                Vec3::new(x, 0.0, z + 2.0),
                Vec3::new(x + side * 1.2, 5.4, z + 6.0),
            );
        }
    }
    section.border(mold, Spot::Lane, 0.12);
}

/// A bay of a car park.
pub(super) fn parking_place(mold: &mut Mold) {
    let ground = mold.any(&["asphalt", "asphalt_old", "concrete", "paving", "gravel"]);
    let tone = Vec3::splat(mold.range(0.9, 1.5));
    mold.slab(Skin::Ground(ground), tone, Vec2::splat(-38.0), Vec2::splat(38.0), 0.0);
    let lawn = mold.any(&["grass", "lawn", "dry_grass", "grass_worn"]);
    for (low, high) in [
        (Vec2::new(-90.0, 38.0), Vec2::new(90.0, 110.0)),
        (Vec2::new(-90.0, -110.0), Vec2::new(90.0, -38.0)),
        (Vec2::new(-90.0, -38.0), Vec2::new(-38.0, 38.0)),
        (Vec2::new(38.0, -38.0), Vec2::new(90.0, 38.0)),
    ] {
        mold.slab(Skin::Ground(lawn), Vec3::ONE, low, high, 0.0);
    }
    let white = Vec3::splat(mold.range(0.25, 0.65));
    let (wide, deep) = (mold.range(2.45, 2.8), 5.0);
    // Rows of bays face each other across an aisle of 6 m; the subject stands in one of the first.
    for row in [0.0f32, -11.0, 16.0, -27.0] {
        for k in -9..=9i32 {
            let x = wide * (k as f32 - 0.5);
            let (low, high) = (Vec2::new(x - 0.05, row - deep / 2.0), Vec2::new(x + 0.05, row + deep / 2.0));
            mold.slab(Skin::Plain, white, low, high, 0.006);
            let taken = if k.abs() <= 1 && row == 0.0 { 0.3 } else { 0.5 };
            if (k != 0 || row != 0.0) && (-7..=7).contains(&k) && row.abs() < 20.0 && mold.chance(taken * 0.6) {
                let (at, ahead) = (Vec3::new(x + wide / 2.0, 0.0, row + mold.range(-0.3, 0.3)), mold.chance(0.6));
                traffic::car(mold, at, ahead);
            }
        }
    }
    for _ in 0..mold.below(4) {
        let at = Vec3::new(mold.range(-9.0, 9.0), 0.0, mold.range(4.0, 7.0));
        traffic::walker(mold, at);
    }
    for k in -1..=1i32 {
        furniture::lamp(mold, Vec3::new(24.0 * k as f32 + 6.0, 0.0, -5.4), 1.0);
    }
    for side in [-1.0, 1.0] {
        if mold.chance(0.6) {
            let x = side * mold.range(24.0, 34.0);
            let (near, far) = (x, x + side * 16.0);
            let height = mold.range(5.0, 9.0);
            houses::house(mold, Vec2::new(near.min(far), -30.0), Vec2::new(near.max(far), 30.0), height, true);
        }
        for _ in 0..9 {
            let at = Vec3::new(mold.range(-40.0, 40.0), 0.0, side * mold.range(24.0, 38.0));
            let tall = mold.range(4.0, 10.0);
            greenery::tree(mold, at, tall);
        }
    }
    close(mold, 0.0);
}
