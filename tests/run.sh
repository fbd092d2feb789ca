#!/bin/sh
# Everything: style, lints, dependencies, documentation, tests with real services and foreign peers, the sample configuration.
#   sh tests/run.sh            installs what is missing (Debian 12 and later, Ubuntu; root or sudo), then checks all
#   sh tests/run.sh --prepare  only installs, for running `cargo test` by hand afterwards
# Services are started by the tests themselves, on ports of their own, and stopped again.
set -eu

cd "$(dirname "$0")/.."
. deploy/packages.sh

DENY_VERSION=0.20.2
NODE_LEAST=20

step() {
    printf '\n== %s\n' "$*"
}

node_is_old() {
    major=$(node --version 2>/dev/null | sed 's/^v\([0-9]*\).*/\1/')
    [ "${major:-0}" -lt "$NODE_LEAST" ]
}

# `openid-client` and `oidc-provider` want a Node newer than Debian 12's: npm itself carries one.
prepare_node() {
    tools="$(target_directory)/tools"
    PATH="$tools/node/node_modules/.bin:$PATH"
    if node_is_old; then
        echo "node is older than $NODE_LEAST: installing one beside the build"
        mkdir -p "$tools/node"
        (cd "$tools/node" && printf '{ "private": true }\n' >package.json && npm install --loglevel=error --no-audit --no-fund --no-update-notifier node@22)
    fi
    modules=tests/interop/node_modules/.package-lock.json
    if [ ! -e "$modules" ] || [ -n "$(find tests/interop/package-lock.json -newer "$modules")" ]; then
        (cd tests/interop && npm ci --loglevel=error --no-audit --no-fund)
    fi
    echo "node $(node --version)"
}

# Debian has chromium; Ubuntu only a snap, so there Playwright fetches its own.
prepare_browser() {
    for browser in chromium chromium-browser google-chrome; do
        if command -v "$browser" >/dev/null 2>&1; then return 0; fi
    done
    if grep -q '^ID=ubuntu' /etc/os-release 2>/dev/null; then
        (cd tests/interop && npx playwright-core install --with-deps chromium)
    else
        needed="$needed chromium"
        install_needed
    fi
}

prepare_cargo() {
    cargo fmt --version >/dev/null 2>&1 && cargo clippy --version >/dev/null 2>&1 || rustup component add rustfmt clippy
    PATH="$(target_directory)/tools/bin:$PATH"
    case "$(cargo deny --version 2>/dev/null || true)" in
        "cargo-deny $DENY_VERSION") ;;
        *)
            echo "compiling cargo-deny $DENY_VERSION, once"
            tools="$(target_directory)/tools"
            cargo install --quiet --debug --locked --root "$tools" --target-dir "$tools/build" --version "$DENY_VERSION" cargo-deny
            rm -rf "$tools/build"
            ;;
    esac
}

# Debian 12 and Ubuntu have it; it brings Apache along, which nothing starts. Where it can't be had, its tests say so and fail.
prepare_simplesamlphp() {
    need_file /usr/share/simplesamlphp/www simplesamlphp
    need php php-cli
    php -m 2>/dev/null | grep -qix dom || needed="$needed php-xml"
    php -m 2>/dev/null | grep -qix mbstring || needed="$needed php-mbstring"
    install_needed || echo "SimpleSAMLphp can't be installed: the tests that sign in through it will fail"
}

step "what is missing"
need_build
need openssl openssl
need redis-server redis-server
need redis-sentinel redis-sentinel
need redis-cli redis-tools
need psql postgresql
need_file /usr/lib/postgresql postgresql
need node nodejs
need npm npm
need_file /usr/bin/python3 python3
/usr/bin/python3 -c 'import aiosmtpd' 2>/dev/null || needed="$needed python3-aiosmtpd"
/usr/bin/python3 -c 'import dkim' 2>/dev/null || needed="$needed python3-dkim python3-nacl"
need xmlsec1 xmlsec1
need_file /usr/share/fonts/truetype/dejavu fonts-dejavu-core
install_needed
prepare_simplesamlphp
prepare_node
prepare_browser
prepare_cargo
export PATH SMTP_SINK_PYTHON=/usr/bin/python3
[ "${1:-}" != --prepare ] || { echo "prepared"; exit 0; }

step "style"
cargo fmt --check

step "lints"
cargo clippy --quiet --locked --all-targets -- -D warnings

step "dependencies"
cargo fetch --locked --quiet
cargo deny --locked --offline check --hide-inclusion-graph bans licenses sources
advisories="checked"
if timeout 120 cargo deny --locked fetch db >/dev/null 2>&1; then
    cargo deny --locked --offline check --hide-inclusion-graph advisories
else
    advisories="NOT checked: the advisory database cannot be reached from here"
fi
echo "advisories $advisories"

step "documentation"
RUSTDOCFLAGS="-D warnings -A rustdoc::private_intra_doc_links" cargo doc --quiet --locked --no-deps --document-private-items

step "sample configuration"
cargo run --quiet --locked --bin gatehouse -- check config

step "tests"
log="$(target_directory)/tests.log"
status="$(target_directory)/tests.status"
{
    code=0
    cargo test --locked --no-fail-fast --lib --bins --tests || code=$?
    cargo test --locked --no-fail-fast --doc || code=$?
    echo "$code" >"$status"
} 2>&1 | tee "$log"

# the sum of cargo's own closing lines
awk '/^test result:/ { passed += $4; failed += $6; skipped += $8 }
     END { printf "\ntests: %d passed, %d failed", passed, failed; if (skipped) printf ", %d skipped", skipped; print "" }' "$log"
exit "$(cat "$status")"
