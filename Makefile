# Two commands on a fresh machine with Python 3.11 and make: `make report`, `make test`.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
OUT ?= recount-out
EXAMPLES := examples/sweep examples/eval_results/issue-164
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt
# How many tests run at once: one more than there are cores, since some wait for a server or a process, and at most four.
JOBS ?= $(shell $(PYTHON) -c 'import os; print(min((os.cpu_count() or 1) + 1, 4))')

.DEFAULT_GOAL := help
.PHONY: help report test test-full lint format bench docs wheel clean browser

help:  ## Say what there is
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /  make \1|/' | column -t -s '|'

$(VENV)/made-with: Makefile
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Recount needs Python 3.11 or newer: make PYTHON=python3.11 ..." >&2; exit 1; }
	@$(PYTHON) -m venv $(VENV)
	@touch $@

# What a user needs, the audit of eval sets included, and nothing more: it installs in about a minute.
$(VENV)/installed: pyproject.toml constraints.txt $(VENV)/made-with
	@echo "installing Recount into $(VENV)"
	@$(PIP) --editable '.[evalsets]'
	@touch $@

$(VENV)/installed-dev: pyproject.toml constraints.txt $(VENV)/made-with
	@echo "installing Recount and its development tools into $(VENV)"
	@$(PIP) --editable '.[dev]'
	@touch $@ $(VENV)/installed

report: $(VENV)/installed  ## Report the bundled examples; prints what was found and where to look
	@for example in $(EXAMPLES); do $(BIN)/recount report $$example --tracker $(OUT)/tracker || exit; done

# What the tests of the GitHub side run against, on the Node that a wheel of the development tools carries.
tests/github/node_modules: tests/github/package-lock.json $(VENV)/installed-dev
	@echo "installing the emulator of GitHub's API"
	@$(BIN)/python tests/github/install.py
	@mkdir -p $@ && touch $@

test: $(VENV)/installed-dev tests/github/node_modules  ## Run the tests
	@$(BIN)/python -m pytest --numprocesses $(JOBS) --dist loadscope

# Two thirds of other people's posts, and another draw of mutations.
test-full: $(VENV)/installed-dev  ## Run the tests that `make test` leaves out for time
	@$(BIN)/python -m pytest --numprocesses $(JOBS) --dist load -m in_full

lint: $(VENV)/installed-dev  ## ruff, mypy --strict, import layers
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports

format: $(VENV)/installed-dev  ## Format the code
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

bench: $(VENV)/installed-dev  ## Speed and memory against the usual way, as ratios of one run
	@$(BIN)/python benchmarks/bench.py

docs: $(VENV)/installed-dev  ## Write the generated pages of docs/
	@$(BIN)/python docs/make.py

wheel: $(VENV)/installed-dev  ## Build wheel and sdist into dist/
	@$(BIN)/python -m build --quiet

clean:  ## Remove everything that was made
	rm -rf $(VENV) $(OUT) dist build .pytest_cache .mypy_cache .ruff_cache .hypothesis
