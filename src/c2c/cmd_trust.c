/* trust list, add, remove: whom this user believes. */

#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "base/near.h"
#include "c2c/command.h"
#include "c2c/run.h"
#include "c2c/table.h"
#include "c2c/trust.h"

enum {
    PREFIX_MIN = 8 /* Of an id. */
};

static struct c2c_val *item_of(struct c2c_run *run, const struct c2c_hash *lga,
                               struct c2c_view comment)
{
    struct c2c_val *item = c2c_doc_map(run->doc);
    char hex[C2C_HASH_HEX];

    c2c_hash_hex(lga, hex);
    c2c_doc_set_cstr(run->doc, item, "lga", hex);
    c2c_doc_set_str(run->doc, item, "comment", comment);
    return item;
}

static enum c2c_err print_items(struct c2c_run *run,
                                const struct c2c_val *items)
{
    static const struct c2c_column columns[] = {
        {"ASSOCIATION", "lga", C2C_CELL_TEXT, NULL},
        {"NAME", "comment", C2C_CELL_LONG, NULL},
    };
    const struct c2c_list list = {
        .columns = columns,
        .n_columns = 2,
        .plain = columns,
        .n_plain = 2,
        .empty = "No association is trusted yet; `c2c trust add LGA-ID NAME` "
                 "adds one whose id you know from itself.",
    };
    struct c2c_val *doc = c2c_doc_map(run->doc);

    c2c_doc_set(run->doc, doc, "items", items);
    return c2c_list_print(run, &list, doc);
}

static enum c2c_err list_all(struct c2c_run *run, const struct c2c_trust *trust)
{
    struct c2c_val *items = c2c_doc_array(run->doc);

    for (size_t i = 0; i < trust->n; i++) {
        c2c_doc_push(run->doc, items,
                     item_of(run, &trust->at[i].lga, trust->at[i].comment));
    }
    return print_items(run, items);
}

/* What was added or removed: its id for people, else the item. */
static enum c2c_err print_one(struct c2c_run *run, const struct c2c_val *item)
{
    struct c2c_val *items = c2c_doc_array(run->doc);
    struct c2c_view lga = c2c_val_text(item, "lga");

    if (c2c_run_built(run) != C2C_E_OK) {
        return run->diag.code;
    }
    if (run->out.form == C2C_FORM_HUMAN) {
        c2c_out_print(&run->out, "%.*s\n", (int)lga.n, (const char *)lga.p);
        return C2C_E_OK;
    }
    if (c2c_out_is_json(&run->out)) {
        c2c_out_doc(&run->out, item);
        return C2C_E_OK;
    }
    c2c_doc_push(run->doc, items, item);
    return print_items(run, items);
}

/* Arguments from the second on as one text. */
static enum c2c_err join_words(struct c2c_run *run, struct c2c_buf *out)
{
    enum c2c_err err = C2C_E_OK;

    for (size_t i = 2; i < run->line.n_args && err == C2C_E_OK; i++) {
        err = c2c_buf_fmt(out, "%s%s", i == 2 ? "" : " ", run->line.args[i]);
    }
    return err == C2C_E_OK ? c2c_buf_put(out, "", 1) : err;
}

static struct c2c_view comment_of(const struct c2c_trust *trust,
                                  const struct c2c_hash *lga)
{
    size_t i = 0;

    while (i < trust->n && !c2c_hash_eq(&trust->at[i].lga, lga)) {
        i++;
    }
    return i < trust->n ? trust->at[i].comment : c2c_view_str("");
}

static enum c2c_err add(struct c2c_run *run, struct c2c_trust *trust)
{
    const char *id = c2c_run_arg(run, 1);
    struct c2c_hash lga;
    struct c2c_buf name;
    enum c2c_err err;

    if (c2c_hash_parse(c2c_view_str(id), &lga) != C2C_E_OK) {
        (void)c2c_diag_set(&run->diag, C2C_E_USAGE, id,
                           "is not the id of an association");
        c2c_diag_hint(&run->diag, "an id has 64 hexadecimal digits; the "
                                  "association tells it, `c2c status` prints "
                                  "the own");
        return C2C_E_USAGE;
    }
    if (c2c_trust_has(trust, &lga)) {
        c2c_out_talk(&run->out, "It is trusted already; `c2c trust remove` it "
                                "first to name it anew.");
        return print_one(run, item_of(run, &lga, comment_of(trust, &lga)));
    }
    c2c_buf_init(&name, C2C_TRUST_BYTES);
    err = join_words(run, &name);
    if (err != C2C_E_OK) {
        err = c2c_run_nomem(run);
    } else if (!run->dry_run) {
        err = c2c_trust_add(run, trust, &lga, (const char *)name.p);
    }
    if (err == C2C_E_OK) {
        c2c_out_talk(&run->out,
                     run->dry_run ? "dry run: it would be trusted"
                                  : "Trusted from now on: answers are checked "
                                    "against what it signs.");
        err = print_one(run,
                        item_of(run, &lga, c2c_view_str((const char *)name.p)));
    }
    c2c_buf_fini(&name);
    return err;
}

