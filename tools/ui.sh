# `make ui`: the pages while they are worked on, rebuilt at each change, in front of a running `make up`. The other words are for
# other scripts: `check` runs every check of the pages, `screenshots` draws docs/screenshots anew.

. "$(dirname "$0")/common.sh"

problem=$(node_problem)
[ -z "$problem" ] || fail "$problem"
require_packages

case "${1:-serve}" in
  serve)
    exec npm start --prefix ui
    ;;
  check)
    step "The client of the pages, their texts, lints and components"
    cd ui
    npm run --silent client:check
    npm run --silent texts:check
    npm run --silent lint
    npm run --silent test
    cd ..
    build_pages
    require_chromium
    step "The pages in a browser, over the whole product"
    build --bin usher
    exec npm run --silent --prefix ui browser
    ;;
  screenshots)
    build_pages
    require_chromium
    build --bin usher
    exec npm run --silent --prefix ui screenshots
    ;;
  *)
    fail "\`sh tools/ui.sh\` takes serve, check or screenshots"
    ;;
esac
