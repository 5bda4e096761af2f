#!/usr/bin/env bats
# A hub and cities as processes of their own: what one publishes, others answer.

load support

setup() {
    scratch
    new_city "$ROOT/hub" "Example Association" ID --lga --slug hub \
        --listen tcp://127.0.0.1:0
    new_city "$ROOT/baguio" Baguio PH
    new_city "$ROOT/jambi" Jambi ID
    start_node "$ROOT/hub"
    local url city
    url=$(c2c -C "$ROOT/hub" status --json | jq -r '.listen[0]')
    for city in baguio jambi; do
        echo "hubs = {\"$url#$(cat "$ROOT/hub.id")\"}" >>"$ROOT/$city/c2cd.conf"
        admit "$city"
        start_node "$ROOT/$city"
    done
}
teardown() { stop_all; }

admit() { # admit CITY
    printf '{"type":"membership","slug":"%s","body":{"city":"%s","kind":"full"}}' \
        "$1" "$(cat "$ROOT/$1.id")" | c2c -C "$ROOT/hub" put - >/dev/null
}

put() { # put CITY JSON
    printf '%s' "$2" | c2c -C "$ROOT/$1" put - >/dev/null
}

knows() { # knows CITY WORD
    c2c -C "$ROOT/$1" find "$2" --plain | grep -q .
}
lacks_it() {
    ! knows "$@"
}

@test "what a city publishes, another city answers and verifies" {
    put baguio '{"type":"office","slug":"ctseo","body":{"name":{"en":"Numbat Desk"}}}'
    await knows jambi numbat
    has "$(c2c -C "$ROOT/jambi" list office --city baguio)" "Numbat Desk"
    lacks "$(c2c -C "$ROOT/jambi" list practice --city baguio 2>&1)" "c2c new"
    c2c -C "$ROOT/jambi" verify
    c2c -C "$ROOT/hub" verify
    [ "$(c2c -C "$ROOT/jambi" show baguio/office/ctseo --json | jq .verified)" = true ]
}

@test "a change and a removal follow, and leave no bytes behind" {
    put baguio '{"type":"office","slug":"ctseo","body":{"name":{"en":"Numbat Desk"}}}'
    await knows jambi numbat
    put baguio '{"type":"office","slug":"ctseo","body":{"name":{"en":"Wallaby Desk"}}}'
    await knows jambi wallaby
    lacks_it jambi numbat
    c2c -C "$ROOT/baguio" rm office/ctseo --yes
    no_bytes() { ! grep -rqlaiE "numbat|wallaby" "$ROOT/jambi" "$ROOT/hub"; }
    await no_bytes
}

@test "records for members reach members" {
    put baguio '{"type":"office","slug":"inner","audience":"network","body":{"name":{"en":"Bilby Desk"}}}'
    await knows jambi bilby
    [ "$(c2c -C "$ROOT/jambi" show baguio/office/inner --json | jq -r .audience)" = network ]
}

@test "a city keeps working without its hub and catches up with it" {
    stop_node "$ROOT/hub" KILL
    cut_off() { c2c -C "$ROOT/baguio" doctor | grep -q "^warn .*no session"; }
    await cut_off
    run put baguio '{"type":"office","slug":"first","body":{"name":{"en":"Bilby Desk"}}}'
    has "$output" "will reach the hubs when they answer"
    put baguio '{"type":"office","slug":"late","body":{"name":{"en":"Quoll Desk"}}}'
    knows baguio quoll
    lacks_it jambi quoll
    # The same port: the cities have it in their configuration.
    sed -i "s#tcp://127.0.0.1:0#$(sed -n 's/^hubs = {"\(.*\)#.*/\1/p' "$ROOT/baguio/c2cd.conf")#" \
        "$ROOT/hub/c2cd.conf"
    start_node "$ROOT/hub"
    await knows jambi quoll
}

