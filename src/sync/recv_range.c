/* range: whole states, city after city, in several lanes at once. */

#include <string.h>

#include "sync/engine_priv.h"

enum {
    USELESS_PARTS = 100000 /* In a row, of cities that are not admitted. */
};

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

enum c2c_err c2c_peer_ask_range(struct c2c_engine *e, struct peer *p,
                                unsigned index)
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

/* What is staged of a lane is not another's: two peers may bring one city. */
static struct c2c_hash owner_of(const struct peer *p, const struct lane *lane)
{
    struct c2c_hash owner = p->id;

    owner.b[0] ^= (uint8_t)(1 + (lane - p->lane));
    return owner;
}

static enum c2c_err unstage(struct c2c_engine *e, struct peer *p,
                            struct lane *lane)
{
    const struct c2c_replica *replica = e->options.replica;
    struct c2c_hash owner = owner_of(p, lane);

    lane->staging = false;
    return replica->ops->unstage(replica->ctx, &owner);
}

/* Its keysets come with the first piece alone.  Its head says whether the rest
 * is worth staging, and how much that is. */
static enum c2c_err begin_city(struct c2c_engine *e, struct peer *p,
                               struct lane *lane,
                               const struct c2c_commit *commit,
                               const struct c2c_head *head)
{
    const struct c2c_apply_env env = c2c_engine_apply_env(e);
    struct c2c_commit alone = *commit;
    struct c2c_applied applied;
    enum c2c_err err = unstage(e, p, lane);

    if (err == C2C_E_OK) {
        err = c2c_apply_keysets(&env, &head->city, commit->keysets);
    }
    if (err == C2C_E_OK) {
        alone.form = C2C_COMMIT_HEAD;
        err = c2c_apply(&env, &alone, &applied);
    }
    if (err != C2C_E_TOO_BIG) { /* Nothing, or not for now. */
        return err == C2C_E_OK || err == C2C_E_OLDER
                   ? C2C_E_OK
                   : c2c_peer_follow_up(p, commit, &head->city, err);
    }
    lane->staging = true;
    lane->city = head->city;
    lane->content = head->content;
    lane->bytes_left = head->pub.bytes;
    lane->count_left = head->pub.count;
    if (commit->has_opening) {
        lane->bytes_left += commit->opening.sum.bytes;
        lane->count_left += commit->opening.sum.count;
    }
    return C2C_E_OK;
}

/* No more than the head says there is. */
static enum c2c_err stage(struct c2c_engine *e, struct peer *p,
                          struct lane *lane, struct c2c_list_view puts)
{
    const struct c2c_replica *replica = e->options.replica;
    struct c2c_hash owner = owner_of(p, lane);
    struct c2c_put put;
    enum c2c_err err;

    while ((err = c2c_list_next_put(&puts, &put)) == C2C_E_OK) {
        if (lane->count_left == 0 || put.bytes.n > lane->bytes_left) {
            return C2C_E_MALFORMED;
        }
        lane->count_left--;
        lane->bytes_left -= put.bytes.n;
        err = replica->ops->stage(replica->ctx, &owner, &lane->content, &put);
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
    struct c2c_hash owner = owner_of(p, lane);
    enum c2c_err taken;
    enum c2c_err err = C2C_E_OK;

    if (part->begins) {
        err = begin_city(e, p, lane, &part->commit, head);
    } else if (lane->staging &&
               !(c2c_hash_eq(&lane->city, &head->city) &&
                 c2c_hash_eq(&lane->content, &head->content))) {
        /* It changed in between: once more, by itself. */
        err = unstage(e, p, lane);
        if (err == C2C_E_OK) {
            err = c2c_todo_add(&p->fetch, &lane->city, NULL);
        }
    }
    if (err != C2C_E_OK || !lane->staging) {
        return err;
    }
    err = stage(e, p, lane, part->commit.puts);
    if (err == C2C_E_OK && part->ends) {
        lane->staging = false;
        err = c2c_peer_take(e, p, &part->commit, &owner, &taken);
    }
    return err;
}

static enum c2c_err take_part(struct c2c_engine *e, struct peer *p,
                              struct lane *lane, const struct c2c_part *part)
{
    struct c2c_head head;
    enum c2c_err taken;
    enum c2c_err err = c2c_head_decode(part->commit.head, &head);

    if (err == C2C_E_OK && part->commit.form != C2C_COMMIT_FULL) {
        err = C2C_E_MALFORMED;
    }
    if (err != C2C_E_OK) {
        return err;
    }
    p->useless =
        c2c_roster_find(e->roster, &head.city) == NULL ? p->useless + 1 : 0;
    return part->begins && part->ends
               ? c2c_peer_take(e, p, &part->commit, NULL, &taken)
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
    /* What is not staged need not be sent to its end. */
    lane->cursor.has_slot = next->has_slot && lane->staging;
    if (lane->cursor.has_slot) {
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
        (reply.parts.n == 0 || p->useless > USELESS_PARTS ||
         !leads_on(lane, &reply.cursor))) {
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
    return lane->staging ? unstage(e, p, lane) : C2C_E_OK;
}
