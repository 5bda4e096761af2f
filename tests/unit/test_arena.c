#include "base/arena.h"

#include <string.h>

#include "oom.h"
#include "test.h"

static void memory_is_zeroed_aligned_and_apart(void **state)
{
    static const size_t sizes[] = {1, 15, 16, 17, 4000, 20000, 3};
    struct c2c_arena arena;
    uint8_t *got[sizeof sizes / sizeof sizes[0]];

    (void)state;
    c2c_arena_init(&arena);
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        got[i] = c2c_arena_alloc(&arena, 1, sizes[i]);
        assert_non_null(got[i]);
        assert_int_equal((uintptr_t)got[i] % 16, 0);
        for (size_t k = 0; k < sizes[i]; k++) {
            assert_int_equal(got[i][k], 0);
        }
        memset(got[i], (int)i + 1, sizes[i]);
    }
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        assert_int_equal(got[i][0], i + 1);
        assert_int_equal(got[i][sizes[i] - 1], i + 1);
    }
    c2c_arena_fini(&arena);
}

static void many_small_pieces_take_several_chunks(void **state)
{
    struct c2c_arena arena;
    uint32_t *piece[5000];

    (void)state;
    c2c_arena_init(&arena);
    for (uint32_t i = 0; i < 5000; i++) {
        piece[i] = c2c_arena_alloc(&arena, 3, sizeof(uint32_t));
        assert_non_null(piece[i]);
        piece[i][0] = piece[i][2] = i;
    }
    for (uint32_t i = 0; i < 5000; i++) {
        assert_int_equal(piece[i][0], i);
        assert_int_equal(piece[i][2], i);
    }
    c2c_arena_fini(&arena);
}

static void nothing_and_too_much_give_null(void **state)
{
    struct c2c_arena arena;

    (void)state;
    c2c_arena_init(&arena);
    assert_null(c2c_arena_alloc(&arena, 0, 8));
    assert_null(c2c_arena_alloc(&arena, 8, 0));
    assert_null(c2c_arena_alloc(&arena, SIZE_MAX, 2));
    assert_null(c2c_arena_alloc(&arena, SIZE_MAX / 2 + 1, 1));
    assert_non_null(c2c_arena_alloc(&arena, 1, 1));
    c2c_arena_fini(&arena);
}

static void it_can_be_used_again_after_fini(void **state)
{
    struct c2c_arena arena;

    (void)state;
    c2c_arena_init(&arena);
    assert_non_null(c2c_arena_alloc(&arena, 1, 100));
    c2c_arena_fini(&arena);
    c2c_arena_fini(&arena);
    assert_string_equal(c2c_arena_dup(&arena, c2c_view_str("again")), "again");
    assert_string_equal(c2c_arena_dup(&arena, (struct c2c_view){NULL, 0}), "");
    c2c_arena_fini(&arena);
}

static enum c2c_err fill(void *arg)
{
    struct c2c_arena arena;
    enum c2c_err err = C2C_E_OK;

    (void)arg;
    c2c_arena_init(&arena);
    for (size_t i = 0; i < 6 && err == C2C_E_OK; i++) {
        if (c2c_arena_alloc(&arena, 1, 9000) == NULL ||
            c2c_arena_dup(&arena, c2c_view_str("text")) == NULL) {
            err = C2C_E_NOMEM;
        }
    }
    c2c_arena_fini(&arena);
    return err;
}

static void it_survives_every_failing_allocation(void **state)
{
    (void)state;
    oom_sweep(fill, NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(memory_is_zeroed_aligned_and_apart),
        cmocka_unit_test(many_small_pieces_take_several_chunks),
        cmocka_unit_test(nothing_and_too_much_give_null),
        cmocka_unit_test(it_can_be_used_again_after_fini),
        cmocka_unit_test(it_survives_every_failing_allocation),
    };
    return cmocka_run_group_tests_name("base/arena", tests, NULL, NULL);
}
