# `make contract`: runs the contract of queues and topics over every adapter and the sagas over every engine and transport,
# and writes the tables of who passes what into docs/transports.md. What an adapter cannot do is listed below, with the reason.
# It takes a quarter of an hour. ONLY=messaging or ONLY=sagas runs one of both, and writes nothing.

. "$(dirname "$0")/common.sh"
exec </dev/null

require_compilers
build --bin usher-sqlx
require_postgres "$target/debug/usher-sqlx"
require_rabbitmq
sh tools/emulator.sh
results=$target/tmp/contract

# A table of the results whose columns these are, in this order: a line of Markdown for each subject and case.
table() {
  cat "$results"/*.tsv | awk -F '\t' -v wanted="$1" '
    BEGIN { width = split(wanted, name, ",") ; for (i = 1; i <= width; i++) known[name[i]] = 1 }
    !($3 in known) { next }
    !(($1, $2) in rows) { rows[$1, $2] = ++height; subject[height] = $1; title[height] = $2 }
    { verdict[$1, $2, $3] = $4; seen[$3]++; if ($4 ~ /^passes/) passed[$3]++ }
    $4 == "passes, but" { reasons[++exceptions] = "- " $3 ", " $1 ", " $2 ": " $5 }
    END {
      printf "| subject | case |"; for (i = 1; i <= width; i++) printf " %s |", name[i]; print ""
      printf "|---|---|"; for (i = 1; i <= width; i++) printf "---|"; print ""
      for (row = 1; row <= height; row++) {
        printf "| %s | %s |", subject[row], title[row]
        for (i = 1; i <= width; i++) {
          found = verdict[subject[row], title[row], name[i]]
          printf " %s |", found == "" ? "-" : found
        }
        print ""
      }
      printf "| **passed of** | %d |", height
      for (i = 1; i <= width; i++) printf " %d of %d |", passed[name[i]], seen[name[i]]
      print ""
      if (exceptions) print ""
      for (i = 1; i <= exceptions; i++) print reasons[i]
    }'
}

rm -rf "$results"
failed=
if [ "${ONLY:-messaging}" = messaging ]; then
  # One after the other: the cases keep real time, and two adapters at once would take it from each other.
  cargo test --workspace --test contract --no-fail-fast -- --test-threads=1 contract scale >&2 || failed=yes
  adapters='embedded,embedded with claim check,SQS and SNS,AMQP'
fi
if [ "${ONLY:-sagas}" = sagas ]; then
  cargo test --workspace --test sagas --no-fail-fast -- --test-threads=1 --include-ignored transports:: >&2 || failed=yes
  transports='embedded + embedded,embedded + AMQP,Step Functions + SQS,Step Functions + relay + AMQP'
fi

page() {
  cat <<'HEAD'
# Queues, topics and sagas over every transport

Written by `make contract`, which runs all of it. The contract of queues and topics
([its cases](../packages/messaging/tests/contract/suite)) is one suite for all adapters. "passes, but" means all of what is promised
but for what the adapter honestly cannot do, which is listed with its reason.

## Queues and topics
HEAD
  echo
  table "$adapters"
  cat <<'MIDDLE'

## Sagas

The tests of whole sagas ([cli/tests/sagas](../cli/tests/sagas)) over every engine and transport; each ends with the audit, and
with nothing left in any queue.

MIDDLE
  table "$transports"
}

if [ -n "${ONLY:-}" ]; then
  table "${adapters:-$transports}"
else
  page >docs/transports.md
  step "docs/transports.md is written"
fi
[ -z "$failed" ] || fail "not everything passes"
