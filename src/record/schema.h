/* Walking a type's schema: what labels, forms, tables and imports are made of.
 *
 * Nodes belong to the registry (record/types.h) and are immutable; a `$ref` is
 * already followed, with the annotations beside it laid over the target's.
 * Functions that do not fit a node's kind give 0, NULL, false or the empty
 * view, and all take NULL. */

#ifndef C2C_RECORD_SCHEMA_H
#define C2C_RECORD_SCHEMA_H

#include <stdbool.h>
#include <stddef.h>

#include "base/view.h"
#include "record/types.h"

enum c2c_schema_kind {
    C2C_SCHEMA_ANY, /* No `type`. */
    C2C_SCHEMA_OBJECT,
    C2C_SCHEMA_ARRAY,
    C2C_SCHEMA_STRING,
    C2C_SCHEMA_INTEGER,
    C2C_SCHEMA_BOOLEAN
};

enum c2c_schema_kind c2c_schema_kind(const struct c2c_schema *s);

/* Properties of an object, in the file's order. */
size_t c2c_schema_count(const struct c2c_schema *s);
const char *c2c_schema_name(const struct c2c_schema *s, size_t i);
const struct c2c_schema *c2c_schema_at(const struct c2c_schema *s, size_t i);
bool c2c_schema_required(const struct c2c_schema *s, size_t i);
const struct c2c_schema *c2c_schema_get(const struct c2c_schema *s,
                                        struct c2c_view name);

/* Elements of an array; values of a map (`additionalProperties`). */
const struct c2c_schema *c2c_schema_items(const struct c2c_schema *s);
const struct c2c_schema *c2c_schema_values(const struct c2c_schema *s);

/* x-label and x-help in the language nearest to @lang; x-heading verbatim. */
struct c2c_view c2c_schema_label(const struct c2c_schema *s,
                                 struct c2c_view lang);
struct c2c_view c2c_schema_help(const struct c2c_schema *s,
                                struct c2c_view lang);
struct c2c_view c2c_schema_heading(const struct c2c_schema *s);

/* The list of the body in which a whole number counts, from 0 (x-item-of);
 * empty if it is but a number. */
struct c2c_view c2c_schema_item_of(const struct c2c_schema *s);

/* Allowed strings, with their labels (x-enum-label); a `const` is an enum of
 * one. */
size_t c2c_schema_enum_count(const struct c2c_schema *s);
struct c2c_view c2c_schema_enum(const struct c2c_schema *s, size_t i);
struct c2c_view c2c_schema_enum_label(const struct c2c_schema *s, size_t i,
                                      struct c2c_view lang);

/* `format` and x-vocab; NULL if there is none. */
const char *c2c_schema_format(const struct c2c_schema *s);
const char *c2c_schema_vocab(const struct c2c_schema *s);

/* Is there a `pattern`, and does @text have its form? */
bool c2c_schema_has_pattern(const struct c2c_schema *s);
bool c2c_schema_pattern_fits(const struct c2c_schema *s, struct c2c_view text);

/* x-facet and the types of x-ref; NULL or 0 if there are none. */
const char *c2c_schema_facet(const struct c2c_schema *s);
size_t c2c_schema_ref_count(const struct c2c_schema *s);
const char *c2c_schema_ref(const struct c2c_schema *s, size_t i);

/* x-i18n (a map of language tags to text) and x-markdown. */
bool c2c_schema_i18n(const struct c2c_schema *s);
bool c2c_schema_markdown(const struct c2c_schema *s);

#endif /* C2C_RECORD_SCHEMA_H */
