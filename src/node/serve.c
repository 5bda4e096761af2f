#include "node/serve.h"

#include "base/mem.h"
#include "codec/limits.h"
#include "node/federation.h"
#include "node/feeds.h"
#include "node/heard.h"
#include "node/node_priv.h"
#include "node/query.h"
#include "node/replica.h"
#include "node/roster_box.h"

enum {
    FRAME_MAX = C2C_MAX_REPLY_BYTES + 65536,
    EMPTY_MAX = 128 /* A feed's answer without commits is shorter. */
};

struct c2c_visit {
    struct c2c_node *node;
    struct c2c_request *request; /* The frame. */
    bool opened;                 /* What follows is known. */
    struct c2c_asking asking;
    struct c2c_buf content; /* The request inside. */
    bool hurry;             /* Do not wait any longer. */
    struct c2c_buf reply;   /* Of a task, until it is durable. */
};

struct c2c_visit *c2c_visit_new(struct c2c_node *node,
                                struct c2c_request *request)
{
    struct c2c_visit *visit = c2c_calloc(1, sizeof *visit);

    if (visit == NULL) {
        c2c_request_drop(request);
        return NULL;
    }
    visit->node = node;
    visit->request = request;
    c2c_buf_init(&visit->content, C2C_MAX_REQUEST_BYTES);
    c2c_buf_init(&visit->reply, C2C_MAX_REPLY_BYTES);
    return visit;
}

void c2c_visit_drop(struct c2c_visit *visit)
{
    if (visit == NULL) {
        return;
    }
    if (visit->request != NULL) {
        c2c_request_drop(visit->request);
    }
    c2c_buf_fini(&visit->content);
    c2c_buf_fini(&visit->reply);
    c2c_free(visit);
}

void c2c_visit_hurry(struct c2c_visit *visit)
{
    visit->hurry = true;
}

uint32_t c2c_visit_pipe(const struct c2c_visit *visit)
{
    return c2c_request_pipe(visit->request);
}

static void send_frame(struct c2c_visit *visit, struct c2c_view frame)
{
    if (frame.n > 0) {
        c2c_request_reply(visit->request, frame);
        visit->request = NULL;
    }
}

static enum c2c_err newest_keyset(void *ctx, const struct c2c_hash *city,
                                  struct c2c_keyset *ret_keyset)
{
    const struct c2c_replica *replica = ctx;

    return replica->ops->keyset(replica->ctx, city, ret_keyset);
}

static struct c2c_asker asker_of(const struct c2c_asking *asking)
{
    return (struct c2c_asker){.anonymous = !asking->proved,
                              .city = asking->city};
}

/* Does the answer hold nothing that is not public?  Feeds without news are most
 * of what members are told: there is no need to hide that they are short. */
static bool is_empty(struct c2c_view content)
{
    struct c2c_feed_reply feed;
    struct c2c_msg_reply reply;

    return content.n <= EMPTY_MAX &&
           c2c_msg_reply_decode(content, &reply) == C2C_E_OK &&
           reply.code == C2C_E_OK &&
           c2c_feed_reply_decode(reply.body, &feed) == C2C_E_OK &&
           feed.commits.n == 0;
}

/* What peers are refused is counted by its code, for the operator. */
static void count_refusal(struct c2c_node *node, struct c2c_view content)
{
    struct c2c_msg_reply reply;

    if (c2c_msg_reply_decode(content, &reply) == C2C_E_OK &&
        reply.code != C2C_E_OK && (unsigned)reply.code < C2C_REFUSALS) {
        atomic_fetch_add(&node->refused[reply.code], 1);
    }
}

/* Members' answers may hold what is not public: their lengths tell nothing. */
static void answer(struct c2c_visit *visit,
                   const struct c2c_sessions_worker *worker,
                   struct c2c_view content)
{
    struct c2c_buf frame;
    enum c2c_err err;

    count_refusal(visit->node, content);
    c2c_buf_init(&frame, FRAME_MAX);
    err =
        c2c_sessions_answer(visit->node->sessions, worker, &visit->asking,
                            content, visit->asking.proved && !is_empty(content),
                            &frame);
    (void)err; /* What went wrong is in the frame. */
    send_frame(visit, c2c_buf_view(&frame));
    c2c_buf_fini(&frame);
}

static void refuse(struct c2c_visit *visit,
                   const struct c2c_sessions_worker *worker, enum c2c_err why)
{
    const struct c2c_view nothing = {NULL, 0};
    struct c2c_buf reply;

    c2c_buf_init(&reply, C2C_MAX_REPLY_BYTES);
    if (c2c_msg_refusal_encode(why, NULL, nothing, &reply) == C2C_E_OK) {
        answer(visit, worker, c2c_buf_view(&reply));
    }
    c2c_buf_fini(&reply);
}

