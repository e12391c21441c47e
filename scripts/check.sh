#!/usr/bin/env bash
# Format, lint, types, import contracts, templates, dependencies, migrations. Every check runs; the end names what failed.
set -uo pipefail
cd "$(dirname "$0")/.."
BIN=.venv/bin
failed=()

check() { # NAME COMMAND...
  local name=$1 output
  shift
  if output=$("$@" 2>&1); then printf '  well  %s\n' "$name"; else
    printf '  MEND  %s\n%s\n' "$name" "$output"
    failed+=("$name")
  fi
}

check "format" $BIN/ruff format --check .
check "lint" $BIN/ruff check .
check "types" $BIN/mypy
check "import contracts" $BIN/lint-imports --no-cache
check "templates" bash -c "git ls-files -z 'src/*.html' | xargs -0 -r $BIN/djlint --quiet --lint"
check "nothing inline in templates" scripts/no_inline.sh src
check "dependencies" $BIN/deptry src
check "migrations" env ISTHMUS_MODE=test $BIN/python -m django makemigrations --check --dry-run --settings isthmus.site.settings_test
check "Django's own checks" $BIN/python -m django check --settings isthmus.site.settings_test

if [ ${#failed[@]} -gt 0 ]; then printf 'Not well: %s\n' "$(IFS=';'; echo "${failed[*]}")"; exit 1; fi
