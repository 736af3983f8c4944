//! A distribution of one number: its kind, its numbers, and what it draws.

use bevy_egui::egui::{self, Color32, Id, Rect, Response, Sense, Ui, Vec2};
use motley_scene::{distribution::Scalar, field::Limits, stream::stream};

use super::{drag, labelled};

/// Draws in a histogram.
pub const DRAWS: u64 = 2000;
/// Its bars.
const BARS: usize = 40;

/// Kinds of distributions, in the order of the picker.
const KINDS: [&str; 7] = ["Constant", "Uniform", "Normal", "Truncated normal", "Log-uniform", "Choice", "Sequence"];

fn kind(scalar: &Scalar) -> usize {
    match scalar {
        Scalar::Constant(_) => 0,
        Scalar::Uniform { .. } => 1,
        Scalar::Normal { .. } => 2,
        Scalar::TruncatedNormal { .. } => 3,
        Scalar::LogUniform { .. } => 4,
        Scalar::Choice(_) => 5,
        Scalar::Sequence(_) => 6,
    }
}

/// Can a field with these limits be of this kind? The bell curve without bounds needs a field without bounds.
fn fits(kind: usize, limits: &Limits) -> bool {
    match kind {
        2 => !limits.min.is_finite() && !limits.max.is_finite(),
        4 => limits.max > 0.0,
        _ => true,
    }
}

/// A distribution of another kind that draws much the same values.
#[expect(clippy::cast_possible_truncation, reason = "limits of fields are small numbers")]
pub fn become_kind(scalar: &Scalar, kind: usize, limits: &Limits) -> Scalar {
    let middle = tidy(f64::from(scalar.middle()));
    let (mut min, mut max) = match scalar {
        Scalar::Normal { mean, sd } => (mean - 2.0 * sd, mean + 2.0 * sd),
        other => other.support(),
    };
    if min >= max {
        let around = (middle.abs() * 0.25).max(0.1);
        (min, max) = (middle - around, middle + around);
    }
    let within = |value: f32| value.clamp(limits.min as f32, limits.max as f32);
    (min, max) = (within(min), within(max));
    let sd = ((max - min) / 4.0).max(1e-3);
    match kind {
        0 => Scalar::Constant(middle),
        1 => Scalar::Uniform { min, max },
        2 => Scalar::Normal { mean: middle, sd },
        3 => Scalar::TruncatedNormal { mean: middle.clamp(min, max), sd, min, max },
        4 => {
            let max = max.max(1e-3);
            Scalar::LogUniform { min: min.clamp(max / 100.0, max), max }
        }
        5 => Scalar::Choice(vec![(min, 1.0), (max, 1.0)]),
        _ => Scalar::Sequence(vec![min, max]),
    }
}

/// The whole widget.
pub fn scalar_ui(ui: &mut Ui, scalar: &mut Scalar, limits: &Limits, label: Option<&Response>) {
    ui.horizontal_wrapped(|ui| {
        let now = kind(scalar);
        let combo = egui::ComboBox::from_id_salt("kind").width(96.0).selected_text(KINDS[now]).show_ui(ui, |ui| {
            for (number, name) in KINDS.iter().enumerate().filter(|(number, _)| fits(*number, limits)) {
                if ui.selectable_label(number == now, *name).clicked() && number != now {
                    *scalar = become_kind(scalar, number, limits);
                }
            }
        });
        labelled(combo.response, label);
        numbers_ui(ui, scalar, limits, label);
    });
    if !matches!(scalar, Scalar::Constant(_)) {
        histogram_ui(ui, scalar);
    }
}

fn numbers_ui(ui: &mut Ui, scalar: &mut Scalar, limits: &Limits, label: Option<&Response>) {
    match scalar {
        Scalar::Constant(value) => {
            one_ui(ui, value, limits, label);
        }
        Scalar::Uniform { min, max } => ends_ui(ui, min, max, limits, label),
        Scalar::LogUniform { min, max } => {
            ends_ui(ui, min, max, &Limits { min: limits.min.max(1e-6), ..*limits }, label);
        }
        Scalar::Normal { mean, sd } => bell_ui(ui, mean, sd, limits, label),
        Scalar::TruncatedNormal { mean, sd, min, max } => {
            bell_ui(ui, mean, sd, limits, label);
            ends_ui(ui, min, max, limits, label);
            // Outside its ends next to nothing would be left of it.
            *mean = mean.clamp(*min, *max);
        }
        Scalar::Choice(options) => {
            let weight = Limits { min: 0.0, max: 1e6, unit: "" };
            let many = options.len();
            let mut removed = None;
            for (at, (value, share)) in options.iter_mut().enumerate() {
                one_ui(ui, value, limits, label);
                ui.weak("×");
                one_ui(ui, share, &weight, label);
                if many > 1 && ui.small_button("−").on_hover_text("Remove this value").clicked() {
                    removed = Some(at);
                }
                ui.end_row();
            }
            if let Some(at) = removed {
                options.remove(at);
            }
            if options.iter().all(|(_, share)| *share <= 0.0)
                && let Some(first) = options.first_mut()
            {
                first.1 = 1.0;
            }
            if ui.small_button("+").on_hover_text("Add a value and its weight").clicked() {
                options.push((options.last().map_or(0.0, |last| last.0), 1.0));
            }
        }
        Scalar::Sequence(values) => {
            let mut removed = None;
            let many = values.len();
            for (at, value) in values.iter_mut().enumerate() {
                one_ui(ui, value, limits, label);
                if many > 1 && ui.small_button("−").on_hover_text("Remove this value").clicked() {
                    removed = Some(at);
                }
            }
            if let Some(at) = removed {
                values.remove(at);
            }
            if ui.small_button("+").on_hover_text("Add a value").clicked() {
                values.push(values.last().copied().unwrap_or_default());
            }
        }
    }
}

