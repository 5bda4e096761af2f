/* peers, sync: the hubs that this node follows. */

#include <poll.h>
#include <stdio.h>

#include "base/clock.h"
#include "c2c/call.h"
#include "c2c/command.h"
#include "c2c/run.h"
#include "c2c/table.h"

enum {
    PAUSE_MS = 200
};

static const struct c2c_column peer_columns[] = {
    {"HUB", "name", C2C_CELL_TEXT, NULL},
    {"URL", "url", C2C_CELL_TEXT, NULL},
    {"STATE", "state", C2C_CELL_TEXT, NULL},
    {"WHY", "reason", C2C_CELL_LONG, NULL},
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

static enum c2c_err too_late(struct c2c_run *run, const struct c2c_val *doc)
{
    const struct c2c_val *peers = c2c_val_get(doc, "peers");
    struct c2c_view url = {NULL, 0};
    struct c2c_view reason = {NULL, 0};
    char text[512];

    for (size_t i = 0; i < c2c_val_count(peers) && reason.n == 0; i++) {
        const struct c2c_val *peer = c2c_val_at(peers, i);

        if (!c2c_val_bool(c2c_val_get(peer, "current")) ||
            !c2c_val_bool(c2c_val_get(peer, "has_ours"))) {
            url = c2c_val_text(peer, "url");
            reason = c2c_val_text(peer, "reason");
        }
    }
    (void)snprintf(text, sizeof text, "%s%.*s%s%.*s", reason.n == 0 ? "" : ": ",
                   url.n < 200 ? (int)url.n : 200,
                   url.n == 0 ? "" : (const char *)url.p,
                   reason.n == 0 ? "" : ": ",
                   reason.n < 250 ? (int)reason.n : 250,
                   reason.n == 0 ? "" : (const char *)reason.p);
    (void)c2c_diag_set(&run->diag, C2C_E_TIMEOUT, "sync",
                       "not done within %llu s%s",
                       (unsigned long long)(run->timeout_ms / 1000), text);
    c2c_diag_hint(&run->diag, "it goes on by itself; wait longer with "
                              "--timeout SEC, or look with `c2c peers`");
    return C2C_E_TIMEOUT;
}

/* Ask until every hub that can be reached has our newest state and we theirs.
 */
static enum c2c_err wait_for_sync(struct c2c_run *run,
                                  const struct c2c_val **ret_doc)
{
    uint64_t end_ms = c2c_clock_mono_ms() + run->timeout_ms;

    for (;;) {
        struct c2c_val *args = c2c_doc_map(run->doc);
        uint64_t now_ms;
        enum c2c_err err;

        c2c_doc_set_bool(run->doc, args, "wait", true);
        err = c2c_call(run, "sync", args, ret_doc);
        now_ms = c2c_clock_mono_ms();
        if (err != C2C_E_OK || c2c_val_bool(c2c_val_get(*ret_doc, "done"))) {
            return err;
        }
        if (now_ms >= end_ms) {
            return too_late(run, *ret_doc);
        }
        (void)poll(NULL, 0,
                   end_ms - now_ms < PAUSE_MS ? (int)(end_ms - now_ms)
                                              : PAUSE_MS);
    }
}

enum c2c_err c2c_cmd_sync(struct c2c_run *run)
{
    bool wait = c2c_cmdline_has(&run->line, "wait");
    struct c2c_val *args = c2c_doc_map(run->doc);
    const struct c2c_val *doc = NULL;
    size_t n;
    enum c2c_err err;

    c2c_doc_set_bool(run->doc, args, "wait", false);
    err = wait ? wait_for_sync(run, &doc) : c2c_call(run, "sync", args, &doc);
    if (err == C2C_E_OK) {
        err = print_sync(run, doc);
    }
    n = c2c_val_count(c2c_val_get(doc, "peers"));
    if (err == C2C_E_OK && n > 0) {
        c2c_out_talk(&run->out,
                     wait ? "Every hub that can be reached has this city's "
                            "newest state, and this node theirs."
                          : "The hubs are asked for what is new.");
    }
    return err;
}
