#include "record/format.h"

#include <string.h>

#include "base/hash.h"
#include "base/text.h"
#include "base/timefmt.h"
#include "record/ref.h"

/* A reader over short ASCII texts. */
struct scan {
    const uint8_t *p;
    const uint8_t *end;
};

static struct scan scan_over(struct c2c_view text)
{
    return (struct scan){text.p, text.p + text.n};
}

static bool is_digit(uint8_t c)
{
    return c >= '0' && c <= '9';
}

static bool is_upper(uint8_t c)
{
    return c >= 'A' && c <= 'Z';
}

static bool is_alpha(uint8_t c)
{
    return is_upper(c) || (c >= 'a' && c <= 'z');
}

static bool at_end(const struct scan *in)
{
    return in->p == in->end;
}

static bool eat(struct scan *in, char c)
{
    if (!at_end(in) && *in->p == (uint8_t)c) {
        in->p++;
        return true;
    }
    return false;
}

/* Read up to @max characters of a class; how many there were. */
static size_t run(struct scan *in, bool (*class)(uint8_t), size_t max)
{
    size_t n = 0;

    while (n < max && !at_end(in) && class(*in->p)) {
        in->p++;
        n++;
    }
    return n;
}

/* BCP 47 (RFC 5646 section 2.1), well-formed: subtags one after the other. */

static bool is_alnum(uint8_t c)
{
    return is_alpha(c) || is_digit(c);
}

static bool all(struct c2c_view s, bool (*class)(uint8_t))
{
    for (size_t i = 0; i < s.n; i++) {
        if (!class(s.p[i])) {
            return false;
        }
    }
    return s.n > 0;
}

/* The next subtag of 1 to 8 letters and digits; empty at the end or if bad. */
static struct c2c_view subtag(struct c2c_view *rest)
{
    struct c2c_view tag = *rest;

    tag.n = 0;
    while (tag.n < rest->n && rest->p[tag.n] != '-') {
        tag.n++;
    }
    rest->p += tag.n;
    rest->n -= tag.n;
    if (rest->n > 1) { /* A hyphen, and something after it. */
        rest->p++;
        rest->n--;
    }
    return tag.n <= 8 && all(tag, is_alnum) ? tag : (struct c2c_view){NULL, 0};
}

/* The subtags of extensions and private use: all that is left. */
static bool extensions(struct c2c_view tag, struct c2c_view rest)
{
    size_t after = 0; /* Subtags since the last singleton. */
    bool private_use = tag.n == 1 && (tag.p[0] == 'x' || tag.p[0] == 'X');

    if (tag.n != 1) {
        return false;
    }
    while (rest.n > 0) {
        tag = subtag(&rest);
        if (tag.n == 0) {
            return false;
        }
        if (tag.n == 1 && !private_use) {
            private_use = tag.p[0] == 'x' || tag.p[0] == 'X';
            if (after == 0) {
                return false;
            }
            after = 0;
        } else {
            after++;
        }
    }
    return after > 0;
}

static bool is_variant(struct c2c_view tag)
{
    return (tag.n >= 5 && tag.n <= 8) || (tag.n == 4 && is_digit(tag.p[0]));
}

static bool is_region(struct c2c_view tag)
{
    return (tag.n == 2 && all(tag, is_alpha)) ||
           (tag.n == 3 && all(tag, is_digit));
}

/* A language tag being read, subtag by subtag. */
struct tag {
    struct c2c_view at; /* The subtag at hand; empty when it is over. */
    struct c2c_view rest;
    bool over;
};

static void advance(struct tag *t)
{
    const struct c2c_view none = {NULL, 0};

    t->over = t->rest.n == 0;
    t->at = t->over ? none : subtag(&t->rest);
}

/* Of a language with two or three letters there may be up to three. */
static void skip_extlangs(struct tag *t)
{
    size_t most = t->at.n <= 3 ? 3 : 0;

    advance(t);
    while (most > 0 && t->at.n == 3 && all(t->at, is_alpha)) {
        advance(t);
        most--;
    }
}

