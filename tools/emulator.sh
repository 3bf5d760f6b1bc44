# Makes the virtual environment with the emulator of AWS that tests and trials talk to: below the target folder, so that a
# clean checkout stays clean. Says nothing when it is there already. Which versions: packages/emulator/requirements.txt.

. "$(dirname "$0")/common.sh"

environment=$target/emulator
wanted=packages/emulator/requirements.txt
# The mark is a copy of what was installed, so that a changed pin makes a new environment.
cmp -s "$wanted" "$environment/complete" && exit 0

debian() { has apt-get && [ "$(id -u)" = 0 ]; }

install() {
  apt-get install -y --no-install-recommends "$@" >/dev/null ||
    { apt-get update >/dev/null && apt-get install -y --no-install-recommends "$@" >/dev/null; }
}

if ! has python3 && debian; then install python3 python3-venv; fi
has python3 || fail "python3 (3.10 or newer) is missing: \`apt-get install python3 python3-venv\`, \`dnf install python3\` or \`brew install python\`"
mkdir -p "$target"
# A virtual environment knows its own path, so it is made in its place, and the mark that it is whole comes last.
step "The emulator of AWS (90 MB, into $environment)"
rm -f "$environment/complete"
if ! python3 -m venv --clear "$environment" >/dev/null 2>&1; then
  # Debian keeps a part of Python's own library in a package of its own.
  if debian; then install python3-venv; fi
  python3 -m venv --clear "$environment" || fail "python3 makes no virtual environments: \`apt-get install python3-venv\`"
fi
"$environment/bin/python" -m pip install --quiet --disable-pip-version-check --no-input --requirement "$wanted"
cp "$wanted" "$environment/complete.new"
mv "$environment/complete.new" "$environment/complete"
