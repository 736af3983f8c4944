//! Searches the switches and ranges of a scene for accuracy on real photos.
//!
//! The method is successive halving (Karnin, Koren & Somekh 2013; Jamieson & Talwalkar 2016) around the best scene so far:
//!
//! 1. The photos are cut in two: one half to search by, one half to judge by, which the search never sees.
//! 2. A round takes the best scene so far and [`CHILDREN`] that differ from it in a few dials ([`space`]). All draw few frames, the same
//!    for each but for what differs; the better third draws three times as many; the best of those draws three times as many
//!    again, and takes the place of the best so far if it still is better.
//! 3. A scene is judged by nearest class means of a frozen backbone's features: nothing is trained, so that a difference is one of the
//!    frames. Features are kept, and so is every verdict: what was interrupted goes on where it was.
//! 4. When the time is over, the best scene and the one that was given draw fresh frames, and are compared on the other half.

pub mod space;

use std::{
    ops::ControlFlow,
    path::{Path, PathBuf},
    time::Instant,
};

use motley_learn::{
    data::{Classes, Source},
    device::Device,
    files,
    head::HeadKind,
    report::{Bar, Bars, Block, Page, Section, Table},
    run::{Learns, Plan},
};
use motley_pixels::Augment;
use motley_scene::{
    rewrite::rewrite,
    scene::Scene,
    source::{Faults, Node},
};
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::{
    cell::{CellResult, Run, Shelf, hash, read_json, write_json},
    error::{Error, Result},
    fingerprint::Fingerprints,
    frames::{Draw, Frames},
    lab::{Listener, Progress, hold},
    ledger::{self, Ledger},
    statistics::{Difference, Outcomes, compare, interval},
    study::open,
};

/// Name of the file that says how long a search has taken.
pub(crate) const SPENT: &str = "spent.json";
/// Scenes that a round tries besides the best so far.
pub const CHILDREN: usize = 8;
/// Of so many scenes one goes on, with as many times more frames.
const HALVING: usize = 3;
/// Times that both scenes are drawn anew in the end.
const REPEATS: u64 = 3;
/// Added to the seed for frames of the end.
const END_SEED: u64 = 2_000_003;

/// Searches a scene.
pub struct Tuner<'a> {
    /// Text of the scene.
    pub text: String,
    /// Folder that its packs are relative to.
    pub base: &'a Path,
    /// Folder of photos to search and to judge by.
    pub real: &'a Path,
    /// Folder of the search.
    pub out: &'a Path,
    /// Name of the frozen backbone.
    pub backbone: String,
    /// Its weights; `None` for a network that has none.
    pub weights: Option<PathBuf>,
    /// Folder that keeps features.
    pub features: Option<PathBuf>,
    /// Frames of each class in a round's last step, at least 9.
    pub frames: u64,
    /// Time for the search in minutes, that of earlier calls included; the end takes some more.
    pub minutes: f64,
    /// Seed of all draws.
    pub seed: u64,
    /// What computes.
    pub device: &'a Device,
    /// Draws frames.
    pub draw: &'a mut Draw<'a>,
    /// Hears everything; may ask to stop.
    pub listener: &'a mut Listener<'a>,
}

/// What was tried.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Trial {
    /// Number of the round, from 0.
    pub round: u64,
    /// Frames of each class.
    pub frames: u64,
    /// What differs from the scene that was given: paths and what stands there.
    pub changes: Vec<String>,
    /// Share of right answers on the half to search by.
    pub accuracy: f64,
    /// Area under the ROC curve there.
    pub auc: f64,
}

/// What came out of a search.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Tuned {
    /// Rounds that were begun.
    pub rounds: u64,
    /// Everything that was tried.
    pub trials: Vec<Trial>,
    /// What differs from the scene that was given: paths and what stands there; empty: nothing better was found.
    pub changes: Vec<String>,
    /// Share of right answers of the scene that was given, on the half that the search did not see, and its bounds at 95 %.
    pub given: (f64, [f64; 2]),
    /// The same of the best scene.
    pub best: (f64, [f64; 2]),
    /// The best scene against the given one.
    pub difference: Option<Difference>,
    /// Photos of that half.
    pub photos: usize,
}

