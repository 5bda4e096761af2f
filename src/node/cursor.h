/* Cursors of visitors: numbers of the store, sealed.
 *
 * The numbers of rows count what a visitor may not see, so it gets them in a
 * form that only this node reads until it ends. */

#ifndef C2C_NODE_CURSOR_H
#define C2C_NODE_CURSOR_H

#include <stdint.h>

#include "base/err.h"
#include "base/view.h"

enum {
    C2C_CURSOR_KEY_BYTES = 32,
    C2C_CURSOR_TEXT = 65 /* With its final NUL. */
};

/* Seal @number for the request called @name.  The same number gives the same
 * text. */
void c2c_cursor_seal(const uint8_t key[C2C_CURSOR_KEY_BYTES],
                     struct c2c_view name, int64_t number,
                     char ret_text[C2C_CURSOR_TEXT]);

/* C2C_E_INVAL: not sealed with this key for this request. */
enum c2c_err c2c_cursor_open(const uint8_t key[C2C_CURSOR_KEY_BYTES],
                             struct c2c_view name, struct c2c_view text,
                             int64_t *ret_number) C2C_MUST_CHECK;

#endif /* C2C_NODE_CURSOR_H */
