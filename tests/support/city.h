/* Objects of trust/ as the vectors give them. */

#ifndef C2C_TESTS_CITY_H
#define C2C_TESTS_CITY_H

#include "trust/head.h"
#include "vectors.h"

/* {root, count, bytes}. */
struct c2c_dir_sum city_sum(struct vectors *v, const struct c2c_val *map);

/* The newest keyset of a list of objects from keyset 1 on; the city's id. */
struct c2c_keyset city_keyset(struct vectors *v, const struct c2c_val *chain,
                              struct c2c_hash *ret_city);

#endif /* C2C_TESTS_CITY_H */
