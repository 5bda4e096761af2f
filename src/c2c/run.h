/* One invocation of the client: what was asked for and what it needs.
 *
 * Values of commands live in run->doc until the end of the program. */

#ifndef C2C_C2C_RUN_H
#define C2C_C2C_RUN_H

#include <stdbool.h>
#include <stdint.h>

#include "base/diag.h"
#include "base/err.h"
#include "base/view.h"
#include "c2c/cmdline.h"
#include "c2c/langtag.h"
#include "c2c/out.h"
#include "codec/doc.h"
#include "record/types.h"

struct c2c_consumer;
struct c2c_remote;
struct c2c_reply;

struct c2c_run {
    const struct c2c_grammar *grammar;
    struct c2c_cmdline line;
    struct c2c_out out;
    struct c2c_diag diag;        /* Of the failure. */
    const struct c2c_val *error; /* The node's error document, or NULL. */
    struct c2c_doc *doc;         /* Owns every value. */
    char *dir;                   /* The city's folder. */
    char *dir_word;              /* The same as a word of a shell command. */
    const char *node;            /* --node's URL; NULL: the city's own. */
    char lang[C2C_LANGTAG_MAX];
    uint64_t timeout_ms;
    bool dry_run;
    bool yes;
    bool no_input;
    bool verbose;
    bool disclaimed;               /* See c2c/vouch.h. */
    struct c2c_types *types;       /* c2c_run_types(). */
    struct c2c_consumer *consumer; /* c2c_call(). */
    struct c2c_remote *remote;     /* c2c_call() with --node. */
    struct c2c_reply *replies;     /* Bytes that values borrow from. */
};

/* Understand the options that every command has.  C2C_E_USAGE with run->diag.
 * Ends with c2c_run_fini() in any case. */
enum c2c_err c2c_run_init(struct c2c_run *run,
                          const struct c2c_grammar *grammar, int argc,
                          char *const *argv) C2C_MUST_CHECK;
void c2c_run_fini(struct c2c_run *run);

struct c2c_view c2c_run_lang(const struct c2c_run *run);

/* Argument @i of the command; NULL if there is none. */
const char *c2c_run_arg(const struct c2c_run *run, size_t i);

/* The types and vocabularies, read once.  NULL with run->diag. */
const struct c2c_types *c2c_run_types(struct c2c_run *run);

/* The type called @name; NULL with run->diag (C2C_E_NOT_FOUND) naming the
 * nearest. */
const struct c2c_type *c2c_run_type(struct c2c_run *run, const char *name);

/* May we go on?  --yes says so; else a person at the terminal is asked
 * @question; without one C2C_E_USAGE, naming --yes.  A "no" is C2C_E_INVAL. */
enum c2c_err c2c_run_confirm(struct c2c_run *run, const char *what,
                             const char *question) C2C_MUST_CHECK;

/* Fill run->diag for out of memory and return its code. */
enum c2c_err c2c_run_nomem(struct c2c_run *run);

/* run->doc's error, if any, with run->diag. */
enum c2c_err c2c_run_built(struct c2c_run *run) C2C_MUST_CHECK;

#endif /* C2C_C2C_RUN_H */
