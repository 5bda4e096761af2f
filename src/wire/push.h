/* push, push-part, join, status, query: what a city does with a hub. */

#ifndef C2C_WIRE_PUSH_H
#define C2C_WIRE_PUSH_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/hash.h"
#include "wire/commit.h"
#include "wire/message.h"
#include "wire/vector.h"

/* push: a commit.  The answer, and the detail of a refusal with C2C_E_OLDER,
 * C2C_E_CONFLICT or C2C_E_BAD_ROOT, is what the provider holds now: [epoch,
 * rev, content, time].  BAD_ROOT says that the commit's base was not held:
 * push again from the one that is. */
struct c2c_stored {
    uint64_t epoch; /* 0: nothing; then all of it is zero. */
    uint64_t rev;
    struct c2c_hash content;
    uint64_t time_s;
};

/* push-part: [city, content, index, puts].  Parts of a state that is too large
 * for one message, kept until the push of form STAGED with the head of
 * that content.  @index puts were sent before; 0 begins anew. */
struct c2c_push_part_request {
    struct c2c_hash city;
    struct c2c_hash content; /* Of the head that is to come. */
    uint64_t index;
    struct c2c_list_view puts;
};

/* [next]: how many puts are kept now; a part with another index is not taken.
 */
struct c2c_push_part_reply {
    uint64_t next;
};

/* join: [lga, keysets, name, note, token].  A city asks to become a member. */
struct c2c_join_request {
    struct c2c_hash lga;
    struct c2c_list_view keysets; /* From keyset 1 on. */
    struct c2c_view name;         /* What the city calls itself. */
    struct c2c_view note;         /* To the administrator; may be empty. */
    struct c2c_view token;        /* Of an invitation; may be empty. */
};

enum c2c_join_state {
    C2C_JOIN_PENDING = 0,
    C2C_JOIN_MEMBER = 1,
    C2C_JOIN_DENIED = 2
};

/* [state, since] */
struct c2c_join_reply {
    enum c2c_join_state state;
    uint64_t since_s;
};

/* status: [city].  What the hub stores of it, and who has it:
 * [stored, membership, holders]. */
struct c2c_status_request {
    struct c2c_hash city;
};
struct c2c_status_reply {
    struct c2c_stored held;
    enum c2c_join_state membership;
    struct c2c_list_view holders; /* Of struct c2c_holder. */
};

/* A replica that the hub has heard of: [city, has it, heard]. */
struct c2c_holder {
    struct c2c_hash city;
    bool has_newest;  /* Its cursor is beyond the newest head. */
    uint64_t heard_s; /* When it last asked for anything; 0: not since start. */
};

/* query: [name, arguments].  A read request of wire/control.h ("list", "show",
 * "find", "who", "log", "status"), answered as [code, document] from what the
 * asker may see. */
struct c2c_query_request {
    struct c2c_view name;
    struct c2c_view args; /* Canonical bytes of a map. */
};
struct c2c_query_reply {
    enum c2c_err code;
    struct c2c_view document; /* Canonical bytes of a map. */
};

enum c2c_err c2c_stored_encode(const struct c2c_stored *m,
                               struct c2c_buf *out) C2C_MUST_CHECK;
enum c2c_err c2c_stored_decode(struct c2c_view bytes,
                               struct c2c_stored *ret_m) C2C_MUST_CHECK;
enum c2c_err c2c_push_part_request_encode(const struct c2c_push_part_request *m,
                                          struct c2c_buf *out) C2C_MUST_CHECK;
enum c2c_err c2c_push_part_request_decode(
    struct c2c_view bytes, struct c2c_push_part_request *ret_m) C2C_MUST_CHECK;
enum c2c_err c2c_push_part_reply_encode(const struct c2c_push_part_reply *m,
                                        struct c2c_buf *out) C2C_MUST_CHECK;
enum c2c_err
c2c_push_part_reply_decode(struct c2c_view bytes,
                           struct c2c_push_part_reply *ret_m) C2C_MUST_CHECK;
enum c2c_err c2c_join_request_encode(const struct c2c_join_request *m,
                                     struct c2c_buf *out) C2C_MUST_CHECK;
enum c2c_err
c2c_join_request_decode(struct c2c_view bytes,
                        struct c2c_join_request *ret_m) C2C_MUST_CHECK;
enum c2c_err c2c_join_reply_encode(const struct c2c_join_reply *m,
                                   struct c2c_buf *out) C2C_MUST_CHECK;
enum c2c_err c2c_join_reply_decode(struct c2c_view bytes,
                                   struct c2c_join_reply *ret_m) C2C_MUST_CHECK;
enum c2c_err c2c_status_request_encode(const struct c2c_status_request *m,
                                       struct c2c_buf *out) C2C_MUST_CHECK;
enum c2c_err
c2c_status_request_decode(struct c2c_view bytes,
                          struct c2c_status_request *ret_m) C2C_MUST_CHECK;
enum c2c_err c2c_status_reply_encode(const struct c2c_status_reply *m,
                                     struct c2c_buf *out) C2C_MUST_CHECK;
enum c2c_err
c2c_status_reply_decode(struct c2c_view bytes,
                        struct c2c_status_reply *ret_m) C2C_MUST_CHECK;
enum c2c_err c2c_query_request_encode(const struct c2c_query_request *m,
                                      struct c2c_buf *out) C2C_MUST_CHECK;
enum c2c_err
c2c_query_request_decode(struct c2c_view bytes,
                         struct c2c_query_request *ret_m) C2C_MUST_CHECK;
enum c2c_err c2c_query_reply_encode(const struct c2c_query_reply *m,
                                    struct c2c_buf *out) C2C_MUST_CHECK;
enum c2c_err
c2c_query_reply_decode(struct c2c_view bytes,
                       struct c2c_query_reply *ret_m) C2C_MUST_CHECK;
enum c2c_err
c2c_list_put_holder(struct c2c_list_buf *list,
                    const struct c2c_holder *holder) C2C_MUST_CHECK;
enum c2c_err c2c_list_next_holder(struct c2c_list_view *list,
                                  struct c2c_holder *ret_holder) C2C_MUST_CHECK;

#endif /* C2C_WIRE_PUSH_H */
