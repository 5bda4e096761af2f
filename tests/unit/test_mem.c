#include "base/mem.h"

#include <stdlib.h>
#include <string.h>

#include "test.h"

static char storage[64];
static unsigned asked;
static unsigned freed;

static void *dirty_alloc(void *ctx, size_t size)
{
    assert_ptr_equal(ctx, storage);
    assert_true(size <= sizeof storage);
    asked++;
    memset(storage, 0xaa, sizeof storage);
    return storage;
}

static void count_free(void *ctx, void *p)
{
    assert_ptr_equal(ctx, storage);
    assert_ptr_equal(p, storage);
    freed++;
}

static void nothing_and_too_much_give_null(void **state)
{
    (void)state;
    assert_null(c2c_calloc(0, 1));
    assert_null(c2c_calloc(1, 0));
    assert_null(c2c_calloc(SIZE_MAX / 2, 3));
    c2c_free(NULL);
}

static void memory_is_zeroed_whoever_gives_it(void **state)
{
    const struct c2c_mem_ops ops = {dirty_alloc, count_free, storage};
    uint8_t *p = c2c_calloc(3, 7);

    (void)state;
    for (size_t i = 0; i < 21; i++) {
        assert_int_equal(p[i], 0);
    }
    c2c_free(p);
    c2c_mem_set_ops(&ops);
    p = c2c_calloc(3, 7);
    assert_ptr_equal(p, storage);
    for (size_t i = 0; i < 21; i++) {
        assert_int_equal(p[i], 0);
    }
    assert_int_equal(p[21], 0xaa);
    c2c_free(NULL); /* Never seen by the ops. */
    c2c_free(p);
    assert_null(c2c_calloc(SIZE_MAX / 2, 3));
    c2c_mem_set_ops(NULL);
    assert_int_equal(asked, 1);
    assert_int_equal(freed, 1);
    p = c2c_calloc(1, 1);
    assert_ptr_not_equal(p, storage);
    c2c_free(p);
}

static void foreign_memory_goes_to_the_c_library(void **state)
{
    const struct c2c_mem_ops ops = {dirty_alloc, count_free, storage};
    void *p = malloc(10);

    (void)state;
    freed = 0;
    c2c_mem_set_ops(&ops);
    c2c_free_foreign(p);
    c2c_free_foreign(NULL);
    c2c_mem_set_ops(NULL);
    assert_int_equal(freed, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_and_too_much_give_null),
        cmocka_unit_test(memory_is_zeroed_whoever_gives_it),
        cmocka_unit_test(foreign_memory_goes_to_the_c_library),
    };
    return cmocka_run_group_tests_name("base/mem", tests, NULL, NULL);
}