void c2c_serve_env(struct c2c_node *node, const struct c2c_replica *replica,
                   const struct c2c_roster *roster,
                   struct c2c_provide_env *ret_env)
{
    bool hub = node->identity.keyset.kind == C2C_LGA;

    *ret_env = (struct c2c_provide_env){
        .replica = replica,
        .roster = roster,
        .self = node->identity.city,
        .roles = C2C_ROLE_CITY | (hub ? C2C_ROLE_HUB : 0U),
        .lgas = hub ? node->own_lga : (struct c2c_list_view){{NULL, 0}, 0},
        .now_s = node->clock->now_ms(node->clock->ctx) / 1000};
}

/* What a reading request is answered with beside the replica. */
struct hearing {
    struct c2c_node *node;
    const struct c2c_roster *roster;
    uint64_t now_s;
    struct c2c_query_env *query;
};

static void note_heard(void *ctx, const struct c2c_hash *city, uint64_t seq)
{
    const struct hearing *hearing = ctx;

    c2c_heard_note(hearing->node->heard, city, seq, hearing->now_s);
}

static enum c2c_err answer_query(void *ctx, const struct c2c_asker *asker,
                                 const struct c2c_query_request *request,
                                 struct c2c_buf *reply)
{
    const struct hearing *hearing = ctx;

    return c2c_query_answer(hearing->query, asker, request, reply);
}

/* Telling who holds a city's newest head, or who does not. */
struct telling {
    const struct c2c_roster *roster;
    const struct c2c_hash *city;
    uint64_t seq;
    bool has_newest;
    struct c2c_list_buf *holders;
};

static enum c2c_err tell_holder(void *ctx, const struct c2c_hash *city,
                                uint64_t seq, uint64_t heard_s)
{
    const struct telling *t = ctx;
    const struct c2c_holder holder = {*city, seq >= t->seq, heard_s};

    return holder.has_newest != t->has_newest ||
                   t->holders->n == C2C_MAX_HOLDERS ||
                   c2c_hash_eq(city, t->city) ||
                   !c2c_roster_sees_network(t->roster, city)
               ? C2C_E_OK
               : c2c_list_put_holder(t->holders, &holder);
}

/* Those that lack it first. */
static enum c2c_err tell_holders(void *ctx, const struct c2c_hash *city,
                                 const struct c2c_held *held,
                                 struct c2c_list_buf *holders)
{
    const struct hearing *hearing = ctx;
    struct telling t = {hearing->roster, city, held->seq, false, holders};
    enum c2c_err err = c2c_heard_each(hearing->node->heard, tell_holder, &t);

    t.has_newest = true;
    return err == C2C_E_OK
               ? c2c_heard_each(hearing->node->heard, tell_holder, &t)
               : err;
}

/* On the writer's thread. */
static enum c2c_err write_visit(void *ctx, struct c2c_group *group)
{
    struct c2c_visit *visit = ctx;
    const struct c2c_asker asker = asker_of(&visit->asking);
    struct c2c_msg_request request;
    enum c2c_err err =
        c2c_msg_request_decode(c2c_buf_view(&visit->content), &request);

    return err == C2C_E_OK
               ? c2c_federation_write(visit->node->federation, group, &asker,
                                      &request, &visit->reply)
               : err;
}

static void end_write(void *ctx, enum c2c_err err)
{
    struct c2c_visit *visit = ctx;
    const struct c2c_sessions_worker worker = {.zip = visit->node->writer_zip,
                                               .now = c2c_clock_moment(
                                                   visit->node->clock)};

    if (err == C2C_E_OK) {
        answer(visit, &worker, c2c_buf_view(&visit->reply));
    } else {
        refuse(visit, &worker, C2C_E_BUSY);
    }
    c2c_visit_drop(visit);
}

/* Read, answer or wait.  True: the visit is not ours any more. */
static bool read_visit(struct c2c_visit *visit,
                       const struct c2c_sessions_worker *worker,
                       const struct c2c_provide_env *env,
                       const struct c2c_msg_request *request)
{
    struct c2c_feeds_wish wish = {.stranger = !visit->asking.proved,
                                  .generation =
                                      c2c_feeds_generation(visit->node->feeds)};
    const struct c2c_asker asker = asker_of(&visit->asking);
    struct c2c_parked parked = {.parked = false};
    struct c2c_buf reply;
    enum c2c_err err;

    c2c_buf_init(&reply, C2C_MAX_REPLY_BYTES);
    err = c2c_provide(env, &asker, request, !visit->hurry, &reply, &parked);
    if (err != C2C_E_OK) {
        refuse(visit, worker, C2C_E_BUSY);
    } else if (!parked.parked) {
        answer(visit, worker, c2c_buf_view(&reply));
    }
    c2c_buf_fini(&reply);
    if (!parked.parked) {
        return false;
    }
    wish.until_s = parked.until_s;
    if (c2c_feeds_wait(visit->node->feeds, visit, &wish) == C2C_E_OK) {
        return true;
    }
    refuse(visit, worker, C2C_E_BUSY);
    return false;
}

