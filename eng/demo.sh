#!/usr/bin/env bash
# Shows the main jobs with real parts on this machine: three nodes from tokens, a web server that breaks, one alert, one recovery, and
# the same again while the master is killed; then a Controller, an Agent that pins its CA, and one that pins another. Ends with a code
# other than 0 if anything is not so.
#   KEEP=1  leaves all of it running and says how to look further
#   QU=...  another binary than artifacts/bin/qu
set -Eeuo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
. eng/packages.sh

qu=${QU:-$PWD/artifacts/bin/qu}
bin=$PWD/artifacts/bin
keep=${KEEP:-0}
parts=$PWD/artifacts/demo/demo-parts.dll
export PATH=$PATH:/usr/sbin:/sbin
# Only what this script says reaches the nodes it starts.
for variable in $(compgen -v QUPTIME_ || true) $(compgen -v UPTRAKIT_ || true); do unset "$variable"; done

scratch=''
mine=()              # every process that was started here
declare -A node_pid  # of these, the nodes
web_pid=''
declare -A port

# ---- words ----

if [ -t 1 ] && [ -z "${NO_COLOR:-}" ]; then bold=$'\e[1m' plain=$'\e[0m'; else bold='' plain=''; fi
begin=$SECONDS
say() { printf '%s[%2d s] %s%s\n' "$bold" $((SECONDS - begin)) "$*" "$plain"; }
shown() { sed 's/^/         /'; }

fail() {
  printf '\nThe demonstration failed: %s\n' "$*" >&2
  local log
  for log in "$scratch"/*.log; do
    [ -s "$log" ] || continue
    printf -- '-- last lines of %s\n' "${log##*/}" >&2
    tail -n 8 "$log" >&2
  done
  keep=0
  exit 1
}

# ---- processes: only what was started here is ever stopped, by its own id ----

# launch <name> <command...>: in a session of its own, so that Ctrl-C reaches this script and this script stops it in order.
launch() {
  local name=$1
  shift
  setsid "$@" </dev/null >>"$scratch/$name.log" 2>&1 &
  launched=$!
  disown "$launched" # the shell would announce its end in words of its own
  mine+=("$launched")
}

# A zombie has ended; the shell has not looked yet.
running() { [ -r "/proc/$1/stat" ] && [[ "$(sed 's/.*) //' "/proc/$1/stat" 2>/dev/null)" != [ZX]* ]]; }

# stop <pid> [signal]: politely, and after 8 seconds not so.
stop() {
  local pid=$1 tries=0
  kill -s "${2:-TERM}" "$pid" 2>/dev/null || true
  while running "$pid" && [ $((tries += 1)) -le 80 ]; do sleep 0.1; done
  if running "$pid"; then kill -KILL "$pid" 2>/dev/null || true; fi
}

finish() {
  local code=$? pid
  trap '' INT TERM
  trap - EXIT
  if [ "$keep" = 1 ] && [ "$code" -eq 0 ]; then exit 0; fi
  if [ -n "$scratch" ]; then
    for pid in ${mine[@]+"${mine[@]}"}; do kill -TERM "$pid" 2>/dev/null || true; done
    for pid in ${mine[@]+"${mine[@]}"}; do stop "$pid"; done
    rm -rf "$scratch"
    echo "Everything that was started has been stopped."
  fi
  exit "$code"
}
trap finish EXIT
trap 'fail "line $LINENO ended with code $?"' ERR
trap 'keep=0; echo; echo "Interrupted."; exit 130' INT
trap 'keep=0; exit 143' TERM

# ---- waiting: always with an end ----

# within <seconds> <what is waited for> <command...>
within() {
  local seconds=$1 what=$2 end=$((SECONDS + $1))
  shift 2
  until "$@"; do
    [ "$SECONDS" -lt "$end" ] || fail "$what did not happen within $seconds seconds"
    sleep 0.1
  done
}

# ---- nodes ----

