#include "c2c/card.h"

#include <string.h>

#include "c2c/label.h"
#include "c2c/width.h"

enum {
    TEXT_MAX = 4 << 20,
    WIDEST = 100,     /* Columns that are pleasant to read. */
    NARROW = 60,      /* Columns that labels beside values need. */
    LABEL_WIDEST = 26 /* Longer labels push their values. */
};

static void blanks(struct c2c_out *out, size_t n)
{
    for (; n > 0; n--) {
        c2c_out_write(out, c2c_view_str(" "));
    }
}

/* What the terminal leaves beside @used columns; 0: there is no terminal. */
static size_t room_beside(const struct c2c_card *card, size_t used)
{
    size_t columns = card->out->columns;

    columns = columns > WIDEST ? WIDEST : columns;
    return columns == 0 ? 0 : columns > used + 20 ? columns - used : 20;
}

/* @text in lines: the first behind @begun columns, the others moved to @used.
 */
static void flow_from(struct c2c_card *card, enum c2c_style style, size_t begun,
                      size_t used, struct c2c_view text)
{
    bool first = true;

    while (text.n > 0) {
        struct c2c_view line =
            c2c_width_line(&text, room_beside(card, first ? begun : used));

        blanks(card->out, first || line.n == 0 ? 0 : used);
        c2c_out_screen(card->out, style, line);
        c2c_out_write(card->out, c2c_view_str("\n"));
        first = false;
    }
}

static void flow(struct c2c_card *card, enum c2c_style style, size_t used,
                 struct c2c_view text)
{
    flow_from(card, style, used, used, text);
}

void c2c_card_heading(struct c2c_card *card, struct c2c_view text, bool apart)
{
    if (apart) {
        c2c_out_write(card->out, c2c_view_str("\n"));
    }
    c2c_card_text(card, C2C_STYLE_BOLD, text);
}

void c2c_card_text(struct c2c_card *card, enum c2c_style style,
                   struct c2c_view text)
{
    if (text.n > 0) {
        blanks(card->out, card->indent);
        flow(card, style, card->indent, text);
    }
}

void c2c_card_bullet(struct c2c_card *card, struct c2c_view text)
{
    if (text.n > 0) {
        blanks(card->out, card->indent);
        c2c_out_write(card->out, c2c_view_str("- "));
        flow(card, C2C_STYLE_NONE, card->indent + 2, text);
    }
}

/* "Label: text"; the text begins a line of its own behind a long label, and
 * where it then stands on one line. */
static void narrow_field(struct c2c_card *card, struct c2c_view label,
                         struct c2c_view text)
{
    bool number = label.p[label.n - 1] == '.'; /* "1." */
    size_t begun = card->indent + c2c_width(label) + (number ? 1 : 2);
    size_t used = card->indent + 2;
    size_t width = c2c_width(text);
    bool whole =
        width > room_beside(card, begun) && width <= room_beside(card, used);

    c2c_out_write(card->out, c2c_view_str(number ? "" : ":"));
    if (whole || begun + 20 > card->out->columns) {
        c2c_out_write(card->out, c2c_view_str("\n"));
        blanks(card->out, used);
        begun = used;
    } else {
        c2c_out_write(card->out, c2c_view_str(" "));
    }
    flow_from(card, C2C_STYLE_NONE, begun, used, text);
}

static void field(struct c2c_card *card, struct c2c_view label,
                  struct c2c_view text)
{
    size_t width = c2c_width(label);
    size_t labels = card->labels > width ? card->labels : width;

    if (text.n == 0) {
        return;
    }
    blanks(card->out, card->indent);
    c2c_out_screen(card->out, C2C_STYLE_DIM, label);
    if (label.n > 0 && card->out->columns > 0 && card->out->columns < NARROW) {
        narrow_field(card, label, text);
        return;
    }
    blanks(card->out, labels - width + 2);
    flow(card, C2C_STYLE_NONE, card->indent + card->labels + 2, text);
}

void c2c_card_field(struct c2c_card *card, const char *label,
                    struct c2c_view text)
{
    field(card, c2c_label(label, card->words->lang), text);
}

/* The label of a property; its name if it has none. */
static struct c2c_view label_of(const struct c2c_words *words,
                                const struct c2c_schema *schema,
                                struct c2c_view name)
{
    struct c2c_view label = c2c_schema_label(schema, words->lang);

    return label.n > 0 ? label : name;
}

/* "Partner 0" tells a reader nothing: the item of the list that the number
 * counts in; NULL if it counts in none, or behind its end. */
