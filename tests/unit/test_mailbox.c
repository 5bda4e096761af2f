#include <pthread.h>

#include "node/mailbox.h"
#include "oom.h"
#include "test.h"

enum {
    SENDERS = 4,
    LETTERS = 2000
};

static void letters_come_out_in_order(void **state)
{
    int letters[3];
    struct c2c_mailbox *box;

    (void)state;
    assert_ok(c2c_mailbox_new(3, &box));
    for (unsigned round = 0; round < 5; round++) {
        for (unsigned i = 0; i < 3; i++) {
            assert_ok(c2c_mailbox_put(box, &letters[i]));
        }
        for (unsigned i = 0; i < 3; i++) {
            assert_ptr_equal(c2c_mailbox_take(box, 0), &letters[i]);
        }
        assert_null(c2c_mailbox_take(box, 0));
    }
    c2c_mailbox_free(box);
}

static void a_full_box_refuses(void **state)
{
    int letter;
    struct c2c_mailbox *box;

    (void)state;
    assert_ok(c2c_mailbox_new(2, &box));
    assert_ok(c2c_mailbox_put(box, &letter));
    assert_ok(c2c_mailbox_put(box, &letter));
    assert_err(c2c_mailbox_put(box, &letter), C2C_E_BUSY);
    assert_non_null(c2c_mailbox_take(box, 0));
    assert_ok(c2c_mailbox_put(box, &letter));
    c2c_mailbox_free(box);
}

static void a_closed_box_gives_what_it_holds_and_takes_no_more(void **state)
{
    int letter;
    struct c2c_mailbox *box;

    (void)state;
    assert_ok(c2c_mailbox_new(2, &box));
    assert_ok(c2c_mailbox_put(box, &letter));
    assert_false(c2c_mailbox_closed(box));
    c2c_mailbox_close(box);
    assert_true(c2c_mailbox_closed(box));
    assert_err(c2c_mailbox_put(box, &letter), C2C_E_STOPPING);
    assert_ptr_equal(c2c_mailbox_take(box, UINT64_MAX), &letter);
    assert_null(c2c_mailbox_take(box, UINT64_MAX));
    c2c_mailbox_free(box);
}

struct sender {
    struct c2c_mailbox *box;
    unsigned busy;
    unsigned letter[LETTERS];
};

static void *send_all(void *arg)
{
    struct sender *s = arg;

    for (unsigned i = 0; i < LETTERS; i++) {
        s->letter[i] = i;
        while (c2c_mailbox_put(s->box, &s->letter[i]) == C2C_E_BUSY) {
            s->busy++;
        }
    }
    return NULL;
}

/* None is lost or doubled, and each sender's stay in order. */
static void many_senders_lose_nothing(void **state)
{
    static struct sender senders[SENDERS];
    unsigned next[SENDERS] = {0};
    pthread_t threads[SENDERS];
    struct c2c_mailbox *box;

    (void)state;
    assert_ok(c2c_mailbox_new(16, &box));
    for (unsigned i = 0; i < SENDERS; i++) {
        senders[i].box = box;
        assert_int_equal(pthread_create(&threads[i], NULL, send_all,
                                        &senders[i]),
                         0);
    }
    for (unsigned n = 0; n < SENDERS * LETTERS; n++) {
        const unsigned *letter = c2c_mailbox_take(box, UINT64_MAX);
        unsigned from = 0;

        assert_non_null(letter);
        while (letter < senders[from].letter ||
               letter >= senders[from].letter + LETTERS) {
            from++;
            assert_true(from < SENDERS);
        }
        assert_int_equal(*letter, next[from]++);
    }
    assert_null(c2c_mailbox_take(box, 0));
    for (unsigned i = 0; i < SENDERS; i++) {
        assert_int_equal(pthread_join(threads[i], NULL), 0);
    }
    c2c_mailbox_free(box);
}

static enum c2c_err make_one(void *arg)
{
    struct c2c_mailbox *box = NULL;
    enum c2c_err err = c2c_mailbox_new(5, &box);

    (void)arg;
    c2c_mailbox_free(box);
    return err;
}

static void making_one_survives_a_failed_allocation(void **state)
{
    (void)state;
    oom_sweep(make_one, NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(letters_come_out_in_order),
        cmocka_unit_test(a_full_box_refuses),
        cmocka_unit_test(a_closed_box_gives_what_it_holds_and_takes_no_more),
        cmocka_unit_test(many_senders_lose_nothing),
        cmocka_unit_test(making_one_survives_a_failed_allocation),
    };
    return cmocka_run_group_tests_name("mailbox", tests, NULL, NULL);
}
