/* A schema, compiled: what a value must be, and what its annotations say of it.
 * Immutable after loading; any thread. */

#ifndef C2C_RECORD_SCHEMA_PRIV_H
#define C2C_RECORD_SCHEMA_PRIV_H

#include <regex.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/diag.h"
#include "base/err.h"
#include "base/view.h"
#include "codec/doc.h"
#include "record/format.h"
#include "record/schema.h"

/* A member of an object, in the order of the file. */
struct c2c_member {
    const char *name;
    const struct c2c_schema *schema;
    bool required;
};

/* `if` @name is @value `then` the members @required (names) must be there. */
struct c2c_condition {
    const char *name;
    struct c2c_view value;
    const struct c2c_val *required;
};

struct c2c_schema {
    enum c2c_schema_kind kind;

    size_t n_members;
    const struct c2c_member *members;
    const struct c2c_schema *additional; /* Value of any other member, or
                                            NULL: not looked at. */
    const struct c2c_format *names;      /* `propertyNames`, or NULL. */
    size_t n_conditions;
    const struct c2c_condition *conditions;

    const struct c2c_schema *items;
    bool unique;

    uint64_t min_size; /* Code points, items or members. */
    uint64_t max_size; /* UINT64_MAX: no limit. */
    int64_t minimum;
    int64_t maximum;
    const struct c2c_val *choices;  /* `enum`: an array of texts, or NULL. */
    const struct c2c_val *constant; /* `const`, or NULL. */
    const char *pattern;            /* With @regex, or NULL. */
    const regex_t *regex;
    const struct c2c_format *format; /* Or NULL. */

    /* Annotations. */
    const struct c2c_val *label; /* {tag: text}, or NULL; so @help. */
    const struct c2c_val *help;
    const struct c2c_val *choice_labels; /* {value: {tag: text}} */
    const char *heading;                 /* Verbatim prompt, or NULL. */
    const char *item_of;                 /* A list of the body, or NULL. */
    const char *facet;                   /* Name, or NULL. */
    const char *vocab;                   /* Name, or NULL. */
    size_t n_refs;
    const char *const *refs; /* Types of `x-ref`. */
    unsigned search;         /* 1 strongest to 4; 0: not. */
    bool i18n;
    bool markdown;
    bool personal;
};

/* What schemas are compiled with. */
struct c2c_schema_env {
    struct c2c_arena *arena;      /* Owns the result. */
    const struct c2c_val *common; /* The file common.json. */
    const struct c2c_val *file;   /* The file being compiled. */
    const char *file_name;        /* For messages. */
    struct c2c_diag *diag;        /* Filled on failure. */
    enum c2c_err (*keep)(void *ctx, regex_t *regex); /* Takes over a regex. */
    void *keep_ctx;
};

/* Compile the body's schema of a file.  C2C_E_SCHEMA names file, JSON Pointer
 * and reason in the diag. */
enum c2c_err
c2c_schema_compile(const struct c2c_schema_env *env,
                   const struct c2c_schema **ret_schema) C2C_MUST_CHECK;

/* What is wrong with the schema @in, compiled as @s, although each keyword by
 * itself may be right: bounds that nothing can meet, annotations of another
 * shape.  NULL if nothing is; else static, for the diag. */
const char *c2c_schema_nonsense(const struct c2c_val *in,
                                const struct c2c_schema *s);

enum {
    C2C_POINTER_BYTES = 256
};

/* Append a step to a JSON Pointer (RFC 6901); what does not fit is cut. */
void c2c_pointer_add(char path[C2C_POINTER_BYTES], struct c2c_view step);

/* The member called @name, or NULL. */
const struct c2c_member *c2c_schema_member(const struct c2c_schema *schema,
                                           struct c2c_view name);

/* The schema at a dotted path of members ("post.email", "channels.kind"; items
 * of arrays are entered); NULL if there is none. */
const struct c2c_schema *c2c_schema_path(const struct c2c_schema *schema,
                                         const char *path);

#endif /* C2C_RECORD_SCHEMA_PRIV_H */
