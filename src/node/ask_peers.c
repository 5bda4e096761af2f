/* peers, sync: the hubs that this node follows. */

#include <stdio.h>

#include "base/timefmt.h"
#include "node/city.h"
#include "node/node_priv.h"

enum {
    MINUTE_S = 60,
    HOUR_S = 3600,
    DAY_S = 86400,
    NAMED_MAX = 3,     /* Cities that a sentence names. */
    ID_SHOWN = 16,     /* Digits of a city's id. */
    STORED_MAX = 4096, /* Bytes of it. */
    PATIENCE_MS = 5000 /* With a hub that does not answer, in a round. */
};

static bool is_current(const struct c2c_peer_standing *peer)
{
    return peer->connected && peer->current && peer->has_ours;
}

/* It answers, but does not take our state. */
static bool is_refused(const struct c2c_peer_standing *peer)
{
    return peer->connected && !peer->has_ours && peer->refused != C2C_E_OK;
}

static const char *state_name(const struct c2c_peer_standing *peer)
{
    if (!peer->connected) {
        return "offline";
    }
    if (is_current(peer)) {
        return "current";
    }
    if (!is_refused(peer)) {
        return "working";
    }
    if (peer->refused == C2C_E_NOT_MEMBER && peer->join_known) {
        return peer->join == C2C_JOIN_DENIED ? "denied" : "pending";
    }
    return "refused";
}

/* "3 min": from one time to another, in the largest unit that tells. */
struct span {
    char text[32];
};

static struct span span_of(uint64_t from_ms, uint64_t to_ms)
{
    static const struct {
        unsigned s;
        const char *unit;
    } units[] = {{DAY_S, "d"}, {HOUR_S, "h"}, {MINUTE_S, "min"}, {1, "s"}};
    uint64_t s = to_ms > from_ms ? (to_ms - from_ms) / 1000 : 0;
    struct span span;
    size_t i = 0;

    while (units[i].s > 1 && s < 2 * (uint64_t)units[i].s) {
        i++;
    }
    (void)snprintf(span.text, sizeof span.text, "%llu %s",
                   (unsigned long long)(s / units[i].s), units[i].unit);
    return span;
}

static struct c2c_val *offline_reason(struct c2c_ask *ask,
                                      const struct c2c_hub_standing *hub)
{
    const struct c2c_peer_standing *peer = &hub->peer;
    const char *why = peer->refused == C2C_E_OK ? "no answer yet"
                      : peer->refused == C2C_E_NOT_VERIFIED
                          ? "it does not prove the id that this node knows it "
                            "by; check that id"
                          : c2c_strerror(peer->refused);

    return peer->heard_ms == 0
               ? c2c_doc_fmt(ask->doc, "no session: %s", why)
               : c2c_doc_fmt(ask->doc, "no session: %s; last heard %s ago", why,
                             span_of(peer->heard_ms, hub->now_ms).text);
}

/* What became of our request to join.  One that waits though it was made on an
 * invitation says so: nobody else tells that the invitation was of no use. */
static struct c2c_val *join_reason(struct c2c_ask *ask,
                                   const struct c2c_hub_standing *hub)
{
    const struct c2c_peer_standing *peer = &hub->peer;
    struct span ago = span_of(peer->join_since_s * 1000, hub->now_ms);

    if (peer->join == C2C_JOIN_DENIED) {
        return c2c_doc_fmt(ask->doc,
                           "it does not admit this city (decided %s ago)",
                           ago.text);
    }
    return c2c_doc_fmt(
        ask->doc, "our request to join has waited %s for its administrator%s",
        ago.text,
        hub->invited ? ": the invitation is used, over or mistyped" : "");
}

static struct c2c_val *refused_reason(struct c2c_ask *ask,
                                      const struct c2c_hub_standing *hub)
{
    const struct c2c_peer_standing *peer = &hub->peer;

    if (peer->no_lga) {
        return c2c_doc_cstr(ask->doc, "it is the node of a city, not of an "
                                      "association: it admits nobody; `c2c "
                                      "leave` it");
    }
    if (peer->refused != C2C_E_NOT_MEMBER) {
        return c2c_doc_fmt(ask->doc, "it refuses our state: %s",
                           c2c_strerror(peer->refused));
    }
    if (peer->join_known) {
        return join_reason(ask, hub);
    }
    return c2c_doc_cstr(ask->doc,
                        hub->joined_s != 0
                            ? "this city is no member yet"
                            : "this city is no member; `c2c join` asks for it");
}

