#include "sync/roster.h"

#include <stdlib.h>

#include "base/mem.h"
#include "codec/limits.h"
#include "trust/membership.h"
#include "wire/vector.h"

/* An association and its cities in the order of a revision vector. */
struct group {
    struct c2c_hash lga;
    struct c2c_hash members; /* Hash of the list. */
    size_t first;            /* In roster->listed: the LGA itself, then ... */
    size_t n;                /* ... its members, ascending. */
};

struct c2c_roster {
    struct c2c_hash hash;
    size_t n;
    size_t cap;
    struct c2c_roster_entry *entry; /* Ascending by city, once built. */
    size_t n_groups;
    size_t groups_cap;
    size_t n_sorted; /* The first ones ascend by id; all, once built. */
    struct group *group;
    size_t n_listed;
    size_t listed_cap;
    struct c2c_hash *listed;
};

static enum c2c_err add(struct c2c_roster *roster, const struct c2c_hash *city,
                        enum c2c_admission why, uint64_t max_records,
                        uint64_t max_bytes)
{
    void *array = roster->entry;
    enum c2c_err err =
        c2c_grow(&array, roster->n, &roster->cap, sizeof roster->entry[0]);

    roster->entry = array;
    if (err == C2C_E_OK) {
        roster->entry[roster->n++] =
            (struct c2c_roster_entry){*city, (unsigned)why, max_records,
                                      max_bytes};
    }
    return err;
}

static enum c2c_err list(struct c2c_roster *roster, const struct c2c_hash *city)
{
    void *array = roster->listed;
    enum c2c_err err = c2c_grow(&array, roster->n_listed, &roster->listed_cap,
                                sizeof roster->listed[0]);

    roster->listed = array;
    if (err == C2C_E_OK) {
        roster->listed[roster->n_listed++] = *city;
    }
    return err;
}

static enum c2c_err add_group(struct c2c_roster *roster,
                              const struct c2c_hash *lga)
{
    void *array = roster->group;
    enum c2c_err err = c2c_grow(&array, roster->n_groups, &roster->groups_cap,
                                sizeof roster->group[0]);

    roster->group = array;
    if (err == C2C_E_OK) {
        roster->group[roster->n_groups++] =
            (struct group){.lga = *lga, .first = roster->n_listed};
        err = list(roster, lga);
    }
    return err;
}

static int by_hash(const void *a, const void *b)
{
    return c2c_hash_cmp(a, b); /* The id is the first member of all. */
}

/* Among those that are sorted. */
static const struct group *find_group(const struct c2c_roster *roster,
                                      const struct c2c_hash *lga)
{
    return roster->n_sorted == 0 ? NULL
                                 : bsearch(lga, roster->group, roster->n_sorted,
                                           sizeof roster->group[0], by_hash);
}

static void sort_groups(struct c2c_roster *roster)
{
    if (roster->n_groups > 0) {
        qsort(roster->group, roster->n_groups, sizeof roster->group[0],
              by_hash);
    }
    roster->n_sorted = roster->n_groups;
}

/* Order a group's members and drop doubles; the LGA stays first. */
static void finish_group(struct c2c_roster *roster, struct group *group)
{
    struct c2c_hash *at = &roster->listed[group->first];
    size_t n = roster->n_listed - group->first;
    size_t kept = 1;

    qsort(at + 1, n - 1, sizeof at[0], by_hash);
    for (size_t i = 1; i < n; i++) {
        if (!c2c_hash_eq(&at[i], &group->lga) &&
            !c2c_hash_eq(&at[i], &at[kept - 1])) {
            at[kept++] = at[i];
        }
    }
    roster->n_listed = group->first + kept;
    group->n = kept;
    for (size_t i = 0; i < kept; i++) {
        c2c_vector_add_id(&group->members, &at[i]);
    }
}

/* Reading the members of one LGA. */
struct reading {
    struct c2c_roster *roster;
    bool expand;                /* List member LGAs in ... */
    struct c2c_hash_list *more; /* ... this. */
    size_t n;                   /* Memberships so far. */
};

/* LGAs found on the first level. */
struct c2c_hash_list {
    size_t n;
    size_t cap;
    struct c2c_hash *at;
};

