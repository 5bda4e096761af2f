#include "c2c/fit.h"

static size_t readable(const struct c2c_fit *column)
{
    return column->width < C2C_FIT_READABLE ? column->width : C2C_FIT_READABLE;
}

/* What the columns take; @cut: with the elastic ones just readable. */
static size_t taken(const struct c2c_fit *at, size_t n, size_t gap, bool cut)
{
    size_t sum = 0;
    size_t shown = 0;

    for (size_t i = 0; i < n; i++) {
        if (!at[i].out) {
            sum += cut && at[i].elastic ? readable(&at[i]) : at[i].width;
            shown++;
        }
    }
    return shown == 0 ? 0 : sum + (shown - 1) * gap;
}

/* The last elastic column but the first one. */
static struct c2c_fit *least(struct c2c_fit *at, size_t n)
{
    struct c2c_fit *last = NULL;
    size_t seen = 0;

    for (size_t i = 0; i < n; i++) {
        if (at[i].elastic && !at[i].out && seen++ > 0) {
            last = &at[i];
        }
    }
    return last;
}

static void leave_out(struct c2c_fit *at, size_t n, size_t gap, size_t room)
{
    struct c2c_fit *column = least(at, n);

    while (column != NULL && taken(at, n, gap, true) > room) {
        column->out = true;
        column = least(at, n);
    }
}

/* The widest elastic column that can give something away. */
static struct c2c_fit *widest(struct c2c_fit *at, size_t n)
{
    struct c2c_fit *found = NULL;

    for (size_t i = 0; i < n; i++) {
        if (at[i].elastic && !at[i].out && at[i].width > C2C_FIT_READABLE &&
            (found == NULL || at[i].width >= found->width)) {
            found = &at[i];
        }
    }
    return found;
}

bool c2c_fit(struct c2c_fit *at, size_t n, size_t gap, size_t room)
{
    struct c2c_fit *column;
    size_t now;

    for (size_t i = 0; i < n; i++) {
        at[i].out = false;
    }
    if (taken(at, n, gap, false) <= room) {
        return true;
    }
    leave_out(at, n, gap, room);
    /* A cell may be long: no more than the terminal is worth sharing out. */
    for (size_t i = 0; i < n; i++) {
        if (at[i].elastic && at[i].width > room) {
            at[i].width = room;
        }
    }
    for (now = taken(at, n, gap, false); now > room; now--) {
        column = widest(at, n);
        if (column == NULL) {
            return false;
        }
        column->width--;
    }
    return true;
}
