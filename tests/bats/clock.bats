#!/usr/bin/env bats
# Clocks that are wrong: libfaketime sets the daemon's.

load support

setup() {
    faketime_library >/dev/null || skip "faketime is not installed"
    scratch
    new_city "$ROOT/a" Oulu FI
}
teardown() { stop_all; }

office() { printf '{"type":"office","slug":"%s","body":{"name":{"en":"%s"}}}\n' "$1" "${2:-O}"; }

# start_at OFFSET: the daemon, its clock set by so much ("-3d", "+40d").  The
# library is loaded directly, so that the process is the daemon itself.  Under
# the address sanitizer it stands before the sanitizer's own library.
start_at() {
    local lib
    lib=$(faketime_library)
    FAKETIME=$1 FAKETIME_DONT_FAKE_MONOTONIC=1 NEXT_PRELOAD=$lib start_faked "$ROOT/a"
}

start_faked() {
    ASAN_OPTIONS=${ASAN_OPTIONS:+$ASAN_OPTIONS:}verify_asan_link_order=0 \
        LD_PRELOAD=$NEXT_PRELOAD c2cd -C "$1" >>"$1.log" 2>&1 3>&- &
    echo $! >"$1.pid"
    await answers "$1"
    ! ended "$1.pid"
}

@test "a clock that is set back: nothing is signed until it is right" {
    start_node "$ROOT/a"
    office one | c2c -C "$ROOT/a" put - >/dev/null
    stop_node "$ROOT/a"
    start_at -3d
    office two >"$ROOT/two.json"
    # Others would refuse what is dated before what they have.
    run c2c -C "$ROOT/a" put "$ROOT/two.json"
    [ "$status" -eq 6 ]
    has "$output" "clock is behind" timedatectl
    run c2c -C "$ROOT/a" doctor
    [ "$status" -eq 1 ]
    has "$output" clock
    stop_node "$ROOT/a"
    start_node "$ROOT/a"
    office three | c2c -C "$ROOT/a" put - >/dev/null
    c2c -C "$ROOT/a" verify >/dev/null
    c2c -C "$ROOT/a" doctor >/dev/null
}

@test "a clock that was far ahead for a while: told, and all is readable" {
    start_node "$ROOT/a"
    stop_node "$ROOT/a"
    start_at +40d
    office one | c2c -C "$ROOT/a" put - >/dev/null
    stop_node "$ROOT/a"
    start_node "$ROOT/a"
    run c2c -C "$ROOT/a" doctor
    [ "$status" -eq 1 ]
    has "$output" clock
    office two >"$ROOT/two.json"
    # Others would refuse what is dated before what they have.
    run c2c -C "$ROOT/a" put "$ROOT/two.json"
    [ "$status" -eq 6 ]
    has "$output" "clock is behind" timedatectl
    c2c -C "$ROOT/a" show office/one >/dev/null
    # Minutes are forgiven.
    stop_node "$ROOT/a"
    start_at +40d
    office three | c2c -C "$ROOT/a" put - >/dev/null
    stop_node "$ROOT/a"
    start_at "+$((40 * 86400 - 300))s"
    office four | c2c -C "$ROOT/a" put - >/dev/null
    c2c -C "$ROOT/a" verify >/dev/null
}

# Is the head dated as the daemon's clock has it?
signed_late() {
    c2c -C "$ROOT/a" status --json | jq -e '.expires > .signed and
        (.signed | fromdate) > (now + 30 * 86400)' >/dev/null
}

@test "a node that was off for long signs its head anew" {
    start_node "$ROOT/a"
    stop_node "$ROOT/a"
    start_at +45d
    await signed_late
    c2c -C "$ROOT/a" verify >/dev/null
    [ "$(c2c -C "$ROOT/a" status --json | jq .rev)" -eq 1 ]
}

@test "records grow stale with time" {
    start_node "$ROOT/a"
    office one | c2c -C "$ROOT/a" put - >/dev/null
    c2c -C "$ROOT/a" show office/one --json | jq -e '.fresh.stale == false'
    stop_node "$ROOT/a"
    start_at +400d
    c2c -C "$ROOT/a" show office/one --json | jq -e '.fresh.stale == true'
    [ -z "$(c2c -C "$ROOT/a" find one --fresh --plain 2>/dev/null)" ]
    c2c -C "$ROOT/a" confirm office/one >/dev/null
    c2c -C "$ROOT/a" show office/one --json | jq -e '.fresh.stale == false'
}
