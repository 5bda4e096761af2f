#!/usr/bin/env bats
# What one sees on a terminal, of a telephone too.

load support

setup() {
    scratch
    new_city "$ROOT/a" 경주 KR --slug gyeongju
    start_node "$ROOT/a"
    export C2C_DIR="$ROOT/a"
}
teardown() { stop_all; }

# screen COLUMNS COMMAND: as it looks on a terminal that wide.
screen() {
    # Not /dev/null as input: at its end script(1) may stop too early.
    COLUMNS=$1 script -qec "$2" /dev/null < <(:) | tr -d '\r'
}

# The columns of the widest line of standard input.
widest() {
    python3 -c '
import sys, unicodedata
print(max(sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in line.rstrip("\n"))
          for line in sys.stdin))'
}

@test "a table that a telephone cannot hold becomes labelled lines" {
    c2c put - <<'RECORDS'
{"type":"office","slug":"international","body":{"name":{"ko":"경주시 국제교류팀","en":"International Exchange Team"},"scope":{"general":true},"channels":[{"kind":"email","address":"exchange@gyeongju.example"}]}}
RECORDS
    local command
    for command in 'list office' 'find 경주' types log who doctor; do
        screen 40 "c2c $command 2>'$ROOT/talk'" >"$ROOT/out"
        widest <"$ROOT/out" >"$ROOT/width"
        [ "$(cat "$ROOT/width")" -le 40 ] || {
            cat "$ROOT/width"; echo "$command"; cat "$ROOT/out" "$ROOT/talk" >&2
            return 1
        }
    done
    run screen 40 'c2c list office'
    [ "${lines[0]}" = gyeongju/office/international ]
    [ "${lines[1]}" = "  NAME: International Exchange Team" ]
    has "$output" "  CONFIRMED: "
    run screen 100 'c2c list office'
    has "${lines[0]}" REF NAME CONFIRMED
}

@test "why a hub is not current is told whole" {
    c2c join "tcp://127.0.0.1:1#$(printf 'ab%.0s' {1..32})"
    run screen 50 'c2c peers'
    has "$output" "no session: no "
    lacks "$output" …
}

@test "help is wrapped at words" {
    local command
    for command in "c2c help" "c2c help import" "c2c help find"; do
        screen 40 "$command" >"$ROOT/out"
        # Examples and usage stand as they are typed.
        grep -v '^  c2c' "$ROOT/out" | widest >"$ROOT/width"
        [ "$(cat "$ROOT/width")" -le 40 ] || {
            cat "$ROOT/out" >&2
            return 1
        }
    done
    has "$(c2c help find)" "the last may be half a word; \"...\" is a phrase. The best hits come first."
}

@test "on a terminal each saved record is told once" {
    echo '{"type":"office","slug":"a","body":{"name":{"en":"A"}}}' >"$ROOT/a.json"
    run screen 80 "c2c put '$ROOT/a.json'"
    [ "${#lines[@]}" -eq 2 ]
    [ "${lines[0]}" = "gyeongju/office/a: new" ]
    run screen 80 "c2c -q put '$ROOT/a.json'"
    [ "$output" = gyeongju/office/a ]
    run screen 80 "c2c put '$ROOT/a.json' 2>/dev/null"
    [ "$output" = gyeongju/office/a ]
    run --separate-stderr c2c put "$ROOT/a.json"
    [ "$output" = gyeongju/office/a ]
}

@test "both outputs in one file are in the order in which they were said" {
    c2c doctor >"$ROOT/out" 2>&1
    has "$(head -1 "$ROOT/out")" "STATE  CHECK"
    has "$(tail -1 "$ROOT/out")" "profile: "
    c2c -C "$ROOT/none" doctor >"$ROOT/out" 2>&1 || true
    has "$(head -1 "$ROOT/out")" "STATE  CHECK"
    grep -q "^c2c: $ROOT/none: there is no city" "$ROOT/out"
    run c2c log --limit 1
    [[ ${lines[0]} == REVISION* ]]
}
