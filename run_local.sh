#!/usr/bin/env bash
# One command on a fresh machine with Python 3.11 and git:
#   ./run_local.sh          sets up, audits the invented district, prints where the report is
#   ./run_local.sh test     sets up, runs the tests (more arguments go to pytest)
#   ./run_local.sh setup    sets up only
set -euo pipefail
cd "$(dirname "$0")"

python=${PYTHON:-python3.11}
command -v "$python" >/dev/null || python=python3
"$python" -c 'import sys; sys.exit(sys.version_info[:2] not in ((3, 11), (3, 12)))' || {
    echo "Brightline needs Python 3.11; set PYTHON to one." >&2
    exit 2
}

setup() { # setup LOCK: a virtual environment that holds what the lock says
    local stamp=".venv/.stamp-$1" wanted
    wanted=$(cat "$1" pyproject.toml | sha256sum | cut -d' ' -f1)
    [ "$(cat "$stamp" 2>/dev/null || true)" = "$wanted" ] && return
    echo "Setting up .venv (once; a few minutes) ..." >&2
    [ -x .venv/bin/python ] || "$python" -m venv .venv
    .venv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r "$1" >&2
    .venv/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable . >&2
    echo "$wanted" >"$stamp"
}

case "${1:-audit}" in
audit)
    setup requirements.lock
    status=0
    folder=$(.venv/bin/brightline audit --config fixtures/district_small/district.toml --out runs) || status=$?
    [ -n "$folder" ] || exit "$status"
    echo "Report: $PWD/$folder/for_officers/report.html"
    exit "$status"
    ;;
test)
    shift
    setup requirements-dev.lock
    exec .venv/bin/python -m pytest -q "$@"
    ;;
setup)
    setup requirements-dev.lock
    ;;
*)
    sed -n '2,5p' "$0" >&2
    exit 2
    ;;
esac
