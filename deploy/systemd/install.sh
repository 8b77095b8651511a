#!/usr/bin/env bash
# Installs `qu` as a systemd service: account, folders, binary, unit. Run it as root, as often as you like:
#   deploy/systemd/install.sh [path of the qu binary, by default artifacts/dist/qu]
# It starts nothing and never touches the contents of the data folder. DESTDIR=/some/root installs into another root.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
binary=${1:-$here/../../artifacts/dist/qu}
root=${DESTDIR:-}

fail() { echo "install.sh: $1" >&2; exit "${2:-1}"; }

[ "$(id -u)" -eq 0 ] || fail "run it as root" 2
[ -f "$binary" ] || fail "there is no binary at $binary: run 'make dist' first, or give its path" 2

account() {
  install -D -m 0644 "$here/quptime.sysusers" "$root/usr/lib/sysusers.d/quptime.conf"
  getent passwd quptime >/dev/null && return
  if command -v systemd-sysusers >/dev/null; then
    systemd-sysusers "$root/usr/lib/sysusers.d/quptime.conf"
  else
    useradd --system --user-group --no-create-home --home-dir /nonexistent --shell /usr/sbin/nologin quptime
  fi
}

folders() {
  install -D -m 0644 "$here/quptime.tmpfiles" "$root/usr/lib/tmpfiles.d/quptime.conf"
  install -d -m 0750 -o quptime -g quptime "$root/etc/quptime"
  install -d -m 0700 -o quptime -g quptime "$root/etc/quptime/keys"
}

program() {
  # Written beside the old one and renamed: a running daemon keeps its own file, and no half file is ever in place.
  install -D -m 0755 "$binary" "$root/usr/local/bin/.qu.new"
  mv -f "$root/usr/local/bin/.qu.new" "$root/usr/local/bin/qu"
}

settings() {
  [ -e "$root/etc/default/quptime" ] || install -D -m 0644 "$here/quptime.default" "$root/etc/default/quptime"
  [ -d "$root/etc/sudoers.d" ] || return 0
  if command -v visudo >/dev/null && ! visudo -c -q -f "$here/quptime.sudoers"; then
    echo "install.sh: this sudo does not take quptime.sudoers; it was left out" >&2
    return 0
  fi
  install -m 0440 "$here/quptime.sudoers" "$root/etc/sudoers.d/quptime"
}

unit() {
  install -D -m 0644 "$here/quptime.service" "$root/etc/systemd/system/quptime.service"
  # Only a machine that was booted with systemd has something to reload.
  if [ -z "$root" ] && [ -d /run/systemd/system ]; then systemctl daemon-reload; fi
}

account
folders
program
settings
unit

cat <<'TEXT'
Installed. Next, on the first node:
  sudo -u quptime qu init --advertise this-host.example.com:9901
and on every other one, with a token from 'qu enroll create':
  sudo -u quptime qu enroll join <token> --advertise this-host.example.com:9901
then:
  sudo systemctl enable --now quptime
TEXT
