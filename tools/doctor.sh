# `make doctor`: what this machine has and what it lacks. The compilers are looked at here, because without them there is
# no `usher` that could; the rest is `usher doctor`.

. "$(dirname "$0")/common.sh"

problems=$(rust_problem; cc_problem)
if [ -n "$problems" ]; then
  printf '%s\n' "$problems"
  exit 1
fi
echo "ok       $(cargo --version)"
echo "ok       a C compiler"
for optional in cargo-nextest cargo-deny; do
  if has "$optional"; then
    echo "ok       $optional"
  else
    echo "optional $optional is missing: \`cargo install $optional --locked\`"
  fi
done
if has python3; then
  echo "ok       $(python3 --version 2>&1), for the emulator of AWS that tests talk to"
else
  echo "optional python3 is missing, for the emulator of AWS that tests talk to: \`apt-get install python3 python3-venv\`"
fi
problem=$(node_problem)
if [ -z "$problem" ]; then
  echo "ok       Node.js $(node --version), for the pages"
else
  echo "optional $problem"
fi
build --quiet --bin usher --bin usher-sqlx
if "$target/debug/usher-sqlx" binaries >/dev/null 2>&1; then
  echo "ok       PostgreSQL in $("$target/debug/usher-sqlx" binaries)"
elif has npm; then
  echo "ok       no PostgreSQL, but npm: \`make up\` will fetch a private copy"
else
  "$target/debug/usher-sqlx" binaries || exit 1
fi
exec "$target/debug/usher" doctor
