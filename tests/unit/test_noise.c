#include "crypto/noise.h"

#include <stdio.h>
#include <string.h>

#include "crypto/aead.h"
#include "fixed_rng.h"
#include "oom.h"
#include "test.h"
#include "vectors.h"

enum {
    ROOM = 1 << 17,
    PAYLOAD = 7
};

/* Both sides, and the newest message. */
struct pair {
    uint8_t secret[2][C2C_NOISE_KEY_BYTES];
    struct c2c_rng rng[2];
    struct c2c_noise_key *key[2];
    struct c2c_noise side[2];
    struct c2c_buf message;
    struct c2c_buf payload;
};

static const struct c2c_view prologue = {(const uint8_t *)"test", 4};

static void make_keys(struct pair *p)
{
    for (int i = 0; i < 2; i++) {
        memset(p->secret[i], 'a' + i, sizeof p->secret[i]);
        p->rng[i] = fixed_rng(p->secret[i]);
        assert_ok(c2c_noise_key_new(&p->rng[i], &p->key[i]));
        memset(p->secret[i], 'A' + i, sizeof p->secret[i]); /* Ephemeral. */
    }
}

static void begin(struct pair *p)
{
    for (int i = 0; i < 2; i++) {
        c2c_noise_init(&p->side[i], (enum c2c_noise_role)i, p->key[i], prologue,
                       &p->rng[i]);
    }
}

static void send_next(struct pair *p, unsigned number)
{
    c2c_buf_clear(&p->message);
    assert_ok(c2c_noise_write(&p->side[number % 2],
                              c2c_view_of("payload", PAYLOAD), &p->message));
}

static enum c2c_err receive(struct pair *p, unsigned number,
                            struct c2c_view message)
{
    c2c_buf_clear(&p->payload);
    return c2c_noise_read(&p->side[(number + 1) % 2], message, &p->payload);
}

/* Start anew; message @number (from 0) is written and not yet read. */
static void reach(struct pair *p, unsigned number)
{
    begin(p);
    for (unsigned i = 0; i < number; i++) {
        send_next(p, i);
        assert_ok(receive(p, i, c2c_buf_view(&p->message)));
        assert_true(c2c_view_eq_str(c2c_buf_view(&p->payload), "payload"));
    }
    if (number < C2C_NOISE_MESSAGES) {
        send_next(p, number);
    }
}

static struct pair pair;

static int set_up(void **state)
{
    make_keys(&pair);
    c2c_buf_init(&pair.message, ROOM);
    c2c_buf_init(&pair.payload, ROOM);
    *state = &pair;
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    for (int i = 0; i < 2; i++) {
        c2c_noise_fini(&pair.side[i]);
        c2c_noise_key_free(pair.key[i]);
    }
    c2c_buf_fini(&pair.message);
    c2c_buf_fini(&pair.payload);
    return 0;
}

/* The published vector. */

struct published {
    struct c2c_doc *doc;
    const struct c2c_val *root;
    struct c2c_buf bytes[4]; /* Scratch. */
};

static struct c2c_view member(struct published *v, int slot,
                              const struct c2c_val *of, const char *key)
{
    c2c_buf_clear(&v->bytes[slot]);
    vectors_bytes(of, key, &v->bytes[slot]);
    return c2c_buf_view(&v->bytes[slot]);
}

static void open_side(struct published *v, struct pair *p, int side)
{
    static const char *const names[2][3] = {
        {"init_static", "init_ephemeral", "init_prologue"},
        {"resp_static", "resp_ephemeral", "resp_prologue"},
    };
    struct c2c_view secret = member(v, 0, v->root, names[side][0]);

    assert_int_equal(secret.n, C2C_NOISE_KEY_BYTES);
    memcpy(p->secret[side], secret.p, secret.n);
    p->rng[side] = fixed_rng(p->secret[side]);
    assert_ok(c2c_noise_key_new(&p->rng[side], &p->key[side]));
    secret = member(v, 0, v->root, names[side][1]);
    assert_int_equal(secret.n, C2C_NOISE_KEY_BYTES);
    memcpy(p->secret[side], secret.p, secret.n);
    c2c_noise_init(&p->side[side], (enum c2c_noise_role)side, p->key[side],
                   member(v, 0, v->root, names[side][2]), &p->rng[side]);
}

