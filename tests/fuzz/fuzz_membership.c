/* Any bytes as a membership record, or as the body of one: what reads is a
 * record of the type with quotas in range; what does not leaves the result
 * untouched. */

#include "base/buf.h"
#include "codec/limits.h"
#include "fuzz.h"
#include "record/record.h"
#include "trust/membership.h"

static void check(struct c2c_view bytes)
{
    struct c2c_membership m = {.max_records = UINT64_MAX};
    struct c2c_record record;

    if (c2c_membership_read(bytes, &m) != C2C_E_OK) {
        require(m.max_records == UINT64_MAX && m.max_bytes == 0);
        return;
    }
    require(c2c_record_decode(bytes, &record) == C2C_E_OK);
    require(c2c_view_eq_str(record.type, c2c_membership_type));
    require(m.max_records <= C2C_MAX_CITY_RECORDS);
    require(m.max_bytes <= INT64_MAX);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct c2c_record record = {.type = c2c_view_str(c2c_membership_type)};
    struct c2c_buf out;

    if (size == 0) {
        return 0;
    }
    record.body = c2c_view_of(data + 1, size - 1);
    if (data[0] % 2 == 0) {
        check(record.body);
        return 0;
    }
    c2c_buf_init(&out, C2C_MAX_RECORD_BYTES);
    if (c2c_record_encode(&record, &out) == C2C_E_OK) {
        check(c2c_buf_view(&out));
    }
    c2c_buf_fini(&out);
    return 0;
}
