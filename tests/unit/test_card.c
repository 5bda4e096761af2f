#include "c2c/card.h"

#include <string.h>

#include "c2c/label.h"
#include "client.h"
#include "test.h"

static struct client c;
static struct c2c_words words;
static struct c2c_card card;

static int begin(void **state)
{
    (void)state;
    client_begin(&c, C2C_FORM_HUMAN);
    words = (struct c2c_words){.types = c2c_run_types(&c.run),
                               .lang = c2c_run_lang(&c.run),
                               .people = true};
    assert_non_null(words.types);
    card = (struct c2c_card){.out = &c.run.out, .words = &words};
    return 0;
}

static int end(void **state)
{
    (void)state;
    client_end(&c);
    return 0;
}

static const struct c2c_schema *body_of(const char *type)
{
    return c2c_type_body(c2c_run_type(&c.run, type));
}

static const char *flat(const struct c2c_schema *schema, const char *json)
{
    static char out[4096];
    struct c2c_buf text;

    c2c_buf_init(&text, sizeof out - 1);
    assert_ok(c2c_card_flat(&words, schema, client_val(&c, json), &text));
    if (text.n > 0) {
        memcpy(out, text.p, text.n);
    }
    out[text.n] = '\0';
    c2c_buf_fini(&text);
    return out;
}

static void lines_have_labels_and_empty_ones_none(void **state)
{
    (void)state;
    card.labels = 6;
    c2c_card_heading(&card, c2c_view_str("Title"), false);
    c2c_card_heading(&card, c2c_view_str("Apart"), true);
    c2c_card_field(&card, "Name", c2c_view_str("value"));
    c2c_card_field(&card, "Longer one", c2c_view_str("value"));
    c2c_card_field(&card, "Name", c2c_view_str(""));
    card.indent = 2;
    c2c_card_bullet(&card, c2c_view_str("point"));
    c2c_card_bullet(&card, c2c_view_str(""));
    c2c_card_text(&card, C2C_STYLE_NONE, c2c_view_str("one\ntwo"));
    assert_string_equal(client_data(&c), "Title\n"
                                         "\nApart\n"
                                         "Name    value\n"
                                         "Longer one  value\n"
                                         "  - point\n"
                                         "  one\n  two\n");
}

static void a_narrow_terminal_has_values_behind_their_labels(void **state)
{
    (void)state;
    c.run.out.columns = 40;
    card.labels = 15;
    card.indent = 2;
    c2c_card_field(&card, "Channels",
                   c2c_view_str(
                       "E-mail exchange@city.example, Telephone +8254"));
    c2c_card_field(&card, "Reference",
                   c2c_view_str("gyeongju/office/international"));
    c2c_card_field(&card, "1.", c2c_view_str("Write a letter"));
    c2c_card_field(&card, "A label of many words", c2c_view_str("value"));
    assert_string_equal(client_data(&c),
                        "  Channels: E-mail\n"
                        "    exchange@city.example, Telephone\n"
                        "    +8254\n"
                        "  Reference:\n"
                        "    gyeongju/office/international\n"
                        "  1. Write a letter\n"
                        "  A label of many words:\n"
                        "    value\n");
}

static void a_terminal_wraps_under_the_value(void **state)
{
    (void)state;
    c.run.out.columns = 60;
    card.labels = 26;
    c2c_card_field(&card, "Text",
                   c2c_view_str("one two three four five six seven eight"));
    assert_string_equal(client_data(&c), "Text                        "
                                         "one two three four five six\n"
                                         "                            "
                                         "seven eight\n");
    c.run.out.columns = 0; /* Elsewhere every value stays on one line. */
    c2c_card_field(&card, "Text",
                   c2c_view_str("one two three four five six seven eight"));
    assert_string_equal(client_data(&c),
                        "Text                        "
                        "one two three four five six seven eight\n");
}

static void objects_become_one_line(void **state)
{
    const struct c2c_schema *city = body_of("city");
    const struct c2c_schema *population = c2c_value_schema(city, "population");

    (void)state;
    assert_string_equal(flat(population, "{\"year\":2020,\"value\":5}"),
                        "People 5 \u00b7 Year 2020");
    assert_string_equal(flat(NULL, "{\"a\":\"x\",\"b\":false,\"c\":true,"
                                   "\"d\":[1,2]}"),
                        "x \u00b7 c \u00b7 1, 2");
    assert_string_equal(flat(NULL, "[{\"a\":\"x\"},{\"a\":\"y\"}]"), "x, y");
    assert_string_equal(flat(NULL, "{\"en\":\"x\"}"), "x");
    assert_string_equal(flat(NULL, "{\"a\":false}"), "");
}

