#include "base/diag.h"

#include <stdarg.h>
#include <stdio.h>

#include "base/text.h"

/* Make @text well-formed, also where formatting cut it, and one line. */
static void tidy(char *text, int wanted)
{
    if (wanted < 0) {
        text[0] = '\0';
        return;
    }
    c2c_text_repair(text);
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
    tidy(d->thing, n);
    va_start(ap, fmt);
    n = vsnprintf(d->message, sizeof d->message, fmt, ap);
    va_end(ap);
    tidy(d->message, n);
    return code;
}

void c2c_diag_hint(struct c2c_diag *d, const char *fmt, ...)
{
    va_list ap;
    int n;

    va_start(ap, fmt);
    n = vsnprintf(d->hint, sizeof d->hint, fmt, ap);
    va_end(ap);
    tidy(d->hint, n);
}
