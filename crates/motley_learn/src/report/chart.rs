//! Curves and bars as SVG.

use std::ops::Range;

use plotters::coord::ranged1d::{DefaultFormatting, KeyPointHint};
use plotters::coord::types::RangedCoordf64;
use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};

use super::ReportError;

/// Ink of axes and words: a shade that nothing else has, so that a page can let the reader's theme choose it.
const INK: RGBColor = RGBColor(0x33, 0x34, 0x35);

/// Colours that are told apart on white and on black, with normal and with impaired colour vision (Okabe & Ito 2008).
const COLOURS: [RGBColor; 7] = [
    RGBColor(0x00, 0x72, 0xb2),
    RGBColor(0xd5, 0x5e, 0x00),
    RGBColor(0x00, 0x9e, 0x73),
    RGBColor(0xcc, 0x79, 0xa7),
    RGBColor(0xe6, 0x9f, 0x00),
    RGBColor(0x56, 0xb4, 0xe9),
    RGBColor(0x80, 0x80, 0x80),
];

/// Colours of bars: none is that of an interval or a mark.
const GROUPS: [RGBColor; 4] = [COLOURS[0], COLOURS[2], COLOURS[6], COLOURS[5]];

/// Width and height of a chart in pixels.
const SIZE: (u32, u32) = (560, 320);

/// Lines over a common axis: loss by epoch, confidence against accuracy.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Curve {
    /// What it shows.
    pub title: String,
    /// What runs to the right.
    pub x: String,
    /// What runs up.
    pub y: String,
    /// Whether the horizontal axis grows by factors: `ln(1 + x)`, so that 0 has a place. It is labelled where points are.
    pub log_x: bool,
    /// Fixed range of the vertical axis; `None` fits it to the points.
    pub y_range: Option<[f64; 2]>,
    /// The lines.
    pub series: Vec<Series>,
    /// What somebody else found: dashed lines across, each with its name.
    pub levels: Vec<(String, f64)>,
}

/// One line.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Series {
    /// Its name.
    pub name: String,
    /// Points from left to right; what is not a number is left out.
    pub points: Vec<(f64, f64)>,
    /// Bounds of an interval at a place, where there is one.
    pub intervals: Vec<(f64, [f64; 2])>,
}

/// An axis that is labelled at places of its own, or evenly where there are none.
struct Axis {
    even: RangedCoordf64,
    ticks: Option<Vec<f64>>,
}

impl Ranged for Axis {
    type FormatOption = DefaultFormatting;
    type ValueType = f64;

    fn map(&self, value: &f64, limit: (i32, i32)) -> i32 {
        self.even.map(value, limit)
    }

    fn key_points<Hint: KeyPointHint>(&self, hint: Hint) -> Vec<f64> {
        match &self.ticks {
            Some(ticks) => ticks.clone(),
            None => self.even.key_points(hint),
        }
    }

    fn range(&self) -> Range<f64> {
        self.even.range()
    }
}

/// Bars side by side, with an interval each.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Bars {
    /// What they show.
    pub title: String,
    /// The bars, from top to bottom.
    pub bars: Vec<Bar>,
}

/// One bar.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Bar {
    /// What it stands for.
    pub label: String,
    /// Bars of the same number have the same colour.
    pub group: usize,
    /// 0–1.
    pub value: f64,
    /// Bounds of its interval, if it has one.
    pub interval: Option<[f64; 2]>,
    /// What somebody else found, 0–1: a mark across the bar.
    pub reference: Option<f64>,
    /// A word at its end, such as the number of pictures.
    pub note: String,
}

impl Curve {
    /// The curve as an SVG file, dark on white.
    ///
    /// # Errors
    /// If the chart cannot be drawn.
    pub fn svg(&self) -> Result<String, ReportError> {
        self.draw(true).map_err(|problem| ReportError::Chart { title: self.title.clone(), problem })
    }

    /// The curve for a page: its ink and ground are the reader's.
    pub(super) fn themed(&self) -> Result<String, ReportError> {
        self.draw(false)
            .map(|svg| theme(&svg))
            .map_err(|problem| ReportError::Chart { title: self.title.clone(), problem })
    }

