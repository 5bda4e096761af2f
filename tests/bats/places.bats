#!/usr/bin/env bats
# Where DIR may be and whose it is; several nodes on one machine.

load support

setup() { scratch; }
teardown() { stop_all; }

# Run as somebody else who may read the folders of the test; needs root.
as_other() {
    [ "$(id -u)" -eq 0 ] || skip "running as another user needs root"
    chmod 755 "$BATS_RUN_TMPDIR" "$BATS_TEST_TMPDIR" "$BATS_TEST_TMPDIR"/.. "$ROOT"
    setpriv --reuid=65534 --regid=65534 --clear-groups "$@"
}

# The command after "start it: " in the output, run as a shell would.
hinted() { sed -n 's/^ *start it: //p' <<<"$output"; }

@test "a folder with spaces, apostrophes, other scripts and a long name" {
    local long dir
    long=$(printf 'x%.0s' {1..120})
    dir="$ROOT/it's a \"çity\" 西安 \$HOME $long"
    new_city "$dir" "Xi'an" CN
    run c2c -C "$dir" list office
    [ "$status" -eq 5 ]
    # What it says can be pasted into a shell.
    [ "$(hinted)" != "" ]
    printf '%s --check\n' "$(hinted)" >"$ROOT/pasted"
    bash "$ROOT/pasted"
    start_node "$dir"
    printf '{"type":"office","slug":"o","body":{"name":{"en":"O"}}}' |
        c2c -C "$dir" put -
    c2c -C "$dir" show office/o >/dev/null
    c2c -C "$dir" backup "$ROOT/$long's" >/dev/null
    [ -s "$ROOT/$long's" ]
    c2c -C "$dir" doctor
    stop_node "$dir"
}

@test "a relative folder, with and without a slash at its end, and a link to it" {
    cd "$ROOT"
    new_city a Oulu FI
    ln -s a link
    c2cd -C a/ >>a.log 2>&1 3>&- &
    echo $! >a.pid
    c2c -C a status --wait >/dev/null
    c2c -C ./a/ status >/dev/null
    c2c -C link status >/dev/null
    C2C_DIR=a c2c status >/dev/null
    cd a/run
    c2c -C .. status >/dev/null
    run c2cd -C ../../link
    [ "$status" -eq 1 ]
    has "$output" "another c2cd" "$(cat "$ROOT/a.pid")"
}

@test "without -C: C2C_DIR, then XDG_DATA_HOME, then the home folder" {
    mkdir -p "$ROOT/home"
    HOME=$ROOT/home c2c init --name Oulu --country FI >/dev/null
    [ -f "$ROOT/home/.local/share/c2c/keyset" ]
    HOME=$ROOT/home c2cd --check
    XDG_DATA_HOME=$ROOT/data c2c init --name Oulu --country FI >/dev/null
    [ -f "$ROOT/data/c2c/keyset" ]
    XDG_DATA_HOME=$ROOT/data c2cd --check
    # A relative one does not count, for either program.
    HOME=$ROOT/home XDG_DATA_HOME=data c2cd --check
    run env -u HOME c2cd --check
    [ "$status" -eq 2 ]
    has "$output" "-C DIR"
    run env -u HOME c2c status
    [ "$status" -eq 2 ]
    has "$output" "-C DIR"
    run c2cd -C '' --check
    [ "$status" -eq 2 ]
    run c2c -C '' status
    [ "$status" -eq 2 ]
}

@test "what is no folder of a city is told as what it is" {
    echo text >"$ROOT/file"
    run c2c -C "$ROOT/file" status
    [ "$status" -eq 5 ]
    has "$output" "$ROOT/file" "is a file" "-C DIR"
    run c2c -C "$ROOT/file" init --name A --country DE
    [ "$status" -eq 1 ]
    has "$output" "$ROOT/file"
    [ "$(cat "$ROOT/file")" = text ]
    run c2cd -C "$ROOT/file"
    [ "$status" -eq 1 ]
    run c2c -C "$ROOT/none/deeper" status
    [ "$status" -eq 5 ]
    has "$output" "no city" "init --name"
}

