#include "trust/membership.h"

#include <stdio.h>
#include <string.h>

#include "codec/doc.h"
#include "codec/json.h"
#include "codec/limits.h"
#include "oom.h"
#include "record/record.h"
#include "test.h"

#define CITY "0101010101010101010101010101010101010101010101010101010101010101"

/* A record of @type whose body is @json, read as a membership. */
static enum c2c_err read_json(const char *type, const char *json,
                              struct c2c_membership *ret_m)
{
    struct c2c_record record = {.type = c2c_view_str(type)};
    struct c2c_json_error why;
    const struct c2c_val *body;
    struct c2c_doc *doc = NULL;
    struct c2c_buf bytes;
    struct c2c_buf out;
    enum c2c_err err = c2c_doc_new(&doc);

    c2c_buf_init(&bytes, C2C_MAX_RECORD_BYTES);
    c2c_buf_init(&out, C2C_MAX_RECORD_BYTES);
    if (err == C2C_E_OK) {
        err = c2c_json_parse(doc, c2c_view_str(json), &why, &body);
    }
    if (err == C2C_E_OK) {
        err = c2c_doc_encode(doc, body, &bytes);
    }
    if (err == C2C_E_OK) {
        record.body = c2c_buf_view(&bytes);
        err = c2c_record_encode(&record, &out);
    }
    if (err == C2C_E_OK) {
        err = c2c_membership_read(c2c_buf_view(&out), ret_m);
    }
    c2c_buf_fini(&bytes);
    c2c_buf_fini(&out);
    c2c_doc_free(doc);
    return err;
}

static struct c2c_membership good(const char *json)
{
    struct c2c_membership m = {.max_records = 0};

    assert_ok(read_json("membership", json, &m));
    for (size_t i = 0; i < sizeof m.city.b; i++) {
        assert_int_equal(m.city.b[i], 1);
    }
    return m;
}

static void a_city_alone_is_a_membership(void **state)
{
    struct c2c_membership m = good("{\"city\": \"" CITY "\"}");

    (void)state;
    assert_false(m.lga);
    assert_int_equal(m.max_records, C2C_MAX_QUOTA_RECORDS);
    assert_int_equal(m.max_bytes, C2C_MAX_QUOTA_BYTES);
}

static void only_the_kind_lga_lists_an_association(void **state)
{
    (void)state;
    assert_true(good("{\"city\": \"" CITY "\", \"kind\": \"lga\"}").lga);
    assert_false(good("{\"city\": \"" CITY "\", \"kind\": \"full\"}").lga);
    assert_false(good("{\"city\": \"" CITY "\", \"kind\": \"LGA\"}").lga);
}

static void a_quota_may_be_given(void **state)
{
    struct c2c_membership m = good("{\"city\": \"" CITY "\", \"quota\":"
                                   " {\"records\": 5, \"bytes\": 7}}");

    (void)state;
    assert_int_equal(m.max_records, 5);
    assert_int_equal(m.max_bytes, 7);
    m = good("{\"city\": \"" CITY "\", \"quota\": {\"bytes\": 7, \"x\": [1]}}");
    assert_int_equal(m.max_records, C2C_MAX_QUOTA_RECORDS);
    assert_int_equal(m.max_bytes, 7);
}

static void no_quota_is_above_what_a_city_may_have(void **state)
{
    struct c2c_membership m = good("{\"city\": \"" CITY "\", \"quota\":"
                                   " {\"records\": 9000000000}}");

    (void)state;
    assert_int_equal(m.max_records, C2C_MAX_CITY_RECORDS);
}

static void what_it_does_not_know_is_passed_over(void **state)
{
    char json[1024];
    struct c2c_membership m;

    (void)state;
    m = good("{\"city\": \"" CITY "\", \"name\": {\"en\": \"Baguio\"},"
             " \"committees\": [\"Culture\"], \"until\": \"2020\"}");
    assert_false(m.lga);
    (void)snprintf(json, sizeof json,
                   "{\"city\": \"" CITY "\", \"%0300d\": \"%0300d\"}", 0, 0);
    (void)good(json);
}

static void more_fields_than_any_form_has_are_passed_over(void **state)
{
    char json[4096] = "{\"city\": \"" CITY "\"";
    size_t n = strlen(json);

    (void)state;
    for (int i = 0; i < 200; i++) {
        n += (size_t)snprintf(json + n, sizeof json - n, ", \"f%d\": %d", i, i);
    }
    (void)snprintf(json + n, sizeof json - n, "}");
    (void)good(json);
}

static void what_does_not_read_is_no_membership(void **state)
{
    static const struct {
        const char *type;
        const char *json;
        enum c2c_err want;
    } bad[] = {
        {"office", "{\"city\": \"" CITY "\"}", C2C_E_MALFORMED},
        {"membership", "{}", C2C_E_MALFORMED},
        {"membership", "{\"city\": 1}", C2C_E_MALFORMED},
        {"membership", "{\"city\": \"Baguio\"}", C2C_E_MALFORMED},
        {"membership", "{\"city\": \"" CITY "01\"}", C2C_E_MALFORMED},
        {"membership", "{\"City\": \"" CITY "\"}", C2C_E_MALFORMED},
        {"membership", "{\"city\": \"" CITY "\", \"kind\": 2}",
         C2C_E_MALFORMED},
        {"membership", "{\"city\": \"" CITY "\", \"quota\": 5}",
         C2C_E_MALFORMED},
        {"membership", "{\"city\": \"" CITY "\", \"quota\": {\"bytes\": -1}}",
         C2C_E_MALFORMED},
        {"membership",
         "{\"city\": \"" CITY "\", \"quota\": {\"records\": \"1\"}}",
         C2C_E_MALFORMED},
    };

    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        struct c2c_membership m = {.max_records = 77};

        assert_err(read_json(bad[i].type, bad[i].json, &m), bad[i].want);
        assert_int_equal(m.max_records, 77);
    }
}

static void bytes_that_are_no_record_keep_their_error(void **state)
{
    struct c2c_membership m = {.max_records = 77};

    (void)state;
    assert_err(c2c_membership_read(c2c_view_str("\x98\x02"), &m),
               C2C_E_MALFORMED);
    assert_err(c2c_membership_read(c2c_view_str("\x91\x02"), &m),
               C2C_E_UNSUPPORTED);
    assert_int_equal(m.max_records, 77);
}

static enum c2c_err scenario(void *arg)
{
    struct c2c_membership m;

    (void)arg;
    return read_json("membership", "{\"city\": \"" CITY "\"}", &m);
}

static void survives_any_failed_allocation(void **state)
{
    (void)state;
    oom_sweep(scenario, NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_city_alone_is_a_membership),
        cmocka_unit_test(only_the_kind_lga_lists_an_association),
        cmocka_unit_test(a_quota_may_be_given),
        cmocka_unit_test(no_quota_is_above_what_a_city_may_have),
        cmocka_unit_test(what_it_does_not_know_is_passed_over),
        cmocka_unit_test(more_fields_than_any_form_has_are_passed_over),
        cmocka_unit_test(what_does_not_read_is_no_membership),
        cmocka_unit_test(bytes_that_are_no_record_keep_their_error),
        cmocka_unit_test(survives_any_failed_allocation),
    };
    return cmocka_run_group_tests_name("trust/membership", tests, NULL, NULL);
}
