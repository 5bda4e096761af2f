#include "base/near.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <utf8proc.h>

enum {
    MAX_POINTS = 64
};

struct points {
    size_t n;
    int32_t at[MAX_POINTS];
};

/* Case-folded code points; false if there are too many or they are ill-formed.
 */
static bool decode(struct c2c_view text, struct points *out)
{
    out->n = 0;
    while (text.n > 0) {
        utf8proc_int32_t point;
        utf8proc_ssize_t n =
            utf8proc_iterate(text.p, (utf8proc_ssize_t)text.n, &point);

        if (n <= 0 || out->n == MAX_POINTS) {
            return false;
        }
        out->at[out->n++] = utf8proc_tolower(point);
        text.p += n;
        text.n -= (size_t)n;
    }
    return true;
}

static unsigned least(unsigned a, unsigned b)
{
    return a < b ? a : b;
}

/* Optimal string alignment distance: insert, delete, replace, swap neighbours.
 */
static unsigned distance(const struct points *a, const struct points *b)
{
    unsigned row[3][MAX_POINTS + 1];

    for (unsigned j = 0; j <= b->n; j++) {
        row[0][j] = j;
    }
    for (unsigned i = 1; i <= a->n; i++) {
        unsigned *now = row[i % 3];
        const unsigned *up = row[(i + 2) % 3];
        const unsigned *upup = row[(i + 1) % 3];

        now[0] = i;
        for (unsigned j = 1; j <= b->n; j++) {
            bool same = a->at[i - 1] == b->at[j - 1];

            now[j] =
                least(least(up[j], now[j - 1]) + 1, up[j - 1] + (same ? 0 : 1));
            if (i > 1 && j > 1 && a->at[i - 1] == b->at[j - 2] &&
                a->at[i - 2] == b->at[j - 1]) {
                now[j] = least(now[j], upup[j - 2] + 1);
            }
        }
    }
    return row[a->n % 3][b->n];
}

void c2c_near_init(struct c2c_near *near, struct c2c_view wanted)
{
    memset(near, 0, sizeof *near);
    near->wanted = wanted;
}

static bool starts(const struct points *a, const struct points *prefix)
{
    return prefix->n > 0 && a->n >= prefix->n &&
           memcmp(a->at, prefix->at, prefix->n * sizeof a->at[0]) == 0;
}

void c2c_near_offer(struct c2c_near *near, struct c2c_view candidate)
{
    struct points a;
    struct points b;
    unsigned d;
    size_t at;

    if (!decode(near->wanted, &a) || !decode(candidate, &b) || b.n == 0) {
        return;
    }
    d = distance(&a, &b);
    if (d > 1 && starts(&b, &a)) {
        d = 1;
    }
    if (d > ((unsigned)(a.n > b.n ? a.n : b.n) + 2) / 3) {
        return;
    }
    for (at = near->n; at > 0 && near->distance[at - 1] > d; at--) {
        if (at < C2C_NEAR_MAX) {
            near->best[at] = near->best[at - 1];
            near->distance[at] = near->distance[at - 1];
        }
    }
    if (at < C2C_NEAR_MAX) {
        near->best[at] = candidate;
        near->distance[at] = d;
        near->n += near->n < C2C_NEAR_MAX ? 1 : 0;
    }
}
