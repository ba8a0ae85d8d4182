# Targets are listed by a bare `make`; the tools behind them are in deploy/local/.

SHELL := /bin/sh
# The newest Python that SINS is made for; names that only pretend (pyenv's shims) are passed over.
PYTHON ?= $(shell for p in python3.13 python3.12 python3.11 python3; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1 && { echo $$p; break; }; done)
RUN = $(if $(PYTHON),$(PYTHON),$(error SINS needs Python 3.11 or newer, and there is none on the PATH. Name one: make PYTHON=/path/to/python3.11)) -m deploy.local
VENV = .venv/bin
# Only some of the tests: make test TESTS=tests/unit
TESTS ?=
# How many processes share all tests; 0: the one that you see, as for a few of them.
WORKERS ?= $(if $(TESTS),0,2)

.DEFAULT_GOAL := help
.PHONY: help demo demo-check demo-kafka demo-clean stack prepare test lint ci requirements

help: ## List these targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sort | awk -F ':.*## ' '{printf "%-14s %s\n", $$1, $$2}'

demo: ## Run three locations on this machine; Ctrl-C stops them
	@$(RUN).demo

demo-check: ## Start the demo, write at each location, see that all three agree, stop
	@$(RUN).demo_check

demo-kafka: ## The demo on a real Apache Kafka
	@$(RUN).demo --kafka

demo-clean: ## Remove the demo's data
	@$(RUN).demo --clean

stack: ## Run Apache Kafka and Elasticsearch for the tests and your trials; Ctrl-C stops them
	@$(RUN).stack up

prepare: ## Set up what the tests need: packages, virtual environment, Kafka, Elasticsearch
	@$(RUN).machine test
	@$(RUN).environment test
	@$(RUN).stack fetch

test: prepare ## Run all tests (sets up what they need)
	$(VENV)/python -m pytest -n $(WORKERS) $(TESTS)

lint: export LOCATION_ID = lint
lint: export SECRET_KEY = lint
lint: export DEBUG = 1
lint: ## Check style, types and floors
	@$(RUN).environment test
	$(VENV)/ruff check .
	$(VENV)/ruff format --check .
	$(VENV)/mypy .
	$(VENV)/lint-imports

ci: ## What the build server runs: lint and test
	.ci/run

requirements: ## Pin the requirements of pyproject.toml anew
	@$(RUN).environment test
	$(VENV)/uv pip compile --no-emit-index-url --no-header --python-version 3.11 pyproject.toml -o requirements.txt
	$(VENV)/uv pip compile --no-emit-index-url --no-header --python-version 3.11 --extra dev -c requirements.txt pyproject.toml -o requirements-dev.txt
