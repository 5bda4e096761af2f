#include "c2c/run.h"

#include <stdio.h>
#include <string.h>

#include "base/file.h"
#include "base/mem.h"
#include "base/near.h"
#include "c2c/call.h"
#include "c2c/command.h"
#include "c2c/env.h"
#include "c2c/escape.h"

enum {
    PATH_MAX_BYTES = 4096,
    DEFAULT_TIMEOUT_S = 30,
    LONGEST_TIMEOUT_S = 86400
};

enum c2c_err c2c_run_nomem(struct c2c_run *run)
{
    return c2c_diag_set(&run->diag, C2C_E_NOMEM, NULL, "out of memory");
}

enum c2c_err c2c_run_built(struct c2c_run *run)
{
    enum c2c_err err = c2c_doc_err(run->doc);

    return err == C2C_E_OK
               ? err
               : c2c_diag_set(&run->diag, err, NULL, "%s", c2c_strerror(err));
}

struct c2c_view c2c_run_lang(const struct c2c_run *run)
{
    return c2c_view_str(run->lang);
}

const char *c2c_run_arg(const struct c2c_run *run, size_t i)
{
    return i < run->line.n_args ? run->line.args[i] : NULL;
}

static enum c2c_err read_form(struct c2c_run *run)
{
    static const struct {
        const char *option;
        enum c2c_form form;
    } forms[] = {
        {"json", C2C_FORM_JSON},
        {"jsonl", C2C_FORM_JSONL},
        {"plain", C2C_FORM_PLAIN},
        {"records", C2C_FORM_RECORDS},
    };

    for (size_t i = 0; i < sizeof forms / sizeof forms[0]; i++) {
        if (!c2c_cmdline_has(&run->line, forms[i].option)) {
            continue;
        }
        if (run->out.form != C2C_FORM_HUMAN) {
            return c2c_diag_set(&run->diag, C2C_E_USAGE, NULL,
                                "only one of --json, --jsonl, --plain and "
                                "--records can be given");
        }
        run->out.form = forms[i].form;
    }
    if (run->out.form == C2C_FORM_RECORDS && run->line.command != NULL &&
        !run->line.command->records) {
        (void)c2c_diag_set(&run->diag, C2C_E_USAGE, "--records",
                           "`%s` prints no records", run->line.command->name);
        c2c_diag_hint(&run->diag, "take --json, --jsonl or --plain");
        return C2C_E_USAGE;
    }
    return C2C_E_OK;
}

/* The locale as POSIX has it: the first of these that is set. */
static const char *locale_name(void)
{
    static const char *const names[] = {"LC_ALL", "LC_MESSAGES", "LANG"};
    const char *value = NULL;

    for (size_t i = 0; i < sizeof names / sizeof names[0] && value == NULL;
         i++) {
        value = c2c_env(names[i]);
    }
    return value;
}

static enum c2c_err read_lang(struct c2c_run *run)
{
    const char *tag = c2c_cmdline_text(&run->line, "lang");

    if (tag == NULL) {
        c2c_langtag_of_locale(locale_name(), run->lang);
        return C2C_E_OK;
    }
    if (!c2c_langtag_valid(tag)) {
        (void)c2c_diag_set(&run->diag, C2C_E_USAGE, tag,
                           "--lang takes a language tag (BCP 47)");
        c2c_diag_hint(&run->diag, "such as en, id, zh-Hans or pt-BR");
        return C2C_E_USAGE;
    }
    (void)snprintf(run->lang, sizeof run->lang, "%s", tag);
    return C2C_E_OK;
}

/* -C, $C2C_DIR, $XDG_DATA_HOME/c2c, ~/.local/share/c2c. */
static enum c2c_err find_dir(struct c2c_run *run, struct c2c_buf *path)
{
    const char *dir = c2c_cmdline_text(&run->line, "dir");
    const char *base;

