/* A membership: an association's statement that a city belongs to it, read from
 * its `membership` record.  Unlike other record types its format is strict:
 * what does not read is no membership. */

#ifndef C2C_TRUST_MEMBERSHIP_H
#define C2C_TRUST_MEMBERSHIP_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/hash.h"
#include "base/view.h"

/* The type's name. */
extern const char c2c_membership_type[];

struct c2c_membership {
    struct c2c_hash city;
    bool lga;             /* An association whose members are admitted too. */
    uint64_t max_records; /* Quota; the protocol's default if not given. */
    uint64_t max_bytes;
};

/* From a record's bytes.  C2C_E_MALFORMED and the record's own errors. */
enum c2c_err
c2c_membership_read(struct c2c_view record,
                    struct c2c_membership *ret_membership) C2C_MUST_CHECK;

#endif /* C2C_TRUST_MEMBERSHIP_H */
