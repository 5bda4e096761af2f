/* Any bytes as the body of a sealed message: it never expands beyond the limit,
 * and what it holds comes back through a body of our own. */

#include "base/buf.h"
#include "fuzz.h"
#include "wire/body.h"

enum {
    MOST = 1 << 16,
    ROOM = 1 << 18
};

static struct c2c_body_zip *zip;

static void there_and_back(struct c2c_view content, bool padded,
                           struct c2c_view bytes, bool plain)
{
    struct c2c_buf body;
    struct c2c_buf again;

    c2c_buf_init(&body, ROOM);
    c2c_buf_init(&again, ROOM);
    require(c2c_body_encode(zip, content, padded, &body) == C2C_E_OK);
    require(c2c_body_decode(zip, c2c_buf_view(&body), content.n, &again) ==
            C2C_E_OK);
    require(c2c_view_eq(content, c2c_buf_view(&again)));
    if (plain && body.p[0] == bytes.p[0]) { /* There is one form. */
        require(c2c_view_eq(bytes, c2c_buf_view(&body)));
    }
    c2c_buf_fini(&body);
    c2c_buf_fini(&again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct c2c_view bytes = c2c_view_of(data, size);
    struct c2c_buf content;
    enum c2c_err err;

    if (zip == NULL) {
        require(c2c_body_zip_new(&zip) == C2C_E_OK);
    }
    c2c_buf_init(&content, ROOM);
    err = c2c_body_decode(zip, bytes, MOST, &content);
    if (err == C2C_E_OK) {
        require(content.n <= MOST);
        there_and_back(c2c_buf_view(&content), (data[0] & C2C_BODY_PADDED) != 0,
                       bytes, (data[0] & C2C_BODY_ZSTD) == 0);
    } else {
        require(content.n == 0 && err != C2C_E_NOMEM);
    }
    c2c_buf_fini(&content);
    return 0;
}
