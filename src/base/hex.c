#include "base/hex.h"

void c2c_hex_encode(struct c2c_view in, char *out)
{
    static const char digit[] = "0123456789abcdef";

    for (size_t i = 0; i < in.n; i++) {
        *out++ = digit[in.p[i] >> 4];
        *out++ = digit[in.p[i] & 15];
    }
    *out = '\0';
}

/* The value of a lower-case digit, or -1. */
static int digit_value(uint8_t c)
{
    if (c >= '0' && c <= '9') {
        return c - '0';
    }
    if (c >= 'a' && c <= 'f') {
        return c - 'a' + 10;
    }
    return -1;
}

enum c2c_err c2c_hex_decode(struct c2c_view text, uint8_t *out, size_t n)
{
    if (text.n / 2 != n || text.n % 2 != 0) {
        return C2C_E_MALFORMED;
    }
    for (size_t i = 0; i < n; i++) {
        int high = digit_value(text.p[2 * i]);
        int low = digit_value(text.p[2 * i + 1]);

        if (high < 0 || low < 0) {
            return C2C_E_MALFORMED;
        }
        out[i] = (uint8_t)(high * 16 + low);
    }
    return C2C_E_OK;
}
