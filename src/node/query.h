/* Questions of visitors: reading requests of PROTOCOL section 9 that came by
 * way of `query`, answered from what the asker may see.
 *
 * The store's sight (store/store.h) leaves out what it may not see, so that the
 * handlers of the control socket answer it without knowing. */

#ifndef C2C_NODE_QUERY_H
#define C2C_NODE_QUERY_H

#include "base/buf.h"
#include "base/err.h"
#include "sync/provide.h"

struct c2c_node;
struct c2c_standing;
struct c2c_store;

/* What a worker answers with, in a reading transaction of its own. */
struct c2c_query_env {
    struct c2c_node *node;
    struct c2c_store *store;
    struct c2c_standing *standing;
    const struct c2c_roster *roster;
};

/* Append the answer, or the document of a refusal, as far as @reply has room.
 * C2C_E_BUSY while half of the workers answer visitors. */
enum c2c_err c2c_query_answer(const struct c2c_query_env *env,
                              const struct c2c_asker *asker,
                              const struct c2c_query_request *request,
                              struct c2c_buf *reply) C2C_MUST_CHECK;

#endif /* C2C_NODE_QUERY_H */
