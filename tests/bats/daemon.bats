#!/usr/bin/env bats
# c2cd itself: starting, refusing to start, stopping, secrets.

load support

setup() {
    scratch
    new_city "$ROOT/a" Jambi ID
}
teardown() { stop_all; }

@test "the first start signs the city's profile as revision 1" {
    start_node "$ROOT/a"
    c2c -C "$ROOT/a" status --json >"$ROOT/status"
    jq -e --arg id "$(cat "$ROOT/a.id")" \
        '.city == $id and .epoch == 1 and .rev == 1' "$ROOT/status"
    run c2c -C "$ROOT/a" list city --plain
    [ "$status" -eq 0 ]
    has "$output" Jambi
}

@test "a second daemon on the same folder is refused and the first keeps working" {
    start_node "$ROOT/a"
    run c2cd -C "$ROOT/a"
    [ "$status" -eq 1 ]
    has "$output" "$ROOT/a" "$(cat "$ROOT/a.pid")"
    c2c -C "$ROOT/a" status >/dev/null
}

@test "a stale socket does not stand in the way" {
    start_node "$ROOT/a"
    stop_node "$ROOT/a" KILL
    [ -S "$ROOT/a/run/control.sock" ]
    start_node "$ROOT/a"
}

@test "secrets and socket are for the owner only" {
    start_node "$ROOT/a"
    [ "$(stat -c %a "$ROOT/a")" = 700 ]
    [ "$(stat -c %a "$ROOT/a/keys")" = 700 ]
    [ "$(stat -c %a "$ROOT/a/offline")" = 700 ]
    [ "$(stat -c %a "$ROOT/a/run")" = 700 ]
    local file
    for file in "$ROOT/a"/keys/* "$ROOT/a"/offline/*; do
        [ "$(stat -c %a "$file")" = 600 ]
    done
    [ "$(stat -c %a "$ROOT/a/run/control.sock")" = 600 ]
    local db
    for db in "$ROOT/a"/*.db*; do
        [ "$(stat -c %a "$db")" = 600 ]
    done
}

@test "a city with several root keys says how many of them sign" {
    new_city "$ROOT/k" Jambi ID --root-keys 3 --threshold 2
    local file
    for file in root-1 root-2 root-3; do
        [ "$(stat -c %a "$ROOT/k/offline/$file.key")" = 600 ]
    done
    start_node "$ROOT/k"
    run c2c -C "$ROOT/k" key show
    has "$output" "2 of 3 root keys"
    [ "$(c2c -C "$ROOT/k" key show --plain | grep -c $'\troot$')" -eq 3 ]
    run c2c -C "$ROOT/k" verify
    [ "$status" -eq 0 ]
    run c2c -C "$ROOT/k" doctor
    has "$output" "3 of the 3 root keys are still here"
    has "$output" "root-1.key" "2 of them together"
    rm "$ROOT/k/offline/root-1.key" "$ROOT/k/offline/root-3.key"
    run c2c -C "$ROOT/k" doctor
    has "$output" "1 of the 3 root keys is still here" "root-2.key"
    rm "$ROOT/k/offline/root-2.key"
    run c2c -C "$ROOT/k" doctor
    has "$output" "the root keys are not on this machine" "only this user"
    chmod 777 "$ROOT/k"
    run c2c -C "$ROOT/k" doctor
    has "$output" "others can write into $ROOT/k" "chmod 700"
    stop_node "$ROOT/k"
}

@test "the daemon cannot dump core and holds no root key" {
    start_node "$ROOT/a"
    local pid secret
    pid=$(cat "$ROOT/a.pid")
    has "$(grep 'Max core file size' "/proc/$pid/limits")" " 0 "
    rm -rf "$ROOT/a/offline"
    stop_node "$ROOT/a"
    start_node "$ROOT/a"
    secret=$(sed -n 's/^secret: //p' "$ROOT/a/keys/node.key")
    [ "${#secret}" -eq 64 ]
    lacks "$(cat "$ROOT/a.log")" "$secret"
    lacks "$(tr '\0' ' ' <"/proc/$(cat "$ROOT/a.pid")/cmdline")" "$secret"
    lacks "$(tr '\0' ' ' <"/proc/$(cat "$ROOT/a.pid")/environ")" "$secret"
    # Nor does it hand them out.
    local words
    for words in "key show --json" "status --json" "doctor --json" metrics; do
        # shellcheck disable=SC2086 # Words on purpose.
        run c2c -C "$ROOT/a" $words
        lacks "$output" "$secret"
    done
    c2c -C "$ROOT/a" backup "$ROOT/saved" >/dev/null
    run grep -ca "$secret" "$ROOT/saved"
    [ "$output" = 0 ]
}

@test "a key that others can read is refused by name" {
    chmod 644 "$ROOT/a/keys/node.key"
    run c2cd -C "$ROOT/a"
    [ "$status" -eq 1 ]
    has "$output" keys/node.key "chmod 600"
    chmod 600 "$ROOT/a/keys/node.key"
    chmod 755 "$ROOT/a/keys"
    run c2cd -C "$ROOT/a"
    [ "$status" -eq 1 ]
    has "$output" keys "chmod 700"
}

@test "a missing key is named" {
    rm "$ROOT/a/keys/node.key"
    run c2cd -C "$ROOT/a"
    [ "$status" -eq 1 ]
    has "$output" keys/node.key
}

@test "a folder without an identity says how to make one" {
    mkdir "$ROOT/empty"
    run c2cd -C "$ROOT/empty"
    [ "$status" -eq 1 ]
    has "$output" "c2c" "init"
}

@test "configuration errors name file, line, key and the nearest key" {
    printf 'log-levle = debug\n' >"$ROOT/bad.conf"
    run c2cd -C "$ROOT/a" --config "$ROOT/bad.conf" --check
    [ "$status" -ne 0 ]
    has "$output" "bad.conf:1: log-levle" "log-level"
    printf '\nworkers = 900\n' >"$ROOT/bad.conf"
    run c2cd -C "$ROOT/a" --config "$ROOT/bad.conf" --check
    [ "$status" -ne 0 ]
    has "$output" "bad.conf:2: workers" 64
    run c2cd -C "$ROOT/a" --config "$ROOT/none.conf" --check
    [ "$status" -ne 0 ]
    has "$output" none.conf
}

@test "--print-config prints what --check accepts" {
    c2cd -C "$ROOT/a" --print-config >"$ROOT/full.conf"
    c2cd -C "$ROOT/a" --config "$ROOT/full.conf" --check
    c2cd -C "$ROOT/a" --config "$ROOT/full.conf" --print-config | diff "$ROOT/full.conf" -
}

@test "wrong options of the daemon are usage errors" {
    run c2cd --no-such-option
    [ "$status" -eq 2 ]
    has "$output" "--help"
    run c2cd --help
    [ "$status" -eq 0 ]
    run c2cd --version
    [ "$status" -eq 0 ]
    has "$output" c2cd
}

@test "a folder with a very long path works" {
    local long
    long="$ROOT/$(printf 'long-name-%.0s' {1..12})/$(printf 'deeper-%.0s' {1..12})"
    mkdir -p "$long"
    new_city "$long/a" Jambi ID
    start_node "$long/a"
    c2c -C "$long/a" who jambi >/dev/null
    stop_node "$long/a"
}

@test "a restored store keeps what is put as drafts until the operator adopts it" {
    start_node "$ROOT/a"
    c2c -C "$ROOT/a" backup "$ROOT/saved.db"
    [ "$(stat -c %a "$ROOT/saved.db")" = 600 ]
    printf '{"type":"office","slug":"io","body":{"name":{"en":"Later"}}}' |
        c2c -C "$ROOT/a" put -
    stop_node "$ROOT/a"
    rm -f "$ROOT/a"/store.db* "$ROOT/a"/text.db* "$ROOT/a/instance"
    cp "$ROOT/saved.db" "$ROOT/a/store.db"
    start_node "$ROOT/a"
    printf '{"type":"office","slug":"new","body":{"name":{"en":"Newer"}}}' >"$ROOT/new.json"
    run c2c -C "$ROOT/a" put "$ROOT/new.json"
    [ "$status" -eq 0 ]
    has "$output" office/new "adopt-store"
    [ "$(c2c -C "$ROOT/a" status --json | jq .rev)" -eq 1 ]
    stop_node "$ROOT/a"
    start_node "$ROOT/a" --adopt-store
    [ "$(c2c -C "$ROOT/a" status --json | jq .rev)" -eq 2 ]
    c2c -C "$ROOT/a" show office/new --json | jq -e '.verified == true and .rev == 2'
    c2c -C "$ROOT/a" verify
}

@test "a lost store is not silently made anew" {
    start_node "$ROOT/a"
    stop_node "$ROOT/a"
    rm -f "$ROOT/a"/store.db*
    run c2cd -C "$ROOT/a"
    [ "$status" -eq 1 ]
    has "$output" store.db backup
}
