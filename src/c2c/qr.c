#include "c2c/qr.h"

#include <errno.h>
#include <qrencode.h>
#include <stdbool.h>

#include "crypto/secret.h"

enum {
    QUIET = 2 /* Modules around the code. */
};

static bool is_dark(const QRcode *code, int x, int y)
{
    if (x < 0 || y < 0 || x >= code->width || y >= code->width) {
        return false;
    }
    return (code->data[y * code->width + x] & 1) != 0;
}

static void print_row(struct c2c_out *out, const QRcode *code, int y, bool ink)
{
    for (int x = -QUIET; x < code->width + QUIET; x++) {
        bool upper = is_dark(code, x, y) == ink;
        bool lower = is_dark(code, x, y + 1) == ink;

        c2c_out_print(out, "%s",
                      upper && lower ? "\u2588"
                      : upper        ? "\u2580"
                      : lower        ? "\u2584"
                                     : " ");
    }
}

enum c2c_err c2c_qr_print(struct c2c_out *out, struct c2c_view data)
{
    /* Which modules are drawn: the dark ones except on a dark terminal. */
    bool ink = out->colors || out->columns == 0;
    QRcode *code = QRcode_encodeData((int)data.n, data.p, 0, QR_ECLEVEL_M);

    if (code == NULL) {
        return errno == ENOMEM ? C2C_E_NOMEM : C2C_E_TOO_BIG;
    }
    for (int y = -QUIET; y < code->width + QUIET; y += 2) {
        c2c_out_print(out, "%s", out->colors ? "\033[30;107m" : "");
        print_row(out, code, y, ink);
        c2c_out_print(out, "%s\n", out->colors ? c2c_style_end : "");
    }
    c2c_secret_wipe(code->data, (size_t)code->width * (size_t)code->width);
    QRcode_free(code);
    return C2C_E_OK;
}
