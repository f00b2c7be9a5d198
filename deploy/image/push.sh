#!/usr/bin/env bash
# Pushes serve, and train where it was built, signs serve without a key of our own (cosign, by the workflow's identity) and attaches its list of parts:
# deploy/image/push.sh NAME TAG [SBOM]. Prints `image=<name>@<digest>` and `digest=<digest>`.
set -euo pipefail
if [ $# -lt 2 ]; then
  sed -n 2,3p "$0"
  exit 2
fi
name=$1 tag=$2 sbom=${3:-}
docker push "$name:$tag" >&2
digest=$(docker inspect --format '{{index .RepoDigests 0}}' "$name:$tag" | cut -d@ -f2)
if docker image inspect "$name-train:$tag" >/dev/null 2>&1; then docker push "$name-train:$tag" >&2; fi
cosign sign --yes "$name@$digest" >&2
if [ -n "$sbom" ]; then cosign attest --yes --type cyclonedx --predicate "$sbom" "$name@$digest" >&2; fi
echo "image=$name@$digest"
echo "digest=$digest"
