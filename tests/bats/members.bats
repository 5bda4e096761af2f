#!/usr/bin/env bats
# An association and its members, as far as one node alone can tell: inviting,
# listing, deciding, and what the node of a city refuses.

load support

SOME=00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff
HUB=tcp://hub.example.org:7420

setup() {
    scratch
    export XDG_CONFIG_HOME=$ROOT/conf
}
teardown() { stop_all; }

# The node of an association.
association() {
    new_city "$ROOT/l" "The League" FI --lga
    start_node "$ROOT/l"
    export C2C_DIR=$ROOT/l
}

city() {
    new_city "$ROOT/c" Oulu FI
    start_node "$ROOT/c"
    export C2C_DIR=$ROOT/c
}

@test "init --lga tells an association its next steps" {
    new_city "$ROOT/l" "The League" FI --lga
    has "$(<"$ROOT/l.init.log")" "listen = " "invite NAME" "members list" \
        "key sheet"
    new_city "$ROOT/m" "Other League" FI --lga --listen tcp://0.0.0.0:7420
    has "$(<"$ROOT/m.init.log")" "2. start the node" "3. invite"
    lacks "$(<"$ROOT/m.init.log")" "listen = "
    new_city "$ROOT/c" Oulu FI
    has "$(<"$ROOT/c.init.log")" "new office"
    lacks "$(<"$ROOT/c.init.log")" "invite"
}

@test "an association without members says how to get some" {
    association
    run --separate-stderr c2c members list
    # shellcheck disable=SC2154 # Set by run.
    has "$stderr" "c2c invite"
    [ "$status" -eq 0 ]
    [ -z "$output" ]
    run --separate-stderr c2c members list --state pending
    has "$stderr" "None in this state"
    [ "$(c2c members list --json | jq -c '[.items, .next]')" = '[[],null]' ]
    [ -z "$(c2c members list --plain)" ]
    [ "$(c2c status --json | jq -r .kind)" = lga ]
}

