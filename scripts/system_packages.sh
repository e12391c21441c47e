#!/usr/bin/env bash
# A browser, a database server, fonts and what makes PDF files for the tests: installed when root on Debian, named otherwise.
# With CI=true what is missing is an error, because there every test must run.
set -euo pipefail

missing=()
command -v chromium >/dev/null || missing+=(chromium)
compgen -G '/usr/lib/postgresql/*/bin/initdb' >/dev/null || missing+=(postgresql)
compgen -G '/usr/share/fonts/truetype/liberation*' >/dev/null || missing+=(fonts-liberation)
compgen -G '/usr/lib/*/libpangoft2-1.0.so.0' >/dev/null || missing+=(libpango-1.0-0 libpangoft2-1.0-0)
if [ ${#missing[@]} -eq 0 ]; then exit 0; fi

if [ "$(id -u)" -eq 0 ] && command -v apt-get >/dev/null; then
  export DEBIAN_FRONTEND=noninteractive
  echo "Installing ${missing[*]}"
  echo "  1/2 the list of packages"; apt-get update -qq
  echo "  2/2 the packages"; apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
  exit 0
fi

echo "Missing for the tests: ${missing[*]}"
echo "  Install them with: sudo apt-get install ${missing[*]}"
if [ "${CI:-}" = true ]; then exit 1; fi
echo "  Until then the tests that need them are skipped, each with its reason."
