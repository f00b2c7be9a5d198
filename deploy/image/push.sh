#!/usr/bin/env bash
# Pushes serve, and train where it was built, signs each without a key of our own (cosign, by the workflow's identity) and attaches lists of parts to serve:
# deploy/image/push.sh NAME TAG [SBOM ...]. Prints `image=<name>:<tag>@<digest>` and `digest=<digest>`, of serve.
set -euo pipefail
shopt -s inherit_errexit # else a push that fails inside $(...) goes on
if [ $# -lt 2 ]; then
  sed -n 2,3p "$0"
  exit 2
fi
name=$1 tag=$2
shift 2

push() { # IMAGE: prints its digest, by which it is signed: a tag can be moved
  local digest
  docker push "$1" >&2
  digest=$(docker inspect --format '{{index .RepoDigests 0}}' "$1" | cut -d@ -f2)
  cosign sign --yes "${1%:*}@$digest" >&2
  echo "$digest"
}

digest=$(push "$name:$tag")
if docker image inspect "$name-train:$tag" >/dev/null 2>&1; then push "$name-train:$tag" >/dev/null; fi
for sbom in "$@"; do cosign attest --yes --type cyclonedx --predicate "$sbom" "$name@$digest" >&2; done
echo "image=$name:$tag@$digest"
echo "digest=$digest"
