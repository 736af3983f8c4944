//! Changes of a scene put into its file's text, so that comments, order and layout stay.
//!
//! Three texts are walked side by side: the file's, and the full one of the scene before and after the change. Where before
//! and after differ, and only there, the file's text is replaced; a field that it leaves out is added.

use crate::{
    scene::Scene,
    source::{Faults, Node, trim_blank},
};

/// Changed text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rewritten {
    /// The whole file.
    pub text: String,
    /// Paths of the fields that changed, in the order of the text.
    pub paths: Vec<String>,
}

/// Makes `text`, which says `before`, say `after`. Where that cannot be done in place, the scene is written anew, with the
/// comments of its fields' documentation.
pub fn rewrite(text: &str, before: &Scene, after: &Scene) -> Rewritten {
    let mut edits = Edits::default();
    let [full_before, full_after] = [before, after].map(Scene::to_ron);
    let nodes = [text, &full_before, &full_after].map(|text| Node::root(text, &mut Faults::default()));
    if let [Some(here), Some(old), Some(new)] = &nodes {
        edits.compare(here, old, new);
    }
    let paths = edits.0.iter().map(|edit| edit.path.clone()).collect();
    let rewritten = edits.apply(text);
    // What cannot be read back, such as a range whose ends are swapped, is no fault of the rewriting.
    let says_it = Scene::parse(&rewritten).0 == Scene::parse(&full_after).0;
    Rewritten { text: if says_it { rewritten } else { full_after }, paths }
}

/// Makes `text` say what `changes` says, which is written like a scene: what it mentions replaces what `text` says of it, down to
/// single fields; lists, distributions and names are replaced as a whole. `None` when either is no RON.
pub fn overlay(text: &str, changes: &str) -> Option<String> {
    let mut edits = Edits::default();
    let root = |text| Node::root(text, &mut Faults::default());
    edits.overlay(&root(text)?, &root(changes)?);
    Some(edits.apply(text))
}

/// A stretch of the file's text and what stands there instead.
struct Edit {
    path: String,
    start: usize,
    end: usize,
    new: String,
}

#[derive(Default)]
struct Edits(Vec<Edit>);

impl Edits {
    fn compare(&mut self, here: &Node<'_>, old: &Node<'_>, new: &Node<'_>) {
        if old.text == new.text {
            return;
        }
        let all = [here, old, new];
        let mut faults = Faults::default();
        if all.iter().all(|node| node.text.starts_with('('))
            && let [Some(here_fields), Some(old_fields), Some(new_fields)] = all.map(|node| node.fields(&mut faults))
        {
            for ((name, old), (_, new)) in old_fields.iter().zip(&new_fields) {
                match here_fields.iter().find(|(known, _)| known == name) {
                    Some((_, field)) => self.compare(field, old, new),
                    None if old.text != new.text => self.add(here, &new.path, &format!("{name}: {}", compact(new))),
                    None => {}
                }
            }
            return;
        }
        if all.iter().all(|node| node.text.starts_with('['))
            && let [Some(here_items), Some(old_items), Some(new_items)] = all.map(|node| node.items(&mut faults))
            && here_items.len() == old_items.len()
            && new_items.len() >= old_items.len()
        {
            for ((here, old), new) in here_items.iter().zip(&old_items).zip(&new_items) {
                self.compare(here, old, new);
            }
            for new in &new_items[old_items.len()..] {
                self.add(here, &new.path, &compact(new));
            }
            return;
        }
        let (start, end) = (here.offset, here.offset + here.text.len());
        self.0.push(Edit { path: new.path.clone(), start, end, new: compact(new) });
    }

