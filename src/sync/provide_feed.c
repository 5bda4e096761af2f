/* hello, feed, ping. */

#include "codec/limits.h"
#include "sync/provide_priv.h"

enum {
    COMMIT_OVERHEAD = 1536 /* Head, opening and the like around the lists. */
};

enum c2c_err c2c_answer_hello(struct c2c_answer *a)
{
    struct c2c_hello_request request;
    struct c2c_hello_reply reply = {.roles = a->env->roles,
                                    .time_s = a->env->now_s,
                                    .max_message = C2C_MAX_REQUEST_BYTES,
                                    .max_wait_s = C2C_MAX_WAIT_S,
                                    .lgas = a->env->lgas};
    enum c2c_err err = c2c_hello_request_decode(a->args, &request);

    if (err == C2C_E_OK) {
        err = a->ops->instance(a->replica, &reply.instance);
    }
    if (err == C2C_E_OK) {
        err = a->ops->seq(a->replica, &reply.seq);
    }
    return err == C2C_E_OK ? c2c_hello_reply_encode(&reply, &a->body) : err;
}

enum c2c_err c2c_answer_ping(struct c2c_answer *a)
{
    const struct c2c_ping_reply reply = {a->env->now_s};
    enum c2c_err err = c2c_ping_request_decode(a->args);

    return err == C2C_E_OK ? c2c_ping_reply_encode(&reply, &a->body) : err;
}

/* A feed being answered. */
struct feed {
    struct c2c_answer *a;
    struct c2c_feed_request request;
    struct c2c_list_buf commits;
    uint64_t seq; /* Everything up to here is in the answer. */
    bool more;
};

static size_t room_left(const struct feed *f)
{
    size_t used = f->commits.buf.n + COMMIT_OVERHEAD;

    return used < f->a->room ? f->a->room - used : 0;
}

/* Stops with C2C_E_TOO_BIG when the answer is full. */
static enum c2c_err add_city(void *ctx, const struct c2c_hash *city,
                             const struct c2c_held *held)
{
    struct feed *f = ctx;
    const struct c2c_collect_since since = {.by_seq = true,
                                            .seq = f->request.cursor.seq,
                                            .network =
                                                f->request.cursor.network};
    struct c2c_collected collected;
    enum c2c_err err;

    if (!held->has_head || c2c_roster_find(f->a->env->roster, city) == NULL ||
        !c2c_roster_in_scope(f->a->env->roster, f->request.scope, city)) {
        f->seq = held->seq;
        return C2C_E_OK;
    }
    err = c2c_collect(f->a->env->replica, city, held, &since, f->a->network,
                      room_left(f), &collected);
    if (err == C2C_E_OK && f->commits.n > 0 &&
        (collected.lacks_keysets || collected.commit.form == C2C_COMMIT_HEAD)) {
        err = C2C_E_TOO_BIG; /* It may fit into an answer of its own. */
    }
    if (err == C2C_E_OK) {
        err = c2c_list_put_commit(&f->commits, &collected.commit);
    }
    c2c_collected_fini(&collected);
    if (err == C2C_E_OK) {
        f->seq = held->seq;
    }
    return err;
}

static enum c2c_err collect(struct feed *f, uint64_t now)
{
    enum c2c_err err =
        f->a->ops->changed(f->a->replica, f->request.cursor.seq, add_city, f);

    if (err == C2C_E_TOO_BIG && f->commits.n > 0) {
        f->more = true;
        return C2C_E_OK;
    }
    if (err == C2C_E_OK) {
        f->seq = now;
    }
    return err;
}

static bool cursor_fits(const struct feed *f, const struct c2c_cursor *ours)
{
    const struct c2c_cursor *theirs = &f->request.cursor;

    return c2c_uuid_eq(&theirs->instance, &ours->instance) &&
           c2c_hash_eq(&theirs->scope, &ours->scope) &&
           theirs->network == ours->network && theirs->seq <= ours->seq;
}

/* Whoever asks on from a position holds what came before it. */
static void note_asker(const struct feed *f)
{
    const struct c2c_provide_env *env = f->a->env;

    if (env->heard != NULL && !f->a->asker->anonymous) {
        env->heard(env->ctx, &f->a->asker->city, f->request.cursor.seq);
    }
}

static void park(struct feed *f, const struct c2c_cursor *now)
{
    f->a->parked->parked = true;
    f->a->parked->seq = now->seq;
    f->a->parked->until_s = f->a->env->now_s + f->request.wait_s;
}

static enum c2c_err answer_feed(struct feed *f)
{
    struct c2c_feed_reply reply = {
        .cursor = {.scope = c2c_scope_hash(f->request.scope),
                   .network = f->a->network}};
    enum c2c_err err =
        f->a->ops->instance(f->a->replica, &reply.cursor.instance);

    if (err == C2C_E_OK) {
        err = f->a->ops->seq(f->a->replica, &reply.cursor.seq);
    }
    if (err == C2C_E_OK && !f->request.has_cursor) {
        f->seq = reply.cursor.seq;
    } else if (err == C2C_E_OK && !cursor_fits(f, &reply.cursor)) {
        err = C2C_E_CURSOR_LOST;
    } else if (err == C2C_E_OK) {
        note_asker(f);
        err = collect(f, reply.cursor.seq);
    }
    if (err == C2C_E_OK && f->request.has_cursor && f->commits.n == 0 &&
        f->request.wait_s > 0 && f->a->may_park) {
        park(f, &reply.cursor);
        return C2C_E_OK;
    }
    reply.cursor.seq = f->seq;
    reply.more = f->more;
    reply.commits = c2c_list_of(&f->commits);
    return err == C2C_E_OK ? c2c_feed_reply_encode(&reply, &f->a->body) : err;
}

enum c2c_err c2c_answer_feed(struct c2c_answer *a)
{
    struct feed f = {.a = a};
    enum c2c_err err = c2c_feed_request_decode(a->args, &f.request);

    c2c_list_init(&f.commits, a->room);
    if (err == C2C_E_OK) {
        err = answer_feed(&f);
    }
    c2c_list_fini(&f.commits);
    return err;
}
