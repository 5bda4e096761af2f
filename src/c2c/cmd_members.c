/* members list, approve, deny, revoke: who belongs to this association. */

#include <stdio.h>
#include <string.h>

#include "c2c/call.h"
#include "c2c/command.h"
#include "c2c/run.h"
#include "c2c/table.h"

enum {
    LIMIT_MAX = 10000
};

static const struct c2c_column member_plain[] = {
    {"CITY", "city", C2C_CELL_TEXT, NULL},
    {"NAME", "name", C2C_CELL_TEXT, NULL},
    {"STATE", "state", C2C_CELL_TEXT, NULL},
    {"SINCE", "since", C2C_CELL_TEXT, NULL},
    {"KIND", "kind", C2C_CELL_TEXT, NULL},
    {"REF", "ref", C2C_CELL_TEXT, NULL},
    {"NOTE", "note", C2C_CELL_TEXT, NULL},
};

static enum c2c_err list_args(struct c2c_run *run, struct c2c_val *args)
{
    static const uint64_t range[2] = {1, LIMIT_MAX};
    const char *state = c2c_cmdline_text(&run->line, "state");
    const char *cursor = c2c_cmdline_text(&run->line, "cursor");
    uint64_t limit = 0;
    enum c2c_err err =
        c2c_cmdline_number(&run->line, "limit", range, 0, &run->diag, &limit);

    if (state != NULL) {
        c2c_doc_set_cstr(run->doc, args, "state", state);
    }
    if (cursor != NULL) {
        c2c_doc_set_cstr(run->doc, args, "cursor", cursor);
    }
    if (limit > 0) {
        c2c_doc_set_int(run->doc, args, "limit", (int64_t)limit);
    }
    return err;
}

static enum c2c_err list_members(struct c2c_run *run)
{
    static const struct c2c_column columns[] = {
        {"NAME", "name", C2C_CELL_TEXT, NULL},
        {"STATE", "state", C2C_CELL_TEXT, NULL},
        {"SINCE", "since", C2C_CELL_DATE, NULL},
        {"KIND", "kind", C2C_CELL_TEXT, NULL},
        {"CITY", "city", C2C_CELL_LONG, NULL},
        {"NOTE", "note", C2C_CELL_LONG, NULL},
    };
    const struct c2c_list list = {
        .columns = columns,
        .n_columns = sizeof columns / sizeof columns[0],
        .plain = member_plain,
        .n_plain = sizeof member_plain / sizeof member_plain[0],
        .empty = c2c_cmdline_has(&run->line, "state")
                     ? "None in this state; `c2c members list` shows all."
                     : "No members yet; `c2c invite NAME` makes an invitation.",
    };
    struct c2c_val *args = c2c_doc_map(run->doc);
    const struct c2c_val *doc;
    struct c2c_view next;
    enum c2c_err err = list_args(run, args);

    if (err == C2C_E_OK) {
        err = c2c_cmdline_has(&run->line, "all")
                  ? c2c_call_all(run, "members", args, &doc)
                  : c2c_call(run, "members", args, &doc);
    }
    if (err == C2C_E_OK) {
        err = c2c_list_print(run, &list, doc);
    }
    if (err != C2C_E_OK) {
        return err;
    }
    next = c2c_val_text(doc, "next");
    if (next.n > 0) {
        c2c_out_talk(&run->out, "There are more: add --all or --cursor %.*s",
                     (int)next.n, (const char *)next.p);
    }
    return C2C_E_OK;
}

/* What was decided: the city's id for people and pipes, else the document. */
static enum c2c_err print_decision(struct c2c_run *run,
                                   const struct c2c_val *doc)
{
    const struct c2c_list list = {.plain = member_plain, .n_plain = 3};
    struct c2c_val *one = c2c_doc_map(run->doc);
    struct c2c_val *items = c2c_doc_array(run->doc);
    struct c2c_view city = c2c_val_text(doc, "city");

    if (c2c_out_is_json(&run->out)) {
        c2c_out_doc(&run->out, doc);
        return c2c_run_built(run);
    }
    if (run->out.form == C2C_FORM_HUMAN) {
        c2c_out_print(&run->out, "%.*s\n", (int)city.n, (const char *)city.p);
        return c2c_run_built(run);
    }
    c2c_doc_push(run->doc, items, doc);
    c2c_doc_set(run->doc, one, "items", items);
    return c2c_list_print(run, &list, one);
}