static enum c2c_err take_member(void *ctx, const struct c2c_replica_row *row)
{
    struct reading *reading = ctx;
    struct c2c_hash_list *more = reading->more;
    struct c2c_membership m;
    enum c2c_err err = c2c_membership_read(row->bytes, &m);

    if (err != C2C_E_OK) {
        return err == C2C_E_NOMEM ? err : C2C_E_OK; /* No membership. */
    }
    if (reading->n++ >= C2C_MAX_LGA_MEMBERS) {
        return C2C_E_OK; /* The first ones, by key, for every node. */
    }
    err = add(reading->roster, &m.city, C2C_ADMIT_MEMBER, m.max_records,
              m.max_bytes);
    if (err == C2C_E_OK) {
        err = list(reading->roster, &m.city);
    }
    if (err == C2C_E_OK && m.lga && reading->expand) {
        void *array = more->at;

        err = c2c_grow(&array, more->n, &more->cap, sizeof more->at[0]);
        more->at = array;
        if (err == C2C_E_OK) {
            more->at[more->n++] = m.city;
        }
    }
    return err;
}

static enum c2c_err read_lga(struct c2c_roster *roster,
                             const struct c2c_replica *replica,
                             const struct c2c_hash *lga,
                             struct c2c_hash_list *more)
{
    struct reading reading = {roster, more != NULL, more, 0};
    const struct c2c_rows_query query = {.city = *lga,
                                         .type =
                                             c2c_view_str(c2c_membership_type)};
    enum c2c_err err;

    if (find_group(roster, lga) != NULL) {
        return C2C_E_OK;
    }
    err = add(roster, lga, C2C_ADMIT_LGA, C2C_MAX_CITY_RECORDS, INT64_MAX);
    if (err == C2C_E_OK) {
        err = add_group(roster, lga);
    }
    if (err == C2C_E_OK) {
        err = replica->ops->rows(replica->ctx, &query, take_member, &reading);
        err = err == C2C_E_NOT_FOUND ? C2C_E_OK : err; /* Not held yet. */
    }
    if (err == C2C_E_OK) {
        finish_group(roster, &roster->group[roster->n_groups - 1]);
    }
    return err;
}

/* The LGAs of the first level, each once, however many list it. */
static enum c2c_err read_more(struct c2c_roster *roster,
                              const struct c2c_replica *replica,
                              struct c2c_hash_list *more)
{
    enum c2c_err err = C2C_E_OK;

    if (more->n > 0) {
        qsort(more->at, more->n, sizeof more->at[0], by_hash);
    }
    for (size_t i = 0; i < more->n && err == C2C_E_OK; i++) {
        if (i == 0 || !c2c_hash_eq(&more->at[i], &more->at[i - 1])) {
            err = read_lga(roster, replica, &more->at[i], NULL);
        }
    }
    return err;
}

static uint64_t larger(uint64_t a, uint64_t b)
{
    return a > b ? a : b;
}

/* Sort, and make one entry of several about the same city. */
static void finish(struct c2c_roster *roster)
{
    size_t kept = 0;

    qsort(roster->entry, roster->n, sizeof roster->entry[0], by_hash);
    for (size_t i = 0; i < roster->n; i++) {
        const struct c2c_roster_entry *e = &roster->entry[i];
        struct c2c_roster_entry *last =
            kept == 0 ? NULL : &roster->entry[kept - 1];

        if (last != NULL && c2c_hash_eq(&last->city, &e->city)) {
            last->why |= e->why;
            last->max_records = larger(last->max_records, e->max_records);
            last->max_bytes = larger(last->max_bytes, e->max_bytes);
        } else {
            roster->entry[kept++] = *e;
        }
    }
    roster->n = kept;
}

/* Fold in what an entry admits. */
static void add_hash(struct c2c_hash *hash,
                     const struct c2c_roster_entry *entry)
{
    const uint64_t quota[] = {entry->max_records, entry->max_bytes};
    struct c2c_hash number = {{0}};

    for (size_t i = 0; i < sizeof quota; i++) {
        number.b[i] = (uint8_t)(quota[i / 8] >> (8 * (i % 8)));
    }
    c2c_vector_add_id(hash, &entry->city);
    c2c_vector_add_id(hash, &number);
}

