#!/usr/bin/env python3
"""Reads a captured dataset back with the readers that people use, and checks that they all see the same.

    read_back.py DIR

Needs numpy, pillow, pycocotools, datasets and webdataset; uses torchvision's ImageFolder where it is installed.
Reads each format that DIR/motley.json names. Exits with 1 when a reader sees something else than metadata.jsonl says.
"""

import argparse
import io
import json
import math
import os
import sys
import tempfile
from collections import Counter
from pathlib import Path

os.environ.setdefault("HF_HUB_OFFLINE", "1")
os.environ.setdefault("HF_DATASETS_OFFLINE", "1")

import numpy as np
from PIL import Image

RASTERS = {
    "depth": (np.float32, ()),
    "normal": (np.float32, (3,)),
    "instance": (np.uint8, ()),
    "semantic": (np.uint8, ()),
}
SUBJECT = 1
OBSTRUCTOR = 255


class Disagreement(Exception):
    """Two readers see different things."""


def expect(holds, message):
    if not holds:
        raise Disagreement(message)


def same(a, b, what):
    expect(a == b, f"{what}: {a!r} is not {b!r}")


def box_of(mask):
    """Tight box of a mask [H, W] as x, y, width, height; None when it is empty."""
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    if rows.size == 0:
        return None
    return [int(v) for v in (columns[0], rows[0], columns[-1] - columns[0] + 1, rows[-1] - rows[0] + 1)]


def near(a, b, tolerance=1.0):
    if a is None or b is None:
        return a is b
    return all(math.isclose(x, y, abs_tol=tolerance) for x, y in zip(a, b, strict=True))


def is_loose(manifest):
    return manifest["formats"] in ([], ["folder"]) or any(name != "webdataset" for name in manifest["formats"])


def read_image_folder(folder, manifest, records):
    """Class folders, as torchvision's ImageFolder finds them."""
    counts = Counter(record["class"] for record in records)
    try:
        from torchvision.datasets import ImageFolder
    except ImportError:
        reader = "PIL"
        classes = sorted(path.name for path in folder.iterdir() if path.is_dir())
        suffixes = {".jpg", ".png"}
        paths = [p for name in classes for p in (folder / name).iterdir() if p.suffix in suffixes]
        found = Counter(path.parent.name for path in paths)
        for path in paths:
            with Image.open(path) as image:
                same(list(image.convert("RGB").size), manifest["size"], f"{path}: size")
    else:
        reader = "torchvision ImageFolder"
        data = ImageFolder(folder)
        classes = data.classes
        found = Counter(classes[target] for target in data.targets)
        for i in range(len(data)):
            image, target = data[i]
            same(list(image.size), manifest["size"], f"{data.samples[i]}: size")
            same(Path(data.samples[i][0]).parent.name, classes[target], "class")
    same(classes, sorted(counts), "classes")
    same(found, counts, "pictures of each class")
    return reader


def read_imagefolder(folder, manifest, records):
    """Hugging Face's imagefolder, with metadata.jsonl."""
    import datasets

    with tempfile.TemporaryDirectory() as cache:
        data = datasets.load_dataset("imagefolder", data_dir=str(folder), split="train", cache_dir=cache)
        same(len(data), len(records), "rows")
        rows = {row["index"]: row for row in data}
        same(sorted(rows), [record["index"] for record in records], "indices")
        for record in records:
            row = rows[record["index"]]
            same(list(row["image"].size), manifest["size"], "size")
            for field in ("class", "class_id", "breed", "individual", "visible_fraction", "mask"):
                expect(row[field] == record[field] or near([row[field]], [record[field]], 1e-6), f"{field} of a row")
            expect(near(row["box_visible"], record["box_visible"], 1e-6), "box_visible of a row")
            with Image.open(folder / record["file_name"]) as image:
                expect(np.array_equal(np.asarray(row["image"]), np.asarray(image)), "pixels of a row")
    return "datasets imagefolder"


def read_rasters(folder, manifest, records):
    """NumPy files beside the pictures."""
    width, height = manifest["size"]
    kinds = [kind for kind in RASTERS if kind in manifest["labels"]]
    for record in records:
        stem = folder / record["file_name"].rsplit(".", 1)[0]
        arrays = {}
        for kind in kinds:
            dtype, tail = RASTERS[kind]
            arrays[kind] = np.load(f"{stem}.{kind}.npy", allow_pickle=False)
            same((arrays[kind].dtype, arrays[kind].shape), (np.dtype(dtype), (height, width, *tail)), f"{stem} {kind}")
        check_rasters(record, arrays)
    return "numpy: " + ", ".join(kinds)


def check_rasters(record, arrays):
    name = record["file_name"]
    if "instance" in arrays:
        box = box_of(arrays["instance"] == SUBJECT)
        expect(record["box_visible"] is None or near(box, record["box_visible"]), f"{name}: box {box}")
    if "semantic" in arrays and "instance" in arrays:
        subject = arrays["semantic"] == record["class_id"] + 1
        expect(np.array_equal(subject, arrays["instance"] == SUBJECT), f"{name}: semantic subject")
        hidden = [i["id"] for i in record["instances"] if i["kind"] == "obstructor"]
        expect(
            np.array_equal(arrays["semantic"] == OBSTRUCTOR, np.isin(arrays["instance"], hidden)),
            f"{name}: semantic obstructors",
        )
    if "depth" in arrays:
        expect((arrays["depth"] > 0).all(), f"{name}: depth is positive")
    if "normal" in arrays:
        length = np.linalg.norm(arrays["normal"], axis=2)
        expect((np.isclose(length, 1, atol=0.02) | (length == 0)).all(), f"{name}: normals have unit length")


