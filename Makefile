# The project's verbs. `make demo` and `make test` do all the set-up that they need on Debian 12 with Rust.
.DEFAULT_GOAL := help
.PHONY: help demo demo-app test bench chaos defences fuzz lint lint-bindings docs clean

help: ## says what there is
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /  make \1|/' | column -t -s '|'

demo: ## a key server and a client, shown at work
	@.ci/install.sh sqlite
	@cargo build --quiet -p lock-keeper-server --no-default-features --features sqlite --bin lock-keeper-server
	@cargo build --quiet -p lock-keeper-cli --bins --examples
	@bash demo-apps/cli/demo.sh target/debug

demo-app: ## the Android demo app's screens in a window of this machine, with a key server of its own
	@demo-apps/android/run.sh

test: ## everything that we can prove
	@.ci/install.sh
	.ci/test.sh .ci/test_all.sh

bench: ## how fast it is, over floors of the same run (docs/performance.md), and logins timed as an attacker would
	@.ci/install.sh
	reference-server/benches/sizes.sh
	cargo build --release -p lock-keeper-server --benches --bins
	.ci/test.sh cargo bench -p lock-keeper-server --bench speed --bench sameness

chaos: ## kills servers, databases and clients, KILLS of them on each engine (2000), and checks every account
	@.ci/install.sh
	cargo build --workspace --bins
	target/debug/lock-keeper-chaos run --kills $${KILLS:-2000}

defences: ## takes each defence out, and sees its tests fail; an hour
	@.ci/install.sh
	.ci/test.sh .ci/defences/check.sh

fuzz: ## any bytes for every decoder: libFuzzer, SECONDS_EACH for each of them (60)
	@.ci/install.sh sqlite
	reference-server/fuzz/run.sh $${SECONDS_EACH:-60}

lint: ## the Rust code: formatting, clippy, documentation, licences of dependencies; and whether each defence can be taken out
	@.ci/install.sh lint
	cargo fmt --all --check
	cargo clippy --workspace --all-targets -- -D warnings
	RUSTDOCFLAGS='-D warnings' cargo doc --workspace --no-deps --document-private-items
	target/tools/bin/cargo-deny --log-level error check bans licenses sources
	.ci/defences/check.sh --apply-only

lint-bindings: ## Kotlin and Swift: formatting, public API, documentation; Swift takes root
	bindings/ffi/generate.sh --check
	bindings/kotlin/lint.sh
	.ci/sizes.sh --check
	demo-apps/android/lint.sh
	bindings/swift/lint.sh
	demo-apps/ios/lint.sh

docs: ## writes what is generated: errors, configuration, vectors, and the crates' own pages
	@.ci/install.sh sqlite
	UPDATE_DOCS=1 cargo test -q -p lock-keeper-core --test errors_document
	UPDATE_DOCS=1 cargo test -q -p lock-keeper-server --test configuration_document
	cargo doc --workspace --no-deps

clean: ## removes what was built
	cargo clean
