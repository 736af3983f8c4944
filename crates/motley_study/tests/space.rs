//! What a search makes of a scene.

use motley_scene::scene::Scene;
use motley_study::tune::space::vary;
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;

const TEXT: &str = include_str!("../../../scenes/cats-dogs-photo.scene.ron");

#[test]
fn what_comes_out_is_a_scene_without_faults() {
    let scene = Scene::parse(TEXT).0.unwrap();
    let mut rng = ChaCha8Rng::seed_from_u64(1);
    let mut last = scene.clone();
    for _ in 0..300 {
        // Changes add up, as they do in a search.
        last = vary(&last, &mut rng);
        let (_, faults) = Scene::parse(&last.to_ron());
        assert!(faults.is_empty(), "{:?}", faults.into_sorted());
        assert_eq!((&last.classes, &last.output, &last.subject), (&scene.classes, &scene.output, &scene.subject));
    }
    assert_ne!(last, scene);
}

#[test]
fn the_same_stream_gives_the_same_scene() {
    let scene = Scene::parse(TEXT).0.unwrap();
    let varied = |seed| vary(&scene, &mut ChaCha8Rng::seed_from_u64(seed));
    assert_eq!(varied(3), varied(3));
    assert!((0..20).any(|seed| varied(seed) != varied(seed + 1)));
}
