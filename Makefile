# Two commands matter: `make run` and `make test`. Each does its own set-up; `make help` lists the others.

SHELL := /bin/sh
.DEFAULT_GOAL := help
PORT ?= 8000
BIN := .venv/bin
PYTHON = $(BIN)/python

.PHONY: help run test test-fast soak bench screenshots lint lock install install-dev

help:  ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' Makefile

run: install  ## the demo with a small Azure of its own, on http://127.0.0.1:8000 (PORT=8001 for another port)
	@SLIPWAY_VAR_DIR="$${SLIPWAY_VAR_DIR:-var/demo}" exec $(PYTHON) manage.py up --demo --port $(PORT)

test:  ## every check and every test, on SQLite and PostgreSQL, with Redis, workers and a browser
	@scripts/install.sh dev
	@scripts/system_packages.sh
	@exec $(PYTHON) -m scripts.check all

test-fast:  ## checks and tests that need no system package: SQLite only, no browser
	@scripts/install.sh dev
	@exec $(PYTHON) -m scripts.check fast

soak: install-dev  ## what takes too long for `make test`: long lives, many events, other made-up values
	@scripts/system_packages.sh
	@exec $(PYTHON) -m scripts.check soak

bench: install-dev  ## the speed goals side by side with their yardsticks, as a table
	@exec $(PYTHON) -m tests.benchmarks

screenshots: install-dev  ## every page, width and theme from a running demo, into build/screenshots
	@exec $(PYTHON) -m scripts.screenshots

lint: install-dev  ## the checks without the tests
	@exec $(PYTHON) -m scripts.check lint

lock: install-dev  ## pin what pyproject.toml asks for, with hashes, into the two requirements files
	$(BIN)/uv pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes --no-header \
		--no-emit-index-url --no-emit-find-links -q -o requirements.txt
	$(BIN)/uv pip compile --group dev --universal --python-version 3.11 --generate-hashes --no-header \
		--no-emit-index-url --no-emit-find-links -q -c requirements.txt -o requirements-dev.txt

install:
	@scripts/install.sh

install-dev:
	@scripts/install.sh dev