/// A scene with its score.
#[derive(Clone)]
struct Scored {
    scene: Scene,
    score: (f64, f64),
}

/// Time that a search has taken.
#[derive(Default, Serialize, Deserialize)]
struct Spent {
    seconds: f64,
    /// Hash of the scene that was given and of the photos.
    of: String,
}

impl Tuner<'_> {
    /// Searches until the time is over, notes the command by which it was asked to, and writes `best.scene.ron`, `evidence.json`, `trials.csv` and `report.html`.
    ///
    /// # Errors
    /// When the scene has faults, photos or weights are missing, a file cannot be written, or somebody asked to stop.
    pub fn run(self, command: &str) -> Result<Tuned> {
        let (given, faults) = Scene::parse(&self.text);
        let given = match given {
            Some(scene) if faults.is_empty() => scene,
            _ => {
                let lines: Vec<String> = faults.into_sorted().iter().map(ToString::to_string).collect();
                return Err(Error::Faults(lines.join("\n")));
            }
        };
        if Ledger::read(self.out)?.is_some() || self.out.join("motley.json").exists() {
            let problem = "holds a study or a dataset: name another folder by --out";
            return Err(Error::Setting(format!("{} {problem}", self.out.display())));
        }
        find_all(&given, self.real)?;
        let photos = Fingerprints::default().of_pictures(self.real)?;
        let shelf = Shelf::new(self.out);
        let of = format!("{}-{photos}-{}-{}-{}", given.hash(), self.backbone, self.frames, self.seed);
        let spent: Spent =
            read_json(&self.out.join(SPENT))?.unwrap_or_else(|| Spent { of: of.clone(), ..Spent::default() });
        if spent.of != of {
            let what = "holds a search of another scene, by other photos, or with another seed, backbone or number of frames: name another \
                        folder by --out";
            return Err(Error::Setting(format!("{} {what}", self.out.display())));
        }
        let _held = hold(self.out)?;
        ledger::note_command(self.out, command)?;
        let mut search = Search { tuner: self, given, photos, shelf, start: Instant::now(), spent, trials: Vec::new() };
        let (best, rounds) = search.search()?;
        search.finish(&best, rounds)
    }
}

struct Search<'a> {
    tuner: Tuner<'a>,
    given: Scene,
    /// Hash of the photos.
    photos: String,
    shelf: Shelf,
    start: Instant,
    /// Before this call.
    spent: Spent,
    trials: Vec<Trial>,
}

/// Which half of the photos.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Half {
    Search,
    Judge,
}

