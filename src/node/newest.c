#include "node/newest.h"

#include <string.h>

#include "codec/limits.h"
#include "store/records.h"
#include "trust/accept.h"

/* Check the signature, by the keyset of the head's epoch: ours, or the one that
 * ours follows and nothing was signed under yet. */
static enum c2c_err verify(const struct c2c_commit_env *env,
                           struct c2c_view bytes, struct c2c_head *head)
{
    struct c2c_keyset stored;
    enum c2c_err err;

    if (head->epoch == env->identity->keyset.n) {
        return c2c_head_verify(bytes, &env->identity->keyset, head);
    }
    err = c2c_cities_keyset(env->store, env->city, &stored);
    return err == C2C_E_OK ? c2c_head_verify(bytes, &stored, head) : err;
}

/* With its object's bytes. */
static enum c2c_err read_head(const struct c2c_commit_env *env,
                              struct c2c_head *ret_head,
                              struct c2c_net_opening *ret_opening,
                              struct c2c_buf *bytes)
{
    enum c2c_err err =
        c2c_cities_head(env->store, env->city, ret_head, ret_opening, bytes);

    if (err == C2C_E_OK) {
        err = verify(env, c2c_buf_view(bytes), ret_head);
        err = err == C2C_E_OK || err == C2C_E_NOMEM ? err : C2C_E_CORRUPT;
    }
    return err;
}

/* Sum up the kept directories of both audiences. */
static enum c2c_err sum_kept(const struct c2c_commit_env *env,
                             struct c2c_dir_sum *pub,
                             struct c2c_dir_sum *network)
{
    enum c2c_err err =
        c2c_records_sum(env->store, env->city, C2C_AUDIENCE_PUBLIC, false, pub);

    return err == C2C_E_OK
               ? c2c_records_sum(env->store, env->city, C2C_AUDIENCE_NETWORK,
                                 false, network)
               : err;
}

static bool sum_eq(const struct c2c_dir_sum *a, const struct c2c_dir_sum *b)
{
    return c2c_hash_eq(&a->root, &b->root) && a->count == b->count &&
           a->bytes == b->bytes;
}

static enum c2c_err check_kept(const struct c2c_commit_env *env,
                               const struct c2c_newest *newest)
{
    struct c2c_hash net = c2c_net_commit(&newest->opening);
    struct c2c_dir_sum pub;
    struct c2c_dir_sum network;
    enum c2c_err err = sum_kept(env, &pub, &network);

    if (err != C2C_E_OK) {
        return err;
    }
    return sum_eq(&pub, &newest->head.pub) &&
                   sum_eq(&network, &newest->opening.sum) &&
                   c2c_hash_eq(&net, &newest->head.net)
               ? C2C_E_OK
               : C2C_E_CORRUPT;
}

enum c2c_err c2c_newest_load(const struct c2c_commit_env *env,
                             struct c2c_newest *ret_newest)
{
    struct c2c_newest newest = {.there = true};
    struct c2c_buf bytes;
    enum c2c_err err;

    c2c_buf_init(&bytes, C2C_MAX_HEAD_BYTES);
    err = read_head(env, &newest.head, &newest.opening, &bytes);
    c2c_buf_fini(&bytes);
    if (err == C2C_E_OK) {
        err = check_kept(env, &newest);
    } else if (err == C2C_E_NOT_FOUND) {
        memset(&newest, 0, sizeof newest);
        err = C2C_E_OK;
    }
    if (err == C2C_E_OK) {
        *ret_newest = newest;
    }
    return err;
}

/* Our own state goes through the same gate as everybody's. */
static enum c2c_err
accept_own(const struct c2c_commit_env *env, const struct c2c_newest *newest,
           struct c2c_view bytes, const struct c2c_head *next,
           const struct c2c_net_opening *opening, struct c2c_diag *diag)
{
    const struct c2c_accept_state state = {.keyset = &env->identity->keyset,
                                           .city = &env->identity->city,
                                           .head = newest->there ? &newest->head
                                                                 : NULL,
                                           .now_s = env->now_ms / 1000};
    const struct c2c_accept_offer offer = {.head = bytes,
                                           .pub = &next->pub,
                                           .net = opening,
                                           .net_sum = &opening->sum};
    struct c2c_head accepted;
    enum c2c_err err = c2c_accept(&state, &offer, &accepted);

    if (err == C2C_E_FUTURE) {
        (void)c2c_diag_set(diag, err, "clock",
                           "this computer's clock is behind the city's newest "
                           "signature");
        c2c_diag_hint(diag, "set the clock (`timedatectl`) and ask again");
    } else if (err != C2C_E_OK) {
        (void)c2c_diag_set(diag, err, "head",
                           "the new state would be refused by others: %s",
                           c2c_strerror(err));
    }
    return err;
}

