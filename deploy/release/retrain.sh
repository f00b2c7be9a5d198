#!/usr/bin/env bash
# From data to a champion: brings the data, trains what has changed, registers, lets the gate decide, and shares what was made.
# Node, DVC and a build (npm ci && npm run build) are there; MLFLOW_TRACKING_URI is the registry, the AWS_* variables the S3 of DVC's remote.
# DVC names the program (dvc unless set). Prints MODEL_URI=models:/<name>/<version> where a version was promoted, nothing where nothing had changed.
# Exit code 1 where the gate refuses: the version stays registered, and what served goes on.
set -euo pipefail
cd "$(dirname "$0")/../.."
dvc=${DVC:-dvc}
name=${MODEL_NAME:-foretell}
# The standard output is for MODEL_URI alone; what the programs say goes where errors go.
exec 3>&1 1>&2

say() { echo "retrain: $1"; }

# What nobody has pushed yet is made below; data that is missing then is an error of `repro`.
"$dvc" pull --allow-missing
"$dvc" update --quiet --recursive data 2>/dev/null || say 'no data set is imported from elsewhere: the one of this commit is used'
"$dvc" repro
if [ "${FORCE:-}" = '' ] && git diff --quiet -- dvc.lock; then
  say 'neither data nor params nor code have changed: there is nothing to train'
  exit 0
fi
node dist/ml/register.js --name "$name"
newest=$(node dist/ml/registry.js list |
  awk -v name="$name" '/^[^ ]/ { ours = ($1 == name); next } ours && !seen++ { print }')
version=$(awk '{ print $1 }' <<<"$newest")
if [[ $newest =~ \(.*champion.*\)$ ]]; then
  say 'the first version of a registry is its champion: there is none that it could be worse than'
else
  node dist/ml/promote.js --name "$name" --version "$version" --reason "${REASON:-retrained}"
fi
"$dvc" push
echo "MODEL_URI=models:/$name/$version" >&3
