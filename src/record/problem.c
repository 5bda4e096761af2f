#include "record/problem.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"

/* Cut what snprintf() may have cut inside a character. */
static void whole_characters(char *text)
{
    size_t n = strlen(text);

    while (n > 0 && !c2c_text_valid(c2c_view_of(text, n))) {
        text[--n] = '\0';
    }
}

void c2c_problem_add(struct c2c_problems *ps, const char *path,
                     const char *allowed, const char *fmt, ...)
{
    struct c2c_problem *p;
    va_list ap;

    ps->total++;
    if (ps->n == C2C_PROBLEMS_MAX) {
        return;
    }
    p = &ps->at[ps->n++];
    (void)snprintf(p->path, sizeof p->path, "%s", path);
    (void)snprintf(p->allowed, sizeof p->allowed, "%s",
                   allowed == NULL ? "" : allowed);
    va_start(ap, fmt);
    (void)vsnprintf(p->reason, sizeof p->reason, fmt, ap);
    va_end(ap);
    whole_characters(p->path);
    whole_characters(p->allowed);
    whole_characters(p->reason);
}
