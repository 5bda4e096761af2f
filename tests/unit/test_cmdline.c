#include "c2c/cmdline.h"

#include <string.h>

#include "c2c/command.h"
#include "test.h"

static const struct c2c_option global_options[] = {
    {"dir", 'C', "DIR", ""},
    {"json", 0, NULL, ""},
    {"jsonl", 0, NULL, ""},
    {"dry-run", 'n', NULL, ""},
    {"timeout", 0, "SEC", ""},
    {"help", 'h', NULL, ""},
    {0},
};
static const struct c2c_option list_options[] = {
    {"city", 0, "CITY", ""},
    {"where", 0, "FACET=VALUE", ""},
    {0},
};
static const struct c2c_command commands[] = {
    {.name = "list",
     .synopsis = "TYPE",
     .min_args = 1,
     .max_args = 1,
     .options = list_options},
    {.name = "status"},
    {.name = "rm", .synopsis = "REF...", .min_args = 1, .max_args = 100},
    {0},
};
static const struct c2c_grammar grammar = {global_options, commands};

/* Parse up to eight words. */
struct parsed {
    struct c2c_cmdline line;
    struct c2c_diag diag;
    enum c2c_err err;
};

static void parse(void **state, struct parsed *p, const char *const *words)
{
    char *argv[10] = {(char *)(uintptr_t) "c2c"};
    int argc = 1;

    (void)state;
    memset(p, 0, sizeof *p);
    for (; words[argc - 1] != NULL; argc++) {
        argv[argc] = (char *)(uintptr_t)words[argc - 1];
    }
    p->err = c2c_cmdline_parse(&grammar, argc, argv, &p->line, &p->diag);
}

#define PARSE(...) parse(state, &p, (const char *const[]){__VA_ARGS__, NULL})

static void global_options_stand_before_and_after_the_command(void **state)
{
    struct parsed p;

    PARSE("-C", "/x", "list", "office", "--json");
    assert_ok(p.err);
    assert_string_equal(p.line.command->name, "list");
    assert_string_equal(c2c_cmdline_text(&p.line, "dir"), "/x");
    assert_true(c2c_cmdline_has(&p.line, "json"));
    assert_int_equal(p.line.n_args, 1);
    assert_string_equal(p.line.args[0], "office");
    c2c_cmdline_fini(&p.line);

    PARSE("list", "-nC/y", "office");
    assert_ok(p.err);
    assert_true(c2c_cmdline_has(&p.line, "dry-run"));
    assert_string_equal(c2c_cmdline_text(&p.line, "dir"), "/y");
    c2c_cmdline_fini(&p.line);
}

static void values_are_attached_or_follow(void **state)
{
    struct parsed p;

    PARSE("list", "office", "--city=Xi'an", "--where", "topic=waste", "--where",
          "form=sister");
    assert_ok(p.err);
    assert_string_equal(c2c_cmdline_text(&p.line, "city"), "Xi'an");
    assert_string_equal(c2c_cmdline_text(&p.line, "where"), "form=sister");
    assert_int_equal(p.line.n_settings, 3);
    c2c_cmdline_fini(&p.line);
}

static void a_unique_beginning_is_enough_and_an_exact_name_wins(void **state)
{
    struct parsed p;

    PARSE("--json", "status");
    assert_ok(p.err);
    assert_true(c2c_cmdline_has(&p.line, "json"));
    assert_false(c2c_cmdline_has(&p.line, "jsonl"));
    c2c_cmdline_fini(&p.line);
    PARSE("status", "--dry");
    assert_ok(p.err);
    assert_true(c2c_cmdline_has(&p.line, "dry-run"));
    c2c_cmdline_fini(&p.line);
    PARSE("status", "--js");
    assert_err(p.err, C2C_E_USAGE);
    assert_string_equal(p.diag.thing, "--js");
    c2c_cmdline_fini(&p.line);
}