@test "init does not touch a city that is there, nor a folder of something else" {
    new_city "$ROOT/a" Oulu FI
    find "$ROOT/a" -type f -exec sha256sum {} + | sort >"$ROOT/before"
    run c2c -C "$ROOT/a" init --name Other --country FI
    [ "$status" -ne 0 ]
    has "$output" "$ROOT/a"
    find "$ROOT/a" -type f -exec sha256sum {} + | sort >"$ROOT/after"
    cmp "$ROOT/before" "$ROOT/after"
}

@test "two nodes on one machine know nothing of each other" {
    new_city "$ROOT/a" Oulu FI
    new_city "$ROOT/b" Leeds GB
    start_node "$ROOT/a"
    start_node "$ROOT/b"
    printf '{"type":"office","slug":"o","body":{"name":{"en":"Only in Oulu"}}}' |
        c2c -C "$ROOT/a" put -
    c2c -C "$ROOT/a" show office/o >/dev/null
    run c2c -C "$ROOT/b" show office/o
    [ "$status" -eq 3 ]
    stop_node "$ROOT/a"
    c2c -C "$ROOT/b" status >/dev/null
    run c2c -C "$ROOT/a" status
    [ "$status" -eq 5 ]
}

@test "another user is told whose folder it is and gets nothing" {
    new_city "$ROOT/a" Oulu FI
    start_node "$ROOT/a"
    run as_other c2c -C "$ROOT/a" list city
    [ "$status" -eq 5 ]
    has "$output" "another user" "sudo -u"
    lacks "$output" Oulu
    run as_other c2cd -C "$ROOT/a"
    [ "$status" -eq 1 ]
    has "$output" "$ROOT/a" permission
    run as_other c2c -C "$ROOT/mine" init --name A --country DE
    [ "$status" -eq 1 ]
    has "$output" "$ROOT/mine" Permission
}

@test "a folder that cannot be written: told by name, and readable again after" {
    [ "$(id -u)" -eq 0 ] || skip "a read-only mount needs root"
    new_city "$ROOT/a" Oulu FI
    start_node "$ROOT/a"
    stop_node "$ROOT/a"
    mount --bind "$ROOT/a" "$ROOT/a" && mount -o remount,bind,ro "$ROOT/a" ||
        skip "mounting is not allowed here"
    run c2cd -C "$ROOT/a"
    umount "$ROOT/a"
    [ "$status" -eq 1 ]
    has "$output" "$ROOT/a"
    start_node "$ROOT/a"
}

@test "somebody else's program on the socket's name is not driven away" {
    new_city "$ROOT/a" Oulu FI
    python3 - "$ROOT/a/run" "$ROOT/listening" 3>&- <<'PY' &
import os, socket, sys
os.chdir(sys.argv[1])
box = socket.socket(socket.AF_UNIX)
box.bind("control.sock")
box.listen(1)
open(sys.argv[2], "w").close()
while True:
    peer, _ = box.accept()
    peer.close()
PY
    local other=$!
    await [ -e "$ROOT/listening" ]
    run c2cd -C "$ROOT/a"
    kill "$other"
    [ "$status" -eq 1 ]
    has "$output" control.sock stop
}

@test "links and other things in the place of its files are refused or harmless" {
    new_city "$ROOT/a" Oulu FI
    mv "$ROOT/a/keys/node.key" "$ROOT/elsewhere"
    chmod 644 "$ROOT/elsewhere"
    ln -s "$ROOT/elsewhere" "$ROOT/a/keys/node.key"
    run c2cd -C "$ROOT/a"
    [ "$status" -eq 1 ]
    has "$output" node.key
    rm "$ROOT/a/keys/node.key"
    mkdir "$ROOT/a/keys/node.key"
    run c2cd -C "$ROOT/a"
    [ "$status" -eq 1 ]
    has "$output" node.key
    rmdir "$ROOT/a/keys/node.key"
    mv "$ROOT/elsewhere" "$ROOT/a/keys/node.key"
    chmod 600 "$ROOT/a/keys/node.key"
    mkdir "$ROOT/a/store.db"
    run c2cd -C "$ROOT/a"
    [ "$status" -eq 1 ]
    has "$output" store.db
    rmdir "$ROOT/a/store.db"
    start_node "$ROOT/a"
}
