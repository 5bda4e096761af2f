#include "trust/accept.h"

#include "codec/limits.h"

static bool sum_eq(const struct c2c_dir_sum *a, const struct c2c_dir_sum *b)
{
    return c2c_hash_eq(&a->root, &b->root) && a->count == b->count &&
           a->bytes == b->bytes;
}

enum c2c_err c2c_accept_sums(const struct c2c_head *head,
                             const struct c2c_accept_offer *offer)
{
    struct c2c_hash net;

    if (!sum_eq(&head->pub, offer->pub)) {
        return C2C_E_BAD_ROOT;
    }
    if (offer->net == NULL) {
        return C2C_E_OK;
    }
    if (offer->net->sum.count > C2C_MAX_CITY_RECORDS) {
        return C2C_E_TOO_BIG;
    }
    net = c2c_net_commit(offer->net);
    if (!c2c_hash_eq(&head->net, &net) ||
        !sum_eq(&offer->net->sum, offer->net_sum)) {
        return C2C_E_BAD_ROOT;
    }
    return C2C_E_OK;
}

/* How @head follows @held in the same epoch. */
static enum c2c_err check_order(const struct c2c_head *held,
                                const struct c2c_head *head)
{
    bool same = c2c_hash_eq(&held->content, &head->content);

    if (held->epoch != head->epoch) {
        return head->epoch > held->epoch ? C2C_E_OK : C2C_E_OLDER;
    }
    if (head->rev == held->rev && !same) {
        return C2C_E_CONFLICT;
    }
    if (head->rev == held->rev + 1 &&
        !c2c_hash_eq(&head->prev, &held->content)) {
        return C2C_E_CONFLICT;
    }
    /* The same fork, met from the other side. */
    if (held->rev == head->rev + 1 &&
        !c2c_hash_eq(&held->prev, &head->content)) {
        return C2C_E_CONFLICT;
    }
    return c2c_head_cmp(head, held) > 0 ? C2C_E_OK : C2C_E_OLDER;
}

enum c2c_err c2c_accept_head(const struct c2c_accept_state *state,
                             struct c2c_view bytes, struct c2c_head *ret_head)
{
    struct c2c_head head;
    enum c2c_err err = c2c_head_verify(bytes, state->keyset, &head);

    if (err != C2C_E_OK) {
        return err;
    }
    if (!c2c_hash_eq(&head.city, state->city)) {
        return C2C_E_BAD_KEYSET;
    }
    if (head.time_s > state->now_s + C2C_MAX_CLOCK_SKEW_S) {
        return C2C_E_FUTURE;
    }
    if (state->head != NULL) {
        err = check_order(state->head, &head);
    }
    if (err == C2C_E_OK || err == C2C_E_OLDER) {
        *ret_head = head;
    }
    return err;
}

enum c2c_err c2c_accept(const struct c2c_accept_state *state,
                        const struct c2c_accept_offer *offer,
                        struct c2c_head *ret_head)
{
    struct c2c_head head;
    enum c2c_err err = c2c_accept_head(state, offer->head, &head);

    /* A refresh: the contents are held already. */
    if (err == C2C_E_OK &&
        (state->head == NULL ||
         !c2c_hash_eq(&state->head->content, &head.content))) {
        err = c2c_accept_sums(&head, offer);
    }
    if (err == C2C_E_OK) {
        *ret_head = head;
    }
    return err;
}