static void two_dashes_end_the_options_and_one_is_an_argument(void **state)
{
    struct parsed p;

    PARSE("rm", "--", "--json", "-n");
    assert_ok(p.err);
    assert_int_equal(p.line.n_args, 2);
    assert_false(c2c_cmdline_has(&p.line, "json"));
    c2c_cmdline_fini(&p.line);
    PARSE("rm", "-");
    assert_ok(p.err);
    assert_string_equal(p.line.args[0], "-");
    c2c_cmdline_fini(&p.line);
}

static void mistakes_name_what_was_meant(void **state)
{
    struct parsed p;

    PARSE("lst", "office");
    assert_err(p.err, C2C_E_USAGE);
    assert_string_equal(p.diag.thing, "lst");
    assert_non_null(strstr(p.diag.hint, "c2c list"));
    c2c_cmdline_fini(&p.line);
    PARSE("list", "office", "--ctiy", "x");
    assert_err(p.err, C2C_E_USAGE);
    assert_non_null(strstr(p.diag.hint, "--city"));
    c2c_cmdline_fini(&p.line);
    PARSE("--where", "a=b", "list");
    assert_err(p.err, C2C_E_USAGE);
    assert_non_null(strstr(p.diag.hint, "c2c list --where"));
    c2c_cmdline_fini(&p.line);
    PARSE("status", "-x");
    assert_err(p.err, C2C_E_USAGE);
    assert_string_equal(p.diag.thing, "-x");
    c2c_cmdline_fini(&p.line);
}

static void values_must_be_there_only_where_they_belong(void **state)
{
    struct parsed p;

    PARSE("list", "office", "--city");
    assert_err(p.err, C2C_E_USAGE);
    assert_non_null(strstr(p.diag.message, "--city CITY"));
    c2c_cmdline_fini(&p.line);
    PARSE("status", "--json=yes");
    assert_err(p.err, C2C_E_USAGE);
    c2c_cmdline_fini(&p.line);
}

static void arguments_are_counted(void **state)
{
    struct parsed p;

    PARSE("list");
    assert_err(p.err, C2C_E_USAGE);
    assert_non_null(strstr(p.diag.message, "TYPE"));
    c2c_cmdline_fini(&p.line);
    PARSE("status", "now");
    assert_err(p.err, C2C_E_USAGE);
    assert_string_equal(p.diag.thing, "now");
    c2c_cmdline_fini(&p.line);
    PARSE("list", "--help");
    assert_ok(p.err);
    c2c_cmdline_fini(&p.line);
}

static void numbers_have_a_range(void **state)
{
    static const uint64_t range[2] = {1, 600};
    const char *const bad[] = {
        "0", "601", "-1", "1.5", "", "x", "99999999999999999999"};
    struct parsed p;
    uint64_t number = 0;

    PARSE("status", "--timeout", "600");
    assert_ok(
        c2c_cmdline_number(&p.line, "timeout", range, 30, &p.diag, &number));
    assert_int_equal(number, 600);
    c2c_cmdline_fini(&p.line);
    PARSE("status");
    assert_ok(
        c2c_cmdline_number(&p.line, "timeout", range, 30, &p.diag, &number));
    assert_int_equal(number, 30);
    c2c_cmdline_fini(&p.line);
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        PARSE("status", "--timeout", bad[i]);
        assert_err(c2c_cmdline_number(&p.line, "timeout", range, 30, &p.diag,
                                      &number),
                   C2C_E_USAGE);
        assert_int_equal(number, 30);
        c2c_cmdline_fini(&p.line);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(global_options_stand_before_and_after_the_command),
        cmocka_unit_test(values_are_attached_or_follow),
        cmocka_unit_test(a_unique_beginning_is_enough_and_an_exact_name_wins),
        cmocka_unit_test(two_dashes_end_the_options_and_one_is_an_argument),
        cmocka_unit_test(mistakes_name_what_was_meant),
        cmocka_unit_test(values_must_be_there_only_where_they_belong),
        cmocka_unit_test(arguments_are_counted),
        cmocka_unit_test(numbers_have_a_range),
    };
    return cmocka_run_group_tests_name("c2c/cmdline", tests, NULL, NULL);
}
