/* vector, heads, keysets: finding what two nodes have in different versions,
 * without a cursor. */

#ifndef C2C_WIRE_VECTOR_H
#define C2C_WIRE_VECTOR_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/hash.h"
#include "wire/message.h"

/* A city's place in a revision vector: [epoch, rev], or with times [epoch, rev,
 * time].  Zeros, all of them: nothing held. */
struct c2c_version {
    uint64_t epoch;
    uint64_t rev;
    uint64_t time_s; /* 0 in a vector without times. */
};

/* vector: [lga, members, times, versions].  The versions stand in the
 * order of the LGA's cities: the LGA itself, then its members ascending by id.
 * @members is the hash of that list of ids; a provider that has another one
 * refuses with C2C_E_MEMBERS_DIFFER and its (epoch, rev) of the LGA as detail.
 */
struct c2c_vector_request {
    struct c2c_hash lga;
    struct c2c_hash members;
    bool times;
    struct c2c_list_view versions;
};

/* Where the two differ: [index, epoch, rev, time], the provider's version. */
struct c2c_difference {
    uint64_t index; /* In the vector. */
    struct c2c_version version;
};

/* [digest, newer, older], both lists ascending by index.  The digest is over
 * the provider's heads of the cities in neither list: when the asker's own
 * heads of these give another one, some were refreshed or forked: ask with
 * times. */
struct c2c_vector_reply {
    struct c2c_hash digest;     /* By c2c_vector_add_head(). */
    struct c2c_list_view newer; /* The provider's is newer. */
    struct c2c_list_view older; /* The provider's is older, or missing. */
};

/* The hash of a list of ids, and of (epoch, content hash, time) of each held
 * head in the vector's order: added one by one.  The state is the hash so far
 * (zeros at first), so that no list has to be in memory. */
void c2c_vector_add_id(struct c2c_hash *state, const struct c2c_hash *id);
void c2c_vector_add_head(struct c2c_hash *state, uint64_t epoch,
                         const struct c2c_hash *content, uint64_t time_s);

/* heads: [cities], ascending, and [heads]; unknown cities are left out. */
struct c2c_heads_request {
    struct c2c_list_view cities; /* Hashes. */
};
struct c2c_heads_reply {
    struct c2c_list_view heads; /* Signed objects. */
};

/* keysets: [city, from] and [keysets], ascending from keyset number @from. */
struct c2c_keysets_request {
    struct c2c_hash city;
    uint64_t from; /* At least 1. */
};
struct c2c_keysets_reply {
    struct c2c_list_view keysets; /* Signed objects. */
};

enum c2c_err c2c_list_put_version(struct c2c_list_buf *list,
                                  const struct c2c_version *version,
                                  bool times) C2C_MUST_CHECK;
enum c2c_err
c2c_list_next_version(struct c2c_list_view *list, bool times,
                      struct c2c_version *ret_version) C2C_MUST_CHECK;
enum c2c_err
c2c_list_put_difference(struct c2c_list_buf *list,
                        const struct c2c_difference *difference) C2C_MUST_CHECK;
enum c2c_err
c2c_list_next_difference(struct c2c_list_view *list,
                         struct c2c_difference *ret_difference) C2C_MUST_CHECK;

enum c2c_err c2c_vector_request_encode(const struct c2c_vector_request *m,
                                       struct c2c_buf *out) C2C_MUST_CHECK;
enum c2c_err
c2c_vector_request_decode(struct c2c_view bytes,
                          struct c2c_vector_request *ret_m) C2C_MUST_CHECK;
enum c2c_err c2c_vector_reply_encode(const struct c2c_vector_reply *m,
                                     struct c2c_buf *out) C2C_MUST_CHECK;
enum c2c_err
c2c_vector_reply_decode(struct c2c_view bytes,
                        struct c2c_vector_reply *ret_m) C2C_MUST_CHECK;
enum c2c_err c2c_heads_request_encode(const struct c2c_heads_request *m,
                                      struct c2c_buf *out) C2C_MUST_CHECK;
enum c2c_err
c2c_heads_request_decode(struct c2c_view bytes,
                         struct c2c_heads_request *ret_m) C2C_MUST_CHECK;
enum c2c_err c2c_heads_reply_encode(const struct c2c_heads_reply *m,
                                    struct c2c_buf *out) C2C_MUST_CHECK;
enum c2c_err
c2c_heads_reply_decode(struct c2c_view bytes,
                       struct c2c_heads_reply *ret_m) C2C_MUST_CHECK;
enum c2c_err c2c_keysets_request_encode(const struct c2c_keysets_request *m,
                                        struct c2c_buf *out) C2C_MUST_CHECK;
enum c2c_err
c2c_keysets_request_decode(struct c2c_view bytes,
                           struct c2c_keysets_request *ret_m) C2C_MUST_CHECK;
enum c2c_err c2c_keysets_reply_encode(const struct c2c_keysets_reply *m,
                                      struct c2c_buf *out) C2C_MUST_CHECK;
enum c2c_err
c2c_keysets_reply_decode(struct c2c_view bytes,
                         struct c2c_keysets_reply *ret_m) C2C_MUST_CHECK;

#endif /* C2C_WIRE_VECTOR_H */
