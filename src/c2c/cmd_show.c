/* show: one record. */

#include <stdio.h>

#include "c2c/call.h"
#include "c2c/card.h"
#include "c2c/command.h"
#include "c2c/label.h"
#include "c2c/run.h"
#include "c2c/table.h"
#include "c2c/vouch.h"

/* A fixed word as printf takes one. */
static const char *word(const struct c2c_card *card, const char *english)
{
    return (const char *)c2c_label(english, card->words->lang).p;
}

/* "public, revision 1.7, signature checked". */
static void state_line(struct c2c_card *card, const struct c2c_val *record)
{
    const struct c2c_val *verified = c2c_val_get(record, "verified");
    const char *audience =
        c2c_view_eq_str(c2c_val_text(record, "audience"), "network") ? "network"
                                                                     : "public";
    struct c2c_view reason = c2c_val_str(verified);
    bool good = c2c_val_bool(verified);
    char line[512];
    int n;

    if (c2c_view_eq_str(c2c_val_text(record, "audience"), "local")) {
        c2c_card_text(card, C2C_STYLE_WARN,
                      c2c_view_str(
                          word(card, "a draft on this node, not published")));
        return;
    }
    n = snprintf(line, sizeof line, "%s, %s %lld.%lld, %s%s%.*s",
                 word(card, audience), word(card, "revision"),
                 (long long)c2c_val_int(c2c_val_get(record, "epoch")),
                 (long long)c2c_val_int(c2c_val_get(record, "rev")),
                 word(card, good ? "signature checked" : "NOT VERIFIED"),
                 reason.n > 0 ? ": " : "",
                 (int)(reason.n < 200 ? reason.n : 200),
                 reason.n == 0 ? "" : (const char *)reason.p);
    c2c_card_text(card, good ? C2C_STYLE_DIM : C2C_STYLE_BAD,
                  c2c_view_of(line, n > 0 ? (size_t)n : 0));
}

/* "signed by Baguio on 2026-11-24, admitted by The League". */
static void vouched_line(struct c2c_card *card, const struct c2c_val *record)
{
    const struct c2c_val *vouched = c2c_val_get(record, "vouched");
    struct c2c_view city = c2c_val_text(vouched, "city_name");
    struct c2c_view lga = c2c_val_text(vouched, "lga_name");
    struct c2c_view at = c2c_val_text(vouched, "signed");
    char line[1024];

    if (vouched == NULL) {
        return;
    }
    city = city.n > 0 ? city : c2c_val_text(record, "city");
    lga = lga.n > 0 ? lga : c2c_val_text(vouched, "lga");
    (void)snprintf(line, sizeof line, "%s %.*s %s %.*s, %s %.*s",
                   word(card, "signed by"), (int)city.n, (const char *)city.p,
                   word(card, "on"), at.n < 10 ? (int)at.n : 10,
                   (const char *)at.p, word(card, "admitted by"), (int)lga.n,
                   (const char *)lga.p);
    c2c_card_text(card, C2C_STYLE_DIM, c2c_view_str(line));
}

static void fresh_line(struct c2c_card *card, const struct c2c_val *record)
{
    const struct c2c_val *fresh = c2c_val_get(record, "fresh");
    struct c2c_view at = c2c_val_text(fresh, "verified_at");
    bool stale = c2c_val_bool(c2c_val_get(fresh, "stale"));
    char line[128];

    if (at.n < 10) {
        return;
    }
    (void)snprintf(line, sizeof line, "%s %.10s%s%s",
                   word(card, "confirmed on"), (const char *)at.p,
                   stale ? ", " : "",
                   stale ? word(card, "stale: ask before you rely on it") : "");
    c2c_card_text(card, stale ? C2C_STYLE_WARN : C2C_STYLE_DIM,
                  c2c_view_str(line));
}

static enum c2c_err show_card(struct c2c_run *run, const struct c2c_val *record)
{
    const struct c2c_types *types = c2c_run_types(run);
    struct c2c_view name = c2c_val_text(record, "type");
    struct c2c_view title = c2c_val_text(record, "title");
    struct c2c_view ref = c2c_val_text(record, "ref");
    const struct c2c_words words = {.types = types,
                                    .lang = c2c_run_lang(run),
                                    .people = true,
                                    .body = c2c_val_get(record, "body")};
    struct c2c_card card = {.out = &run->out, .words = &words, .title = title};
    const struct c2c_type *type;
    enum c2c_err err;

