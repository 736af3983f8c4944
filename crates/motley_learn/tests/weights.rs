//! Files of weights: what is read, what is refused, and what is written.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use burn::module::AutodiffModule;
use burn::tensor::{Tensor, TensorData};
use burn_flex::Flex;
use motley_learn::backbone::mobilenet_v2::SPEC;
use motley_learn::backbone::{Backbone, Net, NetOptions, SPECS};
use motley_learn::classifier::Classifier;
use motley_learn::device::Cpu;
use motley_learn::head::{Head, HeadKind};
use motley_learn::init::redraw;
use motley_learn::model::{Card, Model};
use motley_learn::weights::{self, Checkpoint, Stored};

/// A folder of this test's own, empty.
fn folder(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("weights-{name}"));
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).unwrap();
    folder
}

/// Why a file is refused as weights of SqueezeNet.
fn refusal(content: &[u8], name: &str) -> String {
    let path = folder(name).join("weights.pth");
    std::fs::write(&path, content).unwrap();
    let error = weights::load::<Flex>("squeezenet1_1", &path, false, &Default::default()).unwrap_err();
    error.to_string()
}

/// An archive of stored members, as `torch.save` writes it.
fn archive(pickle: &[u8]) -> Vec<u8> {
    use std::io::Write;
    let mut writer = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    let options = zip::write::SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
    writer.start_file("archive/data.pkl", options).unwrap();
    writer.write_all(pickle).unwrap();
    writer.finish().unwrap().into_inner()
}

#[test]
fn a_pickle_that_calls_anything_else_is_refused_and_not_run() {
    let folder = folder("malice");
    let witness = folder.join("witness");
    let command = format!("touch {}", witness.display());
    let mut pickle = b"\x80\x02cposix\nsystem\nX".to_vec();
    pickle.extend((command.len() as u32).to_le_bytes());
    pickle.extend(command.as_bytes());
    pickle.extend(b"\x85R.");
    let error = refusal(&archive(&pickle), "malicious");
    assert!(error.contains("posix.system") && error.contains("state_dict"), "{error}");
    assert!(!witness.exists());
}

#[test]
fn what_is_no_checkpoint_is_called_so() {
    assert!(refusal(b"hello, world, this is text", "text").contains("not a file of weights"));
    assert!(refusal(b"", "empty").contains("not a file of weights"));
    assert!(refusal(b"PK\x03\x04 and then nothing", "cut").contains("broken archive"));
    assert!(refusal(&archive(b"\x80\x02]."), "list").contains("no dictionary"));
    let error = refusal(&archive(b"\x80\x02}X\x05"), "pickle");
    assert!(error.contains("cut off"), "{error}");
}

#[test]
fn what_is_nested_without_end_is_refused() {
    // Lists in lists, and a tuple of a tuple of a tuple.
    let lists = [vec![b']'; 1_000_000], vec![b'a'; 999_999], vec![b'.']].concat();
    assert!(refusal(&archive(&lists), "lists").contains("no dictionary"));
    let tuples = [vec![b'N'], vec![0x85; 1_000_000], vec![b'.']].concat();
    assert!(refusal(&archive(&tuples), "tuples").contains("no dictionary"));
}

/// Zeros in the shapes that a network needs.
fn zeros(backbone: &str) -> BTreeMap<String, Stored> {
    let spec = motley_learn::backbone::spec(backbone).unwrap();
    let layout = &spec.layouts[0];
    let net = Net::<Flex>::new(backbone, &layout.options, &Default::default()).unwrap();
    weights::collect(&net, layout.key)
}

fn load_changed(name: &str, change: impl FnOnce(&mut BTreeMap<String, Stored>)) -> String {
    let mut tensors = zeros("squeezenet1_1");
    change(&mut tensors);
    let path = folder(name).join("weights.safetensors");
    weights::write(&path, &tensors, BTreeMap::new()).unwrap();
    match weights::load::<Flex>("squeezenet1_1", &path, true, &Default::default()) {
        Ok(_) => String::new(),
        Err(error) => error.to_string(),
    }
}

#[test]
fn missing_and_misshapen_tensors_are_named() {
    assert_eq!(load_changed("whole", |_| ()), "");
    let error = load_changed("missing", |tensors| _ = tensors.remove("features.3.squeeze.bias"));
    assert!(error.contains("`features.3.squeeze.bias` is missing"), "{error}");
    let error = load_changed("shape", |tensors| {
        tensors.insert("features.0.bias".into(), Stored { shape: vec![7], values: vec![0.0; 7] });
    });
    assert!(error.contains("`features.0.bias`") && error.contains("[7]") && error.contains("[64]"), "{error}");
    let error = load_changed("finite", |tensors| {
        tensors.insert("features.0.bias".into(), Stored { shape: vec![64], values: vec![f32::NAN; 64] });
    });
    assert!(error.contains("`features.0.bias`") && error.contains("finite"), "{error}");
}

#[test]
fn weights_of_another_network_say_whose_they_are() {
    let path = folder("other").join("weights.safetensors");
    weights::write(&path, &zeros("resnet18"), BTreeMap::new()).unwrap();
    let error = weights::load::<Flex>("squeezenet1_1", &path, false, &Default::default()).unwrap_err().to_string();
    assert!(error.contains("--backbone resnet18"), "{error}");
}

#[test]
fn every_backbone_has_the_width_it_says_and_folding_changes_nothing() {
    let device = Default::default();
    for spec in SPECS.iter().filter(|spec| spec.name != "vgg16") {
        let options = NetOptions { classes: 0, ..spec.layouts[0].options };
        let net = redraw(Net::<Cpu>::new(spec.name, &options, &device).unwrap(), 5).valid();
        let values = (0..2 * 3 * 64 * 64).map(|index| ((index * 7919) % 255) as f32 / 127.5 - 1.0).collect::<Vec<_>>();
        let images = Tensor::<Flex, 4>::from_data(TensorData::new(values, [2, 3, 64, 64]), &device);
        let features = net.features(images.clone());
        assert_eq!(features.dims(), [2, spec.width], "{}", spec.name);
        let difference = (net.folded().features(images) - features.clone()).abs().max().into_scalar();
        assert!(difference < 1e-3 * features.abs().max().into_scalar().max(1.0), "{}: {difference}", spec.name);
    }
}

#[test]
fn a_model_comes_back_from_its_file_as_it_was() {
    let device = Default::default();
    let layout = &SPEC.layouts[0];
    let options = NetOptions { classes: 0, ..layout.options };
    let classes = vec!["cat".to_owned(), "dog".to_owned()];
    let classifier = Classifier {
        backbone: Net::<Flex>::new(SPEC.name, &options, &device).unwrap(),
        head: Head::new(HeadKind::Paper, SPEC.width, 2, &device),
    };
    let model =
        Model { card: Card::new(SPEC.name, layout, HeadKind::Paper, classes), classifier: redraw(classifier, 9) };
    let path = folder("model").join("model.safetensors");
    model.save(&path).unwrap();
    let loaded = Model::<Flex>::load(&path, &device).unwrap();
    assert_eq!(loaded.card, model.card);
    let picture: Vec<u8> = (0..3 * 300 * 260).map(|index| (index % 251) as u8).collect();
    let pictures = [(picture.as_slice(), 300, 260)];
    assert_eq!(loaded.predict(&pictures, &device).unwrap(), model.predict(&pictures, &device).unwrap());
    // torchvision's own names, below `backbone.`.
    assert!(Checkpoint::open(&path).unwrap().contains("backbone.features.18.1.running_var"));
}
