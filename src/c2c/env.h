/* What the environment says: variables, terminal, messages of the system. */

#ifndef C2C_C2C_ENV_H
#define C2C_C2C_ENV_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

/* The variable's value; NULL if it is unset or empty. */
const char *c2c_env(const char *name);

/* First thing in main(): text is UTF-8 even under LC_ALL=C, and a closed pipe
 * ends the program quietly. */
void c2c_env_start(void);

/* Columns of the terminal behind @file; 0 if it is none. */
size_t c2c_env_columns(FILE *file);

/* May @file get colours?  Not with NO_COLOR, TERM=dumb or no terminal. */
bool c2c_env_colors(FILE *file);

/* Can a person be asked: are standard input and error terminals? */
bool c2c_env_can_ask(void);

/* What errno value @code means; the text is in @out. */
const char *c2c_env_strerror(int code, char out[128]);

#endif /* C2C_C2C_ENV_H */
