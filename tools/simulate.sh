# `make simulate`: the embedded engine in a simulated world, one case for each seed; see docs/engine.md. SEEDS is how many, FROM
# the first of them, SEED the only one, whose log is printed.

. "$(dirname "$0")/common.sh"

require_compilers
cargo build --quiet --release -p usher-simulation
if [ -n "${SEED:-}" ]; then
  exec "$target/release/usher-simulation" --seed "$SEED"
fi
exec "$target/release/usher-simulation" --seeds "${SEEDS:-10000}" --from "${FROM:-0}"
