#!/usr/bin/env bats
# The questions of the framework report that one city's node must answer.

load support

setup_file() {
    export NODES=$BATS_FILE_TMPDIR
    local city
    local role
    while IFS='|' read -r city name country role; do
        c2c -C "$NODES/$city" init --name "$name" --country "$country" \
            --slug "$city" ${role:+"$role"} >"$NODES/$city.id" 2>/dev/null
        start_node "$NODES/$city"
        put_examples "$NODES/$city" "$city"
    done <<'EOF'
hangzhou|Hangzhou|CN
baguio|Baguio|PH
xian|Xi'an|CN
kuala-lumpur|Kuala Lumpur|MY
fuzhou|Fuzhou|CN
jambi|Jambi|ID
brlc|UCLG ASPAC BRLC|CN|--lga
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

@test "who decides is told in words, and so is that a city does not say" {
    has "$(ask kuala-lumpur who kuala-lumpur)" "Who decides" \
        "Representative of the national or state government" "Must go through"
    has "$(ask jambi who jambi)" "Elected representative, Local government official"
    has "$(ask baguio who baguio)" "Baguio has not published who decides"
    has "$(ask baguio who baguio --for tourism)" "has not published a procedure for this"
    lacks "$(ask jambi who jambi)" "has not published"
    [ "$(ask baguio who baguio --json | jq '.decision_authority | length')" -eq 0 ]
}

@test "what the answer shows are words, what programs read are codes" {
    local text
    text=$(ask fuzhou who fuzhou)
    has "$text" "E-mail international@fuzhou.example" "Social media" "Local government association UCLG ASPAC"
    lacks "$text" social-media local-government-official
    has "$(ask fuzhou who fuzhou --lang zh-Hans)" 社交媒体 地方政府官员
    has "$(ask fuzhou list office --lang zh-Hans | head -n 1)" 引用 名称 确认日期
    has "$(ask baguio who baguio --for 'sister cities')" "Named for this purpose: Sister cities"
    has "$(ask jambi who jambi --for waste)" "Named for this topic: Waste"
    [ "$(ask fuzhou list office --plain | cut -f8)" = dedicated-cell ]
}

@test "which procedure follows: papers and approvals too" {
    has "$(ask hangzhou who hangzhou --for sister-city)" "Procedure: " "1. " \
        "papers: Sister-city agreement" "approval: mayor"
    has "$(ask kuala-lumpur who kuala-lumpur)" "approval: national government"
    has "$(ask baguio who baguio --for cooperation-agreement)" "together with the City Budget Office"
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
    count() { ask baguio list relationship --where "scope=$1" --all --jsonl | wc -l; }
    [ "$(count foreign)" -eq 32 ]
    [ "$(count domestic)" -eq 33 ]
    [ "$(jq -s '[.[] | select(.body.scope == "domestic")] | length' "$BATS_TEST_TMPDIR/rel")" -eq 33 ]
}

@test "Baguio's list is kept as it is: wording of countries, numbers, doubt" {
    ask baguio list relationship --all --jsonl >"$BATS_TEST_TMPDIR/rel"
    stated() { jq -r --arg slug "$1" 'select(.slug == $slug).body.parties[1].country_as_stated' "$BATS_TEST_TMPDIR/rel"; }
    [ "$(stated caernarfon)" = "North Wales, United Kingdom" ]
    [ "$(stated gongju)" = Korea ]
    [ "$(stated taebaek)" = "South Korea" ]
    [ "$(jq -r 'select(.body.rank[-2:] == "30").slug' "$BATS_TEST_TMPDIR/rel" | sort | xargs)" = \
        "jeju pavia samcheok" ]
    [ "$(jq -r 'select(.body.rank[:1] == "*").slug' "$BATS_TEST_TMPDIR/rel" | sort | xargs)" = \
        "bacarra dalaguete samcheok" ]
    jq -es '[.[].body | select(.rank[:1] == "*")] | length == 3
        and all(.[]; (has("state") | not) and (.note.en | test("uncertain")))' "$BATS_TEST_TMPDIR/rel"
    has "$(ask baguio show relationship/hanyu)" "Pines City Lions Club"
}

@test "Xi'an's 39 agreements and 64 letters of intent are told" {
    ask xian find '"letters of intent"' --type city --jsonl | jq -e 'select(.ref == "xian/city/xian")'
    has "$(ask xian show city/xian)" "39 cooperation agreements" "64 letters of intent"
    has "$(ask xian who xian --for letter-of-intent)" "64 so far" "39 so far"
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

@test "dates are as certain as the report" {
    dates() { ask hangzhou show "practice/$1" --json | jq -c '[.body.when[].date]'; }
    [ "$(dates gifu)" = '["1962","1979-02-21","1984","1999?"]' ]
    [ "$(dates oulu)" = '["2013","2018-12","2019-04","2019"]' ]
    [ "$(dates lugano | jq -r '.[2]')" = 2020-11-07/2020-11-13 ]
    [ "$(ask hangzhou show agreement/dresden-2009 --json | jq -r .body.signed.date)" = 2009-04 ]
    has "$(ask hangzhou show practice/lugano --lang zh-Hans)" 卢加诺 杭州
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

@test "every city has one general office, role mailboxes and whole references" {
    local city ref
    for city in hangzhou baguio xian kuala-lumpur fuzhou jambi; do
        [ "$(ask "$city" list office --json | jq '[.items[] | select(.body.scope.general)] | length')" -eq 1 ]
        [ "$(ask "$city" list holder --json | jq '.items | length')" -eq 0 ]
        ask "$city" list contact --json |
            jq -e --arg at "@$city.example" '(.items | length) > 0 and all(.items[].body.post.email; endswith($at))'
        while read -r ref; do
            ask "$city" show "$ref" >/dev/null
        done < <(jq -rn '[inputs | .. | strings | select(test("^(office|contact|agreement|practice)/[a-z0-9-]+$"))]
            | unique[]' "$EXAMPLES/$city"/*.json)
    done
}

@test "the files are readable: UTF-8, two spaces, accepted by a dry run again" {
    local file
    for file in "$EXAMPLES"/*/*.json; do
        iconv -f UTF-8 -t UTF-8 "$file" >/dev/null
        run ! grep -nP '^( {2})* [^ ]|\t| $' "$file"
        ask "$(basename "$(dirname "$file")")" put -n "$file" 2>&1 | grep -q "nothing was changed"
    done
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
