/* Cities as people speak of them. */

#ifndef C2C_NODE_CITY_H
#define C2C_NODE_CITY_H

#include "base/err.h"
#include "base/hash.h"
#include "base/view.h"
#include "node/ask.h"
#include "store/cities.h"

/* What is known of a city; belongs to ask->doc. */
struct c2c_city_card {
    c2c_city_no no;
    struct c2c_hash id;

    /* What a person calls it in references: the slug of its profile if no
     * other city uses it or is called so, else the first 16 digits of its id.
     */
    struct c2c_view handle;
    struct c2c_view title;         /* Its name in ask->lang, or the handle. */
    const struct c2c_type *type;   /* Of the profile; NULL: it has none. */
    const struct c2c_val *profile; /* The body. */
};

/* The city with the store's number @no.  Remembered during the request. */
enum c2c_err c2c_city_get(struct c2c_ask *ask, c2c_city_no no,
                          const struct c2c_city_card **ret_city) C2C_MUST_CHECK;

/* Our own. */
enum c2c_err
c2c_city_self(struct c2c_ask *ask,
              const struct c2c_city_card **ret_city) C2C_MUST_CHECK;

/* Which city is meant by @name ("": our own): any name in any language and
 * spelling, a slug, a GeoNames id, a UN/LOCODE, a city id or a unique prefix of
 * at least eight characters.  Fills diag: C2C_E_NOT_FOUND with the nearest
 * names, C2C_E_AMBIGUOUS with the candidates, also in ask->result. */
enum c2c_err
c2c_city_find(struct c2c_ask *ask, struct c2c_view name,
              const struct c2c_city_card **ret_city) C2C_MUST_CHECK;

/* The one that the request's argument "city" means (absent: our own). */
enum c2c_err
c2c_city_named(struct c2c_ask *ask,
               const struct c2c_city_card **ret_city) C2C_MUST_CHECK;

#endif /* C2C_NODE_CITY_H */
