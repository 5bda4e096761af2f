#!/usr/bin/env bats
# Lists, search, the log, drafts and audiences, as one sees and as scripts do.

load support

setup() {
    scratch
    new_city "$ROOT/a" Jambi ID
    start_node "$ROOT/a"
}
teardown() { stop_all; }

put() { c2c -C "$ROOT/a" put - >/dev/null; }
status_of() { c2c -C "$ROOT/a" status --json | jq -c "$1"; }

practices() { # practices N [TOPIC]
    local i
    for ((i = 0; i < $1; i++)); do
        printf '{"type":"practice","slug":"p%s","body":{"title":{"en":"Compost number %s"},"topics":["%s"],"who":[{"name":{"en":"Jambi"}}],"when":[{"date":"2019"}],"done":{"en":"d"},"impact":{"en":"i"}}}\n' \
            "$i" "$i" "${2:-waste}"
    done
}

# Every page of COMMAND..., two by two, as references.
pages() {
    local cursor='' page
    while :; do
        page=$(c2c -C "$ROOT/a" "$@" --limit 2 --json ${cursor:+--cursor "$cursor"}) || return
        jq -r '.items[] | .ref // "\(.epoch).\(.rev)"' <<<"$page"
        cursor=$(jq -r '.next // empty' <<<"$page")
        [ -n "$cursor" ] || return 0
    done
}

# The column (in characters, wide ones counted twice) at which TEXT begins in
# every line that has it.
columns_of() {
    python3 -c '
import sys, unicodedata
found = set()
for line in open(sys.argv[1], encoding="utf-8"):
    at = line.find(sys.argv[2])
    if at >= 0:
        found.add(sum(0 if unicodedata.combining(c) or unicodedata.category(c) in ("Mn", "Cf")
                      else 2 if unicodedata.east_asian_width(c) in "WF" else 1
                      for c in line[:at]))
print(len(found))
' "$1" "$2"
}

@test "columns align in Chinese, Arabic and with combining marks" {
    put <<'RECORDS'
{"type":"office","slug":"a","body":{"name":{"en":"Plain"}}}
{"type":"office","slug":"b","body":{"name":{"en":"外事办公室"}}}
{"type":"office","slug":"c","body":{"name":{"en":"مكتب الشؤون الخارجية"}}}
{"type":"office","slug":"d","body":{"name":{"en":"Văn phòng Ngoại vụ"}}}
{"type":"office","slug":"e","body":{"name":{"en":"สำนักงานต่างประเทศ"}}}
RECORDS
    c2c -C "$ROOT/a" list office >"$ROOT/list"
    local day
    day=$(date -u +%Y-)
    [ "$(grep -c "$day" "$ROOT/list")" -eq 5 ]
    [ "$(columns_of "$ROOT/list" "$day")" -eq 1 ]
    c2c -C "$ROOT/a" find office --plain >/dev/null
}

@test "nothing is cut and nothing is coloured where nobody looks" {
    local long
    long=$(printf 'word %.0s' {1..100})
    printf '{"type":"office","slug":"long","body":{"name":{"en":"%s end"}}}' "$long" | put
    COLUMNS=40 c2c -C "$ROOT/a" list office >"$ROOT/list"
    has "$(cat "$ROOT/list")" "word  end"
    lacks "$(cat "$ROOT/list")" $'\033'
    # On a terminal: colours, unless they are not wanted; and cut to its width.
    run env -u NO_COLOR TERM=xterm script -qec "c2c -C '$ROOT/a' show office/long" /dev/null
    has "$output" $'\033['
    run env NO_COLOR=1 TERM=xterm script -qec "c2c -C '$ROOT/a' show office/long" /dev/null
    lacks "$output" $'\033'
    run env -u NO_COLOR TERM=xterm script -qec "c2c -C '$ROOT/a' show office/long --no-color" /dev/null
    lacks "$output" $'\033'
    run env -u NO_COLOR TERM=dumb script -qec "c2c -C '$ROOT/a' show office/long" /dev/null
    lacks "$output" $'\033'
}

@test "what others wrote cannot steer the terminal" {
    printf '{"type":"office","slug":"o","body":{"name":{"en":"A\\u001b[2J\\u0007\\u009b1mB\\u202eC\\u2028D"}}}' | put
    local form
    for form in "show office/o" "list office" "find A" who "edit office/o" \
        "list office --plain" "find A --plain" "who --plain" "show office/o --json" \
        "list office --jsonl" "list office --records"; do
        # shellcheck disable=SC2086 # Words on purpose.
        c2c -C "$ROOT/a" $form >"$ROOT/out"
        run env LC_ALL=C grep -cP '[\x00-\x08\x0b-\x1f\x7f]|\xc2[\x80-\x9f]|\xe2\x80[\xa8-\xae]' "$ROOT/out"
        [ "$output" = 0 ]
    done
    # Programs get what was written.
    c2c -C "$ROOT/a" show office/o --json |
        jq -e '.body.name.en == "A\u001b[2J\u0007\u009b1mB\u202eC\u2028D"'
    [[ "$(c2c -C "$ROOT/a" list office --plain)" == *'A\u001b[2J\u0007\u009b1mB\u202eC\u2028D'* ]]
}

