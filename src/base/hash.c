#include "base/hash.h"

#include <string.h>

#include "base/hex.h"

bool c2c_hash_eq(const struct c2c_hash *a, const struct c2c_hash *b)
{
    return memcmp(a->b, b->b, sizeof a->b) == 0;
}

int c2c_hash_cmp(const struct c2c_hash *a, const struct c2c_hash *b)
{
    return memcmp(a->b, b->b, sizeof a->b);
}

void c2c_hash_hex(const struct c2c_hash *h, char out[C2C_HASH_HEX])
{
    c2c_hex_encode(c2c_view_of(h->b, sizeof h->b), out);
}

enum c2c_err c2c_hash_parse(struct c2c_view text, struct c2c_hash *ret_hash)
{
    struct c2c_hash h = {{0}};
    enum c2c_err err = c2c_hex_decode(text, h.b, sizeof h.b);

    if (err == C2C_E_OK) {
        *ret_hash = h;
    }
    return err;
}
