/* status, doctor: how the node is. */

#include <stdio.h>
#include <string.h>

#include "c2c/call.h"
#include "c2c/card.h"
#include "c2c/command.h"
#include "c2c/run.h"
#include "c2c/table.h"

/* "public 3, network 1": the members of a map of numbers or texts. */
static enum c2c_err put_pairs(const struct c2c_val *map, struct c2c_buf *out)
{
    enum c2c_err err = C2C_E_OK;

    for (size_t i = 0; i < c2c_val_count(map) && err == C2C_E_OK; i++) {
        struct c2c_pair pair = c2c_val_pair(map, i);
        struct c2c_view text = c2c_val_str(pair.val);

        err = c2c_buf_fmt(out, "%s%.*s ", i == 0 ? "" : ", ", (int)pair.key.n,
                          (const char *)pair.key.p);
        if (err == C2C_E_OK) {
            err =
                c2c_val_kind(pair.val) == C2C_KIND_INT
                    ? c2c_buf_fmt(out, "%lld", (long long)c2c_val_int(pair.val))
                    : c2c_buf_put(out, text.p, text.n);
        }
    }
    return err;
}

/* A line for each hub: which, and how it stands with it. */
static enum c2c_err put_peers(struct c2c_card *card,
                              const struct c2c_val *peers, struct c2c_buf *text)
{
    enum c2c_err err = C2C_E_OK;

    for (size_t i = 0; i < c2c_val_count(peers) && err == C2C_E_OK; i++) {
        const struct c2c_val *peer = c2c_val_at(peers, i);
        struct c2c_view name = c2c_val_text(peer, "name");
        struct c2c_view url = c2c_val_text(peer, "url");
        struct c2c_view reason = c2c_val_text(peer, "reason");

        if (reason.n == 0) {
            reason = c2c_val_text(peer, "state");
        }
        name = name.n > 0 ? name : url;
        c2c_buf_clear(text);
        err = c2c_buf_fmt(text, "%.*s: %.*s", (int)name.n, (const char *)name.p,
                          (int)reason.n, (const char *)reason.p);
        c2c_card_field(card, "Hub", c2c_buf_view(text));
    }
    return err;
}

static enum c2c_err status_card(struct c2c_run *run, const struct c2c_val *doc)
{
    static const struct {
        const char *label;
        const char *member;
    } texts[] = {{"City id", "city"}, {"Kind", "kind"}, {"State", "state"}};
    const struct c2c_words words = {.lang = c2c_run_lang(run), .people = true};
    struct c2c_card card = {.out = &run->out, .words = &words, .labels = 10};
    const struct c2c_val *listen = c2c_val_get(doc, "listen");
    struct c2c_buf text;
    enum c2c_err err;

    c2c_buf_init(&text, 65536);
    c2c_card_heading(&card, c2c_val_text(doc, "name"), false);
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        c2c_card_field(&card, texts[i].label,
                       c2c_val_text(doc, texts[i].member));
    }
    err = c2c_buf_fmt(&text, "%lld.%lld",
                      (long long)c2c_val_int(c2c_val_get(doc, "epoch")),
                      (long long)c2c_val_int(c2c_val_get(doc, "rev")));
    c2c_card_field(&card, "Revision", c2c_buf_view(&text));
    c2c_buf_clear(&text);
    if (err == C2C_E_OK) {
        err = put_pairs(c2c_val_get(doc, "records"), &text);
    }
    c2c_card_field(&card, "Records", c2c_buf_view(&text));
    for (size_t i = 0; i < c2c_val_count(listen); i++) {
        c2c_card_field(&card, "Listens on", c2c_val_str(c2c_val_at(listen, i)));
    }
    c2c_card_field(&card, "Stored by", c2c_val_text(doc, "stored"));
    if (err == C2C_E_OK) {
        err = put_peers(&card, c2c_val_get(doc, "peers"), &text);
    }
    c2c_card_field(&card, run->node == NULL ? "Folder" : "Node",
                   c2c_view_str(run->node == NULL ? run->dir : run->node));
    c2c_buf_fini(&text);
    return err == C2C_E_OK ? err : c2c_run_nomem(run);
}

enum c2c_err c2c_cmd_status(struct c2c_run *run)
{
    static const struct c2c_column plain[] = {
        {"CITY", "city", C2C_CELL_TEXT, NULL},
        {"NAME", "name", C2C_CELL_TEXT, NULL},
        {"KIND", "kind", C2C_CELL_TEXT, NULL},
        {"EPOCH", "epoch", C2C_CELL_TEXT, NULL},
        {"REV", "rev", C2C_CELL_TEXT, NULL},
        {"STATE", "state", C2C_CELL_TEXT, NULL},
    };
    const struct c2c_list list = {.plain = plain,
                                  .n_plain = sizeof plain / sizeof plain[0]};
    struct c2c_val *items = c2c_doc_array(run->doc);
    struct c2c_val *one = c2c_doc_map(run->doc);
    const struct c2c_val *doc;
    enum c2c_err err = c2c_cmdline_has(&run->line, "wait")
                           ? c2c_call_wait(run, "status", &doc)
                           : c2c_call(run, "status", NULL, &doc);

