/* Cities that sign, for tests: keys, keysets, records and heads made from a
 * number, so that the same number is always the same city. */

#ifndef C2C_TESTS_AUTHOR_H
#define C2C_TESTS_AUTHOR_H

#include <stddef.h>
#include <stdint.h>

#include "sync/replica.h"

struct author {
    unsigned number;
    struct c2c_signer *root;
    struct c2c_signer *key; /* Of the newest keyset. */
    struct c2c_keyset keyset;
    struct c2c_buf keysets[16];
    struct c2c_hash id;
    uint64_t draws; /* Nonces and blinds so far. */
};

/* A city or an association; keyset 1 is made. */
void author_init(struct author *a, unsigned number, enum c2c_city_kind kind);
void author_fini(struct author *a);

/* Edit the state that @replica holds (the keysets come along by themselves):
 * begin, puts and removals, then a head signed at @now_s. */
void author_begin(struct author *a, const struct c2c_replica *replica);
void author_put(struct author *a, const struct c2c_replica *replica,
                enum c2c_audience audience, unsigned key, size_t body_bytes);
void author_remove(struct author *a, const struct c2c_replica *replica,
                   enum c2c_audience audience, unsigned key);
void author_sign(struct author *a, const struct c2c_replica *replica,
                 uint64_t now_s);

/* Membership records, in an association's edit. */
void author_admit(struct author *a, const struct c2c_replica *replica,
                  const struct c2c_hash *city, bool lga, uint64_t max_records);
void author_expel(struct author *a, const struct c2c_replica *replica,
                  const struct c2c_hash *city);

/* All of it for one record. */
void author_write(struct author *a, const struct c2c_replica *replica,
                  unsigned key, uint64_t now_s);

/* The next keyset; the state goes on in a new epoch. */
void author_rotate(struct author *a, const struct c2c_replica *replica,
                   uint64_t now_s);

/* The same content with a later stamp. */
void author_refresh(struct author *a, const struct c2c_replica *replica,
                    uint64_t now_s);

#endif /* C2C_TESTS_AUTHOR_H */
