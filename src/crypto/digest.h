/* Personalised hashes: BLAKE2b-256 with 16 bytes of personalisation per kind of
 * object, so that the bytes of one kind never pass for another (PROTOCOL
 * "Hashes"). */

#ifndef C2C_CRYPTO_DIGEST_H
#define C2C_CRYPTO_DIGEST_H

#include <stddef.h>

#include "base/hash.h"
#include "base/view.h"

/* X(NAME, personalisation): at most 16 ASCII bytes, padded with zero bytes. */
#define C2C_DIGEST_MAP(X)       \
    X(TREE, "c2c tree")         \
    X(ROOT, "c2c root")         \
    X(NET, "c2c net")           \
    X(KEYSET, "c2c keyset")     \
    X(HEAD, "c2c head")         \
    X(STAMP, "c2c stamp")       \
    X(SNAPSHOT, "c2c snapshot") \
    X(BINDING, "c2c binding")   \
    X(SCOPE, "c2c scope")       \
    X(VECTOR, "c2c vector")     \
    X(INVITE, "c2c invite")

enum c2c_digest {
#define C2C_DIGEST_ENUM(NAME, TEXT) C2C_DIGEST_##NAME,
    C2C_DIGEST_MAP(C2C_DIGEST_ENUM)
#undef C2C_DIGEST_ENUM
};

/* Hash of the concatenation of @n parts.  Cannot fail.  Any thread. */
struct c2c_hash c2c_digest_parts(enum c2c_digest kind,
                                 const struct c2c_view *parts, size_t n);

/* Hash of one piece. */
struct c2c_hash c2c_digest_of(enum c2c_digest kind, struct c2c_view bytes);

#endif /* C2C_CRYPTO_DIGEST_H */
