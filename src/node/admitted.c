/* Who is admitted: the roster in force, whom it shows and hides, and what is
 * deleted after it has been hidden for long. */

#include <string.h>

#include "node/federation_priv.h"
#include "node/roster_box.h"
#include "store/cities.h"

enum {
    KEEP_S = 30 * 86400, /* What left the federation, in case it was a mistake;
                            then it is deleted. */
    SWEEP_MS = 3600 * 1000,
    SWEEP_CITIES = 8 /* At a time: others wait meanwhile. */
};

static enum c2c_err add_id(struct c2c_hash *ids, size_t *n, size_t max,
                           struct c2c_view hex)
{
    return *n == max ? C2C_E_TOO_BIG : c2c_hash_parse(hex, &ids[(*n)++]);
}

enum {
    TRUST_MAX = C2C_CONFIG_LIST_MAX + C2C_FEDERATION_HUBS + 1
};

/* Whom this node trusts: by its configuration, the hubs, and itself. */
struct trusted {
    size_t n;
    struct c2c_hash lga[TRUST_MAX];
    size_t n_follows;
    struct c2c_hash follow[C2C_CONFIG_LIST_MAX];
};

static enum c2c_err find_trusted(const struct c2c_federation *f,
                                 struct trusted *t)
{
    const struct c2c_config *config = &f->node->config;
    const struct c2c_identity *identity = &f->node->identity;
    enum c2c_err err = C2C_E_OK;

    memset(t, 0, sizeof *t);
    for (size_t i = 0; i < config->trust.n && err == C2C_E_OK; i++) {
        err =
            add_id(t->lga, &t->n, TRUST_MAX, c2c_view_str(config->trust.at[i]));
    }
    for (size_t i = 0; i < config->follow.n && err == C2C_E_OK; i++) {
        err = add_id(t->follow, &t->n_follows, C2C_CONFIG_LIST_MAX,
                     c2c_view_str(config->follow.at[i]));
    }
    for (size_t i = 0; i < f->n_hubs; i++) {
        if (f->hub[i].link != NULL && t->n < TRUST_MAX) {
            t->lga[t->n++] = f->hub[i].id;
        }
    }
    if (identity->keyset.kind == C2C_LGA && t->n < TRUST_MAX) {
        t->lga[t->n++] = identity->city;
    }
    return err;
}

/* Build the roster anew and put it in force. */
static enum c2c_err renew_roster(struct c2c_federation *f)
{
    struct trusted t;
    struct c2c_roster_options options = {.self = f->node->identity.city};
    struct c2c_roster *roster = NULL;
    enum c2c_err err = find_trusted(f, &t);

    options.lgas = t.lga;
    options.n_lgas = t.n;
    options.follows = t.follow;
    options.n_follows = t.n_follows;
    if (err == C2C_E_OK) {
        err = c2c_roster_new(&options, &f->replica, &roster);
    }
    if (err == C2C_E_OK) {
        err = c2c_roster_box_put(f->node->rosters, roster);
    }
    if (err == C2C_E_OK) {
        f->new_roster = false;
    }
    return err;
}

/* Cities that are not admitted any more are not shown; those that are again,
 * are. */
static enum c2c_err show_by_roster(void *ctx,
                                   const struct c2c_city_state *state)
{
    struct c2c_federation *f = ctx;
    bool admitted = c2c_roster_find(f->roster, &state->city) != NULL;

    return admitted == (state->hidden_s == 0)
               ? C2C_E_OK
               : c2c_cities_hide(f->store_replica.store, state->no,
                                 admitted ? 0 : c2c_federation_now(f) / 1000);
}

/* Cities that have been hidden for so long that they go. */
struct sweep {
    const struct c2c_federation *federation;
    uint64_t now_s;
    size_t n;
    struct c2c_hash city[SWEEP_CITIES];
};

static enum c2c_err find_over(void *ctx, const struct c2c_city_state *state)
{
    struct sweep *sweep = ctx;

    if (sweep->n < SWEEP_CITIES && state->has_head && state->hidden_s != 0 &&
        state->hidden_s + KEEP_S <= sweep->now_s &&
        c2c_roster_find(sweep->federation->roster, &state->city) == NULL) {
        sweep->city[sweep->n++] = state->city;
    }
    return C2C_E_OK;
}

enum c2c_err c2c_federation_delete_hidden(struct c2c_federation *f)
{
    static const struct c2c_hash first;
    uint64_t now_ms = c2c_federation_now(f);
    struct sweep sweep = {.federation = f, .now_s = now_ms / 1000};
    enum c2c_err err = C2C_E_OK;

    if (f->sweep_ms > now_ms && f->sweep_ms - now_ms <= SWEEP_MS) {
        return C2C_E_OK;
    }
    err = c2c_cities_from(f->store_replica.store, &first, find_over, &sweep);
    for (size_t i = 0; i < sweep.n && err == C2C_E_OK; i++) {
        err = f->replica.ops->forget(f->replica.ctx, &sweep.city[i]);
    }
    if (err == C2C_E_OK && sweep.n < SWEEP_CITIES) { /* Else there are more. */
        f->sweep_ms = now_ms + SWEEP_MS;
    }
    return err;
}

enum c2c_err c2c_federation_use_roster(struct c2c_federation *f)
{
    static const struct c2c_hash first;
    const struct c2c_roster *before = f->roster;
    struct c2c_event event = {.type = C2C_EV_ROSTER};
    enum c2c_err err = renew_roster(f);

    if (err != C2C_E_OK) {
        return err;
    }
    f->roster = c2c_roster_box_borrow(f->node->rosters);
    event.roster = f->roster;
    err = c2c_cities_from(f->store_replica.store, &first, show_by_roster, f);
    if (err != C2C_E_OK && f->engine != NULL) {
        c2c_roster_box_return(f->node->rosters, f->roster);
        f->roster = before; /* The engine's still. */
        return err;
    }
    if (err == C2C_E_OK && f->engine != NULL) {
        err = c2c_federation_step(f, &event);
    }
    c2c_roster_box_return(f->node->rosters, before);
    f->changed = true;
    return err;
}
