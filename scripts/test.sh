#!/usr/bin/env bash
# Every check and test that a change must pass, in stages. The budgets are for two cores.
set -uo pipefail
cd "$(dirname "$0")/.."
source scripts/stages.sh

fast="not prove and not browser and not scenario"
bare=(--ignore=tests/browser)
kept=("${bare[@]}" --ignore=tests/harness --ignore=tests/methods --ignore=tests/cli)
stage "checks" 1 scripts/check.sh
pytests "unit" 3 -n 2 -m "$fast and not database" "${bare[@]}"
pytests "database, SQLite" 4 -n 2 -m "$fast and database" "${kept[@]}"
BESIDE="$BIN/python -m tests.harness.postgres" pytests "database, PostgreSQL" 3 -n 2 -m "$fast and database and not sweep" "${kept[@]}"
pytests "browser" 8 -n 2 -m "browser and not prove" tests/browser
pytests "scenarios" 5 -n 2 -m "scenario and not prove" tests/harness tests/accounts
finish
