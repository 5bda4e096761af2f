#!/usr/bin/env bats
# Tables from an office's spreadsheet as records: all rows or none, every
# mistake with file, line and column.

load support

setup() {
    scratch
    cd "$ROOT" || return 1
    new_city "$ROOT/a" Fuzhou CN
    start_node "$ROOT/a"
    export C2C_DIR="$ROOT/a"
}
teardown() { stop_all; }

body() { c2c show "$1" --json | jq -cS .body; }

rev() { c2c status --json | jq .rev; }

# refused STATUS [WORD...] -- IMPORT-ARGUMENT...: nothing may change.
refused() {
    local want=$1 before words=()
    shift
    while [ "$1" != -- ]; do
        words+=("$1")
        shift
    done
    shift
    before=$(rev)
    run c2c import "$@"
    [ "$status" -eq "$want" ] || {
        printf 'status %s: %s\n' "$status" "$output" >&2
        return 1
    }
    has "$output" "${words[@]}"
    [ "$(rev)" -eq "$before" ]
}

@test "paths, labels, languages, lists, numbers and answers" {
    cat >offices.csv <<'EOF'
slug,Name,name.zh-Hans,kind,scope.general,scope.purposes,scope.topics,channels.kind,channels.address,channels.rank,channels.1.kind,decision_authority.kind
fao,Foreign Affairs Office,外事办公室,Dedicated cell,yes,Twin Town; aid,"garbage;气候变化;",E-mail,fao@city.example,1,Telephone,Elected representative;local-government-official
tour,"Tourism, Events",,designated-staff,no,,,,,,,
EOF
    run c2c import offices.csv --type office
    [ "$status" -eq 0 ]
    has "$output" fuzhou/office/fao fuzhou/office/tour "2 new"
    [ "$(body office/fao)" = '{"channels":[{"address":"fao@city.example","kind":"email","rank":1},{"kind":"telephone"}],"decision_authority":{"kind":["elected-representative","local-government-official"]},"kind":"dedicated-cell","name":{"en":"Foreign Affairs Office","zh-Hans":"外事办公室"},"scope":{"general":true,"purposes":["sister-city","aid"],"topics":["waste","climate"]}}' ]
    [ "$(body office/tour)" = '{"kind":"designated-staff","name":{"en":"Tourism, Events"},"scope":{"general":false}}' ]
}

@test "Chinese labels of fields and values" {
    printf 'slug,名称,类别\na,外办,专门机构\n' >zh.csv
    c2c --lang zh-Hans import zh.csv --type office
    [ "$(body office/a)" = '{"kind":"dedicated-cell","name":{"zh-Hans":"外办"}}' ]
}

@test "records of one file refer to one another, in any order" {
    printf 'slug,name\nfao,FAO\n' >o.csv
    c2c import o.csv --type office
    cat >c.csv <<'EOF'
slug;post.title;office;post.email;deputy
desk;Desk;office/fao;外事@city.example;contact/dep
dep;Deputy;office/fao;;contact/desk
EOF
    c2c import c.csv --type contact
    [ "$(body contact/desk)" = '{"deputy":"contact/dep","office":"office/fao","post":{"email":"外事@city.example","title":{"en":"Desk"}}}' ]
}

@test "a reference to nothing keeps all rows out" {
    printf 'slug,post.title,office\na,Desk,office/fao\nb,Desk,\n' >c.csv
    refused 3 "c.csv:2: office: there is no record 'office/fao'" -- c.csv --type contact
}

@test "importing a file again changes nothing; a corrected cell changes one record" {
    printf 'slug,name\na,A\nb,B\n' >o.csv
    c2c import o.csv --type office
    run c2c import o.csv --type office
    has "$output" "0 new, 0 changed, 2 unchanged"
    sed -i 's/,B/,C/' o.csv
    run c2c import o.csv --type office
    has "$output" "0 new, 1 changed, 1 unchanged"
}

@test "delimiters, byte order mark, line ends: as spreadsheets write them" {
    local d
    for d in ',' ';' '|' $'\t'; do
        printf '\xef\xbb\xbfslug%sname%skind\r\na%s"x;y, z"%snone\r\n\r\n' \
            "$d" "$d" "$d" "$d" >o.csv
        c2c import o.csv --type office
        [ "$(body office/a)" = '{"kind":"none","name":{"en":"x;y, z"}}' ]
        c2c rm office/a --yes
    done
}

@test "text of several lines in quotes, and line numbers after it" {
    printf 'slug,name,kind\na,"two\nlines ""quoted""",none\nb,B,nothing\n' >o.csv
    refused 1 o.csv:4 kind -- o.csv --type office
    sed -i 's/nothing/none/' o.csv
    c2c import o.csv --type office
    [ "$(body office/a | jq -r .name.en)" = $'two\nlines "quoted"' ]
}

