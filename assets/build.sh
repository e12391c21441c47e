#!/bin/sh
# Builds the styles, scripts and images that the pages load. The outputs are committed: npm is for building, not for installing.
#   assets/build.sh          rebuild them
#   assets/build.sh --check  confirm that rebuilding gives the committed bytes
set -eu
cd "$(dirname "$0")"
target=../src/isthmus/apps/core/static/isthmus

case "${1:-}" in
  "" | --check) ;;
  *) echo "Usage: assets/build.sh [--check]" >&2; exit 2 ;;
esac

echo "Installing the pinned build tools"
npm ci --no-audit --no-fund --loglevel=error

if [ "${1:-}" = "--check" ]; then
  built=$(mktemp -d)
  trap 'rm -rf "$built"' EXIT
  node build.mjs "$built"
  for part in css js images NOTICE.txt; do
    diff -r -q "$built/$part" "$target/$part" || { echo "Not the committed bytes: run assets/build.sh and commit" >&2; exit 1; }
  done
  echo "The committed assets are what the sources build"
else
  node build.mjs "$target"
  echo "Built into src/isthmus/apps/core/static/isthmus"
fi
