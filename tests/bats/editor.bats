#!/usr/bin/env bats
# Writing and changing records in an editor: forms for every type, mistakes
# shown where the author is, nothing lost.

load support

setup() {
    scratch
    cd "$ROOT" || return 1
    new_city "$ROOT/a" Fuzhou CN
    start_node "$ROOT/a"
    export C2C_DIR="$ROOT/a" TERM=dumb
    unset VISUAL EDITOR
    HOME="$ROOT"
}
teardown() { stop_all; }

body() { c2c show "$1" --json | jq -cS .body; }

# editor NAME: a script from standard input that gets the file as "$1" and how
# often it was called as $n.
editor() {
    {
        echo '#!/bin/bash'
        echo "n=\$((\$(cat '$ROOT/$1.n' 2>/dev/null || echo 0) + 1))"
        echo "[ \$n -lt 9 ] || exit 1 # It would never end."
        echo "echo \$n >'$ROOT/$1.n'; cp \"\$1\" '$ROOT/$1.'\$n"
        cat
    } >"$ROOT/$1"
    chmod +x "$ROOT/$1"
    export EDITOR="$ROOT/$1"
}

calls() { cat "$ROOT/$1.n" 2>/dev/null || echo 0; }

# terminal COMMAND...: run it as on a terminal; its output without colours.
terminal() {
    local words
    printf -v words '%q ' "$@"
    script -qec "$words" /dev/null </dev/null | tr -d '\r'
    return "${PIPESTATUS[0]}"
}

@test "a new record is written in the editor and saved" {
    editor ed <<'EOF'
sed -i 's/"name": {"en": ""}/"name": {"en": "Foreign Affairs Office"}/
        s,// "slug": "","slug": "fao",
        s,// "kind": "","kind": "none",' "$1"
EOF
    run terminal c2c new office
    [ "$status" -eq 0 ]
    has "$output" fuzhou/office/fao
    [ "$(body office/fao)" = '{"kind":"none","name":{"en":"Foreign Affairs Office"}}' ]
    [ "$(calls ed)" -eq 1 ]
}

