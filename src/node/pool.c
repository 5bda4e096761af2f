#include "node/pool.h"

#include <pthread.h>
#include <string.h>

#include "base/log.h"
#include "base/mem.h"
#include "codec/limits.h"
#include "net/provider.h"
#include "node/ask.h"
#include "node/mailbox.h"
#include "node/node_priv.h"
#include "node/replica.h"
#include "node/serve.h"
#include "node/standing.h"
#include "store/fulltext.h"
#include "store/store.h"
#include "wire/control.h"

/* What a worker is to do: one of the two. */
struct errand {
    struct c2c_request *control;
    struct c2c_visit *visit;
};

struct worker {
    struct c2c_pool *pool;
    struct c2c_store *store;
    struct c2c_store_replica replica;
    struct c2c_body_zip *zip;
    struct c2c_standing *standing;
    pthread_t thread;
    bool started;
};

struct c2c_pool {
    struct c2c_node *node;
    struct c2c_mailbox *requests;
    size_t n;
    struct worker worker[];
};

/* The "error" of a `--json` error: see wire/control.h. */
static void set_error(struct c2c_doc *doc, struct c2c_val *map,
                      const struct c2c_diag *diag)
{
    c2c_doc_set_cstr(doc, map, "code", c2c_errname(diag->code));
    c2c_doc_set_cstr(doc, map, "thing", diag->thing);
    c2c_doc_set_cstr(doc, map, "message", diag->message);
    c2c_doc_set_cstr(doc, map, "hint", diag->hint);
}

/* A refusal that needs nothing from the request. */
static void refuse(struct c2c_request *request, const struct c2c_diag *diag)
{
    struct c2c_doc *doc = NULL;
    struct c2c_buf reply;
    enum c2c_err err = c2c_doc_new(&doc);

    c2c_buf_init(&reply, C2C_MAX_CONTROL_BYTES);
    if (err == C2C_E_OK) {
        struct c2c_val *map = c2c_doc_map(doc);

        set_error(doc, map, diag);
        err = c2c_control_reply_encode(doc, diag->code, map, &reply);
    }
    if (err == C2C_E_OK) {
        c2c_request_reply(request, c2c_buf_view(&reply));
    } else {
        c2c_request_drop(request);
    }
    c2c_buf_fini(&reply);
    c2c_doc_free(doc);
}

static enum c2c_err run_request(struct worker *w, struct c2c_view body,
                                struct c2c_ask *ask)
{
    static const struct c2c_view english = {(const uint8_t *)"en", 2};
    struct c2c_control_request request;
    struct c2c_node *node = w->pool->node;
    enum c2c_err err = c2c_control_request_decode(ask->doc, body, &request);

    if (err != C2C_E_OK) {
        (void)c2c_diag_set(ask->diag, err, "request",
                           "the node does not understand the request: %s",
                           c2c_strerror(err));
        c2c_diag_hint(ask->diag, "c2c and c2cd must be of the same version");
        return err;
    }
    ask->node = node;
    ask->store = w->store;
    ask->standing = w->standing;
    ask->types = node->types;
    ask->self = &node->identity.city;
    ask->now_s = node->clock->now_ms(node->clock->ctx) / 1000;
    ask->args = request.args;
    err = c2c_ask_text(ask, "lang", english, &ask->lang);
    return err == C2C_E_OK ? c2c_ask_run(ask, request.name) : err;
}

static enum c2c_err encode(struct c2c_ask *ask, enum c2c_err code,
                           struct c2c_buf *reply)
{
    enum c2c_err err;

    if (code != C2C_E_OK) {
        c2c_ask_refuse(ask, code);
    }
    err = c2c_control_reply_encode(ask->doc, code, ask->result, reply);
    return err;
}

static void answer(struct worker *w, struct c2c_request *request)
{
    struct c2c_diag diag = {.code = C2C_E_OK};
    struct c2c_ask ask = {.diag = &diag};
    struct c2c_arena arena;
    struct c2c_buf reply;
    enum c2c_err err = c2c_doc_new(&ask.doc);

    c2c_arena_init(&arena);
    c2c_buf_init(&reply, C2C_MAX_CONTROL_BYTES);
    ask.arena = &arena;
    if (err == C2C_E_OK) {
        ask.result = c2c_doc_map(ask.doc);
        err = run_request(w, c2c_request_body(request), &ask);
        err = encode(&ask, err, &reply);
    }
    if (err == C2C_E_OK) {
        c2c_request_reply(request, c2c_buf_view(&reply));
    } else {
        (void)c2c_ask_failed(&ask, err);
        refuse(request, &diag);
    }
    c2c_buf_fini(&reply);
    c2c_doc_free(ask.doc);
    c2c_arena_fini(&arena);
}

