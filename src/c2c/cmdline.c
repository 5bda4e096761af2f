#include "c2c/cmdline.h"

#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "base/near.h"
#include "c2c/command.h"

struct parser {
    const struct c2c_grammar *grammar;
    struct c2c_cmdline *line;
    struct c2c_diag *diag;
    char *const *rest; /* What follows the word being read. */
    char *const *end;
};

static const struct c2c_option no_options[] = {{0}};

static const struct c2c_option *own_options(const struct parser *p)
{
    return p->line->command != NULL && p->line->command->options != NULL
               ? p->line->command->options
               : no_options;
}

static bool begins(const char *name, const char *given, size_t n)
{
    return strncmp(name, given, n) == 0;
}

/* The option called by the @n bytes at @given, exactly or as a unique
 * beginning; @ret_several when more than one begins so. */
static const struct c2c_option *long_option(const struct parser *p,
                                            const char *given, size_t n,
                                            bool *ret_several)
{
    const struct c2c_option *lists[] = {p->grammar->globals, own_options(p)};
    const struct c2c_option *found = NULL;

    *ret_several = false;
    for (size_t i = 0; i < sizeof lists / sizeof lists[0]; i++) {
        for (const struct c2c_option *o = lists[i]; o->name != NULL; o++) {
            if (!begins(o->name, given, n)) {
                continue;
            }
            if (o->name[n] == '\0') {
                *ret_several = false;
                return o;
            }
            *ret_several = found != NULL;
            found = o;
        }
    }
    return *ret_several ? NULL : found;
}

static const struct c2c_option *short_option(const struct parser *p,
                                             char letter)
{
    const struct c2c_option *lists[] = {p->grammar->globals, own_options(p)};

    for (size_t i = 0; i < sizeof lists / sizeof lists[0]; i++) {
        for (const struct c2c_option *o = lists[i]; o->name != NULL; o++) {
            if (o->letter == letter) {
                return o;
            }
        }
    }
    return NULL;
}

static enum c2c_err usage(struct parser *p, const char *what, const char *why)
{
    const struct c2c_command *command = p->line->command;

    (void)c2c_diag_set(p->diag, C2C_E_USAGE, what, "%s", why);
    c2c_diag_hint(p->diag, "see `c2c help%s%s`", command == NULL ? "" : " ",
                  command == NULL ? "" : command->name);
    return C2C_E_USAGE;
}

/* As usage(), about the long option of @n bytes at @name. */
static enum c2c_err usage_option(struct parser *p, const char *name, size_t n,
                                 const char *why)
{
    char thing[64];

    (void)snprintf(thing, sizeof thing, "--%.*s", (int)(n < 60 ? n : 60), name);
    return usage(p, thing, why);
}

/* Does any command know the option?  Then it only stands in a wrong place. */
static const struct c2c_command *owner_of(const struct parser *p,
                                          const char *given, size_t n)
{
    for (const struct c2c_command *c = p->grammar->commands; c->name != NULL;
         c++) {
        for (const struct c2c_option *o = c->options;
             o != NULL && o->name != NULL; o++) {
            if (strlen(o->name) == n && begins(o->name, given, n)) {
                return c;
            }
        }
    }
    return NULL;
}

static enum c2c_err unknown_long(struct parser *p, const char *given, size_t n)
{
    const struct c2c_option *lists[] = {p->grammar->globals, own_options(p)};
    const struct c2c_command *owner = owner_of(p, given, n);
    struct c2c_near near;

    c2c_near_init(&near, c2c_view_of(given, n));
    for (size_t i = 0; i < sizeof lists / sizeof lists[0]; i++) {
        for (const struct c2c_option *o = lists[i]; o->name != NULL; o++) {
            c2c_near_offer(&near, c2c_view_str(o->name));
        }
    }
    (void)usage_option(p, given, n, "there is no such option");
    if (near.n > 0) {
        c2c_diag_hint(p->diag, "did you mean --%.*s?", (int)near.best[0].n,
                      (const char *)near.best[0].p);
    } else if (owner != NULL && p->line->command == NULL) {
        c2c_diag_hint(p->diag,
                      "options of a command stand after it: `c2c %s --%.*s`",
                      owner->name, (int)n, given);
    }
    return C2C_E_USAGE;
}

static enum c2c_err keep(struct parser *p, const struct c2c_option *option,
                         const char *text)
{
    struct c2c_cmdline *line = p->line;

    if (line->n_settings == C2C_SETTINGS_MAX) {
        return usage(p, NULL, "there are too many options");
    }
    line->settings[line->n_settings].option = option;
    line->settings[line->n_settings].text = text;
    line->n_settings++;
    return C2C_E_OK;
}

