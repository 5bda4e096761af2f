#include "record/problem.h"

#include <stdarg.h>
#include <stdio.h>

#include "base/text.h"

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
    c2c_text_repair(p->path);
    c2c_text_repair(p->allowed);
    c2c_text_repair(p->reason);
}