@test "a city that is no member any more is not shown" {
    put baguio '{"type":"office","slug":"ctseo","body":{"name":{"en":"Numbat Desk"}}}'
    await knows jambi numbat
    c2c -C "$ROOT/hub" rm membership/baguio --yes
    gone() { ! c2c -C "$ROOT/jambi" status --json | jq -e '.cities[] | select(.name == "Baguio")'; }
    await gone
    lacks_it jambi numbat
    [ -z "$(c2c -C "$ROOT/jambi" list office --plain)" ]
    run c2c -C "$ROOT/jambi" who baguio
    [ "$status" -eq 3 ]
}

# A hub of its own that has admitted nobody, and a city that dials it.
newcomer() {
    new_city "$ROOT/lga" "Second Association" FI --lga \
        --listen tcp://127.0.0.1:0
    new_city "$ROOT/oulu" Oulu FI
    start_node "$ROOT/lga"
    start_node "$ROOT/oulu"
    LGA=$(c2c -C "$ROOT/lga" status --json | jq -r '.listen[0]')
}
synced() { c2c -C "$ROOT/$1" sync --wait >/dev/null; }
asked() { c2c -C "$ROOT/lga" members list --state pending --plain | grep -q .; }

@test "a city asks to join, waits, is admitted, and others see it" {
    newcomer
    c2c -C "$ROOT/oulu" join "$LGA#$(<"$ROOT/lga.id")" --note "From the city hall"
    run c2c -C "$ROOT/oulu" sync --wait
    [ "$status" -eq 6 ]
    has "$output" "waited" "administrator"
    [ "$(c2c -C "$ROOT/oulu" peers --json | jq -r '.items[0].state')" = pending ]
    [ "$(c2c -C "$ROOT/lga" members list --state pending --json |
        jq -r '.items[0] | .name + ": " + .note')" = "Oulu: From the city hall" ]
    lacks "$output" invitation
    run put oulu '{"type":"office","slug":"early","body":{"name":{"en":"Vole Desk"}}}'
    has "$output" "will reach the hubs when they answer and admit this city"
    c2c -C "$ROOT/lga" members approve oulu
    put oulu '{"type":"office","slug":"desk","body":{"name":{"en":"Lemming Desk"}}}'
    await synced oulu
    [ "$(c2c -C "$ROOT/oulu" peers --json | jq -r '.items[0] | .state + " " + .name')" = \
        "current Second Association" ]
    has "$(c2c -C "$ROOT/lga" find lemming)" oulu/office/desk
}

@test "a city that calls itself by another's id is not taken for it" {
    newcomer
    local id
    id=$(<"$ROOT/oulu.id")
    new_city "$ROOT/liar" "$id" FI --slug "${id:0:16}"
    start_node "$ROOT/liar"
    c2c -C "$ROOT/liar" join "$LGA#$(<"$ROOT/lga.id")"
    await asked
    run c2c -C "$ROOT/lga" members deny "$id"
    [ "$status" -eq 3 ]
    run c2c -C "$ROOT/lga" members approve "${id:0:16}"
    [ "$status" -eq 3 ]
    [ "$(c2c -C "$ROOT/lga" members approve "$id")" = "$id" ]
    c2c -C "$ROOT/lga" members approve "$(<"$ROOT/liar.id")"
    put liar '{"type":"office","slug":"desk","body":{"name":{"en":"Quoll Desk"}}}'
    await synced liar
    knows lga quoll
    has "$(c2c -C "$ROOT/lga" list office --plain)" "$(head -c 16 "$ROOT/liar.id")/office/desk"
    for name in "$id" "${id:0:16}" "${id^^}" "${id:0:8} ${id:8:8}"; do
        run c2c -C "$ROOT/lga" show "$name/office/desk"
        [ "$status" -eq 3 ]
        lacks "$output" Quoll
    done
    run c2c -C "$ROOT/lga" members revoke "${id^^}" --yes
    [ "$status" -eq 3 ]
}

