#include "base/script.h"

#include <stddef.h>
#include <utf8proc.h>

struct range {
    int32_t first;
    int32_t last;
};

static bool within(const struct range *ranges, size_t n, int32_t point)
{
    for (size_t i = 0; i < n; i++) {
        if (point >= ranges[i].first && point <= ranges[i].last) {
            return true;
        }
    }
    return false;
}

#define COUNT(ARRAY) (sizeof(ARRAY) / sizeof((ARRAY)[0]))

/* Han, Kana, Hangul, Thai, Lao, Tibetan, Myanmar, Khmer (Unicode blocks). */
static const struct range spaceless[] = {
    {0x0e00, 0x0eff},   {0x0f00, 0x0fff}, {0x1000, 0x109f}, {0x1100, 0x11ff},
    {0x1780, 0x17ff},   {0x2e80, 0x2fdf}, {0x3005, 0x3007}, {0x3021, 0x3029},
    {0x3040, 0x30ff},   {0x3130, 0x318f}, {0x31f0, 0x31ff}, {0x3400, 0x4dbf},
    {0x4e00, 0x9fff},   {0xa960, 0xa97f}, {0xa9e0, 0xa9ff}, {0xaa60, 0xaa7f},
    {0xac00, 0xd7ff},   {0xf900, 0xfaff}, {0xff66, 0xffdc}, {0x1b000, 0x1b16f},
    {0x20000, 0x3ffff},
};

/* Latin, Greek, Cyrillic, Hebrew, Arabic. */
static const struct range unmarked[] = {
    {0x0000, 0x058f}, {0x0590, 0x06ff}, {0x0750, 0x077f}, {0x08a0, 0x08ff},
    {0x1c80, 0x1c8f}, {0x1e00, 0x1fff}, {0x2c60, 0x2c7f}, {0x2de0, 0x2dff},
    {0xa640, 0xa69f}, {0xa720, 0xa7ff}, {0xfb00, 0xfdff}, {0xfe70, 0xfeff},
};

bool c2c_script_is_joiner(int32_t point)
{
    switch (point) {
    case 0x0027: /* ' */
    case 0x0060: /* ` */
    case 0x00ad: /* soft hyphen */
    case 0x00b4: /* acute accent */
    case 0x02b9: /* modifier prime */
    case 0x02bb: /* turned comma (Hawaiian) */
    case 0x02bc: /* modifier apostrophe */
    case 0x055a: /* Armenian apostrophe */
    case 0x200c: /* invisible joiners */
    case 0x200d:
    case 0x2018: /* quotation marks */
    case 0x2019:
    case 0x201b:
    case 0x2032: /* primes */
    case 0x2035:
    case 0x2060: /* word joiner */
    case 0xff07: /* full width ' */
    case 0xff40: /* full width ` */
        return true;
    default:
        return false;
    }
}

bool c2c_script_is_mark(int32_t point)
{
    utf8proc_category_t category = utf8proc_category(point);

    return category == UTF8PROC_CATEGORY_MN ||
           category == UTF8PROC_CATEGORY_MC || category == UTF8PROC_CATEGORY_ME;
}

bool c2c_script_is_han(int32_t point)
{
    return point >= 0x4e00 && point <= 0x9fff;
}

bool c2c_script_continues(int32_t point)
{
    return point >= 0x80 && !c2c_script_is_han(point) &&
           (c2c_script_is_mark(point) || c2c_script_is_joiner(point) ||
            (point >= 0x1160 && point <= 0x11ff) || /* Hangul vowels, finals */
            point == 0xff9e || point == 0xff9f);    /* half-width kana marks */
}

bool c2c_script_drops_marks(int32_t point)
{
    return within(unmarked, COUNT(unmarked), point);
}

static bool is_word_category(utf8proc_category_t category)
{
    /* Lu Ll Lt Lm Lo Mn Mc Me Nd Nl No stand in this order in the enum. */
    return (category >= UTF8PROC_CATEGORY_LU &&
            category <= UTF8PROC_CATEGORY_NO) ||
           category == UTF8PROC_CATEGORY_CO;
}

enum c2c_script_class c2c_script_class(int32_t point)
{
    if (point < 0x80) {
        bool letter = (point >= 'a' && point <= 'z') ||
                      (point >= 'A' && point <= 'Z') ||
                      (point >= '0' && point <= '9');

        if (letter) {
            return C2C_SCRIPT_WORD;
        }
        return point == '\'' || point == '`' ? C2C_SCRIPT_JOINER
                                             : C2C_SCRIPT_SEPARATOR;
    }
    if (c2c_script_is_han(point)) {
        return C2C_SCRIPT_SPACELESS;
    }
    if (c2c_script_is_joiner(point)) {
        return C2C_SCRIPT_JOINER;
    }
    if (!is_word_category(utf8proc_category(point))) {
        return C2C_SCRIPT_SEPARATOR;
    }
    return within(spaceless, COUNT(spaceless), point) ? C2C_SCRIPT_SPACELESS
                                                      : C2C_SCRIPT_WORD;
}