# on <node> <arguments of qu...>
on() {
  local node=$1
  shift
  QUPTIME_DIR=$scratch/$node QUPTIME_SOCKET=$scratch/$node.run/qu.sock timeout 30 "$qu" "$@"
}

serve() {
  QUPTIME_DIR=$scratch/$1 QUPTIME_SOCKET=$scratch/$1.run/qu.sock launch "$1" "$qu" serve
  node_pid[$1]=$launched
}

show_status() { printf '         $ qu status          (on %s)\n' "$1"; on "$1" status | shown; }

status_says() { on "$1" status --json 2>/dev/null | tr -d ' \n' | grep -q -- "$2"; }

quorum_of() { status_says "$1" "\"quorum\":true,\"quorum_needed\":$2,\"voters\":$3,"; }

# check_shows <node> <state> <ok> <total> [beginning of the detail, without its blanks]
check_shows() { status_says "$1" "\"name\":\"shop\",.*\"state\":\"$2\",\"ok\":$3,\"total\":$4,.*\"detail\":\"${5:-}"; }

find_master() {
  local node
  for node in "$@"; do
    if status_says "$node" '"role":"leader"'; then
      master=$node
      return 0
    fi
  done
  return 1
}

# ---- the web server that is watched ----

start_web() {
  if command -v nginx >/dev/null; then
    launch web nginx -c "$scratch/nginx.conf" -e "$scratch/web.log" -g 'daemon off;'
  else
    launch web dotnet "$parts" web "${port[web]}"
  fi
  web_pid=$launched
}

web_answers() { (exec 3<>"/dev/tcp/127.0.0.1/${port[web]}") 2>/dev/null; }

nginx_conf() {
  mkdir "$scratch/web"
  cat >"$scratch/nginx.conf" <<CONF
worker_processes 1;
pid $scratch/web/nginx.pid;
events { worker_connections 64; }
http {
  access_log off;
  client_body_temp_path $scratch/web/body;
  proxy_temp_path $scratch/web/proxy;
  fastcgi_temp_path $scratch/web/fastcgi;
  uwsgi_temp_path $scratch/web/uwsgi;
  scgi_temp_path $scratch/web/scgi;
  server {
    listen 127.0.0.1:${port[web]};
    location / { return 200 "open\n"; }
  }
}
CONF
}

# ---- what the receiver got: lines of time, id, verb, subject ----

# distinct <verb>: how many different messages; a repetition carries the same id.
distinct() { awk -F '\t' -v verb="$1" '$3 == verb && !seen[$2]++' "$scratch/received" | wc -l; }
repeated() { awk -F '\t' 'seen[$2]++' "$scratch/received" | wc -l; }
got() { [ "$(distinct "$1")" -ge "$2" ]; }
newest() { awk -F '\t' -v verb="$1" '$3 == verb { line = $1 "  " $4 "  (message " $2 ")" } END { print line }' "$scratch/received" | shown; }

# exactly <DOWN so far> <RECOVERED so far>
exactly() {
  [ "$(distinct DOWN)" -eq "$1" ] && [ "$(distinct RECOVERED)" -eq "$2" ] ||
    fail "the receiver holds $(distinct DOWN) DOWN and $(distinct RECOVERED) RECOVERED; $1 and $2 were expected"
}

# ---- the story ----

prepare() {
  [ -x "$qu" ] || fail "there is no $qu: run 'make demo', which builds it"
  command -v nginx >/dev/null || want nginx-light
  dotnet build eng/demo -c Release -o artifacts/demo -v q --nologo >/dev/null || fail "eng/demo does not build"
  scratch=$(mktemp -d "${TMPDIR:-/tmp}/uptrakit-demo.XXXXXX")
  : >"$scratch/received"
  read -r port[alpha] port[bravo] port[charlie] port[web] port[hook] port[hub] < <(dotnet "$parts" ports 6)
  nginx_conf
  begin=$SECONDS
}

