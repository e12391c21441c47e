# Two commands do everything: `make run` and `make test`.
SHELL := /bin/bash
PYTHON ?= python3
BIN := .venv/bin
STAMP := .venv/.installed
PORT ?= 8000
# The installer trusts the certificates that the system trusts, as pip does: an authority's network may need its own.
export UV_SYSTEM_CERTS = 1

.PHONY: run setup system test check bench prove build-check clean

run: $(STAMP)  ## start the website on this machine
	@PORT=$(PORT) $(BIN)/isthmus run

setup: $(STAMP) $(STAMP)-dev  ## everything a developer needs, in .venv

$(STAMP): pyproject.toml
	@echo "Installing Isthmus (about a minute the first time)"
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed."; exit 1; }
	@$(BIN)/python -m pip --version >/dev/null 2>&1 || $(PYTHON) -m venv --clear .venv || { echo "Install python3-venv first: apt-get install python3-venv"; exit 1; }
	@echo "  1/2 the installer"; $(BIN)/python -m pip install --quiet --disable-pip-version-check "uv>=0.5"
	@echo "  2/2 the libraries"; VIRTUAL_ENV=.venv $(BIN)/uv pip install --quiet --compile-bytecode -e .
	@touch $@

$(STAMP)-dev: $(STAMP)
	@echo "Installing what tests need"
	@VIRTUAL_ENV=.venv $(BIN)/uv pip install --quiet --compile-bytecode -e . --group dev --group build-data
	@touch $@

system: ## a browser and a database server for the tests; installed when root, named otherwise
	@scripts/system_packages.sh

test: setup system  ## checks, then every test that a change must pass
	@scripts/test.sh

check: setup  ## format, lint, types, contracts, templates
	@scripts/check.sh

bench: setup  ## measure: search, imports, formation, pages
	@$(BIN)/python -m benchmarks

prove: setup system  ## slow proof: kills, load, attacks, long property runs, a clean clone
	@scripts/prove.sh

build-check: setup  ## rebuilding data and assets gives the same bytes
	@$(BIN)/python scripts/build_register.py --check
	@$(BIN)/python scripts/build_geography.py --check
	@assets/build.sh --check

clean:
	rm -rf .venv var
