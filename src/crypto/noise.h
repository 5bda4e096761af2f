/* The handshake Noise_XX_25519_ChaChaPoly_BLAKE2b (Noise Protocol Framework,
 * revision 34; PROTOCOL "Session").
 *
 *   -> e                  initiator writes, responder reads
 *   <- e, ee, s, es       responder writes, initiator reads
 *   -> s, se              initiator writes, responder reads
 *
 * Bytes in, bytes out: who sends them, and when to give up, is the caller's
 * matter.  Each message carries a payload: the first readable by anybody, the
 * second only by whoever sent the first, the third only by the owner of the
 * responder's static key.  After the third both sides have the same two keys,
 * the same handshake hash and each other's static key; whose keys these are is
 * for trust/binding.h to say.
 *
 * A handshake belongs to one thread at a time. */

#ifndef C2C_CRYPTO_NOISE_H
#define C2C_CRYPTO_NOISE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/rng.h"
#include "base/view.h"
#include "crypto/aead.h"
#include "crypto/hkdf.h"

enum {
    C2C_NOISE_KEY_BYTES = 32,
    C2C_NOISE_HASH_BYTES = C2C_HKDF_BYTES,
    C2C_NOISE_MESSAGE_BYTES = 65535, /* At most, by Noise's section 3. */
    C2C_NOISE_MESSAGES = 3,

    /* The messages without their payloads. */
    C2C_NOISE_FIRST_BYTES = C2C_NOISE_KEY_BYTES,
    C2C_NOISE_SECOND_BYTES = 2 * C2C_NOISE_KEY_BYTES + 2 * C2C_AEAD_TAG_BYTES,
    C2C_NOISE_THIRD_BYTES = C2C_NOISE_KEY_BYTES + 2 * C2C_AEAD_TAG_BYTES
};

/* An X25519 public key. */
struct c2c_noise_pub {
    uint8_t b[C2C_NOISE_KEY_BYTES];
};

/* A static key pair, in locked memory.  Handshakes in any thread may use it. */
struct c2c_noise_key;

/* A key whose secret @rng gives. */
enum c2c_err c2c_noise_key_new(const struct c2c_rng *rng,
                               struct c2c_noise_key **ret_key) C2C_MUST_CHECK;

/* Wipes; NULL is fine. */
void c2c_noise_key_free(struct c2c_noise_key *key);

struct c2c_noise_pub c2c_noise_key_pub(const struct c2c_noise_key *key);

enum c2c_noise_role {
    C2C_NOISE_INITIATOR,
    C2C_NOISE_RESPONDER
};

/* What a handshake is for.  C2C_AEAD keys of one side; wipe them, or give them
 * to c2c_seal_init(), which does. */
struct c2c_noise_keys {
    uint8_t send[C2C_AEAD_KEY_BYTES];
    uint8_t receive[C2C_AEAD_KEY_BYTES];
};

/* One side of a handshake.  The members are private to noise.c.  Copy it never:
 * two copies would use one ephemeral key twice. */
struct c2c_noise {
    enum c2c_noise_role role;
    unsigned messages;             /* Written and read so far. */
    bool over;                     /* Failed, split or finished. */
    const struct c2c_noise_key *s; /* Borrowed. */
    const struct c2c_rng *rng;     /* Borrowed. */
    uint8_t e_secret[C2C_NOISE_KEY_BYTES];
    struct c2c_noise_pub e;
    struct c2c_noise_pub re;
    struct c2c_noise_pub rs;
    uint8_t ck[C2C_NOISE_HASH_BYTES];
    uint8_t h[C2C_NOISE_HASH_BYTES];
    uint8_t k[C2C_AEAD_KEY_BYTES];
    uint64_t n; /* Messages sealed under k. */
    bool has_k;
};

/* Begin.  Both sides must give the same @prologue or no message after the first
 * is readable.  @rng makes the ephemeral key; it and @key must outlive the
 * handshake.  Allocates nothing. */
void c2c_noise_init(struct c2c_noise *noise, enum c2c_noise_role role,
                    const struct c2c_noise_key *key, struct c2c_view prologue,
                    const struct c2c_rng *rng);

/* Wipe everything. */
void c2c_noise_fini(struct c2c_noise *noise);

/* Append the next message with @payload.
 *
 * C2C_E_INVAL out of turn, C2C_E_TOO_BIG (Noise's limit, or @out's) and
 * C2C_E_NOMEM change nothing.  C2C_E_MALFORMED, for a peer's key of small
 * order, ends and wipes the handshake: every later call gives C2C_E_INVAL.
 * @out is unchanged unless it succeeds. */
enum c2c_err c2c_noise_write(struct c2c_noise *noise, struct c2c_view payload,
                             struct c2c_buf *out) C2C_MUST_CHECK;

/* Read the next message and append its payload to @out.
 *
 * C2C_E_INVAL out of turn, C2C_E_TOO_BIG and C2C_E_NOMEM change nothing.
 * C2C_E_MALFORMED (too short, key of small order) and C2C_E_FORGED end and wipe
 * the handshake, as above. */
enum c2c_err c2c_noise_read(struct c2c_noise *noise, struct c2c_view message,
                            struct c2c_buf *out) C2C_MUST_CHECK;

/* All three messages are through, and the keys not yet taken. */
bool c2c_noise_done(const struct c2c_noise *noise);

/* Take the keys, once; C2C_E_INVAL unless done.  What is left are the hash and
 * the peer's key. */
enum c2c_err c2c_noise_split(struct c2c_noise *noise,
                             struct c2c_noise_keys *ret_keys) C2C_MUST_CHECK;

/* The peer's static key: known to the initiator after the second message, to
 * the responder after the third; zero before and after a failure. */
struct c2c_noise_pub c2c_noise_remote(const struct c2c_noise *noise);

/* The handshake hash, for binding other things to this channel: the same on
 * both sides after the third message and on no other channel.  Borrows. */
struct c2c_view c2c_noise_hash(const struct c2c_noise *noise);

#endif /* C2C_CRYPTO_NOISE_H */