@test "the form of every type: filled in, it is saved; left empty, it is refused" {
    local type fill
    new_city "$ROOT/l" Association PH --lga
    start_node "$ROOT/l"
    while IFS='|' read -r type dir fill; do
        C2C_DIR="$ROOT/$dir" c2c new "$type" --print >form
        grep -q "(required)" form
        run env C2C_DIR="$ROOT/$dir" c2c put form
        [ "$status" -eq 1 ] || {
            echo "$type: $output" >&2
            return 1
        }
        has "$output" "is missing"
        sed -E "$fill" form >filled
        run env C2C_DIR="$ROOT/$dir" c2c put filled
        [ "$status" -eq 0 ] || {
            echo "$type: $output" >&2
            return 1
        }
    done <<'EOF'
office|a|s,// "slug": "","slug": "fao",;s/"name": \{"en": ""/"name": {"en": "A"/
contact|a|s,// "slug": "","slug": "desk",;s/"title": \{"en": ""/"title": {"en": "A"/
holder|a|s,"contact": "","contact": "contact/desk",;s/"name": \{"en": ""/"name": {"en": "A"/
procedure|a|s/"title": \{"en": ""/"title": {"en": "A"/;s/"for": \[""/"for": ["aid"/;s/"action": \{"en": ""/"action": {"en": "A"/
practice|a|s/"(title|done|impact)": \{"en": ""/"\1": {"en": "A"/;s/"name": \{"en": ""/"name": {"en": "A"/;s/"date": ""/"date": "2019"/
relationship|a|s/"parties": \[/&{"name": {"en": "A"}},/;s/"name": \{"en": ""/"name": {"en": "A"/;s/"form": ""/"form": "sister"/
agreement|a|s,// "slug": "","slug": "pact",;s/"title": \{"en": ""/"title": {"en": "A"/;s/"parties": \[/&{"name": {"en": "A"}},/;s/"name": \{"en": ""/"name": {"en": "B"/
project|a|s/"(title|issues|objective)": \{"en": ""/"\1": {"en": "A"/;s/"partners": \[/&{"party": {"name": {"en": "A"}}},/;s/"name": \{"en": ""/"name": {"en": "B"/
signature|a|s,"record": "","record": "agreement/pact",;s/"hash": ""/"hash": "0000000000000000000000000000000000000000000000000000000000000000"/;s/"verb": ""/"verb": "agree"/
city|a|s/"name": \{"en": ""/"name": {"en": "Fuzhou"/
lga|l|s/"name": \{"en": ""/"name": {"en": "A"/
membership|l|s/"city": ""/"city": "abababababababababababababababababababababababababababababababab"/
EOF
    [ "$(C2C_DIR="$ROOT/a" c2c types --plain | wc -l)" -eq 12 ]
}

@test "what stays empty in the form is left out, what is unknown stays" {
    c2c new office --print | sed 's/"name": {"en": ""}/"name": {"en": "A", "zh": ""}/
        s,// "slug": "","slug": "a",
        s,// "scope": ,"scope": ,; s,// "channels": ,"channels": ,
        s/"body": {/&"future": {"x": ""},/' >form
    sed -i 's/"channels": \[{"kind": ""/"channels": [{"kind": "fax"/' form
    c2c put form
    [ "$(body office/a)" = '{"channels":[{"kind":"fax"}],"future":{"x":""},"name":{"en":"A"}}' ]
}

@test "nothing changed: nothing saved" {
    editor ed <<<'exit 0'
    run terminal c2c new office
    [ "$status" -eq 0 ]
    has "$output" "Nothing was changed"
    [ "$(c2c list office --plain | wc -l)" -eq 0 ]
    run ! ls "$ROOT"/*.unsaved.json
}

@test "a mistake comes back to the author with reason and what is allowed" {
    editor ed <<'EOF'
if [ "$n" -eq 1 ]; then
    sed -i 's/"name": {"en": ""}/"name": {"en": "A"}/
            s,// "slug": "","slug": "a",
            s,// "kind": "","kind": "dedicated",' "$1"
else
    sed -i 's/"kind": "dedicated"/"kind": "dedicated-cell"/' "$1"
fi
EOF
    run terminal c2c new office
    [ "$status" -eq 0 ]
    [ "$(calls ed)" -eq 2 ]
    [ "$(body office/a)" = '{"kind":"dedicated-cell","name":{"en":"A"}}' ]
    has "$(head -n 4 ed.2)" "NOT SAVED" "/body/kind" \
        "did you mean 'dedicated-cell'" "designated-staff"
}

@test "broken JSON comes back with the line as the editor counts it" {
    local line
    editor ed <<'EOF'
if [ "$n" -eq 1 ]; then
    sed -i 's/"name": {"en": ""}/"name": {"en" "A"}/; s,// "slug": "","slug": "a",' "$1"
else
    sed -i 's/"en" "A"/"en": "A"/' "$1"
fi
EOF
    run terminal c2c new office
    [ "$status" -eq 0 ]
    [ "$(calls ed)" -eq 2 ]
    line=$(grep -n '"name": {"en" "A"' ed.2 | head -n 1 | cut -d: -f1)
    has "$(head -n 1 ed.2)" "NOT SAVED" "office:$line:"
    body office/a
}

@test "giving up after a mistake keeps the text, and it can be put" {
    editor ed <<'EOF'
[ "$n" -gt 1 ] || sed -i 's/"name": {"en": ""}/"name": {"en": "A"}/
    s,// "slug": "","slug": "a",; s,// "kind": "","kind": "x",' "$1"
EOF
    run terminal c2c new office
    [ "$status" -eq 1 ]
    has "$output" "Nothing is lost" office.unsaved.json
    [ "$(stat -c %a office.unsaved.json)" = 600 ]
    run terminal c2c new office
    [ -f office.unsaved.json ]
    sed -i 's/"kind": "x"/"kind": "none"/' office.unsaved.json
    c2c put office.unsaved.json
    [ "$(body office/a)" = '{"kind":"none","name":{"en":"A"}}' ]
}

@test "an editor that fails saves nothing" {
    editor ed <<<'exit 3'
    run terminal c2c new office
    [ "$status" -eq 1 ]
    has "$output" "editor failed" EDITOR
    EDITOR="$ROOT/none" run terminal c2c new office
    [ "$status" -eq 1 ]
    has "$output" "editor failed"
    [ "$(c2c list office --plain | wc -l)" -eq 0 ]
}

nothing_left() { [ -z "$(find "$ROOT/a/run" -name 'c2c-office-*')" ]; }

@test "a terminal that is closed leaves the text with its author alone" {
    unset XDG_RUNTIME_DIR
    editor ed <<'EOF2'
echo '{"type":"office","body":{"name":{"en":"Half written"}}}' >"$1"
kill -HUP 0
EOF2
    # Under dash the shell dies first and the terminal hangs up once more.
    for shell in /bin/bash /bin/dash; do
        SHELL=$shell run terminal c2c new office
        await test -s office.unsaved.json
        await nothing_left
        has "$(cat office.unsaved.json)" "Half written"
        [ "$(stat -c %a office.unsaved.json)" = 600 ]
        rm office.unsaved.json
    done
}

@test "VISUAL goes before EDITOR, and both may have options" {
    editor two <<<'exit 0'
    editor one <<<'exit 0'
    VISUAL="$ROOT/two -w" EDITOR="$ROOT/one" run terminal c2c new office
    [ "$(calls one)" -eq 0 ]
    # With an option before it the file is the second argument.
    editor opt <<<'exit 0'
    cat >opt <<EOF
#!/bin/bash
[ "\$1" = --wait ] && sed -i 's/"en": ""/"en": "A"/; s,// "slug": "","slug": "a",' "\$2"
EOF
    VISUAL="$ROOT/opt --wait" terminal c2c new office
    [ "$(body office/a)" = '{"name":{"en":"A"}}' ]
}

@test "the file is private and goes away" {
    editor ed <<'EOF'
stat -c %a "$1" >"$0.mode"
echo "$1" >"$0.path"
EOF
    terminal c2c new holder
    [ "$(cat ed.mode)" = 600 ]
    [[ $(cat ed.path) == *holder*.json ]]
    [ ! -e "$(cat ed.path)" ]
}

@test "a record is changed: values filled in, a field commented out is gone" {
    printf '{"type":"office","slug":"a","body":{"name":{"en":"A","zh-Hans":"甲"},"kind":"none","future":[1,{"x":null}],"channels":[{"kind":"fax"},{"kind":"email"}]}}' |
        c2c put -
    editor ed <<'EOF'
sed -i 's/"zh-Hans": *"甲"/"zh-Hans": "乙"/; s,^ *"kind": "none",// &,' "$1"
EOF
    run terminal c2c edit office/a
    [ "$status" -eq 0 ]
    has "$output" changed
    [ "$(body office/a)" = '{"channels":[{"kind":"fax"},{"kind":"email"}],"future":[1,{"x":null}],"name":{"en":"A","zh-Hans":"乙"}}' ]
    [ "$(c2c list office --plain | wc -l)" -eq 1 ]
}

@test "a record that changed meanwhile is not overwritten" {
    printf '{"type":"office","slug":"a","body":{"name":{"en":"A"}}}' | c2c put -
    editor ed <<'EOF'
printf '{"type":"office","slug":"a","body":{"name":{"en":"B"}}}' | c2c put - >/dev/null
sed -i 's/"en":"A"/"en":"C"/' "$1"
EOF
    run terminal c2c edit office/a
    [ "$status" -eq 6 ]
    has "$output" "changed by somebody else" office.unsaved.json
    [ "$(body office/a)" = '{"name":{"en":"B"}}' ]
    grep -q '"en":"C"' office.unsaved.json
}

@test "byte order mark and line ends of other editors" {
    editor ed <<'EOF'
sed -i 's/"en": ""/"en": "A"/; s,// "slug": "","slug": "a",; s/$/\r/; 1s/^/\xef\xbb\xbf/' "$1"
EOF
    run terminal c2c new office
    [ "$status" -eq 0 ]
    [ "$(body office/a)" = '{"name":{"en":"A"}}' ]
}

@test "without a terminal the form is printed; --print does so anywhere" {
    editor ed <<<'exit 0'
    has "$(c2c new office)" '"type": "office"' "// Name (required)"
    has "$(terminal c2c new office --print)" '"type": "office"'
    [ "$(calls ed)" -eq 0 ]
    printf '{"type":"office","slug":"a","body":{"name":{"en":"A"}}}' | c2c put -
    has "$(c2c edit office/a)" '"slug": "a"' '"name": {"en":"A"}'
}

@test "labels and language of the form follow the author" {
    has "$(c2c --lang zh-Hans new office)" "// 名称" '{"zh-Hans": ""}'
    has "$(LC_ALL=C.UTF-8 c2c new office)" '{"en": ""}'
}

@test "no such type, no such record" {
    run c2c new ofice
    [ "$status" -eq 3 ]
    has "$output" office
    run c2c edit office/none
    [ "$status" -eq 3 ]
}

@test "schema and vocab explain every type and word list" {
    local type
    for type in $(c2c types --plain | cut -f1); do
        c2c schema "$type" --json | jq -e '.type == "object" and .properties'
        [ "$(c2c schema "$type" | wc -l)" -gt 5 ]
    done
    for type in topics purposes agendas languages; do
        c2c vocab "$type" --json | jq -e 'length > 0'
    done
    has "$(c2c vocab topics)" waste disaster-risk
    has "$(c2c --lang zh-Hans vocab topics)" 废物管理
}
