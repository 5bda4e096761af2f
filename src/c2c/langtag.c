#include "c2c/langtag.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

/* ASCII only: the C library's functions follow the locale. */
static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static size_t letters(const char *text)
{
    size_t n = 0;

    while (is_letter(text[n])) {
        n++;
    }
    return n;
}

/* "-Latn" for "@latin"; "" if the modifier says nothing about the script. */
static const char *script_of(const char *modifier)
{
    static const struct {
        const char *name;
        const char *script;
    } known[] = {
        {"latin", "-Latn"},
        {"cyrillic", "-Cyrl"},
        {"devanagari", "-Deva"},
        {"iqtelif", "-Latn"},
    };

    for (size_t i = 0; modifier != NULL && i < sizeof known / sizeof known[0];
         i++) {
        if (strcmp(modifier + 1, known[i].name) == 0) {
            return known[i].script;
        }
    }
    return "";
}

static bool is_one_of(const char *region, const char *const *regions)
{
    for (; *regions != NULL; regions++) {
        if (strncmp(region, *regions, 2) == 0) {
            return true;
        }
    }
    return false;
}

void c2c_langtag_of_locale(const char *locale, char out[C2C_LANGTAG_MAX])
{
    static const char *const traditional[] = {"TW", "HK", "MO", NULL};
    size_t n = locale == NULL ? 0 : letters(locale);
    const char *region = "";

    if (n < 2 || n > 3) { /* "C", "POSIX", nonsense. */
        (void)snprintf(out, C2C_LANGTAG_MAX, "en");
        return;
    }
    if (locale[n] == '_' && letters(locale + n + 1) == 2) {
        region = locale + n + 1;
    }
    if (n == 2 && strncmp(locale, "zh", 2) == 0) {
        (void)snprintf(out, C2C_LANGTAG_MAX, "zh-%s",
                       is_one_of(region, traditional) ? "Hant" : "Hans");
        return;
    }
    (void)snprintf(out, C2C_LANGTAG_MAX, "%.*s%s%s%.2s", (int)n, locale,
                   script_of(strchr(locale, '@')), *region == '\0' ? "" : "-",
                   region);
}

bool c2c_langtag_valid(const char *tag)
{
    size_t n = letters(tag);

    if (n < 2 || n > 8 || strlen(tag) >= C2C_LANGTAG_MAX) {
        return false;
    }
    while (tag[n] == '-') {
        size_t part = 0;

        tag += n + 1;
        while (is_letter(tag[part]) || is_digit(tag[part])) {
            part++;
        }
        if (part < 1 || part > 8) {
            return false;
        }
        n = part;
    }
    return tag[n] == '\0';
}

/* One code point of valid UTF-8. */
static uint32_t next_point(struct c2c_view *text)
{
    uint8_t first = text->p[0];
    size_t n = first < 0x80 ? 1 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
    static const uint8_t mask[] = {0, 0x7f, 0x1f, 0x0f, 0x07};
    uint32_t point = first & mask[n];

    n = n < text->n ? n : text->n;
    for (size_t i = 1; i < n; i++) {
        point = point << 6 | (text->p[i] & 0x3f);
    }
    text->p += n;
    text->n -= n;
    return point;
}

const char *c2c_langtag_of_text(struct c2c_view text)
{
    static const struct {
        uint32_t first;
        uint32_t last;
        const char *tag;
    } ranges[] = {
        {0x0370, 0x03ff, "el"}, {0x0400, 0x052f, "ru"},
        {0x0530, 0x058f, "hy"}, {0x0590, 0x05ff, "he"},
        {0x0600, 0x06ff, "ar"}, {0x0900, 0x097f, "hi"},
        {0x0980, 0x09ff, "bn"}, {0x0b80, 0x0bff, "ta"},
        {0x0d80, 0x0dff, "si"}, {0x0e00, 0x0e7f, "th"},
        {0x0e80, 0x0eff, "lo"}, {0x0f00, 0x0fff, "bo"},
        {0x1000, 0x109f, "my"}, {0x10a0, 0x10ff, "ka"},
        {0x1100, 0x11ff, "ko"}, {0x1780, 0x17ff, "km"},
        {0x1800, 0x18af, "mn"}, {0x3040, 0x30ff, "ja"},
        {0x3400, 0x9fff, "zh"}, {0xac00, 0xd7af, "ko"},
        {0xf900, 0xfaff, "zh"}, {0x20000, 0x3ffff, "zh"},
    };
    const char *tag = "en";

    while (text.n > 0) {
        uint32_t point = next_point(&text);

        for (size_t i = 0; i < sizeof ranges / sizeof ranges[0]; i++) {
            if (point < ranges[i].first || point > ranges[i].last) {
                continue;
            }
            if (strcmp(ranges[i].tag, "zh") != 0) {
                return ranges[i].tag;
            }
            tag = "zh"; /* Han; kana further on would make it Japanese. */
        }
    }
    return tag;
}
