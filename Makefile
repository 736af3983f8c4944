# make demo    frames of the default scene, and a classifier that learns from them: one page to look at
# make test    all tests
# The rest: see `make help`.

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help

# A toolchain that was installed a minute ago is not on the PATH yet.
export PATH := $(PATH):$(HOME)/.cargo/bin

TARGET := $(or $(CARGO_TARGET_DIR),target)
MOTLEY := $(TARGET)/release/motley
SCENE := scenes/cats-dogs.scene.ron
# Animals near by, so that a small network can tell them apart after a minute.
PHOTO_SCENE := scenes/cats-dogs-photo.scene.ron
# Third-party models that tests look at where they are; without them those tests skip.
export MOTLEY_DATA := $(or $(MOTLEY_DATA),$(abspath $(wildcard ../shared/data)))
VENV := $(or $(MOTLEY_VENV),.venv)
SOAK_FRAMES := 20000
DEMO_FRAMES := 2000

define NO_CARGO
Motley is written in Rust, and cargo is not here. Get it with
    curl --proto '=https' --tlsv1.2 -sSf https://sh.rustup.rs | sh
(or see https://rustup.rs), then run make again.
endef
export NO_CARGO

.PHONY: help
help: ## This list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-18s %s\n", $$1, $$2 }' Makefile
	@command -v cargo >/dev/null || printf '\n%s\n' "$$NO_CARGO"

.PHONY: demo
demo: build ## Frames of the default scene, a contact sheet, and a classifier that learns from a stream: about two minutes
	$(MOTLEY) capture $(SCENE) --batch 200 --out out/demo
	$(MOTLEY) sheet out/demo --out out/demo-sheet.jpg
	rm -rf out/demo-run
	$(MOTLEY) train --stream $(PHOTO_SCENE) --count $(DEMO_FRAMES) --out out/demo-run
	@echo "Frames: out/demo   Contact sheet: out/demo-sheet.jpg   What was learnt: out/demo-run/report.html"
	@if [[ -n "$${DISPLAY:-}$${WAYLAND_DISPLAY:-}" ]] && command -v xdg-open >/dev/null; then xdg-open out/demo-run/report.html >/dev/null 2>&1 & fi

.PHONY: test
test: setup ## All tests
	cargo test --release --workspace

.PHONY: test-interop
test-interop: build ## Read datasets and exported models back with pycocotools, Hugging Face datasets, webdataset, trimesh, three.js and others
	scripts/setup.sh python
	MOTLEY=$(MOTLEY) VENV=$(VENV) scripts/interop.sh $(SCENE)

.PHONY: test-studio
test-studio: build ## The studio by mouse and keyboard in a virtual screen (needs Xvfb, xdotool, ImageMagick)
	MOTLEY=$(MOTLEY) scripts/studio.sh

.PHONY: test-interop-torch
test-interop-torch: build ## Compare networks and heat maps with PyTorch, torchvision, grad-cam and captum (a download of 1 GB)
	scripts/setup.sh python
	MOTLEY=$(MOTLEY) VENV=$(VENV) scripts/interop-torch.sh

.PHONY: test-wgpu
test-wgpu: setup ## Train on the GPU, or on Vulkan in software: a few minutes there
	cargo test --release --workspace --test learn -- --ignored wgpu

.PHONY: real
real: build ## Learn from frames and from photos, judged on photos: needs MOTLEY_DATA; about ten minutes
	MOTLEY=$(MOTLEY) scripts/real.sh

.PHONY: soak
soak: build ## 20,000 frames: memory growth, and the hash of the whole (SOAK_FRAMES=n for another number)
	MOTLEY=$(MOTLEY) scripts/soak.sh $(SCENE) $(SOAK_FRAMES)

.PHONY: bench
bench: build ## Images per second of capture and of training, by stage
	$(MOTLEY) bench capture
	$(MOTLEY) bench train

.PHONY: lint
lint: setup ## Formatting, clippy and docs, warnings denied
	@cargo clippy --version >/dev/null && cargo fmt --version >/dev/null || { echo "clippy or rustfmt is missing: rustup component add clippy rustfmt"; exit 1; }
	cargo fmt --all --check
	cargo clippy --release --workspace --all-targets -- -D warnings
	RUSTDOCFLAGS="-D warnings" cargo doc --release --workspace --no-deps

.PHONY: build
build: setup ## The program, target/release/motley
	cargo build --release --workspace # all of it: the same choice of features as the tests, so nothing is compiled twice

.PHONY: setup
setup: cargo ## Install what the system lacks; asks for sudo only then
	@scripts/setup.sh

.PHONY: cargo
cargo:
	@command -v cargo >/dev/null || { printf '%s\n' "$$NO_CARGO"; exit 1; }

.PHONY: clean
clean: ## Remove what was built and captured here
	cargo clean
	rm -rf out .venv
