#!/bin/sh
# The tag of an image: v1.4.0 without a model, v1.4.0-model7 with version 7 baked in. deploy/image/tag.sh <version> [<model URI>]
set -eu
case ${2:-} in
  '') echo "$1" ;;
  models:/*/[1-9]*) echo "$1-model${2##*/}" ;;
  *)
    echo 'expected models:/<name>/<number>: a tag names a version by its number, an alias moves' >&2
    exit 1
    ;;
esac
