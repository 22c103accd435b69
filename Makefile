# make lab   install everything into .venv and open JupyterLab on the first notebook
# make check install everything and run the quick checks: lint, types, layers, front end, unit tests
# make test  run these and every other test but those in Firefox
# make test-firefox  run those, in a Firefox that has to be installed
# make docs  build the documentation into docs/_build/html; the notebooks run for it
# make generate write what the front end and its tests share with Python (frontend/src/generated.ts …)
# make bench print the benchmarks' figures (all but benchmarks.peers, which installs other packages, and benchmarks.soak, of half an hour)
# make clean remove what the above made

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/$(if $(filter Windows_NT,$(OS)),Scripts,bin)
PY := $(BIN)/python$(if $(filter Windows_NT,$(OS)),.exe)
# An editable install builds the front end and the models, so their sources call for a new one.
SOURCES := pyproject.toml bodyseg_widgets/models/catalog.py \
	$(wildcard build_hooks/*.py frontend/*.json frontend/*.mjs jupyter-config/*/*) \
	$(shell find frontend/src -type f)
# The tests run under a guard that lets nothing but loopback through, and writes here what tried.
# Those of the packaging run pip as a user would, which asks for packages, so they go without it.
NETWORK_LOG := $(CURDIR)/test-results/network.log
PYTEST := $(PY) -m pytest --durations=15
# On two processes, of which one that is done takes over tests of the other.
PARALLEL := --numprocesses=2 --dist=worksteal
define guarded_pytest
mkdir -p test-results && : > $(NETWORK_LOG)
PYTHONPATH=$(CURDIR)/tests/guard BODYSEG_NETWORK_LOG=$(NETWORK_LOG) $(PYTEST) $(1)
@test ! -s $(NETWORK_LOG) || { echo "Something tried to leave this machine:"; cat $(NETWORK_LOG); exit 1; }
endef
# Every warning is an error, and no page may load anything from elsewhere.
define site
rm -rf docs/_build docs/api/generated
$(PY) -m sphinx --fail-on-warning --keep-going --nitpicky --quiet $(1) \
	-d docs/_build/doctrees docs docs/_build/html
$(PY) docs/check_site.py docs/_build/html
endef
# JupyterLab itself would look for updates and news on the internet.
STAY_LOCAL := --LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate --LabApp.news_url=None
# Inside a container one often is root, for whom Jupyter starts only when told to.
ALLOW_ROOT := $(if $(filter 0,$(shell id -u)),--allow-root)

.PHONY: lab check test test-packaging test-site test-firefox docs generate bench clean
.DELETE_ON_ERROR:

lab: $(VENV)/.installed-all
	$(BIN)/jupyter lab $(ALLOW_ROOT) $(STAY_LOCAL) \
		--LabApp.default_url=/lab/tree/notebooks/01-first-look.ipynb

check: $(VENV)/.installed-test
	$(PY) -m ruff check .
	$(PY) -m ruff format --check .
	$(PY) -m mypy
	$(BIN)/lint-imports
	$(PY) -m build_hooks.node run check
	$(PY) -m build_hooks.node test
	$(call guarded_pytest,$(PARALLEL) tests/unit tests/docs)

test: check
	$(PY) tests/browser/ensure_browser.py
	BODYSEG_CHROMIUM="$$($(PY) tests/browser/ensure_browser.py)" $(PY) -m build_hooks.node run test:browser
	$(call guarded_pytest,$(PARALLEL) $(patsubst %,--ignore=tests/%,unit docs browser firefox packaging))
	$(call guarded_pytest,$(PARALLEL) tests/browser)
	$(MAKE) --jobs=2 test-packaging test-site

# Of these two, each keeps one core busy.
test-packaging: $(VENV)/.installed-test
	$(PYTEST) tests/packaging

test-site: $(VENV)/.installed-test
	$(call site,--define nb_execution_mode=off)

test-firefox: $(VENV)/.installed-test
	$(PY) tests/firefox/find_firefox.py
	$(call guarded_pytest,tests/firefox)

generate: $(VENV)/.installed-test
	$(PY) -m tools.generate

docs: $(VENV)/.installed-docs
	$(call site)

bench: $(VENV)/.installed-test
	$(PY) tests/browser/ensure_browser.py
	$(PY) -m benchmarks.selfie
	$(PY) -m benchmarks.blazepose
	$(PY) -m benchmarks.rendering
	$(PY) -m benchmarks.offline
	$(PY) -m benchmarks.evaluation
	$(PY) -m benchmarks.effects
	$(PY) -m benchmarks.live
	$(PY) -m benchmarks.live --model blazepose
	$(PY) -m benchmarks.busy
	$(PY) -m benchmarks.compare
	$(PY) -m benchmarks.compare --six
	$(PY) -m benchmarks.remote
	$(PY) -m benchmarks.in_page
	$(PY) -m benchmarks.networks_in_page
	$(PY) -m benchmarks.scrub
	$(PY) -m benchmarks.memory
	$(PY) -m benchmarks.memory --model blazepose
	$(PY) -m benchmarks.memory_in_page

clean:
	rm -rf $(VENV) build dist frontend/node_modules bodyseg_widgets/static \
		bodyseg_widgets/models/bundled test-results .mypy_cache .pytest_cache .ruff_cache \
		.import_linter_cache docs/_build docs/api/generated docs/notebooks
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(VENV)/.installed-all: $(SOURCES) | $(PY)
	$(PY) -m pip install --editable '.[all]'
	touch $@

# pip brings what a build needs of npm; build_hooks.node, what checks and tests need besides.
$(VENV)/.installed-test: $(SOURCES) | $(PY)
	$(PY) -m pip install --editable '.[all,test,docs]'
	$(PY) -m build_hooks.node --version
	touch $@ $(VENV)/.installed-all $(VENV)/.installed-docs

$(VENV)/.installed-docs: $(SOURCES) | $(PY)
	$(PY) -m pip install --editable '.[all,docs]'
	touch $@ $(VENV)/.installed-all

# Debian ships venv without the pip that goes into it; the system's pip can put it there.
$(PY):
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
		echo "bodyseg-widgets needs Python 3.11 or newer; '$(PYTHON)' is"; \
		$(PYTHON) --version; \
		echo "Name a newer one: make PYTHON=python3.12 $(MAKECMDGOALS)"; exit 1; }
	@$(PYTHON) -m venv $(VENV) >/dev/null 2>&1 \
		|| { $(PYTHON) -m venv --clear --without-pip $(VENV) \
			&& $(PYTHON) -m pip --python $(PY) install pip; } \
		|| { rm -rf $(VENV); \
			echo "'$(PYTHON) -m venv' did not work."; \
			echo "Install it (on Debian and Ubuntu: apt-get install python3-venv) and run make again."; \
			exit 1; }