@test "other encodings are refused, not guessed" {
    printf 'slug,name\na,\xdcber\n' >latin1.csv
    refused 1 latin1.csv "line 2" UTF-8 -- latin1.csv --type office
    printf 'slug,name\na,B\n' | iconv -t UTF-16 >utf16.csv
    refused 1 utf16.csv UTF-8 -- utf16.csv --type office
}

@test "a column that is no field names the nearest, with file and line" {
    printf 'slug,Nxme\na,A\n' >o.csv
    refused 1 o.csv:1 Nxme "did you mean 'name'" -- o.csv --type office
    printf 'slug,name,channels\na,A,x\n' >o.csv
    refused 1 o.csv:1 channels channels.kind -- o.csv --type office
    printf 'slug,name,name.en\na,A,B\n' >o.csv
    refused 1 o.csv:1 name.en "same field" -- o.csv --type office
}

@test "columns as \`c2c schema\` names them, and lists by their number" {
    printf 'slug,parties[].name,parties[1].name,parties[1].country,form\np,Fuzhou,Nara,JP,sister\n' >p.csv
    c2c import p.csv --type relationship
    [ "$(body relationship/p)" = '{"form":"sister","parties":[{"name":{"en":"Fuzhou"}},{"country":"JP","name":{"en":"Nara"}}]}' ]
    local bad
    for bad in '[].name' 'parties[]]' 'parties[' '[' ']' 'parties].' '.'; do
        printf 'slug,%s\np,x\n' "$bad" >b.csv
        refused 1 b.csv:1 -- b.csv --type relationship
    done
}

@test "every column that is no field is told at once" {
    printf 'slug,Nxme,kind,Remarks,name\na,A,none,x,B\n' >o.csv
    refused 1 "o.csv:1: Nxme" "o.csv:1: Remarks" "2 columns" -- o.csv --type office
    run --separate-stderr c2c import o.csv --type office --json
    [ "$status" -eq 1 ]
    # shellcheck disable=SC2154 # Set by run.
    [ "$(jq -r .error.thing <<<"$stderr")" = "o.csv:1: Nxme" ]
}

@test "missing and surplus cells" {
    printf 'slug,name,kind\na,A\n' >short.csv
    c2c import short.csv --type office
    [ "$(body office/a)" = '{"name":{"en":"A"}}' ]
    printf 'slug,name\nb,B,none\nc,C\nd,D,x,y\n' >long.csv
    refused 1 long.csv:2 long.csv:4 "there are 2 columns" "2 rows" -- long.csv --type office
    printf 'slug,kind\na,none\n' >missing.csv
    refused 1 missing.csv:2 "'name' is missing" -- missing.csv --type office
}

@test "columns without a name must be empty" {
    printf 'slug,name,,\na,A,,\n' >o.csv
    c2c import o.csv --type office
    printf 'slug,name,,\na,A,,x\n' >o.csv
    refused 1 o.csv:2 "without a name" -- o.csv --type office
    run --separate-stderr c2c import o.csv --type office --json
    [ "$status" -eq 1 ]
    # shellcheck disable=SC2154 # Set by run.
    [ "$(jq -r .error.code <<<"$stderr")" = MALFORMED ]
}

@test "every bad row is told with line, column, reason and what is allowed" {
    cat >o.csv <<'EOF'
slug,name,kind,scope.purposes,languages.tag
a,A,cell,,
b,B,none,sister-citty,
c,C,none,,english language
d,D,none,,en
EOF
    refused 1 "o.csv:2: kind" dedicated-cell "o.csv:3: scope.purposes" \
        "did you mean 'sister-city'" "o.csv:4: languages.tag" "BCP 47" \
        "3 of 4" -- o.csv --type office
    run --separate-stderr c2c import o.csv --type office --json
    # shellcheck disable=SC2154 # Set by run.
    jq -e '[.error.problems[] | [.line, .field]] ==
        [[2,"kind"],[3,"scope.purposes"],[4,"languages.tag"]]' <<<"$stderr"
}

