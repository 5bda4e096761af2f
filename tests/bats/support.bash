# Shared by all .bats files: real c2cd and c2c processes in temporary folders.
#
# C2C_BIN names the folder of the binaries.  Nothing waits for a fixed time:
# readiness is asked with `c2c status`, ends with wait.
# shellcheck shell=bash

bats_require_minimum_version 1.5.0

EXAMPLES=$BATS_TEST_DIRNAME/../../config/examples
PATH="${C2C_BIN:?is the folder of c2c and c2cd}:$PATH"
export LC_ALL=C.UTF-8 C2C_DIR='' NO_COLOR=1
unset C2C_DIR XDG_DATA_HOME

# A folder that goes away with the test.
scratch() {
    # shellcheck disable=SC2034 # Read by the tests.
    ROOT=$(mktemp -d "${BATS_TEST_TMPDIR}/node.XXXXXX")
}

# Make DIR's identity: new_city DIR NAME COUNTRY [init option...]
new_city() {
    local dir=$1 name=$2 country=$3
    shift 3
    c2c -C "$dir" init --name "$name" --country "$country" "$@" >"$dir.id" \
        2>"$dir.init.log"
}

# True once the node of DIR answers (if only with an error), or has ended.
answers() {
    local code=0
    c2c -C "$1" status >/dev/null 2>&1 || code=$?
    [ "$code" -ne 5 ] || ended "$1.pid"
}

# Start c2cd on DIR and return when it answers; fail when it has ended.
start_node() {
    local dir=$1
    shift
    c2cd -C "$dir" "$@" >>"$dir.log" 2>&1 3>&- &
    echo $! >"$dir.pid"
    await answers "$dir"
    if ended "$dir.pid"; then
        rm -f "$dir.pid"
        cat "$dir.log" >&2
        return 1
    fi
}

# Stop it (TERM unless another signal is given) and wait until it has ended.
stop_node() {
    local dir=$1 signal=${2:-TERM} pid
    [ -f "$dir.pid" ] || return 0
    pid=$(cat "$dir.pid")
    rm -f "$dir.pid"
    kill -s "$signal" "$pid" 2>/dev/null || true
    wait "$pid" 2>/dev/null || true
}

# Poll until the command succeeds; fail after a minute.
await() {
    local end=$((SECONDS + 60))
    until "$@"; do
        [ "$SECONDS" -lt "$end" ] || return 1
        read -r -t 0.02 <> <(:) || true
    done
}

# The library that sets a program's clock.  It is loaded directly: the wrapper
# makes a semaphore with the name of its process, which a killed one leaves.
faketime_library() {
    local found
    found=$(find /usr/lib -path '*faketime/libfaketime.so.1' -print -quit)
    [ -n "$found" ] && echo "$found"
}

# True once the process PID has a socket of its own, or has ended.
connected() {
    find "/proc/$1/fd" -lname 'socket:*' 2>/dev/null | grep -q . ||
        ! kill -0 "$1" 2>/dev/null
}

# True once the process in FILE has ended.
ended() {
    ! kill -0 "$(cat "$1")" 2>/dev/null
}

# For teardown: nothing is left running.
stop_all() {
    local file
    for file in "${BATS_TEST_TMPDIR}"/*/*.pid "${BATS_TEST_TMPDIR}"/*.pid; do
        [ -f "$file" ] && stop_node "${file%.pid}" KILL
    done
    return 0
}

# Publish all example records of a city.
put_examples() {
    local dir=$1 city=$2 file
    for file in "$EXAMPLES/$city"/*.json; do
        c2c -C "$dir" put "$file" >>"$dir.refs" || return 1
    done
}

# Fail with the text unless it holds the words.
has() {
    local text=$1 word
    shift
    for word in "$@"; do
        [[ $text == *"$word"* ]] || {
            printf 'not found: %s\nwithin: %s\n' "$word" "$text" >&2
            return 1
        }
    done
}

lacks() {
    local text=$1 word
    shift
    for word in "$@"; do
        [[ $text != *"$word"* ]] || {
            printf 'unexpected: %s\nwithin: %s\n' "$word" "$text" >&2
            return 1
        }
    done
}
