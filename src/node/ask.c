#include "node/ask.h"

#include <stdio.h>
#include <string.h>

#include "base/near.h"
#include "base/timefmt.h"
#include "node/cursor.h"
#include "node/node_priv.h"
#include "store/store.h"

/* Every request.  Those that read see one state of the store throughout; some
 * of them are for visitors, too. */
static const struct request {
    const char *name;
    c2c_ask_fn *fn;
    bool one_state;
    bool open;
} requests[] = {
    {"put", c2c_ask_put, false, false},
    {"remove", c2c_ask_remove, false, false},
    {"confirm", c2c_ask_confirm, false, false},
    {"show", c2c_ask_show, true, true},
    {"list", c2c_ask_list, true, true},
    {"log", c2c_ask_log, true, true},
    {"who", c2c_ask_who, true, true},
    {"find", c2c_ask_find, true, true},
    {"status", c2c_ask_status, true, true},
    {"doctor", c2c_ask_doctor, true, false},
    {"verify", c2c_ask_verify, true, false},
    {"backup", c2c_ask_backup, false, false},
    {"key", c2c_ask_key, true, false},
    {"join", c2c_ask_join, false, false},
    {"leave", c2c_ask_leave, false, false},
    {"invite", c2c_ask_invite, false, false},
    {"members", c2c_ask_members, true, false},
    {"approve", c2c_ask_approve, false, false},
    {"deny", c2c_ask_deny, false, false},
    {"revoke", c2c_ask_revoke, false, false},
    {"peers", c2c_ask_peers, true, false},
    {"sync", c2c_ask_sync, false, false},
    {"proof", c2c_ask_proof, true, true},
};

static enum c2c_err run(struct c2c_ask *ask, const struct request *request)
{
    bool begins = request->one_state && ask->visitor == NULL;
    enum c2c_err err = C2C_E_OK;

