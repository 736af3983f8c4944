#!/usr/bin/env bash
# Compares networks, heat maps and a trained model with PyTorch's.
#
# usage: scripts/interop-torch.sh [BACKBONE...]   (environment: MOTLEY, the program; VENV, a Python environment, made when missing)
set -euo pipefail

motley=${MOTLEY:-target/release/motley}
venv=${VENV:-.venv}

[[ -x $venv/bin/python ]] || python3 -m venv "$venv"
if ! "$venv/bin/python" -c 'import torch, torchvision, safetensors, pytorch_grad_cam, captum' 2>/dev/null; then
  echo "interop: installing PyTorch and others into $venv"
  "$venv/bin/python" -m pip install --quiet torch torchvision safetensors grad-cam captum
fi
cargo build --release --workspace --example network
"$venv/bin/python" tests/interop/backbones.py "$motley" "$(dirname "$motley")/examples/network" "$@"
