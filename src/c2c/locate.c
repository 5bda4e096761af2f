#include "c2c/locate.h"

#include <stdint.h>
#include <string.h>

/* A place in the text. */
struct cursor {
    const uint8_t *p;
    const uint8_t *end;
    unsigned line;
};

static int peek(const struct cursor *c)
{
    return c->p < c->end ? *c->p : -1;
}

static void step(struct cursor *c)
{
    if (c->p < c->end) {
        c->line += *c->p == '\n' ? 1 : 0;
        c->p++;
    }
}

static void skip_blanks(struct cursor *c)
{
    int byte = peek(c);

    while (byte == ' ' || byte == '\t' || byte == '\n' || byte == '\r') {
        step(c);
        byte = peek(c);
    }
}

/* From an opening quote to behind the closing one; the text between. */
static struct c2c_view skip_string(struct cursor *c)
{
    const uint8_t *from;

    step(c);
    from = c->p;
    while (peek(c) >= 0 && peek(c) != '"') {
        if (peek(c) == '\\') {
            step(c);
        }
        step(c);
    }
    step(c);
    return c2c_view_of(from, (size_t)(c->p - from) - (c->p > from ? 1 : 0));
}

static void skip_brackets(struct cursor *c)
{
    unsigned depth = 0;

    do {
        int byte = peek(c);

        if (byte == '"') {
            (void)skip_string(c);
            continue;
        }
        depth += byte == '{' || byte == '[' ? 1 : 0;
        depth -= byte == '}' || byte == ']' ? 1 : 0;
        step(c);
    } while (depth > 0 && peek(c) >= 0);
}

/* Behind the value that begins here. */
static void skip_value(struct cursor *c)
{
    int byte;

    skip_blanks(c);
    byte = peek(c);
    if (byte == '"') {
        (void)skip_string(c);
    } else if (byte == '{' || byte == '[') {
        skip_brackets(c);
    } else {
        while (peek(c) > ' ' && strchr(",:]}", peek(c)) == NULL) {
            step(c);
        }
    }
}

/* One step of a pointer, unescaped (`~1` is `/`, `~0` is `~`). */
struct token {
    size_t n;
    char text[256];
};

static const char *next_token(const char *pointer, struct token *token)
{
    token->n = 0;
    if (*pointer == '/') {
        pointer++;
    }
    for (; *pointer != '\0' && *pointer != '/'; pointer++) {
        char c = *pointer;

        if (c == '~' && (pointer[1] == '0' || pointer[1] == '1')) {
            pointer++;
            c = *pointer == '0' ? '~' : '/';
        }
        if (token->n < sizeof token->text - 1) {
            token->text[token->n++] = c;
        }
    }
    token->text[token->n] = '\0';
    return pointer;
}

static bool number_of(const struct token *token, size_t *ret_number)
{
    size_t number = 0;

    for (size_t i = 0; i < token->n; i++) {
        if (token->text[i] < '0' || token->text[i] > '9' || i > 8) {
            return false;
        }
        number = number * 10 + (size_t)(token->text[i] - '0');
    }
    *ret_number = number;
    return token->n > 0;
}

/* To the value of member @token of the object that begins here. */
static bool enter_object(struct cursor *c, const struct token *token)
{
    step(c);
    for (;;) {
        struct c2c_view name;

        skip_blanks(c);
        if (peek(c) != '"') {
            return false;
        }
        name = skip_string(c);
        skip_blanks(c);
        if (peek(c) == ':') {
            step(c);
        }
        skip_blanks(c);
        if (c2c_view_eq(name, c2c_view_of(token->text, token->n))) {
            return true;
        }
        skip_value(c);
        skip_blanks(c);
        if (peek(c) != ',') {
            return false;
        }
        step(c);
    }
}

/* To element @token of the array that begins here. */
static bool enter_array(struct cursor *c, const struct token *token)
{
    size_t number;

    if (!number_of(token, &number)) {
        return false;
    }
    step(c);
    for (;; number--) {
        skip_blanks(c);
        if (peek(c) < 0 || peek(c) == ']') {
            return false;
        }
        if (number == 0) {
            return true;
        }
        skip_value(c);
        skip_blanks(c);
        if (peek(c) != ',') {
            return false;
        }
        step(c);
    }
}

unsigned c2c_locate(struct c2c_view text, const char *pointer)
{
    struct cursor c = {text.p, text.p + text.n, 1};
    struct token token;
    unsigned line;

    if (text.n == 0) {
        return 1;
    }
    skip_blanks(&c);
    line = c.line;
    while (*pointer != '\0') {
        bool found;

        pointer = next_token(pointer, &token);
        found = peek(&c) == '{'   ? enter_object(&c, &token)
                : peek(&c) == '[' ? enter_array(&c, &token)
                                  : false;
        if (!found) {
            break;
        }
        line = c.line;
    }
    return line;
}

struct c2c_elements c2c_elements_of(struct c2c_view text, unsigned line)
{
    return (struct c2c_elements){.rest = text, .line = line};
}

bool c2c_elements_next(struct c2c_elements *e, struct c2c_view *ret_text,
                       unsigned *ret_line)
{
    struct cursor c = {e->rest.p, e->rest.p + e->rest.n, e->line};
    const uint8_t *from;
    bool found;

    if (e->rest.n == 0) {
        return false;
    }
    skip_blanks(&c);
    found = peek(&c) == (e->inside ? ',' : '[');
    step(&c);
    skip_blanks(&c);
    found = found && peek(&c) >= 0 && peek(&c) != ']';
    if (found) {
        from = c.p;
        *ret_line = c.line;
        skip_value(&c);
        *ret_text = c2c_view_of(from, (size_t)(c.p - from));
    }
    e->rest = c2c_view_of(c.p, found ? (size_t)(c.end - c.p) : 0);
    e->line = c.line;
    e->inside = true;
    return found;
}
