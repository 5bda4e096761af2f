/* A 32-byte hash as a value: city ids, leaf hashes, roots, content hashes. */

#ifndef C2C_BASE_HASH_H
#define C2C_BASE_HASH_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/view.h"

enum {
    C2C_HASH_BYTES = 32,
    C2C_HASH_HEX = 2 * C2C_HASH_BYTES + 1 /* With the NUL. */
};

struct c2c_hash {
    uint8_t b[C2C_HASH_BYTES];
};

bool c2c_hash_eq(const struct c2c_hash *a, const struct c2c_hash *b);

/* Bytewise: <0, 0, >0. */
int c2c_hash_cmp(const struct c2c_hash *a, const struct c2c_hash *b);

/* Lower-case hexadecimal. */
void c2c_hash_hex(const struct c2c_hash *h, char out[C2C_HASH_HEX]);

/* Exactly 64 lower-case hexadecimal digits, else C2C_E_MALFORMED. */
enum c2c_err c2c_hash_parse(struct c2c_view text,
                            struct c2c_hash *ret_hash) C2C_MUST_CHECK;

#endif /* C2C_BASE_HASH_H */
