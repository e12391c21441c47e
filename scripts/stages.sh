# Stages of a long run: each has a name and a budget in minutes, says what it took, and the last line sums up.
# Sourced by test.sh and prove.sh; every stage runs even when an earlier one failed.
BIN=.venv/bin
reports=$(mktemp -d)
trap 'rm -rf "$reports"' EXIT
failed=() over=() began=$SECONDS

stage() { # NAME MINUTES COMMAND...
  local name=$1 budget=$2 start=$SECONDS took
  shift 2
  printf '\n==> %s (at most %s min)\n' "$name" "$budget"
  "$@" || failed+=("$name")
  took=$((SECONDS - start))
  printf '<== %s: %d s of %d s\n' "$name" "$took" $((budget * 60))
  if [ "$took" -gt $((budget * 60)) ]; then over+=("$name"); fi
}

pytests() { # NAME MINUTES PYTEST-ARGUMENTS...; BESIDE is a command that starts pytest beside something
  local name=$1 budget=$2
  shift 2
  # shellcheck disable=SC2086
  stage "$name" "$budget" ${BESIDE:-} "$BIN/pytest" -q -p no:cacheprovider --junit-xml "$reports/${name//[^a-z]/}.xml" "$@"
}

finish() {
  printf '\n'
  if [ ${#over[@]} -gt 0 ]; then printf 'Over budget: %s\n' "$(IFS=';'; echo "${over[*]}")"; fi
  if [ ${#failed[@]} -gt 0 ]; then printf 'Failed: %s\n' "$(IFS=';'; echo "${failed[*]}")"; fi
  "$BIN/python" scripts/summary.py "$reports" $((SECONDS - began)) || failed+=("summary")
  exit $((${#failed[@]} > 0))
}
