#include "base/diag.h"

#include <stdarg.h>
#include <stdio.h>

#include "base/text.h"

/* Put formatted text into @out of @size bytes. */
__attribute__((format(printf, 3, 0))) static void
put(char *out, size_t size, const char *fmt, va_list ap)
{
    if (vsnprintf(out, size, fmt, ap) < 0) {
        out[0] = '\0';
    }
    c2c_text_line(out); /* Also where it was cut. */
}

enum c2c_err c2c_diag_set(struct c2c_diag *d, enum c2c_err code,
                          const char *thing, const char *fmt, ...)
{
    va_list ap;

    d->code = code;
    d->hint[0] = '\0';
    (void)snprintf(d->thing, sizeof d->thing, "%s", thing == NULL ? "" : thing);
    c2c_text_line(d->thing);
    va_start(ap, fmt);
    put(d->message, sizeof d->message, fmt, ap);
    va_end(ap);
    return code;
}

void c2c_diag_hint(struct c2c_diag *d, const char *fmt, ...)
{
    va_list ap;

    va_start(ap, fmt);
    put(d->hint, sizeof d->hint, fmt, ap);
    va_end(ap);
}
