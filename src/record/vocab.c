/* Vocabularies: see types.h. */

#include <string.h>

#include "base/text.h"
#include "codec/limits.h"
#include "record/lang.h"
#include "record/types.h"
#include "record/types_priv.h"

/* Words compare folded, with spaces and hyphens alike. */
static enum c2c_err fold_word(struct c2c_view word, struct c2c_buf *out)
{
    enum c2c_err err = c2c_text_fold(word, out);

    for (size_t i = 0; i < out->n; i++) {
        if (out->p[i] == ' ' || out->p[i] == '_') {
            out->p[i] = '-';
        }
    }
    return err;
}

/* A code of ours or of a standard: letters of either case, digits, hyphens. */
static bool is_code(struct c2c_view code)
{
    static const char marks[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                "abcdefghijklmnopqrstuvwxyz0123456789-";

    for (size_t i = 0; i < code.n; i++) {
        if (code.p[i] == '\0' || strchr(marks, code.p[i]) == NULL) {
            return false;
        }
    }
    return code.n > 0 && code.n <= C2C_MAX_SLUG_BYTES && code.p[0] != '-';
}

struct adding {
    struct c2c_arena *arena;
    struct c2c_vocab *vocab;
    struct c2c_buf scratch;
};

static enum c2c_err add_word(struct adding *a, size_t entry,
                             struct c2c_view word)
{
    enum c2c_err err;
    char *copy;

    c2c_buf_clear(&a->scratch);
    err = fold_word(word, &a->scratch);
    if (err != C2C_E_OK) {
        return err;
    }
    copy = c2c_arena_dup(a->arena, c2c_buf_view(&a->scratch));
    if (copy == NULL) {
        return C2C_E_NOMEM;
    }
    a->vocab->folded[a->vocab->n_folded] = c2c_view_of(copy, a->scratch.n);
    a->vocab->folded_entry[a->vocab->n_folded++] = entry;
    return C2C_E_OK;
}

static size_t count_words(const struct c2c_val *entries)
{
    size_t n = 0;

    for (size_t i = 0; i < c2c_val_count(entries); i++) {
        const struct c2c_val *entry = c2c_val_at(entries, i);

        n += 1 + c2c_val_count(c2c_val_get(entry, "label")) +
             c2c_val_count(c2c_val_get(entry, "alias"));
    }
    return n;
}

static enum c2c_err add_entry(struct adding *a, size_t i)
{
    const struct c2c_val *entry = c2c_val_at(a->vocab->entries, i);
    const struct c2c_val *labels = c2c_val_get(entry, "label");
    const struct c2c_val *aliases = c2c_val_get(entry, "alias");
    struct c2c_view code = c2c_val_text(entry, "code");
    enum c2c_err err;

    if (!is_code(code)) {
        return C2C_E_SCHEMA;
    }
    for (size_t j = 0; j < i; j++) {
        if (c2c_view_eq_str(code, a->vocab->codes[j])) {
            return C2C_E_SCHEMA;
        }
    }
    a->vocab->codes[i] = c2c_arena_dup(a->arena, code);
    if (a->vocab->codes[i] == NULL) {
        return C2C_E_NOMEM;
    }
    err = add_word(a, i, code);
    for (size_t j = 0; j < c2c_val_count(labels) && err == C2C_E_OK; j++) {
        err = add_word(a, i, c2c_val_str(c2c_val_pair(labels, j).val));
    }
    for (size_t j = 0; j < c2c_val_count(aliases) && err == C2C_E_OK; j++) {
        err = add_word(a, i, c2c_val_str(c2c_val_at(aliases, j)));
    }
    return err;
}

enum c2c_err c2c_vocab_load(struct c2c_arena *arena, struct c2c_diag *diag,
                            const struct c2c_val *file, struct c2c_vocab *vocab)
{
    struct adding a = {.arena = arena, .vocab = vocab};
    size_t words = count_words(file);
    enum c2c_err err = C2C_E_OK;

    if (c2c_val_kind(file) != C2C_KIND_ARRAY) {
        return c2c_diag_set(diag, C2C_E_SCHEMA, vocab->name,
                            "%s.json: must be a list", vocab->name);
    }
    vocab->entries = file;
    vocab->n = c2c_val_count(file);
    vocab->codes = c2c_arena_alloc(arena, vocab->n + 1, sizeof *vocab->codes);
    vocab->folded = c2c_arena_alloc(arena, words + 1, sizeof *vocab->folded);
    vocab->folded_entry =
        c2c_arena_alloc(arena, words + 1, sizeof *vocab->folded_entry);
    if (vocab->codes == NULL || vocab->folded == NULL ||
        vocab->folded_entry == NULL) {
        return C2C_E_NOMEM;
    }
    c2c_buf_init(&a.scratch, 65536);
    for (size_t i = 0; i < vocab->n && err == C2C_E_OK; i++) {
        err = add_entry(&a, i);
        if (err == C2C_E_SCHEMA) {
            (void)c2c_diag_set(
                diag, err, vocab->name,
                "%s.json: /%zu/code: is not a code, or stands there twice",
                vocab->name, i);
        }
    }
    c2c_buf_fini(&a.scratch);
    return err;
}

const char *c2c_vocab_name(const struct c2c_vocab *vocab)
{
    return vocab->name;
}

struct c2c_view c2c_vocab_text(const struct c2c_vocab *vocab)
{
    return vocab->text;
}

size_t c2c_vocab_count(const struct c2c_vocab *vocab)
{
    return vocab->n;
}

const char *c2c_vocab_code(const struct c2c_vocab *vocab, size_t i)
{
    return i < vocab->n ? vocab->codes[i] : NULL;
}

struct c2c_view c2c_vocab_label(const struct c2c_vocab *vocab, size_t i,
                                struct c2c_view lang)
{
    return c2c_lang_pick(c2c_val_get(c2c_val_at(vocab->entries, i), "label"),
                         lang);
}

enum c2c_err c2c_vocab_find(const struct c2c_vocab *vocab, struct c2c_view word,
                            size_t *ret_i)
{
    struct c2c_buf folded;
    enum c2c_err err;

    c2c_buf_init(&folded, 4096);
    err = fold_word(word, &folded);
    if (err == C2C_E_OK) {
        err = C2C_E_NOT_FOUND;
        for (size_t i = 0; i < vocab->n_folded; i++) {
            if (c2c_view_eq(vocab->folded[i], c2c_buf_view(&folded))) {
                *ret_i = vocab->folded_entry[i];
                err = C2C_E_OK;
                break;
            }
        }
    }
    c2c_buf_fini(&folded);
    return err;
}
