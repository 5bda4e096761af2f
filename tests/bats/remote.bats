#!/usr/bin/env bats
# Reading a node elsewhere without a name: what it answers, what it does not,
# and what is said when there is nobody.

load support

SOME=00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff

setup() {
    scratch
    export XDG_CONFIG_HOME=$ROOT/conf
    new_city "$ROOT/hub" "Example Association" ID --lga --slug hub \
        --listen tcp://127.0.0.1:0
    start_node "$ROOT/hub"
    URL=$(c2c -C "$ROOT/hub" status --json | jq -r '.listen[0]')
    ID=$(<"$ROOT/hub.id")
}
teardown() { stop_all; }

put() { # put JSON
    printf '%s' "$1" | c2c -C "$ROOT/hub" put - >/dev/null
}

offices() {
    put '[{"type":"office","slug":"desk","body":{"name":{"en":"Numbat Desk"},
            "scope":{"general":true}}},
          {"type":"office","slug":"inner","audience":"network",
            "body":{"name":{"en":"Bilby Desk"},"scope":{"topics":["waste"]}}},
          {"type":"contact","slug":"desk","body":{"office":"office/desk",
            "post":{"title":{"en":"Head"},"email":"desk@city.example"}}},
          {"type":"holder","slug":"head","body":{"name":{"en":"Quokka"},
            "contact":"contact/desk"}},
          {"type":"office","slug":"draft","audience":"local",
            "body":{"name":{"en":"Quoll Desk"}}}]'
}

elsewhere() {
    c2c --node "$URL" "$@"
}

@test "a node elsewhere answers as the own one does" {
    offices
    has "$(elsewhere list office)" "Numbat Desk"
    has "$(elsewhere show office/desk)" "Numbat Desk" hub/office/desk
    has "$(elsewhere show hub/office/desk --json | jq -r .body.name.en)" Numbat
    has "$(elsewhere find numbat --plain)" hub/office/desk
    has "$(elsewhere who)" "Numbat Desk"
    has "$(elsewhere who hub --for sister-city --json)" '"matched": "general"'
    has "$(elsewhere log)" hub/office/desk
    [ "$(elsewhere status --json | jq -r .city)" = "$ID" ]
    [ "$(elsewhere list office --records | jq -r .slug)" = desk ]
    [ "$(elsewhere list office --jsonl | jq -r .ref)" = hub/office/desk ]
    has "$(elsewhere list city --lang id 2>&1)" "No city yet"
    run elsewhere show office/dekc
    [ "$status" -eq 3 ]
    has "$output" "did you mean office/desk"
    run elsewhere who atlantis
    [ "$status" -eq 3 ]
}

@test "nobody without a name sees what is for members" {
    offices
    has "$(c2c -C "$ROOT/hub" find desk --plain)" inner
    {
        elsewhere list office --json
        elsewhere list holder --json
        elsewhere list office --where topic=waste --json
        elsewhere find desk --json
        elsewhere find bilby --json
        elsewhere find quoll --json
        elsewhere who hub --for waste --json
        elsewhere log --all --json
        elsewhere status --json
        elsewhere show office/inner --json
        elsewhere show office/inne --json
        elsewhere show holder/head --json
        elsewhere show holder/heat --json
    } >"$ROOT/said" 2>&1 || true
    lacks "$(<"$ROOT/said")" Bilby Quokka Quoll hub/office/inner \
        hub/office/draft hub/holder '"network"'
    [ "$(elsewhere status --json | jq .records.office)" -eq 1 ]
    [ "$(elsewhere find desk --json | jq .total)" -eq 1 ]
    # The one that is hidden and the one that is not there.
    elsewhere show office/inner >"$ROOT/a" 2>&1 || [ $? -eq 3 ]
    elsewhere show office/outer >"$ROOT/b" 2>&1 || [ $? -eq 3 ]
    [ "$(sed s/inner/X/g "$ROOT/a")" = "$(sed s/outer/X/g "$ROOT/b")" ]
}