static void check_handshake_message(struct published *v, struct pair *p,
                                    unsigned i)
{
    const struct c2c_val *m = c2c_val_at(c2c_val_get(v->root, "messages"), i);
    struct c2c_view payload = member(v, 0, m, "payload");

    c2c_buf_clear(&p->message);
    assert_ok(c2c_noise_write(&p->side[i % 2], payload, &p->message));
    assert_true(
        c2c_view_eq(c2c_buf_view(&p->message), member(v, 1, m, "ciphertext")));
    assert_ok(receive(p, i, c2c_buf_view(&p->message)));
    assert_true(c2c_view_eq(c2c_buf_view(&p->payload), payload));
}

static void check_transport_message(struct published *v,
                                    const struct c2c_noise_keys keys[2],
                                    unsigned i)
{
    const struct c2c_val *m = c2c_val_at(c2c_val_get(v->root, "messages"), i);
    struct c2c_view payload = member(v, 0, m, "payload");
    struct c2c_view want = member(v, 1, m, "ciphertext");
    const struct c2c_view nothing = {NULL, 0};
    uint64_t number = (i - C2C_NOISE_MESSAGES) / 2;
    uint8_t out[256];

    assert_true(want.n == payload.n + C2C_AEAD_TAG_BYTES && want.n < 256);
    c2c_aead_seal(keys[i % 2].send, number, nothing, payload, out);
    assert_memory_equal(out, want.p, want.n);
    assert_ok(
        c2c_aead_open(keys[(i + 1) % 2].receive, number, nothing, want, out));
    assert_memory_equal(out, payload.p, payload.n);
}

static void the_published_vector_is_made(void **state)
{
    struct published v = {.doc = NULL};
    struct c2c_noise_keys keys[2];
    struct pair p = {.message = {.max = ROOM}, .payload = {.max = ROOM}};
    size_t n;

    (void)state;
    assert_ok(c2c_doc_new(&v.doc));
    v.root = vectors_read(v.doc, "noise.json");
    for (int i = 0; i < 4; i++) {
        c2c_buf_init(&v.bytes[i], 4096);
    }
    open_side(&v, &p, 0);
    open_side(&v, &p, 1);
    for (unsigned i = 0; i < C2C_NOISE_MESSAGES; i++) {
        check_handshake_message(&v, &p, i);
    }
    for (int i = 0; i < 2; i++) {
        assert_true(c2c_view_eq(c2c_noise_hash(&p.side[i]),
                                member(&v, 0, v.root, "handshake_hash")));
        assert_ok(c2c_noise_split(&p.side[i], &keys[i]));
    }
    n = c2c_val_count(c2c_val_get(v.root, "messages"));
    assert_int_equal(n, 6);
    for (unsigned i = C2C_NOISE_MESSAGES; i < n; i++) {
        check_transport_message(&v, keys, i);
    }
    for (int i = 0; i < 4; i++) {
        c2c_buf_fini(&v.bytes[i]);
    }
    for (int i = 0; i < 2; i++) {
        c2c_noise_fini(&p.side[i]);
        c2c_noise_key_free(p.key[i]);
    }
    c2c_buf_fini(&p.message);
    c2c_buf_fini(&p.payload);
    c2c_doc_free(v.doc);
}

/* Hash functions, against Python's hmac and hashlib. */