/* Who says to be a city whose keysets are not known here may bring them along:
 * in a request to join, or in a city's first push. */
static void prove_visitor(struct c2c_visit *visit,
                          const struct c2c_sessions_worker *worker,
                          const struct c2c_msg_request *request)
{
    struct c2c_commit commit;
    struct c2c_join_request join;
    struct c2c_list_view keysets = {{NULL, 0}, 0};
    enum c2c_err err;

    if (visit->asking.proved || !visit->asking.claimed) {
        return;
    }
    if (request->kind == C2C_MSG_PUSH &&
        c2c_commit_decode(request->args, &commit) == C2C_E_OK) {
        keysets = commit.keysets;
    } else if (request->kind == C2C_MSG_JOIN &&
               c2c_join_request_decode(request->args, &join) == C2C_E_OK) {
        keysets = join.keysets;
    }
    if (keysets.n == 0) {
        return;
    }
    err = c2c_sessions_prove(visit->node->sessions, worker, keysets,
                             &visit->asking);
    (void)err; /* Then it stays a stranger, and is told so. */
}

/* The request inside is known: who answers it? */
static bool answer_visit(struct c2c_visit *visit,
                         const struct c2c_sessions_worker *worker,
                         struct c2c_store_replica *store_replica,
                         struct c2c_query_env *query)
{
    const struct c2c_task task = {write_visit, end_write, visit};
    const struct c2c_replica replica = c2c_store_replica_of(store_replica);
    struct hearing hearing = {visit->node, query->roster, worker->now.unix_s,
                              query};
    struct c2c_provide_env env;
    struct c2c_msg_request request;
    bool passed_on;
    enum c2c_err err =
        c2c_msg_request_decode(c2c_buf_view(&visit->content), &request);

    if (err == C2C_E_OK && query->roster == NULL) {
        err = C2C_E_BUSY; /* Not ready yet. */
    }
    if (err == C2C_E_OK) {
        prove_visitor(visit, worker, &request);
    }
    if (err == C2C_E_OK && c2c_provide_writes(request.kind)) {
        err = c2c_writer_post(visit->node->writer, &task);
        if (err == C2C_E_OK) {
            return true;
        }
    }
    if (err == C2C_E_OK) {
        err = c2c_store_begin_read(store_replica->store);
    }
    if (err != C2C_E_OK) {
        refuse(visit, worker, err);
        return false;
    }
    c2c_serve_env(visit->node, &replica, query->roster, &env);
    env.heard = note_heard;
    env.holders = tell_holders;
    env.query = answer_query;
    env.ctx = &hearing;
    passed_on = read_visit(visit, worker, &env, &request);
    c2c_store_rollback(store_replica->store);
    return passed_on;
}

/* Break the seal.  False: it was a handshake, or is refused; answered. */
static bool open_visit(struct c2c_visit *visit,
                       const struct c2c_sessions_worker *worker)
{
    const struct c2c_address address = c2c_request_address(visit->request);
    struct c2c_frame_taken taken;
    struct c2c_buf frame;

    c2c_buf_init(&frame, C2C_MAX_REQUEST_BYTES);
    c2c_sessions_take(visit->node->sessions, worker, &address,
                      c2c_request_body(visit->request), &visit->content, &frame,
                      &taken);
    visit->opened = taken.what == C2C_TAKEN_REQUEST;
    visit->asking = taken.asking;
    if (!visit->opened) {
        send_frame(visit, c2c_buf_view(&frame));
    }
    c2c_buf_fini(&frame);
    return visit->opened;
}

void c2c_serve(struct c2c_visit *visit, struct c2c_store_replica *store_replica,
               struct c2c_body_zip *zip, struct c2c_standing *standing)
{
    struct c2c_replica replica = c2c_store_replica_of(store_replica);
    const struct c2c_keyring keyring = {newest_keyset, &replica};
    const struct c2c_sessions_worker worker = {.zip = zip,
                                               .keyring = &keyring,
                                               .now = c2c_clock_moment(
                                                   visit->node->clock)};
    struct c2c_roster_box *rosters = visit->node->rosters;
    struct c2c_query_env query = {.node = visit->node,
                                  .store = store_replica->store,
                                  .standing = standing};
    bool passed_on = false;

    if (visit->opened || open_visit(visit, &worker)) {
        query.roster = c2c_roster_box_borrow(rosters);
        /* Passed on, the visit may be gone already. */
        passed_on = answer_visit(visit, &worker, store_replica, &query);
        c2c_roster_box_return(rosters, query.roster);
    }
    if (!passed_on) {
        c2c_visit_drop(visit);
    }
}
