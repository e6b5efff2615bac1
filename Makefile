# What people, CI and the orchestrator call. `make help` explains itself.
SHELL := /bin/bash
.DEFAULT_GOAL := help

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
SETUP := $(VENV)/.clientele-setup

SOURCE ?= sample
FILE ?=
AS_OF ?=
EVALUATE_AT ?=

# Where an image forbids Python to keep what it has compiled, each of the hundreds of processes of the
# tests compiles its libraries anew: half of the time that one takes to start.
unexport PYTHONDONTWRITEBYTECODE

# Sizes of the long benchmark, in order lines; LINES@DAYS for a shop of another age.
SIZES ?=

# Processes that the tests run in, each with servers of its own.
WORKERS ?= 2

OPTIONS := $(if $(AS_OF),--as-of $(AS_OF)) $(if $(EVALUATE_AT),--evaluate-at $(EVALUATE_AT))

.PHONY: help
help:  ## Show this text.
	@echo "Usage: make TARGET [SOURCE=sample] [FILE=orders.csv] [AS_OF=2011-12-09] [EVALUATE_AT=2011-09-10]"
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /\1\t/' | expand -t 18

.PHONY: run
run: setup  ## Load a shop (SOURCE, FILE), build the warehouse, train, score; by default the sample.
	@$(BIN)/clientele run $(SOURCE) $(FILE) $(OPTIONS)

.PHONY: setup
setup: $(SETUP)  ## Make the virtual environment, install the locked dependencies, get the dbt packages.

$(SETUP): requirements.lock pyproject.toml packages.yml orchestration/setup.py
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Clientele needs Python 3.11 or newer; name one with make PYTHON=python3.12")'
	@echo "Setting up $(VENV)"
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check uv
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --requirement requirements.lock
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps --editable .
	@$(BIN)/python -m orchestration.setup
	@touch $@

.PHONY: api
api: setup  ## Serve predictions over HTTP on http://127.0.0.1:8100/docs.
	@$(BIN)/clientele api serve

.PHONY: dashboard
dashboard: setup  ## Show the dashboard on http://127.0.0.1:8501.
	@$(BIN)/clientele dashboard

.PHONY: build train score
build: setup  ## Build and test the warehouse with dbt.
	@$(BIN)/clientele build
train: setup  ## Train every model on what is built.
	@$(BIN)/clientele train
score: setup  ## Score every customer with the newest models.
	@$(BIN)/clientele score

.PHONY: test
test: setup  ## Run every check.
	@$(MAKE) --no-print-directory --jobs $(WORKERS) lint types unit
	@$(MAKE) --no-print-directory integration e2e

.PHONY: lint types unit integration e2e
lint: setup  ## Check the style of Python and SQL.
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/sqlfluff lint --disable-progress-bar models tests/data 
types: setup  ## Check the types.
	@$(BIN)/mypy
unit: setup  ## Run the tests that need no database.
	@$(BIN)/pytest tests/unit
integration: setup  ## Run the tests against a real Postgres.
	@$(BIN)/pytest tests/integration -n $(WORKERS) --dist loadfile
e2e: setup  ## Run the main job from end to end.
	@$(BIN)/pytest tests/e2e -n $(WORKERS) --dist loadscope --no-loadscope-reorder

.PHONY: bench
bench: setup  ## Measure speed as ratios to an alternative of the same run; SIZES="1000000 10000000" for long.
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --requirement benchmarks/requirements.txt \
		|| echo "DuckDB cannot be installed here: it is left out"
ifeq ($(SIZES),)
	@$(BIN)/python benchmarks/bench_load.py
	@$(BIN)/python benchmarks/bench_warehouse.py --fresh
else
	@$(BIN)/python benchmarks/bench_warehouse.py --sizes $(SIZES)
endif

.PHONY: bench-api bench-dashboard
bench-api: setup  ## Measure what the API carries, beside an endpoint that does nothing (a trained SOURCE).
	@$(BIN)/python benchmarks/bench_api.py --source $(SOURCE)
bench-dashboard: setup  ## Measure pages and queries of the dashboard in chromium, beside an empty page.
	@$(BIN)/python benchmarks/bench_dashboard.py --source $(SOURCE)

.PHONY: audit
audit: setup  ## Look the locked packages up among known vulnerabilities; needs the internet.
	@$(BIN)/uv tool run pip-audit --requirement requirements.lock --no-deps --disable-pip

.PHONY: docs
docs: setup  ## Generate dbt's documentation of every table and column in target/.
	@$(BIN)/clientele db start
	@$(BIN)/dbt docs generate

.PHONY: lock
lock: setup  ## Resolve requirements.in into requirements.lock.
	@$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --upgrade \
		--no-emit-index-url --no-header --no-annotate --output-file requirements.lock requirements.in

.PHONY: clean
clean:  ## Stop the embedded Postgres and delete everything that was made, data included.
	@test ! -x $(BIN)/clientele || $(BIN)/clientele db reset --yes
	@rm -rf $(VENV) .clientele target logs dbt_packages profiles.yml package-lock.yml *.egg-info
