#include "c2c/value.h"

#include <string.h>

#include "c2c/langtag.h"
#include "codec/json.h"
#include "record/lang.h"

bool c2c_value_is_text_map(const struct c2c_schema *schema,
                           const struct c2c_val *val)
{
    if (c2c_val_kind(val) != C2C_KIND_MAP || c2c_val_count(val) == 0) {
        return false;
    }
    if (schema != NULL) {
        return c2c_schema_i18n(schema);
    }
    for (size_t i = 0; i < c2c_val_count(val); i++) {
        struct c2c_pair pair = c2c_val_pair(val, i);
        char tag[C2C_LANGTAG_MAX] = {0};

        if (c2c_val_kind(pair.val) != C2C_KIND_STR ||
            pair.key.n >= sizeof tag) {
            return false;
        }
        memcpy(tag, pair.key.p, pair.key.n);
        if (!c2c_langtag_valid(tag) || strcspn(tag, "-") > 3) {
            return false;
        }
    }
    return true;
}

static struct c2c_view vocab_label(const struct c2c_words *words,
                                   const char *name, struct c2c_view code)
{
    const struct c2c_vocab *vocab =
        c2c_vocabs_find(words->types, c2c_view_str(name));
    size_t i;

    if (vocab == NULL || c2c_vocab_find(vocab, code, &i) != C2C_E_OK) {
        return code;
    }
    return c2c_vocab_label(vocab, i, words->lang);
}

struct c2c_view c2c_value_label(const struct c2c_words *words,
                                const struct c2c_schema *schema,
                                struct c2c_view code)
{
    const char *format = c2c_schema_format(schema);
    const char *vocab = c2c_schema_vocab(schema);

    for (size_t i = 0; i < c2c_schema_enum_count(schema); i++) {
        if (c2c_view_eq(c2c_schema_enum(schema, i), code)) {
            struct c2c_view label =
                c2c_schema_enum_label(schema, i, words->lang);

            return label.n > 0 ? label : code;
        }
    }
    /* Any language may be named; some have a name of their own. */
    if (vocab == NULL && format != NULL && strcmp(format, "bcp47") == 0) {
        vocab = "languages";
    }
    return vocab != NULL && words->types != NULL
               ? vocab_label(words, vocab, code)
               : code;
}

static enum c2c_err put_array(const struct c2c_words *words,
                              const struct c2c_schema *schema,
                              const struct c2c_val *val, struct c2c_buf *out)
{
    const char *between = words->people ? ", " : ",";
    enum c2c_err err = C2C_E_OK;
    size_t from = out->n;

    for (size_t i = 0; i < c2c_val_count(val) && err == C2C_E_OK; i++) {
        if (out->n > from) {
            err = c2c_buf_put(out, between, strlen(between));
        }
        if (err == C2C_E_OK) {
            err = c2c_value_put(words, c2c_schema_items(schema),
                                c2c_val_at(val, i), out);
        }
    }
    return err;
}

/* What a person would call the object: its name or title, else its first text.
 */
static enum c2c_err put_object(const struct c2c_words *words,
                               const struct c2c_schema *schema,
                               const struct c2c_val *val, struct c2c_buf *out)
{
    static const char *const names[] = {"name", "title", "city", "kind", "tag"};

    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        const struct c2c_val *member = c2c_val_get(val, names[i]);

        if (member != NULL) {
            return c2c_value_put(words,
                                 c2c_schema_get(schema, c2c_view_str(names[i])),
                                 member, out);
        }
    }
    if (c2c_val_count(val) == 0) {
        return C2C_E_OK;
    }
    return c2c_value_put(words,
                         c2c_schema_get(schema, c2c_val_pair(val, 0).key),
                         c2c_val_pair(val, 0).val, out);
}

static enum c2c_err put_string(const struct c2c_words *words,
                               const struct c2c_schema *schema,
                               struct c2c_view text, struct c2c_buf *out)
{
    if (words->people) {
        text = c2c_value_label(words, schema, text);
    }
    return c2c_buf_put(out, text.p, text.n);
}

enum c2c_err c2c_value_put(const struct c2c_words *words,
                           const struct c2c_schema *schema,
                           const struct c2c_val *val, struct c2c_buf *out)
{
    const char *truth;

    switch (c2c_val_kind(val)) {
    case C2C_KIND_STR:
        return put_string(words, schema, c2c_val_str(val), out);
    case C2C_KIND_INT:
        return c2c_buf_fmt(out, "%lld", (long long)c2c_val_int(val));
    case C2C_KIND_BOOL:
        truth = c2c_val_bool(val) ? words->people ? "yes" : "true"
                : words->people   ? "no"
                                  : "false";
        return c2c_buf_put(out, truth, strlen(truth));
    case C2C_KIND_ARRAY:
        return put_array(words, schema, val, out);
    case C2C_KIND_MAP:
        if (c2c_value_is_text_map(schema, val)) {
            struct c2c_view text = c2c_lang_pick(val, words->lang);

            return c2c_buf_put(out, text.p, text.n);
        }
        return words->people ? put_object(words, schema, val, out)
                             : c2c_json_print(val, C2C_JSON_COMPACT, out);
    case C2C_KIND_NONE:
    case C2C_KIND_NIL:
    case C2C_KIND_BIN: /* Not in documents. */
        break;
    }
    return C2C_E_OK;
}

const struct c2c_schema *c2c_value_schema(const struct c2c_schema *schema,
                                          const char *path)
{
    while (schema != NULL && *path != '\0') {
        size_t n = strcspn(path, ".");
        struct c2c_view step = c2c_view_of(path, n);
        bool number = n > 0 && strspn(path, "0123456789") == n;

        if (number && c2c_schema_kind(schema) == C2C_SCHEMA_ARRAY) {
            schema = c2c_schema_items(schema);
        } else if (c2c_schema_values(schema) != NULL &&
                   c2c_schema_get(schema, step) == NULL) {
            schema = c2c_schema_values(schema);
        } else {
            schema = c2c_schema_get(schema, step);
        }
        path += n + (path[n] == '.' ? 1 : 0);
    }
    return schema;
}
