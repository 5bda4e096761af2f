/* References: `CITY/TYPE/KEY-or-SLUG`; without `CITY/` it is our own city. */

#ifndef C2C_RECORD_REF_H
#define C2C_RECORD_REF_H

#include <stdbool.h>

#include "base/err.h"
#include "base/uuid.h"
#include "base/view.h"

struct c2c_ref {
    struct c2c_view city; /* Empty: our own.  Any name, or an id. */
    struct c2c_view type;
    struct c2c_view name; /* The key's text or the slug. */
    bool has_key;         /* @name is a key ... */
    struct c2c_uuid key;  /* ... this one. */
};

/* Borrows from @text.  C2C_E_MALFORMED.  A city's name may hold anything but
 * '/'. */
enum c2c_err c2c_ref_parse(struct c2c_view text,
                           struct c2c_ref *ret_ref) C2C_MUST_CHECK;

#endif /* C2C_RECORD_REF_H */
