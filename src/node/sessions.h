/* The sessions in which this node answers: the table (wire/responder.h) behind
 * a lock, and the bodies inside (wire/body.h), which are packed and unpacked
 * outside of it.  Any thread, each with its own @zip and @keyring. */

#ifndef C2C_NODE_SESSIONS_H
#define C2C_NODE_SESSIONS_H

#include <stdbool.h>

#include "wire/body.h"
#include "wire/responder.h"

struct c2c_sessions;

/* @self is borrowed until c2c_sessions_show() replaces it. */
enum c2c_err
c2c_sessions_new(const struct c2c_credentials *self, const struct c2c_rng *rng,
                 struct c2c_sessions **ret_sessions) C2C_MUST_CHECK;
void c2c_sessions_free(struct c2c_sessions *sessions);

/* Show @self from now on; the former one is not in use any more afterwards. */
void c2c_sessions_show(struct c2c_sessions *sessions,
                       const struct c2c_credentials *self);

/* What a worker brings along. */
struct c2c_sessions_worker {
    struct c2c_body_zip *zip;
    const struct c2c_keyring *keyring;
    struct c2c_moment now;
};

/* Take a frame from @address: as c2c_responder_take(), but @content is the
 * request itself (wire/message.h), at most REQUEST_BYTES. */
void c2c_sessions_take(struct c2c_sessions *sessions,
                       const struct c2c_sessions_worker *worker,
                       const struct c2c_address *address, struct c2c_view frame,
                       struct c2c_buf *content, struct c2c_buf *reply,
                       struct c2c_frame_taken *ret_taken);

/* Append the frame that answers @asking with @content; @padded unless all of it
 * is public.  If that cannot be done (C2C_E_NO_SESSION and what else
 * c2c_responder_seal() says) the frame refuses instead, or is empty for lack of
 * memory. */
enum c2c_err c2c_sessions_answer(struct c2c_sessions *sessions,
                                 const struct c2c_sessions_worker *worker,
                                 const struct c2c_asking *asking,
                                 struct c2c_view content, bool padded,
                                 struct c2c_buf *frame) C2C_MUST_CHECK;

/* The asker has sent @keysets that may prove its claim (`join`, `push` under a
 * new keyset): c2c_peer_learn().  It counts for this @asking; for good once the
 * keyring knows the keysets. */
enum c2c_err c2c_sessions_prove(struct c2c_sessions *sessions,
                                const struct c2c_sessions_worker *worker,
                                struct c2c_list_view keysets,
                                struct c2c_asking *asking) C2C_MUST_CHECK;

/* As c2c_responder_doubt(), _tick() and _count(). */
void c2c_sessions_doubt(struct c2c_sessions *sessions,
                        const struct c2c_hash *city);
void c2c_sessions_tick(struct c2c_sessions *sessions,
                       const struct c2c_moment *now);
struct c2c_responder_counts c2c_sessions_count(struct c2c_sessions *sessions);

#endif /* C2C_NODE_SESSIONS_H */