static void assert_hmac(struct c2c_view key, struct c2c_view text,
                        const char *want)
{
    struct c2c_view parts[2] = {{text.p, text.n / 2},
                                {text.p + text.n / 2, text.n - text.n / 2}};
    uint8_t out[C2C_HKDF_BYTES];
    char hex[2 * C2C_HKDF_BYTES + 1] = "";

    c2c_hmac_blake2b(key, parts, 2, out);
    for (size_t i = 0; i < sizeof out; i++) {
        (void)snprintf(hex + 2 * i, 3, "%02x", (unsigned)out[i]);
    }
    assert_string_equal(hex, want);
}

static void hmac_is_what_others_compute(void **state)
{
    uint8_t key[200];
    uint8_t text[300];

    (void)state;
    memset(key, 'k', 64);
    assert_hmac(
        c2c_view_of(key, 64), c2c_view_str(""),
        "751466419e55a25e01149f1f9b94b72af37613fa657c7230ea41903abdfdf23f"
        "16738ee373ff37261e88dc4b9aca18f2dca3800907d39557522d3227d90ff3fe");
    assert_hmac(
        c2c_view_str("key"), c2c_view_str("The quick brown fox"),
        "5c169e8a18362381efbc0f688fa1d48e99f2bd5885a19c29943e28b43d566f33"
        "0555d6c37a277cd4cbb1deca561f377c02f0d5388c6e1efd6e97de2bd8b2d678");
    for (size_t i = 0; i < sizeof key; i++) { /* Longer than a block. */
        key[i] = (uint8_t)i;
    }
    memset(text, 'x', sizeof text);
    assert_hmac(
        c2c_view_of(key, sizeof key), c2c_view_of(text, sizeof text),
        "f68aacf1cf1f840572d05491582f786c3196c66994f3f409c60765cb157b3e28"
        "b0bcb1172074c9a423378f4760b24199ed5de50bc2e8c7c2e18f50a11759d0be");
}

/* Bad input. */

/* A message that was refused tells nothing and ends the handshake. */
static void assert_refused(struct pair *p, unsigned number, enum c2c_err err)
{
    struct c2c_noise *reader = &p->side[(number + 1) % 2];
    static const struct c2c_noise empty = {.over = true};
    struct c2c_noise_keys keys;

    assert_true(err == C2C_E_FORGED || err == C2C_E_MALFORMED);
    assert_int_equal(p->payload.n, 0);
    assert_memory_equal(reader, &empty, sizeof empty);
    assert_err(c2c_noise_read(reader, c2c_buf_view(&p->message), &p->payload),
               C2C_E_INVAL);
    assert_err(c2c_noise_write(reader, prologue, &p->payload), C2C_E_INVAL);
    assert_err(c2c_noise_split(reader, &keys), C2C_E_INVAL);
}

static void no_beginning_of_a_message_passes(void **state)
{
    struct pair *p = *state;
    static const size_t needed[] = {C2C_NOISE_FIRST_BYTES,
                                    C2C_NOISE_SECOND_BYTES,
                                    C2C_NOISE_THIRD_BYTES};

    for (unsigned number = 0; number < C2C_NOISE_MESSAGES; number++) {
        reach(p, number);
        for (size_t n = 0; n < needed[number] + PAYLOAD; n++) {
            enum c2c_err err;

            reach(p, number);
            err = receive(p, number, c2c_view_of(p->message.p, n));
            if (n < needed[number]) {
                assert_err(err, C2C_E_MALFORMED);
            }
            if (number > 0 || err != C2C_E_OK) {
                assert_refused(p, number, err);
                continue;
            }
            /* The first message is not sealed: the second shows it. */
            send_next(p, 1);
            err = receive(p, 1, c2c_buf_view(&p->message));
            assert_err(err, C2C_E_FORGED);
            assert_refused(p, 1, err);
        }
    }
}

