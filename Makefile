# `make` alone lists the targets. PYTHON is any Python from 3.11 on; ARGS goes to pytest: make test ARGS="-k consent"
PYTHON ?= python3
VENV := $(if $(filter Windows_NT,$(OS)),.venv/Scripts,.venv/bin)
ARGS ?=

.DEFAULT_GOAL := help
.PHONY: help setup demo test compose-check check format screenshots bench geodata truth pip lock clean

help:
	@awk -F ' ## ' '/^[a-z-]+:.* ## / { sub(/:.*/, "", $$1); printf "make %-13s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: ## set everything up, start the four services, print one URL; Ctrl-C stops them
	@$(PYTHON) demo.py

setup: ## install what demo, tests and checks need, and start nothing
	@$(PYTHON) demo.py --setup --dev

test: setup ## run all tests: on PostgreSQL where there is one, then on SQLite (ARGS="-k name" picks some)
	@$(VENV)/python -m tests.browser
	@$(VENV)/python -m tests.npm_packages
	@$(VENV)/python -m tests.postgresql $(VENV)/python -m pytest -q -n 2 -p tests.database_tests_only -m "not processes and not browser" $(ARGS)
	@$(VENV)/python -m pytest -q -n 2 -p tests.one_form_one_process $(ARGS)

compose-check: ## with Docker: really start both set-ups of docker-compose.yml, run both stories in them, leave nothing behind
	@$(PYTHON) -m tests.compose_check

check: setup ## lint, format, types, import contracts, missing migrations, lock files
	$(VENV)/ruff check
	$(VENV)/ruff format --check
	$(VENV)/mypy
	$(VENV)/lint-imports
	DJANGO_SETTINGS_MODULE=tests.settings $(VENV)/python manage.py makemigrations --check --dry-run
	@! grep -nE '(https?|file)://|index-url|find-links' requirements*.txt || { echo "A lock file names a package index. Cure: make lock"; false; }

format: setup ## rewrite the code in its one format
	$(VENV)/ruff check --fix-only --quiet
	$(VENV)/ruff format

screenshots: setup ## take the pictures of docs/ anew, in the browser
	@SCREENSHOTS=1 $(VENV)/python -m pytest -q -k "has_its_picture and four" tests/end_to_end/test_the_five_clicks.py

bench: pip ## run every benchmark and print its figures, the Geocoding API's beside those of two other packages
	@$(VENV)/python -m pip install -q --require-hashes -r requirements-bench.txt || echo "The Geocoding API is measured alone."
	@$(VENV)/python -m benchmarks

geodata: pip ## build geocoding_api/data again from its public sources
	$(VENV)/python -m pip install --require-hashes -r requirements-geodata.txt
	$(VENV)/python manage.py build_geodata

truth: pip ## draw the points of the geocoding benchmark again from their public sources (needs npm)
	$(VENV)/python -m pip install --require-hashes -r requirements-truth.txt
	npm ci --prefix benchmarks/truth --loglevel=error
	$(VENV)/python -m benchmarks.geocoding_truth

pip: setup
	@$(VENV)/python -m pip --version >/dev/null 2>&1 || $(VENV)/python -m ensurepip

lock: setup ## resolve requirements*.in into requirements*.txt, with hashes and no index address
	@sh -c 'command -v uv >/dev/null && uv --version >/dev/null 2>&1 || { echo "make lock needs uv. Cure: pip install uv"; exit 1; }'
	for list in requirements requirements-dev requirements-geodata requirements-bench requirements-truth; do \
	  uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-header $$list.in -o $$list.txt || exit 1; \
	done

clean: ## remove what was made here: .venv, var (databases and secrets), node_modules and caches
	rm -rf .venv var tests/foreign_clients/npm/node_modules tests/foreign_issuer/npm/node_modules benchmarks/truth/node_modules .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis test-results