impl Search<'_> {
    fn seconds(&self) -> f64 {
        self.spent.seconds + self.start.elapsed().as_secs_f64()
    }

    fn is_over(&self) -> bool {
        self.seconds() >= 60.0 * self.tuner.minutes
    }

    fn tell(&mut self, what: &str) -> Result<()> {
        let total = 60.0 * self.tuner.minutes;
        let progress = Progress { what, done: self.seconds().min(total), total, failure: None };
        let stop = (self.tuner.listener)(&progress).is_break();
        write_json(&self.tuner.out.join(SPENT), &Spent { seconds: self.seconds(), of: self.spent.of.clone() })?;
        if stop { Err(Error::Stopped) } else { Ok(()) }
    }

    /// Rounds until the time is over: the best scene, and how many rounds there were.
    fn search(&mut self) -> Result<(Scene, u64)> {
        let last = self.tuner.frames.max(1);
        let halving = HALVING as u64;
        let steps = [last.div_ceil(halving * halving), last.div_ceil(halving), last];
        let mut best = Scored { scene: self.given.clone(), score: (0.0, 0.0) };
        for round in 0.. {
            let mut rng = ChaCha8Rng::seed_from_u64(self.tuner.seed);
            rng.set_stream(round);
            let children = (0..CHILDREN).map(|_| space::vary(&best.scene, &mut rng));
            let mut scenes: Vec<Scene> = std::iter::once(best.scene.clone()).chain(children).collect();
            for (step, frames) in steps.into_iter().enumerate() {
                let mut scored = Vec::new();
                for scene in scenes {
                    let Some(score) = self.score(&scene, round, frames)? else { return Ok((best.scene, round + 1)) };
                    scored.push(Scored { scene, score });
                }
                // Of equal ones the first: the best so far stays unless something is better.
                scored.sort_by(|a, b| b.score.partial_cmp(&a.score).unwrap_or(std::cmp::Ordering::Equal));
                if step + 1 == steps.len() {
                    best = scored.swap_remove(0);
                    break;
                }
                scored.truncate(scored.len().div_ceil(HALVING));
                scenes = scored.into_iter().map(|one| one.scene).collect();
                // In the last step the best so far defends its place, however few frames spoke against it.
                if step + 2 == steps.len() && !scenes.contains(&best.scene) {
                    scenes.insert(0, best.scene.clone());
                }
            }
        }
        Ok((best.scene, 0))
    }

    /// Accuracy and area under the curve on the half to search by; `None` when it is not known and the time is over.
    fn score(&mut self, scene: &Scene, round: u64, frames: u64) -> Result<Option<(f64, f64)>> {
        let changes = self.changes(scene);
        self.tell(&format!("round {}, {frames} frames a class, {} changes", round + 1, changes.len()))?;
        let Some(result) = self.judge(scene, frames, self.tuner.seed, Half::Search, self.is_over())? else {
            return Ok(None);
        };
        // One test alone was asked for.
        let (accuracy, auc) =
            result.tests.values().next().map_or((0.0, 0.0), |test| (test.accuracy(), test.auc.unwrap_or(0.0)));
        self.trials.push(Trial { round, frames, changes, accuracy, auc });
        Ok(Some((accuracy, auc)))
    }

    /// What a scene's frames teach about one half of the photos; `None` when that is not known and `only_kept`.
    fn judge(
        &mut self,
        scene: &Scene,
        per_class: u64,
        seed: u64,
        half: Half,
        only_kept: bool,
    ) -> Result<Option<CellResult>> {
        let tuner = &mut self.tuner;
        let text = rewrite(&tuner.text, &self.given, scene).text;
        let classes = scene.classes.len() as u64;
        let name = |faults: Vec<motley_scene::source::Fault>| {
            Error::Faults(faults.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))
        };
        let frames = Frames::new(&text, [], tuner.base, per_class * classes).map_err(name)?;
        let mut plan = Plan {
            backbone: tuner.backbone.clone(),
            head: Some(HeadKind::Means),
            learns: Some(Learns::Head),
            augment: Some(Augment::none()),
            classes: frames.classes.clone(),
            ..Plan::default()
        };
        plan.training.seed = seed;
        let which = if half == Half::Search { "search" } else { "judge" };
        let weights = tuner.weights.as_ref().map(|file| Fingerprints::default().of_file(file)).transpose()?;
        let inputs = json!({
            "version": env!("CARGO_PKG_VERSION"), "frames": frames.hash, "seed": seed, "plan": plan, "weights": weights,
            "photos": self.photos, "half": which, "halves": tuner.seed,
        });
        if let Some(kept) = self.shelf.get(&hash(&inputs))? {
            return Ok(Some(kept));
        }
        if only_kept {
            return Ok(None);
        }
        let mut stopped = false;
        let total = 60.0 * tuner.minutes;
        let (spent, start, listener) = (self.spent.seconds, self.start, &mut *tuner.listener);
        let what = format!("frames for the half to {which} by");
        let mut heard = |_: u64| {
            let done = (spent + start.elapsed().as_secs_f64()).min(total);
            let progress = Progress { what: &what, done, total, failure: None };
            stopped |= listener(&progress).is_break();
        };
        let dir = frames.draw(tuner.out, seed, tuner.draw, &mut heard)?;
        if stopped {
            return Err(Error::Stopped);
        }
        // Nothing is learnt step by step, so the frames themselves may stand where trainings watch other pictures.
        (plan.val, plan.data) = (vec![dir.clone()], vec![dir.into()]);
        (plan.weights, plan.cache) = (tuner.weights.clone(), tuner.features.clone());
        let tests = vec![(which.to_owned(), halved(tuner.real, tuner.seed, half))];
        let mut going_on = |_| ControlFlow::Continue(());
        let run = Run {
            inputs: &inputs,
            plan: &plan,
            tests,
            watched: None,
            keeps_model: false,
            device: tuner.device,
            listener: &mut going_on,
        };
        let result = run.run(&self.shelf)?;
        match result.failed.values().next() {
            Some(reason) => Err(Error::Setting(reason.clone())),
            None => Ok(Some(result)),
        }
    }

    /// What differs from the scene that was given: paths and what stands there now.
    fn changes(&self, scene: &Scene) -> Vec<String> {
        let mut paths = rewrite(&self.tuner.text, &self.given, scene).paths;
        // A field that is added comes with a comma of the same path.
        paths.dedup();
        let whole = scene.to_ron();
        let root = Node::root(&whole, &mut Faults::default());
        let value = |path: &String| root.as_ref().and_then(|root| value_at(root, path)).unwrap_or_default();
        paths.iter().map(|path| format!("{path}: {}", value(path))).collect()
    }

    /// Judges the best scene and the given one on the other half, and writes everything down.
    fn finish(&mut self, best: &Scene, rounds: u64) -> Result<Tuned> {
        let (frames, seed) = (self.tuner.frames.max(1), self.tuner.seed);
        let mut sides = Vec::new();
        for scene in [&self.given.clone(), best] {
            let mut outcomes = Outcomes::default();
            for repeat in 0..REPEATS {
                self.tell(&format!("the other half of the photos, repeat {} of {REPEATS}", repeat + 1))?;
                let result = self.judge(scene, frames, seed.wrapping_add(END_SEED + repeat), Half::Judge, false)?;
                outcomes
                    .0
                    .extend(result.iter().flat_map(|result| result.tests.values()).map(crate::cell::TestResult::right));
            }
            sides.push(outcomes);
        }
        let changes = self.changes(best);
        let side = |outcomes: &Outcomes| (outcomes.accuracy(), interval(outcomes));
        let tuned = Tuned {
            rounds,
            trials: std::mem::take(&mut self.trials),
            given: side(&sides[0]),
            best: side(&sides[1]),
            difference: compare(&sides[0], &sides[1]).filter(|_| !changes.is_empty()),
            changes,
            photos: sides[0].0.first().map_or(0, Vec::len),
        };
        let out = self.tuner.out;
        let text = rewrite(&self.tuner.text, &self.given, best).text;
        files::write(&out.join("best.scene.ron"), text.as_bytes())?;
        write_json(&out.join("evidence.json"), &tuned)?;
        tuned.write(out)?;
        Ok(tuned)
    }
}