    fn overlay(&mut self, here: &Node<'_>, new: &Node<'_>) {
        let mut faults = Faults::default();
        let both = [here, new];
        if both.iter().all(|node| node.text.starts_with('('))
            && let [Some(here_fields), Some(new_fields)] = both.map(|node| node.fields(&mut faults))
        {
            for (name, new) in &new_fields {
                match here_fields.iter().find(|(known, _)| known == name) {
                    Some((_, field)) => self.overlay(field, new),
                    None => self.add(here, &new.path, &format!("{name}: {}", new.text)),
                }
            }
            return;
        }
        let (start, end) = (here.offset, here.offset + here.text.len());
        self.0.push(Edit { path: new.path.clone(), start, end, new: new.text.to_owned() });
    }

    /// Adds a field or an item at the end of what stands in brackets.
    fn add(&mut self, within: &Node<'_>, path: &str, new: &str) {
        let body = &within.text[..within.text.len() - 1];
        // Of the text without comments, the last byte tells whether a comma is due.
        let content = 1 + trim_blank_end(&body[1..]);
        let (start, path) = (within.offset + content, path.to_owned());
        let comma = if content == 1 || body[..content].ends_with(',') { "" } else { "," };
        let line = body.rfind('\n').filter(|&line| line >= content && body[line..].trim().is_empty());
        match line {
            // On a line of its own, below what is there and its comment.
            Some(line) => {
                let first = body.find('\n').map_or("", |first| &body[first + 1..]);
                let indent: String = first.chars().take_while(|c| *c == ' ' || *c == '\t').collect();
                let at = within.offset + line;
                self.0.push(Edit { path: path.clone(), start, end: start, new: comma.to_owned() });
                self.0.push(Edit { path, start: at, end: at, new: format!("\n{indent}{new},") });
            }
            None => {
                let space = if content == 1 { "" } else { " " };
                let end = if comma.is_empty() { "," } else { "" };
                self.0.push(Edit { path, start, end: start, new: format!("{comma}{space}{new}{end}") });
            }
        }
    }

    fn apply(mut self, text: &str) -> String {
        // The sort is stable: what is added at one place keeps its order.
        self.0.sort_by_key(|edit| edit.start);
        let (mut out, mut at) = (String::with_capacity(text.len()), 0);
        let mut comma = None;
        for edit in &self.0 {
            // Several fields added at one place need one comma before them.
            if edit.new == "," && comma.replace(edit.start) == Some(edit.start) {
                continue;
            }
            out += &text[at..edit.start];
            out += &edit.new;
            at = edit.end;
        }
        out + &text[at..]
    }
}

/// Where the last token of a text ends, comments left out.
fn trim_blank_end(text: &str) -> usize {
    let content = trim_blank(text);
    if content.is_empty() { 0 } else { content.as_ptr() as usize - text.as_ptr() as usize + content.len() }
}

