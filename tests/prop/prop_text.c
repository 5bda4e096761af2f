/* Laws of base/text.h on random text of many scripts. */

#include <string.h>

#include "base/text.h"
#include "prop.h"
#include "test.h"

enum {
    MAX_POINTS = 24,
    MAX_BYTES = 4 * MAX_POINTS
};

/* Where random characters come from; the last one is all of Unicode. */
static const struct {
    uint32_t first;
    uint32_t last;
} ranges[] = {
    {0x20, 0x7e},     {0x27, 0x27},     {0xa0, 0x24f},      {0x300, 0x36f},
    {0x370, 0x3ff},   {0x400, 0x45f},   {0x5d0, 0x5ea},     {0x621, 0x652},
    {0x6a9, 0x6cc},   {0xe01, 0xe4e},   {0x1e00, 0x1fff},   {0x2018, 0x2036},
    {0x3041, 0x30ff}, {0x4e00, 0x9fa5}, {0x9000, 0x9fff},   {0xac00, 0xd7a3},
    {0xfb00, 0xfdff}, {0xff01, 0xff9f}, {0x1f300, 0x1f5ff}, {0x0, 0x10ffff},
};

static size_t put_point(uint32_t c, uint8_t *out)
{
    if (c < 0x80) {
        out[0] = (uint8_t)c;
        return 1;
    }
    if (c < 0x800) {
        out[0] = (uint8_t)(0xc0 | c >> 6);
        out[1] = (uint8_t)(0x80 | (c & 0x3f));
        return 2;
    }
    if (c < 0x10000) {
        out[0] = (uint8_t)(0xe0 | c >> 12);
        out[1] = (uint8_t)(0x80 | (c >> 6 & 0x3f));
        out[2] = (uint8_t)(0x80 | (c & 0x3f));
        return 3;
    }
    out[0] = (uint8_t)(0xf0 | c >> 18);
    out[1] = (uint8_t)(0x80 | (c >> 12 & 0x3f));
    out[2] = (uint8_t)(0x80 | (c >> 6 & 0x3f));
    out[3] = (uint8_t)(0x80 | (c & 0x3f));
    return 4;
}

/* Up to MAX_POINTS characters, in runs of one script. */
static struct c2c_view text(struct prop *p, uint8_t out[MAX_BYTES],
                            size_t *ret_points)
{
    size_t points = prop_below(p, MAX_POINTS + 1);
    size_t which = 0;
    size_t n = 0;

    for (size_t i = 0; i < points; i++) {
        uint32_t c;

        if (i == 0 || prop_below(p, 3) == 0) {
            which = prop_below(p, sizeof ranges / sizeof ranges[0]);
        }
        do {
            c = ranges[which].first +
                (uint32_t)prop_below(p, ranges[which].last -
                                            ranges[which].first + 1);
        } while (c >= 0xd800 && c <= 0xdfff);
        n += put_point(c, out + n);
    }
    *ret_points = points;
    return c2c_view_of(out, n);
}

static void generated_text_is_valid_and_counted(struct prop *p)
{
    uint8_t bytes[MAX_BYTES];
    size_t points;
    struct c2c_view v = text(p, bytes, &points);

    assert_true(c2c_text_valid(v));
    assert_int_equal(c2c_text_count(v), points);
    if (v.n > 0) { /* A continuation byte or nothing is missing at the end. */
        bytes[v.n - 1] = 0xff;
        assert_false(c2c_text_valid(v));
    }
}

static void folding_twice_is_folding_once(struct prop *p)
{
    uint8_t bytes[MAX_BYTES];
    size_t points;
    struct c2c_view v = text(p, bytes, &points);
    struct c2c_buf once;
    struct c2c_buf twice;

    c2c_buf_init(&once, 65536);
    c2c_buf_init(&twice, 65536);
    assert_ok(c2c_text_fold(v, &once));
    assert_true(c2c_text_valid(c2c_buf_view(&once)));
    assert_ok(c2c_text_fold(c2c_buf_view(&once), &twice));
    if (!c2c_view_eq(c2c_buf_view(&once), c2c_buf_view(&twice))) {
        fail_msg("%.*s -> %.*s -> %.*s", (int)v.n, (const char *)v.p,
                 (int)once.n, (const char *)once.p, (int)twice.n,
                 (const char *)twice.p);
    }
    c2c_buf_fini(&once);
    c2c_buf_fini(&twice);
}

/* Tokens with the positions that a full-text index gives them. */
struct tokens {
    size_t n;
    size_t position[512];
    char word[512][96];
    size_t next;
};

