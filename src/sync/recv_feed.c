/* feed: the position of now, what came since a cursor, and the long poll. */

#include "sync/engine_priv.h"

enum {
    USELESS_MORE = 1024,  /* Beside each city of the roster, twice. */
    AT_ONCE_MS = 1000,    /* No time for a feed that was to wait. */
    IDLE_FEEDS = 4,       /* So often that may be. */
    PAUSE_FIRST_MS = 500, /* Doubles ... */
    PAUSE_MAX_MS = 30000  /* ... up to this. */
};

enum c2c_err c2c_peer_ask_feed(struct c2c_engine *e, struct peer *p,
                               unsigned slot, uint64_t wait_s)
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
    p->fed_ms = wait_s > 0 ? e->now_ms : 0;
    c2c_list_fini(&scope);
    c2c_buf_fini(&args);
    return err;
}

static void use_cursor(struct peer *p, const struct c2c_cursor *cursor)
{
    p->cursor_saved = p->cursor_saved && p->cursor.seq == cursor->seq;
    p->cursor = *cursor;
    p->has_cursor = true;
}

static enum c2c_err take_all(struct c2c_engine *e, struct peer *p,
                             struct c2c_list_view commits)
{
    while (commits.n > 0) {
        struct c2c_commit commit;
        enum c2c_err taken;
        enum c2c_err err = c2c_list_next_commit(&commits, &commit);

        if (err == C2C_E_OK) {
            err = c2c_peer_take(e, p, &commit, NULL, &taken);
        }
        if (err != C2C_E_OK) {
            return err;
        }
        p->useless = taken == C2C_E_OK ? 0 : p->useless + 1;
    }
    return C2C_E_OK;
}

/* "There is more" must lead on, or it would never end. */
static bool leads_on(const struct c2c_engine *e, const struct peer *p,
                     const struct c2c_feed_reply *reply)
{
    return reply->commits.n > 0 && reply->cursor.seq > p->cursor.seq &&
           p->useless < USELESS_MORE + 2 * c2c_roster_count(e->roster);
}

/* A peer that does not wait, but has nothing, would be asked at full speed. */
static void note_idle(struct c2c_engine *e, struct peer *p, bool news)
{
    uint64_t pause = PAUSE_FIRST_MS;

    if (news || p->fed_ms == 0 || e->now_ms - p->fed_ms >= AT_ONCE_MS) {
        p->idle_feeds = 0;
        return;
    }
    if (++p->idle_feeds <= IDLE_FEEDS) {
        return;
    }
    for (unsigned i = IDLE_FEEDS + 1; i < p->idle_feeds && pause < PAUSE_MAX_MS;
         i++) {
        pause *= 2;
    }
    pause = pause < PAUSE_MAX_MS ? pause : PAUSE_MAX_MS;
    p->feed_ms = e->now_ms + pause / 2 + c2c_engine_below(e, pause / 2 + 1);
}

enum c2c_err c2c_recv_feed(struct c2c_engine *e, struct peer *p, unsigned slot,
                           struct c2c_view body)
{
    uint64_t pulled = p->standing.pulled;
    struct c2c_feed_reply reply;
    enum c2c_err err = c2c_feed_reply_decode(body, &reply);

    if (err != C2C_E_OK) {
        return err;
    }
    if (slot == SLOT_MAIN) { /* The position, read before comparing. */
        use_cursor(p, &reply.cursor);
        p->comparing = true;
        return C2C_E_OK;
    }
    if (reply.more && !leads_on(e, p, &reply)) {
        return C2C_E_MALFORMED;
    }
    err = take_all(e, p, reply.commits);
    if (err != C2C_E_OK) {
        return err;
    }
    note_idle(e, p, p->standing.pulled > pulled);
    use_cursor(p, &reply.cursor);
    if (!reply.more) {
        p->caught_up = true;
        p->useless = 0;
    }
    return C2C_E_OK;
}

enum c2c_err c2c_refused_feed(struct c2c_engine *e, struct peer *p,
                              unsigned slot, const struct c2c_msg_reply *reply)
{
    (void)e;
    if (reply->code != C2C_E_CURSOR_LOST || slot != SLOT_FEED) {
        return C2C_E_UNSUPPORTED;
    }
    c2c_peer_compare(p);
    return C2C_E_OK;
}
