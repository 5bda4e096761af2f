/* The replica in memory keeps the contract. */

#include "memrep.h"
#include "suite_replica.h"

static struct memrep *m;

static struct c2c_replica open_memrep(void *ctx)
{
    (void)ctx;
    m = memrep_new(1);
    return memrep_replica(m);
}

static void commit(void *ctx)
{
    (void)ctx;
    memrep_commit(m);
}

static void rollback(void *ctx)
{
    (void)ctx;
    memrep_rollback(m);
}

static void crash(void *ctx)
{
    (void)ctx;
    memrep_crash(m);
}

static void forget_deletions(void *ctx, const struct c2c_hash *city,
                             uint64_t rev)
{
    (void)ctx;
    memrep_forget_deletions(m, city, rev);
}

static void close_memrep(void *ctx)
{
    (void)ctx;
    memrep_free(m);
}

int main(void)
{
    const struct suite_replica suite = {.open = open_memrep,
                                        .commit = commit,
                                        .rollback = rollback,
                                        .crash = crash,
                                        .forget_deletions = forget_deletions,
                                        .close = close_memrep};

    return suite_replica_run("sync/memrep", &suite);
}
