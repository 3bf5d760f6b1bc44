# `make generate`: writes what is generated and committed. The queries come first, because `usher` does not build while
# they are described wrongly.

. "$(dirname "$0")/common.sh"

require_compilers
step "Descriptions of the queries (.sqlx)"
build --bin usher-sqlx
require_postgres "$target/debug/usher-sqlx"
"$target/debug/usher-sqlx" prepare

step "OpenAPI and diagrams"
build --bin usher
"$target/debug/usher" generate

problem=$(node_problem)
[ -z "$problem" ] || fail "$problem"
require_packages
step "The client of the pages"
npm run --silent --prefix ui client
