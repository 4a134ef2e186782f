#!/bin/sh
# What the tests need besides Python. Root on Debian gets it from apt where it is absent; anybody else is told its names.
set -eu

missing=""
command -v chromium >/dev/null 2>&1 || missing="$missing chromium"
command -v redis-server >/dev/null 2>&1 || missing="$missing redis-server"
ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || command -v initdb >/dev/null 2>&1 || missing="$missing postgresql"
[ -n "$missing" ] || exit 0

if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null 2>&1; then
    echo "The tests need these programs, which are not installed:$missing. Install them, or run make test-fast." >&2
    exit 1
fi
echo "Installing$missing with apt ..."
export DEBIAN_FRONTEND=noninteractive
log=$(mktemp)
# The tests start servers of their own: none must be started by the installation.
printf '#!/bin/sh\nexit 101\n' >/usr/sbin/policy-rc.d.slipway && chmod +x /usr/sbin/policy-rc.d.slipway
[ -e /usr/sbin/policy-rc.d ] || ln -s policy-rc.d.slipway /usr/sbin/policy-rc.d
# shellcheck disable=SC2086
if ! { apt-get update && apt-get install -y --no-install-recommends $missing; } >"$log" 2>&1; then
    tail -n 5 "$log" >&2
    echo "apt could not install$missing; its whole log is $log." >&2
    exit 1
fi
[ "$(readlink /usr/sbin/policy-rc.d)" = policy-rc.d.slipway ] && rm -f /usr/sbin/policy-rc.d
rm -f /usr/sbin/policy-rc.d.slipway "$log"
