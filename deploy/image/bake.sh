#!/bin/sh
# Takes the version of MODEL_URI out of its registry into a folder, as a stage of the Dockerfile runs it; an empty folder without MODEL_URI.
# The registry is MLflow's at MLFLOW_TRACKING_URI with the secret mlflow_token, or the build context `registry`.
set -eu
folder=$1
mkdir -p "$folder"
[ -n "${MODEL_URI:-}" ] || exit 0

if [ -n "${MLFLOW_TRACKING_URI:-}" ]; then
  [ ! -s /run/secrets/mlflow_token ] || export MLFLOW_TRACKING_TOKEN_FILE=/run/secrets/mlflow_token
  [ ! -s /run/secrets/ca ] || export NODE_EXTRA_CA_CERTS=/run/secrets/ca
else
  export REGISTRY_DIR=/run/registry
fi
VAR_DIR=$(mktemp -d)
export VAR_DIR
node dist/ml/registry.js export "$MODEL_URI" "$folder"
rm -rf "$VAR_DIR"
# The server that reads it is not root, whoever wrote the registry.
chmod -R a+rX,go-w "$folder"
