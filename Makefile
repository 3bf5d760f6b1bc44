# A thin face: every target calls a script in tools/, where the work is. Works with make 3.81.

.DEFAULT_GOAL := help
.PHONY: help up ui screenshots test contract drills simulate fuzz bench bench-engine bench-refund generate lint doctor hashes

help: ## Shows this list.
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' Makefile

up: ## Builds Usher and starts everything: private PostgreSQL, engine, workers, API. ENGINE=stepfunctions, MESSAGING=amqp. ARGS go to `usher up`.
	@sh tools/up.sh $(ARGS)

ui: ## The pages while they are worked on, rebuilt at each change, in front of a running `make up`.
	@sh tools/ui.sh serve

screenshots: ## Pictures of the main pages, into docs/screenshots.
	@sh tools/ui.sh screenshots

test: ## Runs every check there is. Ends with the summary of the tests.
	@sh tools/test.sh

contract: ## Queues, topics and sagas over every transport: runs all of it and writes docs/transports.md. ONLY=messaging or ONLY=sagas.
	@sh tools/contract.sh

drills: ## Every drill that is shipped, one after the other, with a report each: NAME=..., SEED=7, ENGINE=stepfunctions, MESSAGING=amqp.
	@sh tools/drills.sh

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
