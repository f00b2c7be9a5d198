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

# The overlay with this image in place of the one it names. The training image has the same version of the software, whatever model serve carries; a digest
# alone names no version, and leaves the overlay's.
images=(-e "s#image: [^ ]*/foretell:[^ ]+#image: $image#")
named=${image%%@*}
if [[ ${named##*/} == *:* ]]; then
  version=${named##*:}
  images+=(-e "s#image: [^ ]*/foretell-train:[^ ]+#image: ${named%:*}-train:${version%-model*}#")
fi
kubectl kustomize "$overlay" | sed -E "${images[@]}" >"$manifests"
namespace=$(awk '/^kind: Namespace/ { found = 1 } found && $1 == "name:" { print $2; exit }' "$manifests")
ours=(kubectl --namespace "$namespace")
before=$("${ours[@]}" get deployment foretell --ignore-not-found \
  --output 'jsonpath={.metadata.annotations.deployment\.kubernetes\.io/revision}')

undo() {
  if [ -z "$before" ]; then
    echo "rollout: $1; there is no release before to go back to" >&2
    exit 1
  fi
  echo "rollout: $1; going back to the release before" >&2
  # By its number: `undo` alone goes one back from what is there, which may be what was good.
  "${ours[@]}" rollout undo deployment/foretell --to-revision="$before"
  "${ours[@]}" rollout status deployment/foretell --timeout=5m
  exit 1
}

# A Job cannot be changed: that of the release before goes first.
"${ours[@]}" delete job foretell-migrate --ignore-not-found
kubectl apply --filename "$manifests" || undo 'not everything can be applied'
if grep -q 'name: foretell-migrate' "$manifests"; then
  "${ours[@]}" wait --for=condition=complete job/foretell-migrate --timeout=15m || undo 'the migration does not end well'
fi
"${ours[@]}" rollout status deployment/foretell --timeout=10m || undo 'the new pods do not become ready'
node deploy/release/smoke.mjs "$address" || undo 'the new release does not do its work'
echo "rollout: $image is live at $address"
