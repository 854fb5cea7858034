# Sourced by the other scripts: finds a Python, gets uv, keeps .venv at the locked versions.
#   hushgate_venv SET    SET is demo, test, fuzz or train, a file in requirements/; afterwards .venv has it
# Speaks on stderr only. Written for bash 3.2, which macOS has.
set -euo pipefail

ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cd "$ROOT"
VENV="$ROOT/.venv"
STAMP="$VENV/hushgate-installed"

say() { printf '%s\n' "$*" >&2; }

fail() {
  say "error: $1"
  shift
  for line in "$@"; do say "hint: $line"; done
  exit 3
}

# Prints the real path of the interpreter $1 if it runs and is 3.12 or newer. A pyenv shim can stand
# in PATH for a version that is not switched on: it is there, it is executable, and it fails.
_good_python() {
  "$1" -c 'import sys
if sys.version_info < (3, 12) or sys.implementation.name != "cpython": sys.exit(1)
print(sys.executable)' 2>/dev/null
}

_find_python() {
  local name place python uv_found IFS=$'\n'
  if [ -n "${HUSHGATE_PYTHON:-}" ]; then
    _good_python "$HUSHGATE_PYTHON" && return
    fail "HUSHGATE_PYTHON=$HUSHGATE_PYTHON does not run, or is older than Python 3.12"
  fi
  for name in python3.13 python3.12 python3.14 python3 python; do
    for python in $(type -aP "$name"); do # all in PATH, since a shim can hide a good one
      _good_python "$python" && return
    done
  done
  for place in "${PYENV_ROOT:-}" "${HOME:-}/.pyenv"; do
    for name in 3.13 3.12 3.14; do
      for python in "$place"/versions/"$name"*/bin/python; do
        [ -x "$python" ] && _good_python "$python" && return
      done
    done
  done
  if command -v uv >/dev/null 2>&1; then
    uv_found=$(uv python find --no-project '>=3.12' 2>/dev/null) && _good_python "$uv_found" && return
  fi
  fail "no Python 3.12 or newer found (looked in PATH, pyenv and uv)" \
    "install one: 'apt install python3.12 python3.12-venv', 'brew install python@3.13', 'pyenv install 3.13' or 'uv python install 3.13'" \
    "or name one: HUSHGATE_PYTHON=/path/to/python3.13"
}

# Sets UV: from PATH if it runs, else a pinned one in a venv of its own.
_find_uv() {
  if UV=$(command -v uv 2>/dev/null) && "$UV" --version >/dev/null 2>&1; then return; fi
  UV="$ROOT/.tools/uv/bin/uv"
  if "$UV" --version >/dev/null 2>&1; then return; fi
  say "installing uv into .tools/uv"
  "$1" -m venv --clear "$ROOT/.tools/uv" >&2 || fail "$1 cannot make a venv" \
    "install its venv module ('apt install python3.12-venv'), or uv itself: https://docs.astral.sh/uv"
  "$ROOT/.tools/uv/bin/python" -m pip --disable-pip-version-check install --quiet --require-hashes \
    -r requirements/uv.txt >&2 || fail "uv could not be installed" "is the package index reachable?"
}

_stamp_of() { printf '%s %s %s\n' "$1" "$ROOT" "$(cat "requirements/$1.txt" pyproject.toml | cksum)"; }

hushgate_venv() {
  local want=$1 set sets python how=sync
  if [ -f "$STAMP" ]; then
    # fuzz.txt and train.txt hold all of test.txt, and that all of demo.txt
    case $want in demo) sets="demo test fuzz train" ;; test) sets="test fuzz train" ;; *) sets=$want ;; esac
    for set in $sets; do
      if [ "$(cat "$STAMP")" = "$(_stamp_of "$set")" ]; then return; fi
    done
    # a folder that has moved since has stale paths all over
    case $(cat "$STAMP") in *" $ROOT "*) ;; *) rm -f "$STAMP" "$VENV/bin/python" ;; esac
  fi
  if _good_python "$VENV/bin/python" >/dev/null; then
    _find_uv "$VENV/bin/python"
    [ -f "$STAMP" ] || how=install # somebody's own venv: add to it, remove nothing
  else
    python=$(_find_python)
    _find_uv "$python"
    say "making .venv with $python"
    "$UV" venv --quiet --clear --no-project --python "$python" "$VENV" >&2
  fi
  rm -f "$STAMP"
  say "installing requirements/$want.txt into .venv"
  if [ "$how" = sync ]; then
    "$UV" pip sync --quiet --python "$VENV/bin/python" --require-hashes "requirements/$want.txt" >&2
  else
    "$UV" pip install --quiet --python "$VENV/bin/python" --no-deps --require-hashes -r "requirements/$want.txt" >&2
  fi
  # hatchling and editables came with the lock, so this asks no index
  "$UV" pip install --quiet --python "$VENV/bin/python" --no-deps --no-build-isolation --editable . >&2
  _stamp_of "$want" >"$STAMP"
}
