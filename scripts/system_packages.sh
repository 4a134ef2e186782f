#!/bin/sh
# What the tests need besides Python. Root on Debian gets it from apt where it is absent; anybody else is told its names.
set -eu
cd "$(dirname "$0")"

missing=""
command -v chromium-headless-shell >/dev/null 2>&1 || command -v chromium >/dev/null 2>&1 ||
    missing="$missing chromium-headless-shell"  # without windows: a quarter less to compute than the whole browser
command -v redis-server >/dev/null 2>&1 || missing="$missing redis-server"
ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || command -v initdb >/dev/null 2>&1 || missing="$missing postgresql"
[ -n "$missing" ] || exit 0

code=0
# shellcheck disable=SC2086
./apt_install.sh $missing || code=$?
if [ "$code" = 2 ]; then
    echo "The tests need these programs, which are not installed:$missing. Install them, or run make test-fast." >&2
    exit 1
fi
exit "$code"
