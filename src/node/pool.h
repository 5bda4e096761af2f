/* The threads that answer requests, each with its own reading connection. */

#ifndef C2C_NODE_POOL_H
#define C2C_NODE_POOL_H

#include "base/diag.h"
#include "base/err.h"

struct c2c_node;
struct c2c_pool;
struct c2c_request;
struct c2c_visit;

/* Start config->workers threads for @node (borrowed).  Fills the diag. */
enum c2c_err c2c_pool_open(struct c2c_node *node, struct c2c_diag *diag,
                           struct c2c_pool **ret_pool) C2C_MUST_CHECK;

/* Answer what was taken and end the threads; later requests are refused. */
void c2c_pool_stop(struct c2c_pool *pool);

/* Nobody may hand over requests any more. */
void c2c_pool_close(struct c2c_pool *pool);

/* Take a request over, or refuse it at once (C2C_E_BUSY, C2C_E_STOPPING).
 * Never waits; any thread. */
void c2c_pool_take(struct c2c_pool *pool, struct c2c_request *request);

/* Likewise for a peer's frame or a feed that has waited; what cannot be taken
 * is dropped: the peer asks again. */
void c2c_pool_visit(struct c2c_pool *pool, struct c2c_visit *visit);

#endif /* C2C_NODE_POOL_H */
