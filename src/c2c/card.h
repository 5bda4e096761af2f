/* Cards: one thing as labelled lines for a person.
 *
 * On a terminal long values are wrapped under themselves, on a narrow one (a
 * telephone's) right behind "Label:"; elsewhere every value stays on one line.
 */

#ifndef C2C_C2C_CARD_H
#define C2C_C2C_CARD_H

#include <stddef.h>

#include "base/err.h"
#include "base/view.h"
#include "c2c/out.h"
#include "c2c/value.h"
#include "codec/doc.h"
#include "record/schema.h"

struct c2c_card {
    struct c2c_out *out;           /* Borrowed. */
    const struct c2c_words *words; /* Borrowed; for people. */
    size_t indent;                 /* Columns before every line. */
    size_t labels;                 /* Columns that labels take. */
    struct c2c_view title;         /* Told already; may be empty. */
};

/* A line that stands out; an empty one before it when @apart. */
void c2c_card_heading(struct c2c_card *card, struct c2c_view text, bool apart);

/* Text without a label, in @style. */
void c2c_card_text(struct c2c_card *card, enum c2c_style style,
                   struct c2c_view text);

/* "- TEXT". */
void c2c_card_bullet(struct c2c_card *card, struct c2c_view text);

/* "Label  TEXT", the label in the user's language as far as c2c/label.h has it;
 * nothing when @text is empty. */
void c2c_card_field(struct c2c_card *card, const char *label,
                    struct c2c_view text);

/* A body through its schema: fields in the schema's order with their labels in
 * the user's language, prompts (x-heading) verbatim on lines of their own; at
 * the end what the schema does not know.  A first field that only repeats
 * card->title is left out. */
enum c2c_err c2c_card_body(struct c2c_card *card,
                           const struct c2c_schema *schema,
                           const struct c2c_val *body) C2C_MUST_CHECK;

/* Append @val on one line: members of objects with " · " between, numbers with
 * their labels. */
enum c2c_err c2c_card_flat(const struct c2c_words *words,
                           const struct c2c_schema *schema,
                           const struct c2c_val *val,
                           struct c2c_buf *out) C2C_MUST_CHECK;

#endif /* C2C_C2C_CARD_H */
