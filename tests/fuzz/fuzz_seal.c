/* Any bytes as a sealed message: only what the other side sealed passes, once,
 * and whatever else came before it. */

#include <string.h>

#include "base/buf.h"
#include "crypto/seal.h"
#include "fuzz.h"

enum {
    ROOM = 1 << 20,
    MESSAGES = 4
};

static void open_session(struct c2c_seal *one, struct c2c_seal *two)
{
    struct c2c_session_id id = {{0x80}};
    struct c2c_noise_keys keys = {{1}, {2}};
    struct c2c_noise_keys mirrored = {{2}, {1}};

    c2c_seal_init(one, &id, &keys, 0);
    c2c_seal_init(two, &id, &mirrored, 0);
}

static void seal(struct c2c_seal *one, struct c2c_buf *out)
{
    uint64_t counter;

    c2c_buf_clear(out);
    require(c2c_seal_write(one, 0, NULL, c2c_view_str("text"), out, &counter) ==
            C2C_E_OK);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct c2c_view bytes = c2c_view_of(data, size);
    struct c2c_seal one;
    struct c2c_seal two;
    struct c2c_buf sealed;
    struct c2c_buf plain;
    uint64_t counter = 77;
    enum c2c_err err;

    c2c_buf_init(&sealed, ROOM);
    c2c_buf_init(&plain, ROOM);
    open_session(&one, &two);
    err = c2c_seal_read(&two, 0, NULL, bytes, &plain, &counter);
    require(err == C2C_E_OK || (plain.n == 0 && counter == 77));
    for (unsigned i = 0; i < MESSAGES; i++) {
        enum c2c_err want;

        seal(&one, &sealed);
        want = err == C2C_E_OK && counter == i ? C2C_E_REPLAYED : C2C_E_OK;
        if (want == C2C_E_REPLAYED) {
            require(c2c_view_eq(bytes, c2c_buf_view(&sealed)));
        }
        require(c2c_seal_read(&two, 0, NULL, c2c_buf_view(&sealed), &plain,
                              &(uint64_t){0}) == want);
    }
    require(err != C2C_E_OK || counter < MESSAGES);
    c2c_buf_fini(&sealed);
    c2c_buf_fini(&plain);
    return 0;
}
