#!/usr/bin/env bats
# Many clients at once: nobody is forgotten, nothing contradicts itself.

load support

setup() {
    scratch
    new_city "$ROOT/a" Oulu FI
    start_node "$ROOT/a"
}
teardown() { stop_all; }

office() { printf '{"type":"office","slug":"%s","body":{"name":{"en":"%s"}}}\n' "$1" "$2"; }

# every CLIENT...: each of these processes ended with 0.
every() {
    local pid
    for pid; do wait "$pid" || return 1; done
}

@test "puts of one slug at once make one record and one revision each" {
    local i clients=()
    for i in {1..12}; do
        office same "Writer $i" | c2c -C "$ROOT/a" put - >"$ROOT/ref.$i" 2>/dev/null 3>&- &
        clients+=($!)
    done
    every "${clients[@]}"
    [ "$(sort -u "$ROOT"/ref.* | wc -l)" -eq 1 ]
    [ "$(c2c -C "$ROOT/a" list office --plain | wc -l)" -eq 1 ]
    # Several may be signed together.
    local rev
    rev=$(c2c -C "$ROOT/a" status --json | jq .rev)
    [ "$rev" -gt 1 ] && [ "$rev" -le 13 ]
    c2c -C "$ROOT/a" verify >/dev/null
}

@test "one bad put among others is refused alone" {
    local i clients=()
    for i in {1..8}; do
        office "o$i" "O" | c2c -C "$ROOT/a" put - >/dev/null 2>&1 3>&- &
        clients+=($!)
    done
    printf '{"type":"contact","body":{"office":"office/none","post":{"title":{"en":"D"}}}}' |
        c2c -C "$ROOT/a" put - >/dev/null 2>&1 3>&- &
    local bad=$! code=0
    every "${clients[@]}"
    wait "$bad" || code=$?
    [ "$code" -eq 3 ]
    [ "$(c2c -C "$ROOT/a" list office --plain | wc -l)" -eq 8 ]
}

there() { c2c -C "$ROOT/a" show "$1" >/dev/null 2>&1; }

@test "finding and listing while others write sees whole revisions" {
    local i
    (
        for i in $(seq 25); do
            {
                office left "Pair $i"
                office right "Pair $i"
            } | c2c -C "$ROOT/a" put - >/dev/null 2>&1 || exit 1
        done
    ) 3>&- &
    local writer=$!
    await there office/right
    while kill -0 "$writer" 2>/dev/null; do
        # Both halves are of one commit, and what is read verifies.
        [ "$(c2c -C "$ROOT/a" list office --json |
            jq '[.items[].title] | unique | length')" -eq 1 ]
        [ "$(c2c -C "$ROOT/a" list office --json |
            jq '[.items[].verified] | unique == [true]')" = true ]
        c2c -C "$ROOT/a" find pair --plain >/dev/null
    done
    wait "$writer"
    c2c -C "$ROOT/a" verify >/dev/null
}

@test "20,000 records in one file" {
    python3 - >"$ROOT/many.jsonl" <<'PY'
import json
for i in range(20000):
    print(json.dumps({"type": "office", "slug": "o%d" % i,
                      "body": {"name": {"en": "Office %d" % i}}}))
PY
    c2c -C "$ROOT/a" --timeout 600 put "$ROOT/many.jsonl" >"$ROOT/refs" 2>"$ROOT/talk"
    [ "$(wc -l <"$ROOT/refs")" -eq 20000 ]
    has "$(cat "$ROOT/talk")" "20000 new"
    [ "$(c2c -C "$ROOT/a" status --json | jq .rev)" -eq 2 ]
    [ "$(c2c -C "$ROOT/a" find office --limit 3 --plain 2>/dev/null | wc -l)" -eq 3 ]
    # One byte of it wrong: told by its line, and nothing is saved.
    sed '19999s/"name"/"game"/' "$ROOT/many.jsonl" | sed 's/"o\([0-9]*\)"/"n\1"/' >"$ROOT/bad.jsonl"
    run c2c -C "$ROOT/a" put "$ROOT/bad.jsonl"
    [ "$status" -eq 1 ]
    has "$output" bad.jsonl:19999 name
    [ "$(c2c -C "$ROOT/a" status --json | jq .rev)" -eq 2 ]
}

@test "looking through many records keeps none of them" {
    python3 - >"$ROOT/many.jsonl" <<'PY'
import json
for i in range(3000):
    text = "common " + " ".join("w%d" % (i % 50 + j) for j in range(2500))
    print(json.dumps({"type": "office", "slug": "o%d" % i, "body":
                      {"name": {"en": "O"}, "decision_authority":
                       {"kind": ["other"], "text": {"en": text}}}}))
PY
    split -l 500 "$ROOT/many.jsonl" "$ROOT/part."
    local part
    for part in "$ROOT"/part.*; do c2c -C "$ROOT/a" put "$part" >/dev/null 2>&1; done
    stop_node "$ROOT/a"
    start_node "$ROOT/a"
    # None fits, so all of them are looked at.
    [ "$(c2c -C "$ROOT/a" find common --country SE --plain 2>/dev/null | wc -l)" -eq 0 ]
    c2c -C "$ROOT/a" doctor >/dev/null 2>&1 || true
    # They are 40 MB, and were more than 100 MB of memory.
    python3 "$BATS_TEST_DIRNAME/control.py" lean "$ROOT/a" "$(cat "$ROOT/a.pid")"
}
