#include "c2c/sheet.h"

#include <stdio.h>
#include <string.h>

#include "base/hex.h"
#include "crypto/secret.h"

enum {
    ROW_BYTES = 8,
    ROW_DIGITS = 2 * ROW_BYTES,
    CHECK_DIGITS = 4
};

static uint16_t crc16(uint16_t crc, uint8_t byte)
{
    crc = (uint16_t)(crc ^ (unsigned)byte << 8);
    for (unsigned bit = 0; bit < 8; bit++) {
        crc = (uint16_t)((crc & 0x8000U) != 0 ? (unsigned)crc << 1 ^ 0x1021U
                                              : (unsigned)crc << 1);
    }
    return crc;
}

/* The check of row @row (1 to 4) with its 16 @digits. */
static uint16_t check_of(unsigned row, const char digits[ROW_DIGITS])
{
    uint16_t crc = crc16(0xffff, (uint8_t)('0' + row));

    for (size_t i = 0; i < ROW_DIGITS; i++) {
        crc = crc16(crc, (uint8_t)digits[i]);
    }
    return crc;
}

void c2c_sheet_row(const uint8_t seed[C2C_SEED_BYTES], unsigned row,
                   char out[C2C_SHEET_ROW_TEXT])
{
    char digits[ROW_DIGITS + 1];

    c2c_hex_encode(c2c_view_of(seed + (size_t)(row - 1) * ROW_BYTES, ROW_BYTES),
                   digits);
    (void)snprintf(out, C2C_SHEET_ROW_TEXT, "%u  %.4s %.4s %.4s %.4s  %04x",
                   row, digits, digits + 4, digits + 8, digits + 12,
                   check_of(row, digits));
    c2c_secret_wipe(digits, sizeof digits);
}

/* The hexadecimal digits of @typed in lower case; false if there are others or
 * not exactly @n. */
static bool digits_of(struct c2c_view typed, char *out, size_t n)
{
    size_t at = 0;

    for (size_t i = 0; i < typed.n; i++) {
        char c = (char)typed.p[i];

        if (c == ' ' || c == '\t' || c == '-') {
            continue;
        }
        if (c >= 'A' && c <= 'F') {
            c = (char)(c - 'A' + 'a');
        }
        if (at == n || c == '\0' || strchr("0123456789abcdef", c) == NULL) {
            return false;
        }
        out[at++] = c;
    }
    return at == n;
}

enum c2c_err c2c_sheet_read(struct c2c_view typed, unsigned *ret_row,
                            uint8_t ret_bytes[ROW_BYTES])
{
    char digits[1 + ROW_DIGITS + CHECK_DIGITS];
    char check[CHECK_DIGITS + 1];
    enum c2c_err err = C2C_E_MALFORMED;
    unsigned row;

    if (!digits_of(typed, digits, sizeof digits)) {
        goto out;
    }
    row = (unsigned)(digits[0] - '0');
    (void)snprintf(check, sizeof check, "%04x", check_of(row, digits + 1));
    if (row >= 1 && row <= C2C_SHEET_ROWS &&
        memcmp(check, digits + 1 + ROW_DIGITS, CHECK_DIGITS) == 0) {
        err = c2c_hex_decode(c2c_view_of(digits + 1, ROW_DIGITS), ret_bytes,
                             ROW_BYTES);
    }
    if (err == C2C_E_OK) {
        *ret_row = row;
    }
out:
    c2c_secret_wipe(digits, sizeof digits);
    return err;
}
