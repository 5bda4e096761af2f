/* completion: shell scripts made from the table of commands. */

#include <string.h>

#include "c2c/command.h"
#include "c2c/run.h"

/* Commands whose first argument is a record type. */
static bool takes_type(const struct c2c_command *c)
{
    return strcmp(c->synopsis, "TYPE") == 0;
}

/* Those that take references: their types, with the slash, are a beginning. */
static bool takes_ref(const struct c2c_command *c)
{
    return strstr(c->synopsis, "REF") != NULL;
}

static void put(struct c2c_out *out, const char *text)
{
    c2c_out_write(out, c2c_view_str(text));
}

/* The types, each with @end behind it. */
static void types(struct c2c_run *run, const char *end)
{
    const struct c2c_types *all = c2c_run_types(run);

    for (size_t i = 0; i < c2c_types_count(all); i++) {
        c2c_out_print(&run->out, "%s%s%s", i == 0 ? "" : " ",
                      c2c_type_name(c2c_types_at(all, i)), end);
    }
}

static void codes(struct c2c_run *run, const char *vocab)
{
    const struct c2c_vocab *v =
        c2c_vocabs_find(c2c_run_types(run), c2c_view_str(vocab));

    for (size_t i = 0; i < c2c_vocab_count(v); i++) {
        c2c_out_print(&run->out, "%s ", c2c_vocab_code(v, i));
    }
}

/* What an option takes, if it is something of a list. */
static void values(struct c2c_run *run, const char *option)
{
    if (strcmp(option, "type") == 0) {
        types(run, "");
    } else if (strcmp(option, "for") == 0) {
        codes(run, "purposes");
        codes(run, "topics");
    } else if (strcmp(option, "topic") == 0) {
        codes(run, "topics");
    } else if (strcmp(option, "purpose") == 0) {
        codes(run, "purposes");
    }
}

static const char *const with_values[] = {"type", "for", "topic", "purpose"};

/* A case for each of them: "--NAME) BEGIN VALUES END". */
static void value_cases(struct c2c_run *run, const char *begin, const char *end)
{
    for (size_t i = 0; i < sizeof with_values / sizeof with_values[0]; i++) {
        c2c_out_print(&run->out, "    --%s) %s", with_values[i], begin);
        values(run, with_values[i]);
        put(&run->out, end);
    }
}

/* The words after the command: its own, types, or nothing. */
static void words(struct c2c_run *run, const struct c2c_command *c)
{
    if (takes_type(c)) {
        types(run, "");
    } else if (takes_ref(c)) {
        types(run, "/");
    }
    for (size_t i = 0; c->words != NULL && c->words[i] != NULL; i++) {
        c2c_out_print(&run->out, "%s%s", i == 0 ? "" : " ", c->words[i]);
    }
    if (c->fn == c2c_cmd_help) {
        for (const struct c2c_command *h = c2c_commands; h->name != NULL; h++) {
            c2c_out_print(&run->out, "%s ", h->name);
        }
    }
}

static void options(struct c2c_out *out, const struct c2c_option *o)
{
    for (; o != NULL && o->name != NULL; o++) {
        c2c_out_print(out, " --%s", o->name);
    }
}

/* Options that take something: the next word is not the command. */
static void with_argument(struct c2c_out *out, const char *between)
{
    bool first = true;

    for (const struct c2c_option *o = c2c_global_options; o->name != NULL;
         o++) {
        if (o->arg != NULL) {
            c2c_out_print(out, "%s--%s", first ? "" : between, o->name);
            first = false;
        }
    }
}

/* A case per command that sets `own` (its options) and `args`. */
static void cases(struct c2c_run *run)
{
    for (const struct c2c_command *c = c2c_commands; c->name != NULL; c++) {
        c2c_out_print(&run->out, "        %s) own='", c->name);
        options(&run->out, c->options);
        put(&run->out, "' args='");
        words(run, c);
        put(&run->out, "' ;;\n");
    }
}

static void commands(struct c2c_out *out)
{
    for (const struct c2c_command *c = c2c_commands; c->name != NULL; c++) {
        c2c_out_print(out, "%s ", c->name);
    }
}

/* Which command is it, and does an option before the cursor want a value? */
static void bash_begin(struct c2c_run *run)
{
    struct c2c_out *out = &run->out;

    put(out, "# bash completion for c2c\n"
             "_c2c() {\n"
             "    local cur=${COMP_WORDS[COMP_CWORD]} cmd= own= args= i\n"
             "    local prev=${COMP_WORDS[COMP_CWORD-1]}\n"
             "    for ((i = 1; i < COMP_CWORD; i++)); do\n"
             "        case ${COMP_WORDS[i]} in\n"
             "        -C|");
    with_argument(out, "|");
    put(out, ") ((i++)) ;;\n"
             "        -*) ;;\n"
             "        *) cmd=${COMP_WORDS[i]}; break ;;\n"
             "        esac\n"
             "    done\n"
             "    case $prev in\n"
             "    -C|--dir) mapfile -t COMPREPLY < <(compgen -d -- \"$cur\"); "
             "return ;;\n");
    value_cases(run, "mapfile -t COMPREPLY < <(compgen -W '",
                "' -- \"$cur\"); return ;;\n");
    put(out, "    esac\n");
}

