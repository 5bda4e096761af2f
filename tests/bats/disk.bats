#!/usr/bin/env bats
# A full disk: a clear error, nothing lost, and work goes on when there is room.

load support

setup() {
    scratch
    mkdir "$ROOT/disk"
    if ! mount -t tmpfs -o size=12m tmpfs "$ROOT/disk" 2>/dev/null; then
        skip "mounting a small disk needs root"
    fi
    new_city "$ROOT/disk/a" Oulu FI
}
teardown() {
    stop_node "$ROOT/disk/a" KILL
    stop_all
    umount -l "$ROOT/disk" 2>/dev/null || true
}

note() {
    jq -cn --arg n "$1" '{type:"practice",slug:"n\($n)",body:{title:{en:"Note \($n)"},
        who:[{name:{en:"Oulu"}}],when:[{date:"2019"}],
        done:{en:("word " * 3000)},impact:{en:"i"}}}'
}

@test "put on a full disk fails with DISK_FULL and keeps what was printed" {
    start_node "$ROOT/disk/a"
    local n=0
    while note "$n" | c2c -C "$ROOT/disk/a" put - --json >>"$ROOT/out" 2>"$ROOT/err"; do
        n=$((n + 1))
        [ "$n" -lt 2000 ]
    done
    [ "$n" -gt 5 ]
    jq -e '.error.code == "DISK_FULL"' "$ROOT/err"
    jq -e '.error.hint | length > 0' "$ROOT/err"
    # It still answers, and from what it has.
    c2c -C "$ROOT/disk/a" show practice/n0 --json | jq -e '.slug == "n0"'
    # Restarted with no room at all it still reads.
    stop_node "$ROOT/disk/a" KILL
    mount -o remount,size=24m "$ROOT/disk"
    start_node "$ROOT/disk/a"
    c2c -C "$ROOT/disk/a" verify
    local i
    for i in $(seq 0 $((n - 1))); do
        c2c -C "$ROOT/disk/a" show "practice/n$i" --plain >/dev/null
    done
    note "again" | c2c -C "$ROOT/disk/a" put -
}