static bool check_bcp47(struct c2c_view text)
{
    struct tag t = {.rest = text};

    advance(&t);
    if (t.at.n == 1) {
        return (t.at.p[0] == 'x' || t.at.p[0] == 'X') &&
               extensions(t.at, t.rest);
    }
    if (t.at.n < 2 || !all(t.at, is_alpha)) {
        return false;
    }
    skip_extlangs(&t);
    if (t.at.n == 4 && all(t.at, is_alpha)) { /* Script. */
        advance(&t);
    }
    if (is_region(t.at)) {
        advance(&t);
    }
    while (is_variant(t.at)) {
        advance(&t);
    }
    return t.over || extensions(t.at, t.rest);
}

/* EDTF (ISO 8601-2), level 0 and of level 1: ? ~ %, X, seasons, open and
 * unknown ends of intervals. */

static int two_digits(struct scan *in)
{
    int value;

    if (in->end - in->p < 2 || !is_digit(in->p[0]) || !is_digit(in->p[1])) {
        return -1;
    }
    value = (in->p[0] - '0') * 10 + (in->p[1] - '0');
    in->p += 2;
    return value;
}

static bool eat_xx(struct scan *in)
{
    if (in->end - in->p >= 2 && in->p[0] == 'X' && in->p[1] == 'X') {
        in->p += 2;
        return true;
    }
    return false;
}

static bool edtf_year(struct scan *in)
{
    size_t digits;

    (void)eat(in, '-');
    digits = run(in, is_digit, 4);
    while (digits >= 2 && digits < 4 && eat(in, 'X')) {
        digits++;
    }
    return digits == 4;
}

static unsigned month_length(int year, int month)
{
    static const unsigned length[] = {31, 28, 31, 30, 31, 30,
                                      31, 31, 30, 31, 30, 31};
    bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;

    return length[month - 1] + (month == 2 && leap ? 1U : 0U);
}

/* With X it stands for many years, a leap year among them. */
static int year_value(const uint8_t *p)
{
    int value = 0;

    for (unsigned i = 0; i < 4; i++) {
        if (!is_digit(p[i])) {
            return 2000;
        }
        value = value * 10 + (p[i] - '0');
    }
    return value;
}

static bool edtf_date(struct scan *in)
{
    const uint8_t *start;
    int month;
    int day;

    if (!edtf_year(in)) {
        return false;
    }
    start = in->p - 4;
    if (eat(in, '-') && !eat_xx(in)) {
        month = two_digits(in);
        if (month >= 21 && month <= 24) {
            month = 0; /* A season: no day follows. */
        } else if (month < 1 || month > 12) {
            return false;
        }
        if (month > 0 && eat(in, '-') && !eat_xx(in)) {
            day = two_digits(in);
            if (day < 1 ||
                (unsigned)day > month_length(year_value(start), month)) {
                return false;
            }
        }
    } else if (in->p[-1] == 'X' && in->p - start > 4 && eat(in, '-') &&
               !eat_xx(in)) {
        return false; /* YYYY-XX-DD is level 2. */
    }
    if (!eat(in, '?') && !eat(in, '~')) {
        (void)eat(in, '%');
    }
    return true;
}

static bool edtf_end(struct scan *in)
{
    if (at_end(in) || *in->p == '/') {
        return true; /* Unknown. */
    }
    if (in->end - in->p >= 2 && in->p[0] == '.' && in->p[1] == '.') {
        in->p += 2;
        return true; /* Open. */
    }
    return edtf_date(in);
}

static bool check_date_time(struct c2c_view text)
{
    uint64_t s;

    return text.n >= 20 && text.n <= 40 && text.p[10] != ' ' &&
           c2c_time_parse(text, &s) == C2C_E_OK;
}

