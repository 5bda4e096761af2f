/* Strict reader of canonical MessagePack, with a sticky error.
 *
 * PROTOCOL "Canonical MessagePack": shortest forms only, integers within int64,
 * map keys are strings in bytewise order without duplicates, valid UTF-8, no
 * floats, no ext.  The first failed read records its error; every later read
 * is a no-op that yields zero, so that a decoder is a straight line with one
 * check at the end, c2c_reader_finish().  Allocates nothing; never trusts a
 * claimed count beyond what the remaining bytes can hold.  What has a canonical
 * encoding but is not in it (a longer form, keys out of order or twice) gives
 * C2C_E_NONCANON; integers beyond int64, too many levels and what exceeds a
 * limit of the caller's C2C_E_TOO_BIG; all else C2C_E_MALFORMED. */

#ifndef C2C_CODEC_READER_H
#define C2C_CODEC_READER_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/view.h"

struct c2c_reader {
    struct c2c_view rest; /* Bytes not yet read. */
    enum c2c_err err;     /* First error, or C2C_E_OK. */
};

/* The kinds of a value; C2C_KIND_NONE is "no such value". */
enum c2c_kind {
    C2C_KIND_NONE,
    C2C_KIND_NIL,
    C2C_KIND_BOOL,
    C2C_KIND_INT,
    C2C_KIND_STR,
    C2C_KIND_BIN,
    C2C_KIND_ARRAY,
    C2C_KIND_MAP
};

struct c2c_reader c2c_reader_over(struct c2c_view in);

/* What comes next, without reading it; C2C_KIND_NONE at the end or after an
 * error. */
enum c2c_kind c2c_reader_peek(const struct c2c_reader *r);

/* An array or map header: the number of elements or pairs, at most @max. */
size_t c2c_reader_array(struct c2c_reader *r, size_t max);
size_t c2c_reader_map(struct c2c_reader *r, size_t max);

/* An array of exactly @n elements, else C2C_E_MALFORMED. */
void c2c_reader_array_of(struct c2c_reader *r, size_t n);

/* The start of an object: an array of @n elements whose first is @version.
 * Another version gives C2C_E_UNSUPPORTED, however many elements it has. */
void c2c_reader_object(struct c2c_reader *r, uint64_t version, size_t n);

/* 0 to @max, else C2C_E_TOO_BIG.  @max is at most INT64_MAX. */
uint64_t c2c_reader_uint(struct c2c_reader *r, uint64_t max);
int64_t c2c_reader_int(struct c2c_reader *r);
bool c2c_reader_bool(struct c2c_reader *r);

/* If nil comes next, read it and say true; else leave it. */
bool c2c_reader_nil(struct c2c_reader *r);

/* Valid UTF-8 of at most @max bytes; borrowed from the input. */
struct c2c_view c2c_reader_str(struct c2c_reader *r, size_t max);

/* Bytes, at most @max; borrowed from the input. */
struct c2c_view c2c_reader_bin(struct c2c_reader *r, size_t max);

/* Exactly @n bytes, copied to @out (untouched on failure). */
void c2c_reader_bin_of(struct c2c_reader *r, void *out, size_t n);

/* One whole value of at most @depth levels (a scalar has 0), checked for
 * canonical form; its bytes. */
struct c2c_view c2c_reader_any(struct c2c_reader *r, unsigned depth);

/* Record @err unless an earlier error is already there. */
void c2c_reader_fail(struct c2c_reader *r, enum c2c_err err);

/* The sticky error; C2C_E_MALFORMED if bytes are left over. */
enum c2c_err c2c_reader_finish(const struct c2c_reader *r) C2C_MUST_CHECK;

/* Is @bytes exactly one canonical value of at most @depth levels? */
enum c2c_err c2c_canon_check(struct c2c_view bytes,
                             unsigned depth) C2C_MUST_CHECK;

#endif /* C2C_CODEC_READER_H */
