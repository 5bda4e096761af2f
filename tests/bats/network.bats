#!/usr/bin/env bats
# A federation over a bad network: between every city and its hub stands a
# relay of tests/relay, and any of the processes may be killed.

load support

# By relay, the descriptor of its answers.  Global: bats runs this in a function.
declare -gA TALK

setup() {
    scratch
    new_city "$ROOT/hub" "Example Association" ID --lga --slug hub \
        --listen tcp://127.0.0.1:0
    start_node "$ROOT/hub"
    local city
    for city in baguio jambi; do
        new_city "$ROOT/$city" "${city^}" PH --slug "$city"
        admit "$city"
        start_node "$ROOT/$city"
    done
}

# A relay for a city that the hub admits.
admit() {
    start_relay "$1" hub
    echo "hubs = {\"$(relay_url "$1")#$(<"$ROOT/hub.id")\"}" \
        >>"$ROOT/$1/c2cd.conf"
    put hub '{"type":"membership","slug":"'"$1"'","body":{"city":"'"$(<"$ROOT/$1.id")"'","kind":"full"}}'
}

teardown() {
    local file bad=0
    for file in "$ROOT"/*.pid; do # Those that no test has killed.
        if ended "$file"; then
            echo "$file: has ended" >&2
            bad=1
        fi
    done
    stop_all
    if grep -E "Sanitizer|runtime error|Assertion|Traceback" "$ROOT"/*.log; then
        bad=1
    fi
    return "$bad"
}

# start_relay NAME NODE: one that stands before a node.
start_relay() {
    local dir=$ROOT/relay.$1
    mkfifo "$dir.in" "$dir.out"
    python3 "$BATS_TEST_DIRNAME/../relay/relay.py" "$(address "$2")" \
        <>"$dir.in" >"$dir.out" 2>"$dir.log" 3>&- &
    echo $! >"$dir.pid"
    local fd port
    exec {fd}<>"$dir.out"
    TALK[$1]=$fd
    read -r -t 60 -u "$fd" _ port
    echo "tcp://127.0.0.1:$port" >"$dir.url"
}
relay_url() { cat "$ROOT/relay.$1.url"; }

# tell NAME COMMAND...: what the relay answers, without its "ok".
tell() {
    local answer
    echo "${*:2}" >"$ROOT/relay.$1.in"
    read -r -t 60 -u "${TALK[$1]}" answer
    [[ $answer == ok* ]] || { echo "relay: $answer" >&2; return 1; }
    echo "${answer#ok}"
}
all() { # all COMMAND...: told to every relay
    local relay
    for relay in "${!TALK[@]}"; do tell "$relay" "$@" >/dev/null; done
}

# Where a node listens, as HOST:PORT.
address() {
    c2c -C "$ROOT/$1" status --json | jq -r '.listen[0] | ltrimstr("tcp://")'
}

kill_hub() { stop_node "$ROOT/hub" KILL; }

# It comes back at another port, which the relays find.
revive_hub() {
    start_node "$ROOT/hub"
    all target "$(address hub)"
}

put() { printf '%s' "$2" | c2c -C "$ROOT/$1" put - >>"$ROOT/$1.refs" 2>/dev/null; }

office() { # office SLUG NAME [AUDIENCE]
    printf '{"type":"office","slug":"%s","audience":"%s","body":{"name":{"en":"%s"}}}\n' \
        "$1" "${3:-public}" "$2"
}

# many N WORD: records that do not compress to nothing, 1 KB each.
many() {
    python3 - "$@" <<'PY'
import json, random, string, sys
LETTERS = string.ascii_letters + string.digits
rng = random.Random(1)
for i in range(int(sys.argv[1])):
    text = "".join(rng.choices(LETTERS, k=1200))
    print(json.dumps({"type": "office", "slug": "%s%d" % (sys.argv[2], i),
                      "body": {"name": {"en": sys.argv[2]}, "decision_authority":
                               {"kind": ["other"], "text": {"en": text}}}}))
PY
}

# All that a node holds, as signed states.
held() {
    c2c -C "$ROOT/$1" status --json |
        jq -cS '[.cities[] | [.city, .epoch, .rev, .roots]] | sort'
}

# Have these nodes the same states, of at least N cities?  One that waits
# before it tries its hub again is told to try now.
equal() { # equal N NODE...
    local node first
    first=$(held "$2")
    for node in "${@:2}"; do
        [ "$(held "$node")" = "$first" ] || { nudge "$node"; return 1; }
    done
    [ "$(jq length <<<"$first")" -ge "$1" ]
}
current() {
    c2c -C "$ROOT/$1" peers --json | jq -e 'all(.items[]; .state == "current")' >/dev/null
}
nudge() { current "$1" || c2c -C "$ROOT/$1" sync --quiet || true; }
converge() { # converge N NODE...
    await equal "$@" || {
        local node
        for node in "${@:2}"; do
            echo "$node: $(held "$node")"
            c2c -C "$ROOT/$node" peers
        done >&2
        return 1
    }
    for node in "${@:2}"; do c2c -C "$ROOT/$node" verify >/dev/null; done
}

# refs NODE CITY: the references of the city's offices that the node holds.
refs() { c2c -C "$ROOT/$1" list office --city "$2" --all --plain | cut -f 1 | sort; }

# keeps NODE CITY: the node holds all whose reference the city has printed.
keeps() {
    local lost
    lost=$(comm -23 <(grep /office/ "$ROOT/$2.refs" | sort -u) <(refs "$1" "$2"))
    [ -z "$lost" ] || {
        echo "$1 lost $(wc -l <<<"$lost"), first $(head -n 1 <<<"$lost")" >&2
        return 1
    }
}

# hold CITY up|down BYTES: its relay stops after so many more of them.
hold() {
    UNTIL=$(($(so_far "$1" "$2") + $3))
    tell "$1" hold "$2" "$3" >/dev/null
}
has_held() { # has_held CITY up|down
    [ "$(so_far "$1" "$2")" -ge "$UNTIL" ]
}
so_far() { # so_far CITY up|down: bytes
    local up down
    # shellcheck disable=SC2034 # Named by $2.
    read -r _ up down < <(tell "$1" count)
    echo "${!2}"
}
let_go() { all stall both off; }

# Every office that the node shows is one that was published.
shows_nothing_false() {
    c2c -C "$ROOT/$1" list office --all --jsonl |
        jq -r '[.city, .slug, .body.name.en, .verified] | @tsv' |
        sort -u >"$ROOT/shown"
    run comm -23 "$ROOT/shown" <(sort -u "$ROOT/published")
    [ -z "$output" ]
    c2c -C "$ROOT/$1" verify >/dev/null
}

publish() { # publish CITY SLUG NAME
    printf '%s\t%s\t%s\ttrue\n' "$(<"$ROOT/$1.id")" "$2" "$3" >>"$ROOT/published"
    put "$1" "$(office "$2" "$3")"
}

# storm SEED: publish through a bad network until it has done damage.
storm() {
    local round=0 flips cuts city
    all storm "$1" 3000 12000
    while :; do
        round=$((round + 1))
        for city in baguio jambi; do
            publish "$city" "o$((round % 5))" "Desk $round of $city"
            nudge "$city"
            shows_nothing_false "$city"
        done
        shows_nothing_false hub
        read -r flips cuts < <(tell jambi damage)
        [ "$flips" -lt 12 ] || [ "$cuts" -lt 3 ] || break
        # A length that was changed may leave both sides waiting.
        [ $((round % 4)) -ne 0 ] || all cut
        [ "$SECONDS" -lt 60 ]
    done
    all calm
    all cut
}

@test "a network that changes, splits and cuts makes nobody show what is false" {
    local seed
    for seed in 1 2; do
        echo "seed $seed"
        storm "$seed"
        converge 3 hub baguio jambi
        shows_nothing_false jambi
        keeps jambi baguio
        keeps baguio jambi
    done
}

# put_many CITY WORD
put_many() {
    many 1000 "$2" | c2c -C "$ROOT/$1" put - >>"$ROOT/$1.refs" 2>/dev/null
}
@test "a city killed while it pushes a large state in parts loses nothing" {
    await current baguio
    hold baguio up 600000
    put_many baguio bulk
    await has_held baguio up
    stop_node "$ROOT/baguio" KILL
    [ -z "$(refs hub baguio)" ] # Nothing by halves.
    let_go
    start_node "$ROOT/baguio"
    converge 3 hub baguio jambi
    keeps baguio baguio
    keeps jambi baguio
}

@test "a hub killed while a large state comes in parts takes it all later" {
    await current baguio
    hold baguio up 600000
    put_many baguio bulk
    await has_held baguio up
    kill_hub
    let_go
    revive_hub
    converge 3 hub baguio jambi
    keeps hub baguio
    keeps jambi baguio
}

@test "a reader killed while it fetches everything has all of it later" {
    put_many baguio bulk
    put jambi "$(office desk "Quoll Desk")"
    converge 3 hub baguio jambi
    new_city "$ROOT/xian" Xian CN --slug xian
    admit xian
    hold xian down 400000
    start_node "$ROOT/xian"
    await has_held xian down
    stop_node "$ROOT/xian" KILL
    let_go
    start_node "$ROOT/xian"
    converge 4 hub baguio jambi xian
    keeps xian baguio
    keeps xian jambi
}

@test "a reader killed while it follows what changes has all of it later" {
    local bytes
    await current jambi
    for bytes in 100 1500 400000; do
        echo "killed after $bytes bytes"
        hold jambi down "$bytes"
        if [ "$bytes" -lt 10000 ]; then
            many 5 "few$bytes" | c2c -C "$ROOT/baguio" put - \
                >>"$ROOT/baguio.refs" 2>/dev/null
        else
            put_many baguio bulk
        fi
        await has_held jambi down
        stop_node "$ROOT/jambi" KILL
        let_go
        start_node "$ROOT/jambi"
        converge 3 hub baguio jambi
        keeps jambi baguio
    done
}

@test "cities go on publishing while their hub is killed, and it catches up" {
    local city writers=()
    for city in baguio jambi; do
        (
            for i in {1..20}; do
                put "$city" "$(office "w$i" "Desk $i of $city")" || exit 1
            done
        ) 3>&- &
        writers+=($!)
    done
    for city in baguio jambi; do
        await grep -qs "/w3$" "$ROOT/$city.refs"
    done
    kill_hub
    for city in "${writers[@]}"; do wait "$city"; done
    for city in baguio jambi; do
        [ "$(refs "$city" "$city" | wc -l)" -eq 20 ]
        put "$city" "$(office alone "Numbat of $city" network)"
        has "$(c2c -C "$ROOT/$city" find numbat)" "$city/office/alone"
    done
    revive_hub
    converge 3 hub baguio jambi
    for city in hub baguio jambi; do
        keeps "$city" baguio
        keeps "$city" jambi
    done
}

@test "no text of a record, public or not, crosses the network in the clear" {
    local city word words=(Numbat Bilby numbat-desk bilby-desk Baguio)
    for city in baguio jambi; do
        stop_node "$ROOT/$city"
        tell "$city" capture "$ROOT/traffic.$city" >/dev/null
        start_node "$ROOT/$city" # The handshake, too, is captured.
    done
    put baguio "$(office numbat-desk "Numbat Desk")"
    put baguio "$(office bilby-desk "Bilby Desk" network)"
    converge 3 hub baguio jambi
    has "$(c2c -C "$ROOT/jambi" find desk)" Numbat Bilby
    for city in baguio jambi; do
        for way in up down; do
            # It is what passed: the transport's greeting is in it.
            grep -qaP '\x00SP\x00' "$ROOT/traffic.$city.$way"
            for word in "${words[@]}"; do
                run ! grep -caiF "$word" "$ROOT/traffic.$city.$way"
            done
        done
    done
}

# The TCP sockets on which the process of a node listens.
listening() {
    local inodes
    inodes=$(find "/proc/$(<"$ROOT/$1.pid")/fd" -lname 'socket:*' -printf '%l\n' |
        tr -dc '0-9\n' | paste -s -d '|')
    awk -v inodes="^($inodes)\$" '$4 == "0A" && $10 ~ inodes' \
        /proc/net/tcp /proc/net/tcp6
}

@test "a city needs no port that others can reach: it only dials out" {
    put baguio "$(office desk "Numbat Desk")"
    converge 3 hub baguio jambi
    [ "$(listening hub | wc -l)" -eq 1 ]
    [ -z "$(listening baguio)" ]
    [ -z "$(listening jambi)" ]
}

# A second hub, and what makes two of them one federation.
second_hub() {
    new_city "$ROOT/lga" "Second Association" FI --lga --slug lga \
        --listen tcp://127.0.0.1:0
    start_node "$ROOT/lga"
}
hub_url() { echo "tcp://$(address "$1")#$(<"$ROOT/$1.id")"; }

# joins NODE HUB [approve option...]: asks, and is admitted.
joins() {
    c2c -C "$ROOT/$1" join "$(hub_url "$2")" >/dev/null
    asked() { c2c -C "$ROOT/$2" members list --state pending --plain 2>/dev/null | grep -q "$(<"$ROOT/$1.id")"; }
    await asked "$1" "$2"
    c2c -C "$ROOT/$2" members approve "$(<"$ROOT/$1.id")" "${@:3}" >/dev/null
}
finds() { c2c -C "$ROOT/$1" find "$2" --plain 2>/dev/null | grep -q .; }

@test "members of two hubs that are members of one another find each other" {
    second_hub
    new_city "$ROOT/oulu" Oulu FI --slug oulu
    start_node "$ROOT/oulu"
    joins oulu lga
    put oulu "$(office desk "Lemming Desk")"
    put oulu "$(office inner "Wolverine Desk" network)"
    put baguio "$(office desk "Numbat Desk")"
    run ! finds jambi lemming
    joins lga hub --kind lga
    await finds jambi lemming
    await finds jambi wolverine
    run ! finds oulu numbat # Its own hub lists no other.
    joins hub lga --kind lga
    await finds oulu numbat
    converge 5 hub lga baguio jambi oulu
}

@test "two hubs with the same members become equal" {
    second_hub
    local city
    for city in baguio jambi; do joins "$city" lga; done
    joins hub lga --kind lga
    joins lga hub --kind lga
    kill_hub
    for city in baguio jambi; do put "$city" "$(office o "Desk of $city")"; done
    converge 4 lga baguio jambi # Without the other hub.
    put lga "$(office late "Late Desk")"
    revive_hub
    converge 4 hub lga baguio jambi
}