    /// Where the legend hides fewest points; the lower right one of equals.
    fn emptiest_corner(&self, x: [f64; 2], y: [f64; 2]) -> SeriesLabelPosition {
        let corners = [
            (true, false, SeriesLabelPosition::LowerRight),
            (true, true, SeriesLabelPosition::UpperRight),
            (false, true, SeriesLabelPosition::UpperLeft),
            (false, false, SeriesLabelPosition::LowerLeft),
        ];
        let points: Vec<(f64, f64)> = self.series.iter().flat_map(|series| self.laid_out(series)).collect();
        let hidden = |right: bool, upper: bool| {
            let near = |value: f64, [low, high]: [f64; 2], end: bool, reach: f64| {
                let share = (value - low) / (high - low);
                if end { share > 1.0 - reach } else { share < reach }
            };
            points.iter().filter(|(px, py)| near(*px, x, right, 0.4) && near(*py, y, upper, 0.35)).count()
        };
        // There are four: the fallback never comes.
        corners
            .into_iter()
            .min_by_key(|(right, upper, _)| hidden(*right, *upper))
            .map_or(SeriesLabelPosition::LowerRight, |(.., corner)| corner)
    }

    /// Where an axis that grows by factors is labelled; `None` for any other.
    fn ticks(&self, [low, high]: [f64; 2]) -> Option<Vec<f64>> {
        if !self.log_x {
            return None;
        }
        let mut ticks: Vec<f64> =
            self.series.iter().flat_map(|series| self.laid_out(series)).map(|point| point.0).collect();
        ticks.sort_by(f64::total_cmp);
        // Labels that would run into each other are left out.
        ticks.dedup_by(|next, before| *next - *before < 0.04 * (high - low));
        Some(ticks)
    }

    /// Where a value lies along the horizontal axis.
    fn place(&self, x: f64) -> f64 {
        if self.log_x { x.max(0.0).ln_1p() } else { x }
    }

    /// Points of a series as they are laid out, without what is not a number.
    fn laid_out(&self, series: &Series) -> Vec<(f64, f64)> {
        let points = series.points.iter().map(|&(x, y)| (self.place(x), y));
        points.filter(|(x, y)| x.is_finite() && y.is_finite()).collect()
    }

    fn draw(&self, white: bool) -> Result<String, String> {
        let points: Vec<(f64, f64)> = self.series.iter().flat_map(|series| self.laid_out(series)).collect();
        let all = || points.iter();
        let x = range(all().map(|point| point.0));
        let y = self.y_range.unwrap_or_else(|| {
            let bounds = self.series.iter().flat_map(|series| series.intervals.iter().flat_map(|(_, bounds)| *bounds));
            let levels = self.levels.iter().map(|level| level.1);
            let [low, high] = range(all().map(|point| point.1).chain(bounds).chain(levels));
            // Nothing lies on the border.
            let margin = 0.05 * (high - low);
            [if low >= 0.0 { (low - margin).max(0.0) } else { low - margin }, high + margin]
        });
        let mut out = String::new();
        let failed = |error: DrawingAreaErrorKind<_>| -> String { format!("{error:?}") };
        {
            let root = SVGBackend::with_string(&mut out, SIZE).into_drawing_area();
            if white {
                root.fill(&WHITE).map_err(failed)?;
            }
            let mut chart = ChartBuilder::on(&root)
                .margin(12)
                .margin_right(24)
                .x_label_area_size(40)
                .y_label_area_size(56)
                .caption(&self.title, text(17))
                .build_cartesian_2d(Axis { even: (x[0]..x[1]).into(), ticks: self.ticks(x) }, y[0]..y[1])
                .map_err(failed)?;
            chart
                .configure_mesh()
                .bold_line_style(INK.mix(0.18))
                .light_line_style(TRANSPARENT)
                .axis_style(INK)
                .label_style(text(13))
                .axis_desc_style(text(13))
                .x_desc(&self.x)
                .y_desc(&self.y)
                .x_label_formatter(&|value| {
                    tick(if self.log_x { (value.exp_m1() * 1e6).round() / 1e6 } else { *value })
                })
                .y_label_formatter(&|value| tick(*value))
                .x_labels(8)
                .y_labels(7)
                .draw()
                .map_err(failed)?;
            for (series, colour) in self.series.iter().zip(COLOURS.iter().cycle()) {
                let points = self.laid_out(series);
                chart
                    .draw_series(LineSeries::new(points.iter().copied(), colour.stroke_width(2)))
                    .map_err(failed)?
                    .label(&series.name)
                    .legend(|(x, y)| PathElement::new([(x, y), (x + 18, y)], colour.stroke_width(3)));
                for &(at, [low, high]) in &series.intervals {
                    let at = self.place(at);
                    let cap = 0.006 * (x[1] - x[0]);
                    for line in [
                        [(at, low), (at, high)],
                        [(at - cap, low), (at + cap, low)],
                        [(at - cap, high), (at + cap, high)],
                    ] {
                        chart.draw_series([PathElement::new(line, colour.stroke_width(1))]).map_err(failed)?;
                    }
                }
                // A single point makes no line.
                if points.len() < 40 {
                    chart.draw_series(points.iter().map(|&at| Circle::new(at, 3, colour.filled()))).map_err(failed)?;
                }
            }
            for (name, value) in &self.levels {
                let line = DashedLineSeries::new([(x[0], *value), (x[1], *value)], 5, 4, INK.mix(0.6).stroke_width(1));
                chart.draw_series(line).map_err(failed)?;
                let words = text(12).pos(Pos::new(HPos::Left, VPos::Bottom));
                let start = (x[0] + 0.01 * (x[1] - x[0]), *value);
                chart.draw_series([Text::new(name.clone(), start, words)]).map_err(failed)?;
            }
            if self.series.len() > 1 {
                let legend = self.emptiest_corner(x, y);
                chart
                    .configure_series_labels()
                    .position(legend)
                    .label_font(text(13))
                    .border_style(INK.mix(0.3))
                    .draw()
                    .map_err(failed)?;
            }
            root.present().map_err(failed)?;
        }
        Ok(out)
    }
}