static void a_body_follows_its_schema(void **state)
{
    (void)state;
    assert_ok(c2c_card_body(
        &card, body_of("office"),
        client_val(&c, "{\"zz\":\"unknown\",\"kind\":\"dedicated-cell\","
                       "\"channels\":[{\"kind\":\"email\",\"address\":\"a@b\"},"
                       "{\"kind\":\"fax\",\"address\":\"1\"}],"
                       "\"name\":{\"en\":\"Desk\"}}")));
    assert_string_equal(client_data(&c), "Name  Desk\n"
                                         "Kind  Dedicated cell\n"
                                         "\nChannels\n"
                                         "  - E-mail \u00b7 a@b\n"
                                         "  - Fax \u00b7 1\n"
                                         "\nzz    unknown\n");
}

static void a_number_of_a_list_is_told_by_the_item_s_name(void **state)
{
    const struct c2c_val *body = client_val(
        &c, "{\"partners\":[{\"nodal\":[\"contact/a\"],\"party\":{\"name\":"
            "{\"en\":\"Jambi\"}}},{\"party\":{\"name\":{\"en\":\"Nara\"}}}],"
            "\"parties\":[{\"country\":\"ID\",\"name\":{\"en\":\"Jambi\"}}]}");
    const struct c2c_schema *nodal =
        c2c_value_schema(body_of("project"), "nodal.0");
    const struct c2c_schema *liaison =
        c2c_value_schema(body_of("relationship"), "liaison.0");

    (void)state;
    words.body = body;
    assert_string_equal(flat(nodal, "{\"party\":1,\"name\":{\"en\":\"Desk\"}}"),
                        "Partner: Nara \u00b7 Desk");
    assert_string_equal(flat(nodal, "{\"party\":0}"), "Partner: Jambi");
    assert_string_equal(flat(nodal, "{\"party\":2}"), "Partner 2");
    assert_string_equal(flat(liaison, "{\"side\":0}"), "Side: Jambi");
    words.body = NULL;
    assert_string_equal(flat(nodal, "{\"party\":1}"), "Partner 1");
}

static void a_body_without_a_schema_is_shown_too(void **state)
{
    (void)state;
    assert_ok(c2c_card_body(&card, NULL,
                            client_val(&c, "{\"b\":{\"x\":1,\"y\":\"two\"},"
                                           "\"a\":true,\"c\":null}")));
    assert_string_equal(client_data(&c), "b\n"
                                         "  x  1\n"
                                         "  y  two\n"
                                         "\na  yes\n");
}

static void a_title_that_was_told_is_not_told_again(void **state)
{
    const struct c2c_val *body =
        client_val(&c, "{\"title\":{\"en\":\"T\"},\"done\":{\"en\":\"T\"}}");

    (void)state;
    card.title = c2c_view_str("T");
    assert_ok(c2c_card_body(&card, body_of("practice"), body));
    assert_string_equal(client_data(&c), "WHAT HAS BEEN DONE?\n  T\n");
    card.title = c2c_view_str("U");
    assert_ok(c2c_card_body(&card, body_of("practice"), body));
    assert_string_equal(client_data(&c),
                        "Title  T\n\nWHAT HAS BEEN DONE?\n  T\n");
}

static void fixed_labels_follow_the_language(void **state)
{
    static const char *const chinese[] = {"zh", "zh-Hans", "ZH-CN", "zh-Hant"};
    static const char *const others[] = {"en", "id", "zha", "z", ""};

    (void)state;
    for (size_t i = 0; i < sizeof chinese / sizeof chinese[0]; i++) {
        assert_true(
            c2c_view_eq_str(c2c_label("Languages", c2c_view_str(chinese[i])),
                            "\u8bed\u8a00"));
        assert_true(c2c_view_eq_str(c2c_label("Else", c2c_view_str(chinese[i])),
                                    "Else"));
    }
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        assert_true(
            c2c_view_eq_str(c2c_label("Languages", c2c_view_str(others[i])),
                            "Languages"));
    }
    words.lang = c2c_view_str("zh-Hans");
    c2c_card_field(&card, "Languages", c2c_view_str("x"));
    assert_string_equal(client_data(&c), "\u8bed\u8a00  x\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define WITH_RUN(NAME) cmocka_unit_test_setup_teardown(NAME, begin, end)
        WITH_RUN(lines_have_labels_and_empty_ones_none),
        WITH_RUN(a_terminal_wraps_under_the_value),
        WITH_RUN(a_narrow_terminal_has_values_behind_their_labels),
        WITH_RUN(objects_become_one_line),
        WITH_RUN(a_body_follows_its_schema),
        WITH_RUN(a_number_of_a_list_is_told_by_the_item_s_name),
        WITH_RUN(a_body_without_a_schema_is_shown_too),
        WITH_RUN(a_title_that_was_told_is_not_told_again),
        WITH_RUN(fixed_labels_follow_the_language),
    };
    return cmocka_run_group_tests_name("c2c/card", tests, NULL, NULL);
}
