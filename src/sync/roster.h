/* The roster: which cities this node admits, and why.
 *
 * Membership decides, and nothing else: admitted are the LGAs that are trusted
 * here, their members, the members of LGAs that those list as members of kind
 * "lga" (one level, never further), this node itself and what it follows by
 * hand.  Built from the membership records in the replica whenever an LGA's
 * state changes; immutable afterwards, so that any thread may read it. */

#ifndef C2C_SYNC_ROSTER_H
#define C2C_SYNC_ROSTER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/hash.h"
#include "sync/replica.h"
#include "wire/message.h"

struct c2c_roster;

struct c2c_roster_options {
    struct c2c_hash self;
    const struct c2c_hash *lgas; /* Trusted. */
    size_t n_lgas;
    const struct c2c_hash *follows; /* By hand. */
    size_t n_follows;
};

/* Why a city is admitted; a set of bits. */
enum c2c_admission {
    C2C_ADMIT_SELF = 1,
    C2C_ADMIT_LGA = 2,    /* An LGA, trusted or listed by a trusted one. */
    C2C_ADMIT_MEMBER = 4, /* Of one of those. */
    C2C_ADMIT_FOLLOWED = 8
};

struct c2c_roster_entry {
    struct c2c_hash city;
    unsigned why;
    uint64_t max_records; /* Quota of the membership; else the defaults. */
    uint64_t max_bytes;
};

enum c2c_err c2c_roster_new(const struct c2c_roster_options *options,
                            const struct c2c_replica *replica,
                            struct c2c_roster **ret_roster) C2C_MUST_CHECK;
void c2c_roster_free(struct c2c_roster *roster);

/* NULL: not admitted. */
const struct c2c_roster_entry *c2c_roster_find(const struct c2c_roster *roster,
                                               const struct c2c_hash *city);

/* Members of the federation see network audiences: every admitted city but
 * those that are only followed. */
bool c2c_roster_sees_network(const struct c2c_roster *roster,
                             const struct c2c_hash *city);

/* All entries, ascending by id. */
size_t c2c_roster_count(const struct c2c_roster *roster);
const struct c2c_roster_entry *c2c_roster_at(const struct c2c_roster *roster,
                                             size_t i);

/* The same for rosters that admit the same cities with the same quotas. */
struct c2c_hash c2c_roster_hash(const struct c2c_roster *roster);

/* The cities of one LGA of the roster in the order of a revision vector: the
 * LGA itself, then its members ascending.  0 if it is none.  @ret_members is
 * the hash of that list (wire/vector.h). */
size_t c2c_roster_lga(const struct c2c_roster *roster,
                      const struct c2c_hash *lga, struct c2c_hash *ret_members);
const struct c2c_hash *c2c_roster_lga_city(const struct c2c_roster *roster,
                                           const struct c2c_hash *lga,
                                           size_t i);

/* Is @city in the scope: listed itself, or a member of a listed LGA? */
bool c2c_roster_in_scope(const struct c2c_roster *roster,
                         struct c2c_list_view scope,
                         const struct c2c_hash *city);

#endif /* C2C_SYNC_ROSTER_H */
