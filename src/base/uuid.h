/* 16-byte identifiers: record keys (UUIDv7, RFC 9562) and instance ids. */

#ifndef C2C_BASE_UUID_H
#define C2C_BASE_UUID_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/rng.h"
#include "base/view.h"

enum {
    C2C_UUID_BYTES = 16,
    C2C_UUID_TEXT = 37 /* 8-4-4-4-12 with the NUL. */
};

struct c2c_uuid {
    uint8_t b[C2C_UUID_BYTES];
};

/* A UUIDv7 for the time @now_ms (Unix, milliseconds). */
struct c2c_uuid c2c_uuid_v7(uint64_t now_ms, const struct c2c_rng *rng);

bool c2c_uuid_eq(const struct c2c_uuid *a, const struct c2c_uuid *b);
int c2c_uuid_cmp(const struct c2c_uuid *a, const struct c2c_uuid *b);

/* Canonical lower-case text (RFC 9562 section 4). */
void c2c_uuid_format(const struct c2c_uuid *u, char out[C2C_UUID_TEXT]);

/* The same text and nothing else (any version), else C2C_E_MALFORMED. */
enum c2c_err c2c_uuid_parse(struct c2c_view text,
                            struct c2c_uuid *ret_uuid) C2C_MUST_CHECK;

#endif /* C2C_BASE_UUID_H */