start_targets() {
  start_web
  if command -v nginx >/dev/null; then
    say "A web server (nginx) listens on 127.0.0.1:${port[web]}: this is what will be watched."
  else
    say "nginx is not installed; a small web server of our own listens on 127.0.0.1:${port[web]}: this is what will be watched."
  fi
  launch receiver dotnet "$parts" receiver "${port[hook]}" "$scratch/received"
  say "Somebody who wants to know listens for webhooks on 127.0.0.1:${port[hook]}."
  within 90 "the web server answering" web_answers
}

start_first() {
  say "alpha is the first node: it makes its own key and is a cluster of one."
  on alpha init --advertise "127.0.0.1:${port[alpha]}" --bind 127.0.0.1 --port "${port[alpha]}" 2>&1 | shown
  serve alpha
  within 90 "alpha founding its cluster" status_says alpha '"config_version":[1-9]'
}

# join <node> <voters with it> <needed then>
join() {
  local token
  say "alpha mints a token that works once; $1 joins with it, and checks alpha's key against the token before it says anything."
  token=$(on alpha enroll create --name "$1" --auto-approve 2>"$scratch/words") || fail "no token: $(<"$scratch/words")"
  printf '         %s...\n' "${token:0:60}"
  on "$1" enroll join - --advertise "127.0.0.1:${port[$1]}" --bind 127.0.0.1 --port "${port[$1]}" -y <<<"$token" 2>&1 | shown
  serve "$1"
  within 90 "$1 becoming a voter" quorum_of "$1" "$3" "$2"
}

configure() {
  say "On bravo, the webhook is added as an alert for every check; on charlie, the check. Any node takes any change."
  on bravo alert add webhook ops --url "http://127.0.0.1:${port[hook]}/" --default 2>&1 | shown
  on charlie check add http shop "http://127.0.0.1:${port[web]}/" --interval 2s --timeout 1s 2>&1 | shown
  within 90 "all three nodes seeing the web server up" check_shows alpha up 3 3
  show_status alpha
  exactly 0 0
}

first_outage() {
  say "The web server is stopped."
  stop "$web_pid"
  within 90 "the DOWN" got DOWN 1
  say "The nodes agreed that it is down, and one message came:"
  newest DOWN
  show_status bravo
  say "The web server is started again."
  start_web
  within 90 "the RECOVERED" got RECOVERED 1
  say "And one message for the recovery:"
  newest RECOVERED
  exactly 1 1
}

second_outage() {
  local survivors=() node old
  find_master alpha bravo charlie || fail "no node says that it is the master"
  old=$master
  say "A second outage: the web server is stopped, and as soon as the message is there, $old, which is the master, is killed with -9."
  stop "$web_pid"
  within 90 "the second DOWN" got DOWN 2
  kill -KILL "${node_pid[$old]}"
  newest DOWN
  for node in alpha bravo charlie; do [ "$node" = "$old" ] || survivors+=("$node"); done
  within 90 "another master" find_master "${survivors[@]}"
  say "$master is the master now. It went on from the committed state: it knows that the DOWN was sent, and does not send it again."
  within 90 "the two that are left voting" check_shows "$master" down 0 3 2of3fail
  # Longer than what a flip and its message took above: whatever would be repeated has come by then.
  sleep 4
  show_status "$master"
  exactly 2 1
  say "The web server is started again, while $old is still dead."
  start_web
  within 90 "the second RECOVERED" got RECOVERED 2
  newest RECOVERED
  say "$old is started again. It is given what it missed, and stays quiet."
  serve "$old"
  within 90 "all three nodes seeing the web server up" check_shows "$old" up 3 3
  sleep 2
  show_status "$old"
  exactly 2 2
}

conclude() {
  local again
  say "All that was received, over two outages and the death of a master:"
  cut -f 1,3,4 "$scratch/received" | shown
  again=$(repeated)
  exactly 2 2
  if [ "$again" -eq 0 ]; then
    say "Two DOWN, two RECOVERED, none twice."
  else
    # The one case there is: the master died between the delivery and the commit that records it.
    say "Two DOWN, two RECOVERED. $again message came twice with the same id, by which a receiver knows it: it was in flight when the master died."
  fi
}