static enum c2c_err build(struct c2c_roster *roster,
                          const struct c2c_roster_options *options,
                          const struct c2c_replica *replica)
{
    struct c2c_hash_list more = {0, 0, NULL};
    enum c2c_err err = add(roster, &options->self, C2C_ADMIT_SELF,
                           C2C_MAX_CITY_RECORDS, INT64_MAX);

    for (size_t i = 0; i < options->n_follows && err == C2C_E_OK; i++) {
        err = add(roster, &options->follows[i], C2C_ADMIT_FOLLOWED,
                  C2C_MAX_QUOTA_RECORDS, C2C_MAX_QUOTA_BYTES);
    }
    for (size_t i = 0; i < options->n_lgas && err == C2C_E_OK; i++) {
        err = read_lga(roster, replica, &options->lgas[i], &more);
        sort_groups(roster); /* The next may be the same. */
    }
    if (err == C2C_E_OK) {
        err = read_more(roster, replica, &more);
    }
    c2c_free(more.at);
    if (err == C2C_E_OK) {
        sort_groups(roster);
        finish(roster);
    }
    for (size_t i = 0; i < roster->n && err == C2C_E_OK; i++) {
        add_hash(&roster->hash, &roster->entry[i]);
    }
    return err;
}

enum c2c_err c2c_roster_new(const struct c2c_roster_options *options,
                            const struct c2c_replica *replica,
                            struct c2c_roster **ret_roster)
{
    struct c2c_roster *roster = c2c_calloc(1, sizeof *roster);
    enum c2c_err err =
        roster == NULL ? C2C_E_NOMEM : build(roster, options, replica);

    if (err != C2C_E_OK) {
        c2c_roster_free(roster);
        return err;
    }
    *ret_roster = roster;
    return C2C_E_OK;
}

void c2c_roster_free(struct c2c_roster *roster)
{
    if (roster != NULL) {
        c2c_free(roster->entry);
        c2c_free(roster->group);
        c2c_free(roster->listed);
        c2c_free(roster);
    }
}

const struct c2c_roster_entry *c2c_roster_find(const struct c2c_roster *roster,
                                               const struct c2c_hash *city)
{
    return roster->n == 0 ? NULL
                          : bsearch(city, roster->entry, roster->n,
                                    sizeof roster->entry[0], by_hash);
}

bool c2c_roster_sees_network(const struct c2c_roster *roster,
                             const struct c2c_hash *city)
{
    const struct c2c_roster_entry *entry = c2c_roster_find(roster, city);

    return entry != NULL && entry->why != C2C_ADMIT_FOLLOWED;
}

struct c2c_hash c2c_roster_hash(const struct c2c_roster *roster)
{
    return roster->hash;
}

size_t c2c_roster_count(const struct c2c_roster *roster)
{
    return roster->n;
}

const struct c2c_roster_entry *c2c_roster_at(const struct c2c_roster *roster,
                                             size_t i)
{
    return &roster->entry[i];
}

size_t c2c_roster_lga(const struct c2c_roster *roster,
                      const struct c2c_hash *lga, struct c2c_hash *ret_members)
{
    const struct group *group = find_group(roster, lga);

    if (group == NULL) {
        return 0;
    }
    *ret_members = group->members;
    return group->n;
}

const struct c2c_hash *c2c_roster_lga_city(const struct c2c_roster *roster,
                                           const struct c2c_hash *lga, size_t i)
{
    static const struct c2c_hash nobody;
    const struct group *group = find_group(roster, lga);

    return group == NULL ? &nobody : &roster->listed[group->first + i];
}

static bool group_has(const struct c2c_roster *roster,
                      const struct group *group, const struct c2c_hash *city)
{
    const struct c2c_hash *at = &roster->listed[group->first];

    return c2c_hash_eq(&group->lga, city) ||
           (group->n > 1 &&
            bsearch(city, at + 1, group->n - 1, sizeof at[0], by_hash) != NULL);
}

bool c2c_roster_in_scope(const struct c2c_roster *roster,
                         struct c2c_list_view scope,
                         const struct c2c_hash *city)
{
    struct c2c_hash id;

    while (c2c_list_next_hash(&scope, &id) == C2C_E_OK) {
        const struct group *group = find_group(roster, &id);

        if (c2c_hash_eq(&id, city) ||
            (group != NULL && group_has(roster, group, city))) {
            return true;
        }
    }
    return false;
}
