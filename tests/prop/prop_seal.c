/* Laws of the replay window, against a model that forgets nothing. */

#include <string.h>

#include "crypto/seal.h"
#include "prop.h"
#include "test.h"

enum {
    SENT = 4096,
    FRAME = C2C_SEAL_MIN_BYTES + 1,
    DELIVERIES = 3 * SENT
};

/* Message @c of @one, where the network keeps it. */
static uint8_t network[SENT][FRAME];

static void open_session(struct c2c_seal *one, struct c2c_seal *two)
{
    struct c2c_session_id id = {{0x80}};
    struct c2c_noise_keys keys = {{1}, {2}};
    struct c2c_noise_keys mirrored = {{2}, {1}};

    c2c_seal_init(one, &id, &keys, 0);
    c2c_seal_init(two, &id, &mirrored, 0);
}

static void send_all(struct c2c_seal *one)
{
    for (uint64_t c = 0; c < SENT; c++) {
        uint8_t byte = (uint8_t)c;
        struct c2c_buf out = {.p = network[c], .cap = FRAME, .max = FRAME};
        uint64_t counter;

        assert_ok(c2c_seal_write(one, 0, NULL, c2c_view_of(&byte, 1), &out,
                                 &counter));
        assert_true(counter == c && out.n == FRAME);
    }
}

/* Deliver @c; what the model says must come out. */
static void deliver(struct c2c_seal *two, uint64_t c, bool *seen,
                    int64_t *newest)
{
    uint8_t byte = (uint8_t)~c;
    struct c2c_buf out = {.p = &byte, .cap = 1, .max = 1};
    uint64_t counter = 0;
    enum c2c_err err =
        c2c_seal_read(two, 0, NULL, c2c_view_of(network[c], FRAME), &out,
                      &counter);

    if ((int64_t)c <= *newest - C2C_SEAL_WINDOW) {
        assert_err(err, C2C_E_STALE);
    } else if (seen[c]) {
        assert_err(err, C2C_E_REPLAYED);
    } else {
        assert_ok(err);
        assert_true(counter == c && byte == (uint8_t)c);
        seen[c] = true;
        *newest = (int64_t)c > *newest ? (int64_t)c : *newest;
    }
}

static void each_counter_passes_once_and_within_the_window(struct prop *p)
{
    struct c2c_seal one;
    struct c2c_seal two;
    bool seen[SENT] = {false};
    int64_t newest = -1;
    /* From nearly in order to all over the place. */
    uint64_t spread = 1 + prop_below(p, UINT64_C(1) << (1 + prop_below(p, 12)));

    open_session(&one, &two);
    send_all(&one);
    for (uint64_t i = 0; i < DELIVERIES; i++) {
        uint64_t c = i * SENT / DELIVERIES + prop_below(p, spread);

        if (prop_below(p, 4) == 0) { /* An edge of the window. */
            c = (uint64_t)(newest < C2C_SEAL_WINDOW
                               ? 0
                               : newest - C2C_SEAL_WINDOW) +
                prop_below(p, 3);
        }
        deliver(&two, c % SENT, seen, &newest);
    }
}

/* What no reordering can lose: within the window every message arrives. */
static void all_arrive_when_none_is_too_late(struct prop *p)
{
    struct c2c_seal one;
    struct c2c_seal two;
    bool seen[SENT] = {false};
    uint64_t order[SENT];
    int64_t newest = -1;

    open_session(&one, &two);
    send_all(&one);
    for (uint64_t c = 0; c < SENT; c++) {
        order[c] = c;
    }
    for (uint64_t from = 0; from < SENT; from += C2C_SEAL_WINDOW / 2) {
        for (uint64_t i = C2C_SEAL_WINDOW / 2 - 1; i > 0; i--) {
            uint64_t j = prop_below(p, i + 1);
            uint64_t held = order[from + i];

            order[from + i] = order[from + j];
            order[from + j] = held;
        }
    }
    for (uint64_t i = 0; i < SENT; i++) {
        deliver(&two, order[i], seen, &newest);
        assert_true(seen[order[i]]);
    }
}

#define LAW(NAME, CASES)                   \
    static void check_##NAME(void **state) \
    {                                      \
        (void)state;                       \
        prop_run(#NAME, CASES, NAME);      \
    }
LAW(each_counter_passes_once_and_within_the_window, 200)
LAW(all_arrive_when_none_is_too_late, 50)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(check_each_counter_passes_once_and_within_the_window),
        cmocka_unit_test(check_all_arrive_when_none_is_too_late),
    };
    return cmocka_run_group_tests_name("crypto/seal laws", tests, NULL, NULL);
}
