#include "base/script.h"

#include "test.h"

static void letters_have_the_class_of_their_script(void **state)
{
    static const struct {
        int32_t point;
        enum c2c_script_class class;
    } cases[] = {
        {'a', C2C_SCRIPT_WORD},
        {'Z', C2C_SCRIPT_WORD},
        {'7', C2C_SCRIPT_WORD},
        {' ', C2C_SCRIPT_SEPARATOR},
        {'-', C2C_SCRIPT_SEPARATOR},
        {'_', C2C_SCRIPT_SEPARATOR},
        {0, C2C_SCRIPT_SEPARATOR},
        {0x00e9, C2C_SCRIPT_WORD},      /* e with acute */
        {0x00bd, C2C_SCRIPT_WORD},      /* one half */
        {0x2167, C2C_SCRIPT_WORD},      /* Roman eight */
        {0xe000, C2C_SCRIPT_WORD},      /* private use */
        {0x0301, C2C_SCRIPT_WORD},      /* combining acute */
        {0x0416, C2C_SCRIPT_WORD},      /* Cyrillic */
        {0x05d0, C2C_SCRIPT_WORD},      /* Hebrew */
        {0x0628, C2C_SCRIPT_WORD},      /* Arabic */
        {0x0905, C2C_SCRIPT_WORD},      /* Devanagari */
        {0x4e00, C2C_SCRIPT_SPACELESS}, /* first common Chinese character */
        {0x9fff, C2C_SCRIPT_SPACELESS}, /* last one */
        {0x3400, C2C_SCRIPT_SPACELESS}, /* rare ones */
        {0x20000, C2C_SCRIPT_SPACELESS},
        {0x3042, C2C_SCRIPT_SPACELESS},  /* Hiragana */
        {0x30a2, C2C_SCRIPT_SPACELESS},  /* Katakana */
        {0xac00, C2C_SCRIPT_SPACELESS},  /* Hangul */
        {0x0e01, C2C_SCRIPT_SPACELESS},  /* Thai */
        {0x0e81, C2C_SCRIPT_SPACELESS},  /* Lao */
        {0x0f40, C2C_SCRIPT_SPACELESS},  /* Tibetan */
        {0x1000, C2C_SCRIPT_SPACELESS},  /* Myanmar */
        {0x1780, C2C_SCRIPT_SPACELESS},  /* Khmer */
        {0x3002, C2C_SCRIPT_SEPARATOR},  /* ideographic full stop */
        {0x30fb, C2C_SCRIPT_SEPARATOR},  /* middle dot, amid Katakana */
        {0x00a0, C2C_SCRIPT_SEPARATOR},  /* no-break space */
        {0x2014, C2C_SCRIPT_SEPARATOR},  /* dash */
        {0x1f600, C2C_SCRIPT_SEPARATOR}, /* a face */
        {'\'', C2C_SCRIPT_JOINER},
        {'`', C2C_SCRIPT_JOINER},
        {0x2019, C2C_SCRIPT_JOINER}, /* typographic apostrophe */
        {0x02bb, C2C_SCRIPT_JOINER}, /* okina */
        {0x200d, C2C_SCRIPT_JOINER},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        enum c2c_script_class class = c2c_script_class(cases[i].point);

        if (class != cases[i].class) {
            fail_msg("U+%04X has class %d", (unsigned)cases[i].point, class);
        }
    }
}

/* What class_of() says quickly is what the long way says. */
static void joiners_are_joiners_everywhere(void **state)
{
    unsigned n = 0;

    (void)state;
    for (int32_t point = 0; point <= 0x10ffff; point++) {
        bool joiner = c2c_script_is_joiner(point);

        assert_int_equal(joiner, c2c_script_class(point) == C2C_SCRIPT_JOINER);
        n += joiner ? 1 : 0;
    }
    assert_int_equal(n, 18);
}

static void marks_belong_to_the_character_before(void **state)
{
    (void)state;
    assert_true(c2c_script_is_mark(0x0301));
    assert_true(c2c_script_is_mark(0x3099)); /* voiced sound mark */
    assert_true(c2c_script_is_mark(0x0e31)); /* Thai vowel sign */
    assert_false(c2c_script_is_mark('a'));
    assert_true(c2c_script_continues(0x3099));
    assert_true(c2c_script_continues(0x0e31));
    assert_true(c2c_script_continues(0x1161)); /* Hangul vowel */
    assert_true(c2c_script_continues(0x11a8)); /* Hangul final */
    assert_true(c2c_script_continues(0xff9e)); /* half-width sound mark */
    assert_true(c2c_script_continues(0x200d));
    assert_false(c2c_script_continues(0x1100)); /* Hangul initial */
    assert_false(c2c_script_continues('\''));   /* It ends a run. */
    assert_false(c2c_script_continues(0x676d));
}

static void five_scripts_drop_their_marks(void **state)
{
    (void)state;
    assert_true(c2c_script_drops_marks('a'));
    assert_true(c2c_script_drops_marks(0x03b1));  /* Greek */
    assert_true(c2c_script_drops_marks(0x0416));  /* Cyrillic */
    assert_true(c2c_script_drops_marks(0x05d0));  /* Hebrew */
    assert_true(c2c_script_drops_marks(0x0628));  /* Arabic */
    assert_true(c2c_script_drops_marks(0x1ea1));  /* Vietnamese */
    assert_false(c2c_script_drops_marks(0x0905)); /* Devanagari */
    assert_false(c2c_script_drops_marks(0x0e01)); /* Thai */
    assert_false(c2c_script_drops_marks(0x3042)); /* Hiragana */
}

static void common_han_is_one_block(void **state)
{
    (void)state;
    assert_false(c2c_script_is_han(0x4dff));
    assert_true(c2c_script_is_han(0x4e00));
    assert_true(c2c_script_is_han(0x9fff));
    assert_false(c2c_script_is_han(0xa000));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(letters_have_the_class_of_their_script),
        cmocka_unit_test(joiners_are_joiners_everywhere),
        cmocka_unit_test(marks_belong_to_the_character_before),
        cmocka_unit_test(five_scripts_drop_their_marks),
        cmocka_unit_test(common_han_is_one_block),
    };
    return cmocka_run_group_tests_name("base/script", tests, NULL, NULL);
}