static void no_message_passes_with_one_bit_changed(void **state)
{
    struct pair *p = *state;

    for (unsigned number = 0; number < C2C_NOISE_MESSAGES; number++) {
        reach(p, number);
        for (size_t bit = 0, n = p->message.n * 8; bit < n; bit += 3) {
            enum c2c_err err;

            reach(p, number);
            p->message.p[bit / 8] ^= (uint8_t)(1 << bit % 8);
            err = receive(p, number, c2c_buf_view(&p->message));
            if (number > 0) {
                assert_err(err, C2C_E_FORGED);
                assert_refused(p, number, err);
                continue;
            }
            assert_ok(err);
            send_next(p, 1);
            err = receive(p, 1, c2c_buf_view(&p->message));
            assert_err(err, C2C_E_FORGED);
            assert_refused(p, 1, err);
        }
    }
}

static void bytes_after_a_message_are_refused(void **state)
{
    struct pair *p = *state;

    for (unsigned number = 1; number < C2C_NOISE_MESSAGES; number++) {
        enum c2c_err err;

        reach(p, number);
        assert_ok(c2c_buf_put(&p->message, "x", 1));
        err = receive(p, number, c2c_buf_view(&p->message));
        assert_err(err, C2C_E_FORGED);
        assert_refused(p, number, err);
    }
}

static void keys_of_small_order_are_refused(void **state)
{
    /* 0, 1 and p - 1: multiplied by any secret they give zero. */
    static const uint8_t points[3][C2C_NOISE_KEY_BYTES] = {
        {0},
        {1},
        {0xec, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
         0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
         0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f},
    };
    static const struct c2c_noise empty = {.over = true};
    struct pair *p = *state;

    for (size_t i = 0; i < 3; i++) {
        reach(p, 0);
        memcpy(p->message.p, points[i], sizeof points[i]);
        assert_ok(receive(p, 0, c2c_buf_view(&p->message)));
        c2c_buf_clear(&p->message);
        assert_err(c2c_noise_write(&p->side[1], prologue, &p->message),
                   C2C_E_MALFORMED);
        assert_int_equal(p->message.n, 0);
        assert_memory_equal(&p->side[1], &empty, sizeof empty);

        reach(p, 1);
        memcpy(p->message.p, points[i], sizeof points[i]);
        assert_err(receive(p, 1, c2c_buf_view(&p->message)), C2C_E_MALFORMED);
        assert_refused(p, 1, C2C_E_MALFORMED);
    }
}

/* A peer that announces a static key of small order, properly sealed. */
static void static_keys_of_small_order_are_refused(void **state)
{
    /* As noise.c lays a key out: secret, then public. */
    static const uint8_t liar[2 * C2C_NOISE_KEY_BYTES] = {7};
    struct pair *p = *state;

    for (unsigned number = 1; number < C2C_NOISE_MESSAGES; number++) {
        reach(p, number - 1);
        assert_ok(receive(p, number - 1, c2c_buf_view(&p->message)));
        p->side[number % 2].s =
            (const struct c2c_noise_key *)(const void *)liar;
        send_next(p, number);
        assert_err(receive(p, number, c2c_buf_view(&p->message)),
                   C2C_E_MALFORMED);
        assert_refused(p, number, C2C_E_MALFORMED);
    }
}

static void another_prologue_is_another_protocol(void **state)
{
    struct pair *p = *state;

    begin(p);
    c2c_noise_init(&p->side[1], C2C_NOISE_RESPONDER, p->key[1],
                   c2c_view_str("tes"), &p->rng[1]);
    send_next(p, 0);
    assert_ok(receive(p, 0, c2c_buf_view(&p->message)));
    send_next(p, 1);
    assert_err(receive(p, 1, c2c_buf_view(&p->message)), C2C_E_FORGED);
}

static void an_old_message_is_not_the_next_one(void **state)
{
    struct pair *p = *state;
    uint8_t second[256];
    size_t n;

    reach(p, 1);
    n = p->message.n;
    assert_true(n <= sizeof second);
    memcpy(second, p->message.p, n);
    assert_ok(receive(p, 1, c2c_buf_view(&p->message)));
    /* To the responder, who waits for the third. */
    assert_err(receive(p, 2, c2c_view_of(second, n)), C2C_E_FORGED);
}