@test "whoever joins a city is told that it is no association" {
    new_city "$ROOT/vaasa" Vaasa FI --listen tcp://127.0.0.1:0
    newcomer
    start_node "$ROOT/vaasa"
    c2c -C "$ROOT/oulu" join --yes \
        "$(c2c -C "$ROOT/vaasa" status --json | jq -r '.listen[0]')"
    run c2c -C "$ROOT/oulu" sync --wait
    [ "$status" -eq 6 ]
    has "$output" "the node of a city" "c2c leave"
}

@test "who is denied is told so, and can be admitted later" {
    newcomer
    c2c -C "$ROOT/oulu" join "$LGA#$(<"$ROOT/lga.id")"
    await asked
    c2c -C "$ROOT/lga" members deny oulu
    run c2c -C "$ROOT/oulu" sync --wait
    [ "$status" -eq 6 ]
    has "$output" "does not admit"
    c2c -C "$ROOT/lga" members approve oulu
    await synced oulu
}

@test "an invitation admits at once, and once" {
    newcomer
    new_city "$ROOT/turku" Turku FI
    start_node "$ROOT/turku"
    text=$(c2c -C "$ROOT/lga" invite Oulu)
    c2c -C "$ROOT/oulu" invite accept "$text"
    await synced oulu
    [ "$(c2c -C "$ROOT/lga" members list --plain | cut -f 2,3)" = $'Oulu\tmember' ]
    c2c -C "$ROOT/turku" invite accept - <<<"$text"
    run c2c -C "$ROOT/turku" sync --wait
    [ "$status" -eq 6 ]
    [ "$(c2c -C "$ROOT/turku" peers --json | jq -r '.items[0].state')" = pending ]
    has "$output" "waited" "the invitation is used, over or mistyped"
    # A membership that was ended does not come back with an old invitation.
    c2c -C "$ROOT/lga" members revoke oulu --yes
    c2c -C "$ROOT/oulu" leave "$LGA"
    [ -z "$(c2c -C "$ROOT/oulu" peers --plain)" ]
    c2c -C "$ROOT/oulu" invite accept "$text"
    run c2c -C "$ROOT/oulu" sync --wait
    [ "$status" -eq 6 ]
    has "$output" "does not admit"
}

@test "a joined hub is followed after a restart, a left one is not" {
    newcomer
    c2c -C "$ROOT/oulu" invite accept "$(c2c -C "$ROOT/lga" invite)"
    await synced oulu
    stop_node "$ROOT/oulu"
    start_node "$ROOT/oulu"
    await synced oulu
    c2c -C "$ROOT/oulu" leave "$LGA"
    stop_node "$ROOT/oulu"
    start_node "$ROOT/oulu"
    [ -z "$(c2c -C "$ROOT/oulu" peers --plain)" ]
}

@test "sync tells of hubs that cannot be reached" {
    newcomer
    c2c -C "$ROOT/oulu" join "$LGA#$(<"$ROOT/lga.id")"
    stop_node "$ROOT/lga" KILL
    run c2c -C "$ROOT/oulu" sync --wait
    [ "$status" -eq 5 ]
    has "$output" "$LGA" "no session"
    # A hub that proves to be somebody else is none.
    c2c -C "$ROOT/oulu" leave "$LGA"
    c2c -C "$ROOT/oulu" join "$(c2c -C "$ROOT/hub" status --json |
        jq -r '.listen[0]')#$(<"$ROOT/lga.id")"
    run c2c -C "$ROOT/oulu" sync --wait
    [ "$status" -eq 5 ]
    has "$output" "does not prove"
}

@test "an older copy of the store gets what is missing from the hub" {
    ready() { [ "$(c2c -C "$ROOT/baguio" status --json | jq -r .state)" = ready ]; }
    put baguio '{"type":"office","slug":"early","body":{"name":{"en":"Numbat Desk"}}}'
    stop_node "$ROOT/baguio"
    cp "$ROOT/baguio/store.db" "$ROOT/older"
    start_node "$ROOT/baguio"
    put baguio '{"type":"office","slug":"late","body":{"name":{"en":"Quoll Desk"}}}'
    await knows jambi quoll
    stop_node "$ROOT/baguio"
    rm -f "$ROOT"/baguio/store.db-*
    cp "$ROOT/older" "$ROOT/baguio/store.db"
    start_node "$ROOT/baguio"
    run ! ready
    put baguio '{"type":"office","slug":"kept","body":{"name":{"en":"Possum Desk"}}}'
    await knows baguio quoll
    stop_node "$ROOT/baguio"
    start_node "$ROOT/baguio" --adopt-store
    ready
    put baguio '{"type":"office","slug":"next","body":{"name":{"en":"Bilby Desk"}}}'
    await knows jambi bilby
    knows jambi possum # Signed at the start, so before that one.
    c2c -C "$ROOT/jambi" verify
}

