#!/usr/bin/env bash
# The studio as a person uses it, in a virtual screen: real mouse and keyboard events, real pictures. Opens a scene, sees the
# preview, switches the light off, sees another picture, undoes it, saves, captures 50 frames, trains an epoch on them, opens a
# mistake and sees where the network looked, closes the window in the middle of a capture, and goes on with that one.
#
# usage: MOTLEY=target/release/motley scripts/studio.sh [FOLDER]
#   FOLDER    keep screenshots there
set -euo pipefail

MOTLEY=$(realpath "${MOTLEY:-target/release/motley}")
readonly MOTLEY SHOTS=${1:-}
readonly SIZE=1400x900
# The middle of the window, where the preview's picture is.
readonly PICTURE=360x360+540+140
# Where things are in the layout that the studio begins with: boxes and buttons by their names.
readonly LIGHT=(39 247) CAPTURE=(1093 202) FRAMES=(1138 70) FOLDER=(1190 91)
readonly TAB_CAPTURE=(1090 43) TAB_TRAIN=(1145 43) TAB_RESULTS=(1195 43)
readonly STREAM=(1072 69) LEARN_FROM=(1220 91) VALIDATE_ON=(1220 137) EPOCHS=(1178 294) TRAIN=(1084 412)
readonly BY_BREED=(1165 279) FIRST_MISTAKE=(1110 345) WHERE=(1132 342)

say() { printf 'studio: %s\n' "$*" >&2; }
for tool in Xvfb xdotool import compare; do
  command -v "$tool" >/dev/null || { say "skipped: $tool is missing (Debian, Ubuntu: apt install xvfb xdotool imagemagick)"; exit 0; }
done

work=$(mktemp -d)
log=$work/log
pids=()
finish() {
  local status=$?
  for pid in "${pids[@]}"; do kill "$pid" 2>/dev/null || true; done
  if (( status )); then say "failed; the studio said:"; cat "$log" >&2; fi
  rm -rf "$work"
}
trap finish EXIT
die() { say "$*"; shot failed; exit 1; }

# wait_for SECONDS COMMAND...: until the command succeeds.
wait_for() {
  local end=$((SECONDS + $1)); shift
  until "$@"; do
    (( SECONDS < end )) || return 1
    sleep 0.3
  done
}

shot() { [[ -z $SHOTS ]] || { mkdir -p "$SHOTS"; import -window root "$SHOTS/$1.png"; }; }
picture() { import -window root -crop "$PICTURE" +repage "$work/$1.png"; }
colours() { identify -format %k "$work/$1.png"; }
# differ A B: whether more than a few pixels differ clearly.
differ() { (( $(compare -metric AE -fuzz 4% "$work/$1.png" "$work/$2.png" null: 2>&1 | cut -d. -f1 || true) > 500 )); }
sees_picture() { picture now; (( $(colours now) > 500 )); }
# now_differs A / now_equals A: the picture on the screen against an earlier one.
now_differs() { picture now; differ now "$1"; }
now_equals() { picture now; ! differ now "$1"; }
click() { xdotool mousemove "$1" "$2" sleep 0.2 click 1; sleep 0.3; }
type_into() { click "$1" "$2"; xdotool key ctrl+a; xdotool type --delay 30 "$3"; xdotool key Return; sleep 0.3; }
says() { grep -q -- "$1" "$scene"; }

# ---- the stage -----------------------------------------------------------------------------------------------------

export XDG_CONFIG_HOME=$work/config RUST_LOG=warn,motley_studio=info
scene=$work/cats.scene.ron
sed -e 's/count: 20000/count: 50/' -e 's/size: 256/size: 128/' -e 's/individuals: 256/individuals: 2/' \
  "$(dirname "$0")/../scenes/cats-dogs.scene.ron" > "$scene"

exec 3<> <(:)
Xvfb -displayfd 3 -screen 0 "${SIZE}x24" 2>/dev/null & pids+=($!)
read -r -t 20 number <&3 || die "Xvfb does not start"
export DISPLAY=:$number

