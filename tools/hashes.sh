# `make hashes`: that one file runs on the laptop and on AWS, shown by its hash in each place. Step Functions is asked only where
# an endpoint or a region says which; without, nothing needs an account or a network.

. "$(dirname "$0")/common.sh"

require_compilers
build --bin usher
if [ -n "${USHER_AWS_ENDPOINT:-}${AWS_REGION:-}${AWS_DEFAULT_REGION:-}" ]; then
  exec "$target/debug/usher" workflow hashes "$@"
fi
exec "$target/debug/usher" workflow hashes --local "$@"
