/* What the sync engine and the provider need of a store: a struct of functions,
 * so that hundreds of engines run in one simulation.  node/replica.c stands it
 * on the SQLite store, tests/support/memrep.c on plain memory; one suite of
 * tests runs against both.
 *
 * Reading functions see one state throughout a step or request; the caller of
 * the engine opens and ends transactions (node: one group, one fsync).  Writing
 * functions are called between begin() and keep() or undo(), which nest once
 * inside that transaction (a savepoint).  Views given to callbacks live until
 * the callback returns; anything but C2C_E_OK from a callback stops and is
 * returned.  Numbers (seq, rev) are the replica's own, never a peer's. */

#ifndef C2C_SYNC_REPLICA_H
#define C2C_SYNC_REPLICA_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/hash.h"
#include "base/uuid.h"
#include "record/record.h"
#include "trust/dir.h"
#include "trust/head.h"
#include "trust/keyset.h"
#include "wire/commit.h"

/* What is held of a city. */
struct c2c_held {
    enum c2c_city_kind kind;
    uint64_t seq;        /* Of the last change of its head or keysets. */
    uint64_t keyset_seq; /* Of its newest keyset. */
    bool has_head;       /* Else only keysets are known. */
    struct c2c_head head;
    bool has_opening; /* The network audience is held too. */
    struct c2c_net_opening opening;
    uint64_t floor_rev; /* Deletions up to here are forgotten: no delta from a
                           smaller revision of this epoch. */
    uint64_t floor_seq; /* The same as a position of the feed. */
};

/* A stored record.  One that is damaged has no bytes and a leaf of zeros: it is
 * not what was signed, gives way to what peers have in its slot, and is given
 * to nobody. */
struct c2c_replica_row {
    struct c2c_slot slot;
    struct c2c_hash leaf;
    struct c2c_view bytes;
};

/* Which rows: those of @city in the audiences wanted, in slot order. */
struct c2c_rows_query {
    struct c2c_hash city;
    bool network;       /* Also the network audience. */
    uint64_t since_rev; /* Changed after this revision of the held epoch (what
                           changed in an earlier epoch did not) ... */
    uint64_t since_seq; /* ... and after this position; 0: all. */
    bool has_after;     /* Only behind this slot. */
    struct c2c_slot after;
    struct c2c_view type; /* Empty: all. */
};

typedef enum c2c_err c2c_held_fn(void *ctx, const struct c2c_hash *city,
                                 const struct c2c_held *held);
typedef enum c2c_err c2c_rows_fn(void *ctx, const struct c2c_replica_row *row);
typedef enum c2c_err c2c_slots_fn(void *ctx, const struct c2c_slot *slot);
typedef enum c2c_err c2c_bytes_fn(void *ctx, struct c2c_view bytes);

struct c2c_replica_ops {
    /* Reading. */
    enum c2c_err (*instance)(void *ctx, struct c2c_uuid *ret_instance);
    enum c2c_err (*seq)(void *ctx, uint64_t *ret_seq); /* The newest. */

    /* C2C_E_NOT_FOUND. */
    enum c2c_err (*held)(void *ctx, const struct c2c_hash *city,
                         struct c2c_held *ret_held);

    /* Cities whose head or keysets changed after @seq, oldest change first. */
    enum c2c_err (*changed)(void *ctx, uint64_t seq, c2c_held_fn *fn,
                            void *fn_ctx);

    /* All cities with ids from @first on (inclusive), ascending. */
    enum c2c_err (*cities)(void *ctx, const struct c2c_hash *first,
                           c2c_held_fn *fn, void *fn_ctx);

    enum c2c_err (*head)(void *ctx, const struct c2c_hash *city,
                         struct c2c_buf *out); /* Its signed object. */

