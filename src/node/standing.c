#include "node/standing.h"

#include "base/mem.h"
#include "codec/limits.h"
#include "store/records.h"
#include "trust/head.h"
#include "trust/keyset.h"

enum {
    SLOTS = 1024 /* Cities remembered; two of one slot push each other out. */
};

struct slot {
    c2c_city_no city; /* 0: empty. */
    struct c2c_hash content;
    uint64_t time_s;
    enum c2c_err verdict;
};

struct c2c_standing {
    struct slot slot[SLOTS];
};

enum c2c_err c2c_standing_new(struct c2c_standing **ret_standing)
{
    struct c2c_standing *standing = c2c_calloc(1, sizeof *standing);

    if (standing == NULL) {
        return C2C_E_NOMEM;
    }
    *ret_standing = standing;
    return C2C_E_OK;
}

void c2c_standing_free(struct c2c_standing *standing)
{
    c2c_free(standing);
}

/* Is it a finding about the city, not a failure to look? */
static bool is_verdict(enum c2c_err err)
{
    return err == C2C_E_BAD_KEYSET || err == C2C_E_BAD_SIGNATURE ||
           err == C2C_E_BAD_ROOT || err == C2C_E_CORRUPT ||
           err == C2C_E_MALFORMED || err == C2C_E_NONCANON ||
           err == C2C_E_TOO_BIG || err == C2C_E_UNSUPPORTED;
}

static enum c2c_err check_audience(struct c2c_store *store, c2c_city_no city,
                                   enum c2c_audience audience,
                                   const struct c2c_dir_sum *signed_sum)
{
    struct c2c_dir_sum sum;
    enum c2c_err err = c2c_records_sum(store, city, audience, true, &sum);

    if (err == C2C_E_OK &&
        (!c2c_hash_eq(&sum.root, &signed_sum->root) ||
         sum.count != signed_sum->count || sum.bytes != signed_sum->bytes)) {
        err = C2C_E_BAD_ROOT;
    }
    return err;
}

static enum c2c_err check_network(struct c2c_store *store, c2c_city_no city,
                                  const struct c2c_head *head)
{
    struct c2c_city_state state;
    struct c2c_hash net;
    enum c2c_err err = c2c_cities_state(store, city, &state);

    if (err != C2C_E_OK || !state.has_opening) {
        return err;
    }
    net = c2c_net_commit(&state.opening);
    return c2c_hash_eq(&net, &head->net)
               ? check_audience(store, city, C2C_AUDIENCE_NETWORK,
                                &state.opening.sum)
               : C2C_E_BAD_ROOT;
}

static enum c2c_err check(struct c2c_store *store, c2c_city_no city)
{
    struct c2c_keyset keyset;
    struct c2c_head head;
    struct c2c_buf bytes;
    enum c2c_err err;

    c2c_buf_init(&bytes, C2C_MAX_HEAD_BYTES);
    err = c2c_cities_keyset(store, city, &keyset);
    if (err == C2C_E_OK) {
        err = c2c_cities_head(store, city, &head, NULL, &bytes);
    }
    if (err == C2C_E_OK) {
        err = c2c_head_verify(c2c_buf_view(&bytes), &keyset, &head);
    }
    c2c_buf_fini(&bytes);
    if (err == C2C_E_OK) {
        err = check_audience(store, city, C2C_AUDIENCE_PUBLIC, &head.pub);
    }
    return err == C2C_E_OK ? check_network(store, city, &head) : err;
}

enum c2c_err c2c_standing_check(struct c2c_store *store, c2c_city_no city,
                                enum c2c_err *ret_verdict)
{
    enum c2c_err err = check(store, city);

    if (err != C2C_E_OK && !is_verdict(err)) {
        return err;
    }
    *ret_verdict = err;
    return C2C_E_OK;
}

enum c2c_err c2c_standing_of(struct c2c_standing *standing,
                             struct c2c_store *store, c2c_city_no city,
                             enum c2c_err *ret_verdict)
{
    struct slot *slot = &standing->slot[(uint64_t)city % SLOTS];
    struct c2c_head head;
    enum c2c_err err = c2c_cities_head(store, city, &head, NULL, NULL);

    if (err == C2C_E_OK && slot->city == city && slot->time_s == head.time_s &&
        c2c_hash_eq(&slot->content, &head.content)) {
        *ret_verdict = slot->verdict;
        return C2C_E_OK;
    }
    if (err == C2C_E_OK || is_verdict(err)) {
        err = c2c_standing_check(store, city, ret_verdict);
    }
    if (err == C2C_E_OK && *ret_verdict == C2C_E_OK) {
        *slot = (struct slot){city, head.content, head.time_s, *ret_verdict};
    }
    return err;
}
