/* Sealed messages of one session between two nodes (PROTOCOL "Session").
 *
 * After the handshake each side seals what it sends under its own key:
 *
 *   [session id 16][counter 8, little-endian][ciphertext and tag]
 *
 * The counter is the nonce, so messages may arrive in any order and some never.
 * The initiator sends requests, the responder replies; associated data are the
 * first 24 bytes and, for a reply, the counter of its request as well (8 bytes,
 * little-endian), so that no reply passes for the reply to something else.
 *
 * What has been received is remembered for the newest SESSION_WINDOW counters
 * (proto/limits.def); older ones are refused.  A session ends after
 * SESSION_LIFE_S, and each direction after SESSION_MESSAGES.
 *
 * A session belongs to one thread at a time. */

#ifndef C2C_CRYPTO_SEAL_H
#define C2C_CRYPTO_SEAL_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/rng.h"
#include "base/view.h"
#include "crypto/aead.h"
#include "crypto/noise.h"

enum {
    C2C_SESSION_ID_BYTES = 16,
    C2C_SEAL_COUNTER_BYTES = 8,
    C2C_SEAL_HEADER_BYTES = C2C_SESSION_ID_BYTES + C2C_SEAL_COUNTER_BYTES,
    C2C_SEAL_MIN_BYTES = C2C_SEAL_HEADER_BYTES + C2C_AEAD_TAG_BYTES,

    /* PROTOCOL "Limits"; a test compares them with proto/limits.def, which
     * this module must not include. */
    C2C_SEAL_WINDOW = 1024,
    C2C_SEAL_LIFE_MS = 12 * 60 * 60 * 1000,
    C2C_SEAL_MESSAGES = 1 << 20
};

/* Chosen by the responder.  The highest bit of the first byte is set, which no
 * version of a handshake frame has: the first byte tells the two apart. */
struct c2c_session_id {
    uint8_t b[C2C_SESSION_ID_BYTES];
};

struct c2c_session_id c2c_session_id_make(const struct c2c_rng *rng);
bool c2c_session_id_eq(const struct c2c_session_id *a,
                       const struct c2c_session_id *b);

/* One side of a session.  The members are private to seal.c.  Copy it never:
 * two copies would use one counter twice. */
struct c2c_seal {
    struct c2c_session_id id;
    struct c2c_noise_keys keys;
    uint64_t opened_ms;
    uint64_t next;     /* Counter of the next message to send. */
    uint64_t received; /* Newest counter received, plus 1. */

    /* Bit (c % window): counter c, one of the newest, was received. */
    uint64_t seen[C2C_SEAL_WINDOW / 64];
};

/* Begin with what c2c_noise_split() gave; @keys is wiped.  @now_ms, here and
 * below, is from a clock that never goes back (c2c_clock_mono_ms()). */
void c2c_seal_init(struct c2c_seal *seal, const struct c2c_session_id *id,
                   struct c2c_noise_keys *keys, uint64_t now_ms);

/* Wipe everything.  What is written or read from then on is refused. */
void c2c_seal_fini(struct c2c_seal *seal);

/* Append @plain as a sealed message and say its counter.  @request is the
 * counter of the request that this answers; NULL if it is a request.
 *
 * C2C_E_EXPIRED and C2C_E_EXHAUSTED: a new session is needed.  C2C_E_TOO_BIG
 * (the limit of @out) and C2C_E_NOMEM use no counter up.  @out is unchanged
 * unless it succeeds. */
enum c2c_err c2c_seal_write(struct c2c_seal *seal, uint64_t now_ms,
                            const uint64_t *request, struct c2c_view plain,
                            struct c2c_buf *out,
                            uint64_t *ret_counter) C2C_MUST_CHECK;

/* Open the sealed message @bytes, append what it holds to @out and say its
 * counter.  @request is as it was for c2c_seal_write().
 *
 * C2C_E_MALFORMED (too short), C2C_E_NOT_FOUND (of another session),
 * C2C_E_EXPIRED, C2C_E_EXHAUSTED (no such counter exists), C2C_E_STALE (behind
 * the window), C2C_E_REPLAYED, C2C_E_FORGED, C2C_E_TOO_BIG, C2C_E_NOMEM.
 * Nothing is remembered of a message that is refused, so a forged one never
 * shuts a true one out. */
enum c2c_err c2c_seal_read(struct c2c_seal *seal, uint64_t now_ms,
                           const uint64_t *request, struct c2c_view bytes,
                           struct c2c_buf *out,
                           uint64_t *ret_counter) C2C_MUST_CHECK;

/* Which session, and which message of it, before any key is known.
 * C2C_E_MALFORMED when it cannot be a sealed message. */
enum c2c_err c2c_seal_peek(struct c2c_view bytes, struct c2c_session_id *ret_id,
                           uint64_t *ret_counter) C2C_MUST_CHECK;

#endif /* C2C_CRYPTO_SEAL_H */
