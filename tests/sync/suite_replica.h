/* The contract of sync/replica.h as tests, for every implementation of it. */

#ifndef C2C_TESTS_SUITE_REPLICA_H
#define C2C_TESTS_SUITE_REPLICA_H

#include "sync/replica.h"

/* How to get the implementation under test. */
struct suite_replica {
    /* An empty one, in an open transaction. */
    struct c2c_replica (*open)(void *ctx);

    /* End the transaction, durably or not, and begin another. */
    void (*commit)(void *ctx);
    void (*rollback)(void *ctx);

    /* Stop without a word and start again on what is durable. */
    void (*crash)(void *ctx);

    /* Forget deletions of @city up to @rev; NULL: not by revision. */
    void (*forget_deletions)(void *ctx, const struct c2c_hash *city,
                             uint64_t rev);
    void (*close)(void *ctx);
    void *ctx;
};

/* Run all tests; as cmocka's group functions return. */
int suite_replica_run(const char *name, const struct suite_replica *under_test);

#endif /* C2C_TESTS_SUITE_REPLICA_H */
