# `make lint`: formatting, lints and our workflow files; a warning of the compiler is a failure.

. "$(dirname "$0")/common.sh"

require_compilers
step "Formatting"
cargo fmt --all -- --check
step "Lints"
cargo clippy --workspace --all-targets -- -D warnings
step "Workflows"
build --quiet --bin usher
for runner in embedded aws; do
  "$target/debug/usher" workflow validate --target "$runner" workflows/*.asl.json
done
