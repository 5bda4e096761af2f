#include "base/file.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "oom.h"
#include "temp.h"
#include "test.h"

static int begin(void **state)
{
    (void)state;
    temp_make();
    return 0;
}

static int end(void **state)
{
    (void)state;
    temp_remove();
    return 0;
}

static mode_t mode_of(const char *path)
{
    struct stat st;

    assert_int_equal(stat(path, &st), 0);
    return st.st_mode & 07777;
}

static void writing_replaces_and_sets_the_mode(void **state)
{
    const char *path = temp_path("a");
    mode_t before = umask(077);

    (void)state;
    assert_ok(c2c_file_write(path, c2c_view_str("old"), 0644));
    assert_int_equal(mode_of(path), 0644); /* Whatever the umask. */
    (void)umask(0);
    assert_ok(c2c_file_write(path, c2c_view_str("new"), 0600));
    assert_int_equal(mode_of(path), 0600);
    (void)umask(before);
    temp_assert_holds(path, "new");
    assert_false(c2c_file_exists(temp_path("a.new")));
}

static void what_a_crash_left_does_not_matter(void **state)
{
    (void)state;
    (void)temp_write("a.new", "half", 4);
    assert_ok(c2c_file_write(temp_path("a"), c2c_view_str("whole"), 0600));
    temp_assert_holds(temp_path("a"), "whole");
    assert_false(c2c_file_exists(temp_path("a.new")));
}

static void creating_never_replaces(void **state)
{
    const char *path = temp_path("key");

    (void)state;
    assert_ok(c2c_file_create(path, c2c_view_str("first"), 0600));
    assert_int_equal(mode_of(path), 0600);
    assert_err(c2c_file_create(path, c2c_view_str("second"), 0600),
               C2C_E_EXISTS);
    temp_assert_holds(path, "first");
    assert_false(c2c_file_exists(temp_path("key.new")));
    assert_int_equal(symlink("nowhere", temp_path("link")), 0);
    assert_err(c2c_file_create(temp_path("link"), c2c_view_str("x"), 0600),
               C2C_E_EXISTS);
}

static void a_new_name_never_replaces(void **state)
{
    const char *a = temp_write("a", "a", 1);
    const char *b = temp_write("b", "b", 1);

    (void)state;
    assert_err(c2c_file_rename_new(a, b), C2C_E_EXISTS);
    temp_assert_holds(a, "a");
    temp_assert_holds(b, "b");
    assert_int_equal(unlink(b), 0);
    assert_ok(c2c_file_rename_new(a, b));
    temp_assert_holds(b, "a");
    assert_false(c2c_file_exists(a));
    assert_err(c2c_file_rename_new(a, b), C2C_E_NOT_FOUND);
}

static void reading_appends_and_knows_its_limit(void **state)
{
    char big[40000];
    struct c2c_buf out;

    (void)state;
    memset(big, 'x', sizeof big);
    (void)temp_write("big", big, sizeof big);
    c2c_buf_init(&out, sizeof big + 1);
    assert_ok(c2c_buf_put(&out, "<", 1));
    assert_ok(c2c_file_read(temp_path("big"), &out));
    assert_int_equal(out.n, sizeof big + 1);
    assert_int_equal(out.p[0], '<');
    assert_err(c2c_file_read(temp_path("big"), &out), C2C_E_TOO_BIG);
    c2c_buf_fini(&out);
}

static void what_cannot_be_read_says_why(void **state)
{
    struct c2c_buf out;

    (void)state;
    c2c_buf_init(&out, 100);
    assert_err(c2c_file_read(temp_path("none"), &out), C2C_E_NOT_FOUND);
    assert_int_equal(errno, ENOENT);
    assert_err(c2c_file_read(temp_path("."), &out), C2C_E_IO);
    assert_int_equal(errno, EISDIR);
    (void)temp_write("f", "", 0);
    assert_err(c2c_file_read(temp_path("f/g"), &out), C2C_E_NOT_FOUND);
    assert_err(c2c_file_write(temp_path("no/f"), c2c_view_str("x"), 0600),
               C2C_E_NOT_FOUND);
    assert_ok(c2c_file_mkdir(temp_path("dir"), 0700));
    assert_err(c2c_file_write(temp_path("dir"), c2c_view_str("x"), 0600),
               C2C_E_IO);
    assert_false(c2c_file_exists(temp_path("dir.new")));
    c2c_buf_fini(&out);
}

