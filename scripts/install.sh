#!/bin/sh
# Makes .venv and installs the pinned lock into it, once: a stamp says which lock is in. `install.sh dev` adds the tools.
set -eu
cd "$(dirname "$0")/.."

sentence() { echo "$1" >&2; exit 1; }

good() { "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; }

find_python() {
    for name in ${PYTHON:-} python3 python3.14 python3.13 python3.12 python3.11 python; do
        if command -v "$name" >/dev/null 2>&1 && good "$name"; then command -v "$name"; return; fi
    done
    return 1
}

touch .probe-$$ 2>/dev/null || sentence "$(pwd) cannot be written. Make it writable, or copy it to where you may write."
rm -f .probe-$$

if ! [ -x .venv/bin/python ] || ! good .venv/bin/python; then
    found=$(find_python) || sentence "Slipway needs Python 3.11 or newer; $(python3 --version 2>&1 || echo none) was found. Install one, or name it: make run PYTHON=/path/to/python3.11"
    rm -rf .venv
    if ! "$found" -m venv .venv >/dev/null 2>&1; then  # Debian keeps a part of it in a package of its own
        scripts/apt_install.sh python3-venv || true
        rm -rf .venv
        "$found" -m venv .venv >/dev/null ||
            sentence "$found cannot make a virtual environment. On Debian: apt install python3-venv"
    fi
fi

lock=requirements.txt
locks="-r requirements.txt"
if [ "${1:-}" = dev ]; then lock=requirements-dev.txt; locks="-r requirements.txt -r requirements-dev.txt"; fi
stamp=.venv/.installed-$lock
if [ "$(cat requirements.txt "$lock" | cksum)" != "$(cat "$stamp" 2>/dev/null)" ]; then
    echo "Installing the pinned packages into .venv (once; a minute or two) ..."
    # shellcheck disable=SC2086
    .venv/bin/python -m pip install --quiet --no-compile --disable-pip-version-check --require-hashes $locks ||
        sentence "The packages could not be installed; pip says why above."
    # On every core, which pip does not; a package may hold files for other Pythons, which do not compile.
    .venv/bin/python -m compileall -qq -j 0 .venv/lib >/dev/null 2>&1 || true
    cat requirements.txt "$lock" | cksum >"$stamp"
fi