/// What a scene's text says at a path, on one line.
fn value_at(node: &Node<'_>, path: &str) -> Option<String> {
    if node.path == path {
        return Some(node.text.split_whitespace().collect::<Vec<_>>().join(" "));
    }
    let faults = &mut Faults::default();
    let within = match node.text.chars().next()? {
        '(' => node.fields(faults)?.into_iter().map(|(_, field)| field).collect(),
        '[' => node.items(faults)?,
        _ => return None,
    };
    within.iter().filter(|inner| path.starts_with(&inner.path)).find_map(|inner| value_at(inner, path))
}

/// Each class of the scene must have photos in both halves.
fn find_all(scene: &Scene, real: &Path) -> Result<()> {
    let source = open(real)?;
    let names = scene.classes.iter().map(|class| class.name.as_str());
    let classes = Classes::given(names)?;
    let mut counts = vec![0; classes.len()];
    (0..source.len()).filter_map(|item| classes.find(source.word(item))).for_each(|class| counts[class] += 1);
    match counts.iter().position(|&count| count < 2) {
        None => Ok(()),
        Some(class) => Err(Error::Setting(format!(
            "{} has {} photos of {}: a search needs at least two of each class",
            real.display(),
            counts[class],
            classes.names()[class]
        ))),
    }
}