static void codes_of_the_system_become_ours(void **state)
{
    (void)state;
    assert_err(c2c_file_err(ENOENT), C2C_E_NOT_FOUND);
    assert_err(c2c_file_err(EACCES), C2C_E_PERMISSION);
    assert_err(c2c_file_err(EROFS), C2C_E_PERMISSION);
    assert_err(c2c_file_err(ENOSPC), C2C_E_DISK_FULL);
    assert_err(c2c_file_err(EDQUOT), C2C_E_DISK_FULL);
    assert_err(c2c_file_err(EEXIST), C2C_E_EXISTS);
    assert_err(c2c_file_err(ENOMEM), C2C_E_NOMEM);
    assert_err(c2c_file_err(EIO), C2C_E_IO);
}

static void a_folder_has_exactly_its_mode(void **state)
{
    const char *path = temp_path("dir");
    mode_t before = umask(077);

    (void)state;
    assert_ok(c2c_file_mkdir(path, 0750));
    (void)umask(before);
    assert_int_equal(mode_of(path), 0750);
    assert_ok(c2c_file_mkdir(path, 0700));
    assert_int_equal(mode_of(path), 0750); /* It was there. */
    (void)temp_write("file", "", 0);
    assert_err(c2c_file_mkdir(temp_path("file"), 0700), C2C_E_EXISTS);
    assert_err(c2c_file_mkdir(temp_path("a/b"), 0700), C2C_E_NOT_FOUND);
}

static void a_broken_link_is_there(void **state)
{
    (void)state;
    assert_false(c2c_file_exists(temp_path("link")));
    assert_int_equal(symlink("nowhere", temp_path("link")), 0);
    assert_true(c2c_file_exists(temp_path("link")));
}

static void assert_folder(const char *path, const char *want)
{
    char *got = c2c_path_folder(path);

    assert_string_equal(got, want);
    c2c_free(got);
}

static void paths_are_put_together_and_apart(void **state)
{
    char *path = c2c_path_join("dir", "name");

    (void)state;
    assert_string_equal(path, "dir/name");
    c2c_free(path);
    assert_folder("a/b/c", "a/b/");
    assert_folder("/c", "/");
    assert_folder("c", "./");
}

static enum c2c_err write_and_read(void *arg)
{
    const char *path = arg;
    struct c2c_buf out;
    enum c2c_err err = c2c_file_write(path, c2c_view_str("text"), 0600);

    c2c_buf_init(&out, 100);
    if (err == C2C_E_OK) {
        err = c2c_file_read(path, &out);
    }
    c2c_buf_fini(&out);
    return err;
}

static void files_survive_every_failing_allocation(void **state)
{
    char path[512];

    (void)state;
    (void)snprintf(path, sizeof path, "%s", temp_path("file"));
    oom_sweep(write_and_read, path);
    temp_assert_holds(path, "text");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define WITH_FOLDER(NAME) cmocka_unit_test_setup_teardown(NAME, begin, end)
        WITH_FOLDER(writing_replaces_and_sets_the_mode),
        WITH_FOLDER(what_a_crash_left_does_not_matter),
        WITH_FOLDER(creating_never_replaces),
        WITH_FOLDER(a_new_name_never_replaces),
        WITH_FOLDER(reading_appends_and_knows_its_limit),
        WITH_FOLDER(what_cannot_be_read_says_why),
        WITH_FOLDER(codes_of_the_system_become_ours),
        WITH_FOLDER(a_folder_has_exactly_its_mode),
        WITH_FOLDER(a_broken_link_is_there),
        WITH_FOLDER(paths_are_put_together_and_apart),
        WITH_FOLDER(files_survive_every_failing_allocation),
    };
    return cmocka_run_group_tests_name("base/file", tests, NULL, NULL);
}
