/* The envelope of what peers ask one another (PROTOCOL "Messages").
 *
 * A request is [v, kind, max_bytes, arguments]; a reply [v, code, body].  With
 * code C2C_E_OK the body is the kind's answer, otherwise a refusal [reason,
 * detail|nil].  These are the bytes inside a sealed frame (wire/frame.h); the
 * arguments and answers of each kind are in the other headers of this module,
 * a struct with an encoder and a strict decoder each.
 *
 * Lists travel as arrays.  In memory a list is its encoded items one after
 * another with their number: decoding allocates nothing, a reader walks it with
 * the item's _next() function, a writer appends with the item's _put(). */

#ifndef C2C_WIRE_MESSAGE_H
#define C2C_WIRE_MESSAGE_H

#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/hash.h"
#include "base/view.h"

enum {
    C2C_WIRE_VERSION = 1
};

/* X(NAME, number, name) */
#define C2C_MSG_MAP(X)           \
    X(HELLO, 1, "hello")         \
    X(FEED, 2, "feed")           \
    X(VECTOR, 3, "vector")       \
    X(CHANGES, 4, "changes")     \
    X(LEAVES, 5, "leaves")       \
    X(RECORDS, 6, "records")     \
    X(RANGE, 7, "range")         \
    X(PUSH, 8, "push")           \
    X(PUSH_PART, 9, "push-part") \
    X(KEYSETS, 10, "keysets")    \
    X(HEADS, 11, "heads")        \
    X(QUERY, 12, "query")        \
    X(JOIN, 13, "join")          \
    X(STATUS, 14, "status")      \
    X(PING, 15, "ping")

enum c2c_msg_kind {
#define C2C_MSG_ENUM(NAME, NUMBER, TEXT) C2C_MSG_##NAME = (NUMBER),
    C2C_MSG_MAP(C2C_MSG_ENUM)
#undef C2C_MSG_ENUM
};

/* "feed"; static, never NULL. */
const char *c2c_msg_name(enum c2c_msg_kind kind);

struct c2c_msg_request {
    enum c2c_msg_kind kind;
    uint64_t max_bytes;   /* The asker takes no larger reply body. */
    struct c2c_view args; /* One canonical value, once it is decoded. */
};

struct c2c_msg_reply {
    enum c2c_err code;
    struct c2c_view body;   /* With C2C_E_OK; as args. */
    struct c2c_view reason; /* Of a refusal: a sentence, UTF-8. */
    struct c2c_view detail; /* Of a refusal: one canonical value, or empty. */
};

/* A list: see above. */
struct c2c_list_view {
    struct c2c_view items;
    uint64_t n;
};

/* A list being written: items in @buf, initialised by the caller with the
 * limit that the reply has. */
struct c2c_list_buf {
    struct c2c_buf buf;
    uint64_t n;
};

void c2c_list_init(struct c2c_list_buf *list, size_t max);
void c2c_list_fini(struct c2c_list_buf *list);
struct c2c_list_view c2c_list_of(const struct c2c_list_buf *list);

/* Append.  @args and @body are canonical values of the kind's encoder. */
enum c2c_err c2c_msg_request_encode(enum c2c_msg_kind kind, uint64_t max_bytes,
                                    struct c2c_view args,
                                    struct c2c_buf *out) C2C_MUST_CHECK;
enum c2c_err c2c_msg_reply_encode(struct c2c_view body,
                                  struct c2c_buf *out) C2C_MUST_CHECK;

/* @reason may be NULL: the code's own words.  @detail may be empty. */
enum c2c_err c2c_msg_refusal_encode(enum c2c_err code, const char *reason,
                                    struct c2c_view detail,
                                    struct c2c_buf *out) C2C_MUST_CHECK;

/* Strict; views borrow from @bytes.  Another version or an unknown kind gives
 * C2C_E_UNSUPPORTED, more than C2C_MAX_REQUEST_BYTES or C2C_MAX_REPLY_BYTES
 * C2C_E_TOO_BIG.  Arguments and body are whatever bytes follow: their decoders
 * check them. */
enum c2c_err
c2c_msg_request_decode(struct c2c_view bytes,
                       struct c2c_msg_request *ret_request) C2C_MUST_CHECK;
enum c2c_err
c2c_msg_reply_decode(struct c2c_view bytes,
                     struct c2c_msg_reply *ret_reply) C2C_MUST_CHECK;

/* Lists of hashes: the scope of a feed, the cities of `heads`. */
enum c2c_err c2c_list_put_hash(struct c2c_list_buf *list,
                               const struct c2c_hash *hash) C2C_MUST_CHECK;
enum c2c_err c2c_list_next_hash(struct c2c_list_view *list,
                                struct c2c_hash *ret_hash) C2C_MUST_CHECK;

/* Lists of signed objects. */
enum c2c_err c2c_list_put_bin(struct c2c_list_buf *list,
                              struct c2c_view bytes) C2C_MUST_CHECK;
enum c2c_err c2c_list_next_head(struct c2c_list_view *list,
                                struct c2c_view *ret_head) C2C_MUST_CHECK;
enum c2c_err c2c_list_next_keyset(struct c2c_list_view *list,
                                  struct c2c_view *ret_keyset) C2C_MUST_CHECK;

#endif /* C2C_WIRE_MESSAGE_H */
