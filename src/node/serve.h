/* A visit: one frame of a peer, from its arrival to its answer.
 *
 * A worker opens the session's seal and answers what only reads; what writes
 * becomes a task of the writer; a feed without news waits (node/feeds.h). */

#ifndef C2C_NODE_SERVE_H
#define C2C_NODE_SERVE_H

#include <stdint.h>

#include "base/err.h"
#include "net/provider.h"
#include "node/sessions.h"
#include "sync/provide.h"

struct c2c_node;
struct c2c_standing;
struct c2c_store_replica;
struct c2c_visit;

/* A visit for @request (owned); NULL when out of memory (then dropped). */
struct c2c_visit *c2c_visit_new(struct c2c_node *node,
                                struct c2c_request *request);

/* Free it without an answer. */
void c2c_visit_drop(struct c2c_visit *visit);

/* It has waited long enough: the next answer is final. */
void c2c_visit_hurry(struct c2c_visit *visit);

uint32_t c2c_visit_pipe(const struct c2c_visit *visit);

/* Go on with @visit (owned) on a worker's thread, with what is the worker's. */
void c2c_serve(struct c2c_visit *visit, struct c2c_store_replica *replica,
               struct c2c_body_zip *zip, struct c2c_standing *standing);

/* What answers are made from, but for who writes. */
void c2c_serve_env(struct c2c_node *node, const struct c2c_replica *replica,
                   const struct c2c_roster *roster,
                   struct c2c_provide_env *ret_env);

#endif /* C2C_NODE_SERVE_H */
