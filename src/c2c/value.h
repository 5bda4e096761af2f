/* A value of a document as one line of text. */

#ifndef C2C_C2C_VALUE_H
#define C2C_C2C_VALUE_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/view.h"
#include "codec/doc.h"
#include "record/schema.h"
#include "record/types.h"

/* In which words: for people (labels of codes, ", " between elements) or for
 * programs (codes, "," between elements, objects as JSON).  Texts in several
 * languages are given in the one nearest to @lang either way. */
struct c2c_words {
    const struct c2c_types *types; /* For vocabularies; may be NULL. */
    struct c2c_view lang;
    bool people;
    const struct c2c_val *body; /* Whose lists numbers count in; may be NULL. */
};

/* Append @val.  @schema (may be NULL) tells what it is; without it a map of
 * language tags to texts is recognised by its form.  Absent and null give
 * nothing. */
enum c2c_err c2c_value_put(const struct c2c_words *words,
                           const struct c2c_schema *schema,
                           const struct c2c_val *val,
                           struct c2c_buf *out) C2C_MUST_CHECK;

/* The label of the code @code of an enumeration or vocabulary, the name of the
 * language that a tag stands for, or @code. */
struct c2c_view c2c_value_label(const struct c2c_words *words,
                                const struct c2c_schema *schema,
                                struct c2c_view code);

/* Is @val a map of language tags to texts? */
bool c2c_value_is_text_map(const struct c2c_schema *schema,
                           const struct c2c_val *val);

/* The schema at a dotted path ("scope.purposes", "parties.0.name"); NULL if
 * there is none. */
const struct c2c_schema *c2c_value_schema(const struct c2c_schema *schema,
                                          const char *path);

#endif /* C2C_C2C_VALUE_H */
