/* Which city is meant: any name in any language and spelling, a slug, a
 * GeoNames id, a UN/LOCODE, a city id or a unique prefix of at least eight
 * characters. */

#ifndef C2C_NODE_CITY_H
#define C2C_NODE_CITY_H

#include "base/err.h"
#include "base/hash.h"
#include "base/view.h"
#include "node/ask.h"

/* Find @name ("" is our own city) among the cities of the store.  Fills diag:
 * C2C_E_NOT_FOUND with the nearest names, C2C_E_AMBIGUOUS with the candidates.
 */
enum c2c_err c2c_city_find(struct c2c_ask *ask, struct c2c_view name,
                           struct c2c_hash *ret_city) C2C_MUST_CHECK;

/* What a person calls the city in references: the slug of its profile if only
 * this city uses it, else the first 16 digits of its id.  Belongs to ask->doc.
 */
struct c2c_view c2c_city_handle(struct c2c_ask *ask,
                                const struct c2c_hash *city);

/* Its name in ask->lang; the handle if it has no profile. */
struct c2c_view c2c_city_title(struct c2c_ask *ask,
                               const struct c2c_hash *city);

#endif /* C2C_NODE_CITY_H */