static bool check_edtf(struct c2c_view text)
{
    struct scan in = scan_over(text);

    if (text.n == 0 || text.n > 40) {
        return false;
    }
    if (memchr(text.p, '/', text.n) != NULL) {
        return text.n > 1 && edtf_end(&in) && eat(&in, '/') && edtf_end(&in) &&
               at_end(&in);
    }
    return (edtf_date(&in) && at_end(&in)) || check_date_time(text);
}

static bool check_date(struct c2c_view text)
{
    struct scan in = scan_over(text);

    return text.n == 10 && all(c2c_view_of(text.p, 4), is_digit) &&
           all(c2c_view_of(text.p + 5, 2), is_digit) &&
           all(c2c_view_of(text.p + 8, 2), is_digit) && edtf_date(&in) &&
           at_end(&in) && two_digits(&(struct scan){text.p + 5, in.end}) <= 12;
}

static bool check_decimal(struct c2c_view text)
{
    struct scan in = scan_over(text);

    (void)eat(&in, '-');
    if (text.n > 40 || (!eat(&in, '0') && run(&in, is_digit, 40) == 0)) {
        return false;
    }
    if (eat(&in, '.') && run(&in, is_digit, 40) == 0) {
        return false;
    }
    return at_end(&in);
}

/* No white space, no control characters. */
static bool is_solid(struct c2c_view text)
{
    for (size_t i = 0; i < text.n; i++) {
        if (text.p[i] <= 0x20 || text.p[i] == 0x7f) {
            return false;
        }
    }
    return text.n > 0;
}

/* Mail addresses (RFC 5321 with RFC 6531): Dot-string @ Domain.  Quoted
 * strings and address literals, which no office has, are refused. */

static bool is_atom_char(uint8_t c)
{
    return is_alnum(c) || c >= 0x80 ||
           (c != '\0' && strchr("!#$%&'*+-/=?^_`{|}~", c) != NULL);
}

static bool is_label_char(uint8_t c)
{
    return is_alnum(c) || c >= 0x80 || c == '-';
}

/* Parts of @class between single dots; labels do not begin or end with a
 * hyphen. */
static bool dotted(struct c2c_view text, bool (*class)(uint8_t), bool labels)
{
    struct scan in = scan_over(text);

    do {
        const uint8_t *start = in.p;

        if (run(&in, class, SIZE_MAX) == 0 ||
            (labels && (*start == '-' || in.p[-1] == '-'))) {
            return false;
        }
    } while (eat(&in, '.'));
    return at_end(&in);
}

/* Spaces that a keyboard may give instead of U+0020: no-break (U+00A0) and
 * ideographic (U+3000). */
static bool has_wide_space(struct c2c_view text)
{
    for (size_t i = 0; i + 1 < text.n; i++) {
        if ((text.p[i] == 0xc2 && text.p[i + 1] == 0xa0) ||
            (i + 2 < text.n && text.p[i] == 0xe3 && text.p[i + 1] == 0x80 &&
             text.p[i + 2] == 0x80)) {
            return true;
        }
    }
    return false;
}

static bool check_email(struct c2c_view text)
{
    const uint8_t *at = text.n == 0 ? NULL : memchr(text.p, '@', text.n);
    size_t local = at == NULL ? 0 : (size_t)(at - text.p);

    return at != NULL && text.n <= 254 && local <= 64 &&
           !has_wide_space(text) &&
           dotted(c2c_view_of(text.p, local), is_atom_char, false) &&
           dotted(c2c_view_of(at + 1, text.n - local - 1), is_label_char, true);
}

static bool check_uri(struct c2c_view text)
{
    static const char *const schemes[] = {"https://", "http://", "ftp://",
                                          "mailto:", "tel:"};

    for (size_t i = 0; i < sizeof schemes / sizeof schemes[0]; i++) {
        struct c2c_view scheme = c2c_view_str(schemes[i]);
        bool has_host = scheme.p[scheme.n - 1] == '/';

        if (c2c_view_starts(text, scheme)) {
            return text.n > scheme.n && is_solid(text) &&
                   !(has_host && strchr("/?#", text.p[scheme.n]) != NULL);
        }
    }
    return false;
}

