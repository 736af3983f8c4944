//! What a body wears: glass, lamps, grille, plates, lines, handles, mirrors, trim.

use std::f32::consts::{PI, TAU};

use bevy_math::{Quat, Vec2, Vec3, ops};
use rand::Rng;

use super::Car;
use super::leaves::Leaf;
use super::shell::{BELT, RAIL, Shell};
use crate::vehicles::breed::Dice;
use crate::vehicles::build::{Assembly, NodeId, Sheet, bend};

/// Heights over the body in metres, in the order in which things cover each other.
pub(super) const UNDER: f32 = 0.007;
pub(super) const MIDDLE: f32 = 0.014;
const OVER: f32 = 0.021;

/// Range of v of the side windows.
const SIDE_GLASS: (f32, f32) = (BELT + 0.022, RAIL - 0.012);

/// Which windows a car has.
pub(super) struct Glazing {
    chrome: bool,
    /// u of the front and rear end of the side windows.
    sides: (f32, f32),
    /// u of its foot and head.
    windscreen: (f32, f32),
    /// u of head and foot of the rear window, if there is one.
    rear: Option<(f32, f32)>,
    /// Outlines of all in (u, t).
    pub(super) panes: Vec<[Vec2; 4]>,
    /// What is open without glass: all above the belt behind the windscreen, where the roof is folded away.
    gaps: Vec<[Vec2; 4]>,
}

impl Glazing {
    /// All that the body is open for.
    pub(super) fn openings(&self) -> impl Iterator<Item = [Vec2; 4]> {
        self.panes.iter().chain(&self.gaps).copied()
    }
}

/// How finely a patch is divided: so many steps for a unit of its extent, one at least.
fn steps(extent: f32, density: f32) -> usize {
    ((extent * density).ceil() as usize).clamp(1, 16)
}

/// Lays a patch over the body: rows and columns, and (u, t) of each of its points; rows run backwards, columns with t. What
/// lies within the openings is left out.
pub(super) fn lay(
    sheet: &mut Sheet,
    shell: &Shell,
    [rows, columns]: [usize; 2],
    place: impl Fn(Vec2) -> Vec2,
    lift: f32,
    openings: &[[Vec2; 4]],
) {
    let (first, start) = (sheet.mesh.positions.len(), sheet.mesh.indices.len());
    let mut places = vec![Vec2::NAN; first];
    for row in 0..=rows {
        let point = |column| place(Vec2::new(row as f32 / rows as f32, column as f32 / columns as f32));
        places.extend((0..=columns).map(point));
    }
    sheet.grid([rows + 1, columns + 1], [false, false], |row, column| {
        shell.above(places[first + row * (columns + 1) + column], lift)
    });
    for opening in openings {
        sheet.cut(start, &mut places, opening);
    }
}

/// (u, t) within an outline.
pub(super) fn within(&[a, b, c, d]: &[Vec2; 4]) -> impl Fn(Vec2) -> Vec2 + use<> {
    move |p| a.lerp(b, p.x).lerp(d.lerp(c, p.x), p.y)
}

/// The middle of an outline.
pub(super) fn middle(outline: &[Vec2; 4]) -> Vec2 {
    outline.iter().sum::<Vec2>() / 4.0
}

/// (u, t) of a patch over one side: `u` of its front and rear edge for each height 0–1, and its range of `v`.
fn aside(side: f32, edges: impl Fn(f32) -> (f32, f32), (low, high): (f32, f32)) -> ([usize; 2], impl Fn(Vec2) -> Vec2) {
    let (front, rear) = edges(0.5);
    let size = [steps(rear - front, 44.0), steps(high - low, 24.0)];
    let place = move |p: Vec2| {
        // On the other side t runs down.
        let up = if side > 0.0 { p.y } else { 1.0 - p.y };
        let (front, rear) = edges(up);
        let v = low + (high - low) * up;
        Vec2::new(front + (rear - front) * p.x, if side > 0.0 { v } else { 2.0 - v })
    };
    (size, place)
}

