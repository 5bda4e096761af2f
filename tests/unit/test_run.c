#include "c2c/run.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "c2c/command.h"
#include "oom.h"
#include "test.h"

static struct c2c_run run;

enum {
    ARGS_MAX = 12
};

/* Begin with the words of @line, which blanks part. */
static enum c2c_err begin_with(const char *line)
{
    static const struct c2c_grammar grammar = {c2c_global_options,
                                               c2c_commands};
    static char words[1024];
    static char *argv[ARGS_MAX];
    int argc = 0;

    (void)snprintf(words, sizeof words, "%s", line);
    for (char *at = words; *at != '\0' && argc < ARGS_MAX;) {
        argv[argc++] = at;
        at += strcspn(at, " ");
        while (*at == ' ') {
            *at++ = '\0';
        }
    }
    return c2c_run_init(&run, &grammar, argc, argv);
}

static int clean(void **state)
{
    static const char *const names[] = {"C2C_DIR", "XDG_DATA_HOME", "LC_ALL",
                                        "LC_MESSAGES", "LANG"};

    (void)state;
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        (void)unsetenv(names[i]);
    }
    (void)setenv("HOME", "/home/user", 1);
    return 0;
}

static void assert_dir(const char *line, const char *want)
{
    assert_ok(begin_with(line));
    assert_string_equal(run.dir, want);
    c2c_run_fini(&run);
}

static void the_folder_is_found_as_documented(void **state)
{
    (void)state;
    assert_dir("c2c types", "/home/user/.local/share/c2c");
    (void)setenv("XDG_DATA_HOME", "relative", 1); /* Does not count. */
    assert_dir("c2c types", "/home/user/.local/share/c2c");
    (void)setenv("XDG_DATA_HOME", "/data", 1);
    assert_dir("c2c types", "/data/c2c");
    (void)setenv("C2C_DIR", "/city//", 1);
    assert_dir("c2c types", "/city");
    assert_dir("c2c -C other types", "other");
    assert_dir("c2c -C / types", "/");
}

static void without_a_home_it_must_be_named(void **state)
{
    (void)state;
    (void)unsetenv("HOME");
    assert_err(begin_with("c2c types"), C2C_E_USAGE);
    assert_non_null(strstr(run.diag.hint, "-C DIR"));
    c2c_run_fini(&run);
    assert_err(begin_with("c2c --dir= types"), C2C_E_USAGE);
    c2c_run_fini(&run);
}

static void the_folder_can_be_pasted_into_a_shell(void **state)
{
    (void)state;
    (void)setenv("C2C_DIR", "/a b/it's", 1);
    assert_ok(begin_with("c2c types"));
    assert_string_equal(run.dir_word, "'/a b/it'\\''s'");
    c2c_run_fini(&run);
}

static void assert_lang(const char *line, const char *want)
{
    assert_ok(begin_with(line));
    assert_string_equal(run.lang, want);
    c2c_run_fini(&run);
}

static void the_language_is_the_locales_or_what_is_asked_for(void **state)
{
    (void)state;
    assert_lang("c2c types", "en");
    (void)setenv("LANG", "id_ID.UTF-8", 1);
    assert_lang("c2c types", "id-ID");
    (void)setenv("LC_MESSAGES", "zh_CN.UTF-8", 1);
    assert_lang("c2c types", "zh-Hans");
    (void)setenv("LC_ALL", "de_AT", 1);
    assert_lang("c2c types", "de-AT");
    assert_lang("c2c types --lang pt-BR", "pt-BR");
    assert_err(begin_with("c2c types --lang pt_BR"), C2C_E_USAGE);
    assert_string_equal(run.diag.thing, "pt_BR");
    c2c_run_fini(&run);
}

