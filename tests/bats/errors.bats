#!/usr/bin/env bats
# Every class of failure: exit status, code, and one sentence that names the
# thing, the reason and the next step; with --json one object.

load support

setup() {
    scratch
    new_city "$ROOT/a" Jambi ID
}
teardown() { stop_all; }

# fails STATUS CODE COMMAND...: c2c -C DIR COMMAND, for people and for
# programs.
fails() {
    local want=$1 code=$2
    shift 2
    run --separate-stderr c2c -C "$ROOT/a" "$@" </dev/null
    # shellcheck disable=SC2154 # Set by run.
    if [ "$status" -ne "$want" ] || [[ $stderr != "c2c: "* ]]; then
        printf 'status %s: %s\n' "$status" "$stderr" >&2
        return 1
    fi
    told=$stderr
    run --separate-stderr c2c -C "$ROOT/a" "$@" --json </dev/null
    [ "$status" -eq "$want" ]
    [ "$(wc -l <<<"$stderr")" -eq 1 ]
    jq -e --arg code "$code" '.error | .code == $code and
        (.message | length > 0) and (.hint | length > 0) and
        (.thing | type == "string")' <<<"$stderr" >/dev/null || {
        printf '%s\n' "$stderr" >&2
        return 1
    }
}

@test "1: what cannot be read or is not as it should be" {
    start_node "$ROOT/a"
    fails 1 IO put "$ROOT/none.json"
    has "$told" "$ROOT/none.json"
    fails 1 IO put "$ROOT"
    has "$told" "$ROOT"
    printf '{' >"$ROOT/x.json"
    fails 1 BAD_JSON put "$ROOT/x.json"
    has "$told" "x.json:1:"
    printf '{"type":"office","body":{}}' >"$ROOT/x.json"
    fails 1 SCHEMA put "$ROOT/x.json"
    printf '{"type":"ofice","body":{}}' >"$ROOT/x.json"
    fails 1 UNKNOWN_TYPE put "$ROOT/x.json"
    : >"$ROOT/x.json"
    fails 1 BAD_JSON put "$ROOT/x.json"
    truncate -s 70000000 "$ROOT/x.json"
    fails 1 TOO_BIG put "$ROOT/x.json"
    has "$told" 67108864
}

@test "2: wrong usage, with the nearest word" {
    fails 2 USAGE lst office
    has "$told" "c2c list"
    fails 2 USAGE list office --topc waste
    has "$told" --topic
    fails 2 USAGE list
    fails 2 USAGE list office project
    fails 2 USAGE list office --limit many
    fails 2 USAGE list office --limit -1
    fails 2 USAGE list office --limit 99999999999999999999
    fails 2 USAGE --timeout 0 status
    run c2c -C "$ROOT/a" list office --plain --json
    [ "$status" -eq 2 ]
    has "$output" "only one of"
    fails 2 USAGE key shw
    has "$told" show
    fails 2 USAGE completion tcsh
    fails 2 USAGE
    run c2c -C "$ROOT/a" help lst
    [ "$status" -eq 2 ] || [ "$status" -eq 3 ]
    has "$output" "list"
}

@test "3: not found, with what was nearest" {
    start_node "$ROOT/a"
    printf '{"type":"office","slug":"tourism","body":{"name":{"en":"Tourism"}}}' |
        c2c -C "$ROOT/a" put - >/dev/null
    fails 3 NOT_FOUND show office/turism
    has "$told" office/tourism
    fails 3 NOT_FOUND show ofice/tourism
    has "$told" office
    fails 3 NOT_FOUND show office/0190b0a0-0000-7000-8000-000000000000
    fails 3 NOT_FOUND show nowhere/office/tourism
    fails 3 NOT_FOUND rm office/turism --yes
    fails 3 NOT_FOUND confirm office/turism
    fails 3 NOT_FOUND verify office/turism
    fails 3 NOT_FOUND list ofice
    fails 3 NOT_FOUND log --city nowhere
    fails 3 NOT_FOUND schema ofice
    fails 3 NOT_FOUND vocab topic
    has "$told" topics
    fails 3 NOT_FOUND who jambi --for sistercity
    has "$told" sister-city
}

@test "a reference that is none is wrong usage" {
    start_node "$ROOT/a"
    local text
    for text in tourism office/ /x a/b/c/d '' 'office/a b' $'office/a\nb'; do
        fails 2 USAGE show "$text"
    done
}

@test "4: a record that is not as it was signed" {
    start_node "$ROOT/a"
    printf '{"type":"office","slug":"o","body":{"name":{"en":"Office Before"}}}' |
        c2c -C "$ROOT/a" put - >/dev/null
    stop_node "$ROOT/a"
    sqlite3 "$ROOT/a/store.db" 'PRAGMA wal_checkpoint(TRUNCATE)' >/dev/null
    LC_ALL=C sed -i 's/Office Before/Office After!/g' "$ROOT/a/store.db"
    start_node "$ROOT/a"
    fails 4 NOT_VERIFIED verify
    fails 4 NOT_VERIFIED verify office/o
    fails 4 NOT_VERIFIED show office/o
    has "$told" office/o
}

@test "5: nobody answers, or not in time" {
    fails 5 UNREACHABLE list office
    has "$told" "c2cd -C"
    fails 5 UNREACHABLE status --wait --timeout 1
    start_node "$ROOT/a"
    kill -STOP "$(cat "$ROOT/a.pid")"
    fails 5 TIMEOUT status --timeout 1
    has "$told" "1 s" --timeout
    kill -CONT "$(cat "$ROOT/a.pid")"
    c2c -C "$ROOT/a" status >/dev/null
}

