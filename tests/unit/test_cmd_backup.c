/* backup: the file that the node has made goes where it is wanted. */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/file.h"
#include "client.h"
#include "fake_node.h"
#include "temp.h"
#include "test.h"

static struct client c;
static struct fake_answer answers[2];

static int begin(void **state)
{
    static char json[1024];

    (void)state;
    temp_make();
    assert_ok(c2c_file_mkdir(temp_path("out"), 0700));
    (void)snprintf(json, sizeof json, "{\"path\":\"%s\"}",
                   temp_write("made.db", "backup", 6));
    answers[0] = (struct fake_answer){C2C_E_OK, json};
    answers[1] = (struct fake_answer){C2C_E_OK, NULL};
    fake_node_open(temp_path("."), answers);
    return 0;
}

static int end(void **state)
{
    (void)state;
    fake_node_close();
    temp_remove();
    return 0;
}

static enum c2c_err backup(const char *options, const char *path)
{
    char line[2048];

    (void)snprintf(line, sizeof line, "c2c -C %s backup %s %s", temp_path("."),
                   options, path);
    client_begin_line(&c, line);
    c.run.no_input = true;
    return client_do(&c);
}

static void it_is_moved_and_named(void **state)
{
    char want[600];

    (void)state;
    (void)snprintf(want, sizeof want, "%s\n", temp_path("out/to.db"));
    assert_ok(backup("", temp_path("out/to.db")));
    assert_string_equal(client_data(&c), want);
    client_end(&c);
    temp_assert_holds(temp_path("out/to.db"), "backup");
    assert_false(c2c_file_exists(temp_path("made.db")));
}

static void nothing_is_replaced_unasked(void **state)
{
    (void)state;
    (void)temp_write("out/to.db", "precious", 8);
    assert_err(backup("", temp_path("out/to.db")), C2C_E_USAGE);
    client_end(&c);
    temp_assert_holds(temp_path("out/to.db"), "precious");
    assert_string_equal(fake_node_requests(), ""); /* Not even made. */
    assert_ok(backup("--yes", temp_path("out/to.db")));
    client_end(&c);
    temp_assert_holds(temp_path("out/to.db"), "backup");
}

static void a_folder_is_no_file(void **state)
{
    (void)state;
    assert_err(backup("--yes", temp_path(".")), C2C_E_USAGE);
    client_end(&c);
    assert_true(c2c_file_exists(temp_path("made.db")));
}

/* The node has its own files open. */
static void the_node_s_own_files_stay(void **state)
{
    (void)state;
    (void)temp_write("store.db", "precious", 8);
    assert_err(backup("--yes", temp_path("store.db")), C2C_E_USAGE);
    client_end(&c);
    assert_err(backup("", temp_path("out/../new.db")), C2C_E_USAGE);
    client_end(&c);
    temp_assert_holds(temp_path("store.db"), "precious");
    assert_string_equal(fake_node_requests(), "");
}

/* A copy of all records does not lie about. */
static void what_cannot_be_moved_is_removed(void **state)
{
    (void)state;
    assert_err(backup("", temp_path("none/to.db")), C2C_E_IO);
    assert_non_null(strstr(client_talk(&c), "No such file or directory"));
    client_end(&c);
    assert_false(c2c_file_exists(temp_path("made.db")));
}

static void a_dry_run_makes_nothing(void **state)
{
    (void)state;
    assert_ok(backup("-n", temp_path("out/to.db")));
    client_end(&c);
    assert_false(c2c_file_exists(temp_path("out/to.db")));
    assert_string_equal(fake_node_requests(), "");
}

/* Where it can: /dev/shm is another file system than the temporary folder. */
static void it_is_copied_to_another_file_system(void **state)
{
    char far[128] = "/dev/shm/c2c-test-XXXXXX";
    struct stat here;
    struct stat there;
    char path[160];

    (void)state;
    if (mkdtemp(far) == NULL) {
        skip();
    }
    (void)snprintf(path, sizeof path, "%s/to.db", far);
    assert_int_equal(stat(temp_path("."), &here), 0);
    assert_int_equal(stat(far, &there), 0);
    if (here.st_dev != there.st_dev) {
        assert_ok(backup("", path));
        client_end(&c);
        temp_assert_holds(path, "backup");
        assert_int_equal(stat(path, &there), 0);
        assert_int_equal(there.st_mode & 07777, 0600);
        assert_false(c2c_file_exists(temp_path("made.db")));
        assert_int_equal(remove(path), 0);
    }
    assert_int_equal(remove(far), 0); /* Nothing else is left in it. */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define WITH_NODE(NAME) cmocka_unit_test_setup_teardown(NAME, begin, end)
        WITH_NODE(it_is_moved_and_named),
        WITH_NODE(nothing_is_replaced_unasked),
        WITH_NODE(a_folder_is_no_file),
        WITH_NODE(the_node_s_own_files_stay),
        WITH_NODE(what_cannot_be_moved_is_removed),
        WITH_NODE(a_dry_run_makes_nothing),
        WITH_NODE(it_is_copied_to_another_file_system),
    };
    return cmocka_run_group_tests_name("c2c/cmd_backup", tests, NULL, NULL);
}
