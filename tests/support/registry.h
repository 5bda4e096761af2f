/* The built-in record types, for tests of what is done with them. */

#ifndef C2C_TESTS_REGISTRY_H
#define C2C_TESTS_REGISTRY_H

#include "codec/doc.h"
#include "record/types.h"

/* Group set-up and tear-down: load and free @registry. */
int registry_load(void **state);
int registry_free(void **state);
extern struct c2c_types *registry;

/* The type called @name; fails the test if there is none. */
const struct c2c_type *registry_type(const char *name);

/* @json as a value of @doc; fails the test if it is not JSON. */
const struct c2c_val *registry_json(struct c2c_doc *doc, const char *json);

/* A registry of one type "thing" with schema @record and the built-in
 * vocabularies; the set's texts must live as long. */
enum c2c_err registry_of(const char *record, struct c2c_diag *diag,
                         struct c2c_types **ret_types);

#endif /* C2C_TESTS_REGISTRY_H */
