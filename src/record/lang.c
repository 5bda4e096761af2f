#include "record/lang.h"

#include <string.h>

static uint8_t lower(uint8_t c)
{
    return c >= 'A' && c <= 'Z' ? (uint8_t)(c + 32) : c;
}

/* Tags compare without regard to case (RFC 5646 section 2.1.1). */
static bool same_tag(struct c2c_view a, struct c2c_view b)
{
    if (a.n != b.n) {
        return false;
    }
    for (size_t i = 0; i < a.n; i++) {
        if (lower(a.p[i]) != lower(b.p[i])) {
            return false;
        }
    }
    return true;
}

/* @tag shortened by its last subtag (RFC 4647 section 3.4). */
static struct c2c_view shorten(struct c2c_view tag)
{
    while (tag.n > 0 && tag.p[tag.n - 1] != '-') {
        tag.n--;
    }
    tag.n -= tag.n > 0 ? 1 : 0;
    if (tag.n >= 2 && tag.p[tag.n - 2] == '-') {
        tag.n -= 2; /* A single letter goes with what it introduced. */
    }
    return tag;
}

static struct c2c_view primary(struct c2c_view tag)
{
    size_t n = 0;

    while (n < tag.n && tag.p[n] != '-') {
        n++;
    }
    tag.n = n;
    return tag;
}

static bool is_machine(struct c2c_view tag)
{
    const struct c2c_view mark = c2c_view_str("-x-mt");

    return tag.n > mark.n &&
           same_tag(c2c_view_of(tag.p + tag.n - mark.n, mark.n), mark);
}

/* How a member of the map may fit. */
enum fit {
    FIT_EXACT,    /* The same tag. */
    FIT_LANGUAGE, /* Another script or region of the language. */
    FIT_ANY
};

static bool fits(struct c2c_view tag, struct c2c_view want, enum fit fit)
{
    switch (fit) {
    case FIT_EXACT:
        return same_tag(tag, want);
    case FIT_LANGUAGE:
        return same_tag(primary(tag), primary(want));
    case FIT_ANY:
        return true;
    }
    return false;
}

static struct c2c_pair search(const struct c2c_val *map, struct c2c_view want,
                              enum fit fit, bool machine)
{
    for (size_t i = 0; i < c2c_val_count(map); i++) {
        struct c2c_pair pair = c2c_val_pair(map, i);

        if (is_machine(pair.key) == machine && fits(pair.key, want, fit)) {
            return pair;
        }
    }
    return (struct c2c_pair){{NULL, 0}, NULL};
}

/* By @want and what is shorter, then by its language. */
static struct c2c_pair for_language(const struct c2c_val *map,
                                    struct c2c_view want, bool machine)
{
    struct c2c_pair found = {{NULL, 0}, NULL};

    if (want.n == 0) {
        return found;
    }
    for (struct c2c_view tag = want; tag.n > 0 && found.val == NULL;
         tag = shorten(tag)) {
        found = search(map, tag, FIT_EXACT, machine);
    }
    return found.val != NULL ? found : search(map, want, FIT_LANGUAGE, machine);
}

struct c2c_pair c2c_lang_pick_pair(const struct c2c_val *map,
                                   struct c2c_view lang)
{
    const struct c2c_view english = c2c_view_str("en");
    struct c2c_pair found = {{NULL, 0}, NULL};

    if (c2c_val_kind(map) != C2C_KIND_MAP) {
        return found;
    }
    for (unsigned step = 0; step < 6 && found.val == NULL; step++) {
        bool machine = step % 2 == 1;

        found = step < 2   ? for_language(map, lang, machine)
                : step < 4 ? for_language(map, english, machine)
                           : search(map, english, FIT_ANY, machine);
    }
    return found;
}

struct c2c_view c2c_lang_pick(const struct c2c_val *map, struct c2c_view lang)
{
    return c2c_val_kind(map) == C2C_KIND_STR
               ? c2c_val_str(map)
               : c2c_val_str(c2c_lang_pick_pair(map, lang).val);
}
