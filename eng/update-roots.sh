#!/usr/bin/env bash
# Makes src/Uptrakit.Trust/Anchors/public-roots.pem anew from Debian's package ca-certificates: from the files that the package
# ships, never from /etc/ssl/certs, where the administrator of this machine may have added roots of his own.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

from=/usr/share/ca-certificates/mozilla
to=src/Uptrakit.Trust/Anchors/public-roots.pem
[ -d "$from" ] || { echo "the package ca-certificates is not installed" >&2; exit 1; }
# What differs from the package's checksums was not shipped by Debian.
if dpkg --verify ca-certificates | grep -F "$from/" >&2; then
  echo "files of ca-certificates were changed on this machine" >&2
  exit 1
fi

version=$(dpkg-query -W -f '${Version}' ca-certificates)
new=$(mktemp)
trap 'rm -f "$new"' EXIT
{
  echo "Roots of Mozilla's programme for TLS servers, from Debian's ca-certificates $version. MPL-2.0; see public-roots.md."
  # Only files that belong to the package, in an order that does not depend on the locale.
  dpkg -L ca-certificates | grep -E "^$from/[^/]+\.crt$" | LC_ALL=C sort | while read -r file; do
    echo
    basename "$file" .crt
    openssl x509 -in "$file"
  done
} >"$new"
install -m 644 "$new" "$to"
echo "$(grep -c 'BEGIN CERTIFICATE' "$to") roots of ca-certificates $version"
