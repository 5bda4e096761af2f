/* changes, leaves, records, range. */

#include <string.h>

#include "codec/limits.h"
#include "sync/provide_priv.h"
#include "wire/changes.h"

enum {
    COMMIT_OVERHEAD = 1536, /* Head, opening and the like around the lists. */
    FAIR_SHARE = 4,         /* Of the room, that one city of several gets. */
    KEYSETS_SHARE = 2       /* Of the room, beside a range's records. */
};

static size_t room_beside(const struct c2c_answer *a,
                          const struct c2c_list_buf *list)
{
    size_t used = list->buf.n + COMMIT_OVERHEAD;

    return used < a->room ? a->room - used : 0;
}

/* Does the asker hold all it may? */
static bool is_current(const struct c2c_answer *a, const struct c2c_held *held,
                       const struct c2c_since *since)
{
    const struct c2c_head theirs = {.epoch = since->epoch,
                                    .rev = since->rev,
                                    .time_s = since->time_s};
    bool lacks = a->network && held->has_opening && !since->network;

    return c2c_head_cmp(&theirs, &held->head) >= 0 &&
           !(lacks && since->epoch == held->head.epoch &&
             since->rev == held->head.rev);
}

static enum c2c_err add_changes(struct c2c_answer *a,
                                const struct c2c_since *asked,
                                struct c2c_list_buf *commits)
{
    const struct c2c_collect_since since = {.epoch = asked->epoch,
                                            .rev = asked->rev,
                                            .network = asked->network};
    struct c2c_collected collected;
    struct c2c_held held;
    enum c2c_err err = c2c_answer_held(a, &asked->city, &held);

    if (err == C2C_E_NOT_FOUND ||
        (err == C2C_E_OK && (!held.has_head || is_current(a, &held, asked)))) {
        return C2C_E_OK;
    }
    if (err != C2C_E_OK) {
        return err;
    }
    err = c2c_collect(a->env->replica, &asked->city, &held, &since, a->network,
                      room_beside(a, commits), &collected);
    if (err == C2C_E_OK && commits->n > 0 &&
        (collected.lacks_keysets ||
         (collected.commit.form == C2C_COMMIT_HEAD &&
          room_beside(a, commits) < a->room / FAIR_SHARE))) {
        err = C2C_E_TOO_BIG; /* It may fit into an answer of its own. */
    }
    if (err == C2C_E_OK) {
        err = c2c_list_put_commit(commits, &collected.commit);
    }
    c2c_collected_fini(&collected);
    return err;
}

enum c2c_err c2c_answer_changes(struct c2c_answer *a)
{
    struct c2c_changes_request request;
    struct c2c_changes_reply reply = {.answered = 0};
    struct c2c_list_buf commits;
    struct c2c_since since;
    enum c2c_err err = c2c_changes_request_decode(a->args, &request);

    c2c_list_init(&commits, a->room);
    while (err == C2C_E_OK && request.since.n > 0) {
        err = c2c_list_next_since(&request.since, &since);
        if (err == C2C_E_OK) {
            err = add_changes(a, &since, &commits);
        }
        reply.answered += err == C2C_E_OK ? 1 : 0;
    }
    if (err == C2C_E_TOO_BIG && commits.n > 0) {
        err = C2C_E_OK; /* The asker asks for the rest. */
    }
    if (err == C2C_E_OK) {
        reply.commits = c2c_list_of(&commits);
        err = c2c_changes_reply_encode(&reply, &a->body);
    }
    c2c_list_fini(&commits);
    return err;
}

static enum c2c_err add_leaf(void *ctx, const struct c2c_replica_row *row)
{
    const struct c2c_leaf leaf = {row->slot, row->leaf};

    /* Who has a damaged city is as good as one that does not have it. */
    return row->bytes.n == 0 ? C2C_E_NOT_FOUND : c2c_list_put_leaf(ctx, &leaf);
}

enum c2c_err c2c_answer_leaves(struct c2c_answer *a)
{
    struct c2c_leaves_request request;
    struct c2c_leaves_reply reply = {.more = false};
    struct c2c_list_buf leaves;
    struct c2c_buf head;
    struct c2c_held held;
    enum c2c_err err = c2c_leaves_request_decode(a->args, &request);

