#include "base/text.h"

#include <string.h>

#include "oom.h"
#include "test.h"

static bool valid(const char *bytes, size_t n)
{
    return c2c_text_valid(c2c_view_of(bytes, n));
}

static void well_formed_text_is_valid(void **state)
{
    static const char *const texts[] = {
        "",
        "Hangzhou",
        "A longer line of ASCII, over eight bytes.",
        "杭州市人民政府",
        "a\xc2\x80",                    /* U+0080, the first of two bytes */
        "\xdf\xbf",                     /* U+07FF */
        "\xe0\xa0\x80",                 /* U+0800 */
        "\xed\x9f\xbf",                 /* U+D7FF, before the surrogates */
        "\xee\x80\x80",                 /* U+E000, after them */
        "\xef\xbf\xbf",                 /* U+FFFF */
        "\xf0\x90\x80\x80",             /* U+10000 */
        "\xf4\x8f\xbf\xbf",             /* U+10FFFF */
        "eight...\xe6\x9d\xad........", /* Where the fast path stops. */
    };

    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        if (!c2c_text_valid(c2c_view_str(texts[i]))) {
            fail_msg("\"%s\" is not valid", texts[i]);
        }
    }
    assert_true(valid("a\0b", 3));
}

static void ill_formed_text_is_not_valid(void **state)
{
    static const char *const texts[] = {
        "\x80", /* A continuation byte alone */
        "\xbf",
        "\xc0\x80",     /* Overlong U+0000 */
        "\xc1\xbf",     /* Overlong U+007F */
        "\xe0\x80\x80", /* Overlong */
        "\xe0\x9f\xbf",
        "\xed\xa0\x80", /* Surrogates */
        "\xed\xbf\xbf",
        "\xf0\x80\x80\x80", /* Overlong */
        "\xf0\x8f\xbf\xbf",
        "\xf4\x90\x80\x80", /* U+110000 */
        "\xf5\x80\x80\x80",
        "\xff",
        "\xfe",
        "\xc3", /* Cut short */
        "\xe6\x9d",
        "\xf0\x9f\x8c",
        "\xc3(", /* Something else instead */
        "\xe6(\xad",
        "\xe6\x9d(",
        "\xf0\x9f\x8c(",
        "eight...\xe6\x9d........", /* After the fast path */
        "eight...\xff",
    };

    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        if (c2c_text_valid(c2c_view_str(texts[i]))) {
            fail_msg("case %zu is valid", i);
        }
    }
}

static void a_cut_character_is_not_read_past_the_end(void **state)
{
    (void)state;
    assert_true(valid("\xe6\x9d\xad", 3));
    assert_false(valid("\xe6\x9d\xad", 2));
    assert_false(valid("\xe6\x9d\xad", 1));
    assert_false(valid("12345678\xe6\x9d\xad", 10));
}

static void count_is_in_code_points(void **state)
{
    (void)state;
    assert_int_equal(c2c_text_count(c2c_view_str("")), 0);
    assert_int_equal(c2c_text_count(c2c_view_str("Oulu")), 4);
    assert_int_equal(c2c_text_count(c2c_view_str("杭州")), 2);
    assert_int_equal(c2c_text_count(c2c_view_str("é🌇")), 2);
    assert_int_equal(c2c_text_count(c2c_view_str("e\xcc\x81")), 2);
}

static void check_fold(const char *text, const char *want)
{
    struct c2c_buf out;

    c2c_buf_init(&out, 1024);
    assert_ok(c2c_text_fold(c2c_view_str(text), &out));
    if (!c2c_view_eq_str(c2c_buf_view(&out), want)) {
        fail_msg("\"%s\" folds to \"%.*s\", not \"%s\"", text, (int)out.n,
                 (const char *)out.p, want);
    }
    c2c_buf_fini(&out);
}