/* Order. */

static void calls_out_of_turn_change_nothing(void **state)
{
    struct pair *p = *state;
    struct c2c_noise_keys keys;
    struct c2c_noise before;

    for (unsigned done = 0; done <= C2C_NOISE_MESSAGES; done++) {
        reach(p, done);
        if (done < C2C_NOISE_MESSAGES) { /* It is written: read it too. */
            assert_ok(receive(p, done, c2c_buf_view(&p->message)));
        }
        for (int i = 0; i < 2; i++) {
            unsigned messages = p->side[i].messages;
            bool writes =
                messages < C2C_NOISE_MESSAGES && messages % 2 == (unsigned)i;
            bool reads = messages < C2C_NOISE_MESSAGES && !writes;

            before = p->side[i];
            if (!writes) {
                assert_err(c2c_noise_write(&p->side[i], prologue, &p->payload),
                           C2C_E_INVAL);
            }
            if (!reads) {
                assert_err(c2c_noise_read(&p->side[i],
                                          c2c_buf_view(&p->message),
                                          &p->payload),
                           C2C_E_INVAL);
            }
            if (messages < C2C_NOISE_MESSAGES) {
                assert_false(c2c_noise_done(&p->side[i]));
                assert_err(c2c_noise_split(&p->side[i], &keys), C2C_E_INVAL);
            }
            assert_memory_equal(&before, &p->side[i], sizeof before);
        }
    }
}

static void both_sides_get_the_same(void **state)
{
    struct pair *p = *state;
    struct c2c_noise_keys keys[2];

    reach(p, C2C_NOISE_MESSAGES);
    for (int i = 0; i < 2; i++) {
        struct c2c_noise_pub remote = c2c_noise_remote(&p->side[i]);
        struct c2c_noise_pub want = c2c_noise_key_pub(p->key[1 - i]);

        assert_memory_equal(&remote, &want, sizeof want);
        assert_true(c2c_noise_done(&p->side[i]));
        assert_ok(c2c_noise_split(&p->side[i], &keys[i]));
        assert_false(c2c_noise_done(&p->side[i]));
        assert_err(c2c_noise_split(&p->side[i], &keys[i]), C2C_E_INVAL);
    }
    assert_memory_equal(keys[0].send, keys[1].receive, sizeof keys[0].send);
    assert_memory_equal(keys[1].send, keys[0].receive, sizeof keys[0].send);
    assert_memory_not_equal(keys[0].send, keys[0].receive, sizeof keys[0].send);
    assert_true(
        c2c_view_eq(c2c_noise_hash(&p->side[0]), c2c_noise_hash(&p->side[1])));
}

/* Secrets. */

static void assert_zero(const uint8_t *bytes, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        assert_int_equal(bytes[i], 0);
    }
}

static void nothing_secret_outlives_its_use(void **state)
{
    struct pair *p = *state;
    struct c2c_noise_keys keys;

    reach(p, C2C_NOISE_MESSAGES);
    for (int i = 0; i < 2; i++) {
        struct c2c_noise *side = &p->side[i];

        assert_ok(c2c_noise_split(side, &keys));
        assert_zero(side->e_secret, sizeof side->e_secret);
        assert_zero(side->ck, sizeof side->ck);
        assert_zero(side->k, sizeof side->k);
        c2c_noise_fini(side);
        assert_zero(side->h, sizeof side->h);
        assert_zero(side->rs.b, sizeof side->rs.b);
    }
}

/* Room. */

