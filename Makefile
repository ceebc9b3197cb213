# `make run` serves Smart Support, `make test` proves it. Everything else serves those two.

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DELETE_ON_ERROR:
.DEFAULT_GOAL := help

VENV := backend/.venv
PY := $(abspath $(VENV))/bin/python
NPM := cd frontend && npm --no-update-notifier --no-fund --no-audit
PAGES := $(shell find frontend/src frontend/public frontend/*.html frontend/*.ts frontend/scripts 2>/dev/null)
GENERATED := docs/protocol.md frontend/src/api/protocol.gen.ts frontend/src/api/schema.gen.ts frontend/src/api/policy.gen.ts

.PHONY: help run demo setup keys test lint lint-backend lint-frontend fresh test-backend test-frontend e2e
.PHONY: test-dates test-some-dates sbom audit
.PHONY: chaos bench bench-turns bench-claims fmt generate lock clean bench-routing bench-classify bench-import nginx-tool chromium-tool faketime-tool

help: ## Say what can be made.
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: $(VENV)/.installed frontend/dist/index.html ## Serve Smart Support; Ctrl-C stops everything it started.
	@PYTHONPATH=$(abspath backend) exec $(PY) -m app.cli serve

demo: $(VENV)/.installed ## Write a quarter of a shop's support to look around in; `make demo SEED=--remove` removes it.
	@PYTHONPATH=$(abspath backend) $(PY) -m demo_data $(SEED)

keys: $(VENV)/.installed ## Make values for ADMIN_KEY and SECRET_KEY.
	@PYTHONPATH=$(abspath backend) $(PY) -m app.cli keys

# --- what is installed and built, once ---------------------------------------------------------------------------
# A stamp is newer than what it was made from, so a second start installs and builds nothing.

setup: $(VENV)/.installed frontend/node_modules/.installed ## Install what the backend and the pages need.

$(VENV)/.installed: backend/requirements-dev.lock backend/requirements-uv.lock
	@python=; for candidate in $(PYTHON) python3 python3.14 python3.13 python3.12 python3.11; do \
		$$candidate -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && python=$$candidate && break; done; \
	if [ -z "$$python" ]; then \
		echo 'Smart Support needs Python 3.11 or newer. Install it, or name it: make PYTHON=/path/to/python3' >&2; exit 2; fi; \
	if ! $$python -c 'import ensurepip, venv' 2>/dev/null; then \
		echo 'This Python cannot make virtual environments. On Debian and Ubuntu: apt-get install python3-venv' >&2; exit 2; fi; \
	echo 'Installing what the backend needs (once) ...' >&2; \
	$$python -m venv $(VENV); \
	$(PY) -m pip install --quiet --disable-pip-version-check --require-hashes -r backend/requirements-uv.lock; \
	$(PY) -m uv pip sync --quiet --compile-bytecode --require-hashes --python $(PY) backend/requirements-dev.lock; \
	touch $@

frontend/node_modules/.installed: frontend/package-lock.json frontend/package.json
	@if ! node -e 'const [a, b] = process.versions.node.split("."); process.exit(a > 20 || (a == 20 && b >= 19) ? 0 : 1)' \
		2>/dev/null || ! command -v npm >/dev/null; then \
		echo 'Smart Support needs Node.js 20.19 or newer, with npm, to build its pages. Install it and try again.' >&2; exit 2; fi
	@echo 'Installing what the pages need (once) ...' >&2
	@$(NPM) ci --loglevel=error >&2
	@touch $@

frontend/dist/index.html: frontend/node_modules/.installed $(PAGES)
	@echo 'Building the pages ...' >&2
	@$(NPM) run --silent build >&2
	@touch $@

# --- proof -------------------------------------------------------------------------------------------------------

test: lint fresh test-backend test-frontend test-some-dates e2e ## Prove all of it: style, types, imports, tests, coverage, browser.

lint: lint-backend lint-frontend ## Check style, types and import directions.

lint-backend: $(VENV)/.installed
	cd backend && $(PY) -m ruff check .
	cd backend && $(PY) -m ruff format --check .
	cd backend && $(PY) -m mypy
	cd backend && PYTHONPATH=. $(PY) -c 'from importlinter.cli import lint_imports_command; lint_imports_command()'

lint-frontend: frontend/node_modules/.installed
	$(NPM) run --silent lint
	$(NPM) run --silent typecheck

fresh: $(VENV)/.installed frontend/node_modules/.installed ## Check that generated files are what would be generated.
	@before=$$(mktemp -d); trap 'rm -rf "$$before"' EXIT; tar -cf "$$before/files.tar" $(GENERATED); \
	$(MAKE) --no-print-directory generate; \
	tar -xf "$$before/files.tar" -C "$$before"; stale=; \
	for file in $(GENERATED); do cmp -s "$$before/$$file" "$$file" && touch -r "$$before/$$file" "$$file" || stale="$$stale $$file"; done; \
	if [ -n "$$stale" ]; then echo "These were not fresh and have been generated anew; commit them:$$stale" >&2; exit 1; fi

test-backend: $(VENV)/.installed nginx-tool ## Run the backend's tests and measure their coverage.
	cd backend && $(PY) -m pytest --numprocesses 2 --cov --cov-report=term

test-dates: $(VENV)/.installed frontend/node_modules/.installed nginx-tool faketime-tool ## Run all of them on other days and in other zones, an hour in all; DATES="2028-02-29T23:58@UTC" picks.
	@.ci/test-dates backend
	@.ci/test-dates frontend

# Those that tell of days and ranges, on four of these days: a year's end, a leap day, and clocks that change.
test-some-dates: export DATES ?= 2027-12-31T23:58@Asia/Kathmandu 2028-02-29T23:58@America/New_York \
	2027-03-28T01:58@Europe/Berlin 2027-11-07T01:58@America/New_York
test-some-dates: $(VENV)/.installed frontend/node_modules/.installed nginx-tool faketime-tool
	@.ci/test-dates backend tests/unit/analytics tests/unit/demo_data tests/integration/analytics tests/integration/demo_data \
		tests/integration/replay/test_erasure.py $(patsubst %,tests/integration/api/test_%.py,analytics conversations escalations)
	@.ci/test-dates frontend src/components/ src/conversation/format src/features/dashboard/range src/features/dashboard/format

test-frontend: frontend/dist/index.html ## Run the pages' tests.
	$(NPM) run --silent test

e2e: $(VENV)/.installed frontend/dist/index.html nginx-tool chromium-tool ## Try it all in a browser, through nginx.
	$(NPM) run --silent e2e

# --- Debian's programs -------------------------------------------------------------------------------------------
# Installed where that is possible without asking, one after the other: $(call debian,any of these programs,package).
# An ordinary user's PATH has no sbin, where nginx is.

define debian
PATH="$$PATH:/usr/sbin"; \
for program in $(1); do ! command -v $$program >/dev/null || exit 0; done; \
sudo=; [ "$$(id -u)" = 0 ] || sudo='sudo -n'; \
if ! command -v apt-get >/dev/null || ! $$sudo true 2>/dev/null; then \
	echo 'This needs $(word 1,$(1)), and apt may not be used to install it. Install it (on Debian and Ubuntu: apt-get install $(2)) and try again.' >&2; exit 2; fi; \
echo 'Installing $(2) ...' >&2; \
$$sudo apt-get update -qq >&2; \
$$sudo env DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=300 install -qq -y --no-install-recommends $(2) >&2
endef

nginx-tool:
	@$(call debian,nginx,nginx-light)

chromium-tool: | nginx-tool
	@$(call debian,chromium google-chrome,chromium)

faketime-tool: | nginx-tool
	@$(call debian,faketime,faketime)

# --- measurements ------------------------------------------------------------------------------------------------

bench-import: $(VENV)/.installed $(VENV)-bench/.installed ## Measure what reading documents costs, beside FastMCP: DOCUMENTS=folder.
	@[ -n "$(DOCUMENTS)" ] || { echo 'Say where the documents are: make bench-import DOCUMENTS=/path/to/folder' >&2; exit 2; }
	@cd backend && $(PY) -m benchmarks.importing $(abspath $(DOCUMENTS)) --with $(abspath $(VENV)-bench)/bin/python

# What the product is compared with has an environment of its own.
$(VENV)-bench/.installed: $(VENV)/.installed backend/requirements-bench.lock
	@echo 'Installing what the benchmark compares with (once) ...' >&2
	@$(PY) -m venv $(VENV)-bench
	@$(PY) -m uv pip sync --quiet --require-hashes --python $(abspath $(VENV)-bench)/bin/python backend/requirements-bench.lock
	@touch $@

bench-turns: $(VENV)/.installed $(VENV)-bench/.installed ## Measure what a turn costs, beside LangGraph alone and agno's AgentOS; ROUNDS=n.
	@cd backend && $(PY) -m benchmarks.turns --with $(abspath $(VENV)-bench)/bin/python $(if $(ROUNDS),--rounds $(ROUNDS))

bench-routing: $(VENV)/.installed ## Measure who gets a message, after how many calls: URL=perfect, or URL=address MODEL=name.
	@[ -n "$(URL)" ] || { echo 'Say which model: make bench-routing URL=http://127.0.0.1:8091/v1 MODEL=name' >&2; exit 2; }
	@cd backend && $(PY) -m benchmarks.routing $(URL) $(MODEL)

bench-classify: $(VENV)/.installed ## Measure how well operations are labelled and tools found: DOCUMENTS=folder of OpenAPI documents.
	@[ -n "$(DOCUMENTS)" ] || { echo 'Say where the documents are: make bench-classify DOCUMENTS=/path/to/folder' >&2; exit 2; }
	@cd backend && $(PY) -m benchmarks.classification $(abspath $(DOCUMENTS))

bench-claims: $(VENV)/.installed ## Measure how many untrue claims the configured model catches, and false alarms; SAMPLE=n takes fewer sentences.
	@cd backend && $(PY) -m benchmarks.claims $(if $(SAMPLE),--sample $(SAMPLE))

chaos: $(VENV)/.installed ## Kill, freeze and cut off two replicas while customers act, and count the effects: SEED=n MINUTES=n.
	@cd backend && SEED=$(or $(SEED),20261201) MINUTES=$(or $(MINUTES),10) $(PY) -m pytest -p no:cacheprovider -q -s --no-cov tests/e2e/failures/test_chaos.py

bench: $(VENV)/.installed frontend/dist/index.html nginx-tool chromium-tool ## Measure dashboard and replay; SIZE=large is a million conversations, built once.
	@cd backend && $(PY) -m benchmarks $(or $(SIZE),small)
	@$(NPM) run --silent bench:replay

# --- upkeep ------------------------------------------------------------------------------------------------------

fmt: $(VENV)/.installed frontend/node_modules/.installed ## Put everything into the common form.
	cd backend && $(PY) -m ruff check --fix . && $(PY) -m ruff format .
	$(NPM) run --silent format

generate: $(VENV)/.installed frontend/node_modules/.installed ## Generate the protocol's page and the frontend's types.
	@cd backend && $(PY) -m app.cli schema page > ../docs/protocol.md.new && mv ../docs/protocol.md.new ../docs/protocol.md
	@PYTHON=$(PY) && export PYTHON && $(NPM) run --silent generate

lock: $(VENV)/.installed ## Take the newest dependencies that fit and pin them, by hash and without addresses.
	cd backend && for name in requirements-uv requirements requirements-dev requirements-bench; do \
		$(PY) -m uv pip compile --quiet --upgrade --universal --python-version 3.11 --generate-hashes \
			--no-header --no-annotate --no-emit-index-url $$name.in --output-file $$name.lock; done
	$(NPM) update --package-lock-only

sbom: ## Write what is shipped to sbom.cdx.json, a CycloneDX bill of materials made from the locks alone.
	@python3 .ci/sbom > sbom.cdx.json.new && mv sbom.cdx.json.new sbom.cdx.json && echo 'sbom.cdx.json is written.'

audit: $(VENV)/.installed ## Ask the package registries for known vulnerabilities of what is shipped.
	@code=0; for part in backend frontend; do .ci/audit $$part || code=$$?; done; exit $$code

clean: ## Remove what was installed and built; data stays.
	rm -rf $(VENV) $(VENV)-bench frontend/node_modules frontend/dist
	find . -name __pycache__ -prune -exec rm -rf {} +
	rm -rf backend/.*_cache backend/.hypothesis backend/.coverage* frontend/test-results frontend/playwright-report