static struct c2c_val *reason(struct c2c_ask *ask,
                              const struct c2c_hub_standing *hub)
{
    const struct c2c_peer_standing *peer = &hub->peer;

    if (!peer->connected) {
        return offline_reason(ask, hub);
    }
    if (is_current(peer)) {
        return c2c_doc_cstr(ask->doc, "it stores our newest state, and we "
                                      "hold all that it has offered");
    }
    if (is_refused(peer)) {
        return refused_reason(ask, hub);
    }
    return c2c_doc_cstr(ask->doc, peer->current
                                      ? "our newest state is on its way to it"
                                      : "its cities are being fetched");
}

/* What the association calls itself, if its state is held. */
static enum c2c_err name_of(struct c2c_ask *ask, const struct c2c_hash *id,
                            struct c2c_view *ret_name)
{
    const struct c2c_city_card *card = NULL;
    c2c_city_no no = 0;
    enum c2c_err err = c2c_cities_find(ask->store, id, &no);

    if (err == C2C_E_OK) {
        err = c2c_city_get(ask, no, &card);
    }
    *ret_name = err == C2C_E_OK ? card->title : (struct c2c_view){NULL, 0};
    return err == C2C_E_NOT_FOUND ? C2C_E_OK : err;
}

static struct c2c_val *time_val(struct c2c_ask *ask, uint64_t s)
{
    char text[C2C_TIME_TEXT];

    if (s == 0) {
        return c2c_doc_nil(ask->doc);
    }
    c2c_time_format(s, text);
    return c2c_doc_cstr(ask->doc, text);
}

static enum c2c_err add_holders(struct c2c_ask *ask,
                                const struct c2c_hub_standing *hub,
                                struct c2c_val *map)
{
    struct c2c_val *list = c2c_doc_array(ask->doc);
    enum c2c_err err = C2C_E_OK;

    for (size_t i = 0; i < hub->n_holders && err == C2C_E_OK; i++) {
        const struct c2c_holder *holder = &hub->holder[i];
        struct c2c_val *item = c2c_doc_map(ask->doc);
        struct c2c_view name;

        err = name_of(ask, &holder->city, &name);
        c2c_ask_set_hash(ask, item, "city", &holder->city);
        c2c_doc_set_str(ask->doc, item, "name", name);
        c2c_doc_set_bool(ask->doc, item, "has_newest", holder->has_newest);
        c2c_doc_set(ask->doc, item, "heard", time_val(ask, holder->heard_s));
        c2c_doc_push(ask->doc, list, item);
    }
    c2c_doc_set(ask->doc, map, "holders", list);
    return err;
}

static enum c2c_err add_peer(struct c2c_ask *ask,
                             const struct c2c_hub_standing *hub,
                             struct c2c_val *list)
{
    const struct c2c_peer_standing *peer = &hub->peer;
    struct c2c_val *map = c2c_doc_map(ask->doc);
    struct c2c_view name;
    enum c2c_err err = name_of(ask, &hub->id, &name);

    c2c_doc_set_cstr(ask->doc, map, "url", hub->url);
    c2c_ask_set_hash(ask, map, "city", &hub->id);
    c2c_doc_set_str(ask->doc, map, "name", name);
    c2c_doc_set_cstr(ask->doc, map, "state", state_name(peer));
    c2c_doc_set(ask->doc, map, "reason", reason(ask, hub));
    c2c_doc_set(ask->doc, map, "heard", time_val(ask, peer->heard_ms / 1000));
    c2c_doc_set_bool(ask->doc, map, "current", peer->current);
    c2c_doc_set_bool(ask->doc, map, "has_ours", peer->has_ours);
    if (err == C2C_E_OK) {
        err = add_holders(ask, hub, map);
    }
    c2c_doc_push(ask->doc, list, map);
    return err;
}

