#include "node/query.h"

#include <string.h>

#include "codec/limits.h"
#include "node/ask.h"
#include "node/node_priv.h"
#include "store/store.h"

enum {
    OVERHEAD = 1024 /* Of an answer around the items of its list. */
};

/* Visitors get half of the workers, one at least. */
static bool take_turn(struct c2c_node *node)
{
    unsigned most = (unsigned)(node->config.workers + 1) / 2;

    if (atomic_fetch_add(&node->visitors, 1) < most) {
        return true;
    }
    atomic_fetch_sub(&node->visitors, 1);
    return false;
}

static enum c2c_err run(struct c2c_ask *ask,
                        const struct c2c_query_request *request)
{
    static const struct c2c_view english = {(const uint8_t *)"en", 2};
    enum c2c_err err = c2c_doc_decode(ask->doc, request->args,
                                      C2C_MAX_CONTROL_DEPTH, &ask->args);

    if (err == C2C_E_OK) {
        err = c2c_ask_text(ask, "lang", english, &ask->lang);
    }
    return err == C2C_E_OK ? c2c_ask_run(ask, request->name)
                           : c2c_ask_failed(ask, err);
}

static enum c2c_err encode(struct c2c_ask *ask, enum c2c_err code,
                           struct c2c_buf *reply)
{
    struct c2c_query_reply answer = {.code = code};
    struct c2c_buf document;
    enum c2c_err err;

    c2c_buf_init(&document, reply->max);
    err = c2c_doc_encode(ask->doc, ask->result, &document);
    answer.document = c2c_buf_view(&document);
    if (err == C2C_E_OK) {
        err = c2c_query_reply_encode(&answer, reply);
    }
    c2c_buf_fini(&document);
    return err;
}

/* The answer, or why there is none; the latter too when the former does not
 * fit. */
static enum c2c_err answer(struct c2c_ask *ask,
                           const struct c2c_query_request *request,
                           struct c2c_buf *reply)
{
    size_t before = reply->n;
    enum c2c_err code = run(ask, request);
    enum c2c_err err = C2C_E_OK;

    if (code == C2C_E_NOMEM) {
        return code;
    }
    if (code == C2C_E_OK) {
        err = encode(ask, code, reply);
        if (err != C2C_E_TOO_BIG) {
            return err;
        }
        code = c2c_ask_failed(ask, err);
        ask->result = c2c_doc_map(ask->doc);
        reply->n = before;
    }
    c2c_ask_refuse(ask, code);
    return encode(ask, code, reply);
}

enum c2c_err c2c_query_answer(const struct c2c_query_env *env,
                              const struct c2c_asker *asker,
                              const struct c2c_query_request *request,
                              struct c2c_buf *reply)
{
    struct c2c_node *node = env->node;
    struct c2c_visitor visitor = {
        .network = !asker->anonymous &&
                   c2c_roster_sees_network(env->roster, &asker->city)};
    struct c2c_diag diag = {.code = C2C_E_OK};
    struct c2c_arena arena;
    struct c2c_ask ask = {.node = node,
                          .store = env->store,
                          .standing = env->standing,
                          .types = node->types,
                          .self = &node->identity.city,
                          .now_s = node->clock->now_ms(node->clock->ctx) / 1000,
                          .visitor = &visitor,
                          .arena = &arena,
                          .diag = &diag};
    size_t room = reply->max - reply->n;
    enum c2c_err err;

    if (!take_turn(node)) {
        return C2C_E_BUSY;
    }
    visitor.room = room > OVERHEAD ? room - OVERHEAD : 0;
    c2c_arena_init(&arena);
    c2c_store_look(env->store,
                   visitor.network ? C2C_SIGHT_NETWORK : C2C_SIGHT_PUBLIC);
    err = c2c_doc_new(&ask.doc);
    if (err == C2C_E_OK) {
        ask.result = c2c_doc_map(ask.doc);
        err = answer(&ask, request, reply);
    }
    c2c_store_look(env->store, C2C_SIGHT_ALL);
    c2c_doc_free(ask.doc);
    c2c_arena_fini(&arena);
    atomic_fetch_sub(&node->visitors, 1);
    return err;
}
