#include <stdio.h>
#include <string.h>

#include "base/file.h"
#include "node/config.h"
#include "oom.h"
#include "test.h"

static struct c2c_config config;
static struct c2c_diag diag;

static enum c2c_err parse(const char *text)
{
    c2c_config_defaults(&config);
    return c2c_config_parse("c2cd.conf", text, &config, &diag);
}

/* The message and part of the hint that @text gives. */
static void refused(const char *text, const char *message, const char *hint)
{
    struct c2c_config defaults;

    assert_err(parse(text), C2C_E_CONFIG);
    assert_string_equal(diag.message, message);
    if (strstr(diag.hint, hint) == NULL) {
        fail_msg("hint of '%s' is '%s'", text, diag.hint);
    }
    c2c_config_defaults(&defaults);
    assert_memory_equal(&config, &defaults, sizeof config);
}

static void an_empty_file_gives_the_defaults(void **state)
{
    (void)state;
    assert_ok(parse(""));
    assert_int_equal(config.workers, 4);
    assert_string_equal(config.log_level, "info");
}

static void keys_comments_and_quotes_are_read(void **state)
{
    (void)state;
    assert_ok(parse("# include and ${HOME} are only words here\n"
                    "workers = 7\nlog-level = \"debug\"\n"
                    "queue=12 # as many\n"));
    assert_int_equal(config.workers, 7);
    assert_int_equal(config.queue, 12);
    assert_string_equal(config.log_level, "debug");
}

static void unknown_keys_name_the_nearest(void **state)
{
    (void)state;
    refused("workers = 7\nqueux = 12\n",
            "c2cd.conf:2: queux: is not a key of this program",
            "did you mean 'queue'?");
    refused("zzzzzzzzz = 1\n",
            "c2cd.conf:1: zzzzzzzzz: is not a key of this program",
            "--print-config");
}

static void values_out_of_range_say_the_range(void **state)
{
    (void)state;
    refused("\nworkers = 0\n",
            "c2cd.conf:2: workers: 0 is not between 1 and 64", "");
    refused("workers = 65\n",
            "c2cd.conf:1: workers: 65 is not between 1 and 64", "");
    refused("workers = 99999999999999999999\n",
            "c2cd.conf:1: workers: is not a number between 1 and 64", "");
    refused("workers = many\n",
            "c2cd.conf:1: workers: is not a number between 1 and 64", "");
    refused("log-level = loud\n",
            "c2cd.conf:1: log-level: 'loud' is not one of err, warn, notice, "
            "info, debug",
            "");
}

static void broken_lines_are_named(void **state)
{
    (void)state;
    assert_err(parse("workers\n"), C2C_E_CONFIG);
    assert_ptr_equal(strstr(diag.message, "c2cd.conf:"), diag.message);
    assert_err(parse("workers = {1, 2}\n"), C2C_E_CONFIG);
    assert_err(parse("log-level = \"de\n"), C2C_E_CONFIG);
}

static void a_head_must_be_signed_anew_before_it_expires(void **state)
{
    (void)state;
    refused("refresh-days = 20\nexpire-days = 20\n",
            "c2cd.conf: refresh-days: 20 must be less than expire-days, which "
            "is 20",
            "");
    refused("expire-days = 5\n",
            "c2cd.conf: refresh-days: 7 must be less than expire-days, which "
            "is 5",
            "");
    assert_ok(parse("expire-days = 5\nrefresh-days = 4\n"));
}

static void what_is_printed_reads_back_the_same(void **state)
{
    struct c2c_config before;
    struct c2c_buf text;

    (void)state;
    assert_ok(parse("workers = 7\nlog-level = warn\nexpire-days = 9\n"));
    before = config;
    c2c_buf_init(&text, 65536);
    assert_ok(c2c_config_print(&config, &text));
    assert_ok(c2c_buf_put(&text, "", 1));
    assert_ok(parse((const char *)text.p));
    assert_memory_equal(&config, &before, sizeof config);
    c2c_buf_fini(&text);
}

/* From a file of the working folder. */
static enum c2c_err read_file(struct c2c_view bytes)
{
    enum c2c_err err;

    assert_ok(c2c_file_write("test-config.conf", bytes, 0600));
    c2c_config_defaults(&config);
    err = c2c_config_read("test-config.conf", &config, &diag);
    (void)remove("test-config.conf");
    return err;
}

static void what_a_key_and_value_cannot_say_is_refused(void **state)
{
    static const char zero[] = "workers = 7\n\0queue = 0\n";

    (void)state;
    assert_err(read_file(c2c_view_str("include(\"/etc/passwd\")\n")),
               C2C_E_CONFIG);
    assert_non_null(strstr(diag.message, "test-config.conf:1: include"));
    assert_err(read_file(c2c_view_str("\nlog-level = ${HOME}\n")),
               C2C_E_CONFIG);
    assert_non_null(strstr(diag.message, "test-config.conf:2: ${HOME}"));
    assert_err(read_file(c2c_view_of(zero, sizeof zero - 1)), C2C_E_CONFIG);
    assert_string_equal(diag.message,
                        "test-config.conf:2: a zero byte: this is no text");
    assert_err(read_file(c2c_view_str("log-level = \xff\n")), C2C_E_CONFIG);
}

static void a_missing_file_is_named(void **state)
{
    (void)state;
    assert_err(c2c_config_read("none.conf", &config, &diag), C2C_E_NOT_FOUND);
    assert_string_equal(diag.message, "cannot read none.conf: no such object");
}

static enum c2c_err read_once(void *arg)
{
    (void)arg;
    c2c_config_defaults(&config);
    return c2c_config_read("test-config.conf", &config, &diag);
}

/* libconfuse's own memory is not base/mem.h's and left out. */
static void reading_survives_every_failed_allocation(void **state)
{
    (void)state;
    assert_ok(c2c_file_write("test-config.conf",
                             c2c_view_str("workers = 7\nqueue = 9\n"), 0600));
    oom_sweep(read_once, NULL);
    assert_int_equal(config.workers, 7);
    (void)remove("test-config.conf");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_empty_file_gives_the_defaults),
        cmocka_unit_test(keys_comments_and_quotes_are_read),
        cmocka_unit_test(unknown_keys_name_the_nearest),
        cmocka_unit_test(values_out_of_range_say_the_range),
        cmocka_unit_test(broken_lines_are_named),
        cmocka_unit_test(a_head_must_be_signed_anew_before_it_expires),
        cmocka_unit_test(what_is_printed_reads_back_the_same),
        cmocka_unit_test(what_a_key_and_value_cannot_say_is_refused),
        cmocka_unit_test(a_missing_file_is_named),
        cmocka_unit_test(reading_survives_every_failed_allocation),
    };
    return cmocka_run_group_tests_name("config", tests, NULL, NULL);
}
