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

built=$(mktemp -d)
trap 'rm -rf "$built"' EXIT
node build.mjs "$built"

if [ "${1:-}" = "--check" ]; then
  diff -r -q "$built" "$target" || { echo "Not the committed bytes: run assets/build.sh and commit" >&2; exit 1; }
  echo "The committed assets are what the sources build"
else
  rm -rf "$target"
  cp -R "$built" "$target"
  chmod 755 "$target"
  echo "Built into src/isthmus/apps/core/static/isthmus"
fi
