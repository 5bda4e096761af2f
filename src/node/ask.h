/* One request on its way through a worker thread, and the table of them.
 *
 * Handlers are in node/ask_NAME.c, one file each (small families together). */

#ifndef C2C_NODE_ASK_H
#define C2C_NODE_ASK_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/diag.h"
#include "base/err.h"
#include "base/hash.h"
#include "base/view.h"
#include "codec/doc.h"
#include "record/types.h"

struct c2c_node;
struct c2c_standing;
struct c2c_store;

enum {
    C2C_ASK_CITIES = 8 /* Remembered during a request. */
};

struct c2c_city_card;

/* Somebody elsewhere who asks (node/query.h).  What it may not see is not there
 * for it: see enum c2c_sight. */
struct c2c_visitor {
    bool network; /* Sees that audience, too. */
    size_t room;  /* Bytes that the answer may still take. */
};

struct c2c_ask {
    struct c2c_node *node;
    struct c2c_store *store;       /* This worker's read connection. */
    struct c2c_standing *standing; /* This worker's. */
    const struct c2c_types *types; /* Shared, immutable. */
    const struct c2c_hash *self;   /* Our city's id. */
    uint64_t now_s;
    struct c2c_visitor *visitor; /* NULL: whoever owns the node. */
    struct c2c_view name;        /* Of the request. */
    struct c2c_view lang;        /* "en" unless the asker said otherwise. */
    const struct c2c_val *args;  /* A map. */
    struct c2c_arena *arena;     /* What lives as long as the request. */
    struct c2c_doc *doc;         /* Where the answer is built. */
    struct c2c_val *result;      /* A map to fill; on failure: extra members
                                    of the error ("problems", "candidates"). */
    struct c2c_diag *diag;       /* Filled on failure. */

    /* node/city.c's. */
    const struct c2c_city_card *city[C2C_ASK_CITIES];
    size_t next_city;
};

/* Fill ask->result, or fill ask->diag and return its code.  Never logs. */
typedef enum c2c_err c2c_ask_fn(struct c2c_ask *ask);

/* Writing. */
c2c_ask_fn c2c_ask_put, c2c_ask_remove, c2c_ask_confirm;

/* Reading. */
c2c_ask_fn c2c_ask_show, c2c_ask_list, c2c_ask_log, c2c_ask_who, c2c_ask_find;
c2c_ask_fn c2c_ask_status, c2c_ask_doctor, c2c_ask_verify, c2c_ask_backup,
    c2c_ask_key, c2c_ask_proof;

/* Hubs. */
c2c_ask_fn c2c_ask_peers, c2c_ask_sync;

/* Set "peers" of the answer (how it stands with each hub) and "stored" (who has
 * our newest state, in words; empty without hubs). */
enum c2c_err c2c_ask_set_peers(struct c2c_ask *ask) C2C_MUST_CHECK;

/* Set "cut_off": this node follows hubs, and none is connected. */
enum c2c_err c2c_ask_set_cut_off(struct c2c_ask *ask) C2C_MUST_CHECK;

/* The first of the @ret_n hubs that cannot be reached or does not take our
 * state, and why; NULL if there is none. */
enum c2c_err c2c_ask_hub_behind(struct c2c_ask *ask, const char **ret_url,
                                struct c2c_view *ret_reason,
                                size_t *ret_n) C2C_MUST_CHECK;

/* Membership. */
c2c_ask_fn c2c_ask_join, c2c_ask_leave, c2c_ask_invite;
c2c_ask_fn c2c_ask_members, c2c_ask_approve, c2c_ask_deny, c2c_ask_revoke;

/* Refuses (with diag) what only the node of an association does. */
enum c2c_err c2c_ask_lga(struct c2c_ask *ask) C2C_MUST_CHECK;

/* Run the handler called @name; C2C_E_UNSUPPORTED (with diag) if there is none,
 * or none for visitors, whose transaction is the caller's. */
enum c2c_err c2c_ask_run(struct c2c_ask *ask,
                         struct c2c_view name) C2C_MUST_CHECK;

/* Arguments.  The text (_short: of at most @max bytes, absent: empty; else
 * C2C_E_TOO_BIG) or integer @name; the default when absent; a wrong kind
 * or range fills diag and gives C2C_E_INVAL. */
enum c2c_err c2c_ask_text(struct c2c_ask *ask, const char *name,
                          struct c2c_view fallback,
                          struct c2c_view *ret_text) C2C_MUST_CHECK;
enum c2c_err c2c_ask_short(struct c2c_ask *ask, const char *name, size_t max,
                           struct c2c_view *ret_text) C2C_MUST_CHECK;
enum c2c_err c2c_ask_uint(struct c2c_ask *ask, const char *name, uint64_t min,
                          uint64_t max, uint64_t fallback,
                          uint64_t *ret_value) C2C_MUST_CHECK;
enum c2c_err c2c_ask_flag(struct c2c_ask *ask, const char *name,
                          bool *ret_flag) C2C_MUST_CHECK;

/* Does @item still fit into the answer?  Then its room is taken. */
enum c2c_err c2c_ask_fits(struct c2c_ask *ask, const struct c2c_val *item,
                          bool *ret_fits) C2C_MUST_CHECK;

/* The cursor of a list: a number that an earlier answer gave as "next", or 0.
 */
enum c2c_err c2c_ask_cursor(struct c2c_ask *ask,
                            int64_t *ret_after) C2C_MUST_CHECK;

/* Finish a list: "items", "next" (@more: nil, or @next as text) and "as_of". */
void c2c_ask_finish_list(struct c2c_ask *ask, const struct c2c_val *items,
                         bool more, int64_t next);

/* Set member @name of @map to @hash in hexadecimal. */
void c2c_ask_set_hash(struct c2c_ask *ask, struct c2c_val *map,
                      const char *name, const struct c2c_hash *hash);

/* Set member @name of @map to the time @s (RFC 3339). */
void c2c_ask_set_time(struct c2c_ask *ask, struct c2c_val *map,
                      const char *name, uint64_t s);

/* Make ask->result the document that refuses with @code: the diag, and what the
 * handler added. */
void c2c_ask_refuse(struct c2c_ask *ask, enum c2c_err code);

/* Fill the diag for a failure of the store, unless it says something already.
 */
enum c2c_err c2c_ask_failed(struct c2c_ask *ask, enum c2c_err err);

#endif /* C2C_NODE_ASK_H */
