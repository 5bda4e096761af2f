#include "base/timefmt.h"

#include <stdbool.h>
#include <stdio.h>

/* Days and dates of the proleptic Gregorian calendar, counted from 1 March of
 * year 0 so that the leap day is the last of its year. */

static uint64_t days_from_date(uint64_t year, uint64_t month, uint64_t day)
{
    uint64_t y = month <= 2 ? year - 1 : year;
    uint64_t m = (month + 9) % 12; /* March is 0. */

    return y * 365 + y / 4 - y / 100 + y / 400 + (m * 153 + 2) / 5 + day - 1;
}

/* 1 January 1970 in that count. */
#define EPOCH_DAYS INT64_C(719468)

void c2c_time_format(uint64_t s, char out[C2C_TIME_TEXT])
{
    uint64_t clamped = s > C2C_TIME_MAX_S ? C2C_TIME_MAX_S : s;
    uint64_t days = clamped / 86400 + (uint64_t)EPOCH_DAYS;
    uint64_t era = days / 146097;
    uint64_t doe = days % 146097; /* Day of the 400-year era. */
    uint64_t yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
    uint64_t doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
    uint64_t mp = (5 * doy + 2) / 153;
    unsigned day = (unsigned)(doy - (153 * mp + 2) / 5 + 1);
    unsigned month = (unsigned)(mp < 10 ? mp + 3 : mp - 9);
    unsigned year = (unsigned)(yoe + era * 400 + (month <= 2 ? 1 : 0));
    unsigned rest = (unsigned)(clamped % 86400);
    char text[64]; /* More than needed, for the compiler's worst case. */

    (void)snprintf(text, sizeof text, "%04u-%02u-%02uT%02u:%02u:%02uZ", year,
                   month, day, rest / 3600, rest / 60 % 60, rest % 60);
    for (unsigned i = 0; i < C2C_TIME_TEXT; i++) {
        out[i] = text[i];
    }
}

struct scan {
    struct c2c_view rest;
    bool ok;
};

static unsigned scan_digits(struct scan *in, unsigned n)
{
    unsigned value = 0;

    if (!in->ok || in->rest.n < n) {
        in->ok = false;
        return 0;
    }
    for (unsigned i = 0; i < n; i++) {
        uint8_t c = in->rest.p[i];

        in->ok = in->ok && c >= '0' && c <= '9';
        value = value * 10 + (unsigned)(c - '0');
    }
    in->rest.p += n;
    in->rest.n -= n;
    return in->ok ? value : 0;
}

/* Read one character of @any; 0 if another stands there. */
static char scan_one(struct scan *in, const char *any)
{
    for (; in->ok && in->rest.n > 0 && *any != '\0'; any++) {
        if (in->rest.p[0] == (uint8_t)*any) {
            in->rest.p++;
            in->rest.n--;
            return *any;
        }
    }
    return '\0';
}

static void scan_need(struct scan *in, const char *any)
{
    if (scan_one(in, any) == '\0') {
        in->ok = false;
    }
}

static bool date_exists(unsigned year, unsigned month, unsigned day)
{
    static const unsigned length[] = {31, 28, 31, 30, 31, 30,
                                      31, 31, 30, 31, 30, 31};
    bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;

    if (month < 1 || month > 12 || day < 1) {
        return false;
    }
    return day <= length[month - 1] + (month == 2 && leap ? 1U : 0U);
}

/* The offset in seconds east of UTC. */
static int64_t scan_offset(struct scan *in)
{
    char sign = scan_one(in, "Zz+-");
    unsigned hours;
    unsigned minutes;

    if (sign == 'Z' || sign == 'z') {
        return 0;
    }
    in->ok = in->ok && sign != '\0';
    hours = scan_digits(in, 2);
    scan_need(in, ":");
    minutes = scan_digits(in, 2);
    in->ok = in->ok && hours < 24 && minutes < 60;
    return (sign == '-' ? -1 : 1) * (int64_t)(hours * 3600 + minutes * 60);
}

static void scan_fraction(struct scan *in)
{
    if (scan_one(in, ".") == '\0') {
        return;
    }
    (void)scan_digits(in, 1);
    while (in->ok && in->rest.n > 0 && in->rest.p[0] >= '0' &&
           in->rest.p[0] <= '9') {
        in->rest.p++;
        in->rest.n--;
    }
}

enum c2c_err c2c_time_parse(struct c2c_view text, uint64_t *ret_s)
{
    struct scan in = {text, true};
    unsigned year = scan_digits(&in, 4);
    unsigned month;
    unsigned day;
    unsigned hour;
    unsigned minute;
    unsigned second;
    int64_t when;

    scan_need(&in, "-");
    month = scan_digits(&in, 2);
    scan_need(&in, "-");
    day = scan_digits(&in, 2);
    scan_need(&in, "Tt ");
    hour = scan_digits(&in, 2);
    scan_need(&in, ":");
    minute = scan_digits(&in, 2);
    scan_need(&in, ":");
    second = scan_digits(&in, 2);
    scan_fraction(&in);
    /* West of Greenwich 1970 began while the local year was still 1969. */
    if (!in.ok || year < 1969 || !date_exists(year, month, day) || hour > 23 ||
        minute > 59 || second > 60) {
        return C2C_E_MALFORMED;
    }
    when = (int64_t)days_from_date(year, month, day) - EPOCH_DAYS;
    when = when * 86400 + (int64_t)hour * 3600 + (int64_t)minute * 60 + second;
    when -= scan_offset(&in);
    if (!in.ok || in.rest.n != 0 || when < 0 ||
        when > (int64_t)C2C_TIME_MAX_S) {
        return C2C_E_MALFORMED;
    }
    *ret_s = (uint64_t)when;
    return C2C_E_OK;
}
