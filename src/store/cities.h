/* Cities in the store: identity, keysets, newest head, history of revisions. */

#ifndef C2C_STORE_CITIES_H
#define C2C_STORE_CITIES_H

#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/hash.h"
#include "store/store.h"
#include "trust/head.h"
#include "trust/keyset.h"

/* The store's own short number of a city. */
typedef int64_t c2c_city_no;

/* Add a city with its first keyset, or find it if it is there. */
enum c2c_err c2c_cities_add(struct c2c_store *store,
                            const struct c2c_keyset *first,
                            struct c2c_view keyset_bytes,
                            c2c_city_no *ret_no) C2C_MUST_CHECK;

/* Add keyset N+1 to a city; checked before (trust/keyset.h). */
enum c2c_err c2c_cities_add_keyset(struct c2c_store *store, c2c_city_no no,
                                   const struct c2c_keyset *keyset,
                                   struct c2c_view bytes) C2C_MUST_CHECK;

/* C2C_E_NOT_FOUND. */
enum c2c_err c2c_cities_find(struct c2c_store *store,
                             const struct c2c_hash *city,
                             c2c_city_no *ret_no) C2C_MUST_CHECK;
enum c2c_err c2c_cities_id(struct c2c_store *store, c2c_city_no no,
                           struct c2c_hash *ret_city) C2C_MUST_CHECK;

/* Call @fn for every city that has a head and is not hidden, oldest first, or
 * for those whose id begins with the bytes of @prefix.  Anything but C2C_E_OK
 * from @fn stops and is returned. */
typedef enum c2c_err c2c_cities_fn(void *ctx, c2c_city_no no,
                                   const struct c2c_hash *city);
enum c2c_err c2c_cities_each(struct c2c_store *store, struct c2c_view prefix,
                             c2c_cities_fn *fn, void *ctx) C2C_MUST_CHECK;

/* The newest keyset of a city, decoded link by link from keyset 1.  What the
 * store returns is verified again.  C2C_E_NOT_FOUND. */
enum c2c_err c2c_cities_keyset(struct c2c_store *store, c2c_city_no no,
                               struct c2c_keyset *ret_newest) C2C_MUST_CHECK;

/* Call @fn with the signed object of each keyset from number @from on. */
typedef enum c2c_err c2c_keysets_fn(void *ctx, struct c2c_view bytes);
enum c2c_err c2c_cities_keysets(struct c2c_store *store, c2c_city_no no,
                                uint64_t from, c2c_keysets_fn *fn,
                                void *ctx) C2C_MUST_CHECK;

/* What is held of a city.  The head is decoded, not verified here. */
struct c2c_city_state {
    c2c_city_no no;
    struct c2c_hash city;
    enum c2c_city_kind kind;
    uint64_t seq;        /* Of the last change of head or keysets. */
    uint64_t keyset_seq; /* Of the newest keyset. */
    uint64_t floor_rev;  /* Deletions up to here are forgotten, ... */
    uint64_t floor_seq;  /* ... as a revision and as a seq. */
    uint64_t hidden_s;   /* Since when it is not shown; 0: it is. */
    bool has_head;
    struct c2c_head head;
    bool has_opening; /* The network audience is held. */
    struct c2c_net_opening opening;
};

/* C2C_E_NOT_FOUND. */
enum c2c_err c2c_cities_state(struct c2c_store *store, c2c_city_no no,
                              struct c2c_city_state *ret_state) C2C_MUST_CHECK;

/* Call @fn for the cities that changed after @seq, oldest change first; or for
 * those with ids from @first on, ascending.  One whose head is damaged is given
 * as if it had none.  @fn may use this connection. */
typedef enum c2c_err c2c_state_fn(void *ctx,
                                  const struct c2c_city_state *state);
enum c2c_err c2c_cities_changed(struct c2c_store *store, uint64_t seq,
                                c2c_state_fn *fn, void *ctx) C2C_MUST_CHECK;
enum c2c_err c2c_cities_from(struct c2c_store *store,
                             const struct c2c_hash *first, c2c_state_fn *fn,
                             void *ctx) C2C_MUST_CHECK;

/* The newest head with its object bytes (appended to @bytes, may be NULL) and
 * the opening of its network commitment (may be NULL; C2C_E_CORRUPT if it is
 * not held).  Not verified here. */
enum c2c_err c2c_cities_head(struct c2c_store *store, c2c_city_no no,
                             struct c2c_head *ret_head,
                             struct c2c_net_opening *ret_opening,
                             struct c2c_buf *bytes) C2C_MUST_CHECK;

/* @opening NULL: the network audience is not held.  @floor: deletions before
 * this revision are not known. */
enum c2c_err c2c_cities_put_head(struct c2c_store *store, c2c_city_no no,
                                 const struct c2c_head *head,
                                 struct c2c_view bytes,
                                 const struct c2c_net_opening *opening,
                                 bool floor) C2C_MUST_CHECK;

/* Hide a city since @since_s, or show it again (0). */
enum c2c_err c2c_cities_hide(struct c2c_store *store, c2c_city_no no,
                             uint64_t since_s) C2C_MUST_CHECK;

/* Remove everything of a city but its number. */
enum c2c_err c2c_cities_forget(struct c2c_store *store, c2c_city_no no,
                               uint64_t now_s) C2C_MUST_CHECK;

/* The newest number that was given to a change. */
enum c2c_err c2c_cities_seq(struct c2c_store *store,
                            uint64_t *ret_seq) C2C_MUST_CHECK;

/* One change of a revision: never contents, nor a slug, which may name a person
 * who is to be forgotten. */
struct c2c_change {
    bool removed; /* Else put. */
    struct c2c_view type;
    struct c2c_uuid key;
};

struct c2c_revision {
    int64_t id; /* For paging: the next page has smaller ones. */
    c2c_city_no city;
    uint64_t epoch;
    uint64_t rev;
    uint64_t time_s;
    struct c2c_view changes; /* Encoded; see c2c_change_next(). */
};

/* Encode one change onto @out. */
enum c2c_err c2c_change_put(const struct c2c_change *change,
                            struct c2c_buf *out) C2C_MUST_CHECK;

/* Take the first change off @changes; C2C_E_NOT_FOUND at the end. */
enum c2c_err c2c_change_next(struct c2c_view *changes,
                             struct c2c_change *ret_change) C2C_MUST_CHECK;

enum c2c_err
c2c_cities_log_add(struct c2c_store *store,
                   const struct c2c_revision *revision) C2C_MUST_CHECK;

/* Newest first, at most @limit, ids below @before (0: from the newest), of one
 * city (0: of all). */
typedef enum c2c_err c2c_revision_fn(void *ctx,
                                     const struct c2c_revision *revision);
enum c2c_err c2c_cities_log(struct c2c_store *store, c2c_city_no no,
                            int64_t before, uint64_t limit, c2c_revision_fn *fn,
                            void *ctx) C2C_MUST_CHECK;

#endif /* C2C_STORE_CITIES_H */
