/* Telling a failure: a sentence with thing, reason and next step, or one JSON
 * object; and the exit status. */

#ifndef C2C_C2C_REPORT_H
#define C2C_C2C_REPORT_H

#include "base/diag.h"
#include "base/err.h"
#include "c2c/out.h"
#include "codec/doc.h"

/* 0 done, 1 failed, 2 usage, 3 not found or ambiguous, 4 not verified, 5 not
 * reachable or too late, 6 refused by the node. */
int c2c_exit_status(enum c2c_err err);

/* Tell @diag on standard error.  @extra (NULL: nothing) is the node's error
 * document; its "problems" and "candidates" are told too. */
void c2c_report(struct c2c_out *out, const struct c2c_diag *diag,
                const struct c2c_val *extra);

/* One problem of a value, as "PLACE: PATH: REASON (ALLOWED)".  Empty texts are
 * left out. */
struct c2c_trouble {
    const char *place; /* "records.json:12" */
    struct c2c_view path;
    struct c2c_view reason;
    struct c2c_view allowed;
};
void c2c_report_trouble(struct c2c_out *out, const struct c2c_trouble *trouble);

#endif /* C2C_C2C_REPORT_H */
