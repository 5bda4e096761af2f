/* A replica in plain memory (sync/replica.h), for tests and simulations.
 *
 * It has the three states that a store has: durable, of the running
 * transaction, and of the savepoint before begin().  A crash goes back to the
 * durable one.  Memory of its own is not counted: running out of it ends the
 * test. */

#ifndef C2C_TESTS_MEMREP_H
#define C2C_TESTS_MEMREP_H

#include <stddef.h>
#include <stdint.h>

#include "sync/replica.h"

struct memrep;

struct memrep *memrep_new(uint64_t instance);
void memrep_free(struct memrep *m);
struct c2c_replica memrep_replica(struct memrep *m);

/* End the transaction: durable, or taken back as if it had never been. */
void memrep_commit(struct memrep *m);
void memrep_rollback(struct memrep *m);

/* What a restart finds: what was durable, and nothing staged. */
void memrep_crash(struct memrep *m);

/* A copy of what is durable, as restored from a backup: another instance. */
struct memrep *memrep_restored(const struct memrep *m, uint64_t instance);

/* Forget the deletions of @city up to @rev, as a store does after a while. */
void memrep_forget_deletions(struct memrep *m, const struct c2c_hash *city,
                             uint64_t rev);

/* Writing fails with C2C_E_STORE from the @n-th write on; 0: never. */
void memrep_fail_at(struct memrep *m, unsigned n);

/* All that is staged, bytes. */
uint64_t memrep_staged_bytes(const struct memrep *m);

/* Called when a head was put; NULL: nobody. */
typedef void memrep_head_fn(void *ctx, const struct c2c_replica *replica,
                            const struct c2c_hash *city);
void memrep_watch(struct memrep *m, memrep_head_fn *fn, void *ctx);

#endif /* C2C_TESTS_MEMREP_H */
