/* A command line as data: which command, which options, which arguments.
 *
 * getopt_long() keeps its state in globals, stops at POSIXLY_CORRECT and cannot
 * tell what was meant; this parser is a pure function over the tables from
 * which help, completion and the manual's check are made.
 *
 * GNU habits: `--name=VALUE`, `--name VALUE`, unique beginnings of long names,
 * `-nC DIR` and `-CDIR`, `--` ends the options, `-` is an argument.  Global
 * options may stand before or after the command, a command's own after it. */

#ifndef C2C_C2C_CMDLINE_H
#define C2C_C2C_CMDLINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/diag.h"
#include "base/err.h"

enum {
    C2C_SETTINGS_MAX = 64 /* Options given on one command line. */
};

/* One option; a list of them ends with name == NULL. */
struct c2c_option {
    const char *name; /* Without dashes. */
    char letter;      /* 0: none. */
    const char *arg;  /* What it takes, for people ("DIR"); NULL: nothing. */
    const char *help; /* One line. */
};

struct c2c_command;

/* The tables; both lists end with an empty element. */
struct c2c_grammar {
    const struct c2c_option *globals;
    const struct c2c_command *commands;
};

/* An option as it was given; @text is "" for options without an argument. */
struct c2c_setting {
    const struct c2c_option *option;
    const char *text;
};

struct c2c_cmdline {
    const struct c2c_command *command; /* NULL: none given. */
    size_t n_args;
    const char **args; /* Owned; the texts are argv's. */
    size_t n_settings; /* In the order given. */
    struct c2c_setting settings[C2C_SETTINGS_MAX];
};

/* Parse @argv.  C2C_E_USAGE with @diag filled; what was understood up to there
 * is in @line even then, so that an error can be told as the caller wants.
 * Ends with c2c_cmdline_fini() in any case. */
enum c2c_err c2c_cmdline_parse(const struct c2c_grammar *grammar, int argc,
                               char *const *argv, struct c2c_cmdline *line,
                               struct c2c_diag *diag) C2C_MUST_CHECK;
void c2c_cmdline_fini(struct c2c_cmdline *line);

/* Was option @name given?  Its (last) text, or NULL. */
bool c2c_cmdline_has(const struct c2c_cmdline *line, const char *name);
const char *c2c_cmdline_text(const struct c2c_cmdline *line, const char *name);

/* The number given with @name, or @fallback.  C2C_E_USAGE unless it is a
 * decimal integer from @min to @max. */
enum c2c_err c2c_cmdline_number(const struct c2c_cmdline *line,
                                const char *name, const uint64_t range[2],
                                uint64_t fallback, struct c2c_diag *diag,
                                uint64_t *ret_number) C2C_MUST_CHECK;

#endif /* C2C_C2C_CMDLINE_H */
