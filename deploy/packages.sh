# Sourced, not run: installs Debian packages (Debian 12 and later, Ubuntu) for what is missing, and nothing that is there.
# need COMMAND PACKAGE..   remembers the packages when there is no such command
# need_file FILE PACKAGE.. the same for a file
# need_library NAME PACKAGE..  the same for a library to build with, by its name for pkg-config
# install_needed           installs what was remembered, without starting any service

needed=""

need() {
    command -v "$1" >/dev/null 2>&1 || { shift; needed="$needed $*"; }
}

need_file() {
    [ -e "$1" ] || { shift; needed="$needed $*"; }
}

need_library() {
    pkg-config --exists "$1" 2>/dev/null || { shift; needed="$needed $*"; }
}

as_root() {
    if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi
}

install_needed() {
    [ -n "$needed" ] || return 0
    if ! command -v apt-get >/dev/null 2>&1; then
        echo "missing, and no apt-get to install it with:$needed" >&2
        return 1
    fi
    if [ "$(id -u)" != 0 ] && ! command -v sudo >/dev/null 2>&1; then
        echo "missing, and neither root nor sudo to install it:$needed" >&2
        return 1
    fi
    echo "installing:$needed"
    # Debian starts a service as soon as its package is there, unless this script says no (exit 101)
    policy=/usr/sbin/policy-rc.d
    ours=""
    if [ ! -e "$policy" ]; then
        printf '#!/bin/sh\nexit 101\n' | as_root tee "$policy" >/dev/null
        as_root chmod 755 "$policy"
        ours=yes
    fi
    status=0
    said=$(mktemp)
    # shellcheck disable=SC2086
    { as_root apt-get -q update && as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends $needed; } >"$said" 2>&1 || status=$?
    [ "$status" = 0 ] || cat "$said" >&2
    rm -f "$said"
    [ -z "$ours" ] || as_root rm -f "$policy"
    needed=""
    return "$status"
}

# Where bindgen finds libclang and the headers that belong to it: in LLVM's own folder, of whatever version.
has_libclang() {
    [ -z "${LIBCLANG_PATH:-}" ] || return 0
    for library in /usr/lib/llvm-*/lib/libclang.so; do
        [ ! -e "$library" ] || return 0
    done
    return 1
}

# What compiling takes: a C compiler for SQLite and aws-lc, what `samael` is built against, and a Rust that is new enough.
need_build() {
    need cc build-essential
    need make build-essential
    need pkg-config pkg-config
    need_library openssl libssl-dev
    need_library libxml-2.0 libxml2-dev
    need_library xmlsec1 libxmlsec1-dev
    has_libclang || needed="$needed libclang-dev"
    need_file /etc/ssl/certs/ca-certificates.crt ca-certificates
    install_needed
    if ! command -v cargo >/dev/null 2>&1 && [ -x "$HOME/.cargo/bin/cargo" ]; then
        PATH="$HOME/.cargo/bin:$PATH"
    fi
    if ! command -v cargo >/dev/null 2>&1; then
        echo "Rust is missing: install it as https://rustup.rs says (1.94 or later), then run this again" >&2
        return 1
    fi
}

# Where cargo builds to, whatever CARGO_TARGET_DIR or a configuration says.
target_directory() {
    cargo metadata --format-version 1 --no-deps --locked --offline 2>/dev/null | sed -n 's/.*"target_directory":"\([^"]*\)".*/\1/p'
}
