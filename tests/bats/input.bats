#!/usr/bin/env bats
# Wrong input: refused with thing, reason and next step; nothing changes.

load support

setup() {
    scratch
    new_city "$ROOT/a" Fuzhou CN
    start_node "$ROOT/a"
}
teardown() { stop_all; }

rev() { c2c -C "$ROOT/a" status --json | jq .rev; }

# refused STATUS CODE TEXT [WORD...]: put TEXT; nothing may change.
refused() {
    local want=$1 code=$2 before
    printf '%s' "$3" >"$ROOT/in.json"
    shift 3
    before=$(rev)
    run c2c -C "$ROOT/a" put "$ROOT/in.json"
    [ "$status" -eq "$want" ] || {
        printf 'status %s: %s\n' "$status" "$output" >&2
        return 1
    }
    has "$output" "$@"
    run --separate-stderr c2c -C "$ROOT/a" put "$ROOT/in.json" --json
    # shellcheck disable=SC2154 # Set by run.
    jq -e --arg code "$code" '.error.code == $code' <<<"$stderr"
    [ "$(rev)" -eq "$before" ]
}

@test "broken JSON is told with line and column" {
    refused 1 BAD_JSON $'{"type":"office",\n "body": {"name": {"en": "A",}}}' in.json:2:
}

@test "floats, duplicate keys, big numbers and bad UTF-8 are refused" {
    refused 1 BAD_JSON '{"type":"office","body":{"name":{"en":"A"},"x":1.5}}' \
        in.json:1 /body/x integer
    refused 1 BAD_JSON $'{"type":"office",\n"body":{"name":{"en":"A"},\n"x":1.5}}' \
        in.json:3
    refused 1 BAD_JSON '{"type":"office","body":{"name":{"en":"A","en":"B"}}}' duplicate
    refused 1 BAD_JSON '{"type":"office","body":{"name":{"en":"A"},"x":99999999999999999999}}' in.json
    refused 1 BAD_JSON $'{"type":"office","body":{"name":{"en":"\xff"}}}' UTF-8
}

@test "a body that does not fit names the path and what is allowed" {
    refused 1 SCHEMA '{"type":"office","body":{"name":{"en":"A"},"kind":"celll"}}' \
        /body/kind dedicated-cell
    refused 1 SCHEMA '{"type":"office","body":{}}' name
    refused 1 SCHEMA '{"type":"office","body":{"name":{"en":"A"},"scope":{"purposes":["sister-citty"]}}}' \
        /body/scope/purposes/0 sister-city
}

@test "an unknown type names the nearest one" {
    refused 1 UNKNOWN_TYPE '{"type":"ofice","body":{}}' office
}

@test "a record that is too large is refused" {
    python3 -c 'import json; print(json.dumps({"type":"practice","body":{
        "title":{"en":"t"},"who":[{"name":{"en":"x"}}],"when":[{"date":"2019"}],
        "done":{t:"y"*16000 for t in ("en","de","fr","id","ms")},"impact":{"en":"i"}}}))' >"$ROOT/big"
    refused 1 TOO_BIG "$(cat "$ROOT/big")" 65536
}

