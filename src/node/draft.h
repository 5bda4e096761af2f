/* What somebody wants to be published: the input of a commit. */

#ifndef C2C_NODE_DRAFT_H
#define C2C_NODE_DRAFT_H

#include <stdbool.h>

#include "base/diag.h"
#include "base/err.h"
#include "base/uuid.h"
#include "base/view.h"
#include "codec/doc.h"
#include "record/types.h"

/* What became of a draft. */
enum c2c_draft_state {
    C2C_DRAFT_NEW,
    C2C_DRAFT_CHANGED,
    C2C_DRAFT_SAME,
    C2C_DRAFT_REMOVED
};

/* Views and values live as long as the request they came from. */
struct c2c_draft {
    const struct c2c_type *type;
    bool remove; /* Remove instead of put. */
    bool has_key;
    struct c2c_uuid key;
    struct c2c_view slug; /* Empty: none given. */
    bool has_audience;
    enum c2c_audience audience;
    bool has_created;
    uint64_t created_s;
    uint64_t if_rev; /* Only if this is still the stored version's revision; 0:
                        whatever it is. */
    const struct c2c_val *body;

    /* Set by the commit. */
    enum c2c_draft_state state;
    struct c2c_uuid final_key;
    char final_slug[64]; /* "" if it has none. */
    enum c2c_audience final_audience;
};

/* There is no record type @name: fills the diag, with the nearest one, and
 * returns @code. */
enum c2c_err c2c_draft_no_type(const struct c2c_types *types,
                               struct c2c_view name, enum c2c_err code,
                               const char *thing, struct c2c_diag *diag);

/* Read {type, key?, slug?, audience?, created?, if_rev?, body}; other members
 * are those of a printed record and are passed over.  Fills the diag. */
enum c2c_err c2c_draft_read(const struct c2c_types *types,
                            const struct c2c_val *input,
                            struct c2c_draft *ret_draft,
                            struct c2c_diag *diag) C2C_MUST_CHECK;

#endif /* C2C_NODE_DRAFT_H */