static enum c2c_err keep(void *ctx, struct c2c_view token, size_t start,
                         size_t end, bool colocated)
{
    struct tokens *t = ctx;

    assert_true(start < end);
    assert_true(t->n < 512);
    assert_true(!colocated || t->n > 0);
    t->next += colocated ? 0 : 1;
    t->position[t->n] = t->next;
    token.n = token.n < 95 ? token.n : 95;
    memcpy(t->word[t->n], token.p, token.n);
    t->word[t->n][token.n] = '\0';
    t->n++;
    return C2C_E_OK;
}

static bool at(const struct tokens *index, size_t position, const char *word)
{
    for (size_t i = 0; i < index->n; i++) {
        if (index->position[i] == position &&
            strcmp(index->word[i], word) == 0) {
            return true;
        }
    }
    return false;
}

/* As a full-text index answers a phrase. */
static bool phrase(const struct tokens *index, const struct tokens *query)
{
    for (size_t from = 1; from <= index->next; from++) {
        size_t i = 0;

        while (i < query->n &&
               at(index, from + query->position[i] - 1, query->word[i])) {
            i++;
        }
        if (i == query->n) {
            return true;
        }
    }
    return query->n == 0;
}

/* Text in which a substring begins and ends with whole words: runs of Han and
 * Thai letters and Latin words, with separators or without. */
static size_t mixed(struct prop *p, uint8_t *out, size_t *cuts)
{
    static const char *const pieces[] = {
        "杭", "州", "市", "政", "府", "的", "峰", "会", "盧", "แ",  "ก", "น้",
        "ำ",  "한", "국", "か", "が", "ガ", "、", "。", " ",  "（", "-",
    };
    size_t n_pieces = 2 + prop_below(p, 12);
    size_t n = 0;
    bool latin = false;

    for (size_t i = 0; i < n_pieces; i++) {
        const char *piece =
            pieces[prop_below(p, sizeof pieces / sizeof pieces[0])];

        if (!latin && prop_below(p, 5) == 0) {
            piece = prop_below(p, 2) == 0 ? "G20" : "Xi’an";
            latin = true;
        } else {
            latin = false;
        }
        cuts[i] = n;
        memcpy(out + n, piece, strlen(piece));
        n += strlen(piece);
    }
    cuts[n_pieces] = n;
    return n_pieces;
}

static void what_stands_in_a_text_is_found_as_a_phrase(struct prop *p)
{
    static struct tokens index;
    static struct tokens query;
    uint8_t bytes[256];
    size_t cuts[32];
    size_t n = mixed(p, bytes, cuts);
    size_t from = prop_below(p, n);
    size_t to = from + 1 + prop_below(p, n - from);
    struct c2c_view part =
        c2c_view_of(bytes + cuts[from], cuts[to] - cuts[from]);

    index.n = index.next = query.n = query.next = 0;
    assert_ok(c2c_text_words(c2c_view_of(bytes, cuts[n]), C2C_TEXT_INDEX, keep,
                             &index));
    assert_ok(c2c_text_words(part, C2C_TEXT_QUERY, keep, &query));
    if (!phrase(&index, &query)) {
        fail_msg("\"%.*s\" is not found in \"%.*s\"", (int)part.n,
                 (const char *)part.p, (int)cuts[n], (const char *)bytes);
    }
}

static enum c2c_err check_token(void *ctx, struct c2c_view token, size_t start,
                                size_t end, bool colocated)
{
    const struct c2c_view *whole = ctx;

    (void)colocated;
    assert_true(start < end && end <= whole->n);
    assert_true(token.n > 0);
    assert_true(c2c_text_valid(token));
    return C2C_E_OK;
}

static void any_bytes_give_valid_words_inside_the_text(struct prop *p)
{
    uint8_t bytes[MAX_BYTES];
    size_t points;
    struct c2c_view v = text(p, bytes, &points);

    for (uint64_t i = prop_below(p, 4); v.n > 0 && i > 0; i--) {
        bytes[prop_below(p, v.n)] = (uint8_t)prop_u64(p);
    }
    assert_ok(c2c_text_words(v, C2C_TEXT_INDEX, check_token, &v));
    assert_ok(c2c_text_words(v, C2C_TEXT_QUERY, check_token, &v));
}

#define LAW(NAME)                          \
    static void check_##NAME(void **state) \
    {                                      \
        (void)state;                       \
        prop_run(#NAME, 20000, NAME);      \
    }
LAW(generated_text_is_valid_and_counted)
LAW(folding_twice_is_folding_once)
LAW(what_stands_in_a_text_is_found_as_a_phrase)
LAW(any_bytes_give_valid_words_inside_the_text)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(check_generated_text_is_valid_and_counted),
        cmocka_unit_test(check_folding_twice_is_folding_once),
        cmocka_unit_test(check_what_stands_in_a_text_is_found_as_a_phrase),
        cmocka_unit_test(check_any_bytes_give_valid_words_inside_the_text),
    };
    return cmocka_run_group_tests_name("base/text laws", tests, NULL, NULL);
}
