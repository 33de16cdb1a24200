# What packaging/make and packaging/cargo share: tools that install themselves, and standard libraries for other systems.
# Sourced from the project's root.

root=$PWD
work=$root/target/packaging
# Flags of its own would make every other build in target/ start over.
export CARGO_TARGET_DIR=$work/target

fail() {
    printf 'packaging: %s\n' "$1" >&2
    exit 1
}

say() {
    printf '\n-- %s (after %d s)\n' "$1" "$SECONDS"
}

needs_toolchain() {
    local program
    for program in cargo rustc git; do
        command -v "$program" >/dev/null || fail "$program is missing. Nothing was built."
    done
    python=$(command -v python3 || command -v python) || fail 'python3 is missing. Nothing was built.'
    host=$(rustc -vV | sed -n 's/^host: //p')
    release=$(rustc -vV | sed -n 's/^release: //p')
    sysroot=$(rustc --print sysroot)
}

tools=$work/tools
install_tools() {
    if ! cmp -s packaging/requirements.txt "$tools/installed.txt"; then
        say 'Tools from PyPI'
        local base=$python
        # Debian's own Python outlives whichever other is in the path.
        [[ -x /usr/bin/python3 ]] && base=/usr/bin/python3
        "$base" -m venv --clear "$tools" \
            || fail 'Python can make no virtual environment here (on Debian: apt-get install python3-venv). Nothing was built.'
        local pip=("$tools/bin/pip" install --quiet --disable-pip-version-check --requirement packaging/requirements.txt)
        [[ -x ${pip[0]} ]] || pip[0]=$tools/Scripts/pip
        "${pip[@]}" || fail 'pip could not install packaging/requirements.txt. Is there a network? Nothing was built.'
        cp packaging/requirements.txt "$tools/installed.txt"
    fi
    PATH=$tools/bin:$tools/Scripts:$PATH
}

# A Debian package that has a program, installed where that is allowed.
debian() {
    local program=$1 package=$2
    command -v "$program" >/dev/null && return
    ((EUID == 0)) && command -v apt-get >/dev/null || fail "$program is missing (on Debian: apt-get install $package)."
    say "$package"
    DEBIAN_FRONTEND=noninteractive apt-get install --yes --no-install-recommends --quiet "$package" >/dev/null \
        || fail "apt-get could not install $package. Try apt-get update. Nothing was built."
}

# What cargo needs to build for a target whose standard library is not installed: its source, of the very version of rustc.
standard_library_for() {
    local target=$1
    build_std=()
    remaps=()
    [[ -d $sysroot/lib/rustlib/$target/lib ]] && return
    if command -v rustup >/dev/null && rustup --quiet target add "$target" 2>/dev/null; then
        return
    fi
    local source=$sysroot/lib/rustlib/src/rust
    if [[ ! -d $source/library/std ]]; then
        source=$work/rust-src/usr/src/rustc-$release
        [[ -d $source/library/std ]] || rust_source_from_debian
    fi
    # The second is no interface that cargo promises, which is why nothing in .ci/run comes here.
    export RUSTC_BOOTSTRAP=1 __CARGO_TESTS_ONLY_SRC_ROOT=$source/library
    build_std=(-Zbuild-std=std,panic_unwind)
    remaps+=("--remap-path-prefix=$source=/rustc")
}

rust_source_from_debian() {
    command -v apt-get >/dev/null || fail "There is no standard library for this target: rustup target add can't, and there is no apt-get."
    say "Source of Rust $release's standard library"
    local apt=$work/apt archive suite
    archive=$(apt-get indextargets --format '$(REPO_URI)' 'Identifier: Packages' | head -n 1)
    mkdir -p "$apt/lists/partial" "$apt/cache/archives/partial"
    : >"$apt/sources.list"
    for suite in sid trixie-backports; do
        echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $archive $suite main" >>"$apt/sources.list"
    done
    local options=(
        -o "Dir::Etc::SourceList=$apt/sources.list" -o Dir::Etc::SourceParts=/dev/null
        -o "Dir::State::Lists=$apt/lists" -o "Dir::Cache=$apt/cache" -o APT::Sandbox::User=root
    )
    apt-get "${options[@]}" --quiet update >/dev/null \
        && (cd "$apt" && apt-get "${options[@]}" --quiet download "rust-src=$release*" >/dev/null) \
        || fail "Debian has no rust-src $release*, and rustup can't add this target. Nothing was built."
    mkdir -p "$work/rust-src"
    dpkg-deb --extract "$apt"/rust-src_"$release"*.deb "$work/rust-src"
    rm -rf "$apt"
}