# ---- the fleet plane ----

controller() { timeout 30 "$bin/uptrakit-controller" "$@" --state-dir "$scratch/controller"; }

# agent <name> <arguments...>: its state is in a folder of its own.
agent() {
  local name=$1
  shift
  "$bin/uptrakit-agent" "$@" --url "https://localhost:${port[hub]}" --friendly-name "$name" --state-dir "$scratch/$name"
}

hub_answers() { controller admin ca fingerprint >/dev/null 2>&1; }

# connected <name>
connected() {
  controller admin services list --json 2>/dev/null | tr -d ' \n' |
    grep -qE "\"friendly_name\":\"$1\",[^}]*\"connected\":true"
}

start_hub() {
  say "A Controller starts with a certificate authority of its own; nobody has to click a warning away."
  launch controller "$bin/uptrakit-controller" serve --state-dir "$scratch/controller" --https-addr "127.0.0.1:${port[hub]}"
  within 120 "the Controller answering its operator" hub_answers
  fingerprint=$(controller admin ca fingerprint)
  printf '         $ uptrakit-controller admin ca fingerprint\n         %s\n' "$fingerprint"
}

join_agent() {
  say "An Agent gets this fingerprint and a token that works once. It verifies the Controller before it says anything, then enrolls."
  controller admin create-enrollment-token --no-pin >"$scratch/token" 2>"$scratch/words" || fail "no token: $(<"$scratch/words")"
  launch web-1 "$bin/uptrakit-agent" --url "https://localhost:${port[hub]}" --friendly-name web-1 --state-dir "$scratch/web-1" \
    --tofu-fingerprint="$fingerprint" --enrollment-token-file "$scratch/token"
  within 60 "the Agent connecting" connected web-1
  printf '         $ uptrakit-controller admin services list\n'
  controller admin services list 2>&1 | shown
}

refuse_impostor() {
  local code=0
  say "Another Agent was given another fingerprint, as if somebody sat in between: it refuses, and sends nothing."
  controller admin create-enrollment-token --no-pin >"$scratch/token2" 2>"$scratch/words" || fail "no token: $(<"$scratch/words")"
  agent web-2 --tofu-fingerprint="$(printf 'ab%.0s' {1..32})" --enrollment-token-file "$scratch/token2" \
    </dev/null >"$scratch/web-2.log" 2>&1 || code=$?
  [ "$code" -eq 3 ] || fail "the Agent ended with code $code; 3 (trust refused) was expected"
  tail -n 2 "$scratch/web-2.log" | cut -c 1-150 | shown
  ! controller admin services list --json | grep -q '"web-2"' || fail "the Agent with the other fingerprint is known to the Controller"
  say "Exit code 3, and the Controller has never heard of it."
}

look_further() {
  local node
  echo
  echo "It stays up. Look further:"
  for node in alpha bravo charlie; do
    echo "  QUPTIME_DIR=$scratch/$node QUPTIME_SOCKET=$scratch/$node.run/qu.sock $qu status"
  done
  echo "  tail -f $scratch/received"
  echo "  $bin/uptrakit-controller admin services list --state-dir $scratch/controller"
  echo "  $bin/uptrakit-agent trust explain --state-dir $scratch/web-1"
  echo "  kill $web_pid                        # break the web server once more"
  echo "Stop it all:"
  echo "  kill $(for node in "${mine[@]}"; do if running "$node"; then printf '%s ' "$node"; fi; done); sleep 3; rm -r $scratch"
}

prepare
start_targets
start_first
join bravo 2 2
join charlie 3 2
configure
first_outage
second_outage
conclude
start_hub
join_agent
refuse_impostor
if [ "$keep" = 1 ]; then look_further; fi
