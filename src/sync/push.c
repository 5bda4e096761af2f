/* status, push, push-part: bringing a peer what it lacks. */

#include <string.h>

#include "sync/engine_priv.h"

enum {
    OVERHEAD = 4096, /* Of head and envelope in a request. */
    TRIES = 4        /* Of one push: other bases, all of it. */
};

enum c2c_err c2c_push_add(struct peer *p, const struct c2c_hash *city,
                          uint64_t epoch, uint64_t rev)
{
    struct todo *todo;
    enum c2c_err err;

    if (p->push.active && c2c_hash_eq(&p->push.to.city, city)) {
        return C2C_E_OK; /* On its way; looked at again when it is there. */
    }
    err = c2c_todo_add(&p->out, city, &todo);
    if (err == C2C_E_OK) {
        todo->epoch = epoch;
        todo->rev = rev;
    }
    return err;
}

/* What is held of a city to be pushed; false: nothing (any more). */
static enum c2c_err look(struct c2c_engine *e, const struct c2c_hash *city,
                         struct c2c_held *held, bool *ret_any)
{
    const struct c2c_replica *replica = e->options.replica;
    enum c2c_err err = replica->ops->held(replica->ctx, city, held);

    *ret_any = err == C2C_E_OK && held->has_head;
    return err == C2C_E_NOT_FOUND ? C2C_E_OK : err;
}

bool c2c_push_is_newer(const struct c2c_head *ours,
                       const struct c2c_stored *theirs)
{
    const struct c2c_head stored = {.epoch = theirs->epoch,
                                    .rev = theirs->rev,
                                    .time_s = theirs->time_s};

    return c2c_head_cmp(ours, &stored) > 0;
}

static void note_ours(struct c2c_engine *e, struct peer *p,
                      const struct c2c_head *ours)
{
    p->standing.has_ours = c2c_hash_eq(&ours->content, &p->theirs.content);
    if (p->standing.has_ours) {
        p->standing.ours_at_ms = e->now_ms;
    }
}

enum c2c_err c2c_push_own(struct c2c_engine *e, struct peer *p)
{
    struct c2c_held held;
    bool any;
    enum c2c_err err = look(e, &e->options.self, &held, &any);

    if (err != C2C_E_OK || !any || !p->status_known) {
        return err;
    }
    note_ours(e, p, &held.head);
    if (p->own_refused || !c2c_push_is_newer(&held.head, &p->theirs)) {
        return C2C_E_OK;
    }
    return c2c_push_add(p, &e->options.self, p->theirs.epoch, p->theirs.rev);
}

enum c2c_err c2c_peer_ask_status(struct c2c_engine *e, struct peer *p)
{
    const struct c2c_status_request request = {e->options.self};
    struct c2c_buf args;
    enum c2c_err err;

    c2c_buf_init(&args, 256);
    err = c2c_status_request_encode(&request, &args);
    if (err == C2C_E_OK) {
        err = c2c_peer_ask(e, p, SLOT_PUSH, C2C_MSG_STATUS, c2c_buf_view(&args),
                           0);
    }
    c2c_buf_fini(&args);
    return err;
}

/* The peer stores a newer state of our own city than we do. */
static enum c2c_err recover(struct c2c_engine *e, struct peer *p)
{
    struct c2c_held held;
    bool any;
    enum c2c_err err = look(e, &e->options.self, &held, &any);

    if (err != C2C_E_OK) {
        return err;
    }
    if (!any) {
        held.head = (struct c2c_head){.epoch = 0};
    }
    return p->theirs.epoch > held.head.epoch ||
                   (p->theirs.epoch == held.head.epoch &&
                    p->theirs.rev > held.head.rev)
               ? c2c_todo_add(&p->pull, &e->options.self, NULL)
               : C2C_E_OK;
}

enum c2c_err c2c_recv_status(struct c2c_engine *e, struct peer *p,
                             unsigned slot, struct c2c_view body)
{
    struct c2c_status_reply reply;
    enum c2c_err err = c2c_status_reply_decode(body, &reply);

    (void)slot;
    if (err != C2C_E_OK) {
        return err;
    }
    c2c_buf_clear(&p->holders);
    err =
        c2c_buf_put(&p->holders, reply.holders.items.p, reply.holders.items.n);
    if (err != C2C_E_OK) {
        return err;
    }
    p->n_holders = reply.holders.n;
    p->theirs = reply.held;
    p->status_known = true;
    p->status_at_ms = e->now_ms + STATUS_MS;
    p->own_refused = reply.membership != C2C_JOIN_MEMBER;
    p->standing.refused = p->own_refused ? C2C_E_NOT_MEMBER : C2C_E_OK;
    err = recover(e, p);
    return err == C2C_E_OK ? c2c_push_own(e, p) : err;
}

