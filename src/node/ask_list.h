/* What list, find and who share: filters, and records one after another. */

#ifndef C2C_NODE_ASK_LIST_H
#define C2C_NODE_ASK_LIST_H

#include "base/err.h"
#include "node/ask.h"
#include "node/present.h"
#include "store/records.h"

/* The code that is kept for @value of the facet @name of @type (NULL: of any
 * type), as c2c_filter_add() finds it. */
enum c2c_err c2c_filter_word(struct c2c_ask *ask, const struct c2c_type *type,
                             const char *name, struct c2c_view value,
                             struct c2c_view *ret_code) C2C_MUST_CHECK;

/* Add "facet @name is @value" to @filter; the value may be a vocabulary's label
 * or alias.  Names the type's facets if there is no such one. */
enum c2c_err c2c_filter_add(struct c2c_ask *ask, const struct c2c_type *type,
                            const char *name, struct c2c_view value,
                            struct c2c_filter *filter) C2C_MUST_CHECK;

/* Call @fn for each record of the filter.  Anything but C2C_E_OK from it stops
 * and is returned. */
typedef enum c2c_err c2c_taken_fn(void *ctx, const struct c2c_taken *taken);
enum c2c_err c2c_filter_each(struct c2c_ask *ask,
                             const struct c2c_filter *filter, c2c_taken_fn *fn,
                             void *ctx) C2C_MUST_CHECK;

/* The same for looking at any number of records: what @fn gets lasts only until
 * it returns. */
enum c2c_err c2c_filter_pass(struct c2c_ask *ask,
                             const struct c2c_filter *filter, c2c_taken_fn *fn,
                             void *ctx) C2C_MUST_CHECK;

#endif /* C2C_NODE_ASK_LIST_H */
