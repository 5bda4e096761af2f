/* What comes next with a peer: the first step that is not finished. */

#include <string.h>

#include "sync/engine_priv.h"

bool c2c_peer_is_clean(const struct peer *p)
{
    return p->pull.n == 0 && p->fetch.n == 0 && p->keysets.n == 0 &&
           !p->heal.active && !c2c_lanes_active(p);
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
    return p->n_out > 0 || p->push.active || !p->status_known ? C2C_PHASE_PUSH
                                                              : C2C_PHASE_LIVE;
}

static bool is_free(const struct peer *p, unsigned slot)
{
    return p->slot[slot].tag == 0;
}

/* Everything that the cursor stands for is held: it may be kept. */
static enum c2c_err save_cursor(struct c2c_engine *e, struct peer *p)
{
    struct c2c_buf bytes;
    enum c2c_err err;

    if (p->cursor_saved || !p->has_cursor || !p->caught_up ||
        !c2c_peer_is_clean(p) || p->overflow) {
        return C2C_E_OK;
    }
    c2c_buf_init(&bytes, 256);
    err = c2c_cursor_encode(&p->cursor, &bytes);
    if (err == C2C_E_OK) {
        err = e->options.replica->ops->put_cursor(e->options.replica->ctx,
                                                  c2c_view_str(p->name),
                                                  c2c_buf_view(&bytes));
    }
    c2c_buf_fini(&bytes);
    p->cursor_saved = err == C2C_E_OK;
    return err;
}

/* All of a round is done: what waits for it may know. */
static void note_round(struct c2c_engine *e, struct peer *p)
{
    p->standing.current = p->caught_up && c2c_peer_is_clean(p);
    if (p->standing.current && p->status_known && p->n_out == 0 &&
        !p->push.active) {
        p->failures = 0;
        if (p->standing.synced_ms == 0) {
            p->standing.synced_ms = e->now_ms;
        }
    }
}

/* A list was full: what it stood for is found again by comparing. */
static void compare_anew(struct peer *p)
{
    if (p->overflow && c2c_peer_is_clean(p)) {
        p->overflow = false;
        p->has_cursor = false;
        p->asked_position = false;
        p->caught_up = false;
        p->next_lga = 0;
    }
}

static enum c2c_err ask_main(struct c2c_engine *e, struct peer *p)
{
    if (!p->hello) {
        return c2c_ask_hello(e, p);
    }
    if (!p->lgas_checked) {
        return c2c_ask_lgas(e, p);
    }
    if (p->keysets.n > 0) {
        return c2c_ask_keysets(e, p);
    }
    if (p->heal.active) {
        return c2c_ask_heal(e, p);
    }
    if (p->pull.n > 0) {
        return c2c_ask_changes(e, p);
    }
    if (!p->asked_position && !p->has_cursor) {
        return c2c_ask_position(e, p);
    }
    if (!p->caught_up && !c2c_lanes_active(p)) {
        return c2c_ask_catch_up(e, p);
    }
    if (!p->status_known) {
        return c2c_ask_status(e, p);
    }
    return p->n_out > 0 || p->push.active ? c2c_ask_push(e, p) : C2C_E_OK;
}

static enum c2c_err ask_lanes(struct c2c_engine *e, struct peer *p)
{
    enum c2c_err err = C2C_E_OK;

    if (p->hello && p->fetch.n > 0 && !c2c_lanes_active(p)) {
        c2c_lane_start_city(p, &p->fetch.at[0]);
        c2c_ids_drop(&p->fetch, 1);
    }
    for (unsigned i = 0; i < LANES_MAX && err == C2C_E_OK; i++) {
        if (p->lane[i].active && is_free(p, SLOT_LANES + i)) {
            err = c2c_ask_range(e, p, i);
        }
    }
    return err;
}

enum c2c_err c2c_peer_advance(struct c2c_engine *e, struct peer *p)
{
    enum c2c_err err = C2C_E_OK;

    if (!p->standing.connected || e->await_roster) {
        return C2C_E_OK;
    }
    compare_anew(p);
    err = save_cursor(e, p);
    /* A step may find that there is nothing to ask: then the next one. */
    for (unsigned i = 0; i < 8 && err == C2C_E_OK && is_free(p, SLOT_MAIN);
         i++) {
        err = ask_main(e, p);
    }
    if (err == C2C_E_OK) {
        err = ask_lanes(e, p);
    }
    if (err == C2C_E_OK && p->caught_up && p->has_cursor &&
        is_free(p, SLOT_FEED)) {
        err = c2c_ask_feed(e, p, SLOT_FEED, p->info.max_wait_s);
    }
    note_round(e, p);
    return err;
}