/// Lays the frame of the windows of one side, from a `u` to another, around the panes.
pub(super) fn side_frame(
    sheet: &mut Sheet,
    shell: &Shell,
    side: f32,
    range: (f32, f32),
    lift: f32,
    openings: &[[Vec2; 4]],
) {
    let (low, high) = SIDE_GLASS;
    let (size, place) = aside(side, |_| range, (low - 0.012, high + 0.008));
    lay(sheet, shell, size, place, lift, openings);
}

/// Lays a patch over one side: `u` of its front and rear edge for each height 0–1, and its range of `v`.
pub(super) fn on_side(
    sheet: &mut Sheet,
    shell: &Shell,
    side: f32,
    edges: impl Fn(f32) -> (f32, f32),
    range: (f32, f32),
    lift: f32,
) {
    let (size, place) = aside(side, edges, range);
    lay(sheet, shell, size, place, lift, &[]);
}

/// (u, t) of a patch across the top: a range of `u`, and how far down each side it reaches as a `v`.
fn across((front, rear): (f32, f32), edge: f32) -> ([usize; 2], impl Fn(Vec2) -> Vec2) {
    let place = move |p: Vec2| Vec2::new(front + (rear - front) * p.x, edge + 2.0 * (1.0 - edge) * p.y);
    ([steps(rear - front, 60.0), 14], place)
}

/// Lays a patch across the top: a range of `u`, and how far down each side it reaches as a `v`.
pub(super) fn on_top(sheet: &mut Sheet, shell: &Shell, range: (f32, f32), edge: f32, lift: f32) {
    let (size, place) = across(range, edge);
    lay(sheet, shell, size, place, lift, &[]);
}

/// Lays a rounded patch on the nose or tail: its middle and half-extent as seen from straight ahead, its roundness
/// from 0 (rectangle) to 1 (ellipse), how far its edge is lifted and how far its middle bulges above that.
fn on_end(
    sheet: &mut Sheet,
    shell: &Shell,
    front: bool,
    (middle, half): (Vec2, Vec2),
    round: f32,
    (lift, dome): (f32, f32),
) {
    // What is round or domed needs a rim of its own; thin strips only need to follow the body.
    let finest = if half.min_element() < 0.02 { 2 } else { 5 };
    let [rows, columns] = half.to_array().map(|half| steps(half, 28.0).max(finest));
    sheet.patch(rows, columns, |p| {
        let q = p * 2.0 - 1.0;
        // The elliptical map from square to disc, by degrees.
        let disc = Vec2::new(q.x * (1.0 - q.y * q.y / 2.0).sqrt(), q.y * (1.0 - q.x * q.x / 2.0).sqrt());
        let rounded = q.lerp(disc, round);
        let rim = q.abs().max_element();
        let out = lift + dome * (1.0 - rim * rim * rim * rim);
        // Columns run up, rows to the right of who looks at it, so that the patch faces away from the car.
        let right = if front { 1.0 } else { -1.0 };
        let at = middle + half * Vec2::new(right * rounded.x, rounded.y);
        shell.facing(front, at) + Vec3::Z * right * out
    });
}

