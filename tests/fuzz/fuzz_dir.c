/* Any bytes as the type directory of a city: what decodes encodes to itself. */

#include "base/buf.h"
#include "codec/limits.h"
#include "fuzz.h"
#include "trust/dir.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct c2c_dir_entry entries[C2C_MAX_CITY_TYPES];
    static const struct c2c_hash city = {{0}};
    struct c2c_view bytes = c2c_view_of(data, size);
    enum c2c_audience audience = C2C_AUDIENCE_PUBLIC;
    struct c2c_dir_sum sum;
    struct c2c_buf again;
    size_t n = 4711;
    enum c2c_err err =
        c2c_dir_decode(bytes, &city, audience, C2C_MAX_CITY_TYPES, entries, &n);

    if (err != C2C_E_OK) {
        require(n == 4711);
        return 0;
    }
    c2c_buf_init(&again, size);
    require(c2c_dir_encode(&city, audience, entries, n, &again) == C2C_E_OK);
    require(c2c_view_eq(bytes, c2c_buf_view(&again)));
    require(c2c_dir_sum(&city, audience, entries, n, &sum) == C2C_E_OK);
    require(sum.count >= n);
    /* Of another audience it is none. */
    require(c2c_dir_decode(bytes, &city, C2C_AUDIENCE_NETWORK,
                           C2C_MAX_CITY_TYPES, entries, &n) != C2C_E_OK);
    c2c_buf_fini(&again);
    return 0;
}