static enum c2c_err add_peers(struct c2c_ask *ask,
                              const struct c2c_hub_standing *hubs, size_t n,
                              const char *name)
{
    struct c2c_val *list = c2c_doc_array(ask->doc);
    enum c2c_err err = C2C_E_OK;

    for (size_t i = 0; i < n && err == C2C_E_OK; i++) {
        err = add_peer(ask, &hubs[i], list);
    }
    c2c_doc_set(ask->doc, ask->result, name, list);
    return err;
}

static enum c2c_err take_hubs(struct c2c_ask *ask,
                              struct c2c_hub_standing **ret_hubs, size_t *ret_n)
{
    size_t max = c2c_federation_hubs(ask->node->federation, NULL, 0);
    size_t n;

    *ret_n = 0;
    if (max == 0) {
        return C2C_E_OK;
    }
    *ret_hubs = c2c_arena_alloc(ask->arena, max, sizeof **ret_hubs);
    if (*ret_hubs == NULL) {
        return C2C_E_NOMEM;
    }
    n = c2c_federation_hubs(ask->node->federation, *ret_hubs, max);
    *ret_n = n < max ? n : max; /* One may have been joined meanwhile. */
    return C2C_E_OK;
}

/* The hub that knows best of the cities that have our newest state. */
static const struct c2c_hub_standing *
best_informed(const struct c2c_hub_standing *hubs, size_t n)
{
    const struct c2c_hub_standing *best = &hubs[0];

    for (size_t i = 1; i < n; i++) {
        best = hubs[i].n_holders > best->n_holders ? &hubs[i] : best;
    }
    return best;
}

/* A holder's name, or the beginning of its id before its profile is held. */
static enum c2c_err holder_name(struct c2c_ask *ask,
                                const struct c2c_hash *city,
                                struct c2c_view *ret_name)
{
    enum c2c_err err = name_of(ask, city, ret_name);

    if (err == C2C_E_OK && ret_name->n == 0) {
        char hex[C2C_HASH_HEX];

        c2c_hash_hex(city, hex);
        *ret_name = c2c_val_str(c2c_doc_fmt(ask->doc, "%.*s", ID_SHOWN, hex));
    }
    return err;
}

/* ", by Leeds 4 min ago and 3 more" of those that have it, or have not. */
static enum c2c_err put_holders(struct c2c_ask *ask,
                                const struct c2c_hub_standing *hub,
                                bool has_newest, struct c2c_buf *out)
{
    size_t n = 0;
    enum c2c_err err = C2C_E_OK;

    for (size_t i = 0; i < hub->n_holders && err == C2C_E_OK; i++) {
        const struct c2c_holder *holder = &hub->holder[i];
        struct c2c_view name;

        if (holder->has_newest != has_newest || ++n > NAMED_MAX) {
            continue;
        }
        err = holder_name(ask, &holder->city, &name);
        if (err == C2C_E_OK) {
            err = c2c_buf_fmt(
                out, "%s%.*s %s%s ago",
                n > 1        ? ", "
                : has_newest ? ", by "
                             : ", not yet by ",
                (int)name.n, (const char *)name.p,
                has_newest ? "" : "(heard of ",
                span_of(holder->heard_s * 1000, ask->now_s * 1000).text);
        }
        if (err == C2C_E_OK && !has_newest) {
            err = c2c_buf_put(out, ")", 1);
        }
    }
    return err == C2C_E_OK && n > NAMED_MAX
               ? c2c_buf_fmt(out, " and %zu more", n - NAMED_MAX)
               : err;
}

/* "1 of 1 hub, by Leeds 4 min ago, not yet by Oulu (heard of 2 d ago)". */
static enum c2c_err set_stored(struct c2c_ask *ask,
                               const struct c2c_hub_standing *hubs, size_t n)
{
    struct c2c_buf text;
    size_t stored = 0;
    enum c2c_err err;

    for (size_t i = 0; i < n; i++) {
        stored += hubs[i].peer.has_ours ? 1 : 0;
    }
    c2c_buf_init(&text, STORED_MAX);
    err = c2c_buf_fmt(&text, "%zu of %zu hub%s", stored, n, n == 1 ? "" : "s");
    if (err == C2C_E_OK) {
        err = put_holders(ask, best_informed(hubs, n), true, &text);
    }
    if (err == C2C_E_OK) {
        err = put_holders(ask, best_informed(hubs, n), false, &text);
    }
    c2c_doc_set_str(ask->doc, ask->result, "stored", c2c_buf_view(&text));
    c2c_buf_fini(&text);
    return err;
}

