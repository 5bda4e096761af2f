/* Text made safe for where it goes. */

#ifndef C2C_C2C_ESCAPE_H
#define C2C_C2C_ESCAPE_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/view.h"

/* Append @text as a field of --plain: tab, newline, carriage return and
 * backslash become \t \n \r \\, whatever else steers a terminal (see
 * c2c_text_steers()) \uXXXX. */
enum c2c_err c2c_escape_plain(struct c2c_view text,
                              struct c2c_buf *out) C2C_MUST_CHECK;

/* Append @text for a terminal: what steers one becomes spaces, so that no
 * record can.  With @lines the text has lines of its own: newlines stay, and so
 * do isolates, which end with their line; else it is a cell that others follow.
 */
enum c2c_err c2c_escape_screen(struct c2c_view text, bool lines,
                               struct c2c_buf *out) C2C_MUST_CHECK;

/* Append @text as one word of a shell command: as it stands if it is only
 * letters, digits and `_@%+=:,./-`, else in single quotes. */
enum c2c_err c2c_escape_shell(struct c2c_view text,
                              struct c2c_buf *out) C2C_MUST_CHECK;

#endif /* C2C_C2C_ESCAPE_H */