static void *run(void *arg)
{
    struct worker *w = arg;
    struct errand *errand;

    while ((errand = c2c_mailbox_take(w->pool->requests, UINT64_MAX)) != NULL) {
        if (errand->visit != NULL) {
            c2c_serve(errand->visit, &w->replica, w->zip, w->standing);
        } else {
            answer(w, errand->control);
        }
        c2c_free(errand);
    }
    return NULL;
}

static enum c2c_err post(struct c2c_pool *pool, struct c2c_request *control,
                         struct c2c_visit *visit)
{
    struct errand *errand = c2c_calloc(1, sizeof *errand);
    enum c2c_err err = C2C_E_NOMEM;

    if (errand != NULL) {
        *errand = (struct errand){control, visit};
        err = c2c_mailbox_put(pool->requests, errand);
    }
    if (err != C2C_E_OK) {
        c2c_free(errand);
    }
    return err;
}

void c2c_pool_take(struct c2c_pool *pool, struct c2c_request *request)
{
    enum c2c_err err = post(pool, request, NULL);
    struct c2c_diag diag;

    if (err != C2C_E_OK) {
        (void)c2c_diag_set(&diag, err, "node", "%s", c2c_strerror(err));
        refuse(request, &diag);
    }
}

void c2c_pool_visit(struct c2c_pool *pool, struct c2c_visit *visit)
{
    if (post(pool, NULL, visit) != C2C_E_OK) {
        c2c_visit_drop(visit);
    }
}

static enum c2c_err start(struct worker *w, struct c2c_diag *diag)
{
    const char *dir = w->pool->node->dir;
    char detail[512] = "";
    enum c2c_err err = c2c_store_open(dir, C2C_STORE_READ, &w->store, detail);

    if (err == C2C_E_OK) {
        err = c2c_fulltext_attach(w->store, dir);
    }
    if (err == C2C_E_OK) {
        err = c2c_standing_new(&w->standing);
    }
    if (err == C2C_E_OK) {
        err = c2c_body_zip_new(&w->zip);
    }
    c2c_store_replica_init(&w->replica, w->store, w->pool->node->types);
    if (err == C2C_E_OK && pthread_create(&w->thread, NULL, run, w) != 0) {
        err = C2C_E_NOMEM;
    }
    w->started = err == C2C_E_OK;
    return err == C2C_E_OK
               ? err
               : c2c_diag_set(diag, err, dir, "cannot read the store: %s%s%s",
                              c2c_strerror(err), detail[0] == '\0' ? "" : ": ",
                              detail);
}

enum c2c_err c2c_pool_open(struct c2c_node *node, struct c2c_diag *diag,
                           struct c2c_pool **ret_pool)
{
    size_t n = (size_t)node->config.workers;
    struct c2c_pool *pool =
        c2c_calloc(1, sizeof *pool + n * sizeof pool->worker[0]);
    enum c2c_err err = C2C_E_NOMEM;

    if (pool != NULL) {
        pool->node = node;
        pool->n = n;
        err = c2c_mailbox_new((size_t)node->config.queue, &pool->requests);
    }
    if (err != C2C_E_OK) {
        c2c_free(pool);
        return c2c_diag_set(diag, err, NULL, "%s", c2c_strerror(err));
    }
    for (size_t i = 0; i < n && err == C2C_E_OK; i++) {
        pool->worker[i].pool = pool;
        err = start(&pool->worker[i], diag);
    }
    if (err != C2C_E_OK) {
        c2c_pool_close(pool);
        return err;
    }
    *ret_pool = pool;
    return C2C_E_OK;
}

void c2c_pool_stop(struct c2c_pool *pool)
{
    if (pool == NULL) {
        return;
    }
    c2c_mailbox_close(pool->requests);
    for (size_t i = 0; i < pool->n; i++) {
        if (pool->worker[i].started) {
            (void)pthread_join(pool->worker[i].thread, NULL);
            pool->worker[i].started = false;
        }
    }
}

void c2c_pool_close(struct c2c_pool *pool)
{
    if (pool == NULL) {
        return;
    }
    c2c_pool_stop(pool);
    for (size_t i = 0; i < pool->n; i++) {
        c2c_standing_free(pool->worker[i].standing);
        c2c_store_replica_fini(&pool->worker[i].replica);
        c2c_body_zip_free(pool->worker[i].zip);
        c2c_store_close(pool->worker[i].store);
    }
    c2c_mailbox_free(pool->requests);
    c2c_free(pool);
}
