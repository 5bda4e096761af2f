/* Any bytes: a record that is accepted encodes to itself. */

#include "codec/limits.h"
#include "codec/reader.h"
#include "fuzz.h"
#include "record/record.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct c2c_view bytes = c2c_view_of(data, size);
    struct c2c_record record = {.created_s = 77};
    enum c2c_err err = c2c_record_decode(bytes, &record);
    struct c2c_buf again;

    if (err != C2C_E_OK) {
        require(record.created_s == 77 && record.type.n == 0);
        return 0;
    }
    require(size <= C2C_MAX_RECORD_BYTES);
    require(c2c_record_type_valid(record.type));
    require(record.slug.n == 0 || c2c_record_slug_valid(record.slug));
    require(c2c_canon_check(record.body, C2C_MAX_DEPTH) == C2C_E_OK);
    c2c_buf_init(&again, C2C_MAX_RECORD_BYTES);
    require(c2c_record_encode(&record, &again) == C2C_E_OK);
    require(c2c_view_eq(bytes, c2c_buf_view(&again)));
    c2c_buf_fini(&again);
    return 0;
}