static enum c2c_err log_revision(const struct c2c_commit_env *env,
                                 const struct c2c_head *next,
                                 struct c2c_view changes)
{
    const struct c2c_revision revision = {.city = env->city,
                                          .epoch = next->epoch,
                                          .rev = next->rev,
                                          .time_s = next->time_s,
                                          .changes = changes};

    return c2c_cities_log_add(env->store, &revision);
}

/* The next head, unsigned, and the opening of its commitment. */
static enum c2c_err make_next(const struct c2c_commit_env *env,
                              const struct c2c_newest *newest,
                              struct c2c_head *next,
                              struct c2c_net_opening *opening)
{
    uint64_t now_s = env->now_ms / 1000;
    enum c2c_err err;

    *next = (struct c2c_head){.city = env->identity->city,
                              .keyset = env->identity->keyset.hash,
                              .epoch = env->identity->keyset.n,
                              .rev = 1,
                              .key = env->identity->key};
    if (newest->there && newest->head.epoch == next->epoch) {
        next->rev = newest->head.rev + 1;
        next->prev = newest->head.content;
    } /* Else the keyset's first head: a new epoch starts at revision 1. */
    err = sum_kept(env, &next->pub, &opening->sum);
    env->rng->fill(env->rng->ctx, opening->blind.b, sizeof opening->blind.b);
    next->net = c2c_net_commit(opening);
    next->time_s = now_s > newest->head.time_s ? now_s : newest->head.time_s;
    next->expires_s = next->time_s + env->expire_s;
    return err;
}

enum c2c_err c2c_newest_sign(const struct c2c_commit_env *env,
                             const struct c2c_newest *newest,
                             struct c2c_view changes, struct c2c_diag *diag,
                             struct c2c_head *ret_next)
{
    struct c2c_net_opening opening = {.sum = {.count = 0}};
    struct c2c_head next;
    struct c2c_buf bytes;
    enum c2c_err err = make_next(env, newest, &next, &opening);

    c2c_buf_init(&bytes, C2C_MAX_HEAD_BYTES);
    if (err == C2C_E_OK) {
        err = c2c_head_sign(&next, env->identity->signer, &bytes);
    }
    if (err == C2C_E_OK) {
        err = accept_own(env, newest, c2c_buf_view(&bytes), &next, &opening,
                         diag);
    }
    if (err == C2C_E_OK) {
        err = c2c_cities_put_head(env->store, env->city, &next,
                                  c2c_buf_view(&bytes), &opening, false);
    }
    if (err == C2C_E_OK) {
        err = log_revision(env, &next, changes);
    }
    c2c_buf_fini(&bytes);
    if (err == C2C_E_OK) {
        *ret_next = next;
    }
    return err;
}

/* The first head under a keyset that nothing was signed under yet. */
static enum c2c_err begin_epoch(const struct c2c_commit_env *env)
{
    const struct c2c_view no_changes = {NULL, 0};
    struct c2c_newest newest;
    struct c2c_diag diag;
    struct c2c_head next;
    enum c2c_err err = c2c_newest_load(env, &newest);

    return err == C2C_E_OK
               ? c2c_newest_sign(env, &newest, no_changes, &diag, &next)
               : err;
}

enum c2c_err c2c_newest_refresh(const struct c2c_commit_env *env)
{
    uint64_t now_s = env->now_ms / 1000;
    struct c2c_net_opening opening;
    struct c2c_head head;
    struct c2c_buf old;
    struct c2c_buf bytes;
    enum c2c_err err;

    c2c_buf_init(&old, C2C_MAX_HEAD_BYTES);
    c2c_buf_init(&bytes, C2C_MAX_HEAD_BYTES);
    err = read_head(env, &head, &opening, &old);
    if (err == C2C_E_OK && head.epoch != env->identity->keyset.n) {
        err = begin_epoch(env);
        goto out;
    }
    if (err == C2C_E_OK && now_s <= head.time_s) {
        err = C2C_E_OLDER;
    }
    if (err == C2C_E_OK) {
        err =
            c2c_head_refresh(c2c_buf_view(&old), now_s, now_s + env->expire_s,
                             env->identity->key, env->identity->signer, &bytes);
    }
    if (err == C2C_E_OK) {
        err = c2c_head_verify(c2c_buf_view(&bytes), &env->identity->keyset,
                              &head);
    }
    if (err == C2C_E_OK) {
        err = c2c_cities_put_head(env->store, env->city, &head,
                                  c2c_buf_view(&bytes), &opening, false);
    }
out:
    c2c_buf_fini(&old);
    c2c_buf_fini(&bytes);
    return err;
}
