/* One answer on its way; a file for each family of requests. */

#ifndef C2C_SYNC_PROVIDE_PRIV_H
#define C2C_SYNC_PROVIDE_PRIV_H

#include "sync/collect.h"
#include "sync/provide.h"

struct c2c_answer {
    const struct c2c_provide_env *env;
    const struct c2c_replica_ops *ops;
    void *replica;
    const struct c2c_asker *asker;
    struct c2c_view args;
    bool network; /* The asker may see network audiences. */
    size_t room;  /* Bytes that the lists of the answer may take. */
    bool may_park;
    struct c2c_parked *parked;
    struct c2c_buf body;   /* The answer's own, to be enveloped. */
    struct c2c_buf detail; /* Of a refusal. */
};

/* Fill answer->body, or return what to refuse with. */
typedef enum c2c_err c2c_answer_fn(struct c2c_answer *a);

c2c_answer_fn c2c_answer_hello, c2c_answer_feed, c2c_answer_ping;
c2c_answer_fn c2c_answer_vector, c2c_answer_heads, c2c_answer_keysets;
c2c_answer_fn c2c_answer_changes, c2c_answer_leaves, c2c_answer_records;
c2c_answer_fn c2c_answer_range;
c2c_answer_fn c2c_answer_push, c2c_answer_push_part;

/* What is held of @city, if the asker may know of it; else C2C_E_NOT_FOUND, the
 * same as for a city that is not held. */
enum c2c_err c2c_answer_held(struct c2c_answer *a, const struct c2c_hash *city,
                             struct c2c_held *ret_held) C2C_MUST_CHECK;

/* What is held, as a refusal's detail. */
enum c2c_err c2c_answer_detail(struct c2c_answer *a,
                               const struct c2c_head *head) C2C_MUST_CHECK;

#endif /* C2C_SYNC_PROVIDE_PRIV_H */
