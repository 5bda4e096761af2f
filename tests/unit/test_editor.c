#include "c2c/editor.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"
#include "c2c/command.h"
#include "client.h"
#include "temp.h"
#include "test.h"

static struct client c;
static struct c2c_editor editor;
static struct c2c_buf out;
static char before[512];

static int begin(void **state)
{
    static const struct c2c_command command = {.name = "new"};

    (void)state;
    temp_make();
    client_begin(&c, C2C_FORM_HUMAN);
    c.run.line.command = &command;
    c2c_buf_init(&out, 1 << 20);
    assert_non_null(getcwd(before, sizeof before));
    assert_int_equal(chdir(temp_path(".")), 0);
    (void)setenv("XDG_RUNTIME_DIR", temp_path("."), 1);
    (void)unsetenv("VISUAL");
    (void)unsetenv("EDITOR");
    return 0;
}

static int end(void **state)
{
    (void)state;
    c2c_editor_close(&editor);
    c2c_buf_fini(&out);
    client_end(&c);
    assert_int_equal(chdir(before), 0);
    temp_remove();
    return 0;
}

static void edit(const char *text, enum c2c_err want)
{
    assert_err(c2c_editor_edit(&c.run, &editor, c2c_view_str(text), &out),
               want);
}

static void the_file_is_private_and_goes_away(void **state)
{
    char path[512];
    struct stat st;

    (void)state;
    assert_ok(c2c_editor_open(&c.run, "office", &editor));
    (void)snprintf(path, sizeof path, "%s", editor.path);
    assert_int_equal(stat(path, &st), 0);
    assert_int_equal(st.st_mode & 07777, 0600);
    assert_non_null(strstr(path, "/c2c-office-"));
    assert_string_equal(path + strlen(path) - 5, ".json");
    c2c_editor_close(&editor);
    assert_false(c2c_file_exists(path));
    c2c_editor_close(&editor);
}

static void two_at_a_time_do_not_meet(void **state)
{
    struct c2c_editor other;

    (void)state;
    assert_ok(c2c_editor_open(&c.run, "office", &editor));
    assert_ok(c2c_editor_open(&c.run, "office", &other));
    assert_string_not_equal(editor.path, other.path);
    c2c_editor_close(&other);
}

static void another_folder_serves_when_the_first_does_not(void **state)
{
    (void)state;
    (void)setenv("XDG_RUNTIME_DIR", "/nonexistent", 1);
    (void)setenv("TMPDIR", temp_path("."), 1);
    assert_ok(c2c_editor_open(&c.run, "office", &editor));
    assert_memory_equal(editor.path, temp_path(""), strlen(temp_path("")));
    (void)unsetenv("TMPDIR");
}

static void what_the_editor_leaves_is_read(void **state)
{
    (void)state;
    assert_ok(c2c_editor_open(&c.run, "office", &editor));
    (void)setenv("EDITOR", "cp \"$1\" seen; printf %s new >", 1);
    edit("old", C2C_E_OK);
    assert_int_equal(out.n, 3);
    assert_memory_equal(out.p, "new", 3);
    temp_assert_holds("seen", "old");
    (void)setenv("VISUAL", "printf %s visual >", 1); /* It comes first. */
    edit("old", C2C_E_OK);
    assert_memory_equal(out.p, "visual", 6);
}

static void an_editor_that_fails_is_told(void **state)
{
    (void)state;
    assert_ok(c2c_editor_open(&c.run, "office", &editor));
    (void)setenv("EDITOR", "false", 1);
    edit("text", C2C_E_IO);
    assert_string_equal(c.run.diag.thing, "false");
    assert_non_null(strstr(c.run.diag.hint, "c2c new --print"));
    (void)setenv("EDITOR", "rm", 1); /* It leaves nothing. */
    edit("text", C2C_E_NOT_FOUND);
}

static void what_was_not_saved_is_kept_here(void **state)
{
    (void)state;
    (void)temp_write("office.unsaved.json", "earlier", 7);
    assert_ok(c2c_editor_open(&c.run, "office", &editor));
    (void)setenv("EDITOR", "printf %s mine >", 1);
    edit("", C2C_E_OK);
    c2c_editor_keep(&c.run, &editor, "office");
    assert_null(editor.path);
    temp_assert_holds("office.unsaved.json", "earlier");
    temp_assert_holds("office-1.unsaved.json", "mine");
    assert_non_null(strstr(client_talk(&c), "c2c put office-1.unsaved.json"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define WITH_RUN(NAME) cmocka_unit_test_setup_teardown(NAME, begin, end)
        WITH_RUN(the_file_is_private_and_goes_away),
        WITH_RUN(two_at_a_time_do_not_meet),
        WITH_RUN(another_folder_serves_when_the_first_does_not),
        WITH_RUN(what_the_editor_leaves_is_read),
        WITH_RUN(an_editor_that_fails_is_told),
        WITH_RUN(what_was_not_saved_is_kept_here),
    };
    return cmocka_run_group_tests_name("c2c/editor", tests, NULL, NULL);
}
