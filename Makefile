# The commands of this project. `make` alone lists them.
#
#   make demo ARGS="--scale 0.1"      pass arguments on to the command
#   make test ARGS="-k inbox"         … or to pytest
#   make demo PYTHON=python3.13       choose the Python that .venv is made with

.DEFAULT_GOAL := help
.PHONY: help demo serve test quick soak check format texts lock dist sbom clean for-run for-test
BIN := .venv/bin
ARGS ?=
# Files of tests are shared out to as many processes as there are cores, four at most: each has its own servers.
# Those with slow tests come first (tests/conftest.py), so that no process is left with one of them in the end.
SHARED = -n auto --maxprocesses 4 --dist loadfile --no-loadscope-reorder
# What needs no server and no database, and is done within two minutes on two idle cores.
QUICK = tests/house tests/signing tests/axis/protocol tests/nodes/test_planner.py tests/nodes/test_scenario.py
SOAK ?= 50
export PYTHON
# Hundreds of processes load the same modules; without kept bytecode each of them would compile them anew.
unexport PYTHONDONTWRITEBYTECODE

help:  ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: for-run  ## Eight provinces exchange signed documents through a hub; expected beside measured
	@$(BIN)/nodes demo $(ARGS)

serve: for-run  ## Run a hub on this machine, with its data in axis-data/
	@$(BIN)/axis serve $(ARGS)

test: check  ## Everything: the checks, then all tests on SQLite and PostgreSQL
	$(BIN)/pytest $(SHARED) $(ARGS)

quick: for-test  ## Between two edits: lint, layout, and the fast tests of signing, protocol and house
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/pytest $(SHARED) -m "not slow" $(QUICK) $(ARGS)

soak: for-test  ## What the tests do by chance or by kills, fifty times as often, and half an hour of load (hours; SOAK=n for n times)
	SOAK=$(SOAK) $(BIN)/pytest $(SHARED) --timeout 0 tests/promises tests/signing tests/axis/protocol tests/axis/vxp $(ARGS)

check: for-test  ## Lint, format, types and the floors of the house
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: for-test  ## Lay the code out and mend what can be mended by itself
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

texts: for-run  ## Bring the catalogue of pages up to date with their texts (then translate what is new)
	$(BIN)/pybabel -q extract -F axis/web/catalogues/extraction.ini -k N_ -k ngettext:1,2 --no-location --sort-output --omit-header -o .texts.pot axis
	$(BIN)/pybabel -q update -i .texts.pot -o axis/web/catalogues/vi.po -l vi --no-fuzzy-matching --ignore-obsolete --omit-header --width 110 --ignore-pot-creation-date
	rm .texts.pot

lock:  ## Pin the dependencies of pyproject.toml anew, with hashes (needs uv)
	uv pip compile pyproject.toml --group build --extra test -o requirements/test.txt $(LOCKING)
	uv pip compile pyproject.toml --group build -o requirements/run.txt $(LOCKING)

# One file for every Python and system; no address of an index, so that each machine's own pip settings decide.
LOCKING = --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-emit-index-url

# Files in the wheel get the time of the commit, so that everyone who builds it gets the same bytes.
dist: for-run  ## Build the wheel and the source archive into dist/
	@SOURCE_DATE_EPOCH=$$(git log -1 --format=%ct) $(BIN)/python -c \
	  'from setuptools import build_meta as made; print(made.build_sdist("dist"), made.build_wheel("dist"))' | tail -n 1

sbom:  ## List what the hub is made of in dist/axis.cdx.json, as CycloneDX (needs cyclonedx-py)
	@mkdir -p dist
	cyclonedx-py requirements requirements/run.txt --pyproject pyproject.toml --output-reproducible --of JSON -o dist/axis.cdx.json

clean:  ## Remove what can be made again (.venv, caches, builds); axis-data/ stays
	rm -rf .venv build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

for-run:
	@./requirements/install run

for-test:
	@./requirements/install test