static void tell(struct c2c_run *run, const struct c2c_val *doc,
                 const char *what)
{
    struct c2c_view name = c2c_val_text(doc, "name");
    struct c2c_view city = c2c_val_text(doc, "city");

    if (name.n == 0) {
        name = city;
    }
    c2c_out_talk(&run->out, "%s%.*s %s%s", run->dry_run ? "dry run: " : "",
                 (int)name.n, (const char *)name.p,
                 run->dry_run ? "would be " : "is ", what);
}

static struct c2c_val *args_of(struct c2c_run *run, const char *city,
                               bool dry_run)
{
    const char *kind = c2c_cmdline_text(&run->line, "kind");
    struct c2c_val *args = c2c_doc_map(run->doc);

    c2c_doc_set_cstr(run->doc, args, "city", city);
    if (kind != NULL) {
        c2c_doc_set_cstr(run->doc, args, "kind", kind);
    }
    c2c_doc_set_bool(run->doc, args, "dry_run", dry_run);
    return args;
}

/* Who is meant is asked first, so that a person says yes to a name and an id;
 * @args then names that city by its id. */
static enum c2c_err ask_first(struct c2c_run *run, struct c2c_val *args)
{
    struct c2c_val *trial = args_of(run, run->line.args[1], true);
    const struct c2c_val *doc;
    struct c2c_view name;
    struct c2c_view city;
    char question[512];
    enum c2c_err err = c2c_call(run, "revoke", trial, &doc);

    if (err != C2C_E_OK) {
        return err;
    }
    name = c2c_val_text(doc, "name");
    city = c2c_val_text(doc, "city");
    (void)snprintf(question, sizeof question,
                   "End the membership of %.*s (%.16s...)?",
                   name.n < 300 ? (int)name.n : 300,
                   name.n == 0 ? "" : (const char *)name.p,
                   city.n < 16 ? "" : (const char *)city.p);
    c2c_doc_set_str(run->doc, args, "city", city);
    return c2c_run_confirm(run, "revoke", question);
}

static enum c2c_err decide(struct c2c_run *run, const char *verb,
                           const char *what)
{
    bool revokes = strcmp(verb, "revoke") == 0;
    struct c2c_val *args = args_of(run, run->line.args[1], run->dry_run);
    const struct c2c_val *doc;
    enum c2c_err err = C2C_E_OK;

    if (revokes && !run->dry_run && !run->yes) {
        err = ask_first(run, args);
    }
    if (err == C2C_E_OK) {
        err = c2c_call(run, verb, args, &doc);
    }
    if (err == C2C_E_OK) {
        err = print_decision(run, doc);
    }
    if (err == C2C_E_OK) {
        tell(run, doc, what);
    }
    return err;
}

enum c2c_err c2c_cmd_members(struct c2c_run *run)
{
    const char *verb = c2c_run_arg(run, 0);
    bool lists = strcmp(verb, "list") == 0;

    if (lists != (run->line.n_args == 1)) {
        (void)c2c_diag_set(&run->diag, C2C_E_USAGE, verb,
                           lists ? "takes nothing more"
                                 : "which city is not said");
        c2c_diag_hint(&run->diag, "c2c members %s%s", verb,
                      lists ? "" : " CITY");
        return C2C_E_USAGE;
    }
    if (c2c_cmdline_has(&run->line, "kind") && strcmp(verb, "approve") != 0) {
        (void)c2c_diag_set(&run->diag, C2C_E_USAGE, "--kind",
                           "is said when a city is approved");
        c2c_diag_hint(&run->diag, "c2c members approve CITY --kind KIND");
        return C2C_E_USAGE;
    }
    return lists ? list_members(run)
           : strcmp(verb, "approve") == 0
               ? decide(run, verb, "a member: what it publishes is taken in")
           : strcmp(verb, "deny") == 0
               ? decide(run, verb,
                        "refused; `c2c members approve` changes that")
               : decide(run, verb, "no member any more");
}
