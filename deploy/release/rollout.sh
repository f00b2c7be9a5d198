#!/usr/bin/env bash
# Rolls an image out to a cluster, asks whether it does its work, and goes back to what was there where it does not.
# deploy/release/rollout.sh OVERLAY IMAGE ADDRESS, for instance: production ghcr.io/acme/foretell:v1.4.0 https://foretell.example
# kubectl has the cluster, SMOKE_USERNAME and SMOKE_PASSWORD are those of smoke.mjs. Exit code 1 where the release is not live, whatever was undone.
set -euo pipefail
cd "$(dirname "$0")/../.."
if [ $# -ne 3 ]; then
  sed -n 2,4p "$0"
  exit 2
fi
overlay=deploy/kubernetes/overlays/$1 image=$2 address=$3
manifests=$(mktemp)
trap 'rm -f "$manifests"' EXIT

# The overlay with this image in place of the one it names; the training image goes by the same version.
kubectl kustomize "$overlay" |
  sed -E "s#image: [^ ]*/foretell:[^ ]+#image: $image#; s#image: [^ ]*/foretell-train:[^ ]+#image: ${image/foretell:/foretell-train:}#" >"$manifests"
namespace=$(awk '/^kind: Namespace/ { found = 1 } found && $1 == "name:" { print $2; exit }' "$manifests")
ours=(kubectl --namespace "$namespace")

undo() {
  echo "rollout: $1; going back to the release before" >&2
  "${ours[@]}" rollout undo deployment/foretell
  "${ours[@]}" rollout status deployment/foretell --timeout=5m
  exit 1
}

# A Job cannot be changed: that of the release before goes first.
"${ours[@]}" delete job foretell-migrate --ignore-not-found
kubectl apply --filename "$manifests"
if grep -q 'name: foretell-migrate' "$manifests"; then
  "${ours[@]}" wait --for=condition=complete job/foretell-migrate --timeout=15m || undo 'the migration does not end well'
fi
"${ours[@]}" rollout status deployment/foretell --timeout=10m || undo 'the new pods do not become ready'
node deploy/release/smoke.mjs "$address" || undo 'the new release does not do its work'
echo "rollout: $image is live at $address"
