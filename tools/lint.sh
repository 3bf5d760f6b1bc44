# `make lint`: formatting and lints; a warning is a failure.

. "$(dirname "$0")/common.sh"

require_compilers
step "Formatting"
cargo fmt --all -- --check
step "Lints"
cargo clippy --workspace --all-targets -- -D warnings
