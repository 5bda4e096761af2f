#include "sync/provide.h"

#include "codec/limits.h"
#include "sync/provide_priv.h"

enum {
    REPLY_MIN = 4096, /* Every answer without records fits. */
    OVERHEAD = 2048,  /* Of envelope, cursor and head around the lists. */
    ENVELOPE = 3      /* Bytes before the answer. */
};

static c2c_answer_fn answer_query;
static c2c_answer_fn answer_join;
static c2c_answer_fn answer_status;

/* Every request. */
static const struct {
    enum c2c_msg_kind kind;
    c2c_answer_fn *fn;
    bool writes;
} requests[] = {
    {C2C_MSG_HELLO, c2c_answer_hello, false},
    {C2C_MSG_FEED, c2c_answer_feed, false},
    {C2C_MSG_VECTOR, c2c_answer_vector, false},
    {C2C_MSG_CHANGES, c2c_answer_changes, false},
    {C2C_MSG_LEAVES, c2c_answer_leaves, false},
    {C2C_MSG_RECORDS, c2c_answer_records, false},
    {C2C_MSG_RANGE, c2c_answer_range, false},
    {C2C_MSG_PUSH, c2c_answer_push, true},
    {C2C_MSG_PUSH_PART, c2c_answer_push_part, true},
    {C2C_MSG_KEYSETS, c2c_answer_keysets, false},
    {C2C_MSG_HEADS, c2c_answer_heads, false},
    {C2C_MSG_QUERY, answer_query, false},
    {C2C_MSG_JOIN, answer_join, true},
    {C2C_MSG_STATUS, answer_status, false},
    {C2C_MSG_PING, c2c_answer_ping, false},
};

enum {
    REQUESTS = sizeof requests / sizeof requests[0]
};

bool c2c_provide_writes(enum c2c_msg_kind kind)
{
    for (size_t i = 0; i < REQUESTS; i++) {
        if (requests[i].kind == kind) {
            return requests[i].writes;
        }
    }
    return false;
}

enum c2c_err c2c_answer_held(struct c2c_answer *a, const struct c2c_hash *city,
                             struct c2c_held *ret_held)
{
    if (c2c_roster_find(a->env->roster, city) == NULL) {
        return C2C_E_NOT_FOUND;
    }
    return a->ops->held(a->replica, city, ret_held);
}

enum c2c_err c2c_answer_detail(struct c2c_answer *a,
                               const struct c2c_head *head)
{
    const struct c2c_stored stored = {head->epoch, head->rev, head->content,
                                      head->time_s};

    return c2c_stored_encode(&stored, &a->detail);
}

static enum c2c_err answer_query(struct c2c_answer *a)
{
    struct c2c_query_request request;
    enum c2c_err err = c2c_query_request_decode(a->args, &request);

    if (err == C2C_E_OK && a->env->query == NULL) {
        err = C2C_E_UNSUPPORTED;
    }
    return err == C2C_E_OK
               ? a->env->query(a->env->ctx, a->asker, &request, &a->body)
               : err;
}

static enum c2c_err answer_join(struct c2c_answer *a)
{
    struct c2c_join_request request;
    struct c2c_join_reply reply;
    enum c2c_err err = c2c_join_request_decode(a->args, &request);

    if (err == C2C_E_OK && a->env->join == NULL) {
        err = C2C_E_UNSUPPORTED;
    }
    if (err == C2C_E_OK && a->asker->anonymous) {
        err = C2C_E_DENIED;
    }
    if (err == C2C_E_OK) {
        err = a->env->join(a->env->ctx, a->asker, &request, &reply);
    }
    return err == C2C_E_OK ? c2c_join_reply_encode(&reply, &a->body) : err;
}

/* A city that may know of itself though it is no member (yet). */
static enum c2c_err answer_status(struct c2c_answer *a)
{
    struct c2c_status_request request;
    struct c2c_status_reply reply = {.membership = C2C_JOIN_PENDING};
    struct c2c_held held = {.has_head = false};
    struct c2c_list_buf holders;
    enum c2c_err err = c2c_status_request_decode(a->args, &request);

    c2c_list_init(&holders, a->room);
    if (err == C2C_E_OK &&
        c2c_roster_sees_network(a->env->roster, &request.city)) {
        reply.membership = C2C_JOIN_MEMBER;
        err = a->ops->held(a->replica, &request.city, &held);
        err = err == C2C_E_NOT_FOUND ? C2C_E_OK : err;
    }
    if (err == C2C_E_OK && held.has_head) {
        reply.held = (struct c2c_stored){held.head.epoch, held.head.rev,
                                         held.head.content, held.head.time_s};
    }
    if (err == C2C_E_OK && held.has_head && a->network &&
        a->env->holders != NULL) {
        err = a->env->holders(a->env->ctx, &request.city, &held, &holders);
    }
    if (err == C2C_E_OK) {
        reply.holders = c2c_list_of(&holders);
        err = c2c_status_reply_encode(&reply, &a->body);
    }
    c2c_list_fini(&holders);
    return err;
}

static enum c2c_err run(struct c2c_answer *a, enum c2c_msg_kind kind)
{
    for (size_t i = 0; i < REQUESTS; i++) {
        if (requests[i].kind == kind) {
            return requests[i].fn(a);
        }
    }
    return C2C_E_UNSUPPORTED;
}

enum c2c_err c2c_provide(const struct c2c_provide_env *env,
                         const struct c2c_asker *asker,
                         const struct c2c_msg_request *request, bool may_park,
                         struct c2c_buf *reply, struct c2c_parked *ret_parked)
{
    size_t max = request->max_bytes < C2C_MAX_REPLY_BYTES
                     ? (size_t)request->max_bytes
                     : C2C_MAX_REPLY_BYTES;
    struct c2c_answer a = {.env = env,
                           .ops = env->replica->ops,
                           .replica = env->replica->ctx,
                           .asker = asker,
                           .args = request->args,
                           .network = !asker->anonymous &&
                                      c2c_roster_sees_network(env->roster,
                                                              &asker->city),
                           .may_park = may_park,
                           .parked = ret_parked};
    enum c2c_err err = max < REPLY_MIN ? C2C_E_INVAL : C2C_E_OK;

    *ret_parked = (struct c2c_parked){.parked = false};
    c2c_buf_init(&a.body, max < REPLY_MIN ? 0 : max - ENVELOPE);
    c2c_buf_init(&a.detail, OVERHEAD);
    if (err == C2C_E_OK) {
        a.room = max - OVERHEAD;
        err = run(&a, request->kind);
    }
    if (err == C2C_E_OK && !ret_parked->parked) {
        err = c2c_msg_reply_encode(c2c_buf_view(&a.body), reply);
    } else if (err != C2C_E_OK && !c2c_err_is_ours(err)) {
        err = c2c_msg_refusal_encode(err, NULL, c2c_buf_view(&a.detail), reply);
    }
    c2c_buf_fini(&a.body);
    c2c_buf_fini(&a.detail);
    return err;
}
