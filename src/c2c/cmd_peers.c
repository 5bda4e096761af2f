/* peers, sync: the hubs that this node follows. */

#include <poll.h>
#include <stdio.h>

#include "base/clock.h"
#include "c2c/call.h"
#include "c2c/command.h"
#include "c2c/run.h"
#include "c2c/table.h"

enum {
    PAUSE_MS = 50
};

static const struct c2c_column peer_columns[] = {
    {"HUB", "name", C2C_CELL_TEXT, NULL},
    {"URL", "url", C2C_CELL_TEXT, NULL},
    {"STATE", "state", C2C_CELL_TEXT, NULL},
    {"WHY", "reason", C2C_CELL_TEXT, NULL}, /* Whole, or what is it for? */
};

static const struct c2c_column peer_plain[] = {
    {"URL", "url", C2C_CELL_TEXT, NULL},
    {"CITY", "city", C2C_CELL_TEXT, NULL},
    {"NAME", "name", C2C_CELL_TEXT, NULL},
    {"STATE", "state", C2C_CELL_TEXT, NULL},
    {"REASON", "reason", C2C_CELL_TEXT, NULL},
    {"HEARD", "heard", C2C_CELL_TEXT, NULL},
    {"CURRENT", "current", C2C_CELL_TEXT, NULL},
    {"HAS_OURS", "has_ours", C2C_CELL_TEXT, NULL},
};

static enum c2c_err print_peers(struct c2c_run *run, const struct c2c_val *doc)
{
    const struct c2c_list list = {
        .columns = peer_columns,
        .n_columns = sizeof peer_columns / sizeof peer_columns[0],
        .plain = peer_plain,
        .n_plain = sizeof peer_plain / sizeof peer_plain[0],
        .empty = "This node follows no hub; `c2c join URL` asks one to admit "
                 "this city.",
    };

    return c2c_list_print(run, &list, doc);
}

enum c2c_err c2c_cmd_peers(struct c2c_run *run)
{
    const struct c2c_val *doc;
    enum c2c_err err = c2c_call(run, "peers", NULL, &doc);

    return err == C2C_E_OK ? print_peers(run, doc) : err;
}

/* The peers of an answer to `sync` as a list. */
static enum c2c_err print_sync(struct c2c_run *run, const struct c2c_val *doc)
{
    struct c2c_val *list = c2c_doc_map(run->doc);

    if (run->out.form == C2C_FORM_JSON) {
        c2c_out_doc(&run->out, doc);
        return C2C_E_OK;
    }
    c2c_doc_set(run->doc, list, "items", c2c_val_get(doc, "peers"));
    return print_peers(run, list);
}

/* Is this hub not as the operator wants it? */
static bool is_behind(const struct c2c_val *peer)
{
    return !c2c_val_bool(c2c_val_get(peer, "current")) ||
           !c2c_val_bool(c2c_val_get(peer, "has_ours"));
}

/* Say in the diag what is the matter with the first hub that is behind. */
static enum c2c_err not_synced(struct c2c_run *run, const struct c2c_val *peers,
                               enum c2c_err code)
{
    const struct c2c_val *peer = NULL;
    struct c2c_view url;
    struct c2c_view reason;

    for (size_t i = 0; i < c2c_val_count(peers) && peer == NULL; i++) {
        if (is_behind(c2c_val_at(peers, i))) {
            peer = c2c_val_at(peers, i);
        }
    }
    url = c2c_val_text(peer, "url");
    reason = c2c_val_text(peer, "reason");
    (void)c2c_diag_set(&run->diag, code, "sync", "%.*s: %.*s",
                       url.n < 200 ? (int)url.n : 200,
                       url.n == 0 ? "" : (const char *)url.p,
                       reason.n < 250 ? (int)reason.n : 250,
                       reason.n == 0 ? "" : (const char *)reason.p);
    return code;
}

static enum c2c_err too_late(struct c2c_run *run, const struct c2c_val *doc)
{
    enum c2c_err err =
        not_synced(run, c2c_val_get(doc, "peers"), C2C_E_TIMEOUT);

    c2c_diag_hint(&run->diag,
                  "not done within %llu s; it goes on by itself: wait longer "
                  "with --timeout SEC, or look with `c2c peers`",
                  (unsigned long long)(run->timeout_ms / 1000));
    return err;
}

/* A round is over: is every hub that could be reached as it should be? */
static enum c2c_err judge(struct c2c_run *run, const struct c2c_val *doc)
{
    const struct c2c_val *peers = c2c_val_get(doc, "peers");
    size_t offline = 0;

    for (size_t i = 0; i < c2c_val_count(peers); i++) {
        const struct c2c_val *peer = c2c_val_at(peers, i);

        if (c2c_view_eq_str(c2c_val_text(peer, "state"), "offline")) {
            offline++;
        } else if (is_behind(peer)) {
            (void)not_synced(run, peers, C2C_E_DENIED);
            c2c_diag_hint(&run->diag, "`c2c peers` shows every hub");
            return C2C_E_DENIED;
        }
    }
    if (offline > 0 && offline == c2c_val_count(peers)) {
        (void)not_synced(run, peers, C2C_E_UNREACHABLE);
        c2c_diag_hint(&run->diag, "the node goes on trying");
        return C2C_E_UNREACHABLE;
    }
    return C2C_E_OK;
}

/* Begin a round, and with @wait ask until it is over. */
static enum c2c_err go_round(struct c2c_run *run, bool wait,
                             const struct c2c_val **ret_doc)
{
    uint64_t end_ms = c2c_clock_mono_ms() + run->timeout_ms;
    enum c2c_err err = c2c_call(run, "sync", NULL, ret_doc);

    while (err == C2C_E_OK && wait &&
           !c2c_val_bool(c2c_val_get(*ret_doc, "done"))) {
        struct c2c_val *args = c2c_doc_map(run->doc);
        uint64_t now_ms = c2c_clock_mono_ms();

        if (now_ms >= end_ms) {
            return too_late(run, *ret_doc);
        }
        (void)poll(NULL, 0,
                   end_ms - now_ms < PAUSE_MS ? (int)(end_ms - now_ms)
                                              : PAUSE_MS);
        c2c_doc_set(run->doc, args, "round", c2c_val_get(*ret_doc, "round"));
        err = c2c_call(run, "sync", args, ret_doc);
    }
    return err == C2C_E_OK && wait ? judge(run, *ret_doc) : err;
}

enum c2c_err c2c_cmd_sync(struct c2c_run *run)
{
    bool wait = c2c_cmdline_has(&run->line, "wait");
    const struct c2c_val *doc = NULL;
    enum c2c_err err = go_round(run, wait, &doc);

    if (err == C2C_E_OK) {
        err = print_sync(run, doc);
    }
    if (err == C2C_E_OK && c2c_val_count(c2c_val_get(doc, "peers")) > 0) {
        c2c_out_talk(&run->out,
                     wait ? "Every hub that can be reached has this city's "
                            "newest state, and this node theirs."
                          : "The hubs are asked for what is new.");
    }
    return err;
}
