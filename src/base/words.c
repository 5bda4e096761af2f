/* Cutting text into words: see text.h. */

#include <utf8proc.h>

#include "base/script.h"
#include "base/text.h"

enum {
    WORD_MAX_POINTS = 64,
    FOLDED_MAX =
        4096 /* Of one word or character: NFKC expands at most 18 times. */
};

/* A piece of the original text; empty: none. */
struct piece {
    size_t start;
    size_t end;
};

struct cutter {
    struct c2c_view text;
    enum c2c_text_use use;
    c2c_text_token_fn *fn;
    void *ctx;
    struct piece last;     /* Last character of the run before, which a query
                              only needs if more follows. */
    struct c2c_buf folded; /* Scratch. */
};

/* The class of the character at @at and where it ends. */
static enum c2c_script_class class_at(const struct cutter *c, size_t at,
                                      size_t *ret_end, bool *ret_continues)
{
    utf8proc_int32_t point;
    utf8proc_ssize_t n =
        utf8proc_iterate(c->text.p + at, (utf8proc_ssize_t)(c->text.n - at),
                         &point);

    if (n <= 0) {
        *ret_end = at + 1;
        *ret_continues = false;
        return C2C_SCRIPT_SEPARATOR;
    }
    *ret_end = at + (size_t)n;
    *ret_continues = c2c_script_continues(point);
    return c2c_script_class(point);
}

/* Fold the original piece onto the end of the scratch buffer. */
static enum c2c_err fold_piece(struct cutter *c, struct piece piece)
{
    return c2c_text_fold(c2c_view_of(c->text.p + piece.start,
                                     piece.end - piece.start),
                         &c->folded);
}

static enum c2c_err emit(struct cutter *c, struct piece first,
                         const struct piece *second, bool colocated)
{
    size_t end = second == NULL ? first.end : second->end;
    enum c2c_err err;

    c2c_buf_clear(&c->folded);
    err = fold_piece(c, first);
    if (err == C2C_E_OK && second != NULL) {
        err = fold_piece(c, *second);
    }
    if (err != C2C_E_OK || c->folded.n == 0) {
        return err;
    }
    return c->fn(c->ctx, c2c_buf_view(&c->folded), first.start, end, colocated);
}

/* More follows: give the position that the end of the last run has in the index
 * to a query, too. */
static enum c2c_err emit_last(struct cutter *c)
{
    struct piece last = c->last;

    c->last = (struct piece){0, 0};
    return last.end > 0 ? emit(c, last, NULL, false) : C2C_E_OK;
}

/* One word of a spaced script from @at on; where it ends. */
static enum c2c_err cut_word(struct cutter *c, size_t at, size_t *ret_end)
{
    struct piece word = {at, at};
    unsigned points = 0;
    size_t end = at;
    enum c2c_err err = emit_last(c);

    if (err != C2C_E_OK) {
        return err;
    }
    while (end < c->text.n) {
        size_t next;
        bool continues;
        enum c2c_script_class class = class_at(c, end, &next, &continues);

        if (class != C2C_SCRIPT_WORD && class != C2C_SCRIPT_JOINER) {
            break;
        }
        end = next;
        if (++points <= WORD_MAX_POINTS) {
            word.end = next;
        }
    }
    *ret_end = end;
    return emit(c, word, NULL, false);
}

/* One character of a spaceless script with its marks. */
static size_t unit_end(const struct cutter *c, size_t at)
{
    unsigned points = 0;
    bool continues;
    size_t end;

    (void)class_at(c, at, &end, &continues);
    while (end < c->text.n && points++ < WORD_MAX_POINTS) {
        size_t next;

        (void)class_at(c, end, &next, &continues);
        if (!continues) {
            break;
        }
        end = next;
    }
    return end;
}

static bool spaceless_at(const struct cutter *c, size_t at)
{
    size_t end;
    bool continues;

    return at < c->text.n &&
           class_at(c, at, &end, &continues) == C2C_SCRIPT_SPACELESS;
}

/* A run of a spaceless script from @at on: its pairs, and for the index its
 * single characters beside them. */
static enum c2c_err cut_run(struct cutter *c, size_t at, size_t *ret_end)
{
    struct piece now = {at, unit_end(c, at)};
    bool alone = true;
    enum c2c_err err = emit_last(c);

    while (err == C2C_E_OK && spaceless_at(c, now.end)) {
        struct piece next = {now.end, unit_end(c, now.end)};

        err = emit(c, now, &next, false);
        if (err == C2C_E_OK && c->use == C2C_TEXT_INDEX) {
            err = emit(c, now, NULL, true);
        }
        alone = false;
        now = next;
    }
    if (err == C2C_E_OK && (alone || c->use == C2C_TEXT_INDEX)) {
        err = emit(c, now, NULL, false);
    } else {
        c->last = now;
    }
    *ret_end = now.end;
    return err;
}

enum c2c_err c2c_text_words(struct c2c_view text, enum c2c_text_use use,
                            c2c_text_token_fn *fn, void *ctx)
{
    struct cutter c = {.text = text, .use = use, .fn = fn, .ctx = ctx};
    enum c2c_err err = C2C_E_OK;
    size_t at = 0;

    c2c_buf_init(&c.folded, (size_t)FOLDED_MAX * 4);
    while (at < text.n && err == C2C_E_OK) {
        size_t end;
        bool continues;

        switch (class_at(&c, at, &end, &continues)) {
        case C2C_SCRIPT_WORD:
            err = cut_word(&c, at, &end);
            break;
        case C2C_SCRIPT_SPACELESS:
            err = cut_run(&c, at, &end);
            break;
        case C2C_SCRIPT_SEPARATOR:
        case C2C_SCRIPT_JOINER:
            break;
        }
        at = end;
    }
    c2c_buf_fini(&c.folded);
    return err;
}
