#!/usr/bin/env bats
# Backups made while the node works, and what happens when one is put back.

load support

setup() {
    scratch
    new_city "$ROOT/a" Oulu FI
    start_node "$ROOT/a"
}
teardown() { stop_all; }

office() { # office SLUG: one record of its own
    printf '{"type":"office","slug":"%s","body":{"name":{"en":"Office %s"}}}\n' "$1" "$1"
}

# The store of DIR becomes the backup FILE.
put_back() {
    rm -f "$1"/store.db* "$1"/text.db* "$1/instance"
    cp "$2" "$1/store.db"
}

@test "a backup made while clients write is whole and verifies" {
    local n=0
    (
        while office "w$n" | c2c -C "$ROOT/a" put - >>"$ROOT/printed" 2>/dev/null; do
            n=$((n + 1))
        done
    ) 3>&- &
    await [ -s "$ROOT/printed" ]
    for n in 1 2 3; do
        wc -l <"$ROOT/printed" >"$ROOT/before.$n"
        c2c -C "$ROOT/a" backup "$ROOT/saved.$n" >/dev/null
    done
    stop_node "$ROOT/a"
    wait
    for n in 1 2 3; do
        [ "$(stat -c %a "$ROOT/saved.$n")" = 600 ]
        put_back "$ROOT/a" "$ROOT/saved.$n"
        start_node "$ROOT/a"
        c2c -C "$ROOT/a" verify >/dev/null
        [ "$(c2c -C "$ROOT/a" list office --all --plain | wc -l)" -ge \
            "$(cat "$ROOT/before.$n")" ]
        stop_node "$ROOT/a"
    done
}

@test "a restored store is read, keeps what is put, and signs nothing unasked" {
    office one | c2c -C "$ROOT/a" put - >/dev/null
    c2c -C "$ROOT/a" backup "$ROOT/saved" >/dev/null
    office lost | c2c -C "$ROOT/a" put - >/dev/null
    stop_node "$ROOT/a"
    put_back "$ROOT/a" "$ROOT/saved"
    start_node "$ROOT/a"
    has "$(cat "$ROOT/a.log")" restored
    c2c -C "$ROOT/a" show office/one --json | jq -e '.verified == true'
    run c2c -C "$ROOT/a" doctor
    [ "$status" -eq 1 ]
    has "$output" adopt-store
    [ "$(c2c -C "$ROOT/a" status --json | jq -r .state)" != ready ]
    office two >"$ROOT/two.json"
    run c2c -C "$ROOT/a" put "$ROOT/two.json"
    [ "$status" -eq 0 ]
    has "$output" oulu/office/two "not signed" adopt-store
    # What cannot be kept is refused, with a code.
    run --separate-stderr c2c -C "$ROOT/a" rm office/one --yes --json
    [ "$status" -eq 6 ]
    # shellcheck disable=SC2154 # Set by run.
    jq -e '.error.code == "NOT_CURRENT"' <<<"$stderr"
    # Over restarts, and over a kill.
    stop_node "$ROOT/a" KILL
    start_node "$ROOT/a"
    [ "$(c2c -C "$ROOT/a" status --json | jq .rev)" -eq 2 ]
    office three | c2c -C "$ROOT/a" put - >/dev/null
    stop_node "$ROOT/a"
    start_node "$ROOT/a" --adopt-store
    local slug
    for slug in one two three; do
        c2c -C "$ROOT/a" show "office/$slug" --json | jq -e '.verified == true'
    done
    c2c -C "$ROOT/a" verify
    # Adopted once: from here on it is the store.
    stop_node "$ROOT/a"
    start_node "$ROOT/a"
    [ "$(c2c -C "$ROOT/a" status --json | jq -r .state)" = ready ]
    office four | c2c -C "$ROOT/a" put - >/dev/null
    c2c -C "$ROOT/a" verify
}

@test "an older copy of the file in the place of the store signs nothing" {
    office one | c2c -C "$ROOT/a" put - >/dev/null
    stop_node "$ROOT/a"
    cp "$ROOT/a/store.db" "$ROOT/older"
    start_node "$ROOT/a"
    office lost | c2c -C "$ROOT/a" put - >/dev/null
    # Killed and started again it is still the newest.
    stop_node "$ROOT/a" KILL
    start_node "$ROOT/a"
    [ "$(c2c -C "$ROOT/a" status --json | jq -r .state)" = ready ]
    stop_node "$ROOT/a"
    rm -f "$ROOT"/a/store.db-*
    cp "$ROOT/older" "$ROOT/a/store.db"
    start_node "$ROOT/a"
    [ "$(c2c -C "$ROOT/a" status --json | jq -r .state)" != ready ]
    run c2c -C "$ROOT/a" doctor
    [ "$status" -eq 1 ]
    has "$output" adopt-store
    office kept | c2c -C "$ROOT/a" put - >/dev/null
    stop_node "$ROOT/a"
    start_node "$ROOT/a" --adopt-store
    c2c -C "$ROOT/a" show office/kept --json | jq -e '.verified == true'
}

