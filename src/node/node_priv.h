/* The node's parts, for the handlers of requests. */

#ifndef C2C_NODE_NODE_PRIV_H
#define C2C_NODE_NODE_PRIV_H

#include "node/config.h"
#include "node/identity.h"
#include "node/node.h"
#include "node/pool.h"
#include "node/writer.h"

struct c2c_provider;

/* All but the parts with locks of their own is set before threads start. */
struct c2c_node {
    char *dir;
    struct c2c_types *types;
    struct c2c_config config;
    struct c2c_identity identity;
    const struct c2c_clock *clock;
    struct c2c_writer *writer;
    struct c2c_pool *pool;
    struct c2c_provider *control;
    char *socket;
    char city[C2C_HASH_HEX];
    int lock_fd;
    int run_fd; /* DIR/run: long paths do not fit a socket's address. */
};

#endif /* C2C_NODE_NODE_PRIV_H */
