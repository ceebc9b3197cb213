# `make run` serves Smart Support, `make test` proves it. Everything else serves those two.

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DELETE_ON_ERROR:
.DEFAULT_GOAL := help

PYTHON ?= python3
VENV := backend/.venv
PY := $(abspath $(VENV))/bin/python
UV_COMPILE := $(PY) -m uv pip compile --quiet --universal --python-version 3.11 \
	--generate-hashes --no-header --no-annotate --no-emit-index-url --upgrade

.PHONY: help setup lock

help: ## Say what can be made.
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: $(VENV)/.installed ## Install what the backend needs into backend/.venv.

# A stamp is newer than what it was made from, so a second start installs nothing.
$(VENV)/.installed: backend/requirements-dev.lock backend/requirements-uv.lock
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
		echo 'Smart Support needs Python 3.11 or newer. Install it, or name it: make PYTHON=/path/to/python3.12' >&2; exit 2; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { \
		echo 'This Python cannot make virtual environments. On Debian and Ubuntu: apt-get install python3-venv' >&2; exit 2; }
	@echo 'Installing the backend (once) ...' >&2
	$(PYTHON) -m venv $(VENV)
	$(PY) -m pip install --quiet --disable-pip-version-check --require-hashes -r backend/requirements-uv.lock
	$(PY) -m uv pip sync --quiet --require-hashes --python $(PY) backend/requirements-dev.lock
	@touch $@

lock: $(VENV)/.installed ## Take the newest dependencies that fit and pin them.
	cd backend && for name in requirements-uv requirements requirements-dev; do \
		$(UV_COMPILE) $$name.in --output-file $$name.lock; done
