#!/usr/bin/env bash
# Captures many frames and watches the memory of all processes that draw them.
#
# usage: scripts/soak.sh SCENE FRAMES     (environment: MOTLEY, the program; SOAK_OUT, where to, default out/soak)
# Fails when memory grows by 1 MB or more per 1,000 frames. Prints the hash of the whole dataset.
set -euo pipefail

scene=$1 frames=$2
motley=${MOTLEY:-target/release/motley}
out=${SOAK_OUT:-out/soak}
log=$(mktemp)
trap 'rm -f "$log"' EXIT

[[ -r /proc/self/status ]] || { echo "soak: needs Linux's /proc" >&2; exit 1; }
[[ ! -e $out ]] || { echo "soak: $out is there already; remove it first, so that all frames are drawn in this run" >&2; exit 1; }

# Resident memory in kB of a process and all that it started.
resident() {
  local pid=$1 child total
  total=$(awk '/^VmRSS/ { print $2 }' "/proc/$pid/status" 2>/dev/null) || total=0
  total=${total:-0}
  # shellcheck disable=SC2013 # the file holds words
  for child in $(cat "/proc/$pid/task/"*/children 2>/dev/null); do total=$((total + $(resident "$child"))); done
  echo "$total"
}

# Frames done, by the pictures that lie there. Listing is cheap beside drawing at one look every few seconds.
written() { find "$out" -name '*.jpg' 2>/dev/null | wc -l; }

"$motley" capture "$scene" --batch "$frames" --out "$out" --format folder &
pid=$!
trap 'kill "$pid" 2>/dev/null || true; rm -f "$log"' EXIT
while kill -0 "$pid" 2>/dev/null; do
  echo "$(written) $(resident "$pid")" >> "$log"
  sleep 5
done
wait "$pid"
trap 'rm -f "$log"' EXIT

echo "hash of $out: $(cd "$out" && find . -type f -print0 | LC_ALL=C sort -z | xargs -0 sha256sum | sha256sum | cut -d ' ' -f 1)"

# Least squares of memory over frames, leaving out the first tenth, in which caches fill, and the end, in which workers leave.
awk -v frames="$frames" '
  $1 > 0.1 * frames && $1 < 0.98 * frames { n++; x += $1; y += $2; xx += $1 * $1; xy += $1 * $2; if ($2 > most) most = $2 }
  END {
    if (n < 3) { print "too short a run to see growth: take more frames"; exit 1 }
    slope = (n * xy - x * y) / (n * xx - x * x)
    printf "memory: at most %.0f MB, growing by %.3f MB per 1,000 frames (%d looks)\n", most / 1024, slope * 1000 / 1024, n
    exit slope * 1000 / 1024 >= 1
  }' "$log"
