#!/usr/bin/env bats
# Whatever comes to the control socket: the node stays up, answers the others
# and needs no more memory than its limits allow.

load support

setup() {
    scratch
    new_city "$ROOT/a" Jambi ID
    start_node "$ROOT/a"
}
teardown() {
    # Still the process that was started, and it can stop cleanly.
    [ ! -f "$ROOT/a.pid" ] || ! ended "$ROOT/a.pid"
    stop_node "$ROOT/a"
    has "$(tail -n 1 "$ROOT/a.log")" stopped
    stop_all
}

control() { python3 "$BATS_TEST_DIRNAME/control.py" "$@"; }

@test "connections that hang up before they are greeted shut nobody out" {
    control hang_up "$ROOT/a"
}

@test "random bytes before the greeting, as frames and as requests" {
    control noise "$ROOT/a" 1
}

@test "every request, changed at random, is answered" {
    control requests "$ROOT/a" 1
    control requests "$ROOT/a" 2
}

@test "every argument with a value of a wrong kind is answered" {
    control kinds "$ROOT/a"
}

@test "a request cut at every byte" {
    control truncated "$ROOT/a"
}

@test "lengths that are claimed and not sent cost no memory" {
    control oversize "$ROOT/a" "$(cat "$ROOT/a.pid")"
}

@test "who sends slowly keeps nobody waiting" {
    control slow "$ROOT/a"
}

@test "who asks without reading keeps nobody waiting for long" {
    control greedy "$ROOT/a"
}

@test "200 clients at once each get every answer" {
    control crowd "$ROOT/a" 200 20
}

@test "more connections than descriptors: it goes on when they are gone" {
    prlimit --nofile=60 --pid "$(cat "$ROOT/a.pid")"
    control full "$ROOT/a"
    c2c -C "$ROOT/a" status >/dev/null
    printf '{"type":"office","slug":"o","body":{"name":{"en":"O"}}}' |
        c2c -C "$ROOT/a" put - >/dev/null
}