static const struct c2c_val *counted(const struct c2c_words *words,
                                     const struct c2c_schema *schema,
                                     const struct c2c_val *number)
{
    const struct c2c_val *list =
        c2c_val_find(words->body, c2c_schema_item_of(schema));
    int64_t i = c2c_val_int(number);
    const struct c2c_val *item;

    if (i < 0 || (uint64_t)i >= c2c_val_count(list)) {
        return NULL;
    }
    item = c2c_val_at(list, (size_t)i);
    return c2c_val_kind(c2c_val_get(item, "party")) == C2C_KIND_MAP
               ? c2c_val_get(item, "party")
               : item;
}

static enum c2c_err flat_member(const struct c2c_words *words,
                                const struct c2c_schema *schema,
                                struct c2c_pair pair, struct c2c_buf *out)
{
    struct c2c_view label = label_of(words, schema, pair.key);
    enum c2c_kind kind = c2c_val_kind(pair.val);
    enum c2c_err err = C2C_E_OK;

    if (kind == C2C_KIND_BOOL) {
        return c2c_val_bool(pair.val) ? c2c_buf_put(out, label.p, label.n)
                                      : C2C_E_OK;
    }
    if (kind == C2C_KIND_INT) {
        const struct c2c_val *item = counted(words, schema, pair.val);

        err = c2c_buf_fmt(out, "%.*s%s ", (int)label.n, (const char *)label.p,
                          item == NULL ? "" : ":");
        if (err == C2C_E_OK && item != NULL) {
            return c2c_value_put(words, NULL, item, out);
        }
    }
    return err == C2C_E_OK ? c2c_card_flat(words, schema, pair.val, out) : err;
}

/* Walks the members of a map in the order of its schema, the unknown ones
 * last. */
struct members {
    const struct c2c_schema *schema;
    const struct c2c_val *map;
    size_t at;
    bool unknown;
};

struct member {
    struct c2c_pair pair;
    const struct c2c_schema *schema;
};

static bool next_known(struct members *m, struct member *ret_member)
{
    while (m->at < c2c_schema_count(m->schema)) {
        size_t i = m->at++;
        struct c2c_view name = c2c_view_str(c2c_schema_name(m->schema, i));
        const struct c2c_val *val = c2c_val_find(m->map, name);

        if (val != NULL) {
            ret_member->pair = (struct c2c_pair){name, val};
            ret_member->schema = c2c_schema_at(m->schema, i);
            return true;
        }
    }
    return false;
}

static bool next_member(struct members *m, struct member *ret_member)
{
    if (!m->unknown) {
        if (next_known(m, ret_member)) {
            return true;
        }
        m->unknown = true;
        m->at = 0;
    }
    while (m->at < c2c_val_count(m->map)) {
        struct c2c_pair pair = c2c_val_pair(m->map, m->at++);

        if (c2c_schema_get(m->schema, pair.key) == NULL) {
            ret_member->pair = pair;
            ret_member->schema = c2c_schema_values(m->schema);
            return true;
        }
    }
    return false;
}

static enum c2c_err flat_object(const struct c2c_words *words,
                                const struct c2c_schema *schema,
                                const struct c2c_val *map, struct c2c_buf *out)
{
    struct members members = {.schema = schema, .map = map};
    enum c2c_err err = C2C_E_OK;
    size_t start = out->n;
    struct member m;

    while (err == C2C_E_OK && next_member(&members, &m)) {
        size_t before = out->n;
        size_t after;

        if (before > start) {
            err = c2c_buf_fmt(out, " \u00b7 ");
        }
        after = out->n;
        if (err == C2C_E_OK) {
            err = flat_member(words, m.schema, m.pair, out);
        }
        if (out->n == after) {
            out->n = before; /* It says nothing: no separator. */
        }
    }
    return err;
}

static enum c2c_err flat_array(const struct c2c_words *words,
                               const struct c2c_schema *schema,
                               const struct c2c_val *array, struct c2c_buf *out)
{
    enum c2c_err err = C2C_E_OK;

    for (size_t i = 0; i < c2c_val_count(array) && err == C2C_E_OK; i++) {
        if (i > 0) {
            err = c2c_buf_fmt(out, ", ");
        }
        if (err == C2C_E_OK) {
            err = c2c_card_flat(words, c2c_schema_items(schema),
                                c2c_val_at(array, i), out);
        }
    }
    return err;
}

enum c2c_err c2c_card_flat(const struct c2c_words *words,
                           const struct c2c_schema *schema,
                           const struct c2c_val *val, struct c2c_buf *out)
{
    if (c2c_val_kind(val) == C2C_KIND_ARRAY) {
        return flat_array(words, schema, val, out);
    }
    if (c2c_val_kind(val) == C2C_KIND_MAP &&
        !c2c_value_is_text_map(schema, val)) {
        return flat_object(words, schema, val, out);
    }
    return c2c_value_put(words, schema, val, out);
}

