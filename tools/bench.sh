# `make bench`, `make bench-engine` and `make bench-refund`: measures a build that is optimised as a whole, the one that images are made of.

. "$(dirname "$0")/common.sh"

require_compilers
build_pages_if_possible
step "Building for speed (a quarter of an hour the first time)"
build --profile dist --bin usher --bin usher-sqlx
require_postgres "$target/dist/usher-sqlx"
choose_adapters
exec "$target/dist/usher" "$@"