/// A value on one line, without comments.
fn compact(node: &Node<'_>) -> String {
    let lines = node.text.lines().map(str::trim).filter(|line| !line.starts_with("//"));
    lines.fold(String::new(), |joined, line| {
        let glued = joined.is_empty() || joined.ends_with(['(', '[', '{']) || line.starts_with([')', ']', '}']);
        let joined = if line.starts_with([')', ']', '}']) { joined.trim_end_matches(',').to_owned() } else { joined };
        joined + if glued { "" } else { " " } + line
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        distribution::{Direction, Names, Scalar},
        scene::{Class, Height},
    };

    const TEXT: &str = r#"// A comment above.
(
    classes: [
        (name: "cat"),  // purrs
        (name: "dog"),
    ],
    lighting: (
        intensity: Uniform(min: 0.2, max: 1.6),  // bright
        shadows: 1.0     // all of them
    ),
    sky: (enabled: true),
    /* the end */
)
// A comment below.
"#;

    fn changed(change: impl Fn(&mut Scene)) -> String {
        let before = Scene::parse(TEXT).0.unwrap();
        let mut after = before.clone();
        change(&mut after);
        let Rewritten { text, paths } = rewrite(TEXT, &before, &after);
        assert_eq!(Scene::parse(&text).0.unwrap(), after, "{text}");
        assert_eq!(paths.is_empty(), before == after);
        text
    }

    #[test]
    fn nothing_changes_nothing() {
        assert_eq!(changed(|_| {}), TEXT);
    }

    #[test]
    fn a_value_is_replaced_where_it_stands() {
        let text = changed(|scene| scene.lighting.intensity = Scalar::Constant(0.5));
        assert_eq!(text, TEXT.replace("Uniform(min: 0.2, max: 1.6)", "0.5"));
        let text = changed(|scene| scene.sky.enabled = false);
        assert_eq!(text, TEXT.replace("enabled: true", "enabled: false"));
    }

    #[test]
    fn a_field_that_is_left_out_is_added() {
        let text = changed(|scene| scene.lighting.enabled = false);
        assert_eq!(
            text,
            TEXT.replace(
                "shadows: 1.0     // all of them",
                "shadows: 1.0,     // all of them\n        enabled: false,"
            )
        );
        let text = changed(|scene| scene.sky.name = Names::Only(vec!["room".to_owned()]));
        assert_eq!(text, TEXT.replace("(enabled: true)", r#"(enabled: true, name: Only(["room"]))"#));
        let text = changed(|scene| scene.min_visible = 0.5);
        assert_eq!(text, TEXT.replace("/* the end */", "/* the end */\n    min_visible: 0.5,"));
    }

    #[test]
    fn several_changes_at_once() {
        let text = changed(|scene| {
            scene.lighting.enabled = false;
            scene.lighting.flash = 0.5;
            scene.lighting.sun = Direction::Sphere;
            scene.lighting.intensity = Scalar::uniform(1.0, 2.0);
            scene.camera.enabled = false;
            scene.classes[0].height = Some(Height { min: 0.2, max: 0.3 });
        });
        for kept in ["// A comment above.", "// purrs", "// bright", "// all of them", "/* the end */", "comment below"]
        {
            assert!(text.contains(kept), "{kept} is gone:\n{text}");
        }
    }

    #[test]
    fn classes_come_and_go() {
        let new = |name: &str| Class { name: name.to_owned(), ..Class::default() };
        let text = changed(|scene| scene.classes.push(new("bike")));
        assert!(text.contains("// purrs"), "{text}");
        let text = changed(|scene| {
            scene.classes.remove(0);
        });
        assert!(text.contains("// bright"), "{text}");
        changed(|scene| scene.classes.extend([new("bike"), new("car")]));
        changed(|scene| scene.packs.push("mine".to_owned()));
    }

    #[test]
    fn an_overlay_replaces_what_it_mentions() {
        let changes = r#"(
            sky: (enabled: false, /* no more */ brightness: 1.0),  // grey
            lighting: (intensity: 0.5),
            pose: (enabled: false),
            classes: [(name: "car")],
        )"#;
        let text = overlay(TEXT, changes).unwrap();
        let mut want = Scene::parse(TEXT).0.unwrap();
        want.sky.enabled = false;
        want.sky.brightness = Scalar::Constant(1.0);
        want.lighting.intensity = Scalar::Constant(0.5);
        want.pose.enabled = false;
        want.classes = vec![Class { name: "car".to_owned(), ..Class::default() }];
        assert_eq!(Scene::parse(&text).0.unwrap(), want, "{text}");
        assert!(text.contains("// bright") && text.contains("// all of them"), "{text}");
        assert_eq!(overlay(TEXT, "()").unwrap(), TEXT);
        assert_eq!(overlay(TEXT, "("), None);
    }

    #[test]
    fn a_text_with_faults_is_mended() {
        let before = Scene::parse("(classes: [(name: \"cat\")], camera: (fov: Uniform(min: 9, max: 8)))").0.unwrap();
        let mut after = before.clone();
        after.camera.fov = Scalar::Constant(40.0);
        let text = rewrite("(", &before, &after).text;
        assert_eq!(Scene::parse(&text).0.unwrap(), after);
    }
}
