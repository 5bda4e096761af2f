/* The record envelope (PROTOCOL "Record"):
 * [v, type, key, nonce, slug|nil, created, updated, body]. */

#ifndef C2C_RECORD_RECORD_H
#define C2C_RECORD_RECORD_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/hash.h"
#include "base/uuid.h"
#include "base/view.h"

enum {
    C2C_RECORD_VERSION = 1
};

/* Who may see a record.  The first two are trees of the city's signed state;
 * the numbers are on the wire and in the store. */
enum c2c_audience {
    C2C_AUDIENCE_PUBLIC = 0,
    C2C_AUDIENCE_NETWORK = 1, /* Members of the federation. */
    C2C_AUDIENCE_LOCAL = 2    /* Drafts: never leave the node, in no tree. */
};

/* A decoded record.  Views borrow from the bytes it was decoded from. */
struct c2c_record {
    struct c2c_view type; /* [a-z][a-z0-9-]*, at most C2C_MAX_TYPE_BYTES. */
    struct c2c_uuid key;
    struct c2c_uuid nonce; /* 16 random bytes, new at every write. */
    struct c2c_view slug;  /* Empty: none.  [a-z0-9][a-z0-9-]*. */
    uint64_t created_s;    /* Unix time, seconds. */
    uint64_t updated_s;
    struct c2c_view body; /* Canonical bytes of a map. */
};

/* Strict: canonical form, limits, names as above, body a map without bin. */
enum c2c_err c2c_record_decode(struct c2c_view bytes,
                               struct c2c_record *ret_record) C2C_MUST_CHECK;

/* Append the encoding; C2C_E_INVAL or C2C_E_TOO_BIG if decoding would refuse
 * it. */
enum c2c_err c2c_record_encode(const struct c2c_record *record,
                               struct c2c_buf *out) C2C_MUST_CHECK;

/* The record's hash, which is its leaf hash: H_tree(0x00 || bytes). */
struct c2c_hash c2c_record_hash(struct c2c_view bytes);

bool c2c_record_type_valid(struct c2c_view type);
bool c2c_record_slug_valid(struct c2c_view slug);

/* "public", "network", "local".  Static. */
const char *c2c_audience_name(enum c2c_audience audience);
enum c2c_err c2c_audience_parse(struct c2c_view name,
                                enum c2c_audience *ret_audience) C2C_MUST_CHECK;

#endif /* C2C_RECORD_RECORD_H */