@test "a city learns which members hold its newest state, and which do not" {
    synced baguio
    synced jambi
    put baguio '{"type":"office","slug":"ctseo","body":{"name":{"en":"Numbat Desk"}}}'
    await knows jambi numbat
    stored() { synced baguio; c2c -C "$ROOT/baguio" status --json | jq -r .stored; }
    held() { stored | grep -q "^1 of 1 hub, by Jambi [0-9]* [a-z]* ago$"; }
    await held
    has "$(c2c -C "$ROOT/baguio" status)" "Stored by" "1 of 1 hub, by Jambi"
    stop_node "$ROOT/jambi"
    put baguio '{"type":"office","slug":"ctseo","body":{"name":{"en":"Wallaby Desk"}}}'
    lacks_holder() { stored | grep -q "^1 of 1 hub, not yet by Jambi (heard of [0-9]* [a-z]* ago)$"; }
    await lacks_holder
    [ "$(c2c -C "$ROOT/baguio" peers --json | jq -c '.items[0].holders |
        map([.name, .has_newest])')" = '[["Jambi",false]]' ]
}

@test "the status says how the hub stands" {
    current() {
        c2c -C "$ROOT/jambi" status --json |
            jq -e '.peers[0].state == "current"' >/dev/null
    }
    await current
    has "$(c2c -C "$ROOT/jambi" status --json | jq -r '.peers[0].reason')" "newest state"
}

@test "references in answers lead back, also where cities share a name" {
    put baguio '{"type":"office","slug":"ctseo","body":{"name":{"en":"Numbat Desk"}}}'
    await knows jambi numbat
    [ "$(c2c -C "$ROOT/jambi" list office --plain | cut -f1)" = baguio/office/ctseo ]
    put jambi '{"type":"city","slug":"jambi","body":{"name":{"en":"Jambi","id":"Baguio"},"country":"ID"}}'
    local ref
    ref=$(c2c -C "$ROOT/jambi" list office --plain | cut -f1)
    [ "$ref" = "$(head -c 16 "$ROOT/baguio.id")/office/ctseo" ]
    has "$(c2c -C "$ROOT/jambi" show "$ref")" "Numbat Desk"
    run c2c -C "$ROOT/jambi" show baguio/office/ctseo
    [ "$status" -eq 3 ]
    local candidate
    candidate=$(head -c 16 "$ROOT/baguio.id")
    has "$output" "2 cities are called" "$candidate"
    has "$(c2c -C "$ROOT/jambi" who "$candidate")" "Numbat Desk"
}

@test "a membership is a city's by its id, not by a name" {
    run c2c -C "$ROOT/hub" put - <<'EOF'
{"type":"membership","body":{"city":"Baguio","kind":"full"}}
EOF
    [ "$status" -eq 1 ]
    has "$output" "/body/city" "64 hexadecimal digits"
}

@test "where to listen must be a URL, and a port that is free" {
    run c2c -C "$ROOT/x" init --name X --country ID --slug x --listen 7420
    [ "$status" -eq 2 ]
    has "$output" "'7420' is no address" "tcp://0.0.0.0:7420"
    local url
    url=$(c2c -C "$ROOT/hub" status --json | jq -r '.listen[0]')
    new_city "$ROOT/other" Other ID --listen "$url"
    run c2cd -C "$ROOT/other"
    [ "$status" -eq 1 ]
    has "$output" "cannot listen on $url" "in use by another process" c2cd.conf
}
