/* One invocation of the client without its main(): what it prints is kept. */

#ifndef C2C_TESTS_CLIENT_H
#define C2C_TESTS_CLIENT_H

#include "c2c/run.h"

struct client {
    struct c2c_run run;
};

/* Not a terminal; English; texts of @form. */
void client_begin(struct client *c, enum c2c_form form);

/* As somebody typed @line: words between blanks. */
void client_begin_line(struct client *c, const char *line);
void client_end(struct client *c);

/* Do the command of client_begin_line() and report a failure as main() does. */
enum c2c_err client_do(struct client *c);

/* What has been printed since the last call. */
const char *client_data(struct client *c);
const char *client_talk(struct client *c);

/* @json as a value of the run's document; fails the test if it is none. */
const struct c2c_val *client_val(struct client *c, const char *json);

/* @val as compact JSON, good until the next call. */
const char *client_json(const struct c2c_val *val);

#endif /* C2C_TESTS_CLIENT_H */
