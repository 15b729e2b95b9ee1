# make help     lists these targets, as make alone does
# make report   builds the document on a fresh machine that has Python 3.11 or newer
# make test     runs the tests
# make test-browser   tests the page and the site in headless Chromium (needs npm; installs Chromium where it may)
# make docs     writes the documentation as a site to site/, with the figures of the run that lies here
# make test-faults    kills runs at random and fills a disk: nothing is lost (minutes)
# make test-long   kills 1 000 times, mutates 10 000 configurations and 4 000 files, and counts the outcomes (hours)
# make test-slurm   runs the article on a Slurm cluster of two nodes on this machine (installs Slurm where it may)
# make check    runs the lint and format checks, the contract on who imports whom, and compares claims with their locks
# make reference   runs the presets smoke and standard from the last commit and writes their manifests to reference/
# make benchmark   measures the training engines against the published notebooks' loop, then whole runs (half an hour)
# make benchmark-gpu   measures the GPU's engine against the notebooks' loop, on a machine with a GPU (docs/gpu.md)
# make benchmark-scaling   measures how a cell's time grows with its points, features and hidden units
# Each sets up .venv first, from requirements.txt and constraints.txt, and reuses it while these are unchanged.

.PHONY: help report docs test test-browser test-faults test-long test-slurm check reference benchmark benchmark-gpu benchmark-scaling clean
.DELETE_ON_ERROR:

CORES ?= $(shell getconf _NPROCESSORS_ONLN 2>/dev/null || echo 2)
NEW_ENOUGH = import sys; sys.exit(sys.version_info < (3, 11))
PYTHON ?= $(shell for p in python3 python3.11 python3.12 python3.13 python3.14; do \
	$$p -c '$(NEW_ENOUGH)' 2>/dev/null && { echo $$p; break; }; done)
BIN = .venv/bin
READY = .venv/.ready
SITE_READY = .venv/.ready-docs
export PATH := $(CURDIR)/$(BIN):$(PATH)

help:
	@sed -n 's/^# make /make /p' Makefile

report: $(READY)
	snakemake --cores $(CORES)
	@echo "Open report/report.html. To go on: source .venv/bin/activate, then snakemake --cores $(CORES)"

docs: $(READY) $(SITE_READY)
	NO_MKDOCS_2_WARNING=1 mkdocs build --quiet
	@echo "Open site/index.html. To search in it: python -m http.server --directory site"

test: $(READY)
	python -m pytest --numprocesses=logical --maxprocesses=4 --dist=worksteal

test-browser: $(READY) $(SITE_READY) node_modules/.ready
	tests/browser/chromium
	python -m pytest tests/browser

test-faults: $(READY)
	python -m pytest tests/faults

# In parts: make test-long KILLS=0 JOB_KILLS=0 CONFIGURATIONS=10 MUTATED_FILES=1000, say. Seeds: docs/robustness.md.
KILLS ?= 100
JOB_KILLS ?= 900
CONFIGURATIONS ?= 10000
MUTATED_FILES ?= 1000
test-long: export KILLS := $(KILLS)
test-long: export JOB_KILLS := $(JOB_KILLS)
test-long: export CONFIGURATIONS := $(CONFIGURATIONS)
test-long: export MUTATED_FILES := $(MUTATED_FILES)
test-long: $(READY)
	python -m pytest -s tests/spec/test_fuzzed_configuration.py
	python -m pytest -s tests/verify/test_mutated_files.py
	python -m pytest -s tests/faults/test_kills.py

test-slurm: $(READY)
	tests/slurm/packages
	python -m pytest tests/slurm

check: $(READY)
	ruff check .
	ruff format --check .
	lint-imports
	snakefmt --check Snakefile workflow/rules
	snakemake --lint
	python -m superposition lock --check

benchmark: $(READY)
	python benchmarks/engines.py
	python benchmarks/pipeline.py

benchmark-gpu: $(READY)
	python -m pip install --quiet --disable-pip-version-check -r requirements-gpu.txt -c constraints.txt
	python benchmarks/gpu.py

benchmark-scaling: $(READY)
	python benchmarks/scaling.py

# In a copy of the last commit, so that a manifest is that of what everybody has.
reference: $(READY)
	@test -z "$$(git status --porcelain -- . ':!reference')" || { echo "error: uncommitted changes: commit them first" >&2; exit 1; }
	@set -e; for preset in smoke standard; do \
		copy=$$(mktemp -d); trap 'rm -rf "$$copy"' EXIT; \
		git clone --quiet "$(CURDIR)" "$$copy"; \
		(cd "$$copy"; export PYTHONPATH="$$copy/workflow"; snakemake --cores $(CORES) --config preset=$$preset; \
			python -m superposition publish --set preset=$$preset); \
		mkdir -p reference; cp "$$copy/reference/$$preset.json" reference/; rm -rf "$$copy"; \
	done

clean:
	rm -rf .venv node_modules

$(READY): requirements.txt constraints.txt pyproject.toml
	@test -n "$(PYTHON)" || { echo "error: no Python 3.11 or newer found; install one, or name it: make PYTHON=..." >&2; exit 1; }
	$(PYTHON) -m venv --clear .venv
	python -m pip install --quiet --disable-pip-version-check -r requirements.txt -c constraints.txt
	touch $@

$(SITE_READY): $(READY) requirements-docs.txt
	python -m pip install --quiet --disable-pip-version-check -r requirements-docs.txt -c constraints.txt
	touch $@

node_modules/.ready: package.json package-lock.json
	@command -v npm > /dev/null || { echo "error: no npm found; on Debian: apt-get install npm" >&2; exit 1; }
	npm ci --silent
	touch $@
