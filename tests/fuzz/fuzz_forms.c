/* Small texts with one right form: what is read is written as the same text. */

#include <string.h>

#include "base/hash.h"
#include "base/near.h"
#include "base/timefmt.h"
#include "base/uuid.h"
#include "c2c/langtag.h"
#include "c2c/sheet.h"
#include "fuzz.h"

static void check_time(struct c2c_view text)
{
    char out[C2C_TIME_TEXT];
    uint64_t again;
    uint64_t s;

    if (c2c_time_parse(text, &s) == C2C_E_OK) {
        require(s <= C2C_TIME_MAX_S);
        c2c_time_format(s, out);
        require(c2c_time_parse(c2c_view_str(out), &again) == C2C_E_OK);
        require(again == s);
    }
}

static void check_uuid(struct c2c_view text)
{
    char out[C2C_UUID_TEXT];
    struct c2c_uuid u;

    if (c2c_uuid_parse(text, &u) == C2C_E_OK) {
        c2c_uuid_format(&u, out);
        require(c2c_view_eq_str(text, out));
    }
}

static void check_hash(struct c2c_view text)
{
    char out[C2C_HASH_HEX];
    struct c2c_hash h;

    if (c2c_hash_parse(text, &h) == C2C_E_OK) {
        c2c_hash_hex(&h, out);
        require(c2c_view_eq_str(text, out));
    }
}

static void check_sheet(struct c2c_view text)
{
    uint8_t seed[C2C_SEED_BYTES] = {0};
    char out[C2C_SHEET_ROW_TEXT];
    unsigned row;
    uint8_t bytes[8];
    uint8_t again[8];

    if (c2c_sheet_read(text, &row, bytes) == C2C_E_OK) {
        require(row >= 1 && row <= C2C_SHEET_ROWS);
        memcpy(seed + (size_t)(row - 1) * 8, bytes, 8);
        c2c_sheet_row(seed, row, out);
        require(c2c_sheet_read(c2c_view_str(out), &row, again) == C2C_E_OK);
        require(memcmp(bytes, again, 8) == 0);
    }
}

/* A locale's name always becomes a tag. */
static void check_langtag(struct c2c_view text)
{
    char locale[128] = "";
    char tag[C2C_LANGTAG_MAX];

    memcpy(locale, text.p, text.n < 127 ? text.n : 127);
    c2c_langtag_of_locale(locale, tag);
    require(c2c_langtag_valid(tag));
    (void)c2c_langtag_valid(locale);
}

static void check_near(struct c2c_view text)
{
    size_t half = text.n / 2;
    struct c2c_near near;

    c2c_near_init(&near, c2c_view_of(text.p, half));
    c2c_near_offer(&near, c2c_view_of(text.p + half, text.n - half));
    c2c_near_offer(&near, c2c_view_of(text.p, half));
    require(near.n <= 2);
    require(near.n == 0 || near.distance[0] <= 22);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct c2c_view text =
        c2c_view_of(size == 0 ? (const uint8_t *)"" : data, size);

    check_time(text);
    check_uuid(text);
    check_hash(text);
    check_sheet(text);
    check_langtag(text);
    check_near(text);
    return 0;
}