    if (dir == NULL) {
        dir = c2c_env("C2C_DIR");
    }
    if (dir != NULL) {
        return c2c_buf_put(path, dir, strlen(dir));
    }
    base = c2c_env("XDG_DATA_HOME");
    if (base != NULL && base[0] == '/') { /* Relative ones do not count. */
        return c2c_buf_fmt(path, "%s/c2c", base);
    }
    base = c2c_env("HOME");
    if (base == NULL) {
        return C2C_E_NOT_FOUND;
    }
    return c2c_buf_fmt(path, "%s/.local/share/c2c", base);
}

static enum c2c_err read_dir(struct c2c_run *run)
{
    struct c2c_buf path;
    struct c2c_buf word;
    enum c2c_err err;

    c2c_buf_init(&path, PATH_MAX_BYTES);
    c2c_buf_init(&word, 4 * PATH_MAX_BYTES + 2);
    err = find_dir(run, &path);
    while (err == C2C_E_OK && path.n > 1 && path.p[path.n - 1] == '/') {
        path.n--;
    }
    if (err == C2C_E_NOT_FOUND || (err == C2C_E_OK && path.n == 0)) {
        (void)c2c_diag_set(&run->diag, C2C_E_USAGE, NULL,
                           "which folder holds the city is not known");
        c2c_diag_hint(&run->diag, "name it: c2c -C DIR ...");
        err = C2C_E_USAGE;
        goto out;
    }
    if (err == C2C_E_OK) {
        err = c2c_escape_shell(c2c_buf_view(&path), &word);
    }
    if (err != C2C_E_OK) {
        (void)c2c_diag_set(&run->diag, err, NULL, "the folder's name: %s",
                           c2c_strerror(err));
        goto out;
    }
    run->dir = c2c_view_dup(c2c_buf_view(&path));
    run->dir_word = c2c_view_dup(c2c_buf_view(&word));
    if (run->dir == NULL || run->dir_word == NULL) {
        err = c2c_run_nomem(run);
    }
out:
    c2c_buf_fini(&path);
    c2c_buf_fini(&word);
    return err;
}

/* A node elsewhere is only read from. */
static enum c2c_err read_node(struct c2c_run *run)
{
    const struct c2c_command *command = run->line.command;

    run->node = c2c_cmdline_text(&run->line, "node");
    if (run->node == NULL) {
        return C2C_E_OK;
    }
    if (c2c_cmdline_has(&run->line, "dir")) {
        return c2c_diag_set(&run->diag, C2C_E_USAGE, NULL,
                            "only one of -C and --node can be given");
    }
    if (command != NULL && !command->elsewhere) {
        (void)c2c_diag_set(&run->diag, C2C_E_UNSUPPORTED, command->name,
                           "a node elsewhere is not asked for this");
        c2c_diag_hint(&run->diag,
                      "ask the city's own node, on its machine: c2c -C DIR %s",
                      command->name);
        return C2C_E_UNSUPPORTED;
    }
    return C2C_E_OK;
}

static enum c2c_err read_globals(struct c2c_run *run)
{
    static const uint64_t range[2] = {1, LONGEST_TIMEOUT_S};
    const struct c2c_cmdline *line = &run->line;
    enum c2c_err err;

    run->dry_run = c2c_cmdline_has(line, "dry-run");
    run->yes = c2c_cmdline_has(line, "yes");
    run->no_input = c2c_cmdline_has(line, "no-input");
    run->verbose = c2c_cmdline_has(line, "verbose");
    run->out.quiet = c2c_cmdline_has(line, "quiet");
    if (c2c_cmdline_has(line, "no-color")) {
        run->out.colors = false;
        run->out.talk_colors = false;
    }
    err = c2c_cmdline_number(line, "timeout", range, DEFAULT_TIMEOUT_S,
                             &run->diag, &run->timeout_ms);
    run->timeout_ms *= 1000;
    if (err == C2C_E_OK) {
        err = read_form(run);
    }
    if (err == C2C_E_OK) {
        err = read_node(run);
    }
    return err == C2C_E_OK ? read_lang(run) : err;
}

