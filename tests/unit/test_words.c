#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "oom.h"
#include "test.h"

/* Words as one line: "one two", those at the position of the word before with a
 * "+" ("杭州 +杭 州"). */
static enum c2c_err append(void *ctx, struct c2c_view token, size_t start,
                           size_t end, bool colocated)
{
    struct c2c_buf *line = ctx;

    assert_true(start < end);
    return c2c_buf_fmt(line, "%s%s%.*s", line->n > 0 ? " " : "",
                       colocated ? "+" : "", (int)token.n,
                       (const char *)token.p);
}

static void check_words(const char *text, enum c2c_text_use use,
                        const char *want)
{
    struct c2c_buf line;

    c2c_buf_init(&line, 4096);
    assert_ok(c2c_text_words(c2c_view_str(text), use, append, &line));
    if (!c2c_view_eq_str(c2c_buf_view(&line), want)) {
        fail_msg("\"%s\" gives \"%.*s\", not \"%s\"", text, (int)line.n,
                 (const char *)line.p, want);
    }
    c2c_buf_fini(&line);
}

static const struct {
    const char *text;
    const char *index;
    const char *query; /* NULL: as the index. */
} cases[] = {
    {"", "", NULL},
    {" \t\n.,;!?()", "", NULL},
    {"Hangzhou Municipal Government", "hangzhou municipal government", NULL},
    {"Xi'an, XI’AN; xian", "xian xian xian", NULL},
    {"'quoted'", "quoted", NULL},
    {"sister-city", "sister city", NULL},
    {"office@hz.gov.cn", "office hz gov cn", NULL},
    {"Hàng Châu", "hang chau", NULL},
    {"Kota Jambi: kerja sama", "kota jambi kerja sama", NULL},
    {"Орёл и Йошкар-Ола", "орел и иошкар ола", NULL},
    {"مدينة هانغـتشو", "مدينه هانغتشو", NULL},
    {"İSTANBUL ISTANBUL ıstanbul", "istanbul istanbul istanbul", NULL},
    {"50 % of 1,000", "50 of 1 000", NULL},
    {"５０％", "50", NULL},
    {"州", "州", NULL},
    {"杭州", "杭州 +杭 州", "杭州"},
    {"杭州市政府", "杭州 +杭 州市 +州 市政 +市 政府 +政 府",
     "杭州 州市 市政 政府"},
    {"盧加諾", "卢加 +卢 加诺 +加 诺", "卢加 加诺"},
    {"G20峰会", "g20 峰会 +峰 会", "g20 峰会"},
    {"杭州G20峰会", "杭州 +杭 州 g20 峰会 +峰 会", "杭州 州 g20 峰会"},
    {"杭州、峰会", "杭州 +杭 州 峰会 +峰 会", "杭州 州 峰会"},
    {"杭州。", "杭州 +杭 州", "杭州"},
    {"杭 州", "杭 州", NULL},
    {"とうきょう", "とう +と うき +う きょ +き ょう +ょ う",
     "とう うき きょ ょう"},
    {"ｶﾞﾝ", "ガン +ガ ン", "ガン"}, /* Half width, mark of its own */
    {"한국어", "한국 +한 국어 +국 어", "한국 국어"},
    /* Decomposed Hangul is one character a syllable. */
    {"\xe1\x84\x92\xe1\x85\xa1\xe1\x86\xab\xe1\x84\x80\xe1\x85\xae\xe1\x86\xa8",
     "한국 +한 국", "한국"},
    {"หาง", "หา +ห าง +า ง", "หา าง"},
    {"น้อง", "น้อ +น้ อง +อ ง", "น้อ อง"}, /* A mark goes with its letter. */
    {"ຫາງ", "ຫາ +ຫ າງ +າ ງ", "ຫາ າງ"},
    {"🌇 sunset 🌇", "sunset", NULL},
    {"a\xff"
     "b \xe6\x9d c",
     "a b c", NULL},
    {"\x80\x80\xc0\xaf", "", NULL},
    {"co\xc2\xadoperation", "cooperation", NULL},
};

static void text_is_cut_into_words_of_any_script(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        check_words(cases[i].text, C2C_TEXT_INDEX, cases[i].index);
        check_words(cases[i].text, C2C_TEXT_QUERY,
                    cases[i].query == NULL ? cases[i].index : cases[i].query);
    }
}

struct place {
    size_t start;
    size_t end;
};

static enum c2c_err keep_last(void *ctx, struct c2c_view token, size_t start,
                              size_t end, bool colocated)
{
    struct place *place = ctx;

    (void)token;
    (void)colocated;
    *place = (struct place){start, end};
    return C2C_E_OK;
}

static void words_say_where_they_stood(void **state)
{
    struct place last = {0, 0};

    (void)state;
    assert_ok(c2c_text_words(c2c_view_str("in Xi’an!"), C2C_TEXT_QUERY,
                             keep_last, &last));
    assert_int_equal(last.start, 3);
    assert_int_equal(last.end, 3 + strlen("Xi’an"));
    assert_ok(c2c_text_words(c2c_view_str("到杭州"), C2C_TEXT_QUERY, keep_last,
                             &last));
    assert_int_equal(last.start, strlen("到"));
    assert_int_equal(last.end, strlen("到杭州"));
}

static void long_words_are_cut(void **state)
{
    char text[200];
    char want[65];

    (void)state;
    memset(text, 'a', sizeof text - 1);
    text[sizeof text - 1] = '\0';
    memset(want, 'a', 64);
    want[64] = '\0';
    check_words(text, C2C_TEXT_INDEX, want);
    text[100] = ' ';
    text[102] = '\0';
    (void)snprintf(text + 100, 3, " b");
    {
        char both[80];

        (void)snprintf(both, sizeof both, "%s b", want);
        check_words(text, C2C_TEXT_QUERY, both);
    }
}

static enum c2c_err stop(void *ctx, struct c2c_view token, size_t start,
                         size_t end, bool colocated)
{
    unsigned *left = ctx;

    (void)token;
    (void)start;
    (void)end;
    (void)colocated;
    return (*left)-- == 1 ? C2C_E_STOPPING : C2C_E_OK;
}

static void an_error_of_the_caller_stops_and_is_returned(void **state)
{
    (void)state;
    for (unsigned at = 1; at <= 7; at++) { /* Every place that gives a word. */
        unsigned left = at;

        assert_err(c2c_text_words(c2c_view_str("one 杭州 two 州 x"),
                                  C2C_TEXT_INDEX, stop, &left),
                   C2C_E_STOPPING);
        assert_int_equal(left, 0);
    }
}

static enum c2c_err cut_some(void *arg)
{
    struct place last;

    (void)arg;
    return c2c_text_words(c2c_view_str("Xi’an Ханчжоу 杭州市 น้อง ｶﾞﾝ Đà"),
                          C2C_TEXT_INDEX, keep_last, &last);
}

static void survives_any_failed_allocation(void **state)
{
    (void)state;
    oom_sweep(cut_some, NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(text_is_cut_into_words_of_any_script),
        cmocka_unit_test(words_say_where_they_stood),
        cmocka_unit_test(long_words_are_cut),
        cmocka_unit_test(an_error_of_the_caller_stops_and_is_returned),
        cmocka_unit_test(survives_any_failed_allocation),
    };
    return cmocka_run_group_tests_name("base/words", tests, NULL, NULL);
}
