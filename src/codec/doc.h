/* A value as a tree: bodies of records, control messages, JSON.
 *
 * A document owns all values made through it (a msgpack-c zone); a value lives
 * as long as its document.  `struct c2c_val` is msgpack-c's object, never seen
 * from outside.  Building records the first error in the document; the caller
 * checks once, when encoding or with c2c_doc_err(). */

#ifndef C2C_CODEC_DOC_H
#define C2C_CODEC_DOC_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/view.h"
#include "codec/reader.h"

struct c2c_doc;
struct c2c_val;

struct c2c_pair {
    struct c2c_view key;
    const struct c2c_val *val;
};

enum c2c_err c2c_doc_new(struct c2c_doc **ret_doc) C2C_MUST_CHECK;
void c2c_doc_free(struct c2c_doc *doc);

/* The first error met while building, or C2C_E_OK. */
enum c2c_err c2c_doc_err(const struct c2c_doc *doc);

/* Strict (codec/reader.h), at most @depth levels (31 at most).  The bytes are
 * borrowed: they must outlive @doc. */
enum c2c_err c2c_doc_decode(struct c2c_doc *doc, struct c2c_view bytes,
                            unsigned depth,
                            const struct c2c_val **ret_val) C2C_MUST_CHECK;

/* Append the canonical encoding (map keys sorted here; duplicates give
 * C2C_E_MALFORMED).  Reports the document's sticky error first. */
enum c2c_err c2c_doc_encode(struct c2c_doc *doc, const struct c2c_val *val,
                            struct c2c_buf *out) C2C_MUST_CHECK;

/* Reading.  All take NULL (as if absent) and values of any kind. */
enum c2c_kind c2c_val_kind(const struct c2c_val *v);
bool c2c_val_bool(const struct c2c_val *v);           /* Else false. */
int64_t c2c_val_int(const struct c2c_val *v);         /* Else 0. */
struct c2c_view c2c_val_str(const struct c2c_val *v); /* Else empty. */
struct c2c_view c2c_val_bin(const struct c2c_val *v); /* Else empty. */
size_t c2c_val_count(const struct c2c_val *v); /* Elements or pairs, else 0. */
const struct c2c_val *c2c_val_at(const struct c2c_val *array, size_t i);
struct c2c_pair c2c_val_pair(const struct c2c_val *map, size_t i);
const struct c2c_val *c2c_val_get(const struct c2c_val *map, const char *key);
const struct c2c_val *c2c_val_find(const struct c2c_val *map,
                                   struct c2c_view key);

/* Member @key of @map as text; empty if absent or not text. */
struct c2c_view c2c_val_text(const struct c2c_val *map, const char *key);

/* Building.  Strings are copied into the document.  NULL after an error, and
 * NULL as argument is passed over, so that calls can be nested. */
struct c2c_val *c2c_doc_nil(struct c2c_doc *doc);
struct c2c_val *c2c_doc_bool(struct c2c_doc *doc, bool b);
struct c2c_val *c2c_doc_int(struct c2c_doc *doc, int64_t i);
struct c2c_val *c2c_doc_str(struct c2c_doc *doc, struct c2c_view s);
struct c2c_val *c2c_doc_cstr(struct c2c_doc *doc, const char *s);
struct c2c_val *c2c_doc_fmt(struct c2c_doc *doc, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));
struct c2c_val *c2c_doc_bin(struct c2c_doc *doc, struct c2c_view bytes);
struct c2c_val *c2c_doc_array(struct c2c_doc *doc);
struct c2c_val *c2c_doc_map(struct c2c_doc *doc);

/* A deep copy of a value of any document. */
struct c2c_val *c2c_doc_copy(struct c2c_doc *doc, const struct c2c_val *v);

/* Append to an array made by c2c_doc_array().  Here and below the array or map
 * takes a value as it is now: what is added to that later is not seen here. */
void c2c_doc_push(struct c2c_doc *doc, struct c2c_val *array,
                  const struct c2c_val *item);

/* Set a member of a map made by c2c_doc_map() or c2c_doc_copy(); replaces.  A
 * copy that is no map makes the document fail with C2C_E_MALFORMED. */
void c2c_doc_set(struct c2c_doc *doc, struct c2c_val *map, const char *key,
                 const struct c2c_val *val);
void c2c_doc_set_view(struct c2c_doc *doc, struct c2c_val *map,
                      struct c2c_view key, const struct c2c_val *val);

/* As c2c_doc_set_view(), for a key that is known not to be there: does not
 * look for it.  A key added twice is refused when encoding. */
void c2c_doc_add(struct c2c_doc *doc, struct c2c_val *map, struct c2c_view key,
                 const struct c2c_val *val);

/* Shorthands for the commonest members. */
void c2c_doc_set_str(struct c2c_doc *doc, struct c2c_val *map, const char *key,
                     struct c2c_view s);
void c2c_doc_set_cstr(struct c2c_doc *doc, struct c2c_val *map, const char *key,
                      const char *s);
void c2c_doc_set_int(struct c2c_doc *doc, struct c2c_val *map, const char *key,
                     int64_t i);
void c2c_doc_set_bool(struct c2c_doc *doc, struct c2c_val *map, const char *key,
                      bool b);

#endif /* C2C_CODEC_DOC_H */
