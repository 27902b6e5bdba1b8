# Every target sets up what it needs. On a fresh Debian with Python 3.11 or newer: `make way`, `make test`.
PYTHON ?= python3
GIGABYTES ?= 1
DATA ?=
QUICK ?=
WORKERS ?= auto
BIN := .venv/bin
READY := .venv/.ready
PEERS := build/venv-bench

.DEFAULT_GOAL := help
.PHONY: help setup way prove faults test check format lock requirements generated bench bench-measures bench-parcel bench-persons bench-reading bench-detect bench-freetext bench-proposing bench-transfer clean

help:              ## this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## */\t/' | expand -t 16

setup: $(READY)    ## make the locked environment in .venv

$(READY): requirements/lock.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed; set PYTHON=…"; exit 1; }
	@$(PYTHON) -m venv .venv 2>/dev/null || { echo "Python's venv module is missing: apt-get install python3-venv"; exit 1; }
	@echo "setting up .venv from requirements/lock.txt …"
	@$(BIN)/python -m pip --disable-pip-version-check -qq install --require-hashes -r requirements/lock.txt
	@$(BIN)/python -m pip --disable-pip-version-check -qq install --no-deps --no-build-isolation -e .
	@touch $(READY)

way: $(READY)      ## the whole way, from two municipalities to one recipient, on this machine
	@$(BIN)/python -m examples.way

faults: $(READY)     ## what the way does when calls, disks, lines and machines fail (root; strace, e2fsprogs); QUICK=1 for a part
	@$(BIN)/python -m tests.faults $(if $(QUICK),--quick,--out bench/results/faults.md)

prove: $(READY)    ## that only the flows of a made site get through its rendered rules (root; nftables, iproute2)
	@$(BIN)/python -m sekisho site prove examples/site/site.toml

# Whole files go to workers, in the order of their names, so the long ones of tests/journey start early. Every process that a
# test starts would compile our modules anew where the environment forbids to keep them.
test: $(READY)     ## every test, on every core; WORKERS=0 for one after the other
	@PYTHONDONTWRITEBYTECODE= $(BIN)/python -m pytest -q -n $(WORKERS) --maxprocesses 8 --dist loadfile --no-loadscope-reorder

check: $(READY)    ## format, lint, types, floors, generated files
	$(BIN)/ruff format --check -q
	$(BIN)/ruff check -q
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo
	$(BIN)/python -m tools.generated --check

format: $(READY)   ## write the files in the house's format
	$(BIN)/ruff format -q
	$(BIN)/ruff check -q --fix

generated: $(READY) ## write every generated file anew
	$(BIN)/python -m tools.generated

requirements: $(READY) ## the 68 requirements, with the tests that show each, and those without
	@$(BIN)/python -m tools.requirements

bench: $(READY) $(PEERS)/.ready ## the searches beside other tools and DuckDB; DATA=FOLDER adds tables, QUICK=1 leaves out the largest
	@$(BIN)/python -m bench.search $(if $(DATA),--data "$(DATA)") $(if $(QUICK),--quick) --out build/search.md --json build/search.json

bench-measures: $(READY) $(PEERS)/.ready ## every measure and change on a million rows, beside other tools; QUICK=1 for 100,000
	@$(BIN)/python -m bench.measures $(if $(QUICK),--quick) --out build/measures.md --json build/measures.json

$(PEERS)/.ready: requirements/bench.txt
	@$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 13))' || { echo "The other tools need Python 3.11 or 3.12; set PYTHON=…"; exit 1; }
	@$(PYTHON) -m venv $(PEERS)
	@echo "setting up $(PEERS) from requirements/bench.txt …"
	@$(PEERS)/bin/python -m pip --disable-pip-version-check -qq install --require-hashes -r requirements/bench.txt
	@touch $@

bench-detect: $(READY) ## false alarms and misses of the search for numbers that name a person; QUICK=1 for a tenth
	@$(BIN)/python -m bench.detect $(if $(QUICK),--quick --out build/detect.md,--out bench/results/detect.md)

bench-freetext: $(READY) ## what masking free text finds and misses, on sentences with the truth marked
	@$(BIN)/python -m bench.freetext --out bench/results/freetext.md

bench-proposing: $(READY) ## how often the schema proposed for a file is right
	@$(BIN)/python -m bench.proposing --out bench/results/proposing.md

bench-reading: $(READY) ## reading CSV, fixed length and claims, beside PyArrow's own CSV; QUICK=1 for 100,000 rows
	@$(BIN)/python -m bench.reading $(if $(QUICK),--quick) --out build/reading.md

bench-persons: $(READY) ## a bound on persons beside one on rows, on a million rows
	@$(BIN)/python -m bench.persons

bench-transfer: $(READY) ## a sealed transfer beside curl to nginx on one core (root; nginx, curl); QUICK=1 for 200 MB
	@$(BIN)/python -m bench.transfer $(if $(QUICK),--megabytes 200 --out build/transfer.md,--out bench/results/transfer.md)

bench-parcel: $(READY) ## memory and speed of sealing and opening, beside plain read and write
	@$(BIN)/python -m bench.parcel --gigabytes $(GIGABYTES)

lock:              ## pin the dependencies anew (needs uv)
	uv pip compile pyproject.toml --all-extras --group dev --universal --python-version 3.11 --generate-hashes \
	  --no-emit-index-url --no-header --no-annotate -q -o requirements/lock.txt
	uv pip compile requirements/bench.in --universal --python-version 3.11 --generate-hashes \
	  --no-emit-index-url --no-header --no-annotate -q -o requirements/bench.txt

clean:             ## remove what was made here
	rm -rf .venv build .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