    c2c_list_init(&leaves, a->room);
    c2c_buf_init(&head, C2C_MAX_HEAD_BYTES);
    if (err == C2C_E_OK) {
        err = c2c_answer_held(a, &request.city, &held);
    }
    if (err == C2C_E_OK) {
        err = held.has_head ? a->ops->head(a->replica, &request.city, &head)
                            : C2C_E_NOT_FOUND;
    }
    if (err == C2C_E_OK) {
        const struct c2c_rows_query query = {.city = request.city,
                                             .network =
                                                 a->network && held.has_opening,
                                             .has_after = request.has_after,
                                             .after = request.after};

        reply.has_opening = query.network;
        reply.opening = held.opening;
        err = a->ops->rows(a->replica, &query, add_leaf, &leaves);
        reply.more = err == C2C_E_TOO_BIG && leaves.n > 0;
        err = reply.more ? C2C_E_OK : err;
    }
    if (err == C2C_E_OK) {
        reply.head = c2c_buf_view(&head);
        reply.leaves = c2c_list_of(&leaves);
        err = c2c_leaves_reply_encode(&reply, &a->body);
    }
    c2c_list_fini(&leaves);
    c2c_buf_fini(&head);
    return err;
}

/* One wanted record; what is not there, or not for the asker, is left out. */
static enum c2c_err add_record(struct c2c_answer *a,
                               const struct c2c_hash *city,
                               const struct c2c_slot *slot,
                               struct c2c_buf *bytes, struct c2c_list_buf *puts)
{
    struct c2c_put put = {.audience = slot->audience};
    enum c2c_err err = C2C_E_NOT_FOUND;

    c2c_buf_clear(bytes);
    if (slot->audience == C2C_AUDIENCE_PUBLIC || a->network) {
        err = a->ops->row(a->replica, city, slot, bytes);
    }
    if (err != C2C_E_OK) {
        return err == C2C_E_NOT_FOUND || err == C2C_E_CORRUPT ? C2C_E_OK : err;
    }
    put.bytes = c2c_buf_view(bytes);
    return c2c_list_put_put(puts, &put);
}

enum c2c_err c2c_answer_records(struct c2c_answer *a)
{
    struct c2c_records_request request;
    struct c2c_records_reply reply;
    struct c2c_list_buf puts;
    struct c2c_buf bytes;
    struct c2c_held held;
    struct c2c_slot slot;
    enum c2c_err err = c2c_records_request_decode(a->args, &request);

    c2c_list_init(&puts, a->room);
    c2c_buf_init(&bytes, C2C_MAX_RECORD_BYTES);
    if (err == C2C_E_OK) {
        err = c2c_answer_held(a, &request.city, &held);
    }
    while (err == C2C_E_OK && request.slots.n > 0) {
        err = c2c_list_next_slot(&request.slots, &slot);
        if (err == C2C_E_OK) {
            err = add_record(a, &request.city, &slot, &bytes, &puts);
        }
    }
    if (err == C2C_E_TOO_BIG && puts.n > 0) {
        err = C2C_E_OK; /* The asker asks again for what is missing. */
    }
    if (err == C2C_E_OK) {
        reply.puts = c2c_list_of(&puts);
        err = c2c_records_reply_encode(&reply, &a->body);
    }
    c2c_list_fini(&puts);
    c2c_buf_fini(&bytes);
    return err;
}

/* A range being answered. */
struct range {
    struct c2c_answer *a;
    struct c2c_range_request request;
    struct c2c_range_reply reply;
    struct c2c_list_buf parts;
    struct c2c_list_buf puts; /* Of the city at hand. */
    struct c2c_hash city;     /* It ... */
    uint8_t type[C2C_MAX_TYPE_BYTES];
    struct c2c_slot last; /* ... and its last record in the part. */
    bool has_last;
};

static enum c2c_err add_put(void *ctx, const struct c2c_replica_row *row)
{
    struct range *r = ctx;
    const struct c2c_put put = {row->slot.audience, row->bytes};
    enum c2c_err err =
        row->bytes.n == 0 ? C2C_E_CORRUPT : c2c_list_put_put(&r->puts, &put);

    if (err == C2C_E_OK) {
        memcpy(r->type, row->slot.type.p, row->slot.type.n);
        r->last = row->slot;
        r->last.type = c2c_view_of(r->type, row->slot.type.n);
        r->has_last = true;
    }
    return err;
}