/// Rounds to what is shown, so that the text of the scene stays short.
#[expect(clippy::cast_possible_truncation, reason = "fields are of single precision")]
fn tidy(value: f64) -> f32 {
    ((value * 1e4).round() / 1e4) as f32
}

fn one_ui(ui: &mut Ui, value: &mut f32, limits: &Limits, label: Option<&Response>) -> Response {
    // The shortest decimal that is this number: 0.2 is shown as 0.2 and not as 0.200000003.
    let mut shown: f64 = value.to_string().parse().unwrap_or(f64::from(*value));
    let response = labelled(ui.add(drag(&mut shown, limits)), label);
    if response.changed() {
        *value = tidy(shown);
    }
    response
}

/// The ends of a range push each other.
fn ends_ui(ui: &mut Ui, min: &mut f32, max: &mut f32, limits: &Limits, label: Option<&Response>) {
    if one_ui(ui, min, limits, label).changed() {
        *max = max.max(*min);
    }
    ui.weak("to");
    if one_ui(ui, max, limits, label).changed() {
        *min = min.min(*max);
    }
}

fn bell_ui(ui: &mut Ui, mean: &mut f32, sd: &mut f32, limits: &Limits, label: Option<&Response>) {
    one_ui(ui, mean, limits, label);
    ui.weak("±");
    one_ui(ui, sd, &Limits { min: 0.0, ..*limits }, label).on_hover_text("Standard deviation");
}

/// What a distribution draws.
#[derive(Clone, Debug, PartialEq)]
struct Histogram {
    of: Scalar,
    min: f32,
    max: f32,
    bars: [u32; BARS],
}

impl Histogram {
    fn new(scalar: &Scalar) -> Self {
        let draws: Vec<f32> =
            (0..DRAWS).map(|index| scalar.draw(&mut stream(0, index, "histogram", 0), index)).collect();
        let (min, max) =
            draws.iter().fold((f32::INFINITY, f32::NEG_INFINITY), |(min, max), draw| (min.min(*draw), max.max(*draw)));
        let mut bars = [0; BARS];
        for draw in draws {
            let place = (draw - min) / (max - min).max(f32::MIN_POSITIVE) * BARS as f32;
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "0 to the number of bars")]
            let place = (place as usize).min(BARS - 1);
            bars[place] += 1;
        }
        Self { of: scalar.clone(), min, max, bars }
    }
}

/// A histogram, drawn anew only when the distribution has changed.
fn histogram_ui(ui: &mut Ui, scalar: &Scalar) {
    let id: Id = ui.id().with("histogram");
    let there = ui.data(|data| data.get_temp::<std::sync::Arc<Histogram>>(id)).filter(|there| there.of == *scalar);
    let histogram = there.unwrap_or_else(|| {
        let new = std::sync::Arc::new(Histogram::new(scalar));
        ui.data_mut(|data| data.insert_temp(id, new.clone()));
        new
    });
    let width = ui.available_width().min(240.0);
    let (rect, response) = ui.allocate_exact_size(Vec2::new(width, 22.0), Sense::hover());
    response.on_hover_text(format!("{DRAWS} draws, from {:.3} to {:.3}", histogram.min, histogram.max));
    let most = histogram.bars.iter().copied().max().unwrap_or(1).max(1) as f32;
    let colour: Color32 = ui.visuals().selection.bg_fill;
    let step = rect.width() / BARS as f32;
    for (at, count) in histogram.bars.iter().enumerate().filter(|(_, count)| **count > 0) {
        let left = rect.left() + at as f32 * step;
        let height = (*count as f32 / most * rect.height()).max(1.0);
        let bar = Rect::from_min_max(
            egui::pos2(left, rect.bottom() - height),
            egui::pos2(left + (step - 1.0).max(1.0), rect.bottom()),
        );
        ui.painter().rect_filled(bar, 0.0, colour);
    }
    ui.painter().hline(rect.x_range(), rect.bottom(), ui.visuals().widgets.noninteractive.bg_stroke);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_becomes_every_other_and_can_be_read() {
        let limits = Limits { min: 0.0, max: 10.0, unit: "" };
        for from in 0..KINDS.len() {
            let first = become_kind(&Scalar::uniform(1.0, 3.0), from, &limits);
            assert_eq!(kind(&first), from);
            for to in (0..KINDS.len()).filter(|to| fits(*to, &limits)) {
                let second = become_kind(&first, to, &limits);
                assert_eq!(kind(&second), to);
                let mut text = String::new();
                motley_scene::field::Field::write(&second, &mut text, 0);
                let text = format!("(classes: [(name: \"cat\")], sky: (brightness: {text}))");
                let (_, faults) = motley_scene::scene::Scene::parse(&text);
                assert!(faults.is_empty(), "{text}: {:?}", faults.into_sorted());
            }
        }
    }

    #[test]
    fn a_histogram_counts_all_draws() {
        let histogram = Histogram::new(&Scalar::Choice(vec![(0.0, 3.0), (1.0, 1.0)]));
        assert_eq!(u64::from(histogram.bars.iter().sum::<u32>()), DRAWS);
        let share = f64::from(histogram.bars[0]) / DRAWS as f64;
        assert!((0.7..0.8).contains(&share), "{share}");
        assert_eq!(histogram.bars[1..BARS - 1].iter().sum::<u32>(), 0);
    }
}
