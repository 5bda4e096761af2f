/* The file of trusted associations: read, kept as people wrote it, changed. */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/file.h"
#include "c2c/trust.h"
#include "client.h"
#include "temp.h"
#include "test.h"

#define A "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"
#define B "ff112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"

static struct client c;

static int begin(void **state)
{
    (void)state;
    temp_make();
    return setenv("XDG_CONFIG_HOME", temp_path("conf"), 1);
}

static int end(void **state)
{
    (void)state;
    temp_remove();
    return 0;
}

static enum c2c_err run(const char *words)
{
    char line[1024];

    (void)snprintf(line, sizeof line, "c2c %s", words);
    client_begin_line(&c, line);
    return client_do(&c);
}

/* The same, for what has to be printed. */
static void run_prints(const char *words, const char *want)
{
    assert_ok(run(words));
    assert_string_equal(client_data(&c), want);
    client_end(&c);
}

static void write_file(const char *text)
{
    assert_ok(c2c_file_mkdir(temp_path("conf"), 0700));
    assert_ok(c2c_file_mkdir(temp_path("conf/c2c"), 0700));
    (void)temp_write("conf/c2c/trust", text, strlen(text));
}

static const char *read_file(void)
{
    static struct c2c_buf text;

    c2c_buf_fini(&text);
    c2c_buf_init(&text, 1 << 16);
    assert_ok(c2c_file_read(temp_path("conf/c2c/trust"), &text));
    assert_ok(c2c_buf_put(&text, "", 1));
    return (const char *)text.p;
}

static void what_is_added_is_listed_and_can_go(void **state)
{
    struct stat st;

    (void)state;
    assert_ok(run("trust list"));
    assert_string_equal(client_data(&c), "");
    assert_non_null(strstr(client_talk(&c), "c2c trust add"));
    client_end(&c);
    run_prints("trust add " A " League of Cities", A "\n");
    run_prints("trust add " B, B "\n");
    run_prints("trust list --plain", A "\tLeague of Cities\n" B "\t\n");
    run_prints("trust list --jsonl",
               "{\"comment\":\"League of Cities\",\"lga\":\"" A "\"}\n"
               "{\"comment\":\"\",\"lga\":\"" B "\"}\n");
    assert_int_equal(stat(temp_path("conf/c2c/trust"), &st), 0);
    assert_int_equal(st.st_mode & 0777, 0600);
    assert_int_equal(stat(temp_path("conf/c2c"), &st), 0);
    assert_int_equal(st.st_mode & 0777, 0700);
    run_prints("trust remove 00112233 --json",
               "{\n  \"comment\": \"League of Cities\",\n  \"lga\": \"" A
               "\"\n}\n");
    run_prints("trust list --plain", B "\t\n");
}

static void lines_of_people_stay(void **state)
{
    (void)state;
    write_file("# mine\n\n" A "\tLeague\r\n# last");
    run_prints("trust list --plain", A "\tLeague\n");
    run_prints("trust add " B " B", B "\n");
    assert_string_equal(read_file(),
                        "# mine\n\n" A "\tLeague\r\n# last\n" B " B\n");
    run_prints("trust remove League", A "\n");
    assert_string_equal(read_file(), "# mine\n\n# last\n" B " B\n");
}

static void adding_twice_and_trying_change_nothing(void **state)
{
    (void)state;
    write_file(A " League\n");
    run_prints("trust add " A " Other", A "\n");
    run_prints("trust add " A " --plain", A "\tLeague\n");
    run_prints("trust add -n " B, B "\n");
    run_prints("trust remove -n " A, A "\n");
    assert_string_equal(read_file(), A " League\n");
}

static void what_is_no_line_is_named(void **state)
{
    (void)state;
    write_file("# mine\n" A "\nabc League\n");
    assert_err(run("trust list"), C2C_E_CONFIG);
    assert_non_null(strstr(client_talk(&c), "trust:3"));
    client_end(&c);
    write_file(A "League\n");
    assert_err(run("trust add " B), C2C_E_CONFIG);
    client_end(&c);
    assert_string_equal(read_file(), A "League\n");
    write_file(A " \xff\n");
    assert_err(run("trust list"), C2C_E_CONFIG);
    client_end(&c);
}

static void wrong_words_are_refused(void **state)
{
    (void)state;
    write_file(A " League\n" B " League\n");
    assert_err(run("trust remove Leagux"), C2C_E_NOT_FOUND);
    assert_non_null(strstr(client_talk(&c), "did you mean League"));
    client_end(&c);
    assert_err(run("trust remove League"), C2C_E_AMBIGUOUS);
    client_end(&c);
    assert_err(run("trust remove 0011223"), C2C_E_NOT_FOUND);
    client_end(&c);
    assert_err(run("trust add League"), C2C_E_USAGE);
    client_end(&c);
    assert_err(run("trust add"), C2C_E_USAGE);
    client_end(&c);
    assert_err(run("trust list " A), C2C_E_USAGE);
    client_end(&c);
    assert_string_equal(read_file(), A " League\n" B " League\n");
}

static void the_home_folder_serves_too(void **state)
{
    (void)state;
    assert_int_equal(unsetenv("XDG_CONFIG_HOME"), 0);
    assert_int_equal(setenv("HOME", temp_path("home"), 1), 0);
    run_prints("trust add " A, A "\n");
    assert_true(c2c_file_exists(temp_path("home/.config/c2c/trust")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define WITH_FOLDER(NAME) cmocka_unit_test_setup_teardown(NAME, begin, end)
        WITH_FOLDER(what_is_added_is_listed_and_can_go),
        WITH_FOLDER(lines_of_people_stay),
        WITH_FOLDER(adding_twice_and_trying_change_nothing),
        WITH_FOLDER(what_is_no_line_is_named),
        WITH_FOLDER(wrong_words_are_refused),
        WITH_FOLDER(the_home_folder_serves_too),
    };
    return cmocka_run_group_tests_name("c2c/trust", tests, NULL, NULL);
}
