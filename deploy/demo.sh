#!/bin/sh
# Builds Gatehouse and runs its demo: two tenants, their apps, an identity provider of each kind
# (OpenID Connect, SAML 2.0, WS-Federation) and a mailbox, on embedded stores.
#   sh deploy/demo.sh             prints the addresses to open; Ctrl-C ends it
#   sh deploy/demo.sh --headless  signs in by itself, one JSON line a road, and ends
# Installs the Debian packages that building takes where they are missing. Needs Rust.
set -eu

cd "$(dirname "$0")/.."
. deploy/packages.sh
need_build >&2
cargo build --locked --bin gatehouse
exec "$(target_directory)/debug/gatehouse" demo "$@"