@test "one that is far too large is refused in the same words" {
    python3 -c 'import json; print(json.dumps({"type":"practice","body":{
        "title":{"en":"t"},"who":[{"name":{"en":"x"}}],"when":[{"date":"2019"}],
        "done":{"a"+chr(97+i//26)+chr(97+i%26):"y"*16000 for i in range(60)},"impact":{"en":"i"}}}))' >"$ROOT/big"
    run c2c -C "$ROOT/a" put "$ROOT/big"
    [ "$status" -eq 1 ]
    has "$output" 65536 split
}

@test "a reference to nothing names the nearest reference" {
    printf '{"type":"office","slug":"foreign-affairs","body":{"name":{"en":"FAO"}}}' |
        c2c -C "$ROOT/a" put -
    refused 3 NOT_FOUND '{"type":"contact","body":{"office":"office/foreign-afairs","post":{"title":{"en":"Desk"}}}}' \
        office/foreign-affairs
    run c2c -C "$ROOT/a" show office/foreign-afairs
    [ "$status" -eq 3 ]
    has "$output" office/foreign-affairs
}

@test "one bad record in a file keeps all of them out" {
    refused 1 SCHEMA '[{"type":"office","body":{"name":{"en":"A"}}},
        {"type":"office","body":{"name":"B"}}]' in.json:2 /body/name
    run --separate-stderr c2c -C "$ROOT/a" list office --plain
    [ "$status" -eq 0 ]
    [ -z "$output" ]
    has "$stderr" "c2c new office"
}

@test "an import names every bad row with line, field and reason" {
    printf 'slug,name.en,kind\na,Alpha,none\nb,,none\nc,Gamma,cell\n' >"$ROOT/offices.csv"
    run c2c -C "$ROOT/a" import "$ROOT/offices.csv" --type office
    [ "$status" -eq 1 ]
    has "$output" ":3:" name ":4:" kind dedicated-cell
    [ "$(rev)" -eq 1 ]
    printf 'slug,name.en,kind\na,Alpha,none\nb,Beta,none\n' >"$ROOT/offices.csv"
    run c2c -C "$ROOT/a" import "$ROOT/offices.csv" --type office
    [ "$status" -eq 0 ]
    [ "$(rev)" -eq 2 ]
}

@test "rm asks, and without a terminal wants --yes" {
    printf '{"type":"office","slug":"x","body":{"name":{"en":"X"}}}' | c2c -C "$ROOT/a" put -
    run c2c -C "$ROOT/a" rm office/x </dev/null
    [ "$status" -eq 2 ]
    has "$output" --yes
    run c2c -C "$ROOT/a" rm office/y --yes
    [ "$status" -eq 3 ]
    # Nobody is asked about what is not there.
    run c2c -C "$ROOT/a" rm office/y </dev/null
    [ "$status" -eq 3 ]
    has "$output" office/y
    lacks "$output" --yes
    # Who refers to it is named, but not who goes with it.
    printf '{"type":"contact","slug":"%s","body":{"office":"office/x","post":{"title":{"en":"D"}}}}' desk |
        c2c -C "$ROOT/a" put -
    run c2c -C "$ROOT/a" rm office/x </dev/null
    [ "$status" -eq 2 ]
    has "$output" "contact/desk refers to it." "Remove office/x for good?"
    has "$(c2c -C "$ROOT/a" rm -n office/x 2>&1)" "contact/desk refers to it."
    lacks "$(c2c -C "$ROOT/a" rm -n office/x contact/desk 2>&1)" "refers to"
    c2c -C "$ROOT/a" rm office/x contact/desk --yes
    run c2c -C "$ROOT/a" show office/x
    [ "$status" -eq 3 ]
}

@test "a removed record leaves no bytes behind" {
    printf '{"type":"office","slug":"wallaby","body":{"name":{"en":"Zanzibarian Quokka Desk"}}}' |
        c2c -C "$ROOT/a" put -
    c2c -C "$ROOT/a" find quokka --plain | grep -q office/wallaby
    has "$(c2c -C "$ROOT/a" log)" "put fuzhou/office/wallaby"
    c2c -C "$ROOT/a" rm office/wallaby --yes
    run grep -rlaiE "quokka|wallaby" "$ROOT/a"
    [ "$status" -eq 1 ]
}

@test "a dry run changes nothing" {
    printf '{"type":"office","slug":"x","body":{"name":{"en":"X"}}}' >"$ROOT/x.json"
    run c2c -C "$ROOT/a" put -n "$ROOT/x.json"
    [ "$status" -eq 0 ]
    [ "$(rev)" -eq 1 ]
    run c2c -C "$ROOT/a" show office/x
    [ "$status" -eq 3 ]
}

@test "putting the same record again makes no new revision" {
    printf '{"type":"office","slug":"x","body":{"name":{"en":"X"}}}' >"$ROOT/x.json"
    c2c -C "$ROOT/a" put "$ROOT/x.json"
    local before
    before=$(rev)
    run c2c -C "$ROOT/a" put "$ROOT/x.json"
    [ "$status" -eq 0 ]
    has "$output" office/x
    [ "$(rev)" -eq "$before" ]
}

@test "no node: exit 5 and the next step" {
    stop_node "$ROOT/a"
    run c2c -C "$ROOT/a" list office
    [ "$status" -eq 5 ]
    has "$output" "c2cd -C"
    run c2c -C "$ROOT/nowhere" list office
    [ "$status" -eq 5 ]
    run c2c -C "$ROOT/a" status --wait --timeout 1
    [ "$status" -eq 5 ]
}

@test "a failed write to standard output is exit 1" {
    run bash -c "c2c -C '$ROOT/a' list city >/dev/full"
    [ "$status" -eq 1 ]
    run bash -c "c2c -C '$ROOT/a' status --json >/dev/full"
    [ "$status" -eq 1 ]
}

@test "an unknown city and an unknown purpose name the nearest" {
    run c2c -C "$ROOT/a" who Fuzhuo
    [ "$status" -eq 3 ]
    has "$output" fuzhou
    run c2c -C "$ROOT/a" who fuzhou --for sister-citi
    [ "$status" -eq 3 ]
    has "$output" sister-city
}