/* Keep @option with its argument: @attached, else the next word. */
static enum c2c_err take(struct parser *p, const struct c2c_option *option,
                         const char *attached)
{
    if (option->arg == NULL) {
        return keep(p, option, "");
    }
    if (attached == NULL && p->rest == p->end) {
        (void)usage_option(p, option->name, strlen(option->name), "");
        (void)snprintf(p->diag->message, sizeof p->diag->message,
                       "its value is missing: --%s %s", option->name,
                       option->arg);
        return C2C_E_USAGE;
    }
    if (attached == NULL) {
        attached = *p->rest++;
    }
    return keep(p, option, attached);
}

static enum c2c_err read_long(struct parser *p, const char *word)
{
    const char *equals = strchr(word, '=');
    size_t n = equals == NULL ? strlen(word) : (size_t)(equals - word);
    const struct c2c_option *option;
    bool several;

    option = long_option(p, word, n, &several);
    if (option == NULL) {
        return several
                   ? usage_option(p, word, n, "more than one option begins so")
                   : unknown_long(p, word, n);
    }
    if (equals != NULL && option->arg == NULL) {
        return usage_option(p, word, n, "this option takes no value");
    }
    return take(p, option, equals == NULL ? NULL : equals + 1);
}

static enum c2c_err read_short(struct parser *p, const char *letters)
{
    for (; *letters != '\0'; letters++) {
        const struct c2c_option *option = short_option(p, *letters);
        char name[3] = {'-', *letters, '\0'};
        enum c2c_err err;

        if (option == NULL) {
            return usage(p, name, "there is no such option");
        }
        if (option->arg != NULL) {
            return take(p, option, letters[1] == '\0' ? NULL : letters + 1);
        }
        err = take(p, option, NULL);
        if (err != C2C_E_OK) {
            return err;
        }
    }
    return C2C_E_OK;
}

/* What people type who know other programs, and what they mean. */
static const char *other_word(const char *name)
{
    static const struct {
        const char *word;
        const char *hint;
    } words[] = {
        {"restore", "RESTORE in `man c2cd` puts a backup back"},
        {"add", "`c2c new TYPE` writes a record, `c2c put FILE` takes a file"},
        {"create",
         "`c2c new TYPE` writes a record, `c2c put FILE` takes a file"},
        {"update", "`c2c edit REF` changes a record"},
        {"search", "`c2c find WORDS` searches"},
        {"get", "`c2c show REF` shows a record"},
        {"ls", "`c2c list TYPE` lists records, `c2c types` the types"},
        {"delete", "`c2c rm REF` removes a record"},
        {"remove", "`c2c rm REF` removes a record"},
        {"start", "the node is a program of its own: c2cd -C DIR"},
        {"stop",
         "the node is a program of its own; TERM stops it: kill PID, or "
         "systemctl stop c2cd@NAME"},
    };

    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        if (strcmp(words[i].word, name) == 0) {
            return words[i].hint;
        }
    }
    return NULL;
}

static enum c2c_err find_command(struct parser *p, const char *name)
{
    const char *other = other_word(name);
    struct c2c_near near;

    c2c_near_init(&near, c2c_view_str(name));
    for (const struct c2c_command *c = p->grammar->commands; c->name != NULL;
         c++) {
        if (strcmp(c->name, name) == 0) {
            p->line->command = c;
            return C2C_E_OK;
        }
        c2c_near_offer(&near, c2c_view_str(c->name));
    }
    (void)usage(p, name, "there is no such command");
    if (other != NULL) {
        c2c_diag_hint(p->diag, "%s", other);
    } else if (near.n > 0) {
        c2c_diag_hint(p->diag, "did you mean `c2c %.*s`?", (int)near.best[0].n,
                      (const char *)near.best[0].p);
    }
    return C2C_E_USAGE;
}

static enum c2c_err read_word(struct parser *p, const char *word, bool literal)
{
    if (!literal && word[0] == '-' && word[1] == '-') {
        return read_long(p, word + 2);
    }
    if (!literal && word[0] == '-' && word[1] != '\0') {
        return read_short(p, word + 1);
    }
    if (p->line->command == NULL) {
        return find_command(p, word);
    }
    p->line->args[p->line->n_args++] = word;
    return C2C_E_OK;
}

