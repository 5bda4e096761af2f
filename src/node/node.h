/* A node: everything of one city behind its control socket. */

#ifndef C2C_NODE_NODE_H
#define C2C_NODE_NODE_H

#include <stdbool.h>

#include "base/clock.h"
#include "base/diag.h"
#include "base/err.h"
#include "node/config.h"

struct c2c_node;

struct c2c_node_options {
    const char *dir;
    const struct c2c_config *config; /* Copied. */
    const struct c2c_clock *clock;
    bool adopt; /* See node/writer.h. */
};

/* Before everything else in main(): keeps this process out of core dumps and
 * readies libraries.  Fills the diag. */
enum c2c_err c2c_node_init(struct c2c_diag *diag) C2C_MUST_CHECK;

/* Could a node start from DIR?  Looks at the identity alone, without a lock.
 * Fills the diag. */
enum c2c_err c2c_node_check(const char *dir,
                            struct c2c_diag *diag) C2C_MUST_CHECK;

/* Lock DIR, load the identity, open the store, answer on DIR/run/control.sock.
 * Fills the diag. */
enum c2c_err c2c_node_open(const struct c2c_node_options *options,
                           struct c2c_diag *diag,
                           struct c2c_node **ret_node) C2C_MUST_CHECK;

/* Where it listens, for people: "/path/run/control.sock".  Lives as long as the
 * node. */
const char *c2c_node_socket(const struct c2c_node *node);

/* The city's id in hexadecimal; likewise. */
const char *c2c_node_city(const struct c2c_node *node);

/* Stop taking requests, finish those that were taken, close the store. */
void c2c_node_close(struct c2c_node *node);

/* Can the node go on?  False: it must be closed and the process started again
 * (net/probe.h).  May take a minute; one thread at a time. */
bool c2c_node_is_sound(void);

#endif /* C2C_NODE_NODE_H */
