/* From a question to the offices that answer it: purpose before topic before
 * the general office before any office. */

#ifndef C2C_NODE_ROUTE_H
#define C2C_NODE_ROUTE_H

#include <stdbool.h>

#include "base/err.h"
#include "node/ask.h"
#include "node/city.h"
#include "node/present.h"

enum {
    C2C_ROUTE_OFFICES = 40, /* Told in one answer. */
    C2C_ROUTE_BYTES = 4 << 20
};

/* Records of one type of the city. */
struct c2c_bunch {
    size_t n;
    size_t room;
    size_t bytes; /* Of what was read. */
    bool bounded; /* A visitor asks: at most C2C_ROUTE_BYTES. */
    struct c2c_taken *at;
};

/* The way from a question to its answer. */
struct c2c_route {
    struct c2c_ask *ask;
    const struct c2c_city_card *city;
    struct c2c_view word;     /* As asked; empty: anything. */
    const char *purpose;      /* Its code, or NULL. */
    const char *topic;        /* Its code, or NULL. */
    const char *matched;      /* "purpose", "topic", "general". */
    struct c2c_bunch offices; /* All of the city's. */
    struct c2c_bunch contacts;
    struct c2c_bunch holders;
    struct c2c_bunch procedures;
    size_t n_chosen;
    const struct c2c_taken *chosen[C2C_ROUTE_OFFICES];
    struct c2c_val *notes; /* Sentences for the asker. */
    enum c2c_err err;      /* Memory was short: sticky. */
};

/* Read "city" and "for" of the request and choose the offices.  Fills diag:
 * C2C_E_NOT_FOUND for a city, purpose or topic that nobody knows. */
enum c2c_err c2c_route_find(struct c2c_ask *ask,
                            struct c2c_route *route) C2C_MUST_CHECK;

/* Does @text, a reference in a record of the city, mean @target? */
bool c2c_route_means(const struct c2c_route *route, struct c2c_view text,
                     const struct c2c_taken *target);

/* Is a procedure for what was asked?  Sets route->err if it cannot tell. */
bool c2c_route_is_for(struct c2c_route *route,
                      const struct c2c_taken *procedure);

#endif /* C2C_NODE_ROUTE_H */