    /* Signed objects of keysets from number @from on, ascending. */
    enum c2c_err (*keysets)(void *ctx, const struct c2c_hash *city,
                            uint64_t from, c2c_bytes_fn *fn, void *fn_ctx);
    enum c2c_err (*keyset)(void *ctx, const struct c2c_hash *city,
                           struct c2c_keyset *ret_newest);

    enum c2c_err (*rows)(void *ctx, const struct c2c_rows_query *query,
                         c2c_rows_fn *fn, void *fn_ctx);
    enum c2c_err (*row)(void *ctx, const struct c2c_hash *city,
                        const struct c2c_slot *slot, struct c2c_buf *out);

    /* Slots emptied after @since_rev and @since_seq, in slot order. */
    enum c2c_err (*gone)(void *ctx, const struct c2c_rows_query *query,
                         c2c_slots_fn *fn, void *fn_ctx);

    /* Writing. */
    enum c2c_err (*begin)(void *ctx);
    enum c2c_err (*keep)(void *ctx);
    enum c2c_err (*undo)(void *ctx);

    /* Keyset 1 makes the city known; N+1 follows N. */
    enum c2c_err (*put_keyset)(void *ctx, const struct c2c_hash *city,
                               const struct c2c_keyset *keyset,
                               struct c2c_view bytes);
    enum c2c_err (*put_row)(void *ctx, const struct c2c_hash *city,
                            enum c2c_audience audience,
                            const struct c2c_record *record,
                            struct c2c_view bytes, uint64_t rev);

    /* C2C_E_NOT_FOUND if it is not there. */
    enum c2c_err (*remove_row)(void *ctx, const struct c2c_hash *city,
                               const struct c2c_slot *slot, uint64_t rev,
                               uint64_t now_s);

    /* Recomputed from the rows as they are now. */
    enum c2c_err (*sum)(void *ctx, const struct c2c_hash *city,
                        enum c2c_audience audience,
                        struct c2c_dir_sum *ret_sum);

    /* @opening NULL: the network audience is not held.  @floor: deletions
     * before this revision are not known (a full state was taken over).  The
     * head that is held already may be put again, for another seq.  What
     * is written between begin() and keep() has a seq after all that was there
     * before; the head's is the last. */
    enum c2c_err (*put_head)(void *ctx, const struct c2c_hash *city,
                             const struct c2c_head *head, struct c2c_view bytes,
                             const struct c2c_net_opening *opening, bool floor);

    /* Remove rows, head and keysets: a city that is no longer wanted. */
    enum c2c_err (*forget)(void *ctx, const struct c2c_hash *city);

    /* Staging: puts of a state that arrives in parts, one set an (owner,
     * content).  The owner is who brings them (any 32 bytes), so that nobody
     * spoils what another stages.  A slot that is staged again replaces what
     * was there.  Staging need not outlive a restart. */
    enum c2c_err (*stage)(void *ctx, const struct c2c_hash *owner,
                          const struct c2c_hash *content,
                          const struct c2c_put *put);
    enum c2c_err (*staged)(void *ctx, const struct c2c_hash *owner,
                           const struct c2c_hash *content, uint64_t *ret_bytes,
                           uint64_t *ret_count);

    /* Staged puts in slot order. */
    enum c2c_err (*each_staged)(void *ctx, const struct c2c_hash *owner,
                                const struct c2c_hash *content,
                                enum c2c_err (*fn)(void *fn_ctx,
                                                   const struct c2c_put *put),
                                void *fn_ctx);

    /* Drop all sets of @owner. */
    enum c2c_err (*unstage)(void *ctx, const struct c2c_hash *owner);

    /* The cursor that a peer gave, by the peer's address; empty: none. */
    enum c2c_err (*cursor)(void *ctx, struct c2c_view peer,
                           struct c2c_buf *out);
    enum c2c_err (*put_cursor)(void *ctx, struct c2c_view peer,
                               struct c2c_view cursor);
};

struct c2c_replica {
    const struct c2c_replica_ops *ops;
    void *ctx;
};

#endif /* C2C_SYNC_REPLICA_H */
