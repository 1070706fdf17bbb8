# One word for each thing one does here. `make` alone lists them.
# ARGS are handed on:  make test ARGS="-k blink"    make demo ARGS="--seconds 5"
.DEFAULT_GOAL := help
.NOTPARALLEL:
.PHONY: help setup dev demo test faults check layers proto proto-diff wire constants bench report ablate docs lock

ARGS ?=
PY := .venv/bin/python
RECIPES := $(wildcard train/recipes/*.py)

help: ## list these words
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-11s %s\n", $$1, $$2}' $(firstword $(MAKEFILE_LIST))

setup: ## install vrface into .venv from the lock file
	@scripts/setup

dev: ## the same with everything the tests need
	@scripts/setup dev

demo: setup ## watch a face that the headset hides, reconstructed
	@.venv/bin/vrface demo $(ARGS)

test: dev ## run the tests (those on real recordings need VRFACE_DATA)
	$(PY) -m pytest -n 2 $(ARGS)

faults: dev ## the long form of the tests of faults, with figures: 500 kills of a log, 100,000 flipped bits, 10,000 lives of the OpenXR layer
	VRFACE_FAULTS=10 $(PY) -m pytest tests/faults tests/bindings/openxr_layer/test_host.py $(ARGS)

check: dev layers proto-diff ## formatting, lint, types, floors, generated code
	@scripts/constants --check
	$(PY) -m ruff format --check .
	$(PY) -m ruff check .
	$(PY) -m mypy vrface tests benchmarks $(RECIPES)

layers: dev ## prove that imports point downwards only
	.venv/bin/lint-imports --no-logo

proto: ## generate vrface/v1 from proto/
	@scripts/proto

proto-diff: ## is vrface/v1 what proto/ generates?
	@scripts/proto --check

wire: ## lint the .proto and prove that nothing frozen breaks (needs npm)
	@scripts/buf $(ARGS)

constants: dev ## generate the names and numbers for C, C#, GDScript and TypeScript
	@scripts/constants

bench: dev ## what serving costs beside an empty server: docs/performance.md (needs gRPC for C++)
	@$(PY) -m benchmarks.performance --page $(ARGS)

report: setup ## how good the model is beside its rivals: docs/report.md, a quarter of an hour on fast cores
	@$(PY) -m benchmarks.report $(ARGS)

ablate: setup ## what each part of the network and its training is worth: docs/ablations.md, about an hour
	@$(PY) -m benchmarks.ablate $(ARGS)

docs: dev ## build the documentation site: out/docs/index.html
	@$(PY) -m mkdocs --quiet build && echo out/docs/index.html

lock: ## resolve the three lock files again and try them (ARGS=--upgrade for newer releases)
	@scripts/lock $(ARGS)