/* The part of what was collected, unless @full with more of the city behind. */
static enum c2c_err put_part(struct range *r, const struct c2c_held *held,
                             struct c2c_list_view keysets, bool begins,
                             bool full)
{
    struct c2c_part part = {.begins = begins,
                            .ends = !full,
                            .commit = {.keysets = keysets,
                                       .form = C2C_COMMIT_FULL,
                                       .has_opening =
                                           r->a->network && held->has_opening,
                                       .opening = held->opening,
                                       .puts = c2c_list_of(&r->puts)}};
    struct c2c_buf head;
    enum c2c_err err;

    c2c_buf_init(&head, C2C_MAX_HEAD_BYTES);
    err = r->a->ops->head(r->a->replica, &r->city, &head);
    part.commit.head = c2c_buf_view(&head);
    if (err == C2C_E_OK) {
        err = c2c_list_put_part(&r->parts, &part);
    }
    c2c_buf_fini(&head);
    if (err == C2C_E_OK) {
        r->reply.has_cursor = true;
        r->reply.cursor = (struct c2c_range_cursor){.city = r->city,
                                                    .has_slot = full,
                                                    .slot = r->last};
    }
    return err;
}

/* Its records, as many as there is room for; then the part that they make. */
static enum c2c_err fill_part(struct range *r, const struct c2c_held *held,
                              struct c2c_list_view keysets, bool inside)
{
    const struct c2c_rows_query query = {.city = r->city,
                                         .network =
                                             r->a->network && held->has_opening,
                                         .has_after = inside,
                                         .after = r->request.cursor.slot};
    size_t room = room_beside(r->a, &r->parts);
    enum c2c_err err = C2C_E_TOO_BIG;
    bool full;

    if (keysets.items.n < room) {
        c2c_list_init(&r->puts, room - keysets.items.n);
        err = r->a->ops->rows(r->a->replica, &query, add_put, r);
    }
    full = err == C2C_E_TOO_BIG;
    if (err == C2C_E_OK || (full && r->has_last)) {
        err = put_part(r, held, keysets, !inside, full);
    }
    c2c_list_fini(&r->puts);
    if (err == C2C_E_CORRUPT) {
        return C2C_E_OK; /* Others may have it whole. */
    }
    return err == C2C_E_OK && full ? C2C_E_TOO_BIG : err;
}

/* C2C_E_TOO_BIG ends the answer; reply.cursor then tells where to go on. */
static enum c2c_err add_part(struct range *r, const struct c2c_held *held)
{
    bool inside = r->request.has_cursor && r->request.cursor.has_slot &&
                  c2c_hash_eq(&r->request.cursor.city, &r->city);
    struct c2c_list_view list = {{NULL, 0}, 0}; /* Or who lacks them asks. */
    struct c2c_list_buf keysets;
    enum c2c_err err = C2C_E_OK;

    r->has_last = false;
    c2c_list_init(&keysets, r->a->room / KEYSETS_SHARE);
    if (!inside) {
        err = c2c_collect_keysets(r->a->env->replica, &r->city, 1, &keysets);
    }
    if (err == C2C_E_OK) {
        list = c2c_list_of(&keysets);
    }
    if (err == C2C_E_OK || err == C2C_E_TOO_BIG) {
        err = fill_part(r, held, list, inside);
    }
    c2c_list_fini(&keysets);
    return err;
}

static enum c2c_err range_city(void *ctx, const struct c2c_hash *city,
                               const struct c2c_held *held)
{
    struct range *r = ctx;
    const struct c2c_range_request *request = &r->request;

    if (c2c_hash_cmp(city, &request->last) > 0) {
        return C2C_E_NOT_FOUND; /* The end. */
    }
    if (!held->has_head ||
        (request->has_cursor && !request->cursor.has_slot &&
         c2c_hash_eq(city, &request->cursor.city)) ||
        c2c_roster_find(r->a->env->roster, city) == NULL ||
        !c2c_roster_in_scope(r->a->env->roster, request->scope, city)) {
        return C2C_E_OK;
    }
    r->city = *city;
    return add_part(r, held);
}

enum c2c_err c2c_answer_range(struct c2c_answer *a)
{
    struct range r = {.a = a};
    enum c2c_err err = c2c_range_request_decode(a->args, &r.request);

    c2c_list_init(&r.parts, a->room);
    if (err == C2C_E_OK) {
        err = a->ops->cities(a->replica,
                             r.request.has_cursor ? &r.request.cursor.city
                                                  : &r.request.first,
                             range_city, &r);
    }
    if (err == C2C_E_OK || err == C2C_E_NOT_FOUND) {
        r.reply.has_cursor = false; /* That was all. */
        err = C2C_E_OK;
    } else if (err == C2C_E_TOO_BIG && r.parts.n > 0) {
        err = C2C_E_OK;
    }
    if (err == C2C_E_OK) {
        r.reply.parts = c2c_list_of(&r.parts);
        err = c2c_range_reply_encode(&r.reply, &a->body);
    }
    c2c_list_fini(&r.parts);
    return err;
}