impl Car<'_> {
    /// u of the foot of the front door's glass, and of the rear end of the side glass.
    fn side_glass(&self) -> (f32, f32) {
        let s = &self.shell.shape;
        let from = s.cowl_at + 0.32 * (s.roof_from - s.cowl_at);
        // A boot leaves a pillar of sheet metal; a tailgate lets the glass run on.
        let to = if self.breed.bed.is_some() {
            s.roof_to - 0.005
        } else if self.has_boot() {
            s.roof_to + 0.25 * (s.deck_at - s.roof_to)
        } else {
            s.roof_to - 0.008
        };
        (from, to)
    }

    /// Whether the roof ends well before the tail.
    pub(super) fn has_boot(&self) -> bool {
        self.shell.shape.deck_at - self.shell.shape.roof_to > 0.09
    }

    /// u of the front edge of the front door.
    pub(super) fn door_hinge(&self) -> f32 {
        self.side_glass().0 - 0.02
    }

    /// u of the gaps between the side windows, from the front.
    pub(super) fn pillars(&self) -> Vec<f32> {
        let s = &self.shell.shape;
        let (from, to) = self.side_glass();
        let count = self.breed.windows;
        // The first pillar stands behind the driver; the others share what is left.
        let first = match count {
            0 | 1 => return Vec::new(),
            2 => from + 0.56 * (to - from),
            _ => s.roof_from + 0.075 + 0.25 * (0.45 - s.roof_from).max(0.0),
        };
        (1..count).map(|i| first + (to - first) * (i - 1) as f32 / (count - 1) as f32).collect()
    }

    /// Draws which windows there are.
    pub(super) fn glaze<R: Rng>(&self, dice: &mut Dice<R>) -> Glazing {
        let s = &self.shell.shape;
        let (from, to) = self.side_glass();
        let (low, high) = SIDE_GLASS;
        let panelled = dice.chance(self.breed.panels);
        let pillars = self.pillars();
        let end = if panelled { pillars.first().map_or(to, |first| first + 0.004) } else { to };
        let lean = dice.range((0.004, 0.014));
        let mut edges = vec![from];
        edges.extend(pillars.iter().copied().filter(|pillar| *pillar < end - 0.01));
        edges.push(end);
        let mut panes = Vec::new();
        for pair in edges.windows(2) {
            let inset = 0.007;
            let (a, b) = (pair[0] + if pair[0] > from { inset } else { 0.0 }, pair[1] - inset);
            // Glass leans with the pillars, except along the windscreen, whose own slope does it.
            let front = |up: f32| if a > from { a + lean * (up - 0.5) } else { a };
            let rear = |up: f32| b + if b < end - 0.02 { lean * (up - 0.5) } else { -0.004 * up };
            let corner = |u: f32, v: f32| Vec2::new(u, v);
            let pane =
                [corner(front(0.0), low), corner(rear(0.0), low), corner(rear(1.0), high), corner(front(1.0), high)];
            panes.push(pane);
            // In the order that t has on the other side.
            panes.push([3, 2, 1, 0].map(|i| Vec2::new(pane[i].x, 2.0 - pane[i].y)));
        }
        let top = |front: f32, rear: f32, edge: f32| {
            [(front, edge), (rear, edge), (rear, 2.0 - edge), (front, 2.0 - edge)].map(|(u, t)| Vec2::new(u, t))
        };
        let windscreen = (s.cowl_at + 0.012, s.roof_from - 0.012);
        panes.push(top(windscreen.0, windscreen.1, RAIL + 0.022));
        if self.is_open {
            // The side windows are wound down.
            let header = s.roof_from + 0.008;
            let aside =
                |t: (f32, f32)| [(from, t.0), (header, t.0), (header, t.1), (from, t.1)].map(|(u, t)| Vec2::new(u, t));
            let gaps = vec![aside((low, high)), aside((2.0 - high, 2.0 - low)), top(header, self.open_to(), low)];
            let panes = panes.split_off(panes.len() - 1);
            return Glazing { chrome: false, sides: (from, end), windscreen, rear: None, panes, gaps };
        }
        let steep = s.deck_at - s.roof_to < 0.05;
        let rear = if steep {
            (s.roof_to + 0.25 * (s.deck_at - s.roof_to), s.deck_at - 0.001)
        } else {
            (s.roof_to + 0.012, s.deck_at - 0.014)
        };
        let rear = (!(panelled && dice.chance(0.5))).then_some(rear);
        panes.extend(rear.map(|(head, foot)| top(head, foot, RAIL + 0.026)));
        Glazing { chrome: dice.chance(0.25), sides: (from, end), windscreen, rear, panes, gaps: Vec::new() }
    }

    /// Adds the windows, except where a leaf carries them.
    pub(super) fn add_windows(&self, model: &mut Assembly, glazing: &Glazing, leaf: Option<&Leaf>) {
        let (finish, shell) = (&self.finish, &self.shell);
        let (from, end) = glazing.sides;
        let mut openings: Vec<_> = glazing.openings().collect();
        openings.extend(leaf.map(|leaf| leaf.outline));
        let openings = &openings;
        for side in [1.0, -1.0].into_iter().filter(|_| !self.is_open) {
            let frame = if glazing.chrome { finish.chrome } else { finish.black };
            side_frame(model.sheet(0, frame), shell, side, (from - 0.008, end + 0.004), UNDER, openings);
            if glazing.chrome {
                let (low, high) = SIDE_GLASS;
                let (size, place) = aside(side, |_| (from - 0.004, end), (low - 0.004, high + 0.002));
                lay(model.sheet(0, finish.black), shell, size, place, UNDER + 0.0015, openings);
            }
        }
        for pane in &glazing.panes {
            if leaf.is_some_and(|leaf| leaf.carries(middle(pane))) {
                continue;
            }
            let size = [steps(pane[1].x - pane[0].x, 50.0), steps(pane[3].y - pane[0].y, 26.0)];
            lay(model.sheet(0, finish.glass), shell, size, within(pane), MIDDLE, &[]);
        }
        let (foot, head) = glazing.windscreen;
        let (size, place) = across((foot - 0.006, head + 0.006), RAIL + 0.012);
        lay(model.sheet(0, finish.black), shell, size, place, UNDER, openings);
        if let Some((head, foot)) = glazing.rear {
            let (size, place) = across((head - 0.003, foot + 0.003), RAIL + 0.014);
            lay(model.sheet(0, finish.black), shell, size, place, UNDER, openings);
        }
        if let Some(bed) = self.breed.bed {
            // The bed's cover, and the gap between cab and bed.
            on_top(model.sheet(0, finish.plastic), shell, (bed + 0.02, 0.972), RAIL + 0.02, UNDER);
            for side in [1.0, -1.0] {
                on_side(model.sheet(0, finish.black), shell, side, |_| (bed, bed + 0.004), (0.2, BELT + 0.08), UNDER);
            }
        }
        for x in [-0.28, 0.18] {
            let at = |along: f32, x: f32| {
                let p = shell.around(foot + along * (head - foot), 1.0);
                Vec3::new(x, p.y + 0.012 - 0.02 * (x * x), p.z)
            };
            let wiper = [at(-0.06, x + 0.18), at(0.05, x + 0.1), at(0.07, x - 0.4)];
            model.sheet(0, finish.black).pipe(&wiper, 0.007, 5);
        }
    }

    /// u where an open roof ends.
    fn open_to(&self) -> f32 {
        self.shell.shape.deck_at - 0.006
    }

    /// Adds what an open roof shows: the edge of the body, a shelf behind the seats, and the top that is folded on it.
    pub(super) fn add_open_top<R: Rng>(&self, model: &mut Assembly, dice: &mut Dice<R>) {
        let s = &self.shell.shape;
        let (finish, shell) = (&self.finish, &self.shell);
        let (front, rear) = (s.roof_from + 0.008, self.open_to());
        // The edge covers the gap between skin and lining.
        let edge = |u: f32, v: f32, side: f32| shell.over(u, v, side, -0.008);
        for side in [1.0, -1.0] {
            let (foot, _) = self.side_glass();
            let sill: Vec<Vec3> =
                (0..=20).map(|i| edge(foot + (rear - foot) * i as f32 / 20.0, SIDE_GLASS.0, side)).collect();
            model.sheet(0, finish.black).pipe(&sill, 0.018, 6);
        }
        let across = |u: f32, from: f32| -> Vec<Vec3> {
            let half = |side: f32| (0..=8).map(move |i| edge(u, from + (1.0 - from) * i as f32 / 8.0, side));
            half(1.0).chain(half(-1.0).rev().skip(1)).collect()
        };
        model.sheet(0, finish.black).pipe(&across(front, RAIL), 0.02, 6);
        model.sheet(0, finish.black).pipe(&across(rear, SIDE_GLASS.0), 0.018, 6);
        let (low, high) = (s.roof_to + 0.6 * (s.deck_at - s.roof_to), s.deck_at);
        let [ahead, behind] = [low, high].map(|u| shell.around(u, 1.0).z);
        let height = s.belt.min(s.deck) - 0.04;
        let half = Vec3::new(0.45 * s.width, 0.02, (ahead - behind) / 2.0);
        let middle = Vec3::new(0.0, height, (ahead + behind) / 2.0);
        model.sheet(0, finish.cloth).cuboid(middle, half, Quat::IDENTITY);
        // Folded on the shelf, or under a lid.
        if dice.chance(0.6) {
            let radii = Vec3::new(0.4 * s.width, dice.range((0.08, 0.12)), 0.7 * half.z + 0.05);
            model.sheet(0, finish.cloth).ellipsoid(middle + Vec3::Y * 0.03, radii, Quat::IDENTITY, 20);
        }
    }

    pub(super) fn add_face<R: Rng>(&self, model: &mut Assembly, dice: &mut Dice<R>) {
        let s = &self.shell.shape;
        let (finish, shell) = (&self.finish, &self.shell);
        let w = s.width / 2.0;
        let mut put = |surface, x: f32, y: f32, hx: f32, hy: f32, round: f32, lift: (f32, f32)| {
            on_end(model.sheet(0, surface), shell, true, (Vec2::new(x, y), Vec2::new(hx, hy)), round, lift);
        };
        let tall = (s.bonnet - 0.72).max(0.0);
        let lamp_y = s.bonnet - dice.range((0.15, 0.20)) - 0.25 * tall;
        let (lamp_w, lamp_h) = (dice.range((0.16, 0.22)), dice.range((0.06, 0.085)) + 0.12 * tall);
        let lamp_x = 0.9 * w - lamp_w;
        let round = dice.range((0.15, 0.8));
        // Round lamps are as wide as they are high.
        let (lamp_w, lamp_h, round) =
            if dice.chance(self.breed.round_lamps) { (0.095, 0.095, 1.0) } else { (lamp_w, lamp_h, round) };
        let lamp_x = lamp_x.max(0.86 * w - lamp_w);
        for side in [1.0, -1.0] {
            let x = side * lamp_x;
            put(finish.black, x, lamp_y, lamp_w + 0.012, lamp_h + 0.012, round, (UNDER, 0.0));
            put(finish.lamp, x, lamp_y, lamp_w, lamp_h, round, (MIDDLE, 0.018));
            // Reflectors and indicator behind the lens. No dark pupil in a round lamp: that makes an eye of it.
            for (dx, size) in [(-0.42, 0.62), (0.18, 0.55)] {
                let half = lamp_h * size;
                put(finish.reflector, x + side * dx * lamp_w, lamp_y, half, half, 1.0, (OVER + 0.011, 0.006));
            }
            put(
                finish.amber,
                x + side * lamp_w * 0.72,
                lamp_y,
                lamp_w * 0.16,
                lamp_h * 0.6,
                round,
                (OVER + 0.008, 0.004),
            );
        }
        // Between the lamps the grille; below, the intake with the plate across.
        let between = lamp_x - lamp_w - 0.04;
        let grille_w = between * dice.range((0.55, 0.98));
        let grille_h = dice.range((0.04, 0.09)) + 0.35 * tall;
        let grille_y = lamp_y - dice.range((0.0, 0.05)) - 0.2 * tall;
        let bright = dice.chance(0.6);
        let frame = if bright { finish.chrome } else { finish.black };
        put(frame, 0.0, grille_y, grille_w + 0.016, grille_h + 0.014, 0.35, (UNDER, 0.0));
        put(finish.plastic, 0.0, grille_y, grille_w, grille_h, 0.35, (MIDDLE, 0.0));
        let bars = 2 + (grille_h / 0.035) as u32;
        for bar in 0..bars {
            let y = grille_y - grille_h + 2.0 * grille_h * (bar as f32 + 0.5) / bars as f32;
            put(if bright { finish.chrome } else { finish.black }, 0.0, y, grille_w * 0.94, 0.0045, 0.2, (OVER, 0.004));
        }
        put(finish.chrome, 0.0, grille_y + grille_h * 0.4, 0.05, 0.045, 1.0, (OVER + 0.006, 0.006));
        let bumper = s.clearance + 0.09 + 0.13;
        let intake = dice.range((0.42, 0.62)) * w;
        put(finish.plastic, 0.0, bumper + 0.01, intake, 0.07, 0.3, (UNDER, 0.0));
        for side in [1.0, -1.0] {
            put(finish.plastic, side * 0.73 * w, bumper + 0.03, 0.11, 0.05, 0.5, (UNDER, 0.0));
            put(finish.lamp, side * 0.73 * w, bumper + 0.03, 0.035, 0.035, 1.0, (MIDDLE, 0.008));
        }
        let plate_y = (grille_y - grille_h - 0.09).max(bumper + 0.05);
        put(finish.black, 0.0, plate_y, 0.265, 0.062, 0.08, (OVER + 0.004, 0.0));
        put(finish.plate, 0.0, plate_y, 0.255, 0.052, 0.08, (OVER + 0.007, 0.0));
        letters(model, finish.black, shell, true, Vec2::new(0.0, plate_y), dice);
    }

    pub(super) fn add_tail<R: Rng>(&self, model: &mut Assembly, dice: &mut Dice<R>) {
        let s = &self.shell.shape;
        let (finish, shell) = (&self.finish, &self.shell);
        let w = s.width / 2.0;
        let mut put = |surface, x: f32, y: f32, hx: f32, hy: f32, round: f32, lift: (f32, f32)| {
            on_end(model.sheet(0, surface), shell, false, (Vec2::new(x, y), Vec2::new(hx, hy)), round, lift);
        };
        let tall = dice.chance(self.breed.tall_lamps);
        let (lamp_w, lamp_h) = if tall {
            (dice.range((0.075, 0.10)), dice.range((0.15, 0.20)))
        } else {
            (dice.range((0.16, 0.25)), dice.range((0.06, 0.09)))
        };
        let (x, y) = (0.9 * w - lamp_w, s.deck - 0.12 - lamp_h);
        let round = dice.range((0.15, 0.7));
        for side in [1.0, -1.0] {
            put(finish.black, side * x, y, lamp_w + 0.01, lamp_h + 0.01, round, (UNDER, 0.0));
            put(finish.red, side * x, y, lamp_w, lamp_h, round, (MIDDLE, 0.02));
            let (dx, dy) = if tall { (0.0, -0.45 * lamp_h) } else { (-0.5 * lamp_w * side, 0.0) };
            let clear = if dice.chance(0.5) { finish.lamp } else { finish.amber };
            put(clear, side * x + dx, y + dy, lamp_w * 0.3, lamp_h * 0.28, round, (OVER + 0.02, 0.003));
        }
        // Plate in its recess, boot lid's lines, bumper.
        let plate_y = (y - dice.range((0.02, 0.12))).max(s.clearance + 0.34);
        let recess = if tall { 0.5 * w } else { (x - lamp_w - 0.02).max(0.28) };
        put(finish.plastic, 0.0, plate_y, recess.min(0.36), 0.082, 0.25, (UNDER, 0.0));
        put(finish.plate, 0.0, plate_y, 0.255, 0.052, 0.08, (MIDDLE, 0.0));
        let bumper = s.clearance + 0.3;
        put(finish.black, 0.0, bumper + 0.1, 0.93 * w, 0.004, 0.0, (UNDER, 0.0));
        put(finish.plastic, 0.0, bumper - 0.06, 0.72 * w, 0.06, 0.3, (UNDER, 0.0));
        for side in [1.0, -1.0] {
            put(finish.red, side * 0.8 * w, bumper + 0.01, 0.06, 0.016, 0.4, (UNDER, 0.004));
            put(
                finish.black,
                side * 0.64 * w,
                (bumper + 0.1 + s.deck) / 2.0,
                0.003,
                (s.deck - bumper - 0.18) / 2.0,
                0.0,
                (UNDER, 0.0),
            );
        }
        put(finish.chrome, 0.0, (s.deck - 0.09).max(plate_y + 0.12), 0.05, 0.04, 1.0, (UNDER, 0.006));
        letters(model, finish.black, shell, false, Vec2::new(0.0, plate_y), dice);
        let pipe = Vec3::new(0.55 * w, s.clearance + 0.12, -s.length / 2.0 + 0.1);
        model.sheet(0, finish.chrome).pipe(&[pipe + Vec3::Z * 0.2, pipe - Vec3::Z * 0.03], 0.03, 10);
    }

    pub(super) fn add_sides<R: Rng>(&self, model: &mut Assembly, dice: &mut Dice<R>, arch: f32, leaf: Option<&Leaf>) {
        let s = &self.shell.shape;
        let (finish, shell) = (&self.finish, &self.shell);
        let (_, to) = self.side_glass();
        let pillars = self.pillars();
        let hinge = self.door_hinge();
        let cladding = dice.chance(self.breed.cladding);
        let painted_mirrors = dice.chance(0.65);
        let rails = dice.chance(self.breed.rails);
        for side in [1.0, -1.0] {
            // Doors: a gap before the first, behind each pillar, and along the sill.
            let mut gaps = vec![hinge];
            gaps.extend(&pillars);
            if pillars.is_empty() {
                gaps.push(to);
            }
            let rear_axle = shell.fraction(self.axles[1]);
            let arch_u = arch / s.length;
            for (i, gap) in gaps.iter().enumerate() {
                // The last door ends before the rear wheel.
                let low = if (*gap - rear_axle).abs() < arch_u { 0.44 } else { 0.19 };
                let slant = if i == 0 { 0.0 } else { 0.004 };
                on_side(
                    model.sheet(0, finish.black),
                    shell,
                    side,
                    |up| (gap - 0.0009 + slant * up, gap + 0.0009 + slant * up),
                    (low, BELT + 0.01),
                    UNDER,
                );
            }
            let sill_to = gaps.last().copied().unwrap_or(to).min(rear_axle - arch_u);
            on_side(model.sheet(0, finish.black), shell, side, |_| (hinge, sill_to), (0.19, 0.194), UNDER);
            // A handle before the rear edge of each door.
            for window in gaps.windows(2) {
                let t = if side > 0.0 { 0.5 } else { 1.5 };
                if !leaf.is_some_and(|leaf| leaf.carries(Vec2::new(window[1] - 0.03, t))) {
                    self.add_handle(model, 0, side, window[1]);
                }
            }
            self.add_arches(model, side, arch, cladding);
            if cladding {
                let (a, b) = (shell.fraction(self.axles[0]) + arch_u, rear_axle - arch_u);
                on_side(model.sheet(0, finish.plastic), shell, side, |_| (a, b), (0.13, 0.245), UNDER + 0.001);
            }
            let root = shell.over(s.cowl_at + 0.35 * (s.roof_from - s.cowl_at), BELT + 0.015, side, 0.0);
            let pod = root + Vec3::new(side * 0.13, 0.045, 0.01);
            let surface = if painted_mirrors { finish.paint } else { finish.plastic };
            model.sheet(0, finish.plastic).pipe(&[root, pod - Vec3::new(side * 0.03, 0.02, 0.0)], 0.018, 6);
            model.sheet(0, surface).ellipsoid(
                pod,
                Vec3::new(0.105, 0.07, 0.06),
                Quat::from_rotation_y(-side * 0.15),
                12,
            );
            model.sheet(0, finish.chrome).ellipsoid(
                pod - Vec3::Z * 0.035,
                Vec3::new(0.09, 0.056, 0.03),
                Quat::IDENTITY,
                8,
            );
            if rails {
                let (a, b) = (s.roof_from + 0.05, s.roof_to - 0.04);
                let at = |u: f32, lift: f32| shell.over(u, RAIL + 0.05, side, lift);
                let rail = [at(a, 0.0), at(a + 0.015, 0.04), at((a + b) / 2.0, 0.045), at(b - 0.015, 0.04), at(b, 0.0)];
                model.sheet(0, finish.black).pipe(&bend(&rail), 0.014, 8);
            }
        }
    }

    /// A handle before the rear edge of a door, which lies at a `u`.
    pub(super) fn add_handle(&self, model: &mut Assembly, node: NodeId, side: f32, edge: f32) {
        let at = edge - 0.028;
        let point = |u: f32, lift: f32| self.shell.over(u, 0.505, side, lift);
        let surface = if self.painted_handles { self.finish.paint } else { self.finish.plastic };
        let grip =
            [point(at - 0.018, 0.004), point(at - 0.014, 0.026), point(at + 0.014, 0.026), point(at + 0.018, 0.004)];
        model.sheet(node, surface).pipe(&grip, 0.011, 6);
    }

    /// A lip around each housing: it hides where skin and housing meet, and is what one sees of an arch.
    fn add_arches(&self, model: &mut Assembly, side: f32, arch: f32, cladding: bool) {
        let shell = &self.shell;
        let thick = if cladding { 0.03 } else { 0.015 };
        let surface = if cladding { self.finish.plastic } else { self.finish.paint };
        for z in self.axles {
            let lip: Vec<Vec3> = (0..=22)
                .filter_map(|i| {
                    let angle = PI * (-0.16 + 1.32 * i as f32 / 22.0);
                    let (sin, cos) = ops::sin_cos(angle);
                    let (y, z) = (self.radius + 0.01 + (arch + 0.3 * thick) * sin, z + (arch + 0.3 * thick) * cos);
                    on_flank(shell, side, y, z).map(|p| p - Vec3::X * side * 0.45 * thick)
                })
                .collect();
            if lip.len() > 2 {
                model.sheet(0, surface).pipe(&lip, thick, 5);
            }
        }
    }
}

