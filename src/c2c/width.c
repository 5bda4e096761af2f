/* wcwidth() is an X/Open function. */
#define _XOPEN_SOURCE 700

#include "c2c/width.h"

#include <string.h>
#include <wchar.h>

struct glyph {
    size_t bytes;
    size_t columns;
    wchar_t point;
};

/* The first character of @text, which is not empty. */
static struct glyph first_glyph(struct c2c_view text)
{
    struct glyph g = {.bytes = 1, .columns = 1, .point = L'?'};
    mbstate_t state;
    wchar_t point;
    size_t n;
    int columns;

    memset(&state, 0, sizeof state);
    /* With a state of its own.  NOLINTNEXTLINE(concurrency-mt-unsafe) */
    n = mbrtowc(&point, (const char *)text.p, text.n, &state);
    if (n == 0 || n > text.n) { /* U+0000, ill-formed or cut. */
        return g;
    }
    columns = wcwidth(point);
    g.bytes = n;
    g.point = point;
    g.columns = columns >= 0 ? (size_t)columns : point < L' ' ? 0 : 1;
    return g;
}

size_t c2c_width(struct c2c_view text)
{
    size_t columns = 0;

    while (text.n > 0) {
        struct glyph g = first_glyph(text);

        columns += g.columns;
        text.p += g.bytes;
        text.n -= g.bytes;
    }
    return columns;
}

/* Where a line may end, while walking along it. */
struct walk {
    size_t at;      /* Bytes walked. */
    size_t columns; /* Columns walked. */
    size_t end;     /* Bytes of the line up to the last break seen, */
    size_t next;    /* and where the next line begins; 0: none seen. */
};

static void see_break(struct walk *w, size_t end, size_t next)
{
    w->end = end;
    w->next = next;
}

static struct c2c_view cut(struct c2c_view *rest, size_t end, size_t next)
{
    struct c2c_view line = c2c_view_of(rest->p, end);

    rest->p += next;
    rest->n -= next;
    return line;
}

struct c2c_view c2c_width_line(struct c2c_view *rest, size_t width)
{
    struct walk w = {0};

    while (w.at < rest->n) {
        struct glyph g =
            first_glyph(c2c_view_of(rest->p + w.at, rest->n - w.at));

        if (g.point == L'\n') {
            return cut(rest, w.at, w.at + 1);
        }
        if (g.point == L' ' && w.at > 0) {
            see_break(&w, w.at, w.at + 1);
        } else if (g.columns == 2 && w.at > 0 && w.next != w.at) {
            see_break(&w, w.at, w.at);
        }
        if (width > 0 && w.columns + g.columns > width && w.at > 0) {
            return w.next > 0 ? cut(rest, w.end, w.next)
                              : cut(rest, w.at, w.at);
        }
        w.at += g.bytes;
        w.columns += g.columns;
        if (g.columns == 2) {
            see_break(&w, w.at, w.at);
        }
    }
    return cut(rest, w.at, w.at);
}
