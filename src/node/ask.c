#include "node/ask.h"

#include <stdio.h>
#include <string.h>

#include "base/near.h"
#include "base/timefmt.h"
#include "store/store.h"

/* Every request.  Those that read see one state of the store throughout. */
static const struct request {
    const char *name;
    c2c_ask_fn *fn;
    bool one_state;
} requests[] = {
    {"put", c2c_ask_put, false},         {"remove", c2c_ask_remove, false},
    {"confirm", c2c_ask_confirm, false}, {"show", c2c_ask_show, true},
    {"list", c2c_ask_list, true},        {"log", c2c_ask_log, true},
    {"who", c2c_ask_who, true},          {"find", c2c_ask_find, true},
    {"status", c2c_ask_status, true},    {"doctor", c2c_ask_doctor, true},
    {"verify", c2c_ask_verify, true},    {"backup", c2c_ask_backup, false},
    {"key", c2c_ask_key, true},          {"join", c2c_ask_join, false},
    {"leave", c2c_ask_leave, false},     {"invite", c2c_ask_invite, false},
    {"members", c2c_ask_members, true},  {"approve", c2c_ask_approve, false},
    {"deny", c2c_ask_deny, false},       {"revoke", c2c_ask_revoke, false},
    {"peers", c2c_ask_peers, true},      {"sync", c2c_ask_sync, false},
    {"proof", c2c_ask_proof, true},
};

static enum c2c_err run(struct c2c_ask *ask, const struct request *request)
{
    enum c2c_err err = C2C_E_OK;

    if (request->one_state) {
        err = c2c_store_begin_read(ask->store);
    }
    if (err == C2C_E_OK) {
        err = request->fn(ask);
    }
    if (err == C2C_E_OK) {
        err = c2c_doc_err(ask->doc);
    }
    if (err != C2C_E_OK) {
        (void)c2c_ask_failed(ask, err);
    }
    if (request->one_state) {
        c2c_store_rollback(ask->store);
    }
    return err;
}

enum c2c_err c2c_ask_run(struct c2c_ask *ask, struct c2c_view name)
{
    ask->diag->code = C2C_E_OK;
    for (size_t i = 0; i < sizeof requests / sizeof requests[0]; i++) {
        if (c2c_view_eq_str(name, requests[i].name)) {
            return run(ask, &requests[i]);
        }
    }
    (void)c2c_diag_set(ask->diag, C2C_E_UNSUPPORTED, "request",
                       "the node knows no request '%.*s'", (int)name.n,
                       (const char *)name.p);
    c2c_diag_hint(ask->diag, "c2c and c2cd must be of the same version");
    return C2C_E_UNSUPPORTED;
}

enum c2c_err c2c_ask_failed(struct c2c_ask *ask, enum c2c_err err)
{
    if (ask->diag->code != C2C_E_OK) {
        return err;
    }
    if (err == C2C_E_STORE || err == C2C_E_CORRUPT || err == C2C_E_DISK_FULL ||
        err == C2C_E_IO) {
        (void)c2c_diag_set(ask->diag, err, "store", "%s: %s", c2c_strerror(err),
                           c2c_store_detail(ask->store));
        c2c_diag_hint(ask->diag, err == C2C_E_DISK_FULL
                                     ? "make room on the disk and ask again"
                                     : "`c2c verify` names what is damaged; "
                                       "restore a backup");
    } else if (err == C2C_E_TOO_BIG) {
        (void)c2c_diag_set(ask->diag, err, "answer",
                           "the answer is larger than a message may be");
        c2c_diag_hint(ask->diag, "ask for less with --limit");
    } else {
        (void)c2c_diag_set(ask->diag, err, NULL, "%s", c2c_strerror(err));
    }
    return err;
}

static enum c2c_err bad_argument(struct c2c_ask *ask, const char *name,
                                 const char *what)
{
    return c2c_diag_set(ask->diag, C2C_E_INVAL, name, "'%s' is not %s", name,
                        what);
}

