# Two commands for a newcomer: `make demo` and `make test`.
#
# Every step that prepares something leaves a stamp in .venv, so a second run
# goes straight to work.  Variables: PYTHON (the interpreter .venv is made of),
# MAILWARD_CORPUS (captures and configurations), MAILWARD_NO_APT=1 (install no
# system package), HYPOTHESIS_PROFILE=deep (the long night), PYTEST_ARGS.

SHELL := /bin/sh
PYTHON ?= python3
VENV := .venv
RUN := .venv/bin/python

export PYTHON MAILWARD_CORPUS MAILWARD_NO_APT HYPOTHESIS_PROFILE PYTEST_ARGS

.PHONY: demo test check unit bench clean help

help:
	@echo 'make demo    a gateway, a mail server, good and bad mails, what became of them'
	@echo 'make test    everything CI runs; what cannot run here says why'
	@echo 'make check   formatting, rules, types'
	@echo 'make unit    the quick tests only'
	@echo 'make compiled the hot houses compiled, an option'
	@echo 'make bench   every goal beside its peers (BENCH_ARGS=--quick: a minute, once compiled)'
	@echo 'make clean   away with everything that was made here'

demo: $(VENV)/.demo
	@$(RUN) -m mailward demo

test: $(VENV)/.system $(VENV)/.test
	@scripts/check; checked=$$?; scripts/test && scripts/test-compiled && exit $$checked

check: $(VENV)/.test
	@scripts/check

unit: $(VENV)/.test
	@$(RUN) -m pytest tests/unit tests/house -q $(PYTEST_ARGS)

compiled: $(VENV)/.test
	@scripts/compiled && echo "PYTHONPATH=.venv/compiled .venv/bin/mailward runs it"

bench: $(VENV)/.system $(VENV)/.test
	@scripts/compiled || true; \
	python=$$(scripts/bench-python) && $$python bench/table.py $(BENCH_ARGS)

clean:
	rm -rf $(VENV) .venv-* build dist .mypy_cache .pytest_cache .ruff_cache .hypothesis
	rm -f .coverage .coverage.*
	find src tests bench -name __pycache__ -prune -exec rm -rf {} +

# The scripts leave no stamp when something could not be had, so that the next
# run tries again; the run at hand goes on with what is there.
$(VENV)/.demo: pyproject.toml scripts/python-env
	@scripts/python-env demo

$(VENV)/.test: pyproject.toml scripts/python-env
	@scripts/python-env test

$(VENV)/.system: scripts/system-packages
	@scripts/system-packages
