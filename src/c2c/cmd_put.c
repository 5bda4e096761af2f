/* put, rm, confirm: changes to the city's own records. */

#include <stdio.h>

#include "c2c/call.h"
#include "c2c/command.h"
#include "c2c/input.h"
#include "c2c/run.h"
#include "c2c/save.h"
#include "c2c/table.h"

enum {
    TOLD = 20 /* Referrers of what is to go. */
};

enum c2c_err c2c_cmd_put(struct c2c_run *run)
{
    const struct c2c_val *records;
    struct c2c_input input;
    enum c2c_err err;

    err = c2c_input_read(run, c2c_run_arg(run, 0), &input);
    if (err == C2C_E_OK) {
        err = c2c_input_parse(run, &input);
    }
    if (err == C2C_E_OK) {
        err = c2c_input_records(run, &input, &records);
    }
    if (err == C2C_E_OK) {
        const struct c2c_origin origin = c2c_input_origin(&input);

        err = c2c_save(run, records, &origin);
    }
    c2c_input_fini(&input);
    return err;
}

/* The command's arguments as {"refs": [...], "dry_run": ...}. */
static struct c2c_val *refs_of(struct c2c_run *run, bool dry_run)
{
    struct c2c_val *args = c2c_doc_map(run->doc);
    struct c2c_val *refs = c2c_doc_array(run->doc);

    for (size_t i = 0; i < run->line.n_args; i++) {
        c2c_doc_push(run->doc, refs, c2c_doc_cstr(run->doc, run->line.args[i]));
    }
    c2c_doc_set(run->doc, args, "refs", refs);
    c2c_doc_set_bool(run->doc, args, "dry_run", dry_run);
    return args;
}

static void tell(struct c2c_run *run, const struct c2c_val *doc,
                 const char *done)
{
    size_t n = c2c_val_count(c2c_val_get(doc, "items"));

    if (run->dry_run) {
        c2c_out_talk(&run->out,
                     "dry run: %zu record%s would be %s; nothing was changed",
                     n, n == 1 ? "" : "s", done);
    } else {
        c2c_out_talk(&run->out, "%zu record%s %s (revision %lld.%lld)", n,
                     n == 1 ? "" : "s", done,
                     (long long)c2c_val_int(c2c_val_get(doc, "epoch")),
                     (long long)c2c_val_int(c2c_val_get(doc, "rev")));
        c2c_save_tell_cut_off(run, doc);
    }
}

/* What would be left with a reference that leads nowhere. */
static void tell_referrers(struct c2c_run *run, const struct c2c_val *doc)
{
    const struct c2c_val *refs = c2c_val_get(doc, "referrers");
    size_t n = c2c_val_count(refs);

    for (size_t i = 0; i < n && i < TOLD; i++) {
        struct c2c_view ref = c2c_val_str(c2c_val_at(refs, i));

        c2c_out_talk(&run->out, "%.*s refers to %s.", (int)ref.n,
                     (const char *)ref.p,
                     run->line.n_args == 1 ? "it" : "one of them");
    }
    if (n > TOLD) {
        c2c_out_talk(&run->out, "So do others.");
    }
}

/* What would happen comes first: who names a record that is not there is not
 * asked. */
static enum c2c_err ask_removal(struct c2c_run *run)
{
    const struct c2c_val *doc;
    char question[512];
    enum c2c_err err = c2c_call(run, "remove", refs_of(run, true), &doc);

    if (err != C2C_E_OK) {
        return err;
    }
    tell_referrers(run, doc);

    if (run->line.n_args == 1) {
        (void)snprintf(question, sizeof question, "Remove %.400s for good?",
                       run->line.args[0]);
    } else {
        (void)snprintf(question, sizeof question,
                       "Remove these %zu records for good?", run->line.n_args);
    }
    return c2c_run_confirm(run, "rm", question);
}

enum c2c_err c2c_cmd_rm(struct c2c_run *run)
{
    static const struct c2c_column plain[] = {
        {"REF", "ref", C2C_CELL_TEXT, NULL}};
    const struct c2c_list list = {.plain = plain, .n_plain = 1};
    const struct c2c_val *doc;
    enum c2c_err err = run->dry_run || run->yes ? C2C_E_OK : ask_removal(run);

    if (err == C2C_E_OK) {
        err = c2c_call(run, "remove", refs_of(run, run->dry_run), &doc);
    }
    if (err != C2C_E_OK) {
        return err;
    }
    err = c2c_list_refs(run, &list, doc);
    if (run->dry_run) {
        tell_referrers(run, doc);
    }
    tell(run, doc, "removed");
    if (!run->dry_run) {
        c2c_out_talk(&run->out, "Earlier backups still hold %s.",
                     run->line.n_args == 1 ? "it" : "them");
    }
    return err;
}

enum c2c_err c2c_cmd_confirm(struct c2c_run *run)
{
    static const struct c2c_column plain[] = {
        {"REF", "ref", C2C_CELL_TEXT, NULL},
        {"VERIFIED", "verified_at", C2C_CELL_TEXT, NULL},
    };
    const struct c2c_list list = {.plain = plain, .n_plain = 2};
    const struct c2c_val *doc;
    enum c2c_err err =
        c2c_call(run, "confirm", refs_of(run, run->dry_run), &doc);

    if (err != C2C_E_OK) {
        return err;
    }
    err = c2c_list_refs(run, &list, doc);
    tell(run, doc, "confirmed as still true");
    return err;
}