@test "a bad record is refused by a restored store as by any other" {
    c2c -C "$ROOT/a" backup "$ROOT/saved" >/dev/null
    stop_node "$ROOT/a"
    put_back "$ROOT/a" "$ROOT/saved"
    start_node "$ROOT/a"
    printf '{"type":"office","body":{"name":"flat"}}' >"$ROOT/in.json"
    run c2c -C "$ROOT/a" put "$ROOT/in.json"
    [ "$status" -eq 1 ]
    has "$output" /body/name
    printf '{"type":"contact","body":{"office":"office/none","post":{"title":{"en":"D"}}}}' \
        >"$ROOT/in.json"
    run c2c -C "$ROOT/a" put "$ROOT/in.json"
    [ "$status" -eq 3 ]
    stop_node "$ROOT/a"
    start_node "$ROOT/a" --adopt-store
    c2c -C "$ROOT/a" verify
}

@test "the store of another city is refused" {
    new_city "$ROOT/b" Leeds GB
    start_node "$ROOT/b"
    c2c -C "$ROOT/b" backup "$ROOT/saved" >/dev/null
    stop_node "$ROOT/a"
    put_back "$ROOT/a" "$ROOT/saved"
    # In the background: if it is wrong and starts, nothing hangs.
    run ! start_node "$ROOT/a"
    has "$(cat "$ROOT/a.log")" store.db "another city"
}

@test "a backup never takes the place of the node's own files" {
    local target before
    office one | c2c -C "$ROOT/a" put - >/dev/null
    before=$(stat -c %i "$ROOT/a/store.db")
    ln -s "$ROOT/a" "$ROOT/link"
    for target in "$ROOT/a/store.db" "$ROOT/a/new" "$ROOT/link/text.db" \
        "$ROOT/a/run/x" "$ROOT/a/run/../store.db" "$ROOT/a/keys/node.key"; do
        run c2c -C "$ROOT/a" backup "$target" --yes
        [ "$status" -eq 2 ]
        has "$output" "$target" "own folder"
    done
    (
        cd "$ROOT/a"
        run c2c -C "$ROOT/a" backup store.db --yes
        [ "$status" -eq 2 ]
    )
    [ "$(stat -c %i "$ROOT/a/store.db")" = "$before" ]
    # Nothing is left where the node made the copies.
    [ "$(find "$ROOT/a/run" -type f)" = "$ROOT/a/run/lock" ]
}

@test "a backup replaces nothing unasked and no device" {
    echo mine >"$ROOT/there"
    run c2c -C "$ROOT/a" backup "$ROOT/there" </dev/null
    [ "$status" -eq 2 ]
    has "$output" --yes
    [ "$(cat "$ROOT/there")" = mine ]
    run c2c -C "$ROOT/a" backup -n "$ROOT/new"
    [ "$status" -eq 0 ]
    [ ! -e "$ROOT/new" ]
    run c2c -C "$ROOT/a" backup "$ROOT"
    [ "$status" -eq 2 ]
    has "$output" "is a folder"
    run c2c -C "$ROOT/a" backup "$ROOT/none/x"
    [ "$status" -eq 1 ]
    has "$output" "$ROOT/none/x"
    mkfifo "$ROOT/pipe"
    run c2c -C "$ROOT/a" backup "$ROOT/pipe" --yes
    [ "$status" -eq 2 ]
    [ -p "$ROOT/pipe" ]
    c2c -C "$ROOT/a" backup "$ROOT/there" --yes
    [ "$(head -c 15 "$ROOT/there")" = "SQLite format 3" ]
}

@test "a copy that nobody comes for does not stay" {
    abandoned() { find "$ROOT/a/run" -name 'backup-*' | wc -l; }
    office one | c2c -C "$ROOT/a" put - >/dev/null
    python3 "$BATS_TEST_DIRNAME/control.py" abandon "$ROOT/a"
    touch -d '2 hours ago' "$ROOT"/a/run/backup-*
    python3 "$BATS_TEST_DIRNAME/control.py" abandon "$ROOT/a"
    [ "$(abandoned)" -eq 1 ] # Somebody may still come for it.
    c2c -C "$ROOT/a" backup "$ROOT/saved" >/dev/null
    [ "$(abandoned)" -eq 1 ]
    stop_node "$ROOT/a"
    start_node "$ROOT/a"
    [ "$(abandoned)" -eq 0 ]
}
