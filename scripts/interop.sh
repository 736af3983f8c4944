#!/usr/bin/env bash
# Captures a small dataset in every format and reads it back with other people's readers.
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
if ! "$venv/bin/python" -c 'import numpy, PIL, pycocotools, datasets, webdataset' 2>/dev/null; then
  echo "interop: installing the readers into $venv"
  "$venv/bin/python" -m pip install --quiet numpy pillow pycocotools datasets webdataset
fi

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
common=(capture "$scene" --batch 24 --quiet --labels "box,mask,keypoints,depth,normal,instance,semantic")
"$motley" "${common[@]}" --out "$work/all" --format folder --format coco --format yolo --format webdataset
"$motley" "${common[@]}" --out "$work/tar" --format webdataset
for dataset in "$work/all" "$work/tar"; do
  "$venv/bin/python" tests/interop/read_back.py "$dataset"
done
