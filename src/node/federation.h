/* The federation of a node: the hubs that it dials, the engine that follows
 * them (sync/engine.h), the roster, and what peers write here.
 *
 * Lives on the writer's thread as its guest: replies of peers and what peers
 * push are tasks of the writer's groups, and nothing goes out before the group
 * that it came from is durable.  Other threads see copies. */

#ifndef C2C_NODE_FEDERATION_H
#define C2C_NODE_FEDERATION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/diag.h"
#include "base/err.h"
#include "base/hash.h"
#include "node/config.h"
#include "node/group.h"
#include "sync/engine.h"
#include "sync/provide.h"
#include "wire/push.h"

struct c2c_federation;
struct c2c_node;

enum {
    C2C_FEDERATION_HUBS = 32 /* That a node can follow. */
};

/* Begin on the writer's thread; returns when it has begun.  Fills the diag. */
enum c2c_err
c2c_federation_open(struct c2c_node *node, struct c2c_diag *diag,
                    struct c2c_federation **ret_federation) C2C_MUST_CHECK;

/* Leave the writer's thread: nothing more is asked.  Before the writer is
 * drained. */
void c2c_federation_stop(struct c2c_federation *federation);

/* Hang up; waits until no callback is running.  After the writer was drained,
 * before it closes. */
void c2c_federation_free(struct c2c_federation *federation);

/* How one hub stands.  Any thread. */
struct c2c_hub_standing {
    char url[C2C_CONFIG_TEXT];
    struct c2c_hash id;
    uint64_t joined_s; /* When it was asked to admit us; 0: never. */
    bool invited;      /* It was asked on an invitation. */
    struct c2c_peer_standing peer;
    uint64_t now_ms; /* When this was true; times of @peer are of this clock. */
    size_t n_holders;
    struct c2c_holder holder[C2C_MAX_HOLDERS]; /* Of our newest state. */
};

/* The first @max hubs; returns how many there are.  NULL: none.  Any thread. */
size_t c2c_federation_hubs(struct c2c_federation *federation,
                           struct c2c_hub_standing *ret_hubs, size_t max);

/* The hubs that the store keeps (store/hubs.h) have changed: dial them, and no
 * others; NULL: when it begins.  Any thread. */
enum c2c_err
c2c_federation_renew_hubs(struct c2c_federation *federation) C2C_MUST_CHECK;

/* Go round all hubs now; returns when that has begun or failed (ret_job->err).
 * Their standings tell when it is finished.  Any thread. */
void c2c_federation_sync(struct c2c_federation *federation,
                         struct c2c_job *ret_job);

/* The last time that the store did not take a group. */
struct c2c_federation_trouble {
    enum c2c_err err;
    unsigned times; /* One after the other. */
    uint64_t at_ms; /* By the clock that never goes back. */
};

/* Was it just now?  Any thread. */
bool c2c_federation_trouble(struct c2c_federation *federation,
                            struct c2c_federation_trouble *ret_trouble);

/* In a task: answer a request that writes.  As c2c_provide(). */
enum c2c_err c2c_federation_write(struct c2c_federation *federation,
                                  struct c2c_group *group,
                                  const struct c2c_asker *asker,
                                  const struct c2c_msg_request *request,
                                  struct c2c_buf *reply) C2C_MUST_CHECK;

#endif /* C2C_NODE_FEDERATION_H */
