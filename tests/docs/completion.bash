#!/bin/bash
# The completions complete: in bash, and where they are installed in zsh and
# fish.
#
# usage: completion.bash FOLDER    that holds completion.SHELL
# shellcheck disable=SC2034 # COMP_WORDS and COMP_CWORD are read by _c2c.
set -eu
folder=$1
failed=0

# Fail unless @words (after the name of the test) has each of the others.
has() { # has NAME "WORDS" WORD...
    local name=$1 words=" $2 " word
    shift 2
    for word in "$@"; do
        [[ $words == *" $word "* ]] || {
            echo "$name: '$word' is not among:$words" >&2
            failed=1
        }
    done
}
lacks() { # lacks NAME "WORDS" WORD
    [[ " $2 " != *" $3 "* ]] || {
        echo "$1: '$3' is among: $2" >&2
        failed=1
    }
}

# What Tab offers behind these words, on one line.
in_bash() {
    COMP_WORDS=("$@") COMP_CWORD=$(($# - 1)) COMPREPLY=()
    _c2c
    echo "${COMPREPLY[*]}"
}
# shellcheck source=/dev/null
. "$folder/completion.bash"
[[ $(complete -p c2c) == *"-F _c2c c2c" ]]
has "bash command" "$(in_bash c2c '')" who find init help version
has "bash command" "$(in_bash c2c st)" status
lacks "bash command" "$(in_bash c2c st)" show
has "bash command behind -C" "$(in_bash c2c -C /tmp '')" who
has "bash option" "$(in_bash c2c list --t)" --topic --timeout
lacks "bash option" "$(in_bash c2c who --t)" --topic
has "bash type" "$(in_bash c2c list off)" office
has "bash type" "$(in_bash c2c import --type '')" office relationship
has "bash reference" "$(in_bash c2c show off)" office/
has "bash reference" "$(in_bash c2c rm '')" contact/ office/
has "bash reference" "$(in_bash c2c verify off)" office/
has "bash value" "$(in_bash c2c who baguio --for si)" sister-city
has "bash value" "$(in_bash c2c who --for '')" waste sister-city
lacks "bash value" "$(in_bash c2c list practice --topic '')" sister-city
has "bash value" "$(in_bash c2c list office --purpose sis)" sister-city
has "bash word" "$(in_bash c2c completion '')" bash zsh fish

if command -v zsh >/dev/null; then
    zsh -n "$folder/completion.zsh"
    # From $fpath as compinit loads it: a function whose first call answers.
    in_zsh() {
        zsh -f -c '
            compdef() { : }
            compadd() { shift; print -- $* }
            _files() { print FILES }
            functions[_c2c]=$(<$1)
            shift
            words=("$@") CURRENT=$#
            _c2c' zsh "$folder/completion.zsh" "$@"
    }
    has "zsh command" "$(in_zsh c2c '')" who find init
    has "zsh option" "$(in_zsh c2c list --t)" --topic --timeout
    has "zsh type" "$(in_zsh c2c list '')" office
    has "zsh value" "$(in_zsh c2c who --for '')" sister-city waste
    has "zsh reference" "$(in_zsh c2c show '')" office/
    # And from a file that is read.
    zsh -f -c 'compdef() { [[ "$*" == "_c2c c2c" ]] && print defined }
        . $1' zsh "$folder/completion.zsh" | grep -qx defined
fi
if command -v fish >/dev/null; then
    in_fish() {
        # shellcheck disable=SC2016 # These are fish's.
        fish --no-config -c \
            'source $argv[1]; complete -C "$argv[2]"' \
            "$folder/completion.fish" "$1" | cut -f1 | tr '\n' ' '
    }
    has "fish command" "$(in_fish 'c2c ')" who find init
    has "fish option" "$(in_fish 'c2c list --t')" --topic --timeout
    has "fish type" "$(in_fish 'c2c list o')" office
    has "fish value" "$(in_fish 'c2c who --for si')" sister-city
    has "fish reference" "$(in_fish 'c2c show o')" office/
fi
exit "$failed"
