#!/usr/bin/env bats
# The questions of the framework report that one city's node must answer.

load support

setup_file() {
    export NODES=$BATS_FILE_TMPDIR
    local city
    while IFS='|' read -r city name country; do
        c2c -C "$NODES/$city" init --name "$name" --country "$country" \
            --slug "$city" >"$NODES/$city.id" 2>/dev/null
        start_node "$NODES/$city"
        put_examples "$NODES/$city" "$city"
    done <<'EOF'
hangzhou|Hangzhou|CN
baguio|Baguio|PH
xian|Xi'an|CN
kuala-lumpur|Kuala Lumpur|MY
fuzhou|Fuzhou|CN
jambi|Jambi|ID
EOF
}
teardown_file() {
    local file
    for file in "$BATS_FILE_TMPDIR"/*.pid; do
        stop_node "${file%.pid}"
    done
}

ask() { # ask CITY COMMAND...
    local city=$1
    shift
    c2c -C "$NODES/$city" "$@"
}

@test "Baguio, sister cities: the City Tourism and Special Events Office" {
    ask baguio who Baguio --for sister-city --json >"$BATS_TEST_TMPDIR/a"
    jq -e '.matched == "purpose" and (.offices | length) == 1' "$BATS_TEST_TMPDIR/a"
    has "$(jq -r '.offices[0].name' "$BATS_TEST_TMPDIR/a")" "City Tourism and Special Events Office"
    has "$(ask baguio who baguio --for sister-city)" CTSEO
}

@test "Baguio, cooperation agreements: the planning and the budget office" {
    ask baguio who baguio --for cooperation-agreement --json >"$BATS_TEST_TMPDIR/a"
    jq -e '(.offices | length) == 2' "$BATS_TEST_TMPDIR/a"
    has "$(jq -r '.offices[].name' "$BATS_TEST_TMPDIR/a")" \
        "City Planning and Development Office" "City Budget Office"
}

@test "Xi'an in any spelling: culture and the Silk Road economy" {
    local name
    for name in "Xi'an" "Xi’an" "xi an" XIAN 西安 西安市; do
        has "$(ask xian who "$name" --for culture --json | jq -r '.offices[].name')" \
            "Foreign Affairs Office of Xi'an Municipal People's Government"
    done
    has "$(ask xian who xian --for silk-road-economy --json | jq -r '.offices[].name')" \
        "Xi'an Development and Reform Commission"
}

@test "who decides: Kuala Lumpur, Fuzhou, Jambi, Hangzhou" {
    kinds() { ask "$1" who "$1" --json | jq -c '[.decision_authority[].kind[]] | unique'; }
    [ "$(kinds kuala-lumpur)" = '["national-state-representative"]' ]
    [ "$(kinds fuzhou)" = '["local-government-official"]' ]
    [ "$(kinds jambi)" = '["elected-representative","local-government-official"]' ]
    [ "$(kinds hangzhou)" = '["local-government-official"]' ]
}

@test "channels: Kuala Lumpur, Fuzhou, Jambi" {
    kinds() { ask "$1" who "$1" --json | jq -c '[.offices[0].channels[].kind] | unique'; }
    [ "$(kinds kuala-lumpur)" = '["email","fax","lga","national-state-government","telephone"]' ]
    [ "$(kinds fuzhou)" = '["email","fax","lga","social-media","telephone"]' ]
    [ "$(kinds jambi)" = '["email","fax","lga","telephone"]' ]
}

@test "Baguio's partners: 32 foreign and 33 domestic" {
    ask baguio list relationship --all --jsonl >"$BATS_TEST_TMPDIR/rel"
    [ "$(wc -l <"$BATS_TEST_TMPDIR/rel")" -eq 65 ]
}

@test "Hangzhou's five cases are told in four parts" {
    local slug
    ask hangzhou list practice --jsonl >"$BATS_TEST_TMPDIR/p"
    for slug in dresden gifu oulu lugano leeds; do
        run ask hangzhou show "practice/$slug"
        [ "$status" -eq 0 ]
        has "$output" "WHO?" "WHEN?" "WHAT HAS BEEN DONE?" \
            "THE EXPECTED LONG-TERM IMPACT?"
    done
}

@test "a two-character Chinese word finds records, traditional spelling too" {
    [ "$(ask hangzhou find 杭州 --json | jq '.items | length')" -ge 1 ]
    [ "$(ask hangzhou find 盧加諾 --json | jq '.items | length')" -ge 1 ]
    [ "$(ask hangzhou find 卢加诺 --json | jq '.items | length')" -ge 1 ]
}

@test "habits: Fuzhou idea first, Jambi relation first; regular contacts" {
    body() { ask "$1" list office --json | jq -r ".items[].body.$2 // empty"; }
    [ "$(body fuzhou discovery_style | head -n 1)" = idea-first ]
    [ "$(body jambi discovery_style | head -n 1)" = relation-first ]
    [ "$(body kuala-lumpur regular_contacts_band | head -n 1)" = 0-5 ]
    [ "$(body jambi regular_contacts_band | head -n 1)" = 0-5 ]
    [ "$(body fuzhou regular_contacts_band | head -n 1)" = over-20 ]
}

@test "a purpose without an office of its own is answered by the general office, and said" {
    run ask jambi who jambi --for aid
    [ "$status" -eq 0 ]
    ask jambi who jambi --for aid --json | jq -e '.matched == "general"'
    has "$output" "general"
}

@test "every node verifies what it holds" {
    local city
    for city in hangzhou baguio xian kuala-lumpur fuzhou jambi; do
        ask "$city" verify
    done
}

@test "four forms of output say the same" {
    ask hangzhou list practice --json | jq -r '.items[].ref' | sort >"$BATS_TEST_TMPDIR/1"
    ask hangzhou list practice --jsonl | jq -r .ref | sort >"$BATS_TEST_TMPDIR/2"
    ask hangzhou list practice --plain | cut -f1 | sort >"$BATS_TEST_TMPDIR/3"
    diff "$BATS_TEST_TMPDIR/1" "$BATS_TEST_TMPDIR/2"
    diff "$BATS_TEST_TMPDIR/1" "$BATS_TEST_TMPDIR/3"
    ask hangzhou list practice --records | jq -e .
}

@test "a record printed as JSON can be put back unchanged" {
    ask xian show office/fao --json >"$BATS_TEST_TMPDIR/r.json"
    local before
    before=$(ask xian status --json | jq .rev)
    ask xian put "$BATS_TEST_TMPDIR/r.json"
    [ "$(ask xian status --json | jq .rev)" -eq "$before" ]
}
