#!/usr/bin/env python3
"""Reads exported GLB files with trimesh: read_glb.py FILE...

Each must hold triangles, be as large as its class, and stand on the ground."""

import sys

import trimesh

TALLEST = {"cat": 0.8, "dog": 1.3, "bike": 2.3, "car": 2.8}

for path in sys.argv[1:]:
    scene = trimesh.load(path, force="scene")
    triangles = sum(len(mesh.faces) for mesh in scene.geometry.values())
    low, high = scene.bounds
    kind = path.rsplit("/", 1)[-1].split("-", 1)[0]
    assert triangles > 1000, f"{path}: {triangles} triangles"
    assert 0.1 < high[1] <= TALLEST[kind], f"{path}: {high[1]} m tall"
    assert abs(low[1]) < 0.12, f"{path}: stands {low[1]} m above the ground"
print(f"trimesh {trimesh.__version__}: {len(sys.argv) - 1} files")
