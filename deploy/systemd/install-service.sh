#!/usr/bin/env bash
# Installs the Controller or a Service of it under systemd: account, binary, unit. Run it as root, as often as you like:
#   deploy/systemd/install-service.sh uptrakit-agent|uptrakit-mqtt [path of the binary, by default artifacts/dist/<name>]
#   deploy/systemd/install-service.sh uptrakit-controller [its folder, by default artifacts/dist/controller]
# It starts nothing and never touches state or settings. DESTDIR=/some/root installs into another root.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
name=${1:-}
binary=${2:-$here/../../artifacts/dist/$name}
[ "$name" = uptrakit-controller ] && binary=${2:-$here/../../artifacts/dist/controller}
root=${DESTDIR:-}

fail() { echo "install-service.sh: $1" >&2; exit "${2:-1}"; }

case $name in
  uptrakit-agent | uptrakit-mqtt)
    kind="Uptrakit Service" page=docs/agent.md needed=$binary
    example=UPTRAKIT_ENROLLMENT_TOKEN=upt1_...
    next="put the enrollment token of the Controller into"
    ;;
  uptrakit-controller)
    kind="Uptrakit Controller" page=docs/controller.md needed=$binary/$name
    example=UPTRAKIT_CONTROLLER_PUBLIC_ADDR=hub.example.org:8443
    next="say under which name it is reached, in"
    ;;
  *) fail "which one? 'uptrakit-controller', 'uptrakit-agent' or 'uptrakit-mqtt'" 2 ;;
esac
[ "$(id -u)" -eq 0 ] || fail "run it as root" 2
[ -f "$needed" ] || fail "there is no binary at $needed: run 'make dist' first, or give its path" 2

account() {
  local rule="u $name - \"$kind\" /nonexistent /usr/sbin/nologin"
  install -D -m 0644 /dev/stdin "$root/usr/lib/sysusers.d/$name.conf" <<<"$rule"
  # Into another root, its own start makes the account.
  { [ -n "$root" ] || getent passwd "$name" >/dev/null; } && return
  if command -v systemd-sysusers >/dev/null; then
    systemd-sysusers "$root/usr/lib/sysusers.d/$name.conf"
  else
    useradd --system --user-group --no-create-home --home-dir /nonexistent --shell /usr/sbin/nologin "$name"
  fi
}

# The Controller is a folder, of which it opens files as it needs them: what runs keeps its own until the next installation.
folder() {
  local lib=$root/usr/local/lib link=$root/usr/local/bin/$name new old
  install -d -m 0755 "$lib" "$root/usr/local/bin"
  old=$(readlink "$link" || true)
  new=$(mktemp -d "$lib/$name.XXXXXX")
  cp -R --no-preserve=ownership "$binary/." "$new/"
  chmod -R u=rwX,go=rX "$new"
  ln -s "../lib/$(basename "$new")/$name" "$link.new"
  mv -fT "$link.new" "$link"
  for one in "$lib/$name".??????; do
    case $one in "$new" | "$lib/$(basename "$(dirname "${old:-none}")")") ;; *) rm -rf "$one" ;; esac
  done
}

program() {
  if [ -d "$binary" ]; then
    folder
    return
  fi
  # Written beside the old one and renamed: what runs keeps its own file, and no half file is ever in place.
  install -D -m 0755 "$binary" "$root/usr/local/bin/.$name.new"
  mv -f "$root/usr/local/bin/.$name.new" "$root/usr/local/bin/$name"
}

settings() {
  # Root's alone: systemd reads it before it becomes the account, and it may hold a token.
  [ -e "$root/etc/default/$name" ] && return
  install -D -m 0600 /dev/stdin "$root/etc/default/$name" <<TEXT
# Settings of $name: UPTRAKIT_ variables, see $page. For example:
#$example
TEXT
}

unit() {
  install -D -m 0644 "$here/$name.service" "$root/etc/systemd/system/$name.service"
  # Only a machine that was booted with systemd has something to reload.
  if [ -z "$root" ] && [ -d /run/systemd/system ]; then systemctl daemon-reload; fi
}

account
program
settings
unit

cat <<TEXT
Installed. Next: $next /etc/default/$name, then
  sudo systemctl enable --now $name
  journalctl -u $name
TEXT