    if (types == NULL) {
        return run->diag.code;
    }
    type = c2c_types_find(types, name);
    c2c_card_text(&card, C2C_STYLE_BOLD, title);
    c2c_card_text(&card, C2C_STYLE_NONE, ref);
    state_line(&card, record);
    vouched_line(&card, record);
    fresh_line(&card, record);
    c2c_out_write(&run->out, c2c_view_str("\n"));
    err = c2c_card_body(&card, type == NULL ? NULL : c2c_type_body(type),
                        c2c_val_get(record, "body"));
    return err == C2C_E_OK ? err : c2c_run_nomem(run);
}

static enum c2c_err print(struct c2c_run *run, const struct c2c_val *doc)
{
    static const struct c2c_column plain[] = {
        {"REF", "ref", C2C_CELL_TEXT, NULL},
        {"TITLE", "title", C2C_CELL_TEXT, NULL},
        {"AUDIENCE", "audience", C2C_CELL_TEXT, NULL},
        {"UPDATED", "updated", C2C_CELL_TEXT, NULL},
        {"VERIFIED", "verified", C2C_CELL_TEXT, NULL},
        {"CONFIRMED", "fresh.verified_at", C2C_CELL_TEXT, NULL},
        {"STALE", "fresh.stale", C2C_CELL_TEXT, NULL},
        {"BODY", "body", C2C_CELL_TEXT, NULL},
    };
    const struct c2c_list list = {.plain = plain,
                                  .n_plain = sizeof plain / sizeof plain[0]};
    struct c2c_val *items = c2c_doc_array(run->doc);
    struct c2c_val *one = c2c_doc_map(run->doc);

    switch (run->out.form) {
    case C2C_FORM_HUMAN:
        return show_card(run, doc);
    case C2C_FORM_JSON:
    case C2C_FORM_JSONL:
        c2c_out_doc(&run->out, doc);
        return C2C_E_OK;
    case C2C_FORM_RECORDS:
        c2c_list_record(run, doc);
        return c2c_run_built(run);
    case C2C_FORM_PLAIN:
        break;
    }
    c2c_doc_push(run->doc, items, doc);
    c2c_doc_set(run->doc, one, "items", items);
    return c2c_list_print(run, &list, one);
}

/* What is shown but cannot be trusted is told by the exit status, too. */
static enum c2c_err check_verified(struct c2c_run *run,
                                   const struct c2c_val *record)
{
    const struct c2c_val *verified = c2c_val_get(record, "verified");
    struct c2c_view reason = c2c_val_str(verified);

    if (c2c_val_kind(verified) == C2C_KIND_NIL || c2c_val_bool(verified) ||
        c2c_view_eq_str(c2c_val_text(record, "audience"), "local")) {
        return C2C_E_OK;
    }
    if (c2c_view_eq_str(reason, c2c_vouch_nobody)) {
        c2c_out_talk(
            &run->out,
            "Not verified: %s. `c2c trust add ID NAME` names one whose "
            "id you know from itself.",
            c2c_vouch_nobody);
        return C2C_E_OK;
    }
    (void)c2c_diag_set(&run->diag, C2C_E_NOT_VERIFIED, c2c_run_arg(run, 0),
                       "not verified: %.*s", (int)reason.n,
                       reason.n == 0 ? "" : (const char *)reason.p);
    c2c_diag_hint(&run->diag, run->node == NULL
                                  ? "`c2c verify` names what is wrong, `c2c "
                                    "doctor` tells what to type"
                                  : "do not rely on it; ask another node, or "
                                    "the city");
    return C2C_E_NOT_VERIFIED;
}

enum c2c_err c2c_cmd_show(struct c2c_run *run)
{
    struct c2c_val *args = c2c_doc_map(run->doc);
    const struct c2c_val *doc;
    enum c2c_err err;

    c2c_doc_set_cstr(run->doc, args, "ref", c2c_run_arg(run, 0));
    err = c2c_call(run, "show", args, &doc);
    if (err == C2C_E_OK && run->node != NULL) {
        struct c2c_val *vouched = NULL;

        err = c2c_vouch_record(run, c2c_run_arg(run, 0), doc, &vouched);
        doc = vouched;
    }
    if (err == C2C_E_OK) {
        err = print(run, doc);
    }
    return err == C2C_E_OK ? check_verified(run, doc) : err;
}