/// The point of a flank at a height and a place along the car; `None` below the body.
fn on_flank(shell: &Shell, side: f32, y: f32, z: f32) -> Option<Vec3> {
    let u = shell.fraction(z);
    let (mut low, mut high) = (0.15, BELT);
    if shell.over(u, low, side, 0.0).y > y {
        return None;
    }
    // The flank rises with v: halve the interval until a tenth of a millimetre is left.
    for _ in 0..14 {
        let middle = (low + high) / 2.0;
        if shell.over(u, middle, side, 0.0).y < y {
            low = middle;
        } else {
            high = middle;
        }
    }
    Some(shell.over(u, low, side, 0.0))
}

/// Seven dark strokes on a plate: at a distance, letters.
fn letters<R: Rng>(model: &mut Assembly, surface: usize, shell: &Shell, front: bool, middle: Vec2, dice: &mut Dice<R>) {
    for i in 0..7 {
        let x = (i as f32 - 3.0) * 0.062 + if i > 2 { 0.012 } else { -0.012 };
        let half = Vec2::new(dice.range((0.008, 0.018)), 0.034);
        let lift = if front { OVER + 0.009 } else { MIDDLE + 0.003 };
        let round = ops::sin(TAU * dice.range((0.0, 0.25)));
        on_end(model.sheet(0, surface), shell, front, (middle + Vec2::X * x, half), round, (lift, 0.0));
    }
}