impl Bars {
    /// The bars as an SVG file, dark on white.
    ///
    /// # Errors
    /// If the chart cannot be drawn.
    pub fn svg(&self) -> Result<String, ReportError> {
        self.draw(true).map_err(|problem| ReportError::Chart { title: self.title.clone(), problem })
    }

    /// The bars for a page.
    pub(super) fn themed(&self) -> Result<String, ReportError> {
        self.draw(false)
            .map(|svg| theme(&svg))
            .map_err(|problem| ReportError::Chart { title: self.title.clone(), problem })
    }

    fn draw(&self, white: bool) -> Result<String, String> {
        const ROW: i32 = 24;
        /// Most letters of a label, and the width of one.
        const LABEL: usize = 40;
        const LETTER: i32 = 7;
        /// For what stands at the right end.
        const NOTE: i32 = 130;
        let longest = self.bars.iter().map(|bar| bar.label.chars().count().min(LABEL)).max().unwrap_or(0);
        let left = 16 + LETTER * longest as i32;
        let length = f64::from(SIZE.0 as i32 - NOTE - left);
        let head = if self.title.is_empty() { 8 } else { 34 };
        let size = (SIZE.0, (head + ROW * self.bars.len() as i32 + 8) as u32);
        let mut out = String::new();
        let failed = |error: DrawingAreaErrorKind<_>| -> String { format!("{error:?}") };
        {
            let root = SVGBackend::with_string(&mut out, size).into_drawing_area();
            if white {
                root.fill(&WHITE).map_err(failed)?;
            }
            let words = |at: HPos| text(13).pos(Pos::new(at, VPos::Center));
            root.draw(&Text::new(self.title.clone(), (8, 8), text(17))).map_err(failed)?;
            let across = |value: f64| left + (value.clamp(0.0, 1.0) * length) as i32;
            for (row, bar) in self.bars.iter().enumerate() {
                let top = head + ROW * row as i32;
                let middle = top + ROW / 2;
                let label = shorten(&bar.label, LABEL);
                root.draw(&Text::new(label, (left - 8, middle), words(HPos::Right))).map_err(failed)?;
                let box_of = |to, style| Rectangle::new([(left, top + 4), (across(to), top + ROW - 4)], style);
                root.draw(&box_of(1.0, INK.mix(0.08).filled())).map_err(failed)?;
                root.draw(&box_of(bar.value, GROUPS[bar.group % GROUPS.len()].filled())).map_err(failed)?;
                if let Some([low, high]) = bar.interval {
                    // Light beneath dark, so that it shows on the bar and beside it.
                    let line = [(across(low), middle), (across(high), middle)];
                    root.draw(&PathElement::new(line, WHITE.stroke_width(4))).map_err(failed)?;
                    root.draw(&PathElement::new(line, COLOURS[1].stroke_width(2))).map_err(failed)?;
                }
                if let Some(reference) = bar.reference {
                    let x = across(reference);
                    let line = [(x, top + 1), (x, top + ROW - 1)];
                    root.draw(&PathElement::new(line, WHITE.stroke_width(5))).map_err(failed)?;
                    root.draw(&PathElement::new(line, COLOURS[3].stroke_width(3))).map_err(failed)?;
                }
                // A half is rounded up, whatever its binary form, as in the tables beside.
                let percent = 100.0 * bar.value + 1e-7;
                let note = if bar.note.is_empty() {
                    format!("{percent:.1} %")
                } else {
                    format!("{percent:.1} %  {}", bar.note)
                };
                root.draw(&Text::new(note, (across(1.0) + 8, middle), words(HPos::Left))).map_err(failed)?;
            }
            root.present().map_err(failed)?;
        }
        Ok(out)
    }
}

