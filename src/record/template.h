/* The text that an author fills in: JSON with comments from the schema. */

#ifndef C2C_RECORD_TEMPLATE_H
#define C2C_RECORD_TEMPLATE_H

#include "base/buf.h"
#include "base/err.h"
#include "base/view.h"
#include "codec/doc.h"
#include "record/types.h"

/* Append a template for a new record of @type: an object {"type","slug",
 * "audience","body"} in which every field stands in the schema's order after
 * `//` lines with label, help, heading, what is allowed (enum values,
 * vocabulary codes, formats) and whether it is required; so are the parts of
 * groups.  Required fields are present with empty values; the others are
 * commented out as examples.  With @record (not NULL; an object as `show
 * --json` gives it) its values are filled in.  @lang chooses the language of
 * labels. */
enum c2c_err c2c_template_write(const struct c2c_types *types,
                                const struct c2c_type *type,
                                const struct c2c_val *record,
                                struct c2c_view lang,
                                struct c2c_buf *out) C2C_MUST_CHECK;

/* @body as its author meant it, in @doc: fields of @type that a form shows and
 * that were left empty ("", null, {"en": ""}, lists and groups of such) are
 * left out.  Fields the schema does not know stay as they are; of lists only
 * the end is cut, so that places in errors stay true.  NULL after an error of
 * @doc. */
const struct c2c_val *c2c_template_filled(const struct c2c_type *type,
                                          struct c2c_doc *doc,
                                          const struct c2c_val *body);

/* Append @text without its comment lines (first characters `//` after blanks),
 * each replaced by an empty line so that line numbers stay true; a comma
 * before a closing bracket is dropped, so that commented-out fields need no
 * care. */
enum c2c_err c2c_template_strip(struct c2c_view text,
                                struct c2c_buf *out) C2C_MUST_CHECK;

#endif /* C2C_RECORD_TEMPLATE_H */