@test "a map names columns, leaves some out, and is checked" {
    printf 'Naam,Soort,Opmerking,Mail,Weg\nBureau,none,geheim,a@b.example,email\n' >nl.csv
    echo '{"Naam": "name.nl", "Soort": "kind", "Opmerking": null,
        "Mail": "channels.0.address", "Weg": "channels.0.kind"}' >map.json
    c2c import nl.csv --type office --map map.json >refs
    [ "$(body "$(cat refs)")" = '{"channels":[{"address":"a@b.example","kind":"email"}],"kind":"none","name":{"nl":"Bureau"}}' ]

    echo '{"Naam": "nme.nl"}' >m.json
    refused 1 nl.csv:1 Naam "'nme.nl'" -- nl.csv --type office --map m.json
    echo '{"Naam": 5}' >m.json
    refused 1 nl.csv:1 Naam null -- nl.csv --type office --map m.json
    echo '["Naam"]' >m.json
    refused 1 m.json COLUMN -- nl.csv --type office --map m.json
    echo '{"Naam' >m.json
    refused 1 m.json:1 -- nl.csv --type office --map m.json
    refused 1 none.json "No such file" -- nl.csv --type office --map none.json
    jq '. + {"Naem": "name.en"}' map.json >m.json
    run c2c import -n nl.csv --type office --map m.json
    [ "$status" -eq 0 ]
    has "$output" "'Naem'"
}

@test "empty files, files without rows, no type, no file" {
    : >empty.csv
    refused 1 empty.csv "is empty" "schema office" -- empty.csv --type office
    printf 'slug,name\n' >head.csv
    run c2c import head.csv --type office
    [ "$status" -eq 0 ]
    has "$output" "no rows"
    refused 2 --type -- head.csv
    refused 1 none.csv "No such file" -- none.csv --type office
    refused 3 "did you mean office" -- head.csv --type ofice
    printf 'slug,name\na,"A\n' >open.csv
    refused 1 open.csv "line 2" "not closed" -- open.csv --type office
}

@test "a dry run checks and changes nothing; standard input is a file too" {
    local before
    before=$(rev)
    printf 'slug,name\na,A\n' >o.csv
    run c2c import -n o.csv --type office
    [ "$status" -eq 0 ]
    has "$output" "would be new"
    [ "$(rev)" -eq "$before" ]
    c2c import - --type office <o.csv
    body office/a
}

@test "what is the same in every row stands in the map" {
    printf 'slug,partner,since\nnara,Nara,1990\nlome,Lom\u00e9,\n' >p.csv
    cat >map.json <<'EOF'
{"partner": "parties.1.name", "since": null, "=form": "Sister city",
 "=parties.0.name": "Fuzhou", "=parties.1.country": "Japan", "=audience": "network"}
EOF
    c2c import p.csv --type relationship --map map.json
    [ "$(body relationship/nara)" = \
        '{"form":"sister","parties":[{"name":{"en":"Fuzhou"}},{"country":"JP","name":{"en":"Nara"}}]}' ]
    [ "$(c2c show relationship/lome --json | jq -r .audience)" = network ]
    echo '{"partner": "parties.1.name", "since": null, "=nonsense": "x"}' >map.json
    refused 1 "=nonsense" "no field of relationship" -- p.csv --type relationship --map map.json
    echo '{"partner": "parties.1.name", "since": null, "=form": 7}' >map.json
    refused 1 "=form" "no text in quotes" -- p.csv --type relationship --map map.json
    echo '{"partner": "parties.1.name", "since": null, "=slug": "x"}' >map.json
    refused 1 "are the same field" -- p.csv --type relationship --map map.json
    echo '{"partner": "parties.1.name", "since": null, "=form": "sisters", "=parties.0.name": "Fuzhou"}' >map.json
    refused 1 "p.csv:2" "=form" sister -- p.csv --type relationship --map map.json
}

@test "thousands of rows, and one mistake in all of them told once" {
    python3 - >many.csv <<'EOF'
print("slug,parties.0.name,parties.1.name,parties.1.name.zh-Hans,parties.1.country,"
      "form,stages.0.form,stages.0.date,rank,topics")
for i in range(3000):
    print(f"p{i},Fuzhou,City {i},城市{i},DE,Sister city,sister,{1950 + i % 70},*{i},垃圾;tourism")
EOF
    run c2c import many.csv --type relationship
    [ "$status" -eq 0 ]
    has "$output" "3000 new"
    sed 's/,DE,/,Germany,/' many.csv >named.csv
    c2c import named.csv --type relationship >/dev/null
    [ "$(body relationship/p2999 | jq -r '.parties[1].country')" = DE ]
    [ "$(body relationship/p2999 | jq -c '[.parties[1].name["zh-Hans"],.form,.topics]')" = \
        '["城市2999","sister",["waste","tourism"]]' ]
    sed -i 's/,DE,/,Germania,/' many.csv
    refused 1 many.csv:2 many.csv:6 "times more" "3000 of 3000" -- many.csv --type relationship
    lacks "$output" many.csv:7:
    [ "${#lines[@]}" -lt 30 ]
}
