# `make contract`: runs the contract of queues and topics over every adapter, and prints the table of cases and adapters as
# Markdown. What an adapter cannot do is listed below it, with the reason.

. "$(dirname "$0")/common.sh"
exec </dev/null

require_compilers
build --bin usher-sqlx
require_postgres "$target/debug/usher-sqlx"
require_rabbitmq
results=$target/tmp/contract
rm -rf "$results"
cargo test -p usher-messaging --test contract --no-fail-fast >&2

cat "$results"/*.tsv | awk -F '\t' '
  !($3 in adapters) { adapters[$3] = ++width; name[width] = $3 }
  !(($1, $2) in rows) { rows[$1, $2] = ++height; subject[height] = $1; title[height] = $2 }
  { verdict[$1, $2, $3] = $4 }
  $4 == "passes, but" { reasons[++exceptions] = "- " $3 ": " $2 ": " $5 }
  END {
    printf "| subject | case |"; for (i = 1; i <= width; i++) printf " %s |", name[i]; print ""
    printf "|---|---|"; for (i = 1; i <= width; i++) printf "---|"; print ""
    for (row = 1; row <= height; row++) {
      printf "| %s | %s |", subject[row], title[row]
      for (i = 1; i <= width; i++) printf " %s |", verdict[subject[row], title[row], name[i]]
      print ""
    }
    if (exceptions) print ""
    for (i = 1; i <= exceptions; i++) print reasons[i]
  }'