@test "long lists come in pages" {
    local i
    for i in {1..30}; do
        printf '{"type":"office","slug":"o%d","body":{"name":{"en":"Desk %d"}}}\n' \
            "$i" "$i"
    done | c2c -C "$ROOT/hub" put - >/dev/null
    [ "$(elsewhere list office --all --limit 7 --plain | wc -l)" -eq 30 ]
    run --separate-stderr elsewhere list office --limit 7
    # shellcheck disable=SC2154 # Set by run.
    has "$stderr" "--cursor"
    next=$(elsewhere list office --limit 7 --json | jq -r .next)
    [ "$(elsewhere list office --cursor "$next" --plain | wc -l)" -eq 23 ]
    run elsewhere list office --cursor 7
    [ "$status" -eq 2 ]
    run elsewhere log --cursor "$next"
    [ "$status" -eq 2 ]
}

@test "what changes anything, or is the owner's, is not asked elsewhere" {
    local words
    for words in "put x.json" "new office" "edit office/desk" "rm office/desk" \
        "import x.csv --type office" "confirm office/desk" doctor verify \
        "key show" "backup x.db" peers sync "join $URL" "leave $URL" invite \
        "members list" "init --name X --country ID"; do
        # shellcheck disable=SC2086 # Words.
        run --separate-stderr elsewhere $words
        [ "$status" -eq 6 ]
        has "$stderr" "${words%% *}" "c2c -C DIR"
    done
    run --separate-stderr elsewhere -C "$ROOT/hub" list office
    [ "$status" -eq 2 ]
    has "$stderr" --node
    [ "$(elsewhere doctor --json 2>&1 | jq -r .error.code)" = UNSUPPORTED ]
    # What needs no node needs none.
    c2c --node tcp://127.0.0.1:1 types >/dev/null
}

# A city that the hub admits and holds.
member() {
    new_city "$ROOT/baguio" Baguio PH
    printf '{"type":"membership","slug":"m","body":{"city":"%s","kind":"full"}}' \
        "$(<"$ROOT/baguio.id")" | c2c -C "$ROOT/hub" put - >/dev/null
    start_node "$ROOT/baguio"
    printf '{"type":"office","slug":"desk","body":{"name":{"en":"Numbat Desk"}}}' |
        c2c -C "$ROOT/baguio" put - >/dev/null
    c2c -C "$ROOT/baguio" join "$URL#$ID" >/dev/null
    await elsewhere show baguio/office/desk >/dev/null
}

@test "a record is checked against the association that the reader trusts" {
    member
    run --separate-stderr elsewhere show baguio/office/desk
    [ "$status" -eq 0 ]
    has "$output" "NOT VERIFIED: no trusted LGA"
    has "$stderr" "c2c trust add"
    c2c trust add "$SOME" Others
    run --separate-stderr elsewhere show baguio/office/desk
    [ "$status" -eq 4 ]
    has "$output" "NOT VERIFIED: no trusted LGA is known to list the city"
    c2c trust add "$ID" The League
    run --separate-stderr elsewhere show baguio/office/desk
    [ "$status" -eq 0 ]
    has "$output" "signature checked" "signed by Baguio" "admitted by The League"
    lacks "$(elsewhere show baguio/office/desk --lang zh-Hans)" "signed by" "admitted by"
    [ "$(elsewhere show baguio/office/desk --json | jq -r '.verified, .vouched.lga')" = \
        $'true\n'"$ID" ]
    # The association's own, and the city by its id.
    elsewhere show lga/hub >/dev/null
    elsewhere show "$(<"$ROOT/baguio.id")/city/baguio" >/dev/null
    # Not so the answers that nobody can prove.
    run --separate-stderr elsewhere who baguio
    has "$stderr" "Not verified" "c2c show REF"
    run elsewhere who
    has "$output" "has not published an office"
    lacks "$output" "c2c new"
    [ "$(elsewhere list office --json | jq -r '[.verified, .items[].verified] | unique[]')" = \
        "only the node says so" ]
}