static void bash(struct c2c_run *run)
{
    struct c2c_out *out = &run->out;

    bash_begin(run);
    put(out, "    case $cmd in\n"
             "        '') args='");
    commands(out);
    put(out, "' ;;\n");
    cases(run);
    put(out, "    esac\n"
             "    if [[ $cur == -* ]]; then\n"
             "        mapfile -t COMPREPLY < <(compgen -W \"$own");
    options(out, c2c_global_options);
    put(out, "\" -- \"$cur\")\n"
             "    elif [[ -n $args ]]; then\n"
             "        mapfile -t COMPREPLY < <(compgen -W \"$args\" -- "
             "\"$cur\")\n"
             "        [[ ${COMPREPLY[0]} != */ ]] || compopt -o nospace "
             "2>/dev/null\n"
             "    else\n"
             "        mapfile -t COMPREPLY < <(compgen -f -- \"$cur\")\n"
             "    fi\n"
             "    return 0\n"
             "}\n"
             "complete -o filenames -F _c2c c2c\n");
}

static void zsh_begin(struct c2c_run *run)
{
    struct c2c_out *out = &run->out;

    put(out, "#compdef c2c\n"
             "_c2c() {\n"
             "    local cmd= own= args= i cur=${words[CURRENT]}\n"
             "    for ((i = 2; i < CURRENT; i++)); do\n"
             "        case ${words[i]} in\n"
             "        -C|");
    with_argument(out, "|");
    put(out, ") ((i++)) ;;\n"
             "        -*) ;;\n"
             "        *) cmd=${words[i]}; break ;;\n"
             "        esac\n"
             "    done\n"
             "    case ${words[CURRENT-1]} in\n");
    value_cases(run, "compadd -- ", "; return ;;\n");
    put(out, "    esac\n");
}

static void zsh(struct c2c_run *run)
{
    struct c2c_out *out = &run->out;

    zsh_begin(run);
    put(out, "    case $cmd in\n"
             "        '') args='");
    commands(out);
    put(out, "' ;;\n");
    cases(run);
    put(out, "    esac\n"
             "    if [[ $cur == -* ]]; then\n"
             "        compadd -- ${=own}");
    options(out, c2c_global_options);
    put(out, "\n"
             "    elif [[ $args == */ ]]; then\n"
             "        compadd -S '' -- ${=args}\n"
             "    elif [[ -n $args ]]; then\n"
             "        compadd -- ${=args}\n"
             "    else\n"
             "        _files\n"
             "    fi\n"
             "}\n"
             "if [[ ${funcstack[1]} == _c2c ]]; then\n" /* From $fpath. */
             "    _c2c\n"
             "else\n"
             "    compdef _c2c c2c\n"
             "fi\n");
}

/* One line of fish: an option with its help.  Helps hold no quotes. */
static void fish_options(struct c2c_run *run, const char *command,
                         const struct c2c_option *o)
{
    struct c2c_out *out = &run->out;

    for (; o != NULL && o->name != NULL; o++) {
        put(out, "complete -c c2c");
        if (command != NULL) {
            c2c_out_print(out, " -n '__fish_seen_subcommand_from %s'", command);
        }
        if (o->letter != 0) {
            c2c_out_print(out, " -s %c", o->letter);
        }
        c2c_out_print(out, " -l %s%s -a '", o->name,
                      o->arg == NULL ? "" : " -r");
        values(run, o->name);
        c2c_out_print(out, "' -d \"%s\"\n", o->help);
    }
}

static void fish(struct c2c_run *run)
{
    struct c2c_out *out = &run->out;

    put(out, "# fish completion for c2c\n"
             "set -l c2c_commands ");
    commands(out);
    put(out, "\n");
    for (const struct c2c_command *c = c2c_commands; c->name != NULL; c++) {
        c2c_out_print(out,
                      "complete -c c2c -n \"not __fish_seen_subcommand_from "
                      "$c2c_commands\" -f -a %s -d \"%s\"\n",
                      c->name, c->help);
        if (takes_type(c) || takes_ref(c) || c->words != NULL ||
            c->fn == c2c_cmd_help) {
            c2c_out_print(out,
                          "complete -c c2c -n '__fish_seen_subcommand_from "
                          "%s' -f -a '",
                          c->name);
            words(run, c);
            put(out, "'\n");
        }
        fish_options(run, c->name, c->options);
    }
    fish_options(run, NULL, c2c_global_options);
}

enum c2c_err c2c_cmd_completion(struct c2c_run *run)
{
    const char *shell = c2c_run_arg(run, 0);

    if (c2c_run_types(run) == NULL) {
        return run->diag.code;
    }
    if (strcmp(shell, "bash") == 0) {
        bash(run);
    } else if (strcmp(shell, "zsh") == 0) {
        zsh(run);
    } else {
        fish(run);
    }
    return C2C_E_OK;
}
