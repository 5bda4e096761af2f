/* The store, as a replica, keeps the contract. */

#include "node/replica.h"
#include "suite_replica.h"
#include "temp.h"
#include "test.h"

static struct c2c_types *types;
static struct c2c_store *store;
static struct c2c_store_replica replica;

static void open_store(enum c2c_store_mode mode)
{
    assert_ok(c2c_store_open(temp_path("."), mode, &store, NULL));
    c2c_store_replica_init(&replica, store, types);
    assert_ok(c2c_store_begin(store));
}

static void close_store(void)
{
    c2c_store_rollback(store);
    c2c_store_replica_fini(&replica);
    c2c_store_close(store);
    store = NULL;
}

static struct c2c_replica open_replica(void *ctx)
{
    struct c2c_diag diag;

    (void)ctx;
    temp_make();
    assert_ok(c2c_types_load(&c2c_types_builtin, &diag, &types));
    open_store(C2C_STORE_CREATE);
    return c2c_store_replica_of(&replica);
}

static void commit(void *ctx)
{
    (void)ctx;
    assert_ok(c2c_store_commit(store));
    assert_ok(c2c_store_begin(store));
}

static void rollback(void *ctx)
{
    (void)ctx;
    c2c_store_rollback(store);
    assert_ok(c2c_store_begin(store));
}

static void crash(void *ctx)
{
    (void)ctx;
    close_store();
    open_store(C2C_STORE_WRITE);
}

static void close_replica(void *ctx)
{
    (void)ctx;
    close_store();
    c2c_types_free(types);
    temp_remove();
}

int main(void)
{
    const struct suite_replica suite = {.open = open_replica,
                                        .commit = commit,
                                        .rollback = rollback,
                                        .crash = crash,
                                        .close = close_replica};

    return suite_replica_run("sync/store_replica", &suite);
}
