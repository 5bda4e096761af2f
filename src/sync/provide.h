/* Answering peers: requests in, replies out, from a replica at rest.
 *
 * What the asker may see is decided here at every request: the public audience
 * of the cities in the roster, and the network audience for members.  Reading
 * requests run on any thread with a replica of its own; push, push-part and
 * join write and run on the writer's. */

#ifndef C2C_SYNC_PROVIDE_H
#define C2C_SYNC_PROVIDE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/hash.h"
#include "sync/apply.h"
#include "sync/replica.h"
#include "sync/roster.h"
#include "wire/feed.h"
#include "wire/message.h"
#include "wire/push.h"

struct c2c_asker {
    bool anonymous;
    struct c2c_hash city; /* For whom the session acts; unless anonymous. */
};

struct c2c_provide_env {
    const struct c2c_replica *replica;
    const struct c2c_roster *roster;
    struct c2c_hash self;
    unsigned roles;            /* Of enum c2c_role. */
    struct c2c_list_view lgas; /* Hashes: whose members we relay. */
    uint64_t now_s;

    /* Requests that need more than the replica; NULL: C2C_E_UNSUPPORTED. */
    enum c2c_err (*query)(void *ctx, const struct c2c_asker *asker,
                          const struct c2c_query_request *request,
                          struct c2c_buf *reply);
    enum c2c_err (*join)(void *ctx, const struct c2c_asker *asker,
                         const struct c2c_join_request *request,
                         struct c2c_join_reply *ret_reply);

    /* @city asks for what comes after @seq of the feed; may be NULL. */
    void (*heard)(void *ctx, const struct c2c_hash *city, uint64_t seq);

    /* Which cities are known to hold @city's newest head, and which not, at
     * most C2C_MAX_HOLDERS; may be NULL. */
    enum c2c_err (*holders)(void *ctx, const struct c2c_hash *city,
                            const struct c2c_held *held,
                            struct c2c_list_buf *holders);

    /* A push was taken over: feeds may wake, and an LGA's state makes another
     * roster (applied->lga).  In the transaction, before it is durable; may be
     * NULL. */
    void (*applied)(void *ctx, const struct c2c_applied *applied);
    void *ctx;
};

/* A feed that waits for a change. */
struct c2c_parked {
    bool parked;
    uint64_t seq;     /* Answer once the replica's seq is larger ... */
    uint64_t until_s; /* ... or at this time. */
};

/* Does the request change anything (push, push-part, join)? */
bool c2c_provide_writes(enum c2c_msg_kind kind);

/* Answer @request: append the reply (or a typed refusal) to @reply.  Never
 * longer than the request's max_bytes.  An error is ours alone (out of memory,
 * storage); nothing is appended then.  With @may_park a feed without news sets
 * ret_parked->parked instead; asked again with @may_park false it answers that
 * there is none. */
enum c2c_err c2c_provide(const struct c2c_provide_env *env,
                         const struct c2c_asker *asker,
                         const struct c2c_msg_request *request, bool may_park,
                         struct c2c_buf *reply,
                         struct c2c_parked *ret_parked) C2C_MUST_CHECK;

#endif /* C2C_SYNC_PROVIDE_H */
