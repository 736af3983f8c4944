//! A report as plain data.

use std::{convert::Infallible, fs, path::Path};

use base64::{Engine, engine::general_purpose::STANDARD};
use image::{RgbImage, imageops};
use jpeg_encoder::{ColorType, Encoder};

use super::{Bars, Curve, ReportError, Table, html};

/// A report: a title, what it is about, and sections.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Page {
    /// Title.
    pub title: String,
    /// A sentence below it.
    pub lead: String,
    /// What matters most, as name and value, shown large.
    pub facts: Vec<(String, String)>,
    /// The rest.
    pub sections: Vec<Section>,
}

/// One part of a report.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Section {
    /// Title.
    pub title: String,
    /// What it holds, from top to bottom.
    pub blocks: Vec<Block>,
}

/// One thing to be looked at.
#[derive(Clone, Debug, PartialEq)]
pub enum Block {
    /// A paragraph.
    Text(String),
    /// Pictures side by side.
    Figures(Vec<Figure>),
    /// Pictures in rows of so many: what stands above each other belongs together.
    Grid(usize, Vec<Figure>),
    /// A curve.
    Curve(Curve),
    /// Bars.
    Bars(Bars),
    /// A table.
    Table(Table),
    /// A table whose numbers are shaded by their share of the row: a confusion matrix.
    Matrix(Table),
}

/// A picture with a caption, ready to be embedded.
#[derive(Clone, Debug, PartialEq)]
pub struct Figure {
    /// Words below it.
    pub caption: String,
    /// Words in its place, for those who cannot see it.
    pub alt: String,
    /// The picture as JPEG.
    pub jpeg: Vec<u8>,
    /// Width and height in pixels.
    pub size: [u32; 2],
}

impl Figure {
    /// Shrinks a picture until its longer side is at most `side` pixels.
    ///
    /// # Errors
    /// If it has no pixels.
    pub fn new(caption: impl Into<String>, image: &RgbImage, side: u32) -> Result<Self, ReportError> {
        let caption = caption.into();
        let failed = |problem: String| ReportError::Picture { caption: caption.clone(), problem };
        let longer = image.width().max(image.height());
        let scaled = |length: u32| (u64::from(length) * u64::from(side) / u64::from(longer.max(1))).max(1) as u32;
        let shrunk;
        let shown = if longer > side {
            let (width, height) = (scaled(image.width()), scaled(image.height()));
            shrunk = imageops::resize(image, width, height, imageops::FilterType::Triangle);
            &shrunk
        } else {
            image
        };
        let (Ok(width), Ok(height)) = (u16::try_from(shown.width()), u16::try_from(shown.height())) else {
            return Err(failed("it is too large for a page: give a side of at most 65535 pixels".into()));
        };
        let mut jpeg = Vec::new();
        Encoder::new(&mut jpeg, 85)
            .encode(shown, width, height, ColorType::Rgb)
            .map_err(|error| failed(error.to_string()))?;
        Ok(Self { alt: caption.clone(), caption, jpeg, size: [width.into(), height.into()] })
    }

    /// The same with other words in its place than below it.
    pub fn described(self, alt: impl Into<String>) -> Self {
        Self { alt: alt.into(), ..self }
    }

    /// The picture as a data URI.
    pub(super) fn uri(&self) -> String {
        format!("data:image/jpeg;base64,{}", STANDARD.encode(&self.jpeg))
    }
}

impl Page {
    /// One HTML file that needs no other.
    ///
    /// # Errors
    /// If a chart cannot be drawn.
    pub fn html(&self) -> Result<String, ReportError> {
        html::page(self)
    }

    /// Writes it, by way of a file beside it.
    ///
    /// # Errors
    /// If a chart cannot be drawn or the file cannot be written.
    pub fn write(&self, path: &Path) -> Result<(), ReportError> {
        let html = self.html()?;
        let temp = path.with_extension("html.tmp");
        fs::write(&temp, html).and_then(|()| fs::rename(&temp, path)).map_err(|problem| {
            // The first error is the one worth reporting.
            let _ = fs::remove_file(&temp);
            ReportError::Io { path: path.to_owned(), problem }
        })
    }

    /// Its words and tables as Markdown, without pictures and charts.
    pub fn markdown(&self) -> String {
        let Ok(text) = self.markdown_with::<Infallible>(|_| Ok(String::new()));
        text
    }

    /// Writes it as Markdown, its charts as SVG and its pictures as JPEG beside it: `report.md`, `report-01.svg` and so on.
    ///
    /// # Errors
    /// If a chart cannot be drawn or a file cannot be written.
    pub fn write_markdown(&self, path: &Path) -> Result<(), ReportError> {
        let mut beside = Beside { path, files: 0 };
        let text = self.markdown_with(|block| match block {
            Block::Curve(curve) => beside.add(&curve.title, "svg", curve.svg()?.as_bytes()),
            Block::Bars(bars) => beside.add(&bars.title, "svg", bars.svg()?.as_bytes()),
            Block::Figures(figures) | Block::Grid(_, figures) => {
                figures.iter().map(|figure| beside.add(&figure.alt, "jpg", &figure.jpeg)).collect()
            }
            Block::Text(_) | Block::Table(_) | Block::Matrix(_) => Ok(String::new()),
        })?;
        write(path, text.as_bytes())
    }

    /// As Markdown; `link` says what stands for a picture or a chart.
    fn markdown_with<E>(&self, mut link: impl FnMut(&Block) -> Result<String, E>) -> Result<String, E> {
        let mut out = format!("# {}\n\n{}\n\n", self.title, self.lead);
        for (name, value) in &self.facts {
            out += &format!("- {name}: **{value}**\n");
        }
        for section in &self.sections {
            out += &format!("\n## {}\n", section.title);
            for block in &section.blocks {
                let text = match block {
                    Block::Text(text) => format!("{text}\n"),
                    Block::Table(table) | Block::Matrix(table) => table.markdown(),
                    Block::Figures(_) | Block::Grid(..) | Block::Curve(_) | Block::Bars(_) => link(block)?,
                };
                if !text.is_empty() {
                    out += &format!("\n{text}");
                }
            }
        }
        Ok(out)
    }
}

/// Files beside a page.
struct Beside<'a> {
    path: &'a Path,
    files: usize,
}

impl Beside<'_> {
    /// Writes a file, and gives a line of Markdown that shows it.
    fn add(&mut self, title: &str, extension: &str, content: &[u8]) -> Result<String, ReportError> {
        self.files += 1;
        let stem = self.path.file_stem().map(|stem| stem.to_string_lossy()).unwrap_or_default();
        let name = format!("{stem}-{:02}.{extension}", self.files);
        write(&self.path.with_file_name(&name), content)?;
        Ok(format!("![{title}]({name})\n"))
    }
}

fn write(path: &Path, content: &[u8]) -> Result<(), ReportError> {
    fs::write(path, content).map_err(|problem| ReportError::Io { path: path.to_owned(), problem })
}