static bool is_object(const struct c2c_schema *schema,
                      const struct c2c_val *val)
{
    return c2c_val_kind(val) == C2C_KIND_MAP &&
           !c2c_value_is_text_map(schema, val);
}

/* Does it need lines of its own? */
static bool is_block(const struct c2c_schema *schema, const struct c2c_val *val)
{
    return c2c_schema_heading(schema).n > 0 || is_object(schema, val) ||
           (c2c_val_kind(val) == C2C_KIND_ARRAY &&
            is_object(c2c_schema_items(schema), c2c_val_at(val, 0)));
}

static size_t label_columns(const struct c2c_words *words,
                            const struct c2c_schema *schema,
                            const struct c2c_val *map)
{
    struct members members = {.schema = schema, .map = map};
    size_t widest = 0;
    struct member m;

    while (next_member(&members, &m)) {
        size_t width = is_block(m.schema, m.pair.val)
                           ? 0
                           : c2c_width(label_of(words, m.schema, m.pair.key));

        widest = width > widest && width <= LABEL_WIDEST ? width : widest;
    }
    return widest;
}

static enum c2c_err put_bullets(struct c2c_card *card,
                                const struct c2c_schema *schema,
                                const struct c2c_val *array)
{
    enum c2c_err err = C2C_E_OK;
    struct c2c_buf text;

    c2c_buf_init(&text, TEXT_MAX);
    for (size_t i = 0; i < c2c_val_count(array) && err == C2C_E_OK; i++) {
        c2c_buf_clear(&text);
        err = c2c_card_flat(card->words, c2c_schema_items(schema),
                            c2c_val_at(array, i), &text);
        c2c_card_bullet(card, c2c_buf_view(&text));
    }
    c2c_buf_fini(&text);
    return err;
}

static enum c2c_err put_block(const struct c2c_card *card,
                              const struct c2c_schema *schema,
                              struct c2c_pair pair, bool apart)
{
    struct c2c_view heading = c2c_schema_heading(schema);
    struct c2c_card inner = *card;
    struct c2c_buf text;
    enum c2c_err err;

    c2c_card_heading(&inner,
                     heading.n > 0 ? heading
                                   : label_of(card->words, schema, pair.key),
                     apart);
    inner.indent += 2;
    inner.title = c2c_view_of(NULL, 0);
    if (is_object(schema, pair.val)) {
        return c2c_card_body(&inner, schema, pair.val);
    }
    if (c2c_val_kind(pair.val) == C2C_KIND_ARRAY) {
        return put_bullets(&inner, schema, pair.val);
    }
    c2c_buf_init(&text, TEXT_MAX);
    err = c2c_value_put(card->words, schema, pair.val, &text);
    c2c_card_text(&inner, C2C_STYLE_NONE, c2c_buf_view(&text));
    c2c_buf_fini(&text);
    return err;
}

static enum c2c_err put_line(struct c2c_card *card, const struct member *m,
                             bool first, bool *ret_put)
{
    struct c2c_buf text;
    enum c2c_err err;

    c2c_buf_init(&text, TEXT_MAX);
    err = c2c_value_put(card->words, m->schema, m->pair.val, &text);
    *ret_put = !first || card->title.n == 0 ||
               !c2c_view_eq(card->title, c2c_buf_view(&text));
    if (*ret_put) {
        field(card, label_of(card->words, m->schema, m->pair.key),
              c2c_buf_view(&text));
    }
    c2c_buf_fini(&text);
    return err;
}

enum c2c_err c2c_card_body(struct c2c_card *card,
                           const struct c2c_schema *schema,
                           const struct c2c_val *body)
{
    struct members members = {.schema = schema, .map = body};
    enum c2c_err err = C2C_E_OK;
    bool after_block = false;
    bool begun = false; /* Something stands there. */
    bool first = true;
    struct member m;

    card->labels = label_columns(card->words, schema, body);
    while (err == C2C_E_OK && next_member(&members, &m)) {
        bool flush = card->indent == 0;
        bool put = true;

        if (is_block(m.schema, m.pair.val)) {
            err = put_block(card, m.schema, m.pair, flush && begun);
            begun = true;
            first = false;
            after_block = true;
            continue;
        }
        if (after_block && flush) {
            c2c_out_write(card->out, c2c_view_str("\n"));
        }
        after_block = false;
        err = put_line(card, &m, first, &put);
        begun = begun || put;
        first = false;
    }
    return err;
}
