/* Writer of canonical MessagePack over msgpack-c, with a sticky error.
 *
 * The caller writes map keys in bytewise order and as many elements as
 * announced; everything else about canonical form is taken care of.  For values
 * built in no particular order see codec/doc.h. */

#ifndef C2C_CODEC_PACK_H
#define C2C_CODEC_PACK_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/view.h"

struct c2c_pack {
    struct c2c_buf *out; /* Borrowed. */
    enum c2c_err err; /* First error, or C2C_E_OK; then nothing is written. */
};

/* Append to @out (borrowed). */
struct c2c_pack c2c_pack_to(struct c2c_buf *out);

void c2c_pack_array(struct c2c_pack *p, size_t n);
void c2c_pack_map(struct c2c_pack *p, size_t n);
void c2c_pack_nil(struct c2c_pack *p);
void c2c_pack_bool(struct c2c_pack *p, bool b);
void c2c_pack_int(struct c2c_pack *p, int64_t i);

/* At most INT64_MAX, else C2C_E_TOO_BIG. */
void c2c_pack_uint(struct c2c_pack *p, uint64_t u);

/* Ill-formed UTF-8 gives C2C_E_MALFORMED. */
void c2c_pack_str(struct c2c_pack *p, struct c2c_view s);
void c2c_pack_cstr(struct c2c_pack *p, const char *s);
void c2c_pack_bin(struct c2c_pack *p, const void *bytes, size_t n);

/* Bytes that are canonical already. */
void c2c_pack_raw(struct c2c_pack *p, struct c2c_view encoded);

#endif /* C2C_CODEC_PACK_H */