static enum c2c_err send_commit(struct c2c_engine *e, struct peer *p,
                                const struct c2c_commit *commit)
{
    struct c2c_buf args;
    enum c2c_err err;

    c2c_buf_init(&args, C2C_MAX_REQUEST_BYTES);
    err = c2c_commit_encode(commit, &args);
    if (err == C2C_E_OK) {
        err =
            c2c_peer_ask(e, p, SLOT_PUSH, C2C_MSG_PUSH, c2c_buf_view(&args), 0);
    }
    c2c_buf_fini(&args);
    return err;
}

/* The rows of one part. */
struct part {
    struct push *push;
    struct c2c_list_buf puts;
};

static enum c2c_err add_row(void *ctx, const struct c2c_replica_row *row)
{
    struct part *part = ctx;
    struct push *push = part->push;
    const struct c2c_put put = {row->slot.audience, row->bytes};
    enum c2c_err err =
        row->bytes.n == 0 ? C2C_E_CORRUPT : c2c_list_put_put(&part->puts, &put);

    if (err == C2C_E_OK) {
        memcpy(push->after_type, row->slot.type.p, row->slot.type.n);
        push->after = row->slot;
        push->after.type = c2c_view_of(push->after_type, row->slot.type.n);
        push->has_after = true;
    }
    return err;
}

static void end_push(struct peer *p)
{
    memset(&p->push, 0, sizeof p->push);
}

/* Ours is damaged; others have it whole. */
static void give_up(const struct c2c_engine *e, struct peer *p)
{
    p->own_refused =
        p->own_refused || c2c_hash_eq(&p->push.to.city, &e->options.self);
    p->standing.refused = C2C_E_CORRUPT;
    end_push(p);
}

static enum c2c_err send_part(struct c2c_engine *e, struct peer *p,
                              const struct c2c_held *held, bool network)
{
    const struct c2c_replica *replica = e->options.replica;
    struct push *push = &p->push;
    struct c2c_rows_query query = {.city = push->to.city,
                                   .network = network && held->has_opening,
                                   .has_after = push->has_after,
                                   .after = push->after};
    uint8_t after_type[C2C_MAX_TYPE_BYTES];
    struct c2c_push_part_request request = {.city = push->to.city,
                                            .content = held->head.content,
                                            .index = push->index};
    struct part part = {.push = push};
    struct c2c_buf args;
    enum c2c_err err;

    /* add_row() moves push->after on while the query still runs. */
    memcpy(after_type, push->after_type, sizeof after_type);
    query.after.type.p = after_type;
    c2c_list_init(&part.puts, C2C_MAX_REQUEST_BYTES - OVERHEAD);
    c2c_buf_init(&args, C2C_MAX_REQUEST_BYTES);
    err = replica->ops->rows(replica->ctx, &query, add_row, &part);
    push->parts_done = err == C2C_E_OK;
    if (err == C2C_E_TOO_BIG && part.puts.n > 0) {
        err = C2C_E_OK;
    }
    request.puts = c2c_list_of(&part.puts);
    if (err == C2C_E_OK) {
        err = c2c_push_part_request_encode(&request, &args);
    }
    if (err == C2C_E_OK) {
        push->index += part.puts.n;
        err = c2c_peer_ask(e, p, SLOT_PUSH, C2C_MSG_PUSH_PART,
                           c2c_buf_view(&args), 0);
    }
    c2c_list_fini(&part.puts);
    c2c_buf_fini(&args);
    if (err == C2C_E_CORRUPT) {
        give_up(e, p);
        return C2C_E_OK;
    }
    return err;
}

static void start_parts(struct push *push, const struct c2c_held *held)
{
    push->in_parts = true;
    push->parts_done = false;
    push->index = 0;
    push->has_after = false;
    push->content = held->head.content;
}

static enum c2c_err send_state(struct c2c_engine *e, struct peer *p,
                               const struct c2c_held *held, bool network)
{
    struct push *push = &p->push;
    const struct c2c_collect_since since = {.epoch = push->to.epoch,
                                            .rev = push->to.rev,
                                            .network = network};
    struct c2c_collected c;
    enum c2c_err err =
        c2c_collect(e->options.replica, &push->to.city, held, &since, network,
                    C2C_MAX_REQUEST_BYTES - OVERHEAD, &c);

    if (err == C2C_E_OK && c.commit.form == C2C_COMMIT_HEAD) {
        if (push->parts_done) {
            c.commit.form = C2C_COMMIT_STAGED;
        } else if (c.commit.keysets.n > 0 && !push->announced) {
            push->announced = true;
        } else {
            start_parts(push, held);
        }
    }
    if (err == C2C_E_OK) {
        push->sent = held->head;
        err = push->in_parts && !push->parts_done
                  ? send_part(e, p, held, network)
                  : send_commit(e, p, &c.commit);
    }
    c2c_collected_fini(&c);
    return err;
}

