/* The first byte names a message between peers, the others are it: what decodes
 * encodes to the same bytes, list by list and item by item; what is refused
 * leaves the result untouched (recode.c). */

#include "base/buf.h"
#include "fuzz.h"
#include "recode.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct c2c_view bytes;
    struct c2c_buf again;

    if (size == 0) {
        return 0;
    }
    bytes = c2c_view_of(data + 1, size - 1);
    c2c_buf_init(&again, 1 << 24);
    if (recodes[data[0] % n_recodes].again(bytes, &again) == C2C_E_OK) {
        require(c2c_view_eq(c2c_buf_view(&again), bytes));
    }
    c2c_buf_fini(&again);
    return 0;
}
