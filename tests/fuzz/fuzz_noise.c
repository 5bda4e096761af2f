/* Any bytes as a handshake message: the first byte says which of the three.
 * The first is not sealed, so any 32 bytes may pass, and then the second shows
 * the difference; of the others only the true one passes. */

#include <string.h>

#include "base/buf.h"
#include "crypto/noise.h"
#include "fuzz.h"

enum {
    ROOM = 1 << 17
};

static const struct c2c_view prologue = {(const uint8_t *)"c2c sync 1", 10};
static struct c2c_noise_key *key[2];

static void fill(void *ctx, void *out, size_t n)
{
    memset(out, *(const uint8_t *)ctx, n);
}

static uint8_t secrets[] = {1, 2};
static const struct c2c_rng rng[] = {{fill, &secrets[0]}, {fill, &secrets[1]}};

/* Both sides, with @done messages through and the next in @message. */
static void reach(struct c2c_noise side[2], unsigned done,
                  struct c2c_buf *message)
{
    struct c2c_buf payload;

    c2c_buf_init(&payload, ROOM);
    for (unsigned i = 0; i < 2; i++) {
        c2c_noise_init(&side[i], (enum c2c_noise_role)i, key[i], prologue,
                       &rng[i]);
    }
    for (unsigned i = 0; i <= done; i++) {
        c2c_buf_clear(message);
        require(c2c_noise_write(&side[i % 2], prologue, message) == C2C_E_OK);
        if (i < done) {
            require(c2c_noise_read(&side[(i + 1) % 2], c2c_buf_view(message),
                                   &payload) == C2C_E_OK);
        }
    }
    c2c_buf_fini(&payload);
}

static void require_over(const struct c2c_noise *side)
{
    const uint8_t *bytes = (const uint8_t *)side;
    size_t set = 0;

    for (size_t i = 0; i < sizeof *side; i++) {
        set += bytes[i] != 0 ? 1 : 0;
    }
    require(side->over && set == 1); /* Nothing else is left. */
}

/* The responder took @first instead of @true_message. */
static void after_first(struct c2c_noise side[2], bool same)
{
    struct c2c_buf second;
    struct c2c_buf payload;
    enum c2c_err err;

    c2c_buf_init(&second, ROOM);
    c2c_buf_init(&payload, ROOM);
    err = c2c_noise_write(&side[1], prologue, &second);
    require(err == C2C_E_OK || err == C2C_E_MALFORMED);
    if (err == C2C_E_OK) {
        err = c2c_noise_read(&side[0], c2c_buf_view(&second), &payload);
        require(err == (same ? C2C_E_OK : C2C_E_FORGED));
    } else {
        require_over(&side[1]);
        require(second.n == 0 && !same);
    }
    c2c_buf_fini(&second);
    c2c_buf_fini(&payload);
}

static void read_as(unsigned number, struct c2c_view bytes)
{
    struct c2c_noise side[2];
    struct c2c_noise *reader = &side[(number + 1) % 2];
    struct c2c_buf message;
    struct c2c_buf payload;
    enum c2c_err err;
    bool same;

    c2c_buf_init(&message, ROOM);
    c2c_buf_init(&payload, ROOM);
    reach(side, number, &message);
    same = c2c_view_eq(bytes, c2c_buf_view(&message));
    err = c2c_noise_read(reader, bytes, &payload);
    if (err == C2C_E_OK) {
        require(same || number == 0);
        if (number == 0) {
            after_first(side, same);
        }
    } else if (err == C2C_E_TOO_BIG) {
        require(bytes.n > C2C_NOISE_MESSAGE_BYTES);
    } else {
        require(err == C2C_E_MALFORMED || err == C2C_E_FORGED);
        require(!same && payload.n == 0);
        require_over(reader);
    }
    for (unsigned i = 0; i < 2; i++) {
        c2c_noise_fini(&side[i]);
    }
    c2c_buf_fini(&message);
    c2c_buf_fini(&payload);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    for (unsigned i = 0; i < 2; i++) {
        if (key[i] == NULL) {
            require(c2c_noise_key_new(&rng[i], &key[i]) == C2C_E_OK);
        }
    }
    if (size > 0) {
        read_as(data[0] % C2C_NOISE_MESSAGES, c2c_view_of(data + 1, size - 1));
    }
    return 0;
}