enum c2c_err c2c_ask_set_peers(struct c2c_ask *ask)
{
    struct c2c_hub_standing *hubs = NULL;
    size_t n = 0;
    enum c2c_err err = take_hubs(ask, &hubs, &n);

    if (err == C2C_E_OK) {
        err = add_peers(ask, hubs, n, "peers");
    }
    if (err == C2C_E_OK && n > 0) {
        err = set_stored(ask, hubs, n);
    } else {
        c2c_doc_set_cstr(ask->doc, ask->result, "stored", "");
    }
    return err;
}

enum c2c_err c2c_ask_set_cut_off(struct c2c_ask *ask)
{
    struct c2c_hub_standing *hubs = NULL;
    size_t takers = 0;
    size_t n = 0;
    enum c2c_err err = take_hubs(ask, &hubs, &n);

    for (size_t i = 0; i < n; i++) {
        takers += hubs[i].peer.connected && !is_refused(&hubs[i].peer) ? 1 : 0;
    }
    c2c_doc_set_bool(ask->doc, ask->result, "cut_off", n > 0 && takers == 0);
    return err;
}

enum c2c_err c2c_ask_hub_behind(struct c2c_ask *ask, const char **ret_url,
                                struct c2c_view *ret_reason, size_t *ret_n)
{
    struct c2c_hub_standing *hubs = NULL;
    enum c2c_err err = take_hubs(ask, &hubs, ret_n);

    *ret_url = NULL;
    for (size_t i = 0; err == C2C_E_OK && *ret_url == NULL && i < *ret_n; i++) {
        if (!hubs[i].peer.connected || is_refused(&hubs[i].peer)) {
            *ret_url = hubs[i].url;
            *ret_reason = c2c_val_str(reason(ask, &hubs[i]));
        }
    }
    return err;
}

enum c2c_err c2c_ask_peers(struct c2c_ask *ask)
{
    struct c2c_hub_standing *hubs = NULL;
    size_t n = 0;
    enum c2c_err err = take_hubs(ask, &hubs, &n);

    return err == C2C_E_OK ? add_peers(ask, hubs, n, "items") : err;
}

/* Has the hub been asked for everything since @round, or cannot be?  What has
 * come meanwhile is part of it. */
static bool has_finished(const struct c2c_peer_standing *peer, uint64_t round,
                         uint64_t now)
{
    if (!peer->connected) {
        return peer->failed_ms >= round || now >= round + PATIENCE_MS;
    }
    return peer->synced_ms >= round && (is_current(peer) || is_refused(peer));
}

static uint64_t now(const struct c2c_ask *ask)
{
    return ask->node->clock->now_ms(ask->node->clock->ctx);
}

static enum c2c_err begin_round(struct c2c_ask *ask, uint64_t *ret_round)
{
    struct c2c_job job;

    *ret_round = now(ask);
    c2c_federation_sync(ask->node->federation, &job);
    if (job.err != C2C_E_OK) {
        *ask->diag = job.diag;
    }
    return job.err;
}

/* Begin a round, or (with "round", of an earlier answer) tell how it goes. */
enum c2c_err c2c_ask_sync(struct c2c_ask *ask)
{
    struct c2c_hub_standing *hubs = NULL;
    bool done = true;
    uint64_t round = 0;
    size_t n = 0;
    enum c2c_err err = c2c_ask_uint(ask, "round", 1, INT64_MAX, 0, &round);

    if (err == C2C_E_OK && round == 0) {
        err = begin_round(ask, &round);
    }
    if (err == C2C_E_OK) {
        err = take_hubs(ask, &hubs, &n);
    }
    if (err == C2C_E_OK) {
        err = add_peers(ask, hubs, n, "peers");
    }
    for (size_t i = 0; err == C2C_E_OK && i < n; i++) {
        done = done && has_finished(&hubs[i].peer, round, now(ask));
    }
    c2c_doc_set_int(ask->doc, ask->result, "round", (int64_t)round);
    c2c_doc_set_bool(ask->doc, ask->result, "done", done);
    return err;
}
