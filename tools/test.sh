# `make test`: every check there is. Nothing has to be installed or running before; what is fetched stays inside the
# checkout. Two checkouts may run it at the same time. The tests come last, so that their summary is the last thing said.

. "$(dirname "$0")/common.sh"
exec </dev/null

require_compilers
# First the queries: while they are described wrongly, nothing else compiles, and only this check says why.
step "Queries against the migrated database"
build --bin usher-sqlx
require_postgres "$target/debug/usher-sqlx"
"$target/debug/usher-sqlx" check
require_rabbitmq

sh tools/lint.sh

step "Generated files"
build --bin usher
"$target/debug/usher" generate --check

step "Licences and sources of dependencies"
# The database of advisories is a repository elsewhere, which not every machine can reach: `cargo deny check advisories`.
deny=$(require_deny)
"$deny" --offline check bans licenses sources

sh tools/emulator.sh

sh tools/ui.sh check

if has cargo-nextest; then
  step "Examples in the documentation"
  cargo test --workspace --doc --quiet
  step "Tests"
  # Half of the time tests wait: for leases to end, for servers to start, for each other. So there are more than there are
  # processors; those that compute ask for the place of two (.config/nextest.toml).
  exec cargo nextest run --workspace --no-fail-fast --test-threads $(($(getconf _NPROCESSORS_ONLN) * 2))
fi
step "Tests"
exec cargo test --workspace --no-fail-fast
