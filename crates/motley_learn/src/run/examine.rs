//! A trained model before pictures that it has not seen.

use std::{collections::BTreeMap, path::Path, sync::Arc};

use burn::tensor::backend::AutodiffBackend;
use crossbeam_channel::Receiver;
use image::RgbImage;
use motley_pixels::Augment;

use super::{
    Judged,
    frozen::{self, BATCH},
    judge,
    material::centre,
};
use crate::{
    backbone::Backbone,
    data::{Classes, Faults, Job, Mixture, Pipeline, Sample, Source, extract},
    device::{Device, Task},
    error::{Error, Result},
    explain::{Explained, Method, explain},
    files,
    metrics::{Evaluation, evaluate},
    model::{Card, Model},
    report::{Block, Page, Section, groups_table, mistakes_table, summary_table, test_section},
};

/// What a model is judged on.
pub enum Test {
    /// All pictures of a source that are of the model's classes.
    Pictures(Source),
    /// So many frames that come live.
    Frames(Receiver<Sample>, usize),
}

/// Judges a model on one set of pictures, on any device.
pub struct Examiner<'a> {
    /// File of the model.
    pub model: &'a Path,
    /// What the set is called.
    pub name: &'a str,
    /// The pictures.
    pub test: Test,
    /// Where features of pictures are kept, so that other heads on the same backbone are judged in no time; `None`: nowhere.
    pub cache: Option<&'a Path>,
    /// Hears how many pictures are done, of how many.
    pub listener: &'a mut dyn FnMut(usize, usize),
}

/// What came out.
#[derive(Clone, Debug)]
pub struct Examined {
    /// The model.
    pub card: Card,
    /// All measures.
    pub evaluation: Evaluation,
    /// What the model said, and the worst mistakes: their pictures where there was no cache.
    pub judged: Judged,
    /// Pictures that were left out.
    pub faults: Faults,
}

impl Examiner<'_> {
    /// Judges the model.
    ///
    /// # Errors
    /// When the model or all pictures cannot be read, or the device fails.
    pub fn run(self, device: &Device) -> Result<Examined> {
        device.run(self)
    }
}

impl Task for Examiner<'_> {
    type Output = Result<Examined>;

    fn on<B: AutodiffBackend>(self, device: &B::Device) -> Result<Examined> {
        let Self { model, name, test, cache, listener } = self;
        let model = Model::<B::InnerBackend>::load(model, device)?;
        let classes = Classes::given(model.card.classes.iter())?;
        let preprocessing = model.card.preprocessing;
        let centre = centre(&preprocessing);
        let pipeline = Pipeline { with_facts: true, ..Pipeline::new(preprocessing.crop, 0) };
        let cache = cache.map(|dir| frozen::cache(dir, &model.card, &model.classifier.backbone)).transpose()?;
        let (mixture, mut loader, total) = match test {
            Test::Pictures(source) => {
                let mixture = Arc::new(Mixture::test(source, classes, centre)?);
                mixture.warn_of_others();
                let tickets = mixture.tickets();
                let total = tickets.len();
                let loader = pipeline.files(&mixture, tickets, cache.as_ref())?;
                (mixture, loader, total)
            }
            Test::Frames(frames, total) => {
                let mixture = Arc::new(Mixture::live(classes, Augment { centre, ..Augment::none() }));
                let loader = pipeline.run(&mixture, frames.into_iter().map(Job::Live), cache.as_ref())?;
                (mixture, loader, total)
            }
        };
        let judged = match &cache {
            None => judge(&model, loader.by_ref(), BATCH, device, |done| listener(done, total))?,
            Some(cache) => {
                let net = model.classifier.backbone.clone().folded();
                let forward = |pictures: &[_]| Ok::<_, Error>(frozen::features(&net, &preprocessing, pictures, device));
                let heard = |done| listener(done, total);
                let extracted = extract(&mut loader, &mixture, Some(cache), cache.dim(), BATCH, forward, heard)?;
                let predictions = frozen::predictions(&model.classifier.head, vec![extracted], device);
                Judged { predictions, mistakes: BTreeMap::new() }
            }
        };
        let evaluation = evaluate(name, &model.card.classes, &judged.predictions)?;
        Ok(Examined { faults: loader.faults().clone(), card: model.card, evaluation, judged })
    }
}