fn text(size: i32) -> TextStyle<'static> {
    ("sans-serif", size).into_font().color(&INK)
}

/// A number on an axis: no more digits than it needs.
fn tick(value: f64) -> String {
    let text = format!("{value:.4}");
    let short = text.trim_end_matches('0').trim_end_matches('.');
    if short == "-0" { "0".to_owned() } else { short.to_owned() }
}

/// The ink becomes that of the page.
fn theme(svg: &str) -> String {
    svg.replace("#333435", "currentColor")
}

fn shorten(label: &str, most: usize) -> String {
    if label.chars().count() <= most {
        return label.to_owned();
    }
    label.chars().take(most - 1).chain(['…']).collect()
}

/// Lowest and highest, apart even where there is one value or none.
fn range(values: impl Iterator<Item = f64>) -> [f64; 2] {
    let [low, high] = values.fold([f64::MAX, f64::MIN], |[low, high], value| [low.min(value), high.max(value)]);
    match (low <= high, low == high) {
        (false, _) => [0.0, 1.0],
        (true, true) => [low - 0.5, high + 0.5],
        (true, false) => [low, high],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn curve() -> Curve {
        let points = |factor: f64| (0..10).map(|i| (f64::from(i), factor / f64::from(i + 1))).collect();
        Curve {
            title: "Loss <by> epoch".into(),
            x: "epoch".into(),
            y: "loss".into(),
            series: vec![
                Series { name: "train".into(), points: points(1.0), ..Series::default() },
                Series { name: "val & more".into(), points: points(1.5), ..Series::default() },
            ],
            ..Curve::default()
        }
    }

    #[test]
    fn a_curve_is_svg_with_its_words() {
        let svg = curve().svg().unwrap();
        assert!(svg.starts_with("<svg") && svg.trim_end().ends_with("</svg>"));
        for word in ["epoch", "loss", "train", "Loss &lt;by&gt; epoch", "val &amp; more"] {
            assert!(svg.contains(word), "{word}");
        }
        assert!(svg.matches("<polyline").count() > 1);
        assert!(!curve().themed().unwrap().contains("#333435"));
    }

    #[test]
    fn an_axis_by_factors_is_labelled_where_points_are() {
        let points = [0.0, 10.0, 250.0].map(|x| (x, 0.5)).to_vec();
        let svg = Curve {
            log_x: true,
            y_range: Some([0.2, 0.8]),
            series: vec![Series { name: "one".into(), points, ..Series::default() }],
            ..curve()
        }
        .svg()
        .unwrap();
        let labels: Vec<&str> = svg.lines().map(str::trim).filter(|line| ["0", "10", "250"].contains(line)).collect();
        assert_eq!(labels, ["0", "10", "250"], "{svg}");
    }

    #[test]
    fn levels_and_intervals_are_drawn_and_have_room() {
        let mut curve = curve();
        let plain = curve.svg().unwrap();
        curve.levels = vec![("the paper".into(), 3.0)];
        curve.series[0].intervals = vec![(9.0, [0.05, 0.2])];
        let svg = curve.svg().unwrap();
        assert!(svg.contains("the paper"));
        // Dashes, a line and its two caps.
        let lines = |svg: &str| svg.matches("<polyline").count() + svg.matches("<line").count();
        assert!(lines(&svg) > lines(&plain) + 3);
        // The axis reaches the level.
        assert!(svg.lines().any(|line| line.trim() == "3") && !plain.lines().any(|line| line.trim() == "3"));
    }

    #[test]
    fn odd_points_are_no_trouble() {
        for points in
            [vec![], vec![(1.0, 2.0)], vec![(0.0, f64::NAN), (1.0, f64::INFINITY)], vec![(3.0, 3.0), (3.0, 3.0)]]
        {
            let series = vec![Series { name: "one".into(), points, ..Series::default() }];
            assert!(Curve { series, ..curve() }.svg().is_ok());
        }
        assert!(Curve { series: Vec::new(), ..curve() }.svg().is_ok());
    }

    #[test]
    fn bars_show_value_interval_and_note() {
        let bar = Bar {
            group: 0,
            label: "tabby".into(),
            value: 0.875,
            interval: Some([0.7, 0.95]),
            reference: Some(0.9),
            note: "of 40".into(),
        };
        let svg = Bars { title: "Breeds".into(), bars: vec![bar.clone(), bar] }.svg().unwrap();
        assert!(svg.contains("87.5 %  of 40") && svg.contains("tabby") && svg.contains("Breeds"));
        assert!(Bars::default().svg().is_ok());
        assert_eq!(shorten("a very long name", 7), "a very…");
    }
}
