# make demo   set up, then sign a contract as a file, and on the pages of the service; look at build/demo/index.html
# make demo BROWSE=1  serve one contract over HTTPS at this machine's address, to be signed on phones
# make test   set up, then every gate and every test that fits twelve minutes
# make test-all  the same, with new random examples for the property tests and the whole matrix of the browser
# make screens  pictures of every page, in both languages, at 360, 768 and 1280 px, into build/screens/; some of them: SCREENS="console en 360"
# make pace  how long a quick and an elderly person take from the message to the signature; about four minutes
# make bench  figures as ratios from one run; also build/bench.json
# make bench-api  whole envelopes through the running service, on both databases; options: make bench-api API='--seconds 90'
# make bench-risk  scoring a claim with 5 million earlier ones in the index (half an hour); fewer: make bench-risk RISK='--claims 50000'
# make bench-delivery  the daily sweep over 100,000 open deliveries, and a page of figures of a year, on both databases
# make simulate-delivery  a branch's year of deliveries, by relay and direct, with and without chasing; options:
#             make simulate-delivery SHARE=0.1 ROUTE=relay CHASE=off DATABASE=sqlite (a hundredth of the policies usually)
# make simulate-claims  a year of 40,000 motor claims with planted rings; options:
#             make simulate-claims SHARE=0.1 DATABASE=sqlite SEED=7
# make soak   kill the running service's processes 200 times on each database while it signs and seals
# make fuzz   feed the verifier and the reader of bundles with files that guided mutation makes; each: make fuzz FOR=60 (seconds)
# make lock   refresh uv.lock and the hashed requirements files after a change to pyproject.toml (needs uv)
SHELL := /bin/bash
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
FOR ?= 60
READY := $(VENV)/.ready
OURS := esign ca claims delivery policy wsgi.py

.PHONY: demo test test-all check compiled screens pace bench bench-api bench-risk soak fuzz lock setup clean bench-delivery simulate-delivery simulate-claims

setup: $(READY)

$(READY): requirements-dev.txt pyproject.toml scripts/install-system-packages scripts/create-venv
	@scripts/install-system-packages
	@scripts/create-venv $(PYTHON) $(VENV)
	@touch $@

demo: $(READY)
	@BROWSE=$(BROWSE) $(BIN)/python -m demo

check: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

# Tests start our programs hundreds of times, and each would compile all of it where Python may not keep what it compiled.
compiled: $(READY)
	@$(BIN)/python -m compileall -q $(OURS)
	@env -u PYTHONDONTWRITEBYTECODE $(BIN)/python -m tests.compiled

# The tests themselves are compiled as well, in their own folders: each of the three processes loads all of them.
PYTEST := env -u PYTHONDONTWRITEBYTECODE $(BIN)/pytest -n 3

test: check compiled
	$(PYTEST)

test-all: check compiled
	ESIGN_TEST_PROFILE=fresh-examples ESIGN_TEST_FULL=1 $(PYTEST)

screens: $(READY)
	@$(BIN)/python -m tests.browser.screens $(SCREENS)

pace: $(READY)
	@$(BIN)/python -m tests.browser.pace

bench: $(READY)
	@$(BIN)/python -m bench

bench-api: $(READY)
	@$(BIN)/python -m bench.api $(API)

bench-risk: $(READY)
	@$(BIN)/python -m bench.claims_risk $(RISK)

bench-delivery: $(READY)
	@$(BIN)/python -m bench.delivery

simulate-delivery: $(READY)
	@SHARE=$(SHARE) ROUTE=$(ROUTE) CHASE=$(CHASE) DATABASE=$(DATABASE) SEED=$(SEED) $(BIN)/python -m simulate

simulate-claims: $(READY)
	@SHARE=$(SHARE) DATABASE=$(DATABASE) SEED=$(SEED) $(BIN)/python -m simulate.claims

soak: $(READY)
	@$(BIN)/python -m tests.faults.soak $(SOAK)

fuzz: $(READY)
	@for target in reader cms revocation container; do $(BIN)/python -m tests.fuzz.run $$target $(FOR) || exit 1; done

lock:
	uv lock
	uv export --quiet --locked --no-emit-project --no-dev --format requirements-txt --output-file requirements.txt
	uv export --quiet --locked --no-emit-project --format requirements-txt --output-file requirements-dev.txt

clean:
	rm -rf build $(VENV)