static void text_folds_to_what_people_type(void **state)
{
    static const struct {
        const char *text;
        const char *want;
    } cases[] = {
        {"", ""},
        {"Xi'an", "xian"},
        {"Xi’an", "xian"},
        {"Xi‘an", "xian"},
        {"Xiʼan", "xian"},
        {"Xi＇an", "xian"},
        {"Xi`an", "xian"},
        {"Xi´an", "xian"},
        {"XIAN", "xian"},
        {"Xī’ān", "xian"},
        {"'", ""},
        {"G20峰会", "g20峰会"},
        {"HANGZHOU 2024", "hangzhou 2024"},
        {"ＨＡＮＧ　ｚｈｏｕ", "hang zhou"},
        {"Straße", "strasse"},
        {"STRASSE", "strasse"},
        {"Düsseldorf", "dusseldorf"},
        {"Du\xcc\x88sseldorf", "dusseldorf"}, /* Decomposed. */
        {"Łódź", "lodz"},
        {"Tromsø", "tromso"},
        {"Đà Nẵng", "da nang"},
        {"Hàng Châu", "hang chau"},
        {"İstanbul", "istanbul"},
        {"ISTANBUL", "istanbul"},
        {"Diyarbakır", "diyarbakir"},
        {"São Paulo", "sao paulo"},
        {"Kota Jambi", "kota jambi"},
        {"Θεσσαλονίκη", "θεσσαλονικη"},
        {"ΘΕΣΣΑΛΟΝΙΚΗΣ", "θεσσαλονικησ"},
        {"Θεσσαλονίκης", "θεσσαλονικησ"},
        /* й and ё lose their marks like every Cyrillic letter. */
        {"Ханчжоу", "ханчжоу"},
        {"ХАНЧЖОУ", "ханчжоу"},
        {"Орёл", "орел"},
        {"Орел", "орел"},
        {"Йошкар-Ола", "иошкар-ола"},
        {"И\xcc\x86ошкар", "иошкар"},
        {"Ві́нниця", "вінниця"},
        /* Arabic: tatweel, marks, forms of alef, yeh, kaf, ta marbuta. */
        {"هانغتشو", "هانغتشو"},
        {"هانغـــتشو", "هانغتشو"},
        {"هَانْغِتْشُو", "هانغتشو"},
        {"أإآٱا", "ااااا"},
        {"مدينة", "مدينه"},
        {"علی", "علي"},
        {"على", "علي"},
        {"کرمان", "كرمان"},
        {"ﻫﺎﻧﻎ", "هانغ"}, /* Presentation forms */
        {"יְרוּשָׁלַיִם", "ירושלים"},
        {"กรุงเทพฯ", "กรุงเทพฯ"}, /* Thai vowels are marks and stay. */
        {"น้ำ", "น\xe0\xb9\x89\xe0\xb9\x8d\xe0\xb8\xb2"},
        {"हिन्दी", "हिन्दी"},
        {"한국", "한국"},
        {"\xe1\x84\x92\xe1\x85\xa1\xe1\x86\xab", "한"}, /* Decomposed. */
        {"ガ", "ガ"},
        {"ｶﾞ", "ガ"},
        {"か\xe3\x82\x99", "が"},
        {"盧加諾", "卢加诺"},
        {"卢加诺", "卢加诺"},
        {"杭州市政府", "杭州市政府"},
        {"東亞發展", "东亚发展"},
        {"薴苧苎", "苎苎苎"}, /* Two steps in the table. */
        {"①", "1"},
        {"㈱", "(株)"},
        {"ŉ", "n"}, /* Decomposes to an apostrophe and n. */
        {"5″", "5"},
        /* Marks that meet when what stood between them is dropped. */
        {"\xcd\x91\xd9\x80\xd9\x8f", "\xd9\x8f\xcd\x91"},
        {"🌇", "🌇"},
        {"co\xc2\xadoperation", "cooperation"}, /* Soft hyphen */
        {"می\xe2\x80\x8cخواهم", "ميخواهم"},     /* Zero-width non-joiner */
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        check_fold(cases[i].text, cases[i].want);
    }
}

