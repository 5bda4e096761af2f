/* "Did you mean": the names closest to a mistyped one. */

#ifndef C2C_BASE_NEAR_H
#define C2C_BASE_NEAR_H

#include <stddef.h>

#include "base/view.h"

enum {
    C2C_NEAR_MAX = 3
};

struct c2c_near {
    struct c2c_view wanted;
    size_t n;                           /* Names kept. */
    struct c2c_view best[C2C_NEAR_MAX]; /* Nearest first; borrowed. */
    unsigned distance[C2C_NEAR_MAX];
};

/* Begin a search for names near @wanted (borrowed, UTF-8). */
void c2c_near_init(struct c2c_near *near, struct c2c_view wanted);

/* Offer one candidate; it is kept if it begins with @wanted or is at most a
 * third of the characters, rounded up, away (Damerau-Levenshtein over code
 * points, case folded). No name, and names over 64 code points, are passed
 * over. */
void c2c_near_offer(struct c2c_near *near, struct c2c_view candidate);

#endif /* C2C_BASE_NEAR_H */