cd "$work"
"$MOTLEY" studio 2> "$log" & pids+=($!)
studio=$!
wait_for 30 xdotool search --name Motley >/dev/null 2>&1 || die "no window"
window=$(xdotool search --name Motley | head -1)
xdotool windowmove "$window" 0 0 windowsize "$window" "${SIZE%x*}" "${SIZE#*x}" windowfocus "$window" 2>/dev/null || true

# ---- what a person does --------------------------------------------------------------------------------------------

wait_for 120 sees_picture || die "no picture"
sleep 2; picture default
xdotool key --delay 50 ctrl+o; sleep 0.5
xdotool key ctrl+a; xdotool type --delay 20 "$scene"; xdotool key Return
wait_for 20 xdotool search --name cats.scene.ron >/dev/null 2>&1 || die "the scene is not opened"
wait_for 30 now_differs default || die "another scene was opened, and the picture stays"
sleep 2; picture first; shot 1-open
say "a picture is there: $(grep -o 'first picture after [0-9]* ms' "$log" || true)"

click "${LIGHT[@]}"
wait_for 30 now_differs first || die "the light was switched off, and the picture stays"
sleep 1; picture dark; shot 2-no-light

xdotool key --delay 50 ctrl+z
wait_for 30 now_equals first || die "undone, and the picture is not the first again"
shot 3-undone

click "${LIGHT[@]}"
wait_for 30 now_differs first || die "the light was switched off again, and the picture stays"
xdotool key --delay 50 ctrl+s
wait_for 10 says "enabled: false,\$" || die "the file was not saved"
says "// Cats and dogs as in the paper" || die "the comments are gone"

click "${CAPTURE[@]}"
wait_for 120 test -f "$work/out/cats-dogs/motley.json" || die "the capture does not begin"
wait_for 300 test -f "$work/out/cats-dogs/metadata.jsonl" || die "the capture does not end"
frames=$(wc -l < "$work/out/cats-dogs/metadata.jsonl")
(( frames == 50 )) || die "$frames frames instead of 50"
sleep 2; shot 4-captured


click "${TAB_TRAIN[@]}"
click "${STREAM[@]}"
type_into "${LEARN_FROM[@]}" out/cats-dogs
type_into "${VALIDATE_ON[@]}" out/cats-dogs
type_into "${EPOCHS[@]}" 1
click "${TRAIN[@]}"
wait_for 120 test -f "$work/out/run/evaluation.json" || die "the training does not end"
sleep 2; shot 5-trained

click "${TAB_RESULTS[@]}"
click "${BY_BREED[@]}"
click "${FIRST_MISTAKE[@]}"
click "${WHERE[@]}"
for method in gradcam occlusion; do
  wait_for 120 test -f "$work/out/run/explain/$method/grid.png" || die "no heat map by $method"
done
sleep 3; shot 6-heat-maps

xdotool key --delay 50 shift+question
sleep 2; shot 7-shortcuts
xdotool key Escape

# The window is closed while it captures: what there is stays, and the same command goes on.
click "${TAB_CAPTURE[@]}"
type_into "${FRAMES[@]}" 1000
type_into "${FOLDER[@]}" out/more
click "${CAPTURE[@]}"
captured() { find "$work/out/more" -name '0*.jpg' 2>/dev/null | wc -l; }
wait_for 60 eval '(( $(captured) > 100 ))' || die "the second capture does not begin"
kill -0 "$studio" || die "the studio is gone"
longest=$(grep -o 'longest frame of the window: [0-9]* ms' "$log" | tail -1)
xdotool key ctrl+q
wait_for 30 eval '! kill -0 $studio 2>/dev/null' || die "the window does not close"
wait_for 30 eval '! pgrep -f "capture cats.scene.ron" >/dev/null' || die "the capture goes on without the window"
(( $(captured) < 1000 )) || die "the capture was over before the window was closed"
"$MOTLEY" capture cats.scene.ron --batch 1000 --out out/more --size 128 --labels box,mask --quiet >> "$log" 2>&1 ||
  die "the capture does not go on"
"$MOTLEY" audit out/more >> "$log" || die "what was captured is not whole"
[[ -f $work/config/motley/studio.json ]] || die "the layout is not kept"
say "all is well: $longest"
