#!/usr/bin/env bats
# How the daemon says that it is ready, and how it stops.

load support

setup() {
    scratch
    new_city "$ROOT/a" Oulu FI
}
teardown() { stop_all; }

control() { python3 "$BATS_TEST_DIRNAME/control.py" "$@"; }

# The exit status of the daemon of DIR, once it has ended.
ended_with() {
    local pid
    pid=$(cat "$1.pid")
    rm "$1.pid"
    wait "$pid"
}

@test "TERM answers the request under way, then the daemon ends with 0" {
    start_node "$ROOT/a"
    control stop "$ROOT/a" "$(cat "$ROOT/a.pid")" "$ROOT/a.log" 1
    ended_with "$ROOT/a"
    [ ! -e "$ROOT/a/run/control.sock" ]
    has "$(tail -n 1 "$ROOT/a.log")" stopped
    start_node "$ROOT/a"
    c2c -C "$ROOT/a" show office/last0 >/dev/null
}

@test "a second TERM ends it at once and leaves a store that can be used" {
    start_node "$ROOT/a"
    control stop "$ROOT/a" "$(cat "$ROOT/a.pid")" "$ROOT/a.log" 2
    run ended_with "$ROOT/a"
    [ "$status" -eq 143 ]
    lacks "$(cat "$ROOT/a.log")" stopped
    start_node "$ROOT/a"
    run c2c -C "$ROOT/a" show office/last0
    [ "$status" -eq 3 ]
    c2c -C "$ROOT/a" verify
}

@test "INT stops it as TERM does" {
    # A background process of a script ignores INT; the daemon must not.
    start_node "$ROOT/a"
    kill -INT "$(cat "$ROOT/a.pid")"
    ended_with "$ROOT/a"
    has "$(tail -n 1 "$ROOT/a.log")" stopped
}

@test "every client that is answered gets its answer, also while it stops" {
    local i pids=() codes=()
    start_node "$ROOT/a"
    for i in {1..12}; do
        printf '{"type":"office","slug":"o%s","body":{"name":{"en":"O"}}}' "$i" |
            c2c -C "$ROOT/a" --timeout 30 put - --json \
                >"$ROOT/out.$i" 2>"$ROOT/err.$i" 3>&- &
        pids+=($!)
    done
    await [ -s "$ROOT/out.1" ]
    stop_node "$ROOT/a"
    for i in {1..12}; do
        codes[i]=0
        wait "${pids[i - 1]}" || codes[i]=$?
    done
    start_node "$ROOT/a"
    for i in {1..12}; do
        run c2c -C "$ROOT/a" show "office/o$i"
        case ${codes[i]} in
        0) [ "$status" -eq 0 ] ;;
        5) jq -e '.error.code == "UNREACHABLE"' "$ROOT/err.$i" ;;
        6) jq -e '.error.code == "STOPPING"' "$ROOT/err.$i" && [ "$status" -eq 3 ] ;;
        *) false ;;
        esac
    done
}

@test "readiness is told to NOTIFY_SOCKET, when the socket answers and not before" {
    python3 - "$ROOT/notify" "$ROOT/a" >"$ROOT/told" 3>&- <<'PY' &
import os, socket, sys
box = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
box.settimeout(60)
box.bind(sys.argv[1] + ".tmp")
os.rename(sys.argv[1] + ".tmp", sys.argv[1])
said = box.recv(100).decode()
node = socket.socket(socket.AF_UNIX)
here = os.open(sys.argv[2] + "/run", os.O_RDONLY)
node.connect("/proc/self/fd/%d/control.sock" % here)
node.close()
print(said, flush=True)
print(box.recv(100).decode(), flush=True)
PY
    local listener=$!
    await [ -S "$ROOT/notify" ]
    NOTIFY_SOCKET="$ROOT/notify" start_node "$ROOT/a"
    await grep -q READY=1 "$ROOT/told"
    stop_node "$ROOT/a"
    wait "$listener"
    [ "$(cat "$ROOT/told")" = $'READY=1\nSTOPPING=1' ]
}

@test "a NOTIFY_SOCKET that leads nowhere is no reason to stop" {
    NOTIFY_SOCKET="$ROOT/nobody" start_node "$ROOT/a"
    c2c -C "$ROOT/a" status >/dev/null
}

@test "HUP reads the log level again and says what is wrong with the file" {
    start_node "$ROOT/a"
    printf 'log-level = debug\n' >"$ROOT/a/c2cd.conf"
    kill -HUP "$(cat "$ROOT/a.pid")"
    await grep -q "read again" "$ROOT/a.log"
    printf 'log-levle = debug\n' >"$ROOT/a/c2cd.conf"
    kill -HUP "$(cat "$ROOT/a.pid")"
    await grep -q "c2cd.conf:1: log-levle" "$ROOT/a.log"
    c2c -C "$ROOT/a" status >/dev/null
}

@test "the daemon does not write what it is asked into its log" {
    start_node "$ROOT/a"
    printf '{"type":"office","slug":"o","body":{"name":{"en":"Quokka Desk"}}}' |
        c2c -C "$ROOT/a" put - >/dev/null
    c2c -C "$ROOT/a" find quokka >/dev/null
    stop_node "$ROOT/a"
    run grep -ci quokka "$ROOT/a.log"
    [ "$output" = 0 ]
}
