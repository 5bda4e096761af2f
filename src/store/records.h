/* Records in the store: both audiences of the signed state, and drafts. */

#ifndef C2C_STORE_RECORDS_H
#define C2C_STORE_RECORDS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/hash.h"
#include "record/record.h"
#include "store/cities.h"
#include "trust/dir.h"
#include "trust/proof.h"

struct c2c_facet {
    const char *name;
    struct c2c_view value; /* Compared folded (base/text.h). */
};

/* A record as it lies in the store.  Views live until the next call. */
struct c2c_row {
    int64_t id;
    c2c_city_no city;
    enum c2c_audience audience;
    struct c2c_view type;
    struct c2c_uuid key;
    struct c2c_view slug;
    uint64_t updated_s;
    uint64_t rev; /* Revision that brought this version. */
    struct c2c_hash leaf;
    struct c2c_view bytes; /* The record's encoding. */
};

/* Everything about one record to be stored. */
struct c2c_row_put {
    c2c_city_no city;
    enum c2c_audience audience;
    const struct c2c_record *record;
    struct c2c_view bytes;
    struct c2c_hash leaf;
    uint64_t rev;
    const struct c2c_facet *facets;
    size_t n_facets;
};

/* Store a record in place of the one with the same city, audience, type and
 * key.  That a slug names one record only is the author's business. */
enum c2c_err c2c_records_put(struct c2c_store *store,
                             const struct c2c_row_put *put) C2C_MUST_CHECK;

/* Delete a record; its key is remembered for 90 days. */
enum c2c_err c2c_records_remove(struct c2c_store *store,
                                const struct c2c_row *row, uint64_t rev,
                                uint64_t now_s) C2C_MUST_CHECK;

/* Forget keys of records removed more than 90 days before @now_s; the floors of
 * their cities rise. */
enum c2c_err c2c_records_forget(struct c2c_store *store,
                                uint64_t now_s) C2C_MUST_CHECK;

/* By key: of the smallest audience that has it.  By slug: the smallest key.
 * C2C_E_NOT_FOUND; C2C_E_CORRUPT when the bytes do not have the stored leaf
 * hash
 * (@ret_row is then filled, without bytes). */
enum c2c_err c2c_records_get(struct c2c_store *store, c2c_city_no city,
                             struct c2c_view type, const struct c2c_uuid *key,
                             struct c2c_row *ret_row) C2C_MUST_CHECK;
enum c2c_err c2c_records_in_slot(struct c2c_store *store, c2c_city_no city,
                                 enum c2c_audience audience,
                                 struct c2c_view type,
                                 const struct c2c_uuid *key,
                                 struct c2c_row *ret_row) C2C_MUST_CHECK;
enum c2c_err c2c_records_by_slug(struct c2c_store *store, c2c_city_no city,
                                 struct c2c_view type, struct c2c_view slug,
                                 struct c2c_row *ret_row) C2C_MUST_CHECK;
enum c2c_err c2c_records_by_id(struct c2c_store *store, int64_t id,
                               struct c2c_row *ret_row) C2C_MUST_CHECK;

enum {
    C2C_FILTER_FACETS = 8
};

/* Which records, oldest id first. */
struct c2c_filter {
    c2c_city_no city;     /* 0: any that is not hidden. */
    struct c2c_view type; /* Empty: any. */
    size_t n_facets;      /* All of them must hold. */
    struct c2c_facet facet[C2C_FILTER_FACETS];
    int64_t after;      /* Only larger ids: the cursor. */
    uint64_t limit;     /* At least 1. */
    const bool *enough; /* No more rows once it is true; may be NULL. */
};

/* @intact is false for a row whose bytes fail their hash; it then has no bytes.
 */
typedef enum c2c_err c2c_row_fn(void *ctx, const struct c2c_row *row,
                                bool intact);

/* Call @fn for each.  Anything but C2C_E_OK from it stops and is returned.
 * @fn may use other functions of this connection. */
enum c2c_err c2c_records_list(struct c2c_store *store,
                              const struct c2c_filter *filter, c2c_row_fn *fn,
                              void *ctx) C2C_MUST_CHECK;
enum c2c_err c2c_records_count(struct c2c_store *store,
                               const struct c2c_filter *filter,
                               uint64_t *ret_count) C2C_MUST_CHECK;

/* Before changes: are the leaf hashes of one (city, audience, type) those that
 * the directory was made of?  C2C_E_CORRUPT: recomputing the tree would let a
 * damaged or lost one pass for what the city wanted. */
enum c2c_err c2c_records_check_tree(struct c2c_store *store, c2c_city_no city,
                                    enum c2c_audience audience,
                                    struct c2c_view type) C2C_MUST_CHECK;

/* Recompute the tree of one (city, audience, type) after changes: streams leaf
 * hashes over a covering index and keeps the result in the directory. */
enum c2c_err c2c_records_retree(struct c2c_store *store, c2c_city_no city,
                                enum c2c_audience audience,
                                struct c2c_view type) C2C_MUST_CHECK;

/* Sum up the kept directory of an audience; with @recompute from the leaves. */
enum c2c_err c2c_records_sum(struct c2c_store *store, c2c_city_no city,
                             enum c2c_audience audience, bool recompute,
                             struct c2c_dir_sum *ret_sum) C2C_MUST_CHECK;

/* Append the kept directory's bytes, whose hash is the audience's root. */
enum c2c_err c2c_records_dir(struct c2c_store *store, c2c_city_no city,
                             enum c2c_audience audience,
                             struct c2c_buf *out) C2C_MUST_CHECK;

/* Where the record with @leaf stands in the tree of its type, and the way to
 * the tree's root: computed from all leaves of the type.  C2C_E_NOT_FOUND. */
enum c2c_err c2c_records_prove(struct c2c_store *store,
                               const struct c2c_row *row,
                               struct c2c_inclusion *ret_at) C2C_MUST_CHECK;

#endif /* C2C_STORE_RECORDS_H */
