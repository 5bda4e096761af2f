/* What is read out of a record through its schema's annotations: title, facets,
 * search text, references, freshness. */

#ifndef C2C_RECORD_DERIVE_H
#define C2C_RECORD_DERIVE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/view.h"
#include "codec/doc.h"
#include "record/types.h"

/* The title of a body (`x-title`) in the language nearest to @lang; empty if
 * the type is unknown (@type may be NULL) or has none. */
struct c2c_view c2c_derive_title(const struct c2c_type *type,
                                 const struct c2c_val *body,
                                 struct c2c_view lang);

/* One facet (`x-facet`): @name from the schema, @value canonical: for fields
 * with `x-vocab` the vocabulary's code when the word is known.  Anything but
 * C2C_E_OK stops and is returned. */
typedef enum c2c_err c2c_facet_fn(void *ctx, const char *name,
                                  struct c2c_view value);
enum c2c_err c2c_derive_facets(const struct c2c_types *types,
                               const struct c2c_type *type,
                               const struct c2c_val *body, c2c_facet_fn *fn,
                               void *ctx) C2C_MUST_CHECK;

/* Append the text to be searched with @weight 1 (strongest) to 4 (`x-search`),
 * every language, pieces apart by newlines. */
enum c2c_err c2c_derive_search(const struct c2c_type *type,
                               const struct c2c_val *body, unsigned weight,
                               struct c2c_buf *out) C2C_MUST_CHECK;

/* One reference (`x-ref`): where it stands (JSON Pointer) and what it says. */
typedef enum c2c_err c2c_ref_fn(void *ctx, const char *path,
                                struct c2c_view ref);
enum c2c_err c2c_derive_refs(const struct c2c_type *type,
                             const struct c2c_val *body, c2c_ref_fn *fn,
                             void *ctx) C2C_MUST_CHECK;

/* Freshness: `verified_at` of the body, else @updated_s.  Nobody has verified
 * the record after it was written: a later time is a slip of the pen, and would
 * keep it fresh for as long. */
struct c2c_fresh {
    uint64_t verified_s;
    uint64_t stale_from_s; /* 0: never (no `x-validity-days`). */
};
struct c2c_fresh c2c_derive_fresh(const struct c2c_type *type,
                                  const struct c2c_val *body,
                                  uint64_t updated_s);

/* Member at a dotted path ("scope.purposes"); arrays on the way are not
 * entered. NULL if absent. */
const struct c2c_val *c2c_derive_at(const struct c2c_val *body,
                                    const char *path);

#endif /* C2C_RECORD_DERIVE_H */
