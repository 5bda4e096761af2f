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
}

@test "the status says how the hub stands" {
    current() {
        c2c -C "$ROOT/jambi" status --json |
            jq -e '.peers[0].state == "current"' >/dev/null
    }
    await current
    has "$(c2c -C "$ROOT/jambi" status --json | jq -r '.peers[0].reason')" "newest state"
}

@test "where to listen must be a URL, and a port that is free" {
    run c2c -C "$ROOT/x" init --name X --country ID --slug x --listen 7420
    [ "$status" -eq 2 ]
    has "$output" "'7420' is no URL" "tcp://0.0.0.0:7420"
    local url
    url=$(c2c -C "$ROOT/hub" status --json | jq -r '.listen[0]')
    new_city "$ROOT/other" Other ID --listen "$url"
    run c2cd -C "$ROOT/other"
    [ "$status" -eq 1 ]
    has "$output" "cannot listen on $url" "in use by another process" c2cd.conf
}