def read_coco(folder, manifest, records):
    """annotations.json, with pycocotools."""
    from pycocotools import mask as rle
    from pycocotools.coco import COCO

    coco = COCO(str(folder / "annotations.json"))
    same(sorted(coco.getImgIds()), [record["index"] for record in records], "picture ids")
    names = {category["id"]: category["name"] for category in coco.loadCats(coco.getCatIds())}
    same(names, {i + 1: name for i, name in enumerate(manifest["classes"])}, "categories")
    for record in records:
        (image,) = coco.loadImgs(record["index"])
        same(image["file_name"], record["file_name"], "file_name")
        same([image["width"], image["height"]], manifest["size"], "size")
        annotations = coco.loadAnns(coco.getAnnIds(imgIds=record["index"]))
        visible = record["box_visible"] is not None or (record["mask"] and rle.area(record["mask"]) > 0)
        same(len(annotations), int(bool(visible)), f"annotations of {record['file_name']}")
        for annotation in annotations:
            same(names[annotation["category_id"]], record["class"], "category")
            expect(near(annotation["bbox"], record["box_visible"] or annotation["bbox"]), "bbox")
            if not annotation["segmentation"]:
                continue
            mask = coco.annToMask(annotation)
            same(mask.shape, (image["height"], image["width"]), "shape of the mask")
            same(float(mask.sum()), annotation["area"], "area")
            same(rle.area(annotation["segmentation"]), mask.sum(), "area by pycocotools")
            expect(near(box_of(mask), annotation["bbox"]), f"box of the mask {box_of(mask)} {annotation['bbox']}")
            same(rle.encode(np.asfortranarray(mask))["counts"].decode(), annotation["segmentation"]["counts"], "RLE")
            raster = folder / (record["file_name"].rsplit(".", 1)[0] + ".instance.npy")
            if raster.exists():
                expect(np.array_equal(mask == 1, np.load(raster) == SUBJECT), f"{raster}: instance raster and mask")
    return "pycocotools"


def read_yolo(folder, manifest, records):
    """The .txt files, found as Ultralytics finds them."""
    import yaml

    data = yaml.safe_load((folder / "data.yaml").read_text())
    same(data["names"], dict(enumerate(manifest["classes"])), "names")
    lines = (folder / data["train"]).read_text().splitlines()
    same(lines, [f"./{record['file_name']}" for record in records], "train.txt")
    width, height = manifest["size"]
    for line, record in zip(lines, records, strict=True):
        text = (folder / line).with_suffix(".txt").read_text().split()
        if record["box_visible"] is None:
            same(text, [], f"{line}: label")
            continue
        number, x, y, w, h = int(text[0]), *(float(value) for value in text[1:])
        same(number, record["class_id"], f"{line}: class")
        box = [(x - w / 2) * width, (y - h / 2) * height, w * width, h * height]
        expect(near(box, record["box_visible"], 0.05), f"{line}: {box} is not {record['box_visible']}")
    return "Ultralytics' rules"


def read_webdataset(folder, manifest, records):
    """The tar archives, with webdataset."""
    import webdataset

    archives = sorted(str(path) for path in folder.glob("shard-*.tar"))
    suffix = "jpg" if manifest["image"]["format"] == "jpeg" else "png"
    samples = list(webdataset.WebDataset(archives, shardshuffle=False))
    same([int(sample["__key__"]) for sample in samples], [record["index"] for record in records], "keys")
    for sample, record in zip(samples, records, strict=True):
        same(json.loads(sample["json"]), record, "json")
        same(int(sample["cls"]), record["class_id"], "cls")
        same(list(Image.open(io.BytesIO(sample[suffix])).convert("RGB").size), manifest["size"], "size")
        if is_loose(manifest):
            expect(sample[suffix] == (folder / record["file_name"]).read_bytes(), "bytes of the picture")
        arrays = {kind: np.load(io.BytesIO(sample[f"{kind}.npy"])) for kind in RASTERS if kind in manifest["labels"]}
        check_rasters(record, arrays)
    return f"webdataset, {len(archives)} archives"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("dir", type=Path, help="a finished dataset")
    folder = parser.parse_args().dir
    manifest = json.loads((folder / "motley.json").read_text())
    name = "metadata.jsonl" if is_loose(manifest) else "records.jsonl"
    records = [json.loads(line) for line in (folder / name).read_text(encoding="utf-8").splitlines()]
    if manifest["shard"] is None:
        same(len(records), manifest["count"], "records")
    indices = [record["index"] for record in records]
    same(indices, sorted(set(indices)), "order of the records")

    readers = []
    if is_loose(manifest):
        readers += [read_image_folder, read_imagefolder, read_rasters]
    for name, reader in (("coco", read_coco), ("yolo", read_yolo), ("webdataset", read_webdataset)):
        if name in manifest["formats"]:
            readers.append(reader)
    for reader in readers:
        try:
            print(f"ok: {reader(folder, manifest, records)}: {len(records)} frames agree")
        except Disagreement as error:
            print(f"fault: {reader.__name__}: {error}", file=sys.stderr)
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
