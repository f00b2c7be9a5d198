#!/usr/bin/env bash
# Builds serve and train: deploy/image/build.sh NAME VERSION [MODEL_URI], for instance ghcr.io/acme/foretell v1.4.0 models:/foretell/7.
# With a model, serve carries it (MLFLOW_TRACKING_URI and MLFLOW_TRACKING_TOKEN say where from; without them var/registry). Tags are those of tag.sh.
set -euo pipefail
cd "$(dirname "$0")/../.."
if [ $# -lt 2 ]; then
  sed -n 2,3p "$0"
  exit 2
fi
name=$1 version=$2 model=${3:-}
common=(
  --build-arg "VERSION=$version"
  --build-arg "REVISION=$(git rev-parse HEAD)"
  --build-arg "SOURCE=$(git config --get remote.origin.url || echo unknown)"
)
baked=()
if [ -n "$model" ]; then
  path=${model#models:/}
  baked=(
    --build-arg "MODEL_URI=$model"
    --build-arg "MODEL_NAME=${path%/*}"
    --build-arg "MODEL_VERSION=${path##*/}"
  )
  if [ -n "${MLFLOW_TRACKING_URI:-}" ]; then
    baked+=(--build-arg "MLFLOW_TRACKING_URI=$MLFLOW_TRACKING_URI" --secret id=mlflow_token,env=MLFLOW_TRACKING_TOKEN)
  else
    baked+=(--build-context "registry=${REGISTRY_DIR:-var/registry}")
  fi
fi
docker build "${common[@]}" "${baked[@]}" --target serve --tag "$name:$(deploy/image/tag.sh "$version" "$model")" .
docker build "${common[@]}" --target train --tag "$name-train:$version" .
docker image ls --filter "reference=$name*"
