#include "c2c/langtag.h"

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
