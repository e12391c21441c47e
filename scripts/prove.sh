#!/usr/bin/env bash
# The slow proof: kills and load, every address over HTTP in production, long property runs, a clean clone,
# rebuilt data and assets, and what the benchmarks promise. About three quarters of an hour on two cores.
set -uo pipefail
cd "$(dirname "$0")/.."
source scripts/stages.sh

clean_clone() { # two starts of a bare clone, as a newcomer does it
  local folder port=8765 try
  folder=$(mktemp -d)
  git clone --quiet . "$folder" || return 1
  for try in first second; do
    (cd "$folder" && exec env -u ISTHMUS_MODE PORT=$port setsid make run) >"$folder/$try.log" 2>&1 &
    local group=$! began=$SECONDS limit=180
    if [ "$try" = second ]; then limit=15; fi
    until curl --silent --fail --output /dev/null "http://localhost:$port/healthz"; do
      if [ $((SECONDS - began)) -ge "$limit" ] || ! kill -0 "$group" 2>/dev/null; then
        printf 'The %s start did not answer within %d s:\n' "$try" "$limit"
        tail -n 20 "$folder/$try.log"
        kill -TERM -- "-$group" 2>/dev/null
        return 1
      fi
      sleep 0.2
    done
    printf 'The %s start answered after %d s (at most %d s)\n' "$try" $((SECONDS - began)) "$limit"
    kill -TERM -- "-$group"
    wait "$group" 2>/dev/null
    while kill -0 -- "-$group" 2>/dev/null; do sleep 0.2; done # or the next start would be measured on this one
  done
  rm -rf "$folder"
}

fast="not prove and not browser and not scenario"
pytests "kills, load and every address over HTTP" 15 -m prove
BESIDE="$BIN/python -m tests.harness.postgres" pytests "every address, PostgreSQL" 5 -n 2 -m "$fast and sweep"
pytests "long property runs" 20 -n 2 -m "$fast and not database" --hypothesis-profile=long
stage "a clean clone" 5 clean_clone
stage "rebuilt data and assets" 5 make --no-print-directory build-check
stage "benchmarks" 15 make --no-print-directory bench
finish
