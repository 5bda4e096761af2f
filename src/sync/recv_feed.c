/* feed: the position of now, what came since a cursor, and the long poll. */

#include "sync/engine_priv.h"

enum c2c_err c2c_ask_feed(struct c2c_engine *e, struct peer *p, unsigned slot,
                          uint64_t wait_s)
{
    struct c2c_feed_request request = {.has_cursor = p->has_cursor,
                                       .cursor = p->cursor,
                                       .wait_s = wait_s};
    struct c2c_list_buf scope;
    struct c2c_buf args;
    enum c2c_err err;

    c2c_list_init(&scope, C2C_MAX_REQUEST_BYTES);
    c2c_buf_init(&args, C2C_MAX_REQUEST_BYTES);
    err = c2c_engine_scope(e, &scope);
    request.scope = c2c_list_of(&scope);
    if (err == C2C_E_OK) {
        err = c2c_feed_request_encode(&request, &args);
    }
    if (err == C2C_E_OK) {
        err = c2c_peer_ask(e, p, slot, C2C_MSG_FEED, c2c_buf_view(&args),
                           wait_s * 1000);
    }
    c2c_list_fini(&scope);
    c2c_buf_fini(&args);
    return err;
}

/* Read before anything is compared, so that nothing falls in between. */
enum c2c_err c2c_ask_position(struct c2c_engine *e, struct peer *p)
{
    p->asked_position = true;
    return c2c_ask_feed(e, p, SLOT_MAIN, 0);
}

static void use_cursor(struct peer *p, const struct c2c_feed_reply *reply)
{
    p->cursor = reply->cursor;
    p->has_cursor = true;
    p->cursor_saved = false;
}

enum c2c_err c2c_recv_feed(struct c2c_engine *e, struct peer *p, unsigned slot,
                           struct c2c_view body)
{
    bool was_position = slot == SLOT_MAIN && !p->has_cursor;
    struct c2c_feed_reply reply;
    struct c2c_commit commit;
    enum c2c_err err = c2c_feed_reply_decode(body, &reply);

    if (err != C2C_E_OK) {
        return err;
    }
    while (reply.commits.n > 0) {
        enum c2c_err taken;

        err = c2c_list_next_commit(&reply.commits, &commit);
        if (err == C2C_E_OK) {
            err = c2c_peer_take(e, p, &commit, false, &taken);
        }
        if (err != C2C_E_OK || !p->standing.connected) {
            return err;
        }
    }
    use_cursor(p, &reply);
    if (slot == SLOT_MAIN && !was_position && !reply.more) {
        p->caught_up = true;
    }
    return C2C_E_OK;
}

enum c2c_err c2c_refused_feed(struct c2c_engine *e, struct peer *p,
                              unsigned slot, const struct c2c_msg_reply *reply)
{
    (void)e;
    (void)slot;
    if (reply->code != C2C_E_CURSOR_LOST) {
        return C2C_E_UNSUPPORTED;
    }
    p->slot[SLOT_FEED].tag = 0;
    p->has_cursor = false;
    p->asked_position = false;
    p->caught_up = false;
    p->next_lga = 0;
    return C2C_E_OK;
}
