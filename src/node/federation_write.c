/* Requests of peers that write: what they push, and cities that ask to join. */

#include "node/federation_priv.h"
#include "node/join.h"
#include "node/serve.h"

static void note_applied(void *ctx, const struct c2c_applied *applied)
{
    struct c2c_federation *f = ctx;

    f->changed = true;
    f->new_roster = f->new_roster || applied->lga;
}

/* A request to join, as a job: admitting a city signs its membership record. */
struct admission {
    const struct c2c_asker *asker;
    const struct c2c_join_request *request;
    struct c2c_join_reply reply;
    struct c2c_doc *doc;
    struct c2c_draft draft;
};

static enum c2c_err admit(void *ctx, struct c2c_group *group,
                          struct c2c_job *job)
{
    struct admission *a = ctx;
    const struct c2c_view no_kind = {NULL, 0};
    const struct c2c_join_env env = {.store = group->env->store,
                                     .types = group->env->types,
                                     .identity = group->env->identity,
                                     .now_s = group->env->now_ms / 1000};
    bool is_new = false;
    enum c2c_err err =
        c2c_join_answer(&env, &a->asker->city, a->request, &a->reply, &is_new);

    if (err == C2C_E_OK && is_new) {
        err = c2c_join_draft(&env, &a->asker->city, a->request->name, no_kind,
                             a->doc, &a->draft);
        job->drafts = &a->draft;
        job->n = 1;
    }
    return err;
}

static enum c2c_err answer_join(void *ctx, const struct c2c_asker *asker,
                                const struct c2c_join_request *request,
                                struct c2c_join_reply *ret_reply)
{
    const struct c2c_federation *f = ctx;
    struct admission a = {.asker = asker, .request = request};
    struct c2c_job job = {.prepare = admit, .ctx = &a};
    enum c2c_err err = c2c_doc_new(&a.doc);

    if (err == C2C_E_OK) {
        err = c2c_job_run(&job, f->group);
    }
    /* Refused by a node that must not sign now: later, with the same token. */
    err = err == C2C_E_OK && job.err == C2C_E_NOT_CURRENT ? C2C_E_BUSY
          : err == C2C_E_OK                               ? job.err
                                                          : err;
    if (err == C2C_E_OK) {
        *ret_reply = a.reply;
    }
    c2c_doc_free(a.doc);
    return err;
}

enum c2c_err c2c_federation_write(struct c2c_federation *f,
                                  struct c2c_group *group,
                                  const struct c2c_asker *asker,
                                  const struct c2c_msg_request *request,
                                  struct c2c_buf *reply)
{
    const struct c2c_view nothing = {NULL, 0};
    struct c2c_provide_env env;
    struct c2c_parked parked;
    enum c2c_err err;

    f->store_replica.erased = false;
    c2c_serve_env(f->node, &f->replica, f->roster, &env);
    env.applied = note_applied;
    env.join = answer_join;
    env.ctx = f;
    f->group = group;
    err = c2c_provide(&env, asker, request, false, reply, &parked);
    f->group = NULL;
    if (err == C2C_E_CORRUPT) { /* Of one city; the group is sound. */
        c2c_log(C2C_LOG_WARN, "federation",
                "what is held of a city is damaged: its push is not taken");
        err = c2c_msg_refusal_encode(C2C_E_BUSY, NULL, nothing, reply);
    }
    group->erased = group->erased || f->store_replica.erased;
    return err;
}