static void a_message_without_room_may_be_tried_again(void **state)
{
    struct pair *p = *state;
    struct c2c_buf none;

    c2c_buf_init(&none, 5);
    reach(p, 0);
    for (unsigned i = 0; i < C2C_NOISE_MESSAGES; i++) {
        struct c2c_noise *reader = &p->side[(i + 1) % 2];

        assert_err(c2c_noise_read(reader, c2c_buf_view(&p->message), &none),
                   C2C_E_TOO_BIG);
        assert_ok(receive(p, i, c2c_buf_view(&p->message)));
        if (i + 1 < C2C_NOISE_MESSAGES) {
            assert_err(c2c_noise_write(reader, prologue, &none), C2C_E_TOO_BIG);
            send_next(p, i + 1);
        }
    }
    assert_true(c2c_noise_done(&p->side[0]));
    assert_int_equal(none.n, 0);
    c2c_buf_fini(&none);
}

static void messages_are_as_long_as_noise_allows(void **state)
{
    static uint8_t much[C2C_NOISE_MESSAGE_BYTES + 1];
    struct pair *p = *state;
    const size_t most = C2C_NOISE_MESSAGE_BYTES - C2C_NOISE_SECOND_BYTES;

    reach(p, 1); /* Starts anew with the responder's message written ... */
    begin(p);    /* ... and anew without. */
    send_next(p, 0);
    assert_err(receive(p, 0, c2c_view_of(much, sizeof much)), C2C_E_TOO_BIG);
    assert_ok(receive(p, 0, c2c_buf_view(&p->message)));
    c2c_buf_clear(&p->message);
    assert_err(c2c_noise_write(&p->side[1], c2c_view_of(much, most + 1),
                               &p->message),
               C2C_E_TOO_BIG);
    assert_ok(
        c2c_noise_write(&p->side[1], c2c_view_of(much, most), &p->message));
    assert_int_equal(p->message.n, C2C_NOISE_MESSAGE_BYTES);
    assert_ok(receive(p, 1, c2c_buf_view(&p->message)));
    assert_int_equal(p->payload.n, most);
}

static enum c2c_err whole_handshake(void *arg)
{
    struct pair *p = arg;
    struct c2c_buf payload;
    struct c2c_buf message;
    enum c2c_err err = C2C_E_OK;

    begin(p);
    for (unsigned i = 0; err == C2C_E_OK && i < C2C_NOISE_MESSAGES; i++) {
        c2c_buf_init(&payload, ROOM);
        c2c_buf_init(&message, ROOM);
        err = c2c_noise_write(&p->side[i % 2], prologue, &message);
        if (err == C2C_E_OK) {
            err = c2c_noise_read(&p->side[(i + 1) % 2], c2c_buf_view(&message),
                                 &payload);
        }
        c2c_buf_fini(&payload);
        c2c_buf_fini(&message);
    }
    return err;
}

static void survives_any_failed_allocation(void **state)
{
    oom_sweep(whole_handshake, *state);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_published_vector_is_made),
        cmocka_unit_test(hmac_is_what_others_compute),
        cmocka_unit_test(no_beginning_of_a_message_passes),
        cmocka_unit_test(no_message_passes_with_one_bit_changed),
        cmocka_unit_test(bytes_after_a_message_are_refused),
        cmocka_unit_test(keys_of_small_order_are_refused),
        cmocka_unit_test(static_keys_of_small_order_are_refused),
        cmocka_unit_test(another_prologue_is_another_protocol),
        cmocka_unit_test(an_old_message_is_not_the_next_one),
        cmocka_unit_test(calls_out_of_turn_change_nothing),
        cmocka_unit_test(both_sides_get_the_same),
        cmocka_unit_test(nothing_secret_outlives_its_use),
        cmocka_unit_test(a_message_without_room_may_be_tried_again),
        cmocka_unit_test(messages_are_as_long_as_noise_allows),
        cmocka_unit_test(survives_any_failed_allocation),
    };
    return cmocka_run_group_tests_name("crypto/noise", tests, set_up,
                                       tear_down);
}
