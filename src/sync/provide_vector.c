/* vector, heads, keysets. */

#include "codec/limits.h"
#include "sync/provide_priv.h"
#include "wire/vector.h"

/* A vector being compared. */
struct comparison {
    struct c2c_answer *a;
    struct c2c_vector_request request;
    struct c2c_list_buf newer;
    struct c2c_list_buf older;
    struct c2c_hash digest; /* Of what does not differ. */
};

static int compare(const struct c2c_version *theirs,
                   const struct c2c_head *ours, bool times)
{
    const struct c2c_head head = {.epoch = theirs->epoch,
                                  .rev = theirs->rev,
                                  .time_s =
                                      times ? theirs->time_s : ours->time_s};

    return c2c_head_cmp(&head, ours);
}

static enum c2c_err compare_city(struct comparison *c, uint64_t index,
                                 const struct c2c_hash *city,
                                 const struct c2c_version *theirs)
{
    struct c2c_held held = {.has_head = false};
    struct c2c_difference difference = {.index = index};
    enum c2c_err err = c->a->ops->held(c->a->replica, city, &held);
    int order;

    if (err != C2C_E_OK && err != C2C_E_NOT_FOUND) {
        return err;
    }
    if (!held.has_head) {
        held.head = (struct c2c_head){.epoch = 0};
    }
    order = compare(theirs, &held.head, c->request.times);
    difference.version =
        (struct c2c_version){held.head.epoch, held.head.rev, held.head.time_s};
    if (order == 0) {
        if (held.has_head) {
            c2c_vector_add_head(&c->digest, held.head.epoch, &held.head.content,
                                held.head.time_s);
        }
        return C2C_E_OK;
    }
    return c2c_list_put_difference(order < 0 ? &c->newer : &c->older,
                                   &difference);
}

static enum c2c_err members_differ(struct comparison *c)
{
    struct c2c_held held;
    enum c2c_err err = c2c_answer_held(c->a, &c->request.lga, &held);

    if (err == C2C_E_OK && held.has_head) {
        err = c2c_answer_detail(c->a, &held.head);
    }
    return err == C2C_E_OK || err == C2C_E_NOT_FOUND ? C2C_E_MEMBERS_DIFFER
                                                     : err;
}

static enum c2c_err answer_vector(struct comparison *c)
{
    const struct c2c_roster *roster = c->a->env->roster;
    struct c2c_list_view versions = c->request.versions;
    struct c2c_vector_reply reply;
    struct c2c_hash members = {{0}};
    size_t n = c2c_roster_lga(roster, &c->request.lga, &members);
    enum c2c_err err = C2C_E_OK;

    if (n == 0 || n != versions.n ||
        !c2c_hash_eq(&members, &c->request.members)) {
        return members_differ(c);
    }
    for (size_t i = 0; i < n && err == C2C_E_OK; i++) {
        struct c2c_version theirs;

        err = c2c_list_next_version(&versions, c->request.times, &theirs);
        if (err == C2C_E_OK) {
            err = compare_city(c, i,
                               c2c_roster_lga_city(roster, &c->request.lga, i),
                               &theirs);
        }
    }
    if (err != C2C_E_OK) {
        return err;
    }
    reply.digest = c->digest;
    reply.newer = c2c_list_of(&c->newer);
    reply.older = c2c_list_of(&c->older);
    return c2c_vector_reply_encode(&reply, &c->a->body);
}

enum c2c_err c2c_answer_vector(struct c2c_answer *a)
{
    struct comparison c = {.a = a};
    enum c2c_err err = c2c_vector_request_decode(a->args, &c.request);

    c2c_list_init(&c.newer, a->room / 2);
    c2c_list_init(&c.older, a->room / 2);
    if (err == C2C_E_OK) {
        err = answer_vector(&c);
    }
    c2c_list_fini(&c.newer);
    c2c_list_fini(&c.older);
    return err;
}

static enum c2c_err add_head(struct c2c_answer *a, const struct c2c_hash *city,
                             struct c2c_list_buf *heads)
{
    struct c2c_held held;
    struct c2c_buf bytes;
    enum c2c_err err = c2c_answer_held(a, city, &held);

    if (err != C2C_E_OK || !held.has_head) {
        return err == C2C_E_NOT_FOUND ? C2C_E_OK : err;
    }
    c2c_buf_init(&bytes, C2C_MAX_HEAD_BYTES);
    err = a->ops->head(a->replica, city, &bytes);
    if (err == C2C_E_OK) {
        err = c2c_list_put_bin(heads, c2c_buf_view(&bytes));
    }
    c2c_buf_fini(&bytes);
    return err;
}

enum c2c_err c2c_answer_heads(struct c2c_answer *a)
{
    struct c2c_heads_request request;
    struct c2c_heads_reply reply;
    struct c2c_list_buf heads;
    struct c2c_hash city;
    enum c2c_err err = c2c_heads_request_decode(a->args, &request);

    c2c_list_init(&heads, a->room);
    while (err == C2C_E_OK && request.cities.n > 0) {
        err = c2c_list_next_hash(&request.cities, &city);
        if (err == C2C_E_OK) {
            err = add_head(a, &city, &heads);
        }
    }
    if (err == C2C_E_OK) {
        reply.heads = c2c_list_of(&heads);
        err = c2c_heads_reply_encode(&reply, &a->body);
    }
    c2c_list_fini(&heads);
    return err;
}

enum c2c_err c2c_answer_keysets(struct c2c_answer *a)
{
    struct c2c_keysets_request request;
    struct c2c_keysets_reply reply;
    struct c2c_list_buf keysets;
    struct c2c_held held;
    enum c2c_err err = c2c_keysets_request_decode(a->args, &request);

    c2c_list_init(&keysets, a->room);
    if (err == C2C_E_OK) {
        err = c2c_answer_held(a, &request.city, &held);
    }
    if (err == C2C_E_OK) {
        err = c2c_collect_keysets(a->env->replica, &request.city, request.from,
                                  &keysets);
    }
    if (err == C2C_E_TOO_BIG && keysets.n > 0) {
        err = C2C_E_OK; /* The asker asks for the rest. */
    }
    if (err == C2C_E_OK) {
        reply.keysets = c2c_list_of(&keysets);
        err = c2c_keysets_reply_encode(&reply, &a->body);
    }
    c2c_list_fini(&keysets);
    return err;
}