@test "an invitation names the hub, and its secret is not kept" {
    association
    run --separate-stderr c2c invite Oulu
    [ "$status" -eq 1 ]
    has "$stderr" --url
    text=$(c2c invite Oulu --url "$HUB" 2>"$ROOT/talk")
    [[ $text =~ ^c2c-invite:1:$HUB#$(<"$ROOT/l.id"):[0-9a-f]{32}$ ]]
    has "$(<"$ROOT/talk")" "once"
    stop_node "$ROOT/l"
    run grep -r "${text##*:}" "$ROOT/l" "$ROOT/l.log"
    [ "$status" -eq 1 ]
}

@test "an invitation has the port that the system chose" {
    new_city "$ROOT/l" "The League" FI --lga --listen tcp://127.0.0.1:0
    start_node "$ROOT/l"
    [[ $(c2c -C "$ROOT/l" invite) =~ 1:tcp://127\.0\.0\.1:[1-9][0-9]*# ]]
}

@test "the first address of the configuration is the invitation's" {
    new_city "$ROOT/l" "The League" FI --lga
    echo "listen = {\"ipc://$ROOT/hub.sock\"}" >>"$ROOT/l/c2cd.conf"
    start_node "$ROOT/l"
    text=$(c2c -C "$ROOT/l" invite)
    has "$text" "c2c-invite:1:ipc://$ROOT/hub.sock#"
}

@test "a city is admitted by its id, found, and its membership ended" {
    association
    [ "$(c2c members approve "$SOME" --kind associate)" = "$SOME" ]
    [ "$(c2c members list --plain | cut -f 1,3,5)" = \
        "$SOME"$'\tmember\tassociate' ]
    ref=$(c2c members list --json | jq -r '.items[0].ref')
    [ "$(c2c show "$ref" --json | jq -r .body.city)" = "$SOME" ]
    run c2c members approve "$SOME"
    [ "$status" -eq 1 ]
    has "$output" ": is a member already"
    run --separate-stderr c2c members revoke 00112233 </dev/null
    [ "$status" -eq 2 ]
    has "$stderr" --yes
    c2c members revoke 00112233 --yes
    [ "$(c2c members list --plain | cut -f 1,3)" = "$SOME"$'\trevoked' ]
    run c2c show "$ref"
    [ "$status" -eq 3 ]
    c2c verify
    stop_node "$ROOT/l"
    start_node "$ROOT/l"
    [ "$(c2c members list --state revoked --plain | wc -l)" -eq 1 ]
}

@test "whoever is not known cannot be decided about" {
    association
    for verb in approve deny revoke; do
        run --separate-stderr c2c members "$verb" atlantis --yes
        [ "$status" -eq 3 ]
        has "$stderr" atlantis "c2c members list"
    done
    run c2c members deny "$SOME"
    [ "$status" -eq 3 ]
    run --separate-stderr c2c members approve "$SOME" --kind king
    [ "$status" -eq 1 ]
    has "$stderr" observer
    run --separate-stderr c2c members aprove x
    [ "$status" -eq 2 ]
    has "$stderr" "c2c members approve"
    run c2c members list --state absent
    [ "$status" -eq 1 ]
    [ "$(c2c members list --json | jq '.items | length')" -eq 0 ]
}

@test "the node of a city has no members" {
    city
    for words in "members list" "members approve x" "members deny x" \
        "members revoke x --yes" "invite --url $HUB"; do
        # shellcheck disable=SC2086 # Words.
        run --separate-stderr c2c $words
        [ "$status" -eq 6 ]
        has "$stderr" "node of a city" "c2c join"
    done
}

@test "a city keeps the hubs that it joins" {
    city
    run --separate-stderr c2c join hub.example.org:7420 --lga "$SOME"
    [ "$status" -eq 1 ]
    has "$stderr" tcp://
    run c2c join "$HUB#$(<"$ROOT/c.id")"
    [ "$status" -eq 1 ]
    [ "$(c2c join "$HUB#$SOME" --note Hello)" = "$HUB" ]
    stop_node "$ROOT/c"
    start_node "$ROOT/c"
    run --separate-stderr c2c leave tcp://hub.example.org:742
    [ "$status" -eq 3 ]
    has "$stderr" "did you mean '$HUB'"
    [ "$(c2c leave "$HUB")" = "$HUB" ]
    run c2c leave "$HUB"
    [ "$status" -eq 3 ]
}

@test "an invitation is accepted as argument or from standard input" {
    city
    text="c2c-invite:1:$HUB#$SOME:0123456789abcdef0123456789abcdef"
    [ "$(c2c invite accept "$text")" = "$HUB" ]
    c2c leave "$HUB"
    [ "$(c2c invite accept - <<<"  $text ")" = "$HUB" ]
    run --separate-stderr c2c invite accept "${text%?}"
    [ "$status" -eq 2 ]
    lacks "$stderr" 0123456789abcdef
}

@test "a list of trust that others can write into is not believed" {
    c2c trust add "$SOME" League of Cities
    chmod 622 "$ROOT/conf/c2c/trust"
    run --separate-stderr c2c trust list
    [ "$status" -ne 0 ]
    [ -z "$output" ]
    has "$stderr" "others can write" "chmod 600 $ROOT/conf/c2c/trust"
    chmod 644 "$ROOT/conf/c2c/trust"
    has "$(c2c trust list --plain)" "$SOME"
}

@test "what the client trusts is its own file" {
    c2c trust add "$SOME" League of Cities
    [ "$(stat -c %a "$ROOT/conf/c2c/trust")" = 600 ]
    [ "$(stat -c %a "$ROOT/conf/c2c")" = 700 ]
    [ "$(c2c trust list --plain)" = "$SOME"$'\tLeague of Cities' ]
    c2c trust remove 00112233
    [ -z "$(c2c trust list --plain)" ]
}