@test "--plain has one line an item, whatever is in it" {
    printf '{"type":"office","slug":"o","body":{"name":{"en":"A\\tB\\nC\\\\D"}}}' | put
    run --separate-stderr c2c -C "$ROOT/a" list office --plain
    [ "${#lines[@]}" -eq 1 ]
    has "$output" 'A\tB\nC\\D'
}

@test "what has no title is called by its parties" {
    put <<EOF
[{"type":"relationship","slug":"two","body":{"form":"sister","parties":[
   {"city":"$(cat "$ROOT/a.id")"},{"name":{"en":"Hangzhou","zh-Hans":"杭州"}}]}},
 {"type":"relationship","slug":"many","body":{"form":"sister","parties":[
   {"name":{"en":"A"}},{"name":{"en":"B"}},{"name":{"en":"C"}},{"name":{"en":"D"}}]}},
 {"type":"relationship","slug":"far","body":{"form":"sister","parties":[
   {"city":"$(printf 'ab%.0s' {1..32})"},{"name":{"en":"E"}}]}},
 {"type":"relationship","slug":"named","body":{"form":"sister","title":{"en":"Our tie"},"parties":[
   {"name":{"en":"A"}},{"name":{"en":"B"}}]}}]
EOF
    [ "$(c2c -C "$ROOT/a" show relationship/two --json | jq -r .title)" = "Jambi – Hangzhou" ]
    [ "$(c2c -C "$ROOT/a" show relationship/two --json --lang zh-Hans | jq -r .title)" = "Jambi – 杭州" ]
    [ "$(c2c -C "$ROOT/a" show relationship/many --json | jq -r .title)" = "A – B – C – …" ]
    [ "$(c2c -C "$ROOT/a" show relationship/far --json | jq -r .title)" = "abababababababab – E" ]
    [ "$(c2c -C "$ROOT/a" show relationship/named --json | jq -r .title)" = "Our tie" ]
    has "$(c2c -C "$ROOT/a" list relationship)" "Jambi – Hangzhou" "Our tie"
    has "$(c2c -C "$ROOT/a" find hangzhou)" "Jambi – Hangzhou"
    has "$(c2c -C "$ROOT/a" show relationship/two)" "Jambi – Hangzhou"
}

@test "pages are the whole, each item once, also while others write" {
    practices 9 | put
    [ "$(pages list practice | sort -u | wc -l)" -eq 9 ]
    [ "$(pages list practice | wc -l)" -eq 9 ]
    [ "$(pages find compost | sort -u | wc -l)" -eq 9 ]
    local i
    for i in {1..4}; do practices "$i" "$([ $((i % 2)) = 0 ] && echo waste || echo water-sanitation)" | put; done
    [ "$(pages log | wc -l)" -eq "$(status_of .rev)" ]
    [ "$(pages log | head -1)" = "1.$(status_of .rev)" ]
    # A cursor that was not given out is wrong input, not a crash.
    run c2c -C "$ROOT/a" list practice --cursor x
    [ "$status" -ne 0 ]
    has "$output" cursor
    run c2c -C "$ROOT/a" list practice --cursor 999999999999999999
    [ "$status" -eq 0 ]
}

@test "filters of find and list" {
    practices 2 waste | put
    printf '{"type":"office","slug":"o","body":{"name":{"en":"Compost office"},"scope":{"topics":["water-sanitation"],"purposes":["sister-city"]}}}' | put
    found() { c2c -C "$ROOT/a" find "$@" --plain | cut -f1 | sort | tr '\n' ' '; }
    [ "$(found compost)" = "jambi/office/o jambi/practice/p0 jambi/practice/p1 " ]
    [ "$(found compost --type office)" = "jambi/office/o " ]
    [ "$(found compost --topic waste)" = "jambi/practice/p0 jambi/practice/p1 " ]
    [ "$(found compost --country ID --limit 1 | wc -w)" -eq 1 ]
    [ "$(found compost --country DE)" = "" ]
    [ "$(found '"compost number"')" = "jambi/practice/p0 jambi/practice/p1 " ]
    [ "$(found comp)" != "" ]
    [ "$(found compost nowhere)" = "" ]
    local words
    # What means something to the index means nothing to the user.
    for words in '"' '*' 'a OR b' 'NEAR(a b)' '-a' "'" '(' '^compost' 'a:b' '%' '' ' '; do
        run c2c -C "$ROOT/a" find -- "$words"
        [ "$status" -eq 0 ] || [ "$status" -eq 2 ]
    done
    run --separate-stderr c2c -C "$ROOT/a" list practice --topic wste
    [ "$status" -eq 3 ]
    # shellcheck disable=SC2154 # Set by run.
    has "$stderr" "did you mean 'waste'?"
    run --separate-stderr c2c -C "$ROOT/a" list practice --topic sport
    [ "$status" -eq 0 ]
    has "$stderr" "c2c list practice"
    run --separate-stderr c2c -C "$ROOT/a" list project
    [ "$status" -eq 0 ]
    [ -z "$output" ]
    has "$stderr" "c2c new project"
}

