/* hello, feed, ping: what keeps a peer current. */

#ifndef C2C_WIRE_FEED_H
#define C2C_WIRE_FEED_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/hash.h"
#include "base/uuid.h"
#include "wire/commit.h"
#include "wire/message.h"

enum c2c_role {
    C2C_ROLE_CITY = 1,
    C2C_ROLE_HUB = 2 /* Relays the members of its association. */
};

/* hello: [instance, roles] */
struct c2c_hello_request {
    struct c2c_uuid instance;
    unsigned roles;
};

/* [instance, roles, seq, time, max_message, max_wait, lgas] */
struct c2c_hello_reply {
    struct c2c_uuid instance; /* Of the provider's store: new when restored. */
    unsigned roles;
    uint64_t seq;              /* The feed's position now. */
    uint64_t time_s;           /* The provider's clock. */
    uint64_t max_message;      /* Largest request it takes, bytes. */
    uint64_t max_wait_s;       /* Longest wait of a feed. */
    struct c2c_list_view lgas; /* Hashes: whose members it relays. */
};

/* How far a consumer has followed a provider.  Opaque to the consumer but for
 * storing it; any mismatch at the provider is C2C_E_CURSOR_LOST. */
struct c2c_cursor {
    struct c2c_uuid instance;
    struct c2c_hash scope; /* c2c_scope_hash() of the scope it is about. */
    bool network;          /* Network audiences were included. */
    uint64_t seq;
};

/* A scope is a list of ids: of an LGA (itself and its members) or of a city.
 * Ascending, without duplicates. */
struct c2c_hash c2c_scope_hash(struct c2c_list_view scope);

/* feed: [scope, cursor|nil, wait] */
struct c2c_feed_request {
    struct c2c_list_view scope; /* Hashes. */
    bool has_cursor;            /* Else: from the position of now on. */
    struct c2c_cursor cursor;
    uint64_t wait_s; /* How long to wait for a change; 0: not at all. */
};

/* [cursor, more, commits] */
struct c2c_feed_reply {
    struct c2c_cursor cursor;
    bool more; /* There is more already: ask again without waiting.  Then
                  there is a commit at least. */
    struct c2c_list_view commits;
};

/* ping: [] and [time] */
struct c2c_ping_reply {
    uint64_t time_s;
};

enum c2c_err c2c_hello_request_encode(const struct c2c_hello_request *m,
                                      struct c2c_buf *out) C2C_MUST_CHECK;
enum c2c_err
c2c_hello_request_decode(struct c2c_view bytes,
                         struct c2c_hello_request *ret_m) C2C_MUST_CHECK;
enum c2c_err c2c_hello_reply_encode(const struct c2c_hello_reply *m,
                                    struct c2c_buf *out) C2C_MUST_CHECK;
enum c2c_err
c2c_hello_reply_decode(struct c2c_view bytes,
                       struct c2c_hello_reply *ret_m) C2C_MUST_CHECK;
enum c2c_err c2c_feed_request_encode(const struct c2c_feed_request *m,
                                     struct c2c_buf *out) C2C_MUST_CHECK;
enum c2c_err
c2c_feed_request_decode(struct c2c_view bytes,
                        struct c2c_feed_request *ret_m) C2C_MUST_CHECK;
enum c2c_err c2c_feed_reply_encode(const struct c2c_feed_reply *m,
                                   struct c2c_buf *out) C2C_MUST_CHECK;
enum c2c_err c2c_feed_reply_decode(struct c2c_view bytes,
                                   struct c2c_feed_reply *ret_m) C2C_MUST_CHECK;
enum c2c_err c2c_ping_request_encode(struct c2c_buf *out) C2C_MUST_CHECK;
enum c2c_err c2c_ping_request_decode(struct c2c_view bytes) C2C_MUST_CHECK;
enum c2c_err c2c_ping_reply_encode(const struct c2c_ping_reply *m,
                                   struct c2c_buf *out) C2C_MUST_CHECK;
enum c2c_err c2c_ping_reply_decode(struct c2c_view bytes,
                                   struct c2c_ping_reply *ret_m) C2C_MUST_CHECK;

/* A cursor by itself: [instance, scope, network, seq], as the store keeps it.
 */
enum c2c_err c2c_cursor_encode(const struct c2c_cursor *cursor,
                               struct c2c_buf *out) C2C_MUST_CHECK;
enum c2c_err c2c_cursor_decode(struct c2c_view bytes,
                               struct c2c_cursor *ret_cursor) C2C_MUST_CHECK;

#endif /* C2C_WIRE_FEED_H */
