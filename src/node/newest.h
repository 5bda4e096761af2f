/* The newest head of this city: what is signed next stands on it. */

#ifndef C2C_NODE_NEWEST_H
#define C2C_NODE_NEWEST_H

#include <stdbool.h>

#include "base/diag.h"
#include "base/err.h"
#include "node/commit.h"
#include "trust/head.h"

struct c2c_newest {
    bool there; /* Else this city has signed nothing yet. */
    struct c2c_head head;
    struct c2c_net_opening opening;
};

/* Read it.  C2C_E_CORRUPT when its signature does not verify or the kept
 * directories are not those that it signs: a head on top of damage would speak
 * against this city for ever. */
enum c2c_err c2c_newest_load(const struct c2c_commit_env *env,
                             struct c2c_newest *ret_newest) C2C_MUST_CHECK;

/* Sign the kept directories as the revision after @newest, store the head and
 * log @changes.  Fills the diag, except for failures of the store. */
enum c2c_err c2c_newest_sign(const struct c2c_commit_env *env,
                             const struct c2c_newest *newest,
                             struct c2c_view changes, struct c2c_diag *diag,
                             struct c2c_head *ret_next) C2C_MUST_CHECK;

/* Sign the newest head anew with the present time; under a newer keyset than
 * its own, a head of the same contents that begins the new epoch.  C2C_E_OLDER
 * when the time is not later. */
enum c2c_err
c2c_newest_refresh(const struct c2c_commit_env *env) C2C_MUST_CHECK;

#endif /* C2C_NODE_NEWEST_H */
