# Sourced by the scripts beside it: installs Debian packages when this user may, and says so when not.
# Nothing here fails a build; what is missing then shows as a skipped test or a clear message later.

as_root() {
  if [ "$(id -u)" -eq 0 ]; then "$@"; else sudo -n "$@"; fi
}

# want <package>...: the ones that are missing are installed without starting the services they bring.
want() {
  local missing=() package
  command -v dpkg-query >/dev/null || return 0
  for package in "$@"; do
    dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q '^install ok installed$' || missing+=("$package")
  done
  [ "${#missing[@]}" -gt 0 ] || return 0

  if ! as_root true 2>/dev/null; then
    echo "not installed, and no right to install: ${missing[*]}" >&2
    return 0
  fi
  echo "installing ${missing[*]}" >&2
  install_quietly "${missing[@]}" || echo "could not install all of: ${missing[*]}" >&2
}

# policy-rc.d is Debian's way to keep a package from starting its daemon; one that is there already is left alone.
install_quietly() {
  local policy=/usr/sbin/policy-rc.d ours=no log
  log=$(mktemp)
  if [ ! -e "$policy" ]; then
    ours=yes
    printf '#!/bin/sh\nexit 101\n' | as_root sh -c "cat >$policy && chmod 755 $policy"
  fi
  local code=0
  apt_get install "$@" >"$log" 2>&1 || {
    apt_get update >"$log" 2>&1 && apt_get install "$@" >"$log" 2>&1
  } || code=$?
  if [ "$ours" = yes ]; then as_root rm -f "$policy"; fi
  if [ "$code" -ne 0 ]; then tail -n 5 "$log" >&2; fi
  rm -f "$log"
  return "$code"
}

apt_get() {
  local verb=$1
  shift
  as_root env DEBIAN_FRONTEND=noninteractive timeout 600 \
    apt-get -q -y --no-install-recommends -o DPkg::Lock::Timeout=120 "$verb" "$@" </dev/null
}
