.PHONY: help setup demo test test-celery check quality fuzz docs lock clean

help:
	@echo "make demo   set everything up and play a small newsroom through the whole pipeline"
	@echo "make test   set up what the tests need, check style and types, run the tests"
	@echo "make test-celery  the whole deployment once more, with CeleryExecutor, Redis and two workers; takes minutes"
	@echo "make setup  prepare .venv with the tallywire command in it"
	@echo "make check  style, types and the directions between the rooms, without tests"
	@echo "make quality  score copies and stories against their floors; also what lies in ../shared, if anything does"
	@echo "make fuzz   try feeds, dates, lists of feeds and sitemaps that nobody wrote, for ten minutes or SECONDS=…"
	@echo "make docs   write anew what docs/ takes from the code"
	@echo "make lock   resolve the dependencies anew into requirements/"

setup: .venv/.base

.venv/.base: requirements/base.txt requirements/uv.txt pyproject.toml scripts/setup
	scripts/setup base

.venv/.dev: requirements/dev.txt requirements/uv.txt pyproject.toml scripts/setup
	scripts/setup dev

demo: .venv/.base
	.venv/bin/tallywire demo --out demo

check: .venv/.dev
	.venv/bin/ruff check
	.venv/bin/ruff format --check
	.venv/bin/mypy
	.venv/bin/lint-imports

test: check
	scripts/test-services
	.venv/bin/pytest -n 2

test-celery: .venv/.dev
	scripts/test-services
	.venv/bin/pytest -m celery

quality: .venv/.dev
	.venv/bin/pytest -p no:randomly -rPf tests/group/test_quality.py

fuzz: SECONDS ?= 600
fuzz: .venv/.dev
	FUZZ_SECONDS=$(SECONDS) .venv/bin/pytest -q -p no:randomly -p no:cacheprovider tests/collect/fuzz.py

docs: .venv/.dev
	scripts/docs

lock:
	scripts/lock

clean:
	rm -rf .venv .uv demo .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