/* The next to be brought: our own state before all others. */
static void start(const struct c2c_engine *e, struct peer *p)
{
    const struct todo *own = c2c_todo_find(&p->out, &e->options.self);
    struct push *push = &p->push;

    push->active = true;
    push->to = own != NULL ? *own : p->out.at[0];
    c2c_todo_drop(&p->out, &push->to.city);
}

enum c2c_err c2c_peer_ask_push(struct c2c_engine *e, struct peer *p)
{
    struct push *push = &p->push;
    bool network = c2c_roster_sees_network(e->roster, &p->id);
    struct c2c_held held;
    bool any;
    enum c2c_err err;

    if (!push->active) {
        start(e, p);
    }
    err = look(e, &push->to.city, &held, &any);
    if (err != C2C_E_OK) {
        return err;
    }
    if (!any) {
        end_push(p);
        return C2C_E_OK;
    }
    if (push->in_parts && !c2c_hash_eq(&push->content, &held.head.content)) {
        start_parts(push, &held); /* It has changed meanwhile. */
    }
    return push->in_parts && !push->parts_done
               ? send_part(e, p, &held, network)
               : send_state(e, p, &held, network);
}

static bool is_own(const struct c2c_engine *e, const struct push *push)
{
    return c2c_hash_eq(&push->to.city, &e->options.self);
}

enum c2c_err c2c_recv_push(struct c2c_engine *e, struct peer *p, unsigned slot,
                           struct c2c_view body)
{
    struct c2c_stored stored;
    enum c2c_err err = c2c_stored_decode(body, &stored);

    (void)slot;
    if (err != C2C_E_OK || !p->push.active) {
        return err;
    }
    if (c2c_push_is_newer(&p->push.sent, &stored)) {
        return C2C_E_MALFORMED; /* It took it, and does not have it. */
    }
    if (is_own(e, &p->push)) {
        p->theirs = stored;
        p->standing.refused = C2C_E_OK;
        p->n_holders = 0; /* Of another state. */
        c2c_buf_clear(&p->holders);
    }
    end_push(p);
    return c2c_push_own(e, p);
}

enum c2c_err c2c_recv_push_part(struct c2c_engine *e, struct peer *p,
                                unsigned slot, struct c2c_view body)
{
    struct c2c_push_part_reply reply;
    enum c2c_err err = c2c_push_part_reply_decode(body, &reply);

    (void)e;
    (void)slot;
    if (err != C2C_E_OK || !p->push.active || reply.next == p->push.index) {
        return err;
    }
    p->push.parts_done = false; /* It lost some: from the beginning. */
    p->push.index = 0;
    p->push.has_after = false;
    return ++p->push.tries > TRIES ? C2C_E_MALFORMED : C2C_E_OK;
}

/* It holds another state than we thought: begin from that, or recover ours. */
static enum c2c_err other_base(struct c2c_engine *e, struct peer *p,
                               const struct c2c_msg_reply *reply)
{
    struct push *push = &p->push;
    struct c2c_stored stored;
    enum c2c_err err = c2c_stored_decode(reply->detail, &stored);

    if (err != C2C_E_OK) {
        return err;
    }
    if (is_own(e, push)) {
        p->theirs = stored;
        err = recover(e, p);
    }
    if (reply->code != C2C_E_BAD_ROOT || ++push->tries > TRIES) {
        p->own_refused =
            p->own_refused || (is_own(e, push) && reply->code != C2C_E_OLDER);
        end_push(p);
        return err;
    }
    if (stored.epoch == push->to.epoch && stored.rev == push->to.rev) {
        stored.epoch = 0; /* A delta does not do: all of it. */
        stored.rev = 0;
    }
    push->to.epoch = stored.epoch;
    push->to.rev = stored.rev;
    push->in_parts = false;
    push->parts_done = false;
    return err;
}

enum c2c_err c2c_refused_push(struct c2c_engine *e, struct peer *p,
                              unsigned slot, const struct c2c_msg_reply *reply)
{
    bool own = is_own(e, &p->push);

    (void)slot;
    if (!p->push.active) {
        return C2C_E_OK;
    }
    if (reply->code == C2C_E_BUSY || reply->code == C2C_E_STOPPING) {
        return C2C_E_UNSUPPORTED; /* Later. */
    }
    if (reply->code == C2C_E_TOO_BIG && p->push.announced &&
        !p->push.in_parts) {
        return C2C_E_OK; /* As it had to be: now the parts. */
    }
    if (own) {
        p->standing.refused = reply->code;
    }
    if (reply->code == C2C_E_OLDER || reply->code == C2C_E_CONFLICT ||
        reply->code == C2C_E_BAD_ROOT) {
        return other_base(e, p, reply);
    }
    p->own_refused = p->own_refused || own; /* Asked again after a while. */
    end_push(p);
    return C2C_E_OK;
}
