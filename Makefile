# The project's verbs. `make demo` and `make test` do all the set-up that they need on Debian 12 with Rust.
.DEFAULT_GOAL := help
.PHONY: help demo test bench chaos defences fuzz lint docs clean

help: ## says what there is
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## /  make \1|/' | column -t -s '|'

demo: ## a key server and a client, shown at work
	@.ci/install.sh sqlite
	@cargo build --quiet -p lock-keeper-server --no-default-features --features sqlite --bin lock-keeper-server
	@cargo build --quiet -p lock-keeper-cli --bins --examples
	@bash demo-apps/cli/demo.sh target/debug

test: ## everything that we can prove
	@.ci/install.sh
	.ci/test.sh .ci/test_all.sh

bench: ## how fast it is, over floors of the same run
	@.ci/install.sh
	reference-server/benches/sizes.sh
	.ci/test.sh cargo bench --quiet -p lock-keeper-server --bench speed
	cargo bench --quiet -p lock-keeper-server --bench plots

defences: ## takes each defence out, and sees its tests fail; an hour
	@.ci/install.sh
	.ci/test.sh .ci/defences/check.sh

fuzz: ## the decoders on random and mutated bytes, for minutes
	@.ci/install.sh sqlite
	PROPTEST_CASES=$${PROPTEST_CASES:-200000} cargo test --release -p lock-keeper-protocol --test decoders

lint: ## formatting, clippy, documentation, licences and sources of dependencies
	@.ci/install.sh lint
	cargo fmt --all --check
	cargo clippy --workspace --all-targets -- -D warnings
	RUSTDOCFLAGS='-D warnings' cargo doc --workspace --no-deps --document-private-items
	target/tools/bin/cargo-deny --log-level error check bans licenses sources
	.ci/defences/check.sh --apply-only

docs: ## writes what is generated: errors, configuration, vectors, and the crates' own pages
	@.ci/install.sh sqlite
	UPDATE_DOCS=1 cargo test -q -p lock-keeper-core --test errors_document
	UPDATE_DOCS=1 cargo test -q -p lock-keeper-server --test configuration_document
	cargo doc --workspace --no-deps

clean: ## removes what was built
	cargo clean
