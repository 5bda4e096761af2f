/* Vectors of proto/vectors, for tests. */

#ifndef C2C_TESTS_VECTORS_H
#define C2C_TESTS_VECTORS_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/hash.h"
#include "codec/doc.h"

/* The content of proto/vectors/@name; fails the test if it cannot be read.
 * Values belong to @doc. */
const struct c2c_val *vectors_read(struct c2c_doc *doc, const char *name);

/* Member @key of a vector, hexadecimal text, as bytes in @out (initialised,
 * empty); fails the test if it is anything else. */
void vectors_bytes(const struct c2c_val *vector, const char *key,
                   struct c2c_buf *out);

/* The code with this name ("NONCANON"); C2C_E_OK for nil or nothing. */
enum c2c_err vectors_err(const struct c2c_val *name);

/* A file of vectors that is being walked.  What is taken out of it lives until
 * vectors_close(). */
struct vectors {
    struct c2c_doc *doc;
    struct c2c_arena arena;
    const struct c2c_val *all;
};

void vectors_open(struct vectors *v, const char *file);
void vectors_close(struct vectors *v);

/* Call @check for every vector of @file, of which there are at least @least. */
void vectors_each(const char *file, size_t least,
                  void (*check)(struct vectors *v, const struct c2c_val *one));

/* The vector called @name; fails the test if there is none. */
const struct c2c_val *vectors_find(const struct vectors *v, const char *name);

/* Fail, naming the vector, unless @ok. */
void vectors_expect(const struct c2c_val *one, bool ok, const char *law);

/* Fail, naming the vector, unless @got is its "error"; is that success? */
bool vectors_verdict(const struct c2c_val *one, enum c2c_err got);

/* Hexadecimal text as bytes; none for nil. */
struct c2c_view vectors_hex(struct vectors *v, const struct c2c_val *text);

/* Member @key, hexadecimal text: of any length, or of exactly @n bytes. */
struct c2c_view vectors_view(struct vectors *v, const struct c2c_val *map,
                             const char *key);
void vectors_fill(struct vectors *v, const struct c2c_val *map, const char *key,
                  void *out, size_t n);
struct c2c_hash vectors_hash(struct vectors *v, const struct c2c_val *map,
                             const char *key);

/* Member @key, a number that is not negative. */
uint64_t vectors_uint(const struct c2c_val *map, const char *key);

/* Member @key of @one as bytes equals @bytes. */
void vectors_same(struct vectors *v, const struct c2c_val *one, const char *key,
                  struct c2c_view bytes);

#endif /* C2C_TESTS_VECTORS_H */
