#!/usr/bin/env bats
# What `put` printed with exit 0 is there after any end of the node.

load support

setup() {
    scratch
    new_city "$ROOT/a" Oulu FI
}
teardown() { stop_all; }

practice() { # practice N: one record of its own
    printf '{"type":"practice","slug":"p%s","body":{"title":{"en":"Practice %s"},"who":[{"name":{"en":"Oulu"}}],"when":[{"date":"2019"}],"done":{"en":"d"},"impact":{"en":"i"}}}\n' "$1" "$1"
}

@test "kill -9 while three writers publish loses no reference that was printed" {
    local round n writer
    for round in 1 2 3 4 5; do
        start_node "$ROOT/a"
        for writer in 1 2 3; do
            (
                n=0
                while practice "r$round-w$writer-$n" |
                    c2c -C "$ROOT/a" --timeout 20 put - \
                        >>"$ROOT/printed.$writer" 2>>"$ROOT/errors"; do
                    n=$((n + 1))
                done
            ) 3>&- &
        done
        # Kill once every writer has printed something in this round.
        for writer in 1 2 3; do
            await grep -qs "r$round-w$writer-" "$ROOT/printed.$writer"
        done
        stop_node "$ROOT/a" KILL
        wait
    done
    start_node "$ROOT/a"
    run c2c -C "$ROOT/a" verify
    [ "$status" -eq 0 ]
    cat "$ROOT"/printed.* | sort -u >"$ROOT/all"
    [ "$(wc -l <"$ROOT/all")" -ge 15 ]
    c2c -C "$ROOT/a" list practice --all --jsonl | jq -r .ref | sort >"$ROOT/kept"
    run comm -23 "$ROOT/all" "$ROOT/kept"
    [ -z "$output" ]
}

@test "kill -9 during an import keeps all rows or none" {
    local i
    start_node "$ROOT/a"
    for i in $(seq 400); do practice "bulk$i"; done >"$ROOT/bulk.jsonl"
    c2c -C "$ROOT/a" put "$ROOT/bulk.jsonl" >"$ROOT/refs" 2>/dev/null 3>&- &
    local client=$!
    # Any moment will do: the law holds for all of them.
    await [ -s "$ROOT/a/store.db-wal" ]
    stop_node "$ROOT/a" KILL
    wait "$client" || true
    start_node "$ROOT/a"
    local kept printed
    kept=$(c2c -C "$ROOT/a" list practice --all --jsonl | wc -l)
    printed=$(wc -l <"$ROOT/refs")
    [ "$kept" -eq 0 ] || [ "$kept" -eq 400 ]
    [ "$printed" -eq 0 ] || [ "$kept" -eq 400 ]
}

writes_or_ended() {
    [ -s "$ROOT/a/store.db-wal" ] || ! kill -0 "$1" 2>/dev/null
}

@test "kill -9 during an import of rows keeps all or none" {
    local i round=0 kept
    {
        echo slug,name.en
        for i in $(seq 300); do echo "row$i,Office $i"; done
    } >"$ROOT/rows.csv"
    while [ "$round" -lt 4 ]; do
        round=$((round + 1))
        start_node "$ROOT/a"
        c2c -C "$ROOT/a" import "$ROOT/rows.csv" --type office \
            >"$ROOT/refs" 2>/dev/null 3>&- &
        local client=$! code=0
        # At once, when the request is being read, and while it is written.
        case $round in
        2) await connected "$client" ;;
        3) await writes_or_ended "$client" ;;
        esac
        [ "$round" -ne 4 ] || wait "$client"
        stop_node "$ROOT/a" KILL
        [ "$round" -eq 4 ] || wait "$client" || code=$?
        start_node "$ROOT/a"
        c2c -C "$ROOT/a" verify >/dev/null
        kept=$(c2c -C "$ROOT/a" list office --all --plain 2>/dev/null | wc -l)
        [ "$kept" -eq 0 ] || [ "$kept" -eq 300 ]
        [ "$code" -ne 0 ] || [ "$kept" -eq 300 ]
        # Search, too, knows all of them or none.
        [ "$(c2c -C "$ROOT/a" find office --type office --limit 1000 --plain 2>/dev/null | wc -l)" -eq "$kept" ]
        stop_node "$ROOT/a"
    done
}

@test "kill -9 during rm: what was told removed is gone, in every file" {
    local round i
    for round in 1 2 3; do
        start_node "$ROOT/a"
        for i in $(seq 20); do practice "quokka$round-$i"; done |
            c2c -C "$ROOT/a" put - >/dev/null 2>&1
        (
            for i in $(seq 20); do
                c2c -C "$ROOT/a" --timeout 20 rm "practice/pquokka$round-$i" \
                    --yes >>"$ROOT/gone" 2>>"$ROOT/errors" || break
            done
        ) 3>&- &
        await grep -qs "pquokka$round-$((round * 3))$" "$ROOT/gone"
        stop_node "$ROOT/a" KILL
        wait
    done
    start_node "$ROOT/a"
    c2c -C "$ROOT/a" verify >/dev/null
    c2c -C "$ROOT/a" list practice --all --plain | cut -f1 | sort >"$ROOT/kept"
    run comm -12 <(sort "$ROOT/gone") "$ROOT/kept"
    [ -z "$output" ]
    # The log of the store is wiped with the start at the latest.
    local ref
    while read -r ref; do
        run grep -rla "Practice ${ref##*/p}\b" "$ROOT/a"
        [ "$status" -eq 1 ]
    done <"$ROOT/gone"
}

@test "revisions go on where they were after a kill" {
    start_node "$ROOT/a"
    practice one | c2c -C "$ROOT/a" put - >/dev/null
    local before after
    before=$(c2c -C "$ROOT/a" status --json | jq .rev)
    stop_node "$ROOT/a" KILL
    start_node "$ROOT/a"
    after=$(c2c -C "$ROOT/a" status --json | jq .rev)
    [ "$before" -eq "$after" ]
    practice two | c2c -C "$ROOT/a" put - >/dev/null
    [ "$(c2c -C "$ROOT/a" status --json | jq .rev)" -eq $((after + 1)) ]
}

@test "TERM answers what was asked before it stops" {
    start_node "$ROOT/a"
    practice last | c2c -C "$ROOT/a" put - >"$ROOT/refs"
    local pid
    pid=$(cat "$ROOT/a.pid")
    kill "$pid"
    wait "$pid"
    [ ! -S "$ROOT/a/run/control.sock" ]
    start_node "$ROOT/a"
    c2c -C "$ROOT/a" show "$(cat "$ROOT/refs")" --json | jq -e '.slug == "plast"'
}

@test "the text index is caught up after it was lost" {
    start_node "$ROOT/a"
    practice sunflower | c2c -C "$ROOT/a" put - >/dev/null
    stop_node "$ROOT/a"
    rm -f "$ROOT/a"/text.db*
    start_node "$ROOT/a"
    run c2c -C "$ROOT/a" find sunflower --plain
    [ "$status" -eq 0 ]
    has "$output" "psunflower"
}
