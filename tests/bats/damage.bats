#!/usr/bin/env bats
# A store with flipped bits: found, named, never a crash.

load support

setup() {
    scratch
    new_city "$ROOT/a" Baguio PH
    start_node "$ROOT/a"
    c2c -C "$ROOT/a" put - >/dev/null <<'RECORDS'
{"type":"office","slug":"ctseo","body":{"name":{"en":"Tourism and Special Events"},"scope":{"general":true}}}
{"type":"office","slug":"budget","body":{"name":{"en":"City Budget Office"}}}
{"type":"contact","slug":"desk","body":{"office":"office/ctseo","post":{"title":{"en":"Desk"}}}}
RECORDS
    for n in {1..40}; do
        printf '{"type":"practice","slug":"p%s","body":{"title":{"en":"Practice %s"},"who":[{"name":{"en":"Baguio"}}],"when":[{"date":"2019"}],"done":{"en":"d"},"impact":{"en":"i"}}}\n' "$n" "$n"
    done | c2c -C "$ROOT/a" put - >/dev/null
    stop_node "$ROOT/a"
}
teardown() { stop_all; }

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
    has "$output" "office/budget"
    lacks "$output" "practice/p1"
    run --separate-stderr c2c -C "$ROOT/a" verify --json
    [ "$status" -eq 4 ]
    # shellcheck disable=SC2154 # Set by run.
    jq -e '.error.code == "NOT_VERIFIED"' <<<"$stderr"
    run c2c -C "$ROOT/a" show office/budget
    [ "$status" -eq 4 ]
    has "$output" "NOT VERIFIED"
    run c2c -C "$ROOT/a" doctor
    [ "$status" -eq 1 ]
    has "$output" "office/budget"
    # The other records are still served.
    run c2c -C "$ROOT/a" show office/ctseo
    [ "$status" -eq 0 ]
}

@test "bytes flipped anywhere never crash the node" {
    local seed words
    sqlite3 "$ROOT/a/store.db" 'PRAGMA wal_checkpoint(TRUNCATE)' >/dev/null
    cp "$ROOT/a/store.db" "$ROOT/good.db"
    for seed in 1 2 3 4 5 6 7 8; do
        rm -f "$ROOT/a"/store.db-* "$ROOT/a"/text.db*
        python3 - "$ROOT/good.db" "$ROOT/a/store.db" "$seed" <<'EOF'
import random, sys
rng = random.Random(int(sys.argv[3]))
data = bytearray(open(sys.argv[1], "rb").read())
for _ in range(1 << int(sys.argv[3]) // 2):  # From one bit to many.
    data[rng.randrange(100, len(data))] ^= 1 << rng.randrange(8)
open(sys.argv[2], "wb").write(data)
EOF
        c2cd -C "$ROOT/a" >>"$ROOT/a.log" 2>&1 3>&- &
        echo $! >"$ROOT/a.pid"
        # It either says what is wrong and ends, or it runs and says so.
        await answers "$ROOT/a"
        if ! ended "$ROOT/a.pid"; then
            run c2c -C "$ROOT/a" verify
            [ "$status" -eq 0 ] || [ "$status" -eq 4 ]
            for words in "list practice --all" "find practice" who log doctor \
                "show office/ctseo" "confirm office/budget"; do
                # shellcheck disable=SC2086 # Words on purpose.
                run c2c -C "$ROOT/a" $words
                [ "$status" -eq 0 ] || [ "$status" -eq 1 ] || [ "$status" -eq 4 ]
            done
            kill "$(cat "$ROOT/a.pid")"
            wait "$(cat "$ROOT/a.pid")" # It was alive, and stops with 0.
            rm "$ROOT/a.pid"
        else
            run wait "$(cat "$ROOT/a.pid")"
            rm "$ROOT/a.pid"
            # An exit status of its own, not a signal.
            [ "$status" -lt 128 ]
            has "$(tail -n 3 "$ROOT/a.log")" "store"
        fi
    done
}

@test "a lost record blocks its type alone, and what doctor tells to type ends that" {
    start_node "$ROOT/a"
    c2c -C "$ROOT/a" backup "$ROOT/saved" >/dev/null
    stop_node "$ROOT/a"
    sqlite3 "$ROOT/a/store.db" "DELETE FROM record WHERE slug = 'budget'"
    start_node "$ROOT/a"
    printf '{"type":"office","slug":"new","body":{"name":{"en":"New"}}}' >"$ROOT/new.json"
    run c2c -C "$ROOT/a" put "$ROOT/new.json"
    [ "$status" -ne 0 ]
    has "$output" "of type office" "c2c doctor"
    c2c -C "$ROOT/a" rm contact/desk --yes
    local typed
    typed=$(c2c -C "$ROOT/a" doctor --json |
        jq -r '.items[] | select(.check == "signatures").hint' |
        sed -n 's/.* and type: \(.*\); start the node .*/\1/p')
    has "$typed" "$ROOT/a" BACKUP
    stop_node "$ROOT/a"
    (eval "${typed//BACKUP/$ROOT/saved}")
    start_node "$ROOT/a"
    c2c -C "$ROOT/a" put "$ROOT/new.json"
    stop_node "$ROOT/a"
    start_node "$ROOT/a" --adopt-store
    c2c -C "$ROOT/a" verify
    c2c -C "$ROOT/a" show office/new --json | jq -e '.verified == true'
    c2c -C "$ROOT/a" show office/budget --json | jq -e '.verified == true'
}

@test "doctor names texts that were left behind" {
    start_node "$ROOT/a"
    c2c -C "$ROOT/a" doctor --json | jq -e '.items[] | select(.check == "texts").state == "ok"'
    echo '{}' >"$ROOT/a/unsigned-7.json"
    echo '{}' >"$ROOT/a/run/c2c-office-now.json"
    echo '{}' >"$ROOT/a/run/c2c-office-old.json"
    touch -d '2 days ago' "$ROOT/a/run/c2c-office-old.json"
    run c2c -C "$ROOT/a" doctor
    has "$output" "$ROOT/a/unsigned-7.json" c2c-office-old.json "2 texts"
    lacks "$output" c2c-office-now.json # Somebody may be writing it.
}
