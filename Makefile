# Two commands matter on a fresh clone: `make demo` and `make test`. They need Python 3.11+ and no server.
# PYTHON names the interpreter that makes the virtual environment, VENV its place.

PYTHON ?= python3
VENV ?= .venv
UV ?= uv
n ?= 2
language ?= de
# What is for who builds the desk, and what others brought along.
UNTRANSLATED = tests/* benchmarks/* supportdesk/styleguide/* templates/styleguide/* .venv/* $(VENV)/*

RUN = $(VENV)/bin/python
COMPILE = pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--no-header --no-annotate --no-emit-index-url --no-emit-find-links

.PHONY: help demo run test check bench faults messages screenshots pins clean types style layers migrations venv demo-packages dev-packages

help: ## List the commands
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-11s %s\n", $$1, $$2 }' Makefile
	@echo "PORT=8001 make demo, make test k=pause, PYTHON=python3.12 make demo, VENV=/path make test"

demo: demo-packages ## Start the whole desk with four vendors and sample cases; again: seconds, nothing lost
	@exec "$(RUN)" -m supportdesk.local.demo

run: demo-packages ## Start the desk's processes on the data that is there, and seed nothing
	@exec "$(RUN)" -m supportdesk.local.demo --no-seed

test: dev-packages ## Run the tests (k=word picks some, n=4 uses four processes)
	@"$(RUN)" -m pytest -n $(n) --dist loadfile $(if $(k),-k "$(k)")

check: dev-packages ## Run every check and then the tests; CI runs exactly this
	@$(MAKE) --no-print-directory --jobs 2 types style layers migrations
	@$(MAKE) --no-print-directory test

# mypy takes as long as all the others together.
types:
	"$(RUN)" -m mypy

style:
	"$(RUN)" -m ruff check .
	"$(RUN)" -m ruff format --check .

layers:
	"$(VENV)/bin/lint-imports" --no-logo

migrations:
	"$(RUN)" manage.py makemigrations --check --dry-run
	"$(RUN)" manage.py check

bench: dev-packages ## Measure what has a promised speed
	@for file in benchmarks/*.py; do \
		echo "== $$file" && PYTHONPATH=. "$(RUN)" "$$file" || exit 1; \
	done

faults: dev-packages ## Kill workers, beat, Redis and PostgreSQL at random, and prove that every step fires once (seed=7)
	@PYTHONPATH=. "$(RUN)" -m benchmarks.faults $(if $(seed),--seed $(seed))
	@RACES=1000 "$(RUN)" -m pytest -q tests/escalation/test_firing_races.py

messages: dev-packages ## Gather the words of all pages for the translators and compile them (needs gettext)
	@command -v xgettext >/dev/null || { echo "gettext is missing: apt install gettext"; exit 1; }
	@mkdir -p locale
	"$(RUN)" manage.py makemessages --locale $(language) --extension html,txt,py --no-wrap \
		--add-location file $(foreach path,$(UNTRANSLATED),--ignore "$(path)")
	"$(RUN)" manage.py compilemessages --locale $(language)

screenshots: dev-packages ## Walk through all pages as every role, look for what shuts people out, keep pictures
	@PICTURES=all "$(RUN)" -m pytest -q -rs tests/browser

pins: ## Renew requirements/*.txt from the .in files (needs uv)
	@command -v "$(UV)" >/dev/null || { echo "uv is missing: pip install uv"; exit 1; }
	"$(UV)" $(COMPILE) --output-file requirements/prod.txt requirements/prod.in
	"$(UV)" $(COMPILE) --constraints requirements/prod.txt \
		--output-file requirements/demo.txt requirements/demo.in
	"$(UV)" $(COMPILE) --constraints requirements/demo.txt \
		--output-file requirements/dev.txt requirements/dev.in

clean: ## Remove the virtual environment, the caches and the demo's data
	@"$(PYTHON)" -m supportdesk.local.erase
	@rm -rf .venv .local .pytest_cache .ruff_cache .mypy_cache .hypothesis .import_linter_cache staticfiles
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

# pip is looked for as well: an environment without it was given up half made.
venv:
	@test -x "$(RUN)" -a -x "$(VENV)/bin/pip" || { \
		"$(PYTHON)" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
			echo "Python 3.11 or newer is needed and $(PYTHON) is not: PYTHON=python3.12 make ..."; \
			exit 1; }; \
		"$(PYTHON)" -c 'import ensurepip, venv' 2>/dev/null || { \
			echo "Python's venv module is missing: install it (Debian: apt install python3-venv)."; \
			exit 1; }; \
		echo "Making a virtual environment in $(VENV)"; \
		"$(PYTHON)" -m venv "$(VENV)"; }

# The pins that an environment was given are kept in it; equal pins need no installing.
demo-packages: venv
	@cmp -s requirements/demo.txt "$(VENV)/demo-pins.txt" || { \
		echo "Installing the pinned packages (the first time about half a minute)"; \
		"$(RUN)" -m pip install -qq --disable-pip-version-check --require-hashes \
			-r requirements/demo.txt \
		&& cp requirements/demo.txt "$(VENV)/demo-pins.txt"; }

# What development needs contains what the demo needs.
dev-packages: venv
	@cmp -s requirements/dev.txt "$(VENV)/dev-pins.txt" || { \
		echo "Installing the pinned packages (the first time about a minute)"; \
		"$(RUN)" -m pip install -qq --disable-pip-version-check --require-hashes \
			-r requirements/dev.txt \
		&& cp requirements/demo.txt "$(VENV)/demo-pins.txt" \
		&& cp requirements/dev.txt "$(VENV)/dev-pins.txt"; }
