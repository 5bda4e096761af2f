/* The states of a replica in memory: shared until they are written to. */

#ifndef C2C_TESTS_MEMREP_PRIV_H
#define C2C_TESTS_MEMREP_PRIV_H

#include <stdbool.h>

#include "codec/limits.h"
#include "memrep.h"

/* Bytes that several states share. */
struct blob {
    unsigned refs;
    size_t n;
    uint8_t p[];
};

/* A record, or (in city->gone) the place where one was. */
struct row {
    enum c2c_audience audience;
    size_t type_n;
    uint8_t type[C2C_MAX_TYPE_BYTES];
    struct c2c_uuid key;
    struct c2c_hash leaf;
    uint64_t rev;
    uint64_t seq;
    struct blob *bytes;
};

/* Ascending by slot. */
struct rows {
    size_t n;
    size_t cap;
    struct row *at;
};

/* Shared between states until it is written to. */
struct city {
    unsigned refs;
    struct c2c_hash id;
    struct c2c_held held;
    size_t n_keysets;
    struct blob **keyset;
    struct c2c_keyset newest;
    struct blob *head;
    struct rows rows;
    struct rows gone;
};

struct stage {
    unsigned refs;
    struct c2c_hash owner;
    struct c2c_hash content;
    uint64_t bytes;
    struct rows puts;
};

struct cursor {
    struct blob *peer;
    struct blob *bytes;
};

struct state {
    uint64_t seq;
    size_t n_cities;
    struct city **city; /* Ascending by id. */
    size_t n_stages;
    struct stage **stage;
    size_t n_cursors;
    struct cursor *cursor;
};

struct memrep {
    struct c2c_uuid instance;
    struct state durable;
    struct state now;
    struct state before; /* The savepoint. */
    bool nested;
    uint64_t next_seq; /* Of what is written in this savepoint. */
    unsigned writes_left;
    bool failing;
    memrep_head_fn *watch;
    void *watch_ctx;
};

void *must(void *p);
void *copy_of(const void *p, size_t n, size_t size);
struct blob *blob_new(struct c2c_view bytes);
struct blob *blob_ref(struct blob *b);
void blob_drop(struct blob *b);
struct c2c_view blob_view(const struct blob *b);
struct c2c_slot slot_of(const struct row *row);
size_t rows_find(const struct rows *rows, const struct c2c_slot *slot,
                 bool *ret_found);
struct row *rows_place(struct rows *rows, const struct c2c_slot *slot);
bool rows_remove(struct rows *rows, const struct c2c_slot *slot);
struct rows rows_copy(const struct rows *rows);
void rows_fini(struct rows *rows);
struct city *city_copy(const struct city *c);
void city_drop(struct city *c);
size_t find_city(const struct state *s, const struct c2c_hash *id,
                 bool *ret_found);
const struct city *city_of(const struct memrep *m, const struct c2c_hash *id);
struct city *own_city(struct memrep *m, const struct c2c_hash *id);
struct city *add_city(struct memrep *m, const struct c2c_hash *id);
void stage_drop(struct stage *s);
struct stage *find_stage(const struct state *s, const struct c2c_hash *owner,
                         const struct c2c_hash *content);
struct stage *own_stage(struct state *s, const struct c2c_hash *owner,
                        const struct c2c_hash *content);
void drop_stages(struct state *s, const struct c2c_hash *owner);
struct state state_copy(const struct state *s);
void state_fini(struct state *s);
void state_replace(struct state *to, const struct state *from);

#endif /* C2C_TESTS_MEMREP_PRIV_H */