@test "who is no member any more is not vouched for" {
    member
    c2c trust add "$ID" The League
    elsewhere show baguio/office/desk >/dev/null
    c2c -C "$ROOT/hub" rm membership/m --yes
    gone() { ! elsewhere show baguio/office/desk >/dev/null 2>&1; }
    await gone
    run elsewhere show baguio/office/desk
    [ "$status" -eq 3 ]
}

@test "a hub whose bytes are not those that were signed proves nothing" {
    offices
    c2c trust add "$ID" The League
    elsewhere show office/desk >/dev/null
    python3 - "$ROOT/hub/store.db" <<'EOF'
import sqlite3, sys
db = sqlite3.connect(sys.argv[1])
db.execute("UPDATE dir SET root = zeroblob(32) WHERE type = 'office' AND audience = 0")
db.commit()
EOF
    run --separate-stderr elsewhere show office/desk
    [ "$status" -eq 4 ]
    has "$output" "NOT VERIFIED: the node gives no proof"
    has "$stderr" "do not rely on it"
}

@test "a public record is exported from a node elsewhere" {
    offices
    elsewhere export --proof office/desk >"$ROOT/desk.proof"
    c2c verify "$ROOT/desk.proof" --city "$ID" >/dev/null
    run elsewhere export --proof office/inner
    [ "$status" -eq 3 ]
}

@test "whoever is named behind # has to prove it" {
    offices
    has "$(c2c --node "$URL#$ID" list office --plain)" Numbat
    run --separate-stderr c2c --node "$URL#$SOME" list office
    [ "$status" -eq 4 ]
    [ -z "$output" ]
    has "$stderr" "does not prove"
}

@test "an address that leads nowhere says so" {
    local url
    for url in "$URL" tcp://127.0.0.1:1 ipc:///nowhere/socket; do
        [ "$url" != "$URL" ] || stop_node "$ROOT/hub"
        run --separate-stderr c2c --node "$url" list office
        [ "$status" -eq 5 ]
        has "$stderr" "$url" "check the address"
    done
    for url in hub.example.org:7420 http://127.0.0.1:80 tcp://127.0.0.1 "$URL#${ID}0" "$URL#" ""; do
        run --separate-stderr c2c --node "$url" list office
        [ "$status" -eq 2 ]
        has "$stderr" tcp://
    done
}

@test "a node that hangs is given up" {
    kill -STOP "$(<"$ROOT/hub.pid")"
    run --separate-stderr c2c --node "$URL" --timeout 1 list office
    kill -CONT "$(<"$ROOT/hub.pid")"
    [ "$status" -eq 5 ]
    has "$stderr" "within 1 s"
}

@test "what is no node of c2c is told from one" {
    python3 -c 'import socket, sys
s = socket.create_server(("127.0.0.1", 0))
print(s.getsockname()[1], flush=True)
while True:
    c, _ = s.accept()
    c.sendall(b"HTTP/1.0 400 Bad Request\r\n\r\n")
    c.close()' >"$ROOT/port" 3>&- &
    echo $! >"$ROOT/web.pid"
    await test -s "$ROOT/port"
    run --separate-stderr c2c --node "tcp://127.0.0.1:$(<"$ROOT/port")" \
        --timeout 5 list office
    [ "$status" -eq 5 ]
}

@test "a hub says who it is before it is joined" {
    new_city "$ROOT/jambi" Jambi ID
    start_node "$ROOT/jambi"
    run --separate-stderr c2c -C "$ROOT/jambi" join "$URL" </dev/null
    [ "$status" -eq 2 ]
    has "$stderr" "Example Association" "${ID:0:8} ${ID:8:8}" --yes
    [ "$(c2c -C "$ROOT/jambi" join "$URL" --yes)" = "$URL" ]
    run --separate-stderr c2c -C "$ROOT/jambi" join tcp://127.0.0.1:1 --yes
    [ "$status" -eq 5 ]
    run --separate-stderr c2c -C "$ROOT/jambi" join 127.0.0.1:1 --yes
    [ "$status" -eq 2 ]
}
