#include "c2c/out.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "client.h"
#include "test.h"

static struct client c;

static int begin(void **state)
{
    (void)state;
    client_begin(&c, C2C_FORM_HUMAN);
    return 0;
}

static int end(void **state)
{
    (void)state;
    client_end(&c);
    return 0;
}

static void documents_have_the_form_that_was_asked_for(void **state)
{
    const struct c2c_val *doc = client_val(&c, "{\"b\":[1],\"a\":\"\u676d\"}");

    (void)state;
    c.run.out.form = C2C_FORM_JSON;
    c2c_out_doc(&c.run.out, doc);
    assert_string_equal(client_data(&c),
                        "{\n  \"a\": \"\u676d\",\n  \"b\": [\n    1\n  ]\n}\n");
    c2c_out_line(&c.run.out, doc);
    assert_string_equal(client_data(&c), "{\"a\":\"\u676d\",\"b\":[1]}\n");
    c.run.out.form = C2C_FORM_JSONL;
    c2c_out_doc(&c.run.out, doc);
    assert_string_equal(client_data(&c), "{\"a\":\"\u676d\",\"b\":[1]}\n");
    assert_ok(c2c_out_close(&c.run.out));
}

static void no_data_steers_the_terminal(void **state)
{
    (void)state;
    c2c_out_screen(&c.run.out, C2C_STYLE_GOOD,
                   c2c_view_str("a\033[2Jb\xc2\x9b"
                                "c\nd\t"));
    assert_string_equal(client_data(&c), "a [2Jb c\nd ");
    c.run.out.colors = true;
    c2c_out_screen(&c.run.out, C2C_STYLE_GOOD, c2c_view_str("ok"));
    assert_string_equal(client_data(&c), "\033[32mok\033[0m");
    c2c_out_screen(&c.run.out, C2C_STYLE_NONE, c2c_view_str("ok"));
    c2c_out_screen(&c.run.out, C2C_STYLE_BAD, c2c_view_str(""));
    assert_string_equal(client_data(&c), "ok");
}

static void plain_lines_can_be_taken_apart_again(void **state)
{
    const struct c2c_view fields[] = {c2c_view_str("a\tb\\"),
                                      {NULL, 0},
                                      c2c_view_str("c\nd\r")};

    (void)state;
    c2c_out_plain(&c.run.out, fields, 3);
    c2c_out_plain(&c.run.out, fields, 0);
    assert_string_equal(client_data(&c), "a\\tb\\\\\t\tc\\nd\\r\n\n");
}

static void talk_goes_elsewhere_and_can_be_silenced(void **state)
{
    char text[10000];

    (void)state;
    c2c_out_talk(&c.run.out, "%d records\033", 3);
    assert_string_equal(client_talk(&c), "3 records \n");
    assert_string_equal(client_data(&c), "");
    memset(text, 'x', sizeof text - 1);
    text[sizeof text - 1] = '\0';
    c2c_out_talk(&c.run.out, "%s", text);
    assert_int_equal(strlen(client_talk(&c)), 4096);
    c.run.out.form = C2C_FORM_JSON;
    c2c_out_talk(&c.run.out, "for people");
    c.run.out.form = C2C_FORM_JSONL;
    c2c_out_talk(&c.run.out, "for people");
    c.run.out.form = C2C_FORM_PLAIN;
    c.run.out.quiet = true;
    c2c_out_talk(&c.run.out, "for people");
    assert_string_equal(client_talk(&c), "");
    c.run.out.quiet = false;
    c2c_out_talk(&c.run.out, "for people");
    assert_string_equal(client_talk(&c), "for people\n");
}

static void a_failed_write_sticks_until_the_end(void **state)
{
    FILE *full = fopen("/dev/full", "w");
    FILE *kept = c.run.out.to;

    (void)state;
    assert_non_null(full);
    c.run.out.to = full;
    c2c_out_print(&c.run.out, "%s", "lost");
    assert_err(c2c_out_close(&c.run.out), C2C_E_IO);
    c.run.out.to = kept;
    c2c_out_print(&c.run.out, "%s", "nothing more");
    assert_err(c2c_out_close(&c.run.out), C2C_E_IO);
    assert_string_equal(client_data(&c), "");
    (void)fclose(full);
}

/* `c2c list office | head -1` says nothing of the pipe. */
static void a_reader_that_leaves_ends_the_program_quietly(void **state)
{
    int status = 0;
    int ends[2];
    pid_t child;

    (void)state;
    assert_int_equal(pipe(ends), 0);
    (void)close(ends[0]);
    child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        const struct rlimit none = {0, 0};

        (void)setrlimit(RLIMIT_CORE, &none);
        (void)signal(SIGPIPE, SIG_IGN); /* As a library may have done. */
        c.run.out.to = fdopen(ends[1], "w");
        c2c_out_print(&c.run.out, "%s", "text");
        _exit(c2c_out_close(&c.run.out) == C2C_E_OK ? 0 : 1);
    }
    (void)close(ends[1]);
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFSIGNALED(status));
    assert_int_equal(WTERMSIG(status), SIGPIPE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define WITH_RUN(NAME) cmocka_unit_test_setup_teardown(NAME, begin, end)
        WITH_RUN(documents_have_the_form_that_was_asked_for),
        WITH_RUN(no_data_steers_the_terminal),
        WITH_RUN(plain_lines_can_be_taken_apart_again),
        WITH_RUN(talk_goes_elsewhere_and_can_be_silenced),
        WITH_RUN(a_failed_write_sticks_until_the_end),
        WITH_RUN(a_reader_that_leaves_ends_the_program_quietly),
    };
    return cmocka_run_group_tests_name("c2c/out", tests, NULL, NULL);
}
