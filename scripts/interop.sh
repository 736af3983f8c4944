#!/usr/bin/env bash
# Captures a small dataset in every format and reads it back with other people's readers; exports individuals as GLB, validates
# them with the Khronos glTF validator and loads them with three.js (where npm is there) and trimesh.
#
# usage: scripts/interop.sh SCENE     (environment: MOTLEY, the program; VENV, a Python environment, made when missing)
# torchvision's ImageFolder is used where it is installed in VENV; it is too large to be fetched for this.
set -euo pipefail

scene=$1
motley=${MOTLEY:-target/release/motley}
venv=${VENV:-.venv}

if [[ ! -x $venv/bin/python ]]; then
  echo "interop: making a Python environment in $venv"
  python3 -m venv "$venv"
fi
if ! "$venv/bin/python" -c 'import numpy, PIL, pycocotools, datasets, webdataset, trimesh' 2>/dev/null; then
  echo "interop: installing the readers into $venv"
  "$venv/bin/python" -m pip install --quiet numpy pillow pycocotools datasets webdataset trimesh
fi

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
common=(capture "$scene" --batch 24 --quiet --labels "box,mask,keypoints,depth,normal,instance,semantic")
"$motley" "${common[@]}" --out "$work/all" --format folder --format coco --format yolo --format webdataset
"$motley" "${common[@]}" --out "$work/tar" --format webdataset
for dataset in "$work/all" "$work/tar"; do
  "$venv/bin/python" tests/interop/read_back.py "$dataset"
done

for breed in cat/maine_coon dog/corgi bike/cargo bike/road car/taxi; do
  "$motley" zoo export "$breed" --count 2 --out "$work/glb" 2>/dev/null
done
"$venv/bin/python" tests/interop/read_glb.py "$work"/glb/*.glb
if command -v npm >/dev/null; then
  npm install --silent --no-audit --no-fund --prefix "$work/npm" gltf-validator@2.0.0-dev.3.10 three@0.180.0
  NODE_PATH="$work/npm/node_modules" node tests/interop/validate_glb.cjs "$work"/glb/*.glb
  NODE_PATH="$work/npm/node_modules" node tests/interop/load_glb.mjs "$work"/glb/*.glb
else
  echo "interop: npm is not here, so the glTF validator and three.js did not look at the GLB files"
fi
