/* find: full text over everything that this node holds. */

#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "c2c/call.h"
#include "c2c/command.h"
#include "c2c/run.h"
#include "c2c/table.h"

enum {
    LIMIT_MAX = 10000,
    WORDS_MAX = 4096
};

static enum c2c_err words_of(struct c2c_run *run, struct c2c_val *args)
{
    struct c2c_buf words;
    enum c2c_err err = C2C_E_OK;

    c2c_buf_init(&words, WORDS_MAX);
    for (size_t i = 0; i < run->line.n_args && err == C2C_E_OK; i++) {
        err = c2c_buf_fmt(&words, "%s%s", i == 0 ? "" : " ", run->line.args[i]);
    }
    if (err == C2C_E_TOO_BIG) {
        (void)c2c_diag_set(&run->diag, C2C_E_USAGE, NULL,
                           "these are too many words to search for");
        err = C2C_E_USAGE;
    } else if (err != C2C_E_OK) {
        err = c2c_run_nomem(run);
    }
    c2c_doc_set_str(run->doc, args, "words", c2c_buf_view(&words));
    c2c_buf_fini(&words);
    return err;
}

/* The options as arguments of the same names. */
static enum c2c_err filters_of(struct c2c_run *run, struct c2c_val *args)
{
    static const char *const names[] = {"type", "topic", "country", "lang-of",
                                        "sdg",  "near",  "cursor"};
    static const uint64_t range[2] = {1, LIMIT_MAX};
    const char *type = c2c_cmdline_text(&run->line, "type");
    uint64_t limit = 0;
    enum c2c_err err;

    if (type != NULL && c2c_run_type(run, type) == NULL) {
        return run->diag.code;
    }
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        const char *text = c2c_cmdline_text(&run->line, names[i]);

        if (text != NULL) {
            c2c_doc_set_cstr(run->doc, args,
                             strcmp(names[i], "lang-of") == 0 ? "lang_of"
                                                              : names[i],
                             text);
        }
    }
    if (c2c_cmdline_has(&run->line, "fresh")) {
        c2c_doc_set_bool(run->doc, args, "fresh", true);
    }
    err = c2c_cmdline_number(&run->line, "limit", range, 0, &run->diag, &limit);
    if (limit > 0) {
        c2c_doc_set_int(run->doc, args, "limit", (int64_t)limit);
    }
    return err;
}

/* The hits as whole records. */
static enum c2c_err print_records(struct c2c_run *run,
                                  const struct c2c_val *items)
{
    for (size_t i = 0; i < c2c_val_count(items); i++) {
        struct c2c_val *args = c2c_doc_map(run->doc);
        const struct c2c_val *record;
        enum c2c_err err;

        c2c_doc_set_str(run->doc, args, "ref",
                        c2c_val_text(c2c_val_at(items, i), "ref"));
        err = c2c_call(run, "show", args, &record);
        if (err != C2C_E_OK) {
            return err;
        }
        c2c_list_record(run, record);
    }
    return c2c_run_built(run);
}

static const struct c2c_column columns[] = {
    {"REF", "ref", C2C_CELL_TEXT, NULL},
    {"TITLE", "title", C2C_CELL_LONG, NULL},
    {"CONFIRMED", "verified_at", C2C_CELL_DATE, NULL},
    {"FOUND IN", "snippet", C2C_CELL_LONG, NULL},
};

static const struct c2c_column plain[] = {
    {"REF", "ref", C2C_CELL_TEXT, NULL},
    {"TYPE", "type", C2C_CELL_TEXT, NULL},
    {"CITY", "city", C2C_CELL_TEXT, NULL},
    {"TITLE", "title", C2C_CELL_TEXT, NULL},
    {"UPDATED", "updated", C2C_CELL_TEXT, NULL},
    {"CONFIRMED", "verified_at", C2C_CELL_TEXT, NULL},
    {"STALE", "stale", C2C_CELL_TEXT, NULL},
    {"SNIPPET", "snippet", C2C_CELL_TEXT, NULL},
};

enum c2c_err c2c_cmd_find(struct c2c_run *run)
{
    const struct c2c_list list = {
        .columns = columns,
        .n_columns = sizeof columns / sizeof columns[0],
        .plain = plain,
        .n_plain = sizeof plain / sizeof plain[0],
        .empty = "Nothing found; try fewer or other words, in any language, or "
                 "`c2c list TYPE`.",
    };
    struct c2c_val *args = c2c_doc_map(run->doc);
    const struct c2c_val *doc;
    struct c2c_view next;
    enum c2c_err err = words_of(run, args);

    if (err == C2C_E_OK) {
        err = filters_of(run, args);
    }
    if (err == C2C_E_OK) {
        err = c2c_call(run, "find", args, &doc);
    }
    if (err != C2C_E_OK) {
        return err;
    }
    err = run->out.form == C2C_FORM_RECORDS
              ? print_records(run, c2c_val_get(doc, "items"))
              : c2c_list_print(run, &list, doc);
    next = c2c_val_text(doc, "next");
    if (next.n > 0) {
        c2c_out_talk(&run->out,
                     "There are more: add --limit N or --cursor "
                     "%.*s",
                     (int)next.n, (const char *)next.p);
    }
    return err;
}
