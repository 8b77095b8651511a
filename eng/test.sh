#!/usr/bin/env bash
# Runs every test assembly and ends with one line for all of them: `N passed, N failed, N skipped`.
# Usage: eng/test.sh [further arguments of `dotnet test`, such as --filter FullyQualifiedName~Pinning]
# What was skipped is named before that line, with the reason. With REQUIRE_REAL=1 a skipped test is a failed one, but for those of `optional`:
# for machines that are to have every real part (nginx, Chromium, a name server, network namespaces …), as root.
# Exit code: 0 only when at least one test ran and none failed.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.." || exit 1
. eng/packages.sh

projects=(test/Uptrakit.Tests test/Uptrakit.EndToEnd)
configuration=${CONFIGURATION:-Release}
# Far above the slowest test: a test that hangs must end the run, not the patience of who waits for it.
hang=${TEST_HANG_TIMEOUT:-20m}
results=artifacts/test-results
# Reasons of skipped tests that may be skipped everywhere: shells that few have.
optional='^(fish|zsh) is not installed$'

# Summaries are parsed, so their language and form must not depend on who runs this.
export DOTNET_CLI_UI_LANGUAGE=en MSBUILDTERMINALLOGGER=off
# Hundreds of processes that live for seconds: what the compiler spends on making them faster later never comes back.
export DOTNET_TieredPGO=0 DOTNET_TC_CallCountThreshold=1000
export QU=${QU:-$PWD/artifacts/bin/qu} UPTRAKIT_BIN=${UPTRAKIT_BIN:-$PWD/artifacts/bin}

want nginx-light openssl curl systemd iproute2 sslscan postgresql chromium tmux prometheus exim4-daemon-light knot

passed=0 failed=0 skipped=0 code=0
log=$(mktemp) failures=$(mktemp) skips=$(mktemp)
trap 'rm -f "$log" "$failures" "$skips"' EXIT

# number <label>: the sum of what the summary lines in the log say for one label.
number() {
  grep -E '^ *(Passed|Failed|Skipped)! +- +Failed:' "$log" |
    sed -E "s/.*[ ,-]$1: +([0-9]+),.*/\1/" | awk '{ sum += $1 } END { print sum + 0 }'
}

# What failed and why, without the pages of logs that come between.
name_failures() {
  awk '/^  Failed .*\[/ { told = 12 } /^ *Stack Trace:|^ *Standard Output Messages:/ { told = 0 } told > 0 { print; told-- }' "$log" >>"$failures"
}

# name_skips <results>: a line `name: reason` for each test that was skipped.
name_skips() {
  [ -f "$1" ] || return 0
  awk '
    /<UnitTestResult / { name = "" }
    /<UnitTestResult .*outcome="NotExecuted"/ { name = $0; sub(/.* testName="/, "", name); sub(/".*/, "", name) }
    name != "" && /<Message>/ { why = $0; sub(/.*<Message>/, "", why); sub(/<\/Message>.*/, "", why); print name ": " why; name = "" }
  ' "$1" | sed 's/&lt;/</g; s/&gt;/>/g; s/&quot;/"/g; s/&#x[AD];/ /g; s/&amp;/\&/g' >>"$skips"
}

for project in "${projects[@]}"; do
  echo "== $project"
  trx=$results/${project##*/}.trx
  rm -f "$trx"
  dotnet test "$project" -c "$configuration" --no-restore --no-build --nologo \
    --blame-hang --blame-hang-timeout "$hang" --blame-hang-dump-type none \
    --results-directory "$results" --logger "trx;LogFileName=${trx##*/}" "$@" 2>&1 | tee "$log"
  status=${PIPESTATUS[0]}
  now_failed=$(number Failed)
  name_failures
  name_skips "$trx"
  passed=$((passed + $(number Passed)))
  skipped=$((skipped + $(number Skipped)))
  if [ "$status" -ne 0 ] && [ "$now_failed" -eq 0 ]; then
    # A crashed or hung test process prints no summary for the tests it took with it.
    echo "$project ended with code $status without naming a failed test; counted as one failure" >&2
    now_failed=1
  fi
  failed=$((failed + now_failed))
  [ "$status" -eq 0 ] || code=1
done

if [ "${REQUIRE_REAL:-}" = 1 ]; then
  # The reason is behind the last `: ` of the line at the latest; a reason that has one itself is none of the optional ones.
  missing=$(sed 's/.*: //' "$skips" | grep -cvE "$optional")
  failed=$((failed + missing))
  skipped=$((skipped - missing))
fi

if [ "$failed" -gt 0 ]; then code=1; fi
if [ $((passed + failed)) -eq 0 ]; then
  echo "no test was run" >&2
  code=1
fi
cat "$failures"
if [ -s "$skips" ]; then
  echo "skipped:"
  sort -u "$skips" | sed 's/^/  /'
fi
echo "$passed passed, $failed failed, $skipped skipped"
exit "$code"
