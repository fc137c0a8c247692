# make demo    audits the example and writes its page          make test    passes all tests
# make demo-firmware    from its capture to the code that sent it, the source, the batch, and the gate
# make check   format, lint, types, import law, stale files     make fuzz    a minute per door
# make bench   measures against other tools                     make lock    writes requirements/*.txt anew (needs uv)

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
FUZZ_SECONDS ?= 60
PIP_INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check

.PHONY: demo demo-firmware test check fuzz bench lock reference clean

demo: $(VENV)/.run
	$(BIN)/vuoto audit examples/nokia-7-plus.pcapng --device examples/nokia-7-plus.device.toml \
	  --declaration examples/nokia-7-plus.declaration.toml --out out/demo
	@echo "The page: out/demo/report.html"

demo-firmware: $(VENV)/.firmware
	@$(BIN)/python tools/demo_firmware.py

test: $(VENV)/.test
	$(BIN)/python -m pytest

check: $(VENV)/.test
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python tools/build_example.py --check
	$(BIN)/python tools/build_reference.py --check
	$(BIN)/python bench/attribution.py --check

reference: $(VENV)/.test
	$(BIN)/python tools/build_reference.py

fuzz: $(VENV)/.fuzz
	$(BIN)/python fuzz/fuzz_doors.py --seconds $(FUZZ_SECONDS)

bench: $(VENV)/.test
	$(BIN)/python bench/run.py

lock:
	tools/lock.sh

clean:
	rm -rf $(VENV) out build dist

# Debian keeps venv in a package of its own: say so rather than fail with a page of text.
$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Vuoto needs Python 3.11 or newer: make PYTHON=python3.12 demo"; exit 1; }
	@$(PYTHON) -c 'import ensurepip' 2>/dev/null || { echo "Python's venv is missing: sudo apt install python3-venv"; exit 1; }
	$(PYTHON) -m venv $(VENV)

$(VENV)/.run: requirements/run.txt pyproject.toml | $(VENV)/bin/python
	$(PIP_INSTALL) --require-hashes --only-binary :all: -r requirements/run.txt
	$(PIP_INSTALL) --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/.firmware: requirements/firmware.txt $(VENV)/.run
	$(PIP_INSTALL) --require-hashes --only-binary :all: -r requirements/firmware.txt
	@touch $@

$(VENV)/.test: requirements/test.txt $(VENV)/.firmware
	$(PIP_INSTALL) --require-hashes -r requirements/test.txt
	@touch $@

$(VENV)/.fuzz: requirements/fuzz.txt $(VENV)/.test
	$(PIP_INSTALL) --require-hashes -r requirements/fuzz.txt
	@touch $@
