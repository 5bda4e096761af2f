/* Any text as a visitor's cursor: it is none, or one that was given. */

#include "fuzz.h"
#include "node/cursor.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const uint8_t key[C2C_CURSOR_KEY_BYTES] = {0xc2, 0xc0};
    const struct c2c_view list = c2c_view_str("list");
    const struct c2c_view text =
        c2c_view_of(size == 0 ? (const uint8_t *)"" : data, size);
    char again[C2C_CURSOR_TEXT];
    int64_t number = 0;

    if (c2c_cursor_open(key, list, text, &number) == C2C_E_OK) {
        c2c_cursor_seal(key, list, number, again);
        require(c2c_view_eq_str(text, again));
    }
    for (size_t i = 0; i < size && i < 8; i++) {
        number = (int64_t)((uint64_t)number << 8 | data[i]);
    }
    c2c_cursor_seal(key, list, number, again);
    require(c2c_cursor_open(key, c2c_view_str("log"), c2c_view_str(again),
                            &number) != C2C_E_OK);
    again[size % (C2C_CURSOR_TEXT - 1)] ^= 1;
    require(c2c_cursor_open(key, list, c2c_view_str(again), &number) !=
            C2C_E_OK);
    return 0;
}