static void ill_formed_text_is_not_folded(void **state)
{
    struct c2c_buf out;

    (void)state;
    c2c_buf_init(&out, 64);
    assert_ok(c2c_buf_put(&out, "kept", 4));
    assert_err(c2c_text_fold(c2c_view_str("a\xff"), &out), C2C_E_MALFORMED);
    assert_err(c2c_text_fold(c2c_view_str("\xe6\x9d"), &out), C2C_E_MALFORMED);
    assert_true(c2c_view_eq_str(c2c_buf_view(&out), "kept"));
    c2c_buf_fini(&out);
}

static void folding_keeps_to_the_limit_of_its_buffer(void **state)
{
    struct c2c_buf out;

    (void)state;
    c2c_buf_init(&out, 4);
    assert_err(c2c_text_fold(c2c_view_str("Hangzhou"), &out), C2C_E_TOO_BIG);
    assert_err(c2c_text_fold(c2c_view_str("Ханчжоу"), &out), C2C_E_TOO_BIG);
    c2c_buf_fini(&out);
}

/* Longer than one step of the quick path, with and without a letter that ends
 * it. */
static void long_text_folds_as_short_text_does(void **state)
{
    char text[1003];
    struct c2c_buf out;

    (void)state;
    c2c_buf_init(&out, 4096);
    memset(text, 'A', sizeof text);
    text[sizeof text - 1] = '\0';
    assert_ok(c2c_text_fold(c2c_view_str(text), &out));
    assert_int_equal(out.n, sizeof text - 1);
    memcpy(text + 1000, "\xc3\x89", 2); /* É */
    assert_ok(c2c_text_fold(c2c_view_str(text), &out));
    assert_int_equal(out.n, 1002 + 1001);
    for (size_t i = 0; i < out.n; i++) {
        assert_int_equal(out.p[i], i == 1002 + 1000 ? 'e' : 'a');
    }
    c2c_buf_fini(&out);
}

static void a_name_becomes_a_slug(void **state)
{
    static const struct {
        const char *name;
        const char *want;
    } cases[] = {
        {"Hangzhou", "hangzhou"},
        {"Xi'an", "xian"},
        {"City Planning & Development Office", "city-planning-development-"
                                               "office"},
        {"  --Trim me!--  ", "trim-me"},
        {"Đà Nẵng", "da-nang"},
        {"São Tomé", "sao-tome"},
        {"G20峰会 2016", "g20-2016"},
        {"杭州", ""},
        {"", ""},
        {"!!!", ""},
        {"a\xff", ""}, /* Ill-formed */
        {"0123456789012345678901234567890123456789012345678901234567890123",
         "012345678901234567890123456789012345678901234567890123456789"},
        /* Never ends with a hyphen where it is cut. */
        {"01234567890123456789012345678901234567890123456789012345678 x",
         "01234567890123456789012345678901234567890123456789012345678"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char slug[61];

        c2c_text_slug(c2c_view_str(cases[i].name), slug);
        assert_string_equal(slug, cases[i].want);
    }
}

static enum c2c_err fold_some(void *arg)
{
    struct c2c_buf out;
    enum c2c_err err;

    (void)arg;
    c2c_buf_init(&out, 4096);
    err = c2c_text_fold(c2c_view_str("Xi’an, Ханчжоу, Đà Nẵng, 盧加諾"), &out);
    c2c_buf_fini(&out);
    return err;
}

static void survives_any_failed_allocation(void **state)
{
    (void)state;
    oom_sweep(fold_some, NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(well_formed_text_is_valid),
        cmocka_unit_test(ill_formed_text_is_not_valid),
        cmocka_unit_test(a_cut_character_is_not_read_past_the_end),
        cmocka_unit_test(count_is_in_code_points),
        cmocka_unit_test(text_folds_to_what_people_type),
        cmocka_unit_test(ill_formed_text_is_not_folded),
        cmocka_unit_test(folding_keeps_to_the_limit_of_its_buffer),
        cmocka_unit_test(long_text_folds_as_short_text_does),
        cmocka_unit_test(a_name_becomes_a_slug),
        cmocka_unit_test(survives_any_failed_allocation),
    };
    return cmocka_run_group_tests_name("base/text", tests, NULL, NULL);
}
