# Everything starts here: `make demo` and `make test` do all the set-up they need.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
POLICY := policies/resellers/fy2021.yaml
DATA := examples/adventureworks/data.yaml
DEMO := demo/resellers-fy2021
ACCOUNT := AW00000245
TESTS ?=
BENCH ?=

.PHONY: demo test bench schemas clean

demo: $(VENV)/.installed
	@rm -rf $(DEMO)
	$(BIN)/kam-rules run $(POLICY) $(DATA) --out $(DEMO)
	$(BIN)/kam-rules explain $(DEMO) $(ACCOUNT)
	@printf '\nNext: . %s/activate && kam-rules init my-policy\n' $(BIN)

test: $(VENV)/.installed-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m pytest -n auto $(TESTS)

bench: $(VENV)/.installed-bench
	$(BIN)/python bench/run.py $(BENCH)

schemas: $(VENV)/.installed
	$(BIN)/kam-rules schema --write schemas

clean:
	rm -rf $(VENV) build dist demo runs *.egg-info

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "kam-rules needs Python 3.11 or newer: make PYTHON=/path/to/python3.11" >&2; exit 1; }
	@command -v cc >/dev/null 2>&1 || command -v gcc >/dev/null 2>&1 || { echo "durable-rules is shipped as C source and needs a C compiler: install gcc or clang (on Debian: apt-get install gcc)" >&2; exit 1; }
	$(PYTHON) -m venv $(VENV)

$(VENV)/.installed: $(VENV)/bin/python pyproject.toml
	$(BIN)/python -m pip install --quiet --editable .
	@touch $@

$(VENV)/.installed-bench: $(VENV)/.installed pyproject.toml
	$(BIN)/python -m pip install --quiet --editable '.[bench]'
	@touch $@

$(VENV)/.installed-dev: $(VENV)/.installed pyproject.toml
	$(BIN)/python -m pip install --quiet --editable '.[dev]'
	@touch $@
