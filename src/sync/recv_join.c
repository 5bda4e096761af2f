/* join: asking an association to admit us, in sessions in which it has not yet.
 *
 * A hub may take our state for another reason than being its member: because
 * it has joined ours.  So it is asked until it has said that we are one. */

#include "sync/engine_priv.h"

bool c2c_peer_wants_join(const struct peer *p)
{
    bool listed = p->standing.join_known && p->standing.join == C2C_JOIN_MEMBER;

    return p->join.n > 0 && !p->join_answered && (p->own_refused || !listed);
}

enum c2c_err c2c_peer_ask_join(struct c2c_engine *e, struct peer *p)
{
    return c2c_peer_ask(e, p, SLOT_PUSH, C2C_MSG_JOIN, c2c_buf_view(&p->join),
                        0);
}

enum c2c_err c2c_recv_join(struct c2c_engine *e, struct peer *p, unsigned slot,
                           struct c2c_view body)
{
    struct c2c_join_reply reply;
    enum c2c_err err = c2c_join_reply_decode(body, &reply);

    (void)slot;
    if (err != C2C_E_OK) {
        return err;
    }
    p->join_answered = true;
    p->standing.no_lga = false;
    p->standing.join_known = true;
    p->standing.join = reply.state;
    p->standing.join_since_s = reply.since_s;
    if (reply.state != C2C_JOIN_MEMBER) {
        return C2C_E_OK;
    }
    p->own_refused = false;
    p->standing.refused = C2C_E_OK;
    return c2c_push_own(e, p);
}

/* Whatever it says, the session goes on without it; a hub that is busy is asked
 * again when it is rechecked. */
enum c2c_err c2c_refused_join(struct c2c_engine *e, struct peer *p,
                              unsigned slot, const struct c2c_msg_reply *reply)
{
    (void)e;
    (void)slot;
    p->join_answered = true;
    p->join_later = reply->code == C2C_E_BUSY || reply->code == C2C_E_STOPPING;
    p->standing.refused = reply->code;
    p->standing.no_lga = reply->code == C2C_E_NOT_FOUND;
    return C2C_E_OK;
}
