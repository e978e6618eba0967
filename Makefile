# Everything runs in .venv, which scripts/install.py fills from the hashed pins in requirements/.
# `make PYTHON=python3.12 ...` chooses the Python that .venv is made of.

PYTHON ?= python3
BIN := .venv/bin
CODE := $(wildcard adapters benchmarks bot scripts storage tests)
LOCK := $(BIN)/uv pip compile pyproject.toml --quiet --universal --python-version 3.11 \
	--generate-hashes --no-emit-index-url --custom-compile-command 'make lock'
AUDIT_LOCK = $(subst pyproject.toml --quiet,--quiet --group pyproject.toml:audit,$(LOCK))

# Each worker of the tests would compile every test file anew, ten seconds of it.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help demo test check lint soak mutations install install-test format docs texts bench audit lock upgrade

help: ## show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-9s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: install ## play a whole programme: the playground, or its transcript without a terminal
	@$(BIN)/stint demo

# One worker more than the two cores it is planned for: some tests wait for processes.
test: install-test ## run all tests
	$(BIN)/python -m pytest -n 3 --dist loadfile --no-loadscope-reorder

check: lint test ## all that CI checks: format, lint, types, import contracts, benchmarks, tests

lint: install-test ## every check but the tests, and whether the benchmarks still work
	$(BIN)/ruff format --check $(CODE)
	$(BIN)/ruff check $(CODE)
	$(BIN)/mypy $(CODE)
	$(BIN)/lint-imports
	$(BIN)/python -m benchmarks.run --smallest

# Some hours on two cores. `make soak SEEDS=20 KILLS=1` is a short one. First come the tests that are more of
# the same kind than `make test` has time for.
SEEDS ?= 500
KILLS ?= 50
soak: install-test ## run the tests that `make test` samples, let made-up people live through faults, kill the bot
	$(BIN)/python -m pytest -n 3 -m soak --growth
	$(BIN)/python -m pytest -n 3 --hypothesis-profile=thorough --timeout=600 tests/scenarios/test_old_data.py
	$(BIN)/stint simulate --seed 5000 --count $(SEEDS) --days 5
	$(BIN)/python -m tests.support.kills --seed 1 --count $(KILLS)

mutations: install-test ## put faults of one line into a copy, and see that a test finds each
	$(BIN)/python -m tests.mutations

format: install-test ## lay the code out and mend what the linter can
	$(BIN)/ruff check --fix $(CODE)
	$(BIN)/ruff format $(CODE)

docs: install-test ## write docs/commands.md (the chat commands) and the map of ARCHITECTURE.md
	$(BIN)/stint commands > docs/commands.md
	$(BIN)/python scripts/map.py

texts: install-test ## write the catalogues of the bot's texts (bot/locale)
	$(BIN)/python scripts/texts.py

bench: install-test ## measure side by side with the peers
	$(BIN)/stint bench

install: ## make .venv with what Stint needs to run
	@$(PYTHON) scripts/install.py runtime

install-test:
	@$(PYTHON) scripts/install.py test

audit: install-test ## list what Stint runs with (sbom.json), and ask the vulnerability database about it
	$(BIN)/python scripts/audit.py

lock: ## pin what pyproject.toml asks for, keeping the pins that still fit
upgrade: ## as lock, with the newest versions
upgrade: LOCK += --upgrade
lock upgrade: install-test
	$(AUDIT_LOCK) --output-file requirements/audit.txt
	$(LOCK) --group build --output-file requirements/runtime.txt
	$(LOCK) --group build --group test --constraint requirements/runtime.txt \
		--output-file requirements/test.txt
