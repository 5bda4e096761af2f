/* Messages of message.json, for the tests of wire/. */

#ifndef C2C_TESTS_MESSAGE_VECTORS_H
#define C2C_TESTS_MESSAGE_VECTORS_H

#include "base/hash.h"
#include "base/uuid.h"
#include "vectors.h"

/* Every vector of the messages in @which (ended by NULL): accepted and encoded
 * to the same bytes, also when any allocation fails, or refused as it says.  At
 * least @least of each are refused. */
void message_vectors(const char *const *which, size_t least);

/* The bytes of the good vector @name and its value, an array. */
struct c2c_view message_bytes(struct vectors *v, const char *name,
                              const struct c2c_val **ret_value);

/* Element @i of @list has this value. */
void expect_uint(const struct c2c_val *list, size_t i, uint64_t got);
void expect_bool(const struct c2c_val *list, size_t i, bool got);
void expect_text(const struct c2c_val *list, size_t i, struct c2c_view got);
void expect_nil(const struct c2c_val *list, size_t i, bool got);
void expect_bin(struct vectors *v, const struct c2c_val *list, size_t i,
                struct c2c_view got);
void expect_hash(struct vectors *v, const struct c2c_val *list, size_t i,
                 const struct c2c_hash *got);
void expect_uuid(struct vectors *v, const struct c2c_val *list, size_t i,
                 const struct c2c_uuid *got);

/* Element @i is an array of @got elements. */
const struct c2c_val *expect_list(const struct c2c_val *list, size_t i,
                                  uint64_t got);

#endif /* C2C_TESTS_MESSAGE_VECTORS_H */
