#!/bin/sh
# Installs Debian packages, quietly and without starting their servers: `apt_install.sh NAME...`. Called by the other
# scripts, as root. Exit code 2 where this cannot be done here: nobody is root, or there is no apt.
set -eu

[ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1 || exit 2
echo "Installing $* with apt ..."
export DEBIAN_FRONTEND=noninteractive
log=$(mktemp)
# Whoever needs a server starts one of its own: the installation must start none. A rule that is there already stays.
rule=/usr/sbin/policy-rc.d
if ! [ -e "$rule" ]; then
    trap 'rm -f "$rule"' EXIT
    trap 'exit 1' HUP INT TERM
    printf '#!/bin/sh\nexit 101\n' >"$rule"
    chmod +x "$rule"
fi
if ! { apt-get update && apt-get install -y --no-install-recommends "$@"; } >"$log" 2>&1 </dev/null; then
    tail -n 5 "$log" >&2
    echo "apt could not install $*; its whole log is $log." >&2
    exit 1
fi
rm -f "$log"
