//! glTF nodes → the model's nodes: what carries a mesh, what bends one, and what stands between them and the root.

use bevy_math::{Mat4, Quat, Vec3};
use gltf::Document;
use gltf::scene::Transform;

use super::clip::unit;
use super::notes::Notes;
use crate::model::{Local, Node};
use crate::pack::error::Fault;

/// The most nodes in a file.
const MAX_NODES: usize = 20_000;
/// The deepest chain of nodes.
const MAX_DEPTH: usize = 256;

/// The nodes that are kept.
pub(super) struct Tree {
    /// The first is the root that normalisation turns and scales; every other node hangs on it.
    pub nodes: Vec<Node>,
    /// From the file's node numbers to the model's.
    pub node_of: Vec<Option<usize>>,
}

/// Reads the default scene's nodes. Cameras, lights, empties and leaves that bend nothing are left out.
pub(super) fn read(document: &Document, notes: &mut Notes) -> Result<Tree, Fault> {
    let count = document.nodes().len();
    if count > MAX_NODES {
        return Err(Fault::TooLarge {
            what: "the node tree".into(),
            found: format!("{count} nodes"),
            limit: MAX_NODES.to_string(),
            mend: "join the objects and export it again",
        });
    }
    let parents = parents(document)?;
    let shown = shown(document, &parents)?;
    let mut needed = vec![false; count];
    let mut left_out = 0;
    for node in document.nodes().filter(|node| shown[node.index()]) {
        if node.mesh().is_none() {
            left_out += usize::from(node.camera().is_some() || node.light().is_some());
            continue;
        }
        need(node.index(), &parents, &mut needed);
        for joint in node.skin().iter().flat_map(gltf::Skin::joints) {
            need(joint.index(), &parents, &mut needed);
        }
    }
    if left_out > 0 {
        notes.add(format!("{left_out} cameras and lights were left out"));
    }
    let root = Node { name: "root".into(), parent: None, rest: Local::IDENTITY };
    let mut tree = Tree { nodes: vec![root], node_of: vec![None; count] };
    // A stack instead of recursion; reversed, so that siblings keep their order.
    let mut open: Vec<usize> = (0..count).rev().filter(|index| needed[*index] && parents[*index].is_none()).collect();
    let nodes: Vec<_> = document.nodes().collect();
    while let Some(index) = open.pop() {
        let node = &nodes[index];
        tree.node_of[index] = Some(tree.nodes.len());
        tree.nodes.push(Node {
            name: node.name().filter(|name| !name.is_empty()).map_or_else(|| format!("node_{index}"), Into::into),
            parent: Some(parents[index].and_then(|parent| tree.node_of[parent]).unwrap_or(0)),
            rest: local(node.transform(), index)?,
        });
        let mut children: Vec<usize> = node.children().map(|child| child.index()).collect();
        children.retain(|child| needed[*child]);
        open.extend(children.into_iter().rev());
    }
    Ok(tree)
}

/// Each node's parent. Fails where a node has two, or where a chain runs in a circle or too deep.
fn parents(document: &Document) -> Result<Vec<Option<usize>>, Fault> {
    let mut parents = vec![None; document.nodes().len()];
    for node in document.nodes() {
        for child in node.children() {
            if parents[child.index()].replace(node.index()).is_some() {
                return Err(Fault::Invalid(format!("node {} has two parents", child.index())));
            }
        }
    }
    for start in 0..parents.len() {
        let chain = std::iter::successors(Some(start), |node| parents[*node]);
        if chain.take(MAX_DEPTH + 1).count() > MAX_DEPTH {
            return Err(Fault::Invalid(format!(
                "the chain of nodes above node {start} is cyclic or deeper than {MAX_DEPTH}"
            )));
        }
    }
    Ok(parents)
}

/// Which nodes the default scene shows; all, if there is no scene.
fn shown(document: &Document, parents: &[Option<usize>]) -> Result<Vec<bool>, Fault> {
    let mut shown = vec![false; parents.len()];
    let mut open: Vec<gltf::Node<'_>> = match document.default_scene().or_else(|| document.scenes().next()) {
        Some(scene) => scene.nodes().collect(),
        None => document.nodes().filter(|node| parents[node.index()].is_none()).collect(),
    };
    while let Some(node) = open.pop() {
        if std::mem::replace(&mut shown[node.index()], true) {
            return Err(Fault::Invalid(format!("the scene shows node {} twice", node.index())));
        }
        open.extend(node.children());
    }
    Ok(shown)
}

fn need(node: usize, parents: &[Option<usize>], needed: &mut [bool]) {
    for node in std::iter::successors(Some(node), |node| parents[*node]) {
        if std::mem::replace(&mut needed[node], true) {
            return;
        }
    }
}

fn local(transform: Transform, index: usize) -> Result<Local, Fault> {
    let local = match transform {
        Transform::Decomposed { translation, rotation, scale } => {
            Local { translation: translation.into(), rotation: unit(Quat::from_array(rotation)), scale: scale.into() }
        }
        Transform::Matrix { matrix } => {
            let matrix = Mat4::from_cols_array_2d(&matrix);
            let (scale, rotation, translation) = matrix.to_scale_rotation_translation();
            // A flat matrix has no rotation; its scale and place still count.
            let scale = if scale.is_finite() { scale } else { Vec3::ZERO };
            Local { translation, rotation: unit(rotation), scale }
        }
    };
    if local.translation.is_finite() && local.scale.is_finite() {
        Ok(local)
    } else {
        Err(Fault::Invalid(format!("node {index} has NaN or infinite numbers")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn matrices_become_translation_rotation_scale() {
        let (scale, rotation, translation) =
            (Vec3::new(2.0, 3.0, 4.0), Quat::from_rotation_y(0.5), Vec3::new(1.0, 2.0, 3.0));
        let matrix = Mat4::from_scale_rotation_translation(scale, rotation, translation).to_cols_array_2d();
        let local = local(Transform::Matrix { matrix }, 0).expect("finite");
        assert!((local.scale - scale).length() < 1e-5 && (local.translation - translation).length() < 1e-6);
        assert!(local.rotation.dot(rotation).abs() > 1.0 - 1e-6);
    }

    #[test]
    fn a_flat_matrix_and_a_zero_rotation_stay_finite() {
        let flat = local(Transform::Matrix { matrix: [[0.0; 4]; 4] }, 0).expect("finite");
        assert_eq!(flat.scale, Vec3::ZERO);
        let zero = Transform::Decomposed { translation: [0.0; 3], rotation: [0.0; 4], scale: [1.0; 3] };
        assert_eq!(local(zero, 0).expect("finite").rotation, Quat::IDENTITY);
        let far = Transform::Decomposed { translation: [f32::INFINITY; 3], rotation: [0.0; 4], scale: [1.0; 3] };
        assert!(local(far, 7).is_err());
    }
}