static void global_options_are_understood(void **state)
{
    (void)state;
    assert_ok(begin_with("c2c -nyqv --no-input --timeout 7 --jsonl types"));
    assert_true(run.dry_run && run.yes && run.out.quiet && run.verbose);
    assert_true(run.no_input);
    assert_true(run.timeout_ms == 7000);
    assert_int_equal(run.out.form, C2C_FORM_JSONL);
    c2c_run_fini(&run);
    assert_ok(begin_with("c2c types"));
    assert_false(run.dry_run || run.yes || run.out.quiet || run.verbose);
    assert_true(run.timeout_ms == 30000);
    assert_int_equal(run.out.form, C2C_FORM_HUMAN);
    assert_null(c2c_run_arg(&run, 0));
    c2c_run_fini(&run);
    assert_ok(begin_with("c2c show office/a"));
    assert_string_equal(c2c_run_arg(&run, 0), "office/a");
    c2c_run_fini(&run);
}

static void assert_usage(const char *line, enum c2c_form form)
{
    assert_err(begin_with(line), C2C_E_USAGE);
    assert_true(run.diag.message[0] != '\0');
    assert_int_equal(run.out.form, form);
    c2c_run_fini(&run);
}

static void wrong_usage_is_told_in_the_form_asked_for(void **state)
{
    (void)state;
    assert_usage("c2c types --timeout 0", C2C_FORM_HUMAN);
    assert_usage("c2c types --timeout 86401", C2C_FORM_HUMAN);
    assert_usage("c2c types --nonsense", C2C_FORM_HUMAN);
    assert_usage("c2c types --nonsense --json", C2C_FORM_JSON);
    assert_usage("c2c types --nonsense -- --json", C2C_FORM_HUMAN);
    assert_usage("c2c types --json --plain", C2C_FORM_JSON);
    assert_usage("c2c types --records", C2C_FORM_RECORDS);
    assert_ok(begin_with("c2c list office --records"));
    c2c_run_fini(&run);
}

static void a_mistyped_type_is_guessed(void **state)
{
    (void)state;
    assert_ok(begin_with("c2c types"));
    assert_non_null(c2c_run_type(&run, "office"));
    assert_null(c2c_run_type(&run, "ofice"));
    assert_err(run.diag.code, C2C_E_NOT_FOUND);
    assert_non_null(strstr(run.diag.hint, "did you mean office?"));
    assert_null(c2c_run_type(&run, "zzzzzzzz"));
    assert_non_null(strstr(run.diag.hint, "c2c types"));
    assert_null(c2c_run_type(&run, ""));
    c2c_run_fini(&run);
}

/* Nobody is there to be asked: the tests' input is no terminal. */
static void without_a_person_a_yes_must_be_given(void **state)
{
    (void)state;
    assert_non_null(freopen("/dev/null", "r", stdin));
    assert_ok(begin_with("c2c rm office/a"));
    assert_err(c2c_run_confirm(&run, "rm", "Remove it?"), C2C_E_USAGE);
    assert_non_null(strstr(run.diag.hint, "--yes"));
    c2c_run_fini(&run);
    assert_ok(begin_with("c2c rm -y office/a"));
    assert_ok(c2c_run_confirm(&run, "rm", "Remove it?"));
    c2c_run_fini(&run);
}

static enum c2c_err begin_and_end(void *arg)
{
    enum c2c_err err = begin_with(arg);

    c2c_run_fini(&run);
    return err;
}

static void it_survives_every_failing_allocation(void **state)
{
    char line[] = "c2c -C /a types --lang en";

    (void)state;
    oom_sweep(begin_and_end, line);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define CLEAN(NAME) cmocka_unit_test_setup(NAME, clean)
        CLEAN(the_folder_is_found_as_documented),
        CLEAN(without_a_home_it_must_be_named),
        CLEAN(the_folder_can_be_pasted_into_a_shell),
        CLEAN(the_language_is_the_locales_or_what_is_asked_for),
        CLEAN(global_options_are_understood),
        CLEAN(wrong_usage_is_told_in_the_form_asked_for),
        CLEAN(a_mistyped_type_is_guessed),
        CLEAN(without_a_person_a_yes_must_be_given),
        CLEAN(it_survives_every_failing_allocation),
    };
    return cmocka_run_group_tests_name("c2c/run", tests, NULL, NULL);
}