static bool check_e164(struct c2c_view text)
{
    struct scan in = scan_over(text);
    size_t digits;

    if (!eat(&in, '+') || at_end(&in) || *in.p == '0') {
        return false;
    }
    digits = run(&in, is_digit, 16);
    return digits >= 2 && digits <= 15 && at_end(&in);
}

static bool check_iso3166_1(struct c2c_view text)
{
    return text.n == 2 && all(text, is_upper);
}

static bool is_upper_alnum(uint8_t c)
{
    return is_upper(c) || is_digit(c);
}

static bool check_iso3166_2(struct c2c_view text)
{
    return text.n >= 4 && text.n <= 6 &&
           all(c2c_view_of(text.p, 2), is_upper) && text.p[2] == '-' &&
           all(c2c_view_of(text.p + 3, text.n - 3), is_upper_alnum);
}

static bool is_zone_char(uint8_t c)
{
    return is_alnum(c) || c == '_' || c == '-' || c == '+';
}

static bool check_iana_tz(struct c2c_view text)
{
    struct scan in = scan_over(text);
    size_t parts = 0;

    if (c2c_view_eq_str(text, "UTC")) {
        return true;
    }
    do {
        if (run(&in, is_zone_char, 40) == 0) {
            return false;
        }
        parts++;
    } while (eat(&in, '/'));
    return at_end(&in) && parts >= 2 && parts <= 3 && is_alpha(text.p[0]);
}

static bool check_iso4217(struct c2c_view text)
{
    return text.n == 3 && all(text, is_upper);
}

static bool check_ref(struct c2c_view text)
{
    struct c2c_ref ref;

    return text.n <= 300 && is_solid(text) &&
           c2c_ref_parse(text, &ref) == C2C_E_OK;
}

static bool check_city(struct c2c_view text)
{
    return text.n > 0 && text.n <= 200;
}

static bool check_hash(struct c2c_view text)
{
    struct c2c_hash hash;

    return c2c_hash_parse(text, &hash) == C2C_E_OK;
}

static const struct c2c_format formats[] = {
    {"bcp47", check_bcp47, "a language tag (BCP 47)", "zh-Hans"},
    {"city", check_city, "the name or id of a city", "Baguio"},
    {"date", check_date, "a date", "2026-11-23"},
    {"date-time", check_date_time, "a time (RFC 3339)", "2026-11-23T08:30:00Z"},
    {"decimal", check_decimal, "a decimal number as text", "30.29365"},
    {"e164", check_e164,
     "a telephone number with country code, digits only (E.164)",
     "+63744424317"},
    {"edtf", check_edtf, "a date, a part of one or an interval (EDTF)",
     "1979-02"},
    {"email", check_email, "an e-mail address", "international@city.example"},
    {"hash", check_hash, "a hash: 64 hexadecimal digits", "6e0c...91"},
    {"iana-tz", check_iana_tz, "a time zone (IANA)", "Asia/Shanghai"},
    {"iso3166-1", check_iso3166_1, "a country code (ISO 3166-1)", "PH"},
    {"iso3166-2", check_iso3166_2, "a subdivision code (ISO 3166-2)", "CN-ZJ"},
    {"iso4217", check_iso4217, "a currency code (ISO 4217)", "EUR"},
    {"ref", check_ref, "a reference TYPE/SLUG or CITY/TYPE/SLUG",
     "office/foreign-affairs"},
    {"uri", check_uri, "a web, mail or telephone address",
     "https://www.example.org"},
};

const struct c2c_format *c2c_format_find(struct c2c_view name)
{
    for (size_t i = 0; i < sizeof formats / sizeof formats[0]; i++) {
        if (c2c_view_eq_str(name, formats[i].name)) {
            return &formats[i];
        }
    }
    return NULL;
}
