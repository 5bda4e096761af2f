/* The associations that this user trusts: a file of the client's own,
 * $XDG_CONFIG_HOME/c2c/trust.
 *
 * A line holds an id, and behind a blank what people call it.  Empty lines and
 * lines that begin with # stay as they are. */

#ifndef C2C_C2C_TRUST_H
#define C2C_C2C_TRUST_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/hash.h"
#include "base/view.h"
#include "c2c/run.h"

enum {
    C2C_TRUST_MAX = 256, /* Associations. */
    C2C_TRUST_BYTES = 1 << 17
};

struct c2c_trusted {
    struct c2c_hash lga;
    struct c2c_view comment; /* Borrows from the file's text. */
    size_t at;               /* Where its line begins ... */
    size_t end;              /* ... and where the next one does. */
};

struct c2c_trust {
    char *path;
    struct c2c_buf text;
    size_t n;
    struct c2c_trusted at[C2C_TRUST_MAX];
};

/* Read the file; one that is not there is empty.  Fills run->diag.  Ends with
 * c2c_trust_fini() in any case. */
enum c2c_err c2c_trust_read(struct c2c_run *run,
                            struct c2c_trust *trust) C2C_MUST_CHECK;
void c2c_trust_fini(struct c2c_trust *trust);

bool c2c_trust_has(const struct c2c_trust *trust, const struct c2c_hash *lga);

/* Change the file; @trust is then to be read again.  Fills run->diag. */
enum c2c_err c2c_trust_add(struct c2c_run *run, struct c2c_trust *trust,
                           const struct c2c_hash *lga,
                           const char *comment) C2C_MUST_CHECK;
enum c2c_err c2c_trust_remove(struct c2c_run *run, struct c2c_trust *trust,
                              size_t i) C2C_MUST_CHECK;

#endif /* C2C_C2C_TRUST_H */
