/* The node's parts, for the handlers of requests. */

#ifndef C2C_NODE_NODE_PRIV_H
#define C2C_NODE_NODE_PRIV_H

#include <stdatomic.h>

#include "node/config.h"
#include "node/cursor.h"
#include "node/federation.h"
#include "node/feeds.h"
#include "node/heard.h"
#include "node/identity.h"
#include "node/node.h"
#include "node/pass.h"
#include "node/pool.h"
#include "node/roster_box.h"
#include "node/sessions.h"
#include "node/writer.h"

struct c2c_provider;

enum {
    C2C_REFUSALS = 64 /* More than there are codes. */
};

/* All but the parts with locks of their own, and the pass, which the writer's
 * thread renews, is set before threads start. */
struct c2c_node {
    char *dir;
    struct c2c_types *types;
    struct c2c_config config;
    struct c2c_identity identity;
    const struct c2c_clock *clock;
    struct c2c_writer *writer;
    struct c2c_pool *pool;
    struct c2c_provider *control;

    /* Peers. */
    struct c2c_roster_box *rosters;
    struct c2c_pass *pass;
    struct c2c_sessions *sessions;
    struct c2c_feeds *feeds;
    struct c2c_heard *heard;
    struct c2c_body_zip *writer_zip; /* The writer's thread's. */
    struct c2c_federation *federation;
    struct c2c_provider *peers;
    _Atomic unsigned visitors; /* Whose questions are being answered. */
    _Atomic uint64_t refused[C2C_REFUSALS]; /* Of peers, by code. */
    uint8_t cursor_key[C2C_CURSOR_KEY_BYTES];
    struct c2c_list_buf own_id;   /* Our id as a list ... */
    struct c2c_list_view own_lga; /* ... for an association. */
    char *socket;
    char city[C2C_HASH_HEX];
    int lock_fd;
    int run_fd; /* DIR/run: long paths do not fit a socket's address. */
};

#endif /* C2C_NODE_NODE_PRIV_H */
