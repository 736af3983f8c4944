//! What stands open: a door, the bonnet or the boot.

use bevy_math::{Quat, Vec2, Vec3};
use rand::Rng;

use super::{
    Car,
    fittings::{Glazing, MIDDLE, UNDER, lay, middle, side_frame, within},
    shell::{BELT, RAIL, Shell},
};
use crate::vehicles::{
    breed::Dice,
    build::{Assembly, NodeId, Sheet, SurfaceId},
};

/// Thickness of a leaf, metres.
const THICK: f32 = 0.035;
/// A leaf is laid out with so many rows and columns.
const SIZE: [usize; 2] = [14, 14];

/// Something that stands open.
pub(super) struct Leaf {
    pub(super) kind: Kind,
    /// Its edge in (u, t).
    pub(super) outline: [Vec2; 4],
    /// How far it is open, radians.
    angle: f32,
}

/// What can stand open.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    LeftDoor,
    RightDoor,
    Bonnet,
    Boot,
}

impl Leaf {
    /// Whether it carries what lies at (u, t).
    pub(super) fn carries(&self, place: Vec2) -> bool {
        let (low, high) = (self.outline[0], self.outline[2]);
        (low.x..high.x).contains(&place.x) && (low.y..high.y).contains(&place.y)
    }
}

impl Car<'_> {
    /// Draws what stands open: mostly nothing.
    pub(super) fn draw_leaf<R: Rng>(&self, dice: &mut Dice<R>) -> Option<Leaf> {
        let s = &self.shell.shape;
        let rectangle = |u: (f32, f32), t: (f32, f32)| {
            [(u.0, t.0), (u.1, t.0), (u.1, t.1), (u.0, t.1)].map(|(u, t)| Vec2::new(u, t))
        };
        let kind = dice.pick(&[
            (None, 90.0),
            (Some(Kind::LeftDoor), 3.0),
            (Some(Kind::RightDoor), 3.0),
            (Some(Kind::Bonnet), 2.0),
            (Some(Kind::Boot), 2.0),
        ])?;
        let angle = dice.range((0.45, 1.1));
        let (low, high) = (0.195, RAIL - 0.004);
        let outline = match kind {
            Kind::LeftDoor | Kind::RightDoor => {
                let u = (self.door_hinge(), *self.pillars().first()?);
                rectangle(u, if kind == Kind::LeftDoor { (low, high) } else { (2.0 - high, 2.0 - low) })
            }
            Kind::Bonnet => rectangle((0.055, s.cowl_at - 0.025), (0.7, 1.3)),
            // Of a car without one the tailgate would have to open, glass and all.
            Kind::Boot if self.has_boot() && self.breed.bed.is_none() && s.deck_at < 0.88 => {
                rectangle((s.deck_at + 0.012, 0.975), (0.7, 1.3))
            }
            Kind::Boot => return None,
        };
        Some(Leaf { kind, outline, angle })
    }

    /// Adds it, turned about its hinge, on a node of its own.
    pub(super) fn add_leaf(&self, model: &mut Assembly, leaf: &Leaf, glazing: &Glazing) {
        let (finish, shell) = (&self.finish, &self.shell);
        let [a, b, ..] = leaf.outline;
        let (name, hinge, axis, angle) = match leaf.kind {
            Kind::LeftDoor => ("left_door", Vec2::new(a.x, BELT), Vec3::Y, -leaf.angle),
            Kind::RightDoor => ("right_door", Vec2::new(a.x, 2.0 - BELT), Vec3::Y, leaf.angle),
            Kind::Bonnet => ("bonnet", Vec2::new(b.x, 1.0), Vec3::X, -leaf.angle),
            Kind::Boot => ("boot", Vec2::new(a.x, 1.0), Vec3::X, leaf.angle),
        };
        let hinge = shell.above(hinge, 0.0);
        let node = model.node(name, Some(0), hinge);
        let place = within(&leaf.outline);
        let panes: Vec<[Vec2; 4]> = glazing.panes.iter().copied().filter(|pane| leaf.carries(middle(pane))).collect();
        lay(model.sheet(node, finish.paint), shell, SIZE, &place, 0.0, &panes);
        // The inner face looks the other way.
        let back = |p: Vec2| place(Vec2::new(1.0 - p.x, p.y));
        lay(model.sheet(node, finish.plastic), shell, SIZE, back, -THICK, &panes);
        rim(model, node, finish.plastic, shell, &leaf.outline);
        if matches!(leaf.kind, Kind::LeftDoor | Kind::RightDoor) {
            let side = if leaf.kind == Kind::LeftDoor { 1.0 } else { -1.0 };
            side_frame(model.sheet(node, finish.black), shell, side, (a.x + 0.004, b.x - 0.004), UNDER, &panes);
            self.add_handle(model, node, side, b.x);
        }
        for pane in &panes {
            lay(model.sheet(node, finish.glass), shell, [4, 4], within(pane), MIDDLE, &[]);
        }
        model.turn(node, hinge, Quat::from_axis_angle(axis, angle));
    }

    /// Adds the engine that an open bonnet shows.
    pub(super) fn add_engine(&self, model: &mut Assembly) {
        let s = &self.shell.shape;
        let at = |u: f32, y: f32| Vec3::new(0.0, y, self.shell.around(u, 1.0).z);
        let block = at(0.5 * s.cowl_at + 0.03, s.bonnet - 0.2);
        model.sheet(0, self.finish.plastic).cuboid(block, Vec3::new(0.28, 0.12, 0.24), Quat::IDENTITY);
        let half = Vec3::new(0.1, 0.09, 0.12);
        model.sheet(0, self.finish.black).cuboid(block + Vec3::new(0.48, 0.02, -0.1), half, Quat::IDENTITY);
        model.sheet(0, self.finish.chrome).pipe(
            &[block + Vec3::new(-0.5, 0.06, 0.15), block + Vec3::new(0.1, 0.12, 0.2)],
            0.035,
            8,
        );
    }
}

/// The edge of a leaf, all around, between its outer and its inner face.
fn rim(model: &mut Assembly, node: NodeId, surface: SurfaceId, shell: &Shell, outline: &[Vec2; 4]) {
    let sheet: &mut Sheet = model.sheet(node, surface);
    let steps = SIZE[0];
    for (i, from) in outline.iter().enumerate() {
        let to = outline[(i + 1) % 4];
        // The outline runs clockwise as seen from outside.
        sheet.patch(steps, 1, |p| shell.above(from.lerp(to, p.x), -THICK * p.y));
    }
}
