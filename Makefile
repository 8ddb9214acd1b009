# The two commands are `make run` and `make test`; everything else is a part of them.

PYTHON := $(shell for name in python3 python3.14 python3.13 python3.12 python3.11; do \
	$$name -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$name && break; done)
BIN := .venv/bin

.PHONY: run test faults guards bench bench-quick bench-growth check assets format lock clean python local dev programs

run: local
	@$(BIN)/python -m local.run

test: check programs
	@$(BIN)/python -m pytest -n 2 --dist loadgroup

faults: dev
	@AQAD_FAULTS=long AQAD_GOALS=$(GOALS) AQAD_MINUTES=$(MINUTES) $(BIN)/python -m pytest tests/faults tests/edge -v -s

guards: dev
	@$(BIN)/python -m tests.guards

bench: dev
	@$(BIN)/python -m benchmarks.compare
	@$(BIN)/python -m benchmarks.mixed
	@$(BIN)/python -m benchmarks.search 10000 100000 1000000

bench-quick: dev
	@$(BIN)/python -m benchmarks.compare --quick

bench-growth: dev
	@$(BIN)/python -m benchmarks.growth 10000 $(or $(ORDERS),1000000)

assets: local
	@$(BIN)/python -c "from local import prepare; prepare.front_end()"

check: dev
	@$(BIN)/python -m local.check

format: dev
	@$(BIN)/ruff check --quiet --fix .
	@$(BIN)/ruff format .
	@find templates */templates -name '*.html' -exec $(BIN)/djade {} +

lock: dev
	@for set in "" -local -dev; do $(BIN)/uv pip compile --quiet --universal --python-version 3.11 \
		--no-strip-extras --generate-hashes --no-emit-index-url --no-header requirements$$set.in -o requirements$$set.txt || exit 1; done

clean:
	@rm -rf build .mypy_cache .pytest_cache .ruff_cache .import_linter_cache

local: python
	@$(PYTHON) local/bootstrap.py local

dev: python
	@$(PYTHON) local/bootstrap.py dev

programs: dev
	@$(BIN)/python -m local.programs

python:
	@test -n "$(PYTHON)" || { echo "AQAD needs Python 3.11 or newer; none was found on this machine." >&2; exit 1; }
