# `make demo` shows it, `make test` proves it. Python >= 3.11 with pip, and git, are all that must be there.
PYTHON ?= python3
BIN := .venv/bin
PYTEST := $(BIN)/python -m pytest

.PHONY: help setup dev demo test lint types check slow server fuzz bench faults picture lock new-source clean

help:  ## this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*##/\t/' | expand -t 10

setup:  ## .venv/ as requirements.lock says, ready to run
	@$(PYTHON) deployments/environment.py requirements.lock

dev:  ## .venv/ with what the tests need besides
	@$(PYTHON) deployments/environment.py requirements-dev.lock

demo: setup  ## a whole night on a synthetic owner
	@$(BIN)/givetake demo

test: dev  ## the fast tests, lint and import rules (minutes)
	$(PYTEST) -n 2 --dist loadfile
	@$(MAKE) --no-print-directory lint

lint: dev  ## ruff and the directions of imports
	$(BIN)/ruff check .
	PYTHONPATH=. $(BIN)/lint-imports --no-cache

types: dev  ## mypy on what the others build on
	$(BIN)/mypy

check: test types server  ## everything a change must pass

server: dev  ## the one test that drives a real Prefect server
	$(PYTEST) -m server

slow: dev  ## load, kills, browsers (many minutes)
	$(PYTEST) -m slow

fuzz: dev  ## every source on mutated exports, SECONDS=60 of CPU each
	$(BIN)/python -m tests.hostile.fuzz --seconds $(or $(SECONDS),60)

bench: dev  ## how fast, how much memory
	$(BIN)/python -m tests.bench.night
	$(BIN)/python -m tests.bench.measures
	$(BIN)/python -m tests.bench.sources
	$(BIN)/python -m tests.bench.people
	$(BIN)/python -m tests.bench.kinds

picture: dev  ## docs/dashboard.webp, the README's picture, taken anew (needs Chromium)
	$(BIN)/python -m tests.picture

faults: dev  ## kills, full disks, lost power (hours; stopped, it goes on where it was)
	nice -n 19 $(BIN)/python -m tests.faults $(ROWS); code=$$?; $(BIN)/python -m tests.faults --report; exit $$code

lock: dev  ## pin every package again, with hashes
	$(PYTHON) deployments/environment.py --lock

new-source: dev  ## NAME=example starts a source: its module and its first case
	@$(BIN)/python -m tests.new_source $(NAME)

clean:  ## take .venv/ and caches away
	rm -rf .venv .pytest_cache .ruff_cache .mypy_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
