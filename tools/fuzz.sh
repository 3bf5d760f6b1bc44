# `make fuzz`: lets a fuzzer loose on what reads definitions, a minute for each target. What it learns is kept in fuzz/corpus, what
# it finds in fuzz/artifacts. A finding becomes a test in packages/asl before it is mended.
#
# USHER_FUZZ_SECONDS is the time for each target, USHER_FUZZ_TARGETS which of them.

. "$(dirname "$0")/common.sh"

require_compilers
has cargo-fuzz || fail "cargo-fuzz is missing: \`cargo install cargo-fuzz --locked\`"
# The pinned compiler will do: cargo-fuzz asks for a nightly one only because instrumentation is not a stable option. Without a
# sanitizer, because the interpreter has no unsafe code for one to look at.
export RUSTC_BOOTSTRAP=1

cd fuzz
cargo fuzz build -s none
for fuzzed in ${USHER_FUZZ_TARGETS:-parser paths jsonata validator}; do
  step "Fuzzing: $fuzzed"
  mkdir -p "corpus/$fuzzed"
  cargo fuzz run -s none "$fuzzed" "corpus/$fuzzed" "seeds/$fuzzed" -- -dict=words.dict -max_len=4096 \
    -timeout=20 -rss_limit_mb=3000 -print_final_stats=1 -verbosity=0 -max_total_time="${USHER_FUZZ_SECONDS:-60}"
done
