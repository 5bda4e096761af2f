/* What comes next with a peer: in every slot the first step that is not
 * finished. */

#include "sync/engine_priv.h"

enum {
    STEPS = 8, /* More than can have nothing to ask one after another. */
    RECHECK_MS = 60000
};

bool c2c_peer_is_clean(const struct peer *p)
{
    return p->pull.n == 0 && p->asked.n == 0 && p->fetch.n == 0 &&
           p->keysets.n == 0 && !p->heal.active && !c2c_lanes_active(p);
}

static bool is_pushing(const struct peer *p)
{
    return p->out.n > 0 || p->push.active || !p->status_known ||
           c2c_peer_wants_join(p);
}

enum c2c_peer_phase c2c_peer_phase(const struct peer *p)
{
    if (!p->standing.connected) {
        return C2C_PHASE_IDLE;
    }
    if (!p->hello) {
        return C2C_PHASE_HELLO;
    }
    if (!p->lgas_checked) {
        return C2C_PHASE_LGA;
    }
    if (!c2c_peer_is_clean(p)) {
        return C2C_PHASE_PULL;
    }
    if (!p->caught_up) {
        return C2C_PHASE_CATCH_UP;
    }
    return is_pushing(p) ? C2C_PHASE_PUSH : C2C_PHASE_LIVE;
}

static bool is_free(const struct peer *p, unsigned slot)
{
    return p->slot[slot].tag == 0;
}

/* All of a round is done: what waits for it may know. */
static void note_round(struct c2c_engine *e, struct peer *p)
{
    p->standing.current = p->caught_up && c2c_peer_is_clean(p);
    if (p->standing.current && !is_pushing(p)) {
        p->failures = 0;
        if (p->standing.synced_ms == 0) {
            p->standing.synced_ms = e->now_ms;
        }
    }
}

void c2c_peer_compare(struct peer *p)
{
    p->slot[SLOT_FEED].tag = 0;
    p->has_cursor = false;
    p->comparing = false;
    p->caught_up = false;
    p->lgas_checked = false;
    p->next_lga = 0;
    p->with_times = false;
}

/* The peer has our LGA's newest members now: compare by them. */
static void compare_again(struct peer *p)
{
    if (p->members_differed && p->caught_up && c2c_peer_is_clean(p) &&
        !is_pushing(p)) {
        p->members_differed = false;
        if (!p->compared_again) {
            p->compared_again = true;
            c2c_peer_compare(p);
        }
    }
}

static enum c2c_err ask_main(struct c2c_engine *e, struct peer *p)
{
    if (!p->hello) {
        return c2c_peer_ask_hello(e, p);
    }
    if (!p->lgas_checked) {
        return c2c_peer_ask_lgas(e, p);
    }
    if (p->keysets.n > 0) {
        return c2c_peer_ask_keysets(e, p);
    }
    if (p->heal.active) {
        return c2c_peer_ask_heal(e, p);
    }
    if (p->pull.n > 0) {
        return c2c_peer_ask_changes(e, p);
    }
    return !p->caught_up && (p->comparing || !p->has_cursor)
               ? c2c_ask_compare(e, p)
               : C2C_E_OK;
}

static enum c2c_err ask_push(struct c2c_engine *e, struct peer *p)
{
    if (!p->status_known || e->now_ms >= p->status_at_ms) {
        return c2c_peer_ask_status(e, p);
    }
    if (c2c_peer_wants_join(p)) {
        return c2c_peer_ask_join(e, p);
    }
    return p->out.n > 0 || p->push.active ? c2c_peer_ask_push(e, p) : C2C_E_OK;
}

static enum c2c_err ask_lanes(struct c2c_engine *e, struct peer *p)
{
    enum c2c_err err = C2C_E_OK;

    if (p->hello && p->fetch.n > 0 && !c2c_lanes_active(p)) {
        struct c2c_hash city = p->fetch.at[0].city;

        c2c_todo_drop(&p->fetch, &city);
        c2c_lane_start_city(p, &city);
    }
    for (unsigned i = 0; i < LANES_MAX && err == C2C_E_OK; i++) {
        if (p->lane[i].active && is_free(p, SLOT_LANES + i)) {
            err = c2c_peer_ask_range(e, p, i);
        }
    }
    return err;
}

/* What came since the cursor at once; then whatever comes. */
static enum c2c_err ask_feed(struct c2c_engine *e, struct peer *p)
{
    if (!p->has_cursor || p->comparing || (p->caught_up && !p->hello) ||
        (p->caught_up && p->feed_ms > e->now_ms)) {
        return C2C_E_OK;
    }
    return c2c_peer_ask_feed(e, p, SLOT_FEED,
                             p->caught_up ? p->info.max_wait_s : 0);
}

/* A step may find that there is nothing to ask: then the next one. */
static enum c2c_err fill(struct c2c_engine *e, struct peer *p, unsigned slot,
                         c2c_peer_ask_step *step)
{
    enum c2c_err err = C2C_E_OK;

    for (unsigned i = 0; i < STEPS && err == C2C_E_OK && is_free(p, slot);
         i++) {
        err = step(e, p);
    }
    return err;
}

/* What was refused for now may be taken after a while. */
static enum c2c_err recheck(struct c2c_engine *e, struct peer *p)
{
    enum c2c_err err = C2C_E_OK;

    if (p->deferred.n == 0 && !p->own_refused) {
        p->recheck_ms = 0;
        return C2C_E_OK;
    }
    if (p->recheck_ms == 0) {
        p->recheck_ms = e->now_ms + RECHECK_MS;
    }
    if (p->recheck_ms > e->now_ms) {
        return C2C_E_OK;
    }
    p->recheck_ms = 0;
    for (size_t i = 0; i < p->deferred.n && err == C2C_E_OK; i++) {
        err = c2c_todo_add(&p->pull, &p->deferred.at[i].city, NULL);
    }
    p->deferred.n = 0;
    c2c_peer_retry_own(p);
    return err;
}

enum c2c_err c2c_peer_advance(struct c2c_engine *e, struct peer *p)
{
    enum c2c_err err = C2C_E_OK;

    if (!p->standing.connected || e->await_roster) {
        return C2C_E_OK;
    }
    if (!p->started) {
        p->started = true;
        err = c2c_cursor_load(e, p);
    }
    if (err == C2C_E_OK) {
        err = recheck(e, p);
    }
    if (err == C2C_E_OK) {
        err = fill(e, p, SLOT_MAIN, ask_main);
    }
    if (err == C2C_E_OK) {
        err = fill(e, p, SLOT_PUSH, ask_push);
    }
    if (err == C2C_E_OK) {
        err = ask_lanes(e, p);
    }
    if (err == C2C_E_OK) {
        err = fill(e, p, SLOT_FEED, ask_feed);
    }
    if (err == C2C_E_OK) {
        err = c2c_cursor_save(e, p);
    }
    note_round(e, p);
    compare_again(p);
    return err;
}
