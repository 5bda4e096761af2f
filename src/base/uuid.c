#include "base/uuid.h"

#include <string.h>

#include "base/hex.h"

struct c2c_uuid c2c_uuid_v7(uint64_t now_ms, const struct c2c_rng *rng)
{
    struct c2c_uuid u;

    rng->fill(rng->ctx, u.b, sizeof u.b);
    for (unsigned i = 0; i < 6; i++) {
        u.b[i] = (uint8_t)(now_ms >> (40 - 8 * i));
    }
    u.b[6] = (uint8_t)(0x70 | (u.b[6] & 0x0f)); /* Version 7. */
    u.b[8] = (uint8_t)(0x80 | (u.b[8] & 0x3f)); /* Variant of RFC 9562. */
    return u;
}

bool c2c_uuid_eq(const struct c2c_uuid *a, const struct c2c_uuid *b)
{
    return memcmp(a->b, b->b, sizeof a->b) == 0;
}

int c2c_uuid_cmp(const struct c2c_uuid *a, const struct c2c_uuid *b)
{
    return memcmp(a->b, b->b, sizeof a->b);
}

/* Where the hyphens stand: after bytes 4, 6, 8 and 10. */
static bool hyphen_after(size_t byte)
{
    return byte == 4 || byte == 6 || byte == 8 || byte == 10;
}

void c2c_uuid_format(const struct c2c_uuid *u, char out[C2C_UUID_TEXT])
{
    for (size_t i = 0; i < sizeof u->b; i++) {
        if (hyphen_after(i)) {
            *out++ = '-';
        }
        c2c_hex_encode(c2c_view_of(&u->b[i], 1), out);
        out += 2;
    }
}

enum c2c_err c2c_uuid_parse(struct c2c_view text, struct c2c_uuid *ret_uuid)
{
    struct c2c_uuid u;
    size_t at = 0;

    if (text.n != C2C_UUID_TEXT - 1) {
        return C2C_E_MALFORMED;
    }
    for (size_t i = 0; i < sizeof u.b; i++) {
        enum c2c_err err;

        if (hyphen_after(i) && text.p[at++] != '-') {
            return C2C_E_MALFORMED;
        }
        err = c2c_hex_decode(c2c_view_of(text.p + at, 2), &u.b[i], 1);
        if (err != C2C_E_OK) {
            return err;
        }
        at += 2;
    }
    *ret_uuid = u;
    return C2C_E_OK;
}
