//! A real process, really killed, again and again.

mod common;

use std::{
    env,
    path::PathBuf,
    process::{Command, Stdio},
    thread,
    time::Duration,
};

use common::{EVERY_FORMAT, assert_same, capture, spec};
use motley_dataset::Spec;
use tempfile::TempDir;

const OUT: &str = "MOTLEY_TEST_OUT";

fn long(out: PathBuf) -> Spec {
    spec(&out, 300, EVERY_FORMAT[5])
}

/// What the killed process does; nothing when the test is run as a test.
#[test]
fn child() {
    if let Some(out) = env::var_os(OUT) {
        capture(&long(out.into()));
    }
}

#[test]
fn killed_again_and_again() {
    let home = TempDir::new().unwrap();
    let (whole, out) = (home.path().join("whole"), home.path().join("out"));
    capture(&long(whole.clone()));
    let mut kills = 0;
    // Ever later, so that drawing, listing, archiving and sweeping up are all hit.
    for attempt in 0.. {
        let mut child = Command::new(env::current_exe().unwrap())
            .args(["--exact", "child"])
            .env(OUT, &out)
            .stdout(Stdio::null())
            .spawn()
            .unwrap();
        thread::sleep(Duration::from_millis(10 + 3 * attempt));
        child.kill().unwrap();
        if child.wait().unwrap().success() {
            break;
        }
        kills += 1;
    }
    assert!(kills > 3, "killed {kills} times");
    capture(&long(out.clone()));
    assert_same(&whole, &out);
}
