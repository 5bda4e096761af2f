/* Who the other side of a session is (PROTOCOL "Session"). */

#ifndef C2C_WIRE_PEER_H
#define C2C_WIRE_PEER_H

#include <stdbool.h>
#include <stdint.h>

#include "base/clock.h"
#include "base/err.h"
#include "base/hash.h"
#include "base/view.h"
#include "crypto/noise.h"
#include "trust/binding.h"
#include "trust/keyset.h"
#include "wire/message.h"

/* The keysets that this node knows. */
struct c2c_keyring {
    /* The newest of @city; C2C_E_NOT_FOUND. */
    enum c2c_err (*newest)(void *ctx, const struct c2c_hash *city,
                           struct c2c_keyset *ret_keyset);
    void *ctx;
};

/* What this node shows in its handshakes. */
struct c2c_credentials {
    const struct c2c_noise_key *key;
    struct c2c_view proof; /* trust/binding.h; empty: anonymous. */
};

/* What the other side has shown. */
struct c2c_peer {
    bool anonymous;             /* No proof; then the rest is zero. */
    struct c2c_binding binding; /* Says for which city. */
    struct c2c_noise_pub node;
};

/* From the @payload of its handshake message.  C2C_E_MALFORMED and what else
 * c2c_binding_decode() gives. */
enum c2c_err c2c_peer_read(struct c2c_view payload,
                           const struct c2c_noise_pub *node,
                           struct c2c_peer *ret_peer) C2C_MUST_CHECK;

/* C2C_E_OK: the proof holds under the newest keyset that is known.
 * C2C_E_NOT_FOUND: anonymous, or the keyset that it names is not that one: it
 * may be newer, so nothing is proved either way.  Otherwise the proof is wrong.
 */
enum c2c_err c2c_peer_check(const struct c2c_peer *peer,
                            const struct c2c_keyring *keyring,
                            uint64_t now_s) C2C_MUST_CHECK;

/* Check the proof with @keysets (signed objects, ascending, as a `keysets`
 * reply or a `join` has them) that lead to the one it names: from keyset 1,
 * whose hash is the city's id, or on from the newest that is known.  The result
 * is new to the keyring then, and the caller's to keep.  C2C_E_BAD_KEYSET if
 * they do not lead there; else as c2c_peer_check(). */
enum c2c_err c2c_peer_learn(const struct c2c_peer *peer,
                            const struct c2c_keyring *keyring,
                            struct c2c_list_view keysets, uint64_t now_s,
                            struct c2c_keyset *ret_keyset) C2C_MUST_CHECK;

#endif /* C2C_WIRE_PEER_H */