/* The first argument of a command that takes one of a few words. */
static enum c2c_err check_word(struct parser *p, const char *const *words,
                               const char *given)
{
    struct c2c_near near;

    c2c_near_init(&near, c2c_view_str(given));
    for (; *words != NULL; words++) {
        if (strcmp(*words, given) == 0) {
            return C2C_E_OK;
        }
        c2c_near_offer(&near, c2c_view_str(*words));
    }
    (void)usage(p, given, "");
    (void)snprintf(p->diag->message, sizeof p->diag->message,
                   "is not what this command takes: c2c %s %s",
                   p->line->command->name, p->line->command->synopsis);
    if (near.n > 0) {
        c2c_diag_hint(p->diag, "did you mean `c2c %s %.*s`?",
                      p->line->command->name, (int)near.best[0].n,
                      (const char *)near.best[0].p);
    }
    return C2C_E_USAGE;
}

static enum c2c_err check_args(struct parser *p)
{
    const struct c2c_command *c = p->line->command;

    if (c == NULL) {
        return C2C_E_OK;
    }
    if (p->line->n_args > c->max_args) {
        return usage(p, p->line->args[c->max_args], "is one argument too many");
    }
    if (p->line->n_args < c->min_args && !c2c_cmdline_has(p->line, "help")) {
        (void)c2c_diag_set(p->diag, C2C_E_USAGE, c->name,
                           "something is missing: c2c %s %s", c->name,
                           c->synopsis);
        c2c_diag_hint(p->diag, "see `c2c help %s`", c->name);
        return C2C_E_USAGE;
    }
    return c->words != NULL && p->line->n_args > 0
               ? check_word(p, c->words, p->line->args[0])
               : C2C_E_OK;
}

enum c2c_err c2c_cmdline_parse(const struct c2c_grammar *grammar, int argc,
                               char *const *argv, struct c2c_cmdline *line,
                               struct c2c_diag *diag)
{
    struct parser p = {.grammar = grammar,
                       .line = line,
                       .diag = diag,
                       .rest = argv + (argc > 0 ? 1 : 0),
                       .end = argv + argc};
    enum c2c_err err = C2C_E_OK;
    bool literal = false;

    memset(line, 0, sizeof *line);
    line->args = c2c_calloc((size_t)argc + 1, sizeof *line->args);
    if (line->args == NULL) {
        return c2c_diag_set(diag, C2C_E_NOMEM, NULL, "out of memory");
    }
    while (p.rest < p.end && err == C2C_E_OK) {
        const char *word = *p.rest++;

        if (!literal && strcmp(word, "--") == 0) {
            literal = true;
        } else {
            err = read_word(&p, word, literal);
        }
    }
    return err == C2C_E_OK ? check_args(&p) : err;
}

void c2c_cmdline_fini(struct c2c_cmdline *line)
{
    c2c_free(line->args);
    memset(line, 0, sizeof *line);
}

const char *c2c_cmdline_text(const struct c2c_cmdline *line, const char *name)
{
    for (size_t i = line->n_settings; i > 0; i--) {
        if (strcmp(line->settings[i - 1].option->name, name) == 0) {
            return line->settings[i - 1].text;
        }
    }
    return NULL;
}

bool c2c_cmdline_has(const struct c2c_cmdline *line, const char *name)
{
    return c2c_cmdline_text(line, name) != NULL;
}

/* Decimal digits only; false beyond @max. */
static bool parse_number(const char *text, uint64_t max, uint64_t *ret_number)
{
    uint64_t number = 0;

    if (*text == '\0') {
        return false;
    }
    for (; *text != '\0'; text++) {
        uint64_t digit = (uint64_t)(unsigned char)*text - '0';

        if (digit > 9 || number > (max - digit) / 10) {
            return false;
        }
        number = number * 10 + digit;
    }
    *ret_number = number;
    return true;
}

enum c2c_err c2c_cmdline_number(const struct c2c_cmdline *line,
                                const char *name, const uint64_t range[2],
                                uint64_t fallback, struct c2c_diag *diag,
                                uint64_t *ret_number)
{
    const char *text = c2c_cmdline_text(line, name);
    uint64_t number = fallback;

    if (text != NULL &&
        (!parse_number(text, range[1], &number) || number < range[0])) {
        (void)c2c_diag_set(diag, C2C_E_USAGE, text,
                           "--%s takes a whole number from %llu to %llu", name,
                           (unsigned long long)range[0],
                           (unsigned long long)range[1]);
        c2c_diag_hint(diag, "see `c2c help%s%s`",
                      line->command == NULL ? "" : " ",
                      line->command == NULL ? "" : line->command->name);
        return C2C_E_USAGE;
    }
    *ret_number = number;
    return C2C_E_OK;
}