/* Does a command that cannot go on still have to speak JSON? */
static bool wants_json(int argc, char *const *argv)
{
    for (int i = 1; i < argc && strcmp(argv[i], "--") != 0; i++) {
        if (strcmp(argv[i], "--json") == 0 || strcmp(argv[i], "--jsonl") == 0) {
            return true;
        }
    }
    return false;
}

enum c2c_err c2c_run_init(struct c2c_run *run,
                          const struct c2c_grammar *grammar, int argc,
                          char *const *argv)
{
    enum c2c_err err;

    memset(run, 0, sizeof *run);
    run->grammar = grammar;
    run->out = (struct c2c_out){.to = stdout,
                                .talk = stderr,
                                .columns = c2c_env_columns(stdout),
                                .colors = c2c_env_colors(stdout),
                                .talk_colors = c2c_env_colors(stderr),
                                .watched = c2c_env_columns(stderr) > 0};
    err = c2c_doc_new(&run->doc);
    if (err != C2C_E_OK) {
        return c2c_run_nomem(run);
    }
    err = c2c_cmdline_parse(grammar, argc, argv, &run->line, &run->diag);
    if (err == C2C_E_OK) {
        err = read_globals(run);
    }
    if (err == C2C_E_OK) {
        err = read_dir(run);
    }
    if (err != C2C_E_OK && wants_json(argc, argv)) {
        run->out.form = C2C_FORM_JSON;
    }
    return err;
}

void c2c_run_fini(struct c2c_run *run)
{
    c2c_call_end(run);
    c2c_types_free(run->types);
    c2c_doc_free(run->doc);
    c2c_cmdline_fini(&run->line);
    c2c_free(run->dir);
    c2c_free(run->dir_word);
    memset(run, 0, sizeof *run);
}

const struct c2c_types *c2c_run_types(struct c2c_run *run)
{
    if (run->types == NULL && c2c_types_load(&c2c_types_builtin, &run->diag,
                                             &run->types) != C2C_E_OK) {
        return NULL;
    }
    return run->types;
}

const struct c2c_type *c2c_run_type(struct c2c_run *run, const char *name)
{
    const struct c2c_types *types = c2c_run_types(run);
    const struct c2c_type *type;
    struct c2c_near near;

    if (types == NULL) {
        return NULL;
    }
    type = c2c_types_find(types, c2c_view_str(name));
    if (type != NULL) {
        return type;
    }
    (void)c2c_diag_set(&run->diag, C2C_E_NOT_FOUND, name,
                       "there is no such record type");
    c2c_diag_hint(&run->diag, "`c2c types` lists them");
    c2c_near_init(&near, c2c_view_str(name));
    for (size_t i = 0; i < c2c_types_count(types); i++) {
        c2c_near_offer(&near,
                       c2c_view_str(c2c_type_name(c2c_types_at(types, i))));
    }
    if (near.n > 0) {
        c2c_diag_hint(&run->diag, "did you mean %.*s? `c2c types` lists them",
                      (int)near.best[0].n, (const char *)near.best[0].p);
    }
    return NULL;
}

enum c2c_err c2c_run_confirm(struct c2c_run *run, const char *what,
                             const char *question)
{
    char answer[16];

    if (run->yes) {
        return C2C_E_OK;
    }
    if (run->no_input || !c2c_env_can_ask()) {
        (void)c2c_diag_set(&run->diag, C2C_E_USAGE, what,
                           "nobody can be asked: %s", question);
        c2c_diag_hint(&run->diag, "say it beforehand with --yes");
        return C2C_E_USAGE;
    }
    (void)fprintf(stderr, "%s [y/N] ", question);
    (void)fflush(stderr);
    if (fgets(answer, sizeof answer, stdin) != NULL &&
        (answer[0] == 'y' || answer[0] == 'Y')) {
        return C2C_E_OK;
    }
    return c2c_diag_set(&run->diag, C2C_E_INVAL, what,
                        "not confirmed; nothing was changed");
}
