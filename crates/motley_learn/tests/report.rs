//! A whole report: made from an evaluation, and one file that needs no other.

use image::{Rgb, RgbImage};
use motley_learn::{
    data::{Fact, Facts},
    metrics::{Evaluation, Prediction, evaluate},
    report::{Block, Curve, Figure, Page, Section, Series, confusion_table, groups_table, summary_table, test_section},
};

/// A test set with breeds, light and mistakes.
fn evaluation() -> Evaluation {
    let classes = ["cat".to_owned(), "dog".to_owned()];
    let breeds = ["tabby", "siamese", "persian", "black", "beagle", "corgi", "poodle", "husky"];
    let predictions: Vec<Prediction> = (0..400_u32)
        .map(|i| {
            let truth = (i % 2) as usize;
            let noise = f64::from(i.wrapping_mul(2_654_435_761) >> 8) / f64::from(1 << 24);
            let visible = 0.3 + 0.7 * f64::from(i * 7 % 100) / 100.0;
            let sure = (0.35 + 0.6 * visible + 0.3 * (noise - 0.5)).clamp(0.02, 0.99) as f32;
            let scores = if truth == 0 { vec![sure, 1.0 - sure] } else { vec![1.0 - sure, sure] };
            let facts: Facts = [
                ("breed".to_owned(), Fact::Text(breeds[truth * 4 + (i as usize / 2) % 4].into())),
                ("visible_fraction".into(), Fact::Number(visible)),
                ("lighting.shadows".into(), Fact::Text(if i % 3 == 0 { "no" } else { "yes" }.into())),
            ]
            .into();
            Prediction { name: format!("photos/val/{}/{i}.jpg", classes[truth]), truth, scores, facts }
        })
        .collect();
    evaluate("photos <val>", &classes, &predictions).unwrap()
}

fn picture(hue: u32) -> RgbImage {
    RgbImage::from_fn(256, 192, |x, y| Rgb([(x / 2 + hue * 9) as u8, y as u8, (hue * 37) as u8]))
}

fn page() -> Page {
    let evaluation = evaluation();
    let points = |scale: f64, floor: f64| (1..=10).map(|e| (f64::from(e), floor + scale / f64::from(e))).collect();
    let curve = Curve {
        title: "Loss".into(),
        x: "epoch".into(),
        y: "cross entropy".into(),
        series: vec![
            Series { name: "training".into(), points: points(0.6, 0.05), ..Series::default() },
            Series { name: "validation".into(), points: points(0.5, 0.12), ..Series::default() },
        ],
        ..Curve::default()
    };
    let samples = (0..12).map(|i| Figure::new(format!("cat, frame {i}"), &picture(i), 160).unwrap()).collect();
    let photo = |name: &str| name.ends_with("7.jpg").then(|| picture(name.len() as u32)).or_else(|| Some(picture(3)));
    let tests = test_section(&evaluation, &photo).unwrap();
    Page {
        title: "cats-dogs: SmallCnn".into(),
        lead: "Trained on 2,000 frames of scenes/cats-dogs.scene.ron, seed 1".into(),
        facts: vec![("photos".into(), "88.2 %".into()), ("above random".into(), "38.2 %".into())],
        sections: vec![
            Section { title: "Samples".into(), blocks: vec![Block::Figures(samples)] },
            Section {
                title: "Training".into(),
                blocks: vec![Block::Curve(curve), Block::Table(summary_table(std::slice::from_ref(&evaluation)))],
            },
            tests,
        ],
    }
}

#[test]
fn one_file_with_everything_in_it() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("report.html");
    page().write(&path).unwrap();
    // `MOTLEY_REPORT=report.html cargo test` leaves it to be looked at.
    if let Some(copy) = std::env::var_os("MOTLEY_REPORT") {
        std::fs::copy(&path, copy).unwrap();
    }
    let html = std::fs::read_to_string(&path).unwrap();
    assert!(html.starts_with("<!doctype html>") && html.trim_end().ends_with("</html>"));
    for elsewhere in ["src=\"http", "href=", "url(", "<script", "@import"] {
        assert!(!html.contains(elsewhere), "{elsewhere}");
    }
    assert!(html.matches("data:image/jpeg;base64,/9j/").count() >= 24, "samples and mistakes");
    assert!(html.matches("<svg ").count() >= 5, "curves and bars");
    for word in [
        "photos &lt;val&gt;",
        "By breed",
        "By visible_fraction",
        "Calibration",
        "prefers-color-scheme:dark",
        "@media print",
    ] {
        assert!(html.contains(word), "{word}");
    }
    assert_eq!(html.matches("<section>").count(), html.matches("</section>").count());
    assert_eq!(html.matches("<div").count(), html.matches("</div>").count());
    assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 1, "nothing else stays behind");
    assert!(page().write(&dir.path().join("no/such/folder.html")).is_err());
}

#[test]
fn words_and_tables_without_pictures() {
    let markdown = page().markdown();
    assert!(markdown.starts_with("# cats-dogs: SmallCnn\n"));
    assert!(markdown.contains("| test | n | accuracy |") && markdown.contains("## Test: photos <val>"));
    let evaluation = evaluation();
    assert_eq!(confusion_table(&evaluation.confusion).csv().lines().count(), 3);
    let groups = groups_table(&evaluation.groupings);
    assert_eq!(groups.rows.len(), 8 + 2 + 4, "breeds, shadows, quarters of visibility");
    let json = summary_table(&[evaluation]).json();
    assert_eq!((json[0]["n"].as_u64(), json[0]["test"].as_str()), (Some(400), Some("photos <val>")));
}

#[test]
fn a_picture_shrinks_and_keeps_its_shape() {
    let figure = Figure::new("x", &picture(1), 64).unwrap();
    assert_eq!(figure.size, [64, 48]);
    assert_eq!(image::load_from_memory(&figure.jpeg).unwrap().width(), 64);
    assert_eq!(Figure::new("x", &picture(1), 1000).unwrap().size, [256, 192], "nothing is enlarged");
    let error = Figure::new("nothing", &RgbImage::new(0, 0), 64).unwrap_err().to_string();
    assert!(error.contains("nothing"), "{error}");
}
