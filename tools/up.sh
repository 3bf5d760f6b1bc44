# `make up`: from a fresh clone to a running Usher. The development profile is used: it builds in minutes, and is fast
# enough for a person. `make up MESSAGING=amqp` and `make up ENGINE=stepfunctions` run it the way production does, against a
# broker or an emulator of AWS of its own.

. "$(dirname "$0")/common.sh"

require_compilers
step "Building (some minutes the first time, seconds afterwards)"
build --bin usher --bin usher-sqlx
require_postgres "$target/debug/usher-sqlx"
[ "${MESSAGING:-}" != amqp ] || require_rabbitmq
choose_adapters
build_pages_if_possible
exec "$target/debug/usher" up "$@"
