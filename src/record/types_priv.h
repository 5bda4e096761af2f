/* The inside of the registry, shared by the files of this module. */

#ifndef C2C_RECORD_TYPES_PRIV_H
#define C2C_RECORD_TYPES_PRIV_H

#include "base/arena.h"
#include "record/schema_priv.h"
#include "record/types.h"

struct c2c_type {
    const char *name;
    struct c2c_view text;       /* The file. */
    const struct c2c_val *file; /* Parsed. */
    const struct c2c_schema *body;
    const struct c2c_types *types; /* The registry it belongs to. */
    const char *title;             /* Dotted path of `x-title`, or NULL. */
    size_t n_columns;
    const char **columns;
    enum c2c_audience audience;
    unsigned validity_days;
    bool one_per_city;
    bool lga_only;
};

struct c2c_vocab {
    const char *name;
    struct c2c_view text;
    const struct c2c_val *entries; /* Array. */
    const char **codes;
    size_t n;
    struct c2c_view *folded; /* Words to find, see vocab.c. */
    size_t *folded_entry;
    size_t n_folded;
};

struct c2c_types {
    struct c2c_arena arena;
    struct c2c_doc *doc;
    size_t n_types;
    struct c2c_type *types; /* By name. */
    size_t n_vocabs;
    struct c2c_vocab *vocabs; /* By name. */
    size_t n_regexes;
    regex_t *regexes[64]; /* To be freed. */
};

/* Read one vocabulary's parsed file. */
enum c2c_err c2c_vocab_load(struct c2c_arena *arena, struct c2c_diag *diag,
                            const struct c2c_val *file,
                            struct c2c_vocab *vocab) C2C_MUST_CHECK;

#endif /* C2C_RECORD_TYPES_PRIV_H */
