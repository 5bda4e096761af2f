/* Identity proofs: which city a node acts for in a session (PROTOCOL
 * "Session").
 *
 * object [v, city, keyset hash, key index, expires, signature], carried by the
 * second and third messages of the handshake (crypto/noise.h).
 * The signature, by a key that may sign heads, is over the H_binding of the
 * same array with the node's static Noise key in the signature's place: it says
 * that until it expires whoever has that key acts for the city. */

#ifndef C2C_TRUST_BINDING_H
#define C2C_TRUST_BINDING_H

#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/hash.h"
#include "base/view.h"
#include "crypto/noise.h"
#include "crypto/sign.h"
#include "trust/keyset.h"

enum {
    C2C_BINDING_VERSION = 1
};

struct c2c_binding {
    struct c2c_hash city;
    struct c2c_hash keyset;
    uint64_t key;       /* Index of the signing key in the keyset. */
    uint64_t expires_s; /* Unix time, seconds. */
    struct c2c_sig sig;
};

/* Set `sig` of @binding and append the object.  The codec's errors if a member
 * is beyond its limit. */
enum c2c_err c2c_binding_sign(struct c2c_binding *binding,
                              const struct c2c_noise_pub *node,
                              const struct c2c_signer *signer,
                              struct c2c_buf *out) C2C_MUST_CHECK;

/* Strict decoding; nothing is checked yet, but it says which keyset to look
 * for.  C2C_E_TOO_BIG over C2C_MAX_BINDING_BYTES, C2C_E_UNSUPPORTED for another
 * version, and the codec's errors. */
enum c2c_err c2c_binding_decode(struct c2c_view bytes,
                                struct c2c_binding *ret_binding) C2C_MUST_CHECK;

/* C2C_E_OK if @binding was signed under @keyset, which the caller knows to be
 * the newest of the city, for the static key @node of the handshake's peer.
 * C2C_E_BAD_KEYSET: of another keyset, or by a key that may not sign heads;
 * C2C_E_EXPIRED; C2C_E_FUTURE: would expire after more than
 * C2C_MAX_BINDING_LIFE_S; C2C_E_BAD_SIGNATURE.  The clocks of the two sides may
 * differ by C2C_MAX_CLOCK_SKEW_S. */
enum c2c_err c2c_binding_verify(const struct c2c_binding *binding,
                                const struct c2c_keyset *keyset,
                                const struct c2c_noise_pub *node,
                                uint64_t now_s) C2C_MUST_CHECK;

#endif /* C2C_TRUST_BINDING_H */
