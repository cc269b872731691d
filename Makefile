# Two commands do everything on a fresh machine: make demo, make test.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin

.PHONY: demo test lint docs model held-out faults bench clean

demo: $(VENV)/.run                  ## set up, tag transcripts_sample/, print both tables
	$(BIN)/qualcode demo build/demo

test: $(VENV)/.dev                  ## set up and run all tests (those in a browser too, where apt-get brings one)
	@sh tests/browser/install_chromium.sh
	$(BIN)/python -m pytest

lint: $(VENV)/.dev                  ## style, types, who may import whom, and what is no good idea with strangers' files
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/bandit --quiet --configfile pyproject.toml --recursive src

docs: $(VENV)/.dev                  ## write the generated pages again
	$(BIN)/python docs/generate.py

model: $(VENV)/.dev                 ## train the shipped model again (after a change of codebook or examples)
	$(BIN)/python docs/train_shipped.py

held-out: $(VENV)/.dev             ## measure the parts of the tagger and the learning curve (ten minutes)
	$(BIN)/python benchmarks/held_out.py

faults: $(VENV)/.dev                ## break everything on purpose, with all tries (ten minutes), and write docs/measured/faults.json
	$(BIN)/python tests/reliability/measure.py

bench: $(VENV)/.dev                 ## measure and write docs/performance.md
	$(BIN)/python benchmarks/run.py

$(VENV)/bin/python:
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --upgrade 'pip>=25.1'

$(VENV)/.run: pyproject.toml constraints.txt | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e .
	touch $@

$(VENV)/.dev: $(VENV)/.run
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt --group dev
	touch $@

clean:
	rm -rf $(VENV) build dist
