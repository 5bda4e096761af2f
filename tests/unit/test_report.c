#include "c2c/report.h"

#include <string.h>

#include "client.h"
#include "test.h"

static struct client c;

static int begin(void **state)
{
    (void)state;
    client_begin(&c, C2C_FORM_HUMAN);
    (void)c2c_diag_set(&c.run.diag, C2C_E_AMBIGUOUS, "xian", "two fit");
    c2c_diag_hint(&c.run.diag, "say which");
    return 0;
}

static int end(void **state)
{
    (void)state;
    client_end(&c);
    return 0;
}

/* CLI.md: every code of the program. */
static void exit_statuses_are_those_of_the_contract(void **state)
{
    static const struct {
        enum c2c_err err;
        int status;
    } cases[] = {
        {C2C_E_OK, 0},          {C2C_E_NOMEM, 1},
        {C2C_E_INVAL, 1},       {C2C_E_MALFORMED, 1},
        {C2C_E_TOO_BIG, 1},     {C2C_E_IO, 1},
        {C2C_E_EXISTS, 1},      {C2C_E_SCHEMA, 1},
        {C2C_E_BAD_JSON, 1},    {C2C_E_CONFIG, 1},
        {C2C_E_PERMISSION, 1},  {C2C_E_DISK_FULL, 1},
        {C2C_E_USAGE, 2},       {C2C_E_NOT_FOUND, 3},
        {C2C_E_AMBIGUOUS, 3},   {C2C_E_BAD_SIGNATURE, 4},
        {C2C_E_CORRUPT, 4},     {C2C_E_NOT_VERIFIED, 4},
        {C2C_E_BAD_KEYSET, 4},  {C2C_E_BAD_ROOT, 4},
        {C2C_E_UNREACHABLE, 5}, {C2C_E_TIMEOUT, 5},
        {C2C_E_NOT_CURRENT, 6}, {C2C_E_UNSUPPORTED, 6},
        {C2C_E_CONFLICT, 6},    {C2C_E_BUSY, 6},
        {C2C_E_STOPPING, 6},    {C2C_E_DENIED, 6},
        {C2C_E_QUOTA, 6},       {C2C_E_NOT_MEMBER, 6},
        {C2C_E_FUTURE, 6},      {C2C_E_OLDER, 6},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        if (c2c_exit_status(cases[i].err) != cases[i].status) {
            fail_msg("%s: %d", c2c_errname(cases[i].err),
                     c2c_exit_status(cases[i].err));
        }
    }
}

static void people_get_thing_reason_and_next_step(void **state)
{
    (void)state;
    c2c_report(&c.run.out, &c.run.diag, NULL);
    assert_string_equal(client_talk(&c), "c2c: xian: two fit\n"
                                         "     say which\n");
    (void)c2c_diag_set(&c.run.diag, C2C_E_USAGE, NULL, "which command?");
    c2c_report(&c.run.out, &c.run.diag, NULL);
    assert_string_equal(client_talk(&c), "c2c: which command?\n");
    assert_string_equal(client_data(&c), "");
}

static void errors_are_told_even_when_quiet(void **state)
{
    (void)state;
    c.run.out.quiet = true;
    c.run.out.talk_colors = true;
    c2c_report(&c.run.out, &c.run.diag, NULL);
    assert_string_equal(client_talk(&c), "\033[1;31mc2c: \033[0mxian: two fit\n"
                                         "     say which\n");
}

static void candidates_are_listed(void **state)
{
    const struct c2c_val *extra =
        client_val(&c, "{\"candidates\":[{\"ref\":\"cn/xian\"},\"ma/xian\"]}");

    (void)state;
    c2c_report(&c.run.out, &c.run.diag, extra);
    assert_string_equal(client_talk(&c), "c2c: xian: two fit\n"
                                         "     cn/xian\n     ma/xian\n"
                                         "     say which\n");
}

static void machines_get_one_object(void **state)
{
    const struct c2c_val *extra =
        client_val(&c,
                   "{\"candidates\":[\"a\"],\"code\":\"X\",\"problems\":[]}");

    (void)state;
    c.run.out.form = C2C_FORM_JSON;
    c.run.out.quiet = true;
    c2c_report(&c.run.out, &c.run.diag, NULL);
    assert_string_equal(client_talk(&c),
                        "{\"error\":{\"code\":\"AMBIGUOUS\",\"hint\":\"say "
                        "which\",\"message\":\"two fit\",\"thing\":\"xian\"}}"
                        "\n");
    c.run.out.form = C2C_FORM_JSONL;
    c2c_report(&c.run.out, &c.run.diag, extra);
    assert_string_equal(client_talk(&c),
                        "{\"error\":{\"candidates\":[\"a\"],\"code\":"
                        "\"AMBIGUOUS\",\"hint\":\"say which\",\"message\":"
                        "\"two fit\",\"problems\":[],\"thing\":\"xian\"}}\n");
}

/* Whatever bytes a file's name has, the error is told. */
static void ill_formed_names_do_not_silence_json(void **state)
{
    (void)state;
    c.run.out.form = C2C_FORM_JSON;
    (void)c2c_diag_set(&c.run.diag, C2C_E_IO, "\xff\xfe.json", "lost");
    c2c_report(&c.run.out, &c.run.diag, NULL);
    assert_non_null(strstr(client_talk(&c), "\"thing\":\"?"
                                            "?.json\""));
}

static void troubles_have_place_path_reason_and_what_is_allowed(void **state)
{
    const struct c2c_trouble whole = {"f.json:3", c2c_view_str("/body/kind"),
                                      c2c_view_str("is not one of them"),
                                      c2c_view_str("a, b")};
    const struct c2c_trouble short_one = {.place = "",
                                          .reason = c2c_view_str("is bad")};

    (void)state;
    c2c_report_trouble(&c.run.out, &whole);
    assert_string_equal(client_talk(&c),
                        "c2c: f.json:3: /body/kind: is not one of them\n"
                        "     allowed: a, b\n");
    c2c_report_trouble(&c.run.out, &short_one);
    assert_string_equal(client_talk(&c), "c2c: is bad\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define WITH_RUN(NAME) cmocka_unit_test_setup_teardown(NAME, begin, end)
        WITH_RUN(exit_statuses_are_those_of_the_contract),
        WITH_RUN(people_get_thing_reason_and_next_step),
        WITH_RUN(errors_are_told_even_when_quiet),
        WITH_RUN(candidates_are_listed),
        WITH_RUN(machines_get_one_object),
        WITH_RUN(ill_formed_names_do_not_silence_json),
        WITH_RUN(troubles_have_place_path_reason_and_what_is_allowed),
    };
    return cmocka_run_group_tests_name("c2c/report", tests, NULL, NULL);
}
