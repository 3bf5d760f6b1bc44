# `make drills`: every drill that is shipped, each on a product of its own, and a table of how they ended. Reports are in
# `drill-reports`. NAME=... runs one, SEED=... plans alike, ENGINE and MESSAGING choose what they run over.

. "$(dirname "$0")/common.sh"

require_compilers
step "Building"
build --release --bin usher --bin usher-sqlx
usher=$target/release/usher
require_postgres "$target/release/usher-sqlx"
choose_adapters

seed=${SEED:-7}
failed=0
results=$(mktemp)
trap 'rm -f "$results"' EXIT
for name in ${NAME:-$("$usher" drill list -o ids)}; do
  if [ "$name" = broker-killed ]; then require_rabbitmq; fi
  step "$name"
  code=0
  "$usher" drill run "$name" --seed "$seed" || code=$?
  case $code in
    0) verdict=passed ;;
    3) verdict=inconclusive ;;
    4) verdict=aborted ;;
    *) verdict=failed ;;
  esac
  [ "$code" = 0 ] || failed=$((failed + 1))
  printf '%-42s %s\n' "$name" "$verdict" >>"$results"
done
step "Verdicts"
cat "$results"
[ "$failed" = 0 ] || fail "$failed drills did not pass"
