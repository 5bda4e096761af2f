/* A private temporary folder (mode 0700) under $TMPDIR, else /tmp. */

#ifndef C2C_TESTS_TEMP_H
#define C2C_TESTS_TEMP_H

#include <stddef.h>

/* Make one; fails the test if it cannot be. */
void temp_make(void);

/* The path of @name in it, good until the next fourth call. */
const char *temp_path(const char *name);

/* Write @n bytes to @name in it, mode 0600; the path. */
const char *temp_write(const char *name, const void *bytes, size_t n);

/* The file at @path holds @text, to the byte. */
void temp_assert_holds(const char *path, const char *text);

/* Remove it with everything in it. */
void temp_remove(void);

#endif /* C2C_TESTS_TEMP_H */
