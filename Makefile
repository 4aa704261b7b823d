# On a machine with Python 3.11 or later, pip and make, nothing else:
#
#   make demo                     open the quickstart in JupyterLab
#   make demo ARGS=--no-browser   print its URL instead
#   make test                     unit tests, notebooks, a real JupyterLab in a real browser
#   make scaled                   an exported app on two hosts behind nginx; ARGS="--sessions redis"
#   make exports                  each notebook's export against its app, under three servers
#   make docs                     build the site, into docs/_build/html, and check its links
#   make lint types bench         what else there is; make venv sets up and stops there
#
# ARGS goes to the command that a target runs: make test ARGS="tests/app -x".
# PYTHON names the Python to set up with: make PYTHON=python3.12 demo.

VENV := .venv
BIN := $(VENV)/bin
ARGS ?=
PYTHON ?=

# Read only by the rules that set up, so that a second run asks no Python anything.
FIND_PYTHON = python="$(PYTHON)"; python="$${python:-$$(sh tools/find-python.sh)}" && test -n "$$python"

.PHONY: demo scaled exports docs test lint types bench venv

demo: $(VENV)/.ready-lab
	@$(BIN)/python tools/demo.py $(ARGS)

scaled: $(VENV)/.ready-lab
	@$(BIN)/python -m examples.scaled $(ARGS)

# Minutes for each notebook: what it requires is installed, and it is run twice.
exports: $(VENV)/.ready-dev
	$(BIN)/python -m tools.check_exports $(ARGS)

# All anew: what was read before a page came has no link to it, and a page that is gone would stay.
docs: $(VENV)/.ready-docs
	@rm -rf docs/_build
	$(BIN)/python -m sphinx -W --keep-going -n -j auto -q docs docs/_build/html $(ARGS)
	$(BIN)/python -m tools.check_links docs/_build/html

test: $(VENV)/.ready-dev
	@chromium="$$($(BIN)/python -m tools.chromium)" && \
	hub_proxy="$$($(BIN)/python -m tools.hub_proxy)" && \
	nginx="$$($(BIN)/python -m tools.servers nginx)" && \
	redis="$$($(BIN)/python -m tools.servers redis)" && \
	NBFLASK_CHROMIUM="$$chromium" NBFLASK_HUB_PROXY="$$hub_proxy" \
	NBFLASK_NGINX="$$nginx" NBFLASK_REDIS="$$redis" \
	$(BIN)/python -m pytest -n auto --dist loadfile --no-loadscope-reorder $(ARGS)

lint: $(VENV)/.ready-dev
	$(BIN)/ruff check $(ARGS)
	$(BIN)/ruff format --check

types: $(VENV)/.ready-dev
	$(BIN)/mypy $(ARGS)

bench: $(VENV)/.ready-dev
	$(BIN)/python benchmarks/live_app.py $(ARGS)
	$(BIN)/python -m benchmarks.scaling $(ARGS)

venv: $(VENV)/.ready-dev

# A change of the dependencies sets up again.
$(VENV)/.ready-lab: pyproject.toml
	@echo "Setting up $(VENV) with JupyterLab and what the examples import; the first time takes a minute or two."
	@$(FIND_PYTHON) && "$$python" tools/setup_venv.py $(VENV) lab,examples
	@touch $@

$(VENV)/.ready-docs: pyproject.toml
	@echo "Setting up $(VENV) for the site; the first time takes a minute or two."
	@$(FIND_PYTHON) && "$$python" tools/setup_venv.py $(VENV) docs
	@touch $@

# What developing needs contains what the demo and the site need.
$(VENV)/.ready-dev: pyproject.toml
	@echo "Setting up $(VENV) for tests; the first time takes a minute or two."
	@$(FIND_PYTHON) && "$$python" tools/setup_venv.py $(VENV) dev
	@touch $(VENV)/.ready-lab $(VENV)/.ready-docs $@
