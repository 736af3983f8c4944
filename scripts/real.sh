#!/usr/bin/env bash
# Trains classifiers of cats and dogs on frames, on photos and on both, and judges them on photos that none has seen.
#
# usage: scripts/real.sh     (environment: MOTLEY, the program; MOTLEY_DATA, the folder with photos/ and weights/, and with
#                            models/ if frames of those are to be compared too; REAL_OUT, where to, default out/real;
#                            REAL_FRAMES, frames of both classes, default 4000)
# Fails when the classifier that learnt from photos is right on fewer than 97.5 % of them, or when photos beside frames are
# worth less than the photos alone.
set -euo pipefail

motley=${MOTLEY:-target/release/motley}
out=${REAL_OUT:-out/real}
frames=${REAL_FRAMES:-4000}
data=${MOTLEY_DATA:-}
[[ -n $data && -d $data/photos && -d $data/weights ]] || { echo "real: set MOTLEY_DATA to a folder with photos/ and weights/" >&2; exit 1; }

weights=$data/weights/mobilenet_v2_1.0_224_from_quant_fp32.safetensors
common=(--classes cat,dog --backbone mobilenet_v2 --weights "$weights" --val "$data/photos/val" --cache "$out/features" --quiet)

# accuracy RUN ARGUMENT...: trains where that was not done yet, and prints the share of right answers on photos/val.
accuracy() {
  local run=$out/$1
  shift
  [[ -e $run/report.html ]] || { rm -rf "$run"; "$motley" train "${common[@]}" "$@" --out "$run"; }
  # It is judged on photos/val as it is trained: the first accuracy of the file is that of all pictures.
  grep -m1 '"accuracy"' "$run/evaluation.json" | tr -dc '0-9.'
}

# at_least GOT WANTED WHAT
at_least() {
  awk -v got="$1" -v wanted="$2" 'BEGIN { exit !(got >= wanted) }' || { echo "real: $3: $1 is below $2"; failed=1; }
}

failed=
scene=scenes/cats-dogs-photo.scene.ron
"$motley" capture "$scene" --batch "$frames" --out "$out/frames"
printf '%-16s %8s %8s\n' 'photos a class' 'photos' 'photos and frames'
printf '%-16s %8s %8.4f\n' 0 '' "$(accuracy frames-run --data "$out/frames")"
# One set of ten photos teaches several points more than another: each line is the mean of four sets that share no photo.
for count in 10 50 250; do
  sums=(0 0)
  for set in 1 2 3 4; do
    few=$out/photos-$count-$set
    for class in cat dog; do
      mkdir -p "$few/$class"
      first=$((count * (set - 1) + 1))
      find "$data/photos/train/$class" -type f | sort | sed -n "$first,$((first + count - 1))p" | xargs cp -t "$few/$class"
    done
    alone=$(accuracy "photos-$count-$set-run" --real "$few")
    both=$(accuracy "both-$count-$set-run" --data "$out/frames" --real "$few")
    echo "  set $set: $alone $both"
    sums=($(awk -v a="${sums[0]}" -v b="${sums[1]}" -v alone="$alone" -v both="$both" 'BEGIN { print a + alone, b + both }'))
  done
  read -r alone both <<< "$(awk -v a="${sums[0]}" -v b="${sums[1]}" 'BEGIN { printf "%.5f %.5f", a / 4, b / 4 }')"
  printf '%-16s %8.4f %8.4f\n' "$count" "$alone" "$both"
  at_least "$both" "$alone" "$count photos beside frames"
done
all=$(accuracy photos-run --real "$data/photos/train")
printf '%-16s %8.4f\n' all "$all"
at_least "$all" 0.975 "all photos"
if [[ -d $data/models ]]; then
  # The same scene with other people's models.
  mkdir -p "$out/pack"
  ln -sfn "$(realpath "$data/models")" "$out/pack/subjects"
  awk '/^    classes: \[/ {
         print "    packs: [\"pack\"],"
         print "    classes: [(name: \"cat\", source: Packs), (name: \"dog\", source: Packs)],"
         skip = 1
       }
       !skip
       /^    \],/ { skip = 0 }' "$scene" > "$out/pack.scene.ron"
  "$motley" capture "$out/pack.scene.ron" --batch "$frames" --out "$out/pack-frames"
  printf '%-16s %8s %8.4f\n' "0, other models" '' "$(accuracy pack-run --data "$out/pack-frames")"
fi
[[ ! $failed ]]
