#!/usr/bin/env bats
# A store with flipped bits: found, named, never a crash.

load support

setup() {
    scratch
    new_city "$ROOT/a" Baguio PH
    start_node "$ROOT/a"
    put_examples "$ROOT/a" baguio
    stop_node "$ROOT/a"
}
teardown() { stop_all; }

answers_or_ended() {
    c2c -C "$ROOT/a" status >/dev/null 2>&1 || ended "$ROOT/a.pid"
}

@test "a changed byte inside a record is found and the record is named" {
    # The words are in the stored bytes of one record only.
    sqlite3 "$ROOT/a/store.db" 'PRAGMA wal_checkpoint(TRUNCATE)' >/dev/null
    python3 - "$ROOT/a/store.db" <<'EOF'
import sys
path = sys.argv[1]
data = bytearray(open(path, "rb").read())
at = data.find(b"City Budget Office")
assert at > 0
while at > 0:
    data[at] ^= 0x20
    at = data.find(b"City Budget Office", at)
open(path, "wb").write(data)
EOF
    start_node "$ROOT/a"
    run c2c -C "$ROOT/a" verify
    [ "$status" -eq 4 ]
    has "$output" "office/"
    run c2c -C "$ROOT/a" doctor
    [ "$status" -eq 1 ]
    # The other records are still served.
    run c2c -C "$ROOT/a" show office/ctseo
    [ "$status" -eq 0 ]
}

@test "bytes flipped anywhere never crash the node" {
    local seed
    sqlite3 "$ROOT/a/store.db" 'PRAGMA wal_checkpoint(TRUNCATE)' >/dev/null
    cp "$ROOT/a/store.db" "$ROOT/good.db"
    for seed in 1 2 3 4 5 6 7 8; do
        rm -f "$ROOT/a"/store.db-*
        python3 - "$ROOT/good.db" "$ROOT/a/store.db" "$seed" <<'EOF'
import random, sys
rng = random.Random(int(sys.argv[3]))
data = bytearray(open(sys.argv[1], "rb").read())
for _ in range(40):
    data[rng.randrange(100, len(data))] ^= 1 << rng.randrange(8)
open(sys.argv[2], "wb").write(data)
EOF
        c2cd -C "$ROOT/a" >>"$ROOT/a.log" 2>&1 3>&- &
        echo $! >"$ROOT/a.pid"
        # It either says what is wrong and ends, or it runs and says so.
        await answers_or_ended
        if ! ended "$ROOT/a.pid"; then
            run c2c -C "$ROOT/a" verify
            [ "$status" -eq 4 ] || [ "$status" -eq 1 ] || [ "$status" -eq 0 ]
            run c2c -C "$ROOT/a" list office
            [ "$status" -le 6 ]
            ! ended "$ROOT/a.pid"
            stop_node "$ROOT/a"
        else
            run wait "$(cat "$ROOT/a.pid")"
            rm "$ROOT/a.pid"
            # An exit status of its own, not a signal.
            [ "$status" -lt 128 ]
            has "$(tail -n 3 "$ROOT/a.log")" "store"
        fi
    done
}
