/* Any bytes: folding is stable, words are valid and lie inside the text. */

#include "base/text.h"
#include "fuzz.h"

static enum c2c_err check(void *ctx, struct c2c_view token, size_t start,
                          size_t end, bool colocated)
{
    const struct c2c_view *text = ctx;

    (void)colocated;
    require(start < end && end <= text->n);
    require(token.n > 0 && c2c_text_valid(token));
    return C2C_E_OK;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct c2c_view text = c2c_view_of(data, size);
    struct c2c_buf once;
    struct c2c_buf twice;
    char slug[61];

    c2c_buf_init(&once, 1u << 26);
    c2c_buf_init(&twice, 1u << 26);
    require(c2c_text_words(text, C2C_TEXT_INDEX, check, &text) == C2C_E_OK);
    require(c2c_text_words(text, C2C_TEXT_QUERY, check, &text) == C2C_E_OK);
    require((c2c_text_fold(text, &once) == C2C_E_OK) == c2c_text_valid(text));
    require(c2c_text_fold(c2c_buf_view(&once), &twice) == C2C_E_OK);
    require(c2c_view_eq(c2c_buf_view(&once), c2c_buf_view(&twice)));
    c2c_text_slug(text, slug);
    c2c_buf_fini(&once);
    c2c_buf_fini(&twice);
    return 0;
}
