# `make up`: from a fresh clone to a running Usher. The development profile is used: it builds in minutes, and is fast
# enough for a person.

. "$(dirname "$0")/common.sh"

require_compilers
step "Building (some minutes the first time, seconds afterwards)"
build --bin usher --bin usher-sqlx
require_postgres "$target/debug/usher-sqlx"
[ "${MESSAGING:-}" != amqp ] || require_rabbitmq
exec "$target/debug/usher" up "$@"