/// One half of the photos of each class.
fn halved(dir: &Path, seed: u64, half: Half) -> Result<Source> {
    let mut kept = open(dir)?;
    let held = kept.hold_out(0.5, seed)?;
    Ok(if half == Half::Search { kept } else { held })
}

impl Tuned {
    /// What came out, in a sentence.
    pub fn verdict(&self) -> String {
        let percent = |share: f64| format!("{:.1} %", 100.0 * share);
        let Some(difference) = &self.difference else {
            return format!(
                "Nothing better was found: the scene that was given is right on {} of the photos.",
                percent(self.given.0)
            );
        };
        let [low, high] = difference.interval;
        let points = |share: f64| format!("{:+.1}", 100.0 * share).replace('-', "−");
        format!(
            "On {} photos that the search did not see the best scene is right on {}, the given one on {}: {} points ({} to {}), {}.",
            self.photos,
            percent(self.best.0),
            percent(self.given.0),
            points(difference.difference),
            points(low),
            points(high),
            match (difference.is_shown(difference.p), difference.difference > 0.0) {
                (false, _) => "no difference shown",
                (true, true) => "better",
                (true, false) => "worse",
            }
        )
    }

    fn write(&self, out: &Path) -> Result<()> {
        let mut trials = Table::new(["round", "frames a class", "accuracy", "AUC", "changes"]);
        for trial in &self.trials {
            trials.push(vec![
                json!(trial.round + 1),
                json!(trial.frames),
                json!(trial.accuracy),
                json!(trial.auc),
                json!(trial.changes.join("; ")),
            ]);
        }
        files::write(&out.join("trials.csv"), trials.csv().as_bytes())?;
        let bar = |label: &str, (value, interval): (f64, [f64; 2])| Bar {
            label: label.to_owned(),
            value,
            interval: Some(interval),
            ..Bar::default()
        };
        let bars = Bars {
            title: "Right on photos that the search did not see".into(),
            bars: vec![bar("given", self.given), bar("best", self.best)],
        };
        let changes = if self.changes.is_empty() { "none".to_owned() } else { self.changes.join("; ") };
        let page = Page {
            title: "Search of a scene".into(),
            lead: self.verdict(),
            facts: vec![
                ("rounds".into(), self.rounds.to_string()),
                ("scenes judged".into(), self.trials.len().to_string()),
            ],
            sections: vec![
                Section {
                    title: "In the end".into(),
                    blocks: vec![Block::Bars(bars), Block::Text(format!("Changed: {changes}."))],
                },
                Section { title: "What was tried".into(), blocks: vec![Block::Table(trials)] },
                Section {
                    title: "To repeat it".into(),
                    blocks: ledger::commands(out)?.into_iter().map(Block::Text).collect(),
                },
            ],
        };
        Ok(page.write(&out.join("report.html"))?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_found_by_their_path() {
        let text = "(sky: (yaw: Uniform(min: 0.0,\n max: 3.0)), shots: [(weight: 1.0), (weight: 2.0)])";
        let root = Node::root(text, &mut Faults::default()).unwrap();
        assert_eq!(value_at(&root, "sky.yaw").as_deref(), Some("Uniform(min: 0.0, max: 3.0)"));
        assert_eq!(value_at(&root, "shots[1].weight").as_deref(), Some("2.0"));
        assert_eq!(value_at(&root, "sky.yawn"), None);
    }
}
