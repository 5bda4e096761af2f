#include "base/diag.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"

/* Cut @text at a character boundary if formatting filled it, and make it one
 * line. */
static void tidy(char *text, size_t cap, int wanted)
{
    size_t n = strlen(text);

    if (wanted < 0) {
        text[0] = '\0';
        return;
    }
    if ((size_t)wanted >= cap) {
        while (n > 0 && !c2c_text_valid(c2c_view_of(text, n))) {
            n--;
        }
        text[n] = '\0';
    }
    for (char *c = text; *c != '\0'; c++) {
        if ((unsigned char)*c < 0x20 || *c == 0x7f) {
            *c = ' ';
        }
    }
}

enum c2c_err c2c_diag_set(struct c2c_diag *d, enum c2c_err code,
                          const char *thing, const char *fmt, ...)
{
    va_list ap;
    int n;

    d->code = code;
    d->hint[0] = '\0';
    n = snprintf(d->thing, sizeof d->thing, "%s", thing == NULL ? "" : thing);
    tidy(d->thing, sizeof d->thing, n);
    va_start(ap, fmt);
    n = vsnprintf(d->message, sizeof d->message, fmt, ap);
    va_end(ap);
    tidy(d->message, sizeof d->message, n);
    return code;
}

void c2c_diag_hint(struct c2c_diag *d, const char *fmt, ...)
{
    va_list ap;
    int n;

    va_start(ap, fmt);
    n = vsnprintf(d->hint, sizeof d->hint, fmt, ap);
    va_end(ap);
    tidy(d->hint, sizeof d->hint, n);
}
