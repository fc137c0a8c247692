#!/usr/bin/env bash
# Writes requirements/*.txt from pyproject.toml and requirements/*.in, with hashes, for every Python from 3.11 on. Needs `uv` on the PATH.
set -euo pipefail
cd "$(dirname "$0")/.."
lock() { uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-header --no-emit-index-url --no-annotate "$@"; }
lock pyproject.toml requirements/run.in -o requirements/run.txt
lock pyproject.toml --extra firmware -c requirements/run.txt -o requirements/firmware.txt
lock requirements/test.in -c requirements/run.txt -o requirements/test.txt
lock requirements/fuzz.in -o requirements/fuzz.txt
