/* range: whole states, city after city, in several lanes at once. */

#include <string.h>

#include "sync/engine_priv.h"

bool c2c_lanes_active(const struct peer *p)
{
    for (unsigned i = 0; i < LANES_MAX; i++) {
        if (p->lane[i].active) {
            return true;
        }
    }
    return false;
}

/* Ids are hashes: equal stretches hold about equally many. */
void c2c_lanes_start(const struct c2c_engine *e, struct peer *p)
{
    unsigned n = e->options.lanes;

    for (unsigned i = 0; i < n; i++) {
        struct lane *lane = &p->lane[i];

        memset(lane, 0, sizeof *lane);
        lane->active = true;
        lane->first.b[0] = (uint8_t)(256 * i / n);
        memset(lane->last.b, 0xff, sizeof lane->last.b);
        lane->last.b[0] = (uint8_t)(256 * (i + 1) / n - 1);
    }
}

void c2c_lane_start_city(struct peer *p, const struct c2c_hash *city)
{
    struct lane *lane = &p->lane[0];

    memset(lane, 0, sizeof *lane);
    lane->active = true;
    lane->first = *city;
    lane->last = *city;
}

static enum c2c_err scope_of(struct c2c_engine *e, const struct lane *lane,
                             struct c2c_list_buf *scope)
{
    return c2c_hash_eq(&lane->first, &lane->last)
               ? c2c_list_put_hash(scope, &lane->first)
               : c2c_engine_scope(e, scope);
}

enum c2c_err c2c_ask_range(struct c2c_engine *e, struct peer *p, unsigned index)
{
    struct lane *lane = &p->lane[index];
    struct c2c_range_request request = {.first = lane->first,
                                        .last = lane->last,
                                        .has_cursor = lane->has_cursor,
                                        .cursor = lane->cursor};
    struct c2c_list_buf scope;
    struct c2c_buf args;
    enum c2c_err err;

    c2c_list_init(&scope, C2C_MAX_REQUEST_BYTES);
    c2c_buf_init(&args, C2C_MAX_REQUEST_BYTES);
    err = scope_of(e, lane, &scope);
    request.scope = c2c_list_of(&scope);
    if (err == C2C_E_OK) {
        err = c2c_range_request_encode(&request, &args);
    }
    if (err == C2C_E_OK) {
        err = c2c_peer_ask(e, p, SLOT_LANES + index, C2C_MSG_RANGE,
                           c2c_buf_view(&args), 0);
    }
    c2c_list_fini(&scope);
    c2c_buf_fini(&args);
    return err;
}

static enum c2c_err drop_staged(struct c2c_engine *e, struct lane *lane)
{
    const struct c2c_replica *replica = e->options.replica;

    if (!lane->staging) {
        return C2C_E_OK;
    }
    lane->staging = false;
    return replica->ops->unstage(replica->ctx, &lane->city);
}

static enum c2c_err begin_city(struct c2c_engine *e, struct lane *lane,
                               const struct c2c_head *head)
{
    const struct c2c_replica *replica = e->options.replica;
    enum c2c_err err = drop_staged(e, lane);

    lane->staging = true;
    lane->city = head->city;
    lane->content = head->content;
    lane->staged_bytes = 0;
    lane->staged_count = 0;
    return err == C2C_E_OK ? replica->ops->unstage(replica->ctx, &lane->city)
                           : err;
}

/* C2C_E_QUOTA beyond what the city may have: the head says less, or lies. */
static enum c2c_err stage(struct c2c_engine *e, struct lane *lane,
                          struct c2c_list_view puts)
{
    const struct c2c_replica *replica = e->options.replica;
    const struct c2c_roster_entry *entry =
        c2c_roster_find(e->roster, &lane->city);
    struct c2c_put put;
    enum c2c_err err;

    if (entry == NULL) {
        return C2C_E_NOT_MEMBER;
    }
    while ((err = c2c_list_next_put(&puts, &put)) == C2C_E_OK) {
        lane->staged_bytes += put.bytes.n;
        lane->staged_count++;
        if (lane->staged_bytes > entry->max_bytes ||
            lane->staged_count > entry->max_records) {
            return C2C_E_QUOTA;
        }
        err = replica->ops->stage(replica->ctx, &lane->city, &lane->content,
                                  &put);
        if (err != C2C_E_OK) {
            return err;
        }
    }
    return err == C2C_E_NOT_FOUND ? C2C_E_OK : err;
}