enum c2c_err c2c_ask_text(struct c2c_ask *ask, const char *name,
                          struct c2c_view fallback, struct c2c_view *ret_text)
{
    const struct c2c_val *v = c2c_val_get(ask->args, name);

    if (v == NULL) {
        *ret_text = fallback;
        return C2C_E_OK;
    }
    if (c2c_val_kind(v) != C2C_KIND_STR) {
        return bad_argument(ask, name, "text");
    }
    *ret_text = c2c_val_str(v);
    return C2C_E_OK;
}

enum c2c_err c2c_ask_short(struct c2c_ask *ask, const char *name, size_t max,
                           struct c2c_view *ret_text)
{
    struct c2c_view text = {NULL, 0};
    enum c2c_err err = c2c_ask_text(ask, name, text, &text);

    if (err == C2C_E_OK && text.n > max) {
        return c2c_diag_set(ask->diag, C2C_E_TOO_BIG, name,
                            "'%s' has %zu bytes of at most %zu", name, text.n,
                            max);
    }
    if (err == C2C_E_OK) {
        *ret_text = text;
    }
    return err;
}

enum c2c_err c2c_ask_uint(struct c2c_ask *ask, const char *name, uint64_t min,
                          uint64_t max, uint64_t fallback, uint64_t *ret_value)
{
    const struct c2c_val *v = c2c_val_get(ask->args, name);
    int64_t i = c2c_val_int(v);

    if (v == NULL) {
        *ret_value = fallback;
        return C2C_E_OK;
    }
    if (c2c_val_kind(v) != C2C_KIND_INT || i < 0 || (uint64_t)i < min ||
        (uint64_t)i > max) {
        return bad_argument(ask, name, "a number in its range");
    }
    *ret_value = (uint64_t)i;
    return C2C_E_OK;
}

enum c2c_err c2c_ask_flag(struct c2c_ask *ask, const char *name, bool *ret_flag)
{
    const struct c2c_val *v = c2c_val_get(ask->args, name);

    if (v != NULL && c2c_val_kind(v) != C2C_KIND_BOOL) {
        return bad_argument(ask, name, "true or false");
    }
    *ret_flag = c2c_val_bool(v);
    return C2C_E_OK;
}

enum c2c_err c2c_ask_cursor(struct c2c_ask *ask, int64_t *ret_after)
{
    struct c2c_view text = {NULL, 0};
    int64_t after = 0;
    enum c2c_err err = c2c_ask_text(ask, "cursor", text, &text);

    for (size_t i = 0; i < text.n && err == C2C_E_OK; i++) {
        if (text.p[i] < '0' || text.p[i] > '9' || text.n > 18) {
            (void)c2c_diag_set(ask->diag, C2C_E_USAGE, "cursor",
                               "'%.*s' is not a cursor", (int)text.n,
                               (const char *)text.p);
            c2c_diag_hint(ask->diag, "take the \"next\" of the answer before");
            return C2C_E_USAGE;
        }
        after = after * 10 + (text.p[i] - '0');
    }
    *ret_after = after;
    return err;
}

void c2c_ask_set_time(struct c2c_ask *ask, struct c2c_val *map,
                      const char *name, uint64_t s)
{
    char text[C2C_TIME_TEXT];

    c2c_time_format(s, text);
    c2c_doc_set_cstr(ask->doc, map, name, text);
}

void c2c_ask_finish_list(struct c2c_ask *ask, const struct c2c_val *items,
                         bool more, int64_t next)
{
    c2c_doc_set(ask->doc, ask->result, "items", items);
    c2c_doc_set(ask->doc, ask->result, "next",
                more ? c2c_doc_fmt(ask->doc, "%lld", (long long)next)
                     : c2c_doc_nil(ask->doc));
    c2c_ask_set_time(ask, ask->result, "as_of", ask->now_s);
}