@test "drafts and network records never show in the public state" {
    local public network
    public=$(status_of .roots.public)
    network=$(status_of .roots.network)
    printf '{"type":"office","slug":"d","audience":"local","body":{"name":{"en":"D"}}}' | put
    [ "$(status_of .rev)" -eq 1 ]
    [ "$(status_of .roots.public)" = "$public" ]
    [ "$(status_of .roots.network)" = "$network" ]
    lacks "$(c2c -C "$ROOT/a" log --json)" office/d
    # To the network: only that tree.
    printf '{"type":"office","slug":"d","audience":"network","body":{"name":{"en":"D"}}}' | put
    [ "$(status_of .roots.public)" = "$public" ]
    [ "$(status_of .roots.network)" != "$network" ]
    # To all, and back to a draft: both trees are as before.
    printf '{"type":"office","slug":"d","audience":"public","body":{"name":{"en":"D"}}}' | put
    [ "$(status_of .roots.public)" != "$public" ]
    [ "$(status_of .roots.network)" = "$network" ]
    printf '{"type":"office","slug":"d","audience":"local","body":{"name":{"en":"D"}}}' | put
    [ "$(status_of .roots.public)" = "$public" ]
    [ "$(status_of .roots.network)" = "$network" ]
    c2c -C "$ROOT/a" show office/d --json | jq -e '.audience == "local"'
    c2c -C "$ROOT/a" verify >/dev/null
    # Removed as a draft: no revision tells of it.
    local rev
    rev=$(status_of .rev)
    c2c -C "$ROOT/a" rm office/d --yes
    [ "$(status_of .rev)" -eq "$rev" ]
}

@test "confirm says that a record is true today and changes nothing else" {
    printf '{"type":"office","slug":"o","body":{"name":{"en":"O"},"verified_at":"2019-01-01T00:00:00Z"}}' >"$ROOT/o.json"
    c2c -C "$ROOT/a" put "$ROOT/o.json" >/dev/null
    c2c -C "$ROOT/a" show office/o --json | jq -e '.fresh.stale == true'
    run --separate-stderr c2c -C "$ROOT/a" confirm office/o
    [ "$status" -eq 0 ]
    [ "$output" = jambi/office/o ]
    c2c -C "$ROOT/a" show office/o --json |
        jq -e '.fresh.stale == false and .body.name == {"en":"O"}'
    # All or none.
    local rev
    rev=$(status_of .rev)
    run c2c -C "$ROOT/a" confirm office/o office/none
    [ "$status" -eq 3 ]
    [ "$(status_of .rev)" -eq "$rev" ]
}

@test "a large revision is told shortly on a screen and wholly to programs" {
    practices 2500 | put
    run --separate-stderr c2c -C "$ROOT/a" log --limit 1
    [ "${#output}" -lt 1000 ]
    has "$output" "and 2495 more"
    c2c -C "$ROOT/a" log --limit 1 --json | jq -e '.items[0].changed == 2500'
}

@test "a removed record leaves no byte in any file, in any way it can go" {
    secret() { printf '{"type":"office","slug":"%s","audience":"%s","body":{"name":{"en":"Quokka%s Desk"},"scope":{"note":{"en":"x"}}}}' "$1" "$2" "$1"; }
    secret one public | put
    secret two local | put
    secret three network | put
    # Changed away, removed, made while another reads, removed after a restart.
    c2c -C "$ROOT/a" find quokkaone --plain >/dev/null
    printf '{"type":"office","slug":"one","body":{"name":{"en":"Desk"}}}' | put
    c2c -C "$ROOT/a" rm office/two --yes
    stop_node "$ROOT/a" KILL
    start_node "$ROOT/a"
    c2c -C "$ROOT/a" rm office/three --yes
    run grep -rlai quokka "$ROOT/a"
    [ "$status" -eq 1 ]
    run c2c -C "$ROOT/a" find quokka --plain
    [ "${lines[0]:0:7}" = Nothing ]
    c2c -C "$ROOT/a" verify >/dev/null
}
