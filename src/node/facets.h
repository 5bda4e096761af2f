/* The facets of a record, as the store keeps them. */

#ifndef C2C_NODE_FACETS_H
#define C2C_NODE_FACETS_H

#include <stdbool.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/near.h"
#include "record/types.h"
#include "store/records.h"

/* By this facet cities are found: every name of a profile, its official style
 * and slug, without spaces and hyphens. */
#define C2C_FACET_CITY "city-name"

enum {
    C2C_FACETS_MAX = 400 /* Of one record; more are not looked up by. */
};

struct c2c_facets {
    struct c2c_arena arena; /* Owns the values. */
    size_t n;
    struct c2c_facet at[C2C_FACETS_MAX];
};

void c2c_facets_init(struct c2c_facets *facets);
void c2c_facets_fini(struct c2c_facets *facets);

enum c2c_err c2c_facets_derive(const struct c2c_types *types,
                               const struct c2c_type *type,
                               struct c2c_view slug, const struct c2c_val *body,
                               struct c2c_facets *facets) C2C_MUST_CHECK;

/* What a word says as the value of a facet. */
struct c2c_facet_meaning {
    bool known;           /* A schema fills the facet. */
    bool open;            /* Any text may be its value. */
    struct c2c_view code; /* What is kept for the word; empty: it is none of
                             those that there are. */
    const char *vocab;    /* Where they are listed, or NULL. */
    struct c2c_near near; /* Of the others. */
};

/* Look for facet.value among the values that schemas of @type (NULL: of any
 * type) give the facet facet.name: codes, their labels and aliases.  @lang: of
 * the labels that are near.  Views borrow from @types and @facet. */
enum c2c_err c2c_facets_mean(const struct c2c_types *types,
                             const struct c2c_type *type,
                             struct c2c_facet facet, struct c2c_view lang,
                             struct c2c_facet_meaning *ret) C2C_MUST_CHECK;

/* Append the names of the type's facets, with commas. */
enum c2c_err c2c_facets_names(const struct c2c_type *type,
                              struct c2c_buf *out) C2C_MUST_CHECK;

/* A name as C2C_FACET_CITY has it: folded, without spaces and hyphens. */
enum c2c_err c2c_facets_tighten(struct c2c_view name,
                                struct c2c_buf *out) C2C_MUST_CHECK;

#endif /* C2C_NODE_FACETS_H */