@test "status --wait begins before the node and ends with it" {
    c2c -C "$ROOT/a" status --wait --json --timeout 60 >"$ROOT/status" \
        2>"$ROOT/err" 3>&- &
    local waiting=$!
    start_node "$ROOT/a"
    wait "$waiting"
    jq -e '.rev == 1 and .listen == []' "$ROOT/status"
    [ ! -s "$ROOT/err" ]
}

@test "6: refused by the node" {
    start_node "$ROOT/a"
    printf '{"type":"membership","body":{"city":"%s","name":{"en":"J"}}}' \
        "$(cat "$ROOT/a.id")" >"$ROOT/x.json"
    fails 6 DENIED put "$ROOT/x.json"
}

@test "a process that is killed while it is asked does not keep the client waiting" {
    start_node "$ROOT/a"
    kill -STOP "$(cat "$ROOT/a.pid")"
    c2c -C "$ROOT/a" status --timeout 300 >/dev/null 2>"$ROOT/err" 3>&- &
    local client=$!
    await connected "$client"
    stop_node "$ROOT/a" KILL
    local code=0
    wait "$client" || code=$?
    cat "$ROOT/err"
    [ "$code" -eq 5 ]
    has "$(cat "$ROOT/err")" "c2cd -C"
}

@test "nothing asks without a terminal, and --no-input asks nowhere" {
    start_node "$ROOT/a"
    printf '{"type":"office","slug":"o","body":{"name":{"en":"O"}}}' |
        c2c -C "$ROOT/a" put - >/dev/null
    fails 2 USAGE rm office/o
    has "$told" --yes
    # On a terminal: script gives one.
    run script -qec "c2c -C '$ROOT/a' rm office/o --no-input" /dev/null
    [ "$status" -eq 2 ]
    has "$output" --yes
    run script -qec "c2c -C '$ROOT/a' rm office/o" /dev/null <<<n
    [ "$status" -eq 1 ]
    has "$output" "nothing was changed"
    run script -qec "c2c -C '$ROOT/a' rm office/o" /dev/null <<<y
    [ "$status" -eq 0 ]
}

@test "a reader that goes away is no error to talk about" {
    start_node "$ROOT/a"
    local i
    for i in {1..2000}; do
        printf '{"type":"office","slug":"o%s","body":{"name":{"en":"O"}}}\n' "$i"
    done | c2c -C "$ROOT/a" put - >/dev/null 2>&1
    run bash -c "c2c -C '$ROOT/a' list office --all --json 2>'$ROOT/err' |
        head -c 10 >/dev/null; echo \${PIPESTATUS[0]}"
    [ "$output" -eq 141 ]
    [ ! -s "$ROOT/err" ]
}

@test "what cannot be written to standard output is told, whatever the form" {
    start_node "$ROOT/a"
    local words
    for words in "list city" "list city --plain" "status --json" "show city/jambi" \
        "find jambi --jsonl" "help" "help put" "types" "schema office --json" \
        "vocab" "completion bash" "version" "key show" "who"; do
        run bash -c "c2c -C '$ROOT/a' $words 2>&1 >/dev/full"
        [ "$status" -eq 1 ]
        has "$output" "standard output" space
    done
}

@test "help of every command has a text, its usage and an example" {
    local command
    c2c help | sed -n '/^Commands/,/^$/s/^  \([a-z]*\) .*/\1/p' >"$ROOT/commands"
    [ "$(wc -l <"$ROOT/commands")" -gt 15 ]
    while read -r command; do
        run --separate-stderr c2c help "$command"
        [ "$status" -eq 0 ]
        has "$output" Examples "c2c $command" Usage
        [ -z "$stderr" ]
        [ "$(c2c "$command" --help)" = "$output" ]
        [ "$(c2c "$command" -h --json)" = "$output" ]
    done <"$ROOT/commands"
}

@test "what other programs call it leads to the command that does it" {
    local word want
    while IFS='|' read -r word want; do
        run c2c "$word"
        [ "$status" -eq 2 ]
        has "$output" "$word: there is no such command" "$want"
    done <<'WORDS'
restore|man c2cd
search|c2c find
delete|c2c rm
start|c2cd -C DIR
WORDS
}

@test "a recovery sheet in a file is for its owner alone" {
    new_city "$ROOT/k" Kitwe ZM
    umask 022
    run --separate-stderr bash -c "c2c -C '$ROOT/k' key sheet >'$ROOT/sheet'"
    [ "$status" -eq 0 ]
    # shellcheck disable=SC2154 # Set by run.
    has "$stderr" "by you alone"
    [ "$(stat -c %a "$ROOT/sheet")" = 600 ]
    grep -q '^Secret key' "$ROOT/sheet"
    run c2c -C "$ROOT/k" key sheet "$ROOT/none"
    has "$output" "there is no key file"
}

@test "a backup that would replace a file says so where nobody can be asked" {
    new_city "$ROOT/b" Kitwe ZM
    start_node "$ROOT/b"
    c2c -C "$ROOT/b" backup "$ROOT/b.db"
    run c2c -C "$ROOT/b" backup "$ROOT/b.db"
    [ "$status" -eq 2 ]
    has "$output" "There is such a file already" --yes
    stop_node "$ROOT/b"
}
