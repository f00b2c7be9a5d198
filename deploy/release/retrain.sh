#!/usr/bin/env bash
# From data to a champion: brings the data, trains what has changed, registers, lets the gate decide, and shares what was made.
# Node, DVC and a build (npm ci && npm run build) are there; MLFLOW_TRACKING_URI is the registry, the AWS_* variables the S3 of DVC's remote.
# DVC names the program (dvc unless set). Prints MODEL_URI=models:/<name>/<version> last where a version was promoted, nothing where nothing had changed.
# Exit code 1 where the gate refuses: the version stays registered, and what served goes on.
set -euo pipefail
cd "$(dirname "$0")/../.."
dvc=${DVC:-dvc}
name=${MODEL_NAME:-foretell}

say() { echo "retrain: $1" >&2; }

"$dvc" pull --quiet
"$dvc" update --quiet --recursive data 2>/dev/null || say 'no data set is imported from elsewhere: the one of this commit is used'
"$dvc" repro --quiet
if [ "${FORCE:-}" = '' ] && git diff --quiet -- dvc.lock; then
  say 'neither data nor params nor code have changed: there is nothing to train'
  exit 0
fi
node dist/ml/register.js --name "$name" >&2
version=$(node dist/ml/registry.js list |
  awk -v name="$name" '/^[^ ]/ { ours = ($1 == name) } ours && $1 + 0 > newest { newest = $1 + 0 } END { print newest }')
node dist/ml/promote.js --name "$name" --version "$version" --reason "${REASON:-retrained}" >&2
"$dvc" push --quiet
echo "MODEL_URI=models:/$name/$version"
