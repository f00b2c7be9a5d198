#!/bin/sh
# Starts MLflow's server with the address of its database from the file MLFLOW_BACKEND_STORE_URI_FILE, where there is one: it holds a password.
set -eu
if [ -n "${MLFLOW_BACKEND_STORE_URI_FILE:-}" ]; then
  MLFLOW_BACKEND_STORE_URI=$(cat "$MLFLOW_BACKEND_STORE_URI_FILE")
  export MLFLOW_BACKEND_STORE_URI
fi
exec mlflow server "$@"
