# `make` alone lists what there is. Stamp files in the virtual environment make a second run cost nothing.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt
INPUTS := pyproject.toml constraints.txt
CODE := src tests benchmarks docs screenshots
# One more than there are cores: tests wait for hubs and terminals more than they compute.
WORKERS = $(shell echo $$(( $$(getconf _NPROCESSORS_ONLN) + 1 )))

.DEFAULT_GOAL := help
.PHONY: help run demo test check format docs bench soak screenshots clean

help: ## List these targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: $(VENV)/.run ## Install what `inbox` needs into .venv and open the inbox
	@$(BIN)/inbox

demo: $(VENV)/.run ## A throw-away inbox with senders that talk as real ones do
	@$(BIN)/inbox demo

test: $(VENV)/.dev ## Run the tests
	$(BIN)/python -m pytest -n $(WORKERS)

check: $(VENV)/.dev ## Formatting, lint, types, and which room may import which
	$(BIN)/ruff format --check $(CODE)
	$(BIN)/ruff check $(CODE)
	$(BIN)/mypy
	$(BIN)/lint-imports

format: $(VENV)/.dev ## Rewrite the sources as `make check` wants them
	$(BIN)/ruff format $(CODE)
	$(BIN)/ruff check --fix $(CODE)

docs: $(VENV)/.dev ## Write the tables of keys anew from the registry of actions
	$(BIN)/python docs/key_tables.py --write

bench: $(VENV)/.dev ## Measure against the budgets, each beside its floor
	$(BIN)/python -m benchmarks

soak: $(VENV)/.dev ## Every test, with the long random campaigns
	$(BIN)/python -m pytest -n auto -m "" --timeout 3600

screenshots: $(VENV)/.dev ## Draw the pictures anew from seeded data
	$(BIN)/python screenshots/make.py

clean: ## Remove the virtual environment and what tools left behind
	rm -rf $(VENV) build dist src/*.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache

$(VENV)/.made:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo "inbox needs Python 3.11 or newer, and '$(PYTHON)' is not that. Name one: make PYTHON=python3.12 ..." >&2; exit 1; }
	@$(PYTHON) -m venv $(VENV) || { \
	  echo "'$(PYTHON) -m venv' failed. On Debian and Ubuntu: apt install python3-venv" >&2; rm -rf $(VENV); exit 1; }
	@touch $@

$(VENV)/.run: $(VENV)/.made $(INPUTS)
	$(PIP) -e '.[plots]'
	@touch $@

$(VENV)/.dev: $(VENV)/.made $(INPUTS)
	$(PIP) -e '.[dev]'
	@touch $@ $(VENV)/.run