/* A piece of a city that comes in several. */
static enum c2c_err take_piece(struct c2c_engine *e, struct peer *p,
                               struct lane *lane, const struct c2c_part *part,
                               const struct c2c_head *head)
{
    enum c2c_err taken;
    enum c2c_err err = C2C_E_OK;

    if (part->begins) {
        const struct c2c_apply_env env = c2c_engine_apply_env(e);

        err = begin_city(e, lane, head);
        if (err == C2C_E_OK) { /* They come with the first piece alone. */
            err = c2c_apply_keysets(&env, &head->city, part->commit.keysets);
        }
    } else if (!lane->staging || !c2c_hash_eq(&lane->city, &head->city) ||
               !c2c_hash_eq(&lane->content, &head->content)) {
        /* It changed in between: once more, by itself. */
        err = drop_staged(e, lane);
        if (err == C2C_E_OK && part->ends &&
            !c2c_ids_has(&p->fetch, &head->city)) {
            err = c2c_ids_add(&p->fetch, &head->city);
        }
        return err == C2C_E_TOO_BIG ? C2C_E_OK : err;
    }
    if (err == C2C_E_OK) {
        err = stage(e, lane, part->commit.puts);
    }
    if (err == C2C_E_OK && part->ends) {
        lane->staging = false;
        return c2c_peer_take(e, p, &part->commit, true, &taken);
    }
    if (err != C2C_E_OK && !c2c_err_is_ours(err)) {
        p->standing.bad += err == C2C_E_NOT_MEMBER ? 0 : 1;
        err = drop_staged(e, lane);
    }
    return err;
}

static enum c2c_err take_part(struct c2c_engine *e, struct peer *p,
                              struct lane *lane, const struct c2c_part *part)
{
    struct c2c_head head;
    enum c2c_err taken;
    enum c2c_err err = c2c_head_decode(part->commit.head, &head);

    if (err != C2C_E_OK) {
        return err;
    }
    return part->begins && part->ends
               ? c2c_peer_take(e, p, &part->commit, false, &taken)
               : take_piece(e, p, lane, part, &head);
}

/* A cursor must lead on, or it would never end. */
static bool leads_on(const struct lane *lane,
                     const struct c2c_range_cursor *next)
{
    int order;

    if (!lane->has_cursor) {
        return true;
    }
    order = c2c_hash_cmp(&next->city, &lane->cursor.city);
    if (order != 0) {
        return order > 0;
    }
    return lane->cursor.has_slot &&
           (!next->has_slot ||
            c2c_slot_cmp(&next->slot, &lane->cursor.slot) > 0);
}

static void use_cursor(struct lane *lane, const struct c2c_range_cursor *next)
{
    lane->has_cursor = true;
    lane->cursor = *next;
    if (next->has_slot) {
        memcpy(lane->cursor_type, next->slot.type.p, next->slot.type.n);
        lane->cursor.slot.type =
            c2c_view_of(lane->cursor_type, next->slot.type.n);
    }
}

enum c2c_err c2c_recv_range(struct c2c_engine *e, struct peer *p, unsigned slot,
                            struct c2c_view body)
{
    struct lane *lane = &p->lane[slot - SLOT_LANES];
    struct c2c_range_reply reply;
    enum c2c_err err = c2c_range_reply_decode(body, &reply);

    if (err == C2C_E_OK && reply.has_cursor &&
        (reply.parts.n == 0 || !leads_on(lane, &reply.cursor))) {
        err = C2C_E_MALFORMED;
    }
    while (err == C2C_E_OK && reply.parts.n > 0) {
        struct c2c_part part;

        err = c2c_list_next_part(&reply.parts, &part);
        if (err == C2C_E_OK) {
            err = take_part(e, p, lane, &part);
        }
    }
    if (err != C2C_E_OK) {
        return err;
    }
    if (reply.has_cursor) {
        use_cursor(lane, &reply.cursor);
        return C2C_E_OK;
    }
    lane->active = false;
    return drop_staged(e, lane);
}