static enum c2c_err not_trusted(struct c2c_run *run,
                                const struct c2c_trust *trust, const char *id)
{
    char hex[C2C_TRUST_MAX][C2C_HASH_HEX];
    struct c2c_near near;

    (void)c2c_diag_set(&run->diag, C2C_E_NOT_FOUND, id,
                       "no such association is trusted");
    c2c_diag_hint(&run->diag, "`c2c trust list` shows those that are");
    c2c_near_init(&near, c2c_view_str(id));
    for (size_t i = 0; i < trust->n; i++) {
        c2c_hash_hex(&trust->at[i].lga, hex[i]);
        c2c_near_offer(&near, trust->at[i].comment);
        c2c_near_offer(&near, c2c_view_str(hex[i]));
    }
    if (near.n > 0) {
        c2c_diag_hint(&run->diag, "did you mean %.*s?", (int)near.best[0].n,
                      (const char *)near.best[0].p);
    }
    return C2C_E_NOT_FOUND;
}

/* The line that an id, the beginning of one or a name means. */
static enum c2c_err find(struct c2c_run *run, const struct c2c_trust *trust,
                         const char *id, size_t *ret_i)
{
    size_t found = 0;

    for (size_t i = 0; i < trust->n; i++) {
        char hex[C2C_HASH_HEX];

        c2c_hash_hex(&trust->at[i].lga, hex);
        if ((strlen(id) >= PREFIX_MIN && strncmp(hex, id, strlen(id)) == 0) ||
            c2c_view_eq_str(trust->at[i].comment, id)) {
            *ret_i = i;
            found++;
        }
    }
    if (found > 1) {
        (void)c2c_diag_set(&run->diag, C2C_E_AMBIGUOUS, id,
                           "%zu associations are meant by this", found);
        c2c_diag_hint(&run->diag, "name one by its id: `c2c trust list`");
        return C2C_E_AMBIGUOUS;
    }
    return found == 1 ? C2C_E_OK : not_trusted(run, trust, id);
}

static enum c2c_err remove_one(struct c2c_run *run, struct c2c_trust *trust)
{
    const struct c2c_val *item;
    size_t i = 0;
    enum c2c_err err = find(run, trust, c2c_run_arg(run, 1), &i);

    if (err != C2C_E_OK) {
        return err;
    }
    item = item_of(run, &trust->at[i].lga, trust->at[i].comment);
    if (!run->dry_run) {
        err = c2c_trust_remove(run, trust, i);
    }
    if (err == C2C_E_OK) {
        c2c_out_talk(&run->out, run->dry_run
                                    ? "dry run: it would not be trusted any "
                                      "more"
                                    : "Not trusted any more.");
        err = print_one(run, item);
    }
    return err;
}

enum c2c_err c2c_cmd_trust(struct c2c_run *run)
{
    const char *verb = c2c_run_arg(run, 0);
    bool lists = strcmp(verb, "list") == 0;
    struct c2c_trust *trust;
    enum c2c_err err;

    if (lists != (run->line.n_args == 1)) {
        (void)c2c_diag_set(&run->diag, C2C_E_USAGE, verb,
                           lists ? "takes nothing more"
                                 : "which association is not said");
        c2c_diag_hint(&run->diag, "c2c trust %s%s", verb,
                      lists ? "" : " LGA-ID");
        return C2C_E_USAGE;
    }
    trust = c2c_calloc(1, sizeof *trust);
    if (trust == NULL) {
        return c2c_run_nomem(run);
    }
    err = c2c_trust_read(run, trust);
    if (err == C2C_E_OK) {
        err = lists                      ? list_all(run, trust)
              : strcmp(verb, "add") == 0 ? add(run, trust)
                                         : remove_one(run, trust);
    }
    c2c_trust_fini(trust);
    c2c_free(trust);
    return err;
}