    if (begins) {
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
    if (begins) {
        c2c_store_rollback(ask->store);
    }
    return err;
}

enum c2c_err c2c_ask_run(struct c2c_ask *ask, struct c2c_view name)
{
    ask->diag->code = C2C_E_OK;
    ask->name = name;
    for (size_t i = 0; i < sizeof requests / sizeof requests[0]; i++) {
        if (c2c_view_eq_str(name, requests[i].name) &&
            (ask->visitor == NULL || requests[i].open)) {
            return run(ask, &requests[i]);
        }
    }
    (void)c2c_diag_set(ask->diag, C2C_E_UNSUPPORTED, "request",
                       "the node %s '%.*s'",
                       ask->visitor == NULL ? "knows no request"
                                            : "answers nobody elsewhere",
                       (int)name.n, (const char *)name.p);
    c2c_diag_hint(ask->diag, "c2c and c2cd must be of the same version");
    return C2C_E_UNSUPPORTED;
}

enum c2c_err c2c_ask_failed(struct c2c_ask *ask, enum c2c_err err)
{
    if (ask->diag->code != C2C_E_OK) {
        return err;
    }
    if (ask->visitor != NULL && err != C2C_E_TOO_BIG) {
        /* What is wrong here is nobody else's matter. */
        (void)c2c_diag_set(ask->diag, err, "node", "%s", c2c_strerror(err));
    } else if (err == C2C_E_STORE || err == C2C_E_CORRUPT ||
               err == C2C_E_DISK_FULL || err == C2C_E_IO) {
        (void)c2c_diag_set(ask->diag, err, "store", "%s: %s", c2c_strerror(err),
                           c2c_store_detail(ask->store));
        c2c_diag_hint(ask->diag, "%s",
                      err == C2C_E_DISK_FULL
                          ? "make room on the disk and ask again"
                          : "`c2c verify` names what is damaged, `c2c doctor` "
                            "tells what to type");
    } else if (err == C2C_E_TOO_BIG) {
        (void)c2c_diag_set(ask->diag, err, "answer",
                           "the answer is larger than a message may be");
        c2c_diag_hint(ask->diag, "ask for less with --limit");
    } else {
        (void)c2c_diag_set(ask->diag, err, NULL, "%s", c2c_strerror(err));
    }
    return err;
}

/* As the "error" of `--json`: see wire/control.h. */
void c2c_ask_refuse(struct c2c_ask *ask, enum c2c_err code)
{
    const struct c2c_diag *diag = ask->diag;

    c2c_doc_set_cstr(ask->doc, ask->result, "code", c2c_errname(code));
    c2c_doc_set_cstr(ask->doc, ask->result, "thing", diag->thing);
    c2c_doc_set_cstr(ask->doc, ask->result, "message", diag->message);
    c2c_doc_set_cstr(ask->doc, ask->result, "hint", diag->hint);
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

enum c2c_err c2c_ask_fits(struct c2c_ask *ask, const struct c2c_val *item,
                          bool *ret_fits)
{
    struct c2c_buf bytes;
    enum c2c_err err;

    *ret_fits = true;
    if (ask->visitor == NULL) {
        return C2C_E_OK;
    }
    c2c_buf_init(&bytes, ask->visitor->room);
    err = c2c_doc_encode(ask->doc, item, &bytes);
    if (err == C2C_E_OK) {
        ask->visitor->room -= bytes.n;
    } else if (err == C2C_E_TOO_BIG) {
        *ret_fits = false;
        err = C2C_E_OK;
    }
    c2c_buf_fini(&bytes);
    return err;
}

static enum c2c_err read_cursor(const struct c2c_ask *ask, struct c2c_view text,
                                int64_t *ret_after)
{
    int64_t after = 0;

    if (ask->visitor != NULL) {
        return c2c_cursor_open(ask->node->cursor_key, ask->name, text,
                               ret_after);
    }
    for (size_t i = 0; i < text.n; i++) {
        if (text.p[i] < '0' || text.p[i] > '9' || text.n > 18) {
            return C2C_E_INVAL;
        }
        after = after * 10 + (text.p[i] - '0');
    }
    *ret_after = after;
    return C2C_E_OK;
}

enum c2c_err c2c_ask_cursor(struct c2c_ask *ask, int64_t *ret_after)
{
    struct c2c_view text = {NULL, 0};
    int64_t after = 0;
    enum c2c_err err = c2c_ask_text(ask, "cursor", text, &text);

    if (err == C2C_E_OK && text.n > 0 &&
        read_cursor(ask, text, &after) != C2C_E_OK) {
        (void)c2c_diag_set(ask->diag, C2C_E_USAGE, "cursor",
                           "'%.*s' is not a cursor",
                           text.n < 200 ? (int)text.n : 200,
                           (const char *)text.p);
        c2c_diag_hint(ask->diag, ask->visitor == NULL
                                     ? "take the \"next\" of the answer before"
                                     : "take the \"next\" of the answer "
                                       "before; if the node has started since, "
                                       "begin anew");
        return C2C_E_USAGE;
    }
    *ret_after = after;
    return err;
}

void c2c_ask_set_hash(struct c2c_ask *ask, struct c2c_val *map,
                      const char *name, const struct c2c_hash *hash)
{
    char hex[C2C_HASH_HEX];

    c2c_hash_hex(hash, hex);
    c2c_doc_set_cstr(ask->doc, map, name, hex);
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
    char sealed[C2C_CURSOR_TEXT] = "";

    c2c_doc_set(ask->doc, ask->result, "items", items);
    if (ask->visitor != NULL) {
        c2c_cursor_seal(ask->node->cursor_key, ask->name, next, sealed);
    }
    c2c_doc_set(ask->doc, ask->result, "next",
                !more ? c2c_doc_nil(ask->doc)
                : ask->visitor != NULL
                    ? c2c_doc_cstr(ask->doc, sealed)
                    : c2c_doc_fmt(ask->doc, "%lld", (long long)next));
    c2c_ask_set_time(ask, ask->result, "as_of", ask->now_s);
}