/// Writes `tests.csv`, `report.html`, and for each test its JSON, its mistakes and its groups as CSV.
///
/// # Errors
/// When a file cannot be written.
pub fn write_examined(dir: &Path, examined: &[Examined]) -> Result<()> {
    let evaluations: Vec<Evaluation> = examined.iter().map(|one| one.evaluation.clone()).collect();
    let summary = summary_table(&evaluations);
    files::write(&dir.join("tests.csv"), summary.csv().as_bytes())?;
    let mut page = Page {
        sections: vec![Section { title: "All tests".into(), blocks: vec![Block::Table(summary)] }],
        ..Page::default()
    };
    if let Some(Examined { card, .. }) = examined.first() {
        page.title = format!("{} on {}", card.backbone, card.classes.join(", "));
        page.lead = format!("Head {}.", card.head.name());
    }
    for Examined { evaluation, judged, faults, .. } in examined {
        let summary = &evaluation.summary;
        let file = |end: &str| dir.join(format!("{}{end}", summary.test));
        let json = serde_json::to_string_pretty(evaluation).map_err(|error| Error::Training(error.to_string()))?;
        files::write(&file(".json"), json.as_bytes())?;
        judged.keep_pictures(dir, &summary.test)?;
        files::write(&file("-mistakes.csv"), mistakes_table(evaluation).csv().as_bytes())?;
        files::write(&file("-groups.csv"), groups_table(&evaluation.groupings).csv().as_bytes())?;
        page.facts.push((summary.test.clone(), format!("{:.1} %", 100.0 * summary.accuracy)));
        let mut section = test_section(evaluation, &|name| judged.mistakes.get(name).cloned())?;
        if faults.total() > 0 {
            section.blocks.insert(1, Block::Text(format!("{faults}.")));
        }
        page.sections.push(section);
    }
    page.write(&dir.join("report.html"))?;
    Ok(())
}

/// Asks a model what is on pictures, on any device.
pub struct Predictor<'a> {
    /// File of the model.
    pub model: &'a Path,
    /// The pictures.
    pub pictures: &'a [RgbImage],
}

impl Predictor<'_> {
    /// The model's card, and for each picture the probability of each class.
    ///
    /// # Errors
    /// When the model cannot be read or the device fails.
    pub fn run(self, device: &Device) -> Result<(Card, Vec<Vec<f32>>)> {
        device.run(self)
    }
}

impl Task for Predictor<'_> {
    type Output = Result<(Card, Vec<Vec<f32>>)>;

    fn on<B: AutodiffBackend>(self, device: &B::Device) -> Self::Output {
        let mut model = Model::<B::InnerBackend>::load(self.model, device)?;
        model.classifier = model.classifier.folded();
        let mut all = Vec::new();
        for pictures in self.pictures.chunks(BATCH) {
            let pictures: Vec<_> = pictures
                .iter()
                .map(|picture| (picture.as_raw().as_slice(), picture.width(), picture.height()))
                .collect();
            all.extend(model.predict(&pictures, device)?);
        }
        Ok((model.card, all))
    }
}

/// Shows where a model looks, on any device.
pub struct Explainer<'a> {
    /// File of the model.
    pub model: &'a Path,
    /// How.
    pub method: Method,
    /// The class that is looked for; `None`: the likeliest one of each picture.
    pub class: Option<&'a str>,
    /// The pictures.
    pub pictures: &'a [RgbImage],
}

impl Explainer<'_> {
    /// The model's card, and a map for each picture.
    ///
    /// # Errors
    /// When the model cannot be read, knows no such class, or the device fails.
    pub fn run(self, device: &Device) -> Result<(Card, Vec<Explained>)> {
        device.run(self)
    }
}

impl Task for Explainer<'_> {
    type Output = Result<(Card, Vec<Explained>)>;

    fn on<B: AutodiffBackend>(self, device: &B::Device) -> Self::Output {
        let model = Model::<B>::load(self.model, device)?;
        let classes = Classes::given(model.card.classes.iter())?;
        let unknown = |name: &str| {
            Error::Setting(format!("the model knows no class `{name}`; it knows: {}", model.card.classes.join(", ")))
        };
        let class = self.class.map(|name| classes.find(name).ok_or_else(|| unknown(name))).transpose()?;
        let explained = self.pictures.iter().map(|picture| explain(&model, self.method, picture, class, device));
        let explained = explained.collect::<Result<_>>()?;
        Ok((model.card, explained))
    }
}