    if (err != C2C_E_OK) {
        return err;
    }
    if (c2c_out_is_json(&run->out)) {
        c2c_out_doc(&run->out, doc);
        return C2C_E_OK;
    }
    if (run->out.form == C2C_FORM_HUMAN) {
        return status_card(run, doc);
    }
    c2c_doc_push(run->doc, items, doc);
    c2c_doc_set(run->doc, one, "items", items);
    return c2c_list_print(run, &list, one);
}

static const struct c2c_column check_columns[] = {
    {"STATE", "state", C2C_CELL_STATE, NULL},
    {"CHECK", "check", C2C_CELL_TEXT, NULL},
    {"FINDING", "message", C2C_CELL_TEXT, NULL},
};

static const struct c2c_column check_plain[] = {
    {"CHECK", "check", C2C_CELL_TEXT, NULL},
    {"STATE", "state", C2C_CELL_TEXT, NULL},
    {"MESSAGE", "message", C2C_CELL_TEXT, NULL},
    {"HINT", "hint", C2C_CELL_TEXT, NULL},
};

static enum c2c_err print_checks(struct c2c_run *run, const struct c2c_val *doc)
{
    const struct c2c_list list = {.columns = check_columns,
                                  .n_columns = sizeof check_columns /
                                               sizeof check_columns[0],
                                  .plain = check_plain,
                                  .n_plain = sizeof check_plain /
                                             sizeof check_plain[0]};
    const struct c2c_val *items = c2c_val_get(doc, "items");
    enum c2c_err err = c2c_list_print(run, &list, doc);

    for (size_t i = 0;
         i < c2c_val_count(items) && run->out.form == C2C_FORM_HUMAN; i++) {
        const struct c2c_val *item = c2c_val_at(items, i);
        struct c2c_view check = c2c_val_text(item, "check");
        struct c2c_view hint = c2c_val_text(item, "hint");

        if (hint.n > 0 && !c2c_view_eq_str(c2c_val_text(item, "state"), "ok")) {
            c2c_out_talk(&run->out, "%.*s: %.*s", (int)check.n,
                         (const char *)check.p, (int)hint.n,
                         (const char *)hint.p);
        }
    }
    return err;
}

/* What can be said without the node: that it does not answer, as a finding. */
static enum c2c_err doctor_alone(struct c2c_run *run)
{
    const struct c2c_diag why = run->diag;
    struct c2c_val *doc = c2c_doc_map(run->doc);
    struct c2c_val *items = c2c_doc_array(run->doc);
    struct c2c_val *item = c2c_doc_map(run->doc);

    c2c_doc_set_cstr(run->doc, item, "check", "node");
    c2c_doc_set_cstr(run->doc, item, "state", "fail");
    c2c_doc_set(run->doc, item, "message",
                c2c_doc_fmt(run->doc, "%s: %s", why.thing, why.message));
    c2c_doc_set_cstr(run->doc, item, "hint", why.hint);
    c2c_doc_push(run->doc, items, item);
    c2c_doc_set(run->doc, doc, "items", items);
    (void)print_checks(run, doc); /* The first failure is told. */
    run->diag = why;
    return why.code;
}

enum c2c_err c2c_cmd_doctor(struct c2c_run *run)
{
    const struct c2c_val *doc;
    enum c2c_err err = c2c_call(run, "doctor", NULL, &doc);
    const struct c2c_val *items;
    size_t bad = 0;

    if (err == C2C_E_UNREACHABLE && !c2c_out_is_json(&run->out)) {
        return doctor_alone(run);
    }
    if (err == C2C_E_OK) {
        err = print_checks(run, doc);
    }
    if (err != C2C_E_OK) {
        return err;
    }
    items = c2c_val_get(doc, "items");
    for (size_t i = 0; i < c2c_val_count(items); i++) {
        bad +=
            c2c_view_eq_str(c2c_val_text(c2c_val_at(items, i), "state"), "fail")
                ? 1
                : 0;
    }
    if (bad > 0) {
        return c2c_diag_set(&run->diag, C2C_E_INVAL, run->dir,
                            "%zu of %zu checks failed", bad,
                            c2c_val_count(items));
    }
    return C2C_E_OK;
}
