#!/usr/bin/env bats
# Records as files that prove themselves: written by a node, checked without
# one, by who knows nothing but the city's id.

load support

setup() {
    scratch
    new_city "$ROOT/a" Baguio PH --root-keys 3 --threshold 2
    start_node "$ROOT/a"
    CITY=$(cat "$ROOT/a.id")
}
teardown() { stop_all; }

# The proof of REF in $ROOT/FILE.
export_proof() { # export_proof REF FILE
    c2c -C "$ROOT/a" export --proof "$1" >"$ROOT/$2" 2>"$ROOT/talk"
}

# c2c verify FILE where no node is, and nothing of a city.
check() {
    run --separate-stderr c2c -C "$ROOT/nowhere" verify "$@"
}

@test "every public record proves itself without a node" {
    put_examples "$ROOT/a" baguio
    c2c -C "$ROOT/a" list office --all --jsonl >"$ROOT/all"
    c2c -C "$ROOT/a" list city --all --jsonl >>"$ROOT/all"
    c2c -C "$ROOT/a" list procedure --all --jsonl >>"$ROOT/all"
    local ref n=0
    while read -r ref; do
        n=$((n + 1))
        export_proof "$ref" "$n.proof"
    done < <(jq -r 'select(.audience == "public") | .ref' "$ROOT/all")
    [ "$n" -ge 5 ]
    stop_node "$ROOT/a"
    rm -rf "$ROOT/a"
    while [ "$n" -gt 0 ]; do
        check "$ROOT/$n.proof" --city "$CITY" --json
        [ "$status" -eq 0 ]
        jq -e --arg city "$CITY" '.ok and .checked == 1 and
            .proof.city == $city and .proof.epoch == 1' <<<"$output" >/dev/null
        n=$((n - 1))
    done
}

@test "a proof says who signed what and when, and what it does not prove" {
    export_proof city/baguio p
    has "$(cat "$ROOT/talk")" "c2c verify FILE --city $CITY"
    check "$ROOT/p"
    [ "$status" -eq 0 ]
    has "$output" "Baguio" "$CITY" "revision 1.1, keyset 1" "Not proven" \
        "compare its id" "may have changed" "$(c2c -C "$ROOT/a" key show --plain |
            sed -n 's/\thead$//p')"
    check "$ROOT/p" --city "$CITY"
    lacks "$output" "compare its id"
    check - <"$ROOT/p"
    [ "$status" -eq 0 ]
    check "$ROOT/p" --plain
    [ "$(cut -f1,2 <<<"$output")" = "$CITY/city/baguio"$'\t'ok ]
    # It goes on holding for what it says when the city goes on.
    printf '{"type":"city","slug":"baguio","body":{"name":{"en":"Baguio City"},"country":"PH"}}' |
        c2c -C "$ROOT/a" put - >/dev/null
    check "$ROOT/p" --city "$CITY"
    [ "$status" -eq 0 ]
    export_proof city/baguio q
    check "$ROOT/q" --json
    [ "$(jq -r '.proof | "\(.rev) \(.record.body.name.en)"' <<<"$output")" = "2 Baguio City" ]
}

@test "what is not as it was signed is refused with status 4" {
    export_proof city/baguio p
    check "$ROOT/p" --city "$(tr 0-9a-f 1-9a-f0 <<<"$CITY")"
    [ "$status" -eq 4 ]
    # shellcheck disable=SC2154 # Set by run.
    has "$stderr" "of another city" "$CITY"
    [ -z "$output" ]
    head -c 300 "$ROOT/p" >"$ROOT/cut"
    check "$ROOT/cut"
    [ "$status" -eq 4 ]
    has "$stderr" "cut off or altered"
    sed 's/Baguio/Manila/' "$ROOT/p" >"$ROOT/other"
    check "$ROOT/other"
    [ "$status" -eq 4 ]
    has "$stderr" "not in the state that was signed"
    head -c 2000000 /dev/zero >"$ROOT/big"
    check "$ROOT/big"
    [ "$status" -eq 4 ]
    has "$stderr" "larger than any"
    check "$ROOT/big" --json
    [ "$(jq -r .error.code <<<"$stderr")" = NOT_VERIFIED ]
    check "$EXAMPLES/baguio/1-city.json"
    [ "$status" -eq 4 ]
    printf '\227\002\220\300\300\300\000\220' >"$ROOT/later"
    check "$ROOT/later"
    [ "$status" -eq 4 ]
    has "$stderr" "later version"
}

@test "any byte of a proof that is changed is noticed" {
    export_proof city/baguio p
    python3 - "$ROOT/p" "$ROOT" <<'EOF'
import sys
raw = open(sys.argv[1], "rb").read()
for at in range(0, len(raw), 29):
    with open(f"{sys.argv[2]}/flip.{at}", "wb") as out:
        out.write(raw[:at] + bytes([raw[at] ^ 0x10]) + raw[at + 1:])
EOF
    local file n=0
    for file in "$ROOT"/flip.*; do
        check "$file"
        [ "$status" -eq 4 ]
        n=$((n + 1))
    done
    [ "$n" -gt 20 ]
}

@test "a proof from the future is not believed" {
    export_proof city/baguio p
    # For a reader whose clock is a year behind.
    faketime_library >/dev/null || skip "faketime is not installed"
    # Under the address sanitizer it stands before the sanitizer's own library.
    ASAN_OPTIONS=${ASAN_OPTIONS:+$ASAN_OPTIONS:}verify_asan_link_order=0 \
        FAKETIME=-1y LD_PRELOAD=$(faketime_library) run c2c verify "$ROOT/p"
    [ "$status" -eq 4 ]
    has "$output" "signed in the future"
}

@test "only public records are exported, and to files" {
    printf '[{"type":"office","slug":"d","audience":"local","body":{"name":{"en":"D"}}},
        {"type":"office","slug":"n","audience":"network","body":{"name":{"en":"N"}}}]' |
        c2c -C "$ROOT/a" put - >/dev/null
    run --separate-stderr c2c -C "$ROOT/a" export --proof office/d
    [ "$status" -eq 6 ]
    has "$stderr" "is a draft"
    run --separate-stderr c2c -C "$ROOT/a" export --proof office/n
    [ "$status" -eq 6 ]
    has "$stderr" "is for members"
    run --separate-stderr c2c -C "$ROOT/a" export --proof office/none
    [ "$status" -eq 3 ]
    [ -z "$output" ]
    run --separate-stderr c2c -C "$ROOT/a" export office/n
    [ "$status" -eq 2 ]
    run --separate-stderr c2c -C "$ROOT/a" export --proof --json city/baguio
    [ "$status" -eq 2 ]
    run script -qec "c2c -C $ROOT/a export --proof city/baguio" /dev/null
    [ "$status" -eq 2 ]
    has "$output" "not for a terminal"
}

@test "a file, a reference and what is neither" {
    check "$ROOT/none"
    [ "$status" -eq 1 ]
    has "$stderr" "No such file"
    check none
    [ "$status" -eq 1 ]
    check "$ROOT/p" --city baguio
    [ "$status" -eq 2 ]
    has "$stderr" "64 digits"
    run c2c -C "$ROOT/a" verify city/baguio
    [ "$status" -eq 0 ]
    run c2c -C "$ROOT/a" verify city/baguio --city "$CITY"
    [ "$status" -eq 2 ]
}
