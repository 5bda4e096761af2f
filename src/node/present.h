/* Stored records as the documents of wire/control.h have them. */

#ifndef C2C_NODE_PRESENT_H
#define C2C_NODE_PRESENT_H

#include "base/err.h"
#include "node/ask.h"
#include "record/ref.h"
#include "store/records.h"

/* A record taken out of the store; belongs to the request. */
struct c2c_taken {
    struct c2c_row row;          /* Its views are copies. */
    const struct c2c_type *type; /* NULL: unknown to this version. */
    const struct c2c_val *body;  /* NULL if the row is damaged. */
    uint64_t created_s;
    bool intact;
};

enum c2c_err c2c_present_take(struct c2c_ask *ask, const struct c2c_row *row,
                              bool intact,
                              struct c2c_taken *ret_taken) C2C_MUST_CHECK;

/* The same into @doc instead of ask->doc: for looking at more records than may
 * be kept. */
enum c2c_err c2c_present_take_into(struct c2c_ask *ask, struct c2c_doc *doc,
                                   const struct c2c_row *row, bool intact,
                                   struct c2c_taken *ret_taken) C2C_MUST_CHECK;

/* `HANDLE/type/KEY-or-slug`, a value of ask->doc. */
enum c2c_err c2c_present_ref(struct c2c_ask *ask, const struct c2c_row *row,
                             const struct c2c_val **ret_ref) C2C_MUST_CHECK;

/* What a record is called in ask->lang: its title, or, for a tie without one,
 * its parties ("Baguio – Hangzhou").  Belongs to ask->doc or @body. */
struct c2c_view c2c_present_title(struct c2c_ask *ask,
                                  const struct c2c_type *type,
                                  const struct c2c_val *body);

/* RECORD of wire/control.h. */
enum c2c_err c2c_present_record(struct c2c_ask *ask,
                                const struct c2c_taken *taken,
                                struct c2c_val **ret_record) C2C_MUST_CHECK;

/* {"verified_at", "stale"}; @ret_stale may be NULL. */
struct c2c_val *c2c_present_fresh(struct c2c_ask *ask,
                                  const struct c2c_taken *taken,
                                  bool *ret_stale);

/* The record that @text refers to, damaged or not.  Fills the diag:
 * C2C_E_NOT_FOUND with the nearest names, C2C_E_AMBIGUOUS, C2C_E_UNKNOWN_TYPE,
 * C2C_E_MALFORMED. */
enum c2c_err c2c_present_find(struct c2c_ask *ask, struct c2c_view text,
                              struct c2c_taken *ret_taken) C2C_MUST_CHECK;

#endif /* C2C_NODE_PRESENT_H */
