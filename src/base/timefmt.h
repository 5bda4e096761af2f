/* Times as text: RFC 3339 in UTC with whole seconds, "2026-11-23T08:30:00Z". */

#ifndef C2C_BASE_TIMEFMT_H
#define C2C_BASE_TIMEFMT_H

#include <stdint.h>

#include "base/err.h"
#include "base/view.h"

enum {
    C2C_TIME_TEXT = 21, /* With the NUL. */
};

/* Highest second that has four digits of year: 9999-12-31T23:59:59Z. */
#define C2C_TIME_MAX_S UINT64_C(253402300799)

/* @s seconds of Unix time, at most C2C_TIME_MAX_S (larger ones are shown as
 * that). */
void c2c_time_format(uint64_t s, char out[C2C_TIME_TEXT]);

/* Any RFC 3339 date-time from 1970 to C2C_TIME_MAX_S; fractions are dropped,
 * offsets applied. Else C2C_E_MALFORMED. */
enum c2c_err c2c_time_parse(struct c2c_view text,
                            uint64_t *ret_s) C2C_MUST_CHECK;

#endif /* C2C_BASE_TIMEFMT_H */
