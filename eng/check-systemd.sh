#!/usr/bin/env bash
# Fails when a shipped unit is rated more exposed than 1.5, or does not parse. Exit 77: systemd-analyze is not installed.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
limit=1.5

command -v systemd-analyze >/dev/null || { echo "check-systemd: systemd-analyze is not installed" >&2; exit 77; }
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

check() {
  local unit=$1 name complaints line score
  name=$(basename "$unit")
  # A scratch copy that runs /bin/true, because the real program need not be installed where this is checked.
  sed 's#^ExecStart=.*#ExecStart=/bin/true#' "$unit" >"$scratch/$name"
  complaints=$(systemd-analyze verify --man=no "$scratch/$name" 2>&1 | grep -F "$name" || true)
  if [ -n "$complaints" ]; then
    echo "$complaints" >&2
    exit 1
  fi

  line=$(LC_ALL=C systemd-analyze security --offline=true --no-pager "$unit" | grep 'Overall exposure level')
  score=$(sed -E 's/.*: *([0-9]+\.[0-9]+).*/\1/' <<<"$line")
  awk -v score="$score" -v limit="$limit" 'BEGIN { exit !(score != "" && score + 0 <= limit + 0) }' || {
    echo "check-systemd: exposure $score of $name is above $limit" >&2
    exit 1
  }
  echo "check-systemd: exposure $score of $name, at most $limit is allowed"
}

for unit in deploy/systemd/*.service; do check "$unit"; done
