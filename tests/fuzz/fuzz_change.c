/* Any bytes as the changes of a revision: what is read encodes to itself. */

#include "base/buf.h"
#include "fuzz.h"
#include "store/cities.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct c2c_view rest = c2c_view_of(data, size);
    struct c2c_change change = {.removed = false};
    struct c2c_buf again;
    enum c2c_err err;

    c2c_buf_init(&again, size);
    while ((err = c2c_change_next(&rest, &change)) == C2C_E_OK) {
        require(c2c_change_put(&change, &again) == C2C_E_OK);
        require(again.n + rest.n == size);
    }
    require(err == C2C_E_NOT_FOUND || err == C2C_E_CORRUPT);
    require((err == C2C_E_NOT_FOUND) == (rest.n == 0));
    require(c2c_view_eq(c2c_buf_view(&again), c2c_view_of(data, again.n)));
    c2c_buf_fini(&again);
    return 0;
}
