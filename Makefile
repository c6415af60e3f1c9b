.PHONY: help setup demo test test-long package check quality fuzz faults faults-deployment soak docs pictures locale lock clean

help:
	@echo "make demo   set everything up and play a small newsroom through the whole pipeline"
	@echo "make test   set up what the tests need, check style and types, run the tests"
	@echo "make test-long  the tests that take minutes: the deployment with CeleryExecutor, Redis and two workers, servers that hang"
	@echo "make package  build the wheel and the sdist, install the wheel elsewhere and try it"
	@echo "make setup  prepare .venv with the tallywire command in it"
	@echo "make check  style, types and the directions between the rooms, without tests"
	@echo "make quality  score copies and stories against their floors; also what lies in ../shared, if anything does"
	@echo "make fuzz   try feeds, dates, lists of feeds and sitemaps that nobody wrote, for ten minutes or SECONDS=…"
	@echo "make faults  kill, cut off, fill and set wrong whatever a run needs, and check what must hold; TRIALS=… SEED=…"
	@echo "make faults-deployment  the same on PostgreSQL and Elasticsearch with several workers; TRIALS=… SEED=…"
	@echo "make soak   four weeks of news in some minutes: memory, files and handles must stay bounded; WEEKS=…"
	@echo "make docs   write anew what docs/ takes from the code"
	@echo "make pictures  photograph a mail, a digest and the window for the README, with Chromium"
	@echo "make locale bring the messages to translate to what the code says"
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
	.venv/bin/pytest -n 3

test-long: .venv/.dev
	scripts/test-services
	.venv/bin/pytest -m "celery or long"

package: .venv/.dev
	scripts/package

quality: .venv/.dev
	.venv/bin/pytest -p no:randomly -rPf tests/group/test_quality.py

fuzz: SECONDS ?= 600
fuzz: .venv/.dev
	FUZZ_SECONDS=$(SECONDS) .venv/bin/pytest -q -p no:randomly -p no:cacheprovider tests/collect/fuzz.py

faults: TRIALS ?= 500
faults: SEED ?= 1
faults: .venv/.dev
	.venv/bin/python -m tests.faults --trials $(TRIALS) --seed $(SEED)

faults-deployment: TRIALS ?= 50
faults-deployment: SEED ?= 1
faults-deployment: .venv/.dev
	scripts/test-services
	.venv/bin/python -m tests.faults --deployment --trials $(TRIALS) --seed $(SEED)

soak: WEEKS ?= 4
soak: .venv/.dev
	.venv/bin/python -m tests.soak --weeks $(WEEKS)

docs: .venv/.dev
	scripts/docs

pictures: .venv/.dev
	scripts/pictures

locale: .venv/.dev
	scripts/messages

lock:
	scripts/lock

clean:
	rm -rf .venv .uv demo .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
