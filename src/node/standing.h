/* Does what the store holds of a city stand under the city's signature?
 *
 * Each record's bytes are checked against their leaf hash whenever they are
 * read; this checks the leaf hashes against the signed head, once per revision
 * and reading thread. */

#ifndef C2C_NODE_STANDING_H
#define C2C_NODE_STANDING_H

#include "base/err.h"
#include "store/cities.h"
#include "store/store.h"

struct c2c_standing;

enum c2c_err
c2c_standing_new(struct c2c_standing **ret_standing) C2C_MUST_CHECK;
void c2c_standing_free(struct c2c_standing *standing);

/* Check keyset chain, head and both audiences' roots, recomputed from the leaf
 * hashes: C2C_E_OK, or C2C_E_BAD_KEYSET, C2C_E_BAD_SIGNATURE, C2C_E_BAD_ROOT,
 * C2C_E_CORRUPT as @ret_verdict.  The result is another error if the store
 * cannot be read. */
enum c2c_err c2c_standing_check(struct c2c_store *store, c2c_city_no city,
                                enum c2c_err *ret_verdict) C2C_MUST_CHECK;

/* The same, remembered for the head that is there now. */
enum c2c_err c2c_standing_of(struct c2c_standing *standing,
                             struct c2c_store *store, c2c_city_no city,
                             enum c2c_err *ret_verdict) C2C_MUST_CHECK;

#endif /* C2C_NODE_STANDING_H */
