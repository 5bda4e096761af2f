#!/usr/bin/env bats
# The first thing a newcomer runs: it tells a story and leaves nothing behind.

load support

QUICKSTART=${BATS_TEST_DIRNAME}/../../deploy/quickstart

# Without the test's own descriptor: a node left behind fails, it does not hang.
quickstart() { "$QUICKSTART" "$@" 3>&-; }

setup() { export TMPDIR=$BATS_TEST_TMPDIR; }

# A c2c that does SHELL-CODE when its command is COMMAND: meddle COMMAND CODE
meddle() {
    mkdir "$BATS_TEST_TMPDIR/bin"
    ln -s "$C2C_BIN/c2cd" "$BATS_TEST_TMPDIR/bin/c2cd"
    cat >"$BATS_TEST_TMPDIR/bin/c2c" <<EOF
#!/bin/bash
if [ "\$3" = $1 ]; then $2; fi
exec "$C2C_BIN/c2c" "\$@"
EOF
    chmod +x "$BATS_TEST_TMPDIR/bin/c2c"
}

# No daemon whose folder is below ours is left.
nothing_runs() {
    local dir
    for dir in /proc/[0-9]*; do
        ! tr '\0' ' ' <"$dir/cmdline" 2>/dev/null |
            grep -q "^[^ ]*c2cd -C $BATS_TEST_TMPDIR/" || return 1
    done
}

@test "the quickstart answers, ends with the next steps and leaves nothing" {
    run quickstart
    [ "$status" -eq 0 ]
    has "$output" "Baguio        75 records" CTSEO "Who decides" "WHO?" \
        "西安市人民政府外事办公室" hangzhou/relationship/leeds \
        "admitted by BRLC" \
        "hangzhou/office/lantern-desk  Lantern festival desk" "Next:"
    nothing_runs
    [ -z "$(find "$TMPDIR" -name 'c2c-quickstart.*')" ]
}

@test "with --keep the nodes stay up and can be stopped as it says" {
    run quickstart --keep
    [ "$status" -eq 0 ]
    local pids dir
    pids=$(sed -n 's/^  kill //p' <<<"$output")
    dir=$(sed -n 's/^  cd //p' <<<"$output")
    [ "$(wc -w <<<"$pids")" -eq 7 ]
    c2c -C "$dir/jambi" who fuzhou >/dev/null
    # shellcheck disable=SC2086 # Seven words.
    kill $pids
    await nothing_runs
}

@test "a command that fails is shown and every node is stopped" {
    meddle put 'echo "no room left" >&2; exit 1'
    C2C_BIN=$BATS_TEST_TMPDIR/bin run quickstart
    [ "$status" -eq 1 ]
    has "$output" "put " "1-lga.json failed" "no room left" "stopped"
    nothing_runs
}

@test "ended in the middle, it stops every node and cleans up" {
    # shellcheck disable=SC2016 # For the meddling script.
    meddle find 'kill -TERM $PPID'
    C2C_BIN=$BATS_TEST_TMPDIR/bin run quickstart
    [ "$status" -eq 143 ]
    has "$output" "nothing is left running"
    nothing_runs
    [ -z "$(find "$TMPDIR" -name 'c2c-quickstart.*')" ]
}

@test "what it does not know it explains" {
    run quickstart --frobnicate
    [ "$status" -eq 2 ]
    has "$output" "--keep"
}
