# A thin face: every target calls a script in tools/, where the work is. Works with make 3.81.

.DEFAULT_GOAL := help
.PHONY: help up test contract simulate fuzz bench bench-engine bench-refund generate lint doctor hashes

help: ## Shows this list.
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' Makefile

up: ## Builds Usher and starts everything: private PostgreSQL, engine, workers, API. ENGINE=stepfunctions, MESSAGING=amqp. ARGS go to `usher up`.
	@sh tools/up.sh $(ARGS)

test: ## Runs every check there is. Ends with the summary of the tests.
	@sh tools/test.sh

contract: ## The promises of queues and topics, and who keeps them: a table of cases and adapters.
	@sh tools/contract.sh

simulate: ## The engine in a simulated world, a case for each seed: SEEDS=10000, FROM=0, or SEED=7 for one and its log.
	@sh tools/simulate.sh

fuzz: ## Any bytes for what reads definitions, a minute for each target. Needs cargo-fuzz.
	@sh tools/fuzz.sh

bench: ## Builds for speed and measures. ENGINE=stepfunctions, MESSAGING=amqp. ARGS go to `usher bench`.
	@sh tools/bench.sh bench $(ARGS)

bench-engine: ## The same for the embedded engine alone. ARGS go to `usher bench-engine`.
	@sh tools/bench.sh bench-engine $(ARGS)

hashes: ## By which hash each saga goes: its file, the embedded engine and, where USHER_AWS_ENDPOINT or a region is set, Step Functions.
	@sh tools/hashes.sh $(ARGS)

bench-refund: ## Refunds, and the sweep over a showtime with 5,000 bookings. ARGS go to `usher bench-refund`.
	@sh tools/bench.sh bench-refund $(ARGS)

generate: ## Writes what is generated and committed: SQL metadata, OpenAPI, diagrams.
	@sh tools/generate.sh

lint: ## Formatting, lints and our workflow files only: the fast part of `make test`.
	@sh tools/lint.sh

doctor: ## Says what this machine has, what is missing, and how to get it.
	@sh tools/doctor.sh
