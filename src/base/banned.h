/* Functions that this program does not use, force-included into every source
 * file of a module (C2CModule.cmake); tests/lint/banned.py proves it.
 *
 * They are marked deprecated rather than poisoned: #pragma GCC poison also
 * refuses the system's own headers, and members that bear the same name.  A
 * header of the system may go on using them.
 *
 * Modules other than base get no allocator either: memory comes from
 * base/mem.h, where tests make it fail. */

#ifndef C2C_BASE_BANNED_H
#define C2C_BASE_BANNED_H

#ifndef __clang_analyzer__ /* clang-tidy dislikes declaring anew. */

/* No other header: a source file may still choose its feature test macros. */
#include <stddef.h>

struct tm;

#define C2C_BANNED(INSTEAD) __attribute__((deprecated("banned: " INSTEAD)))

/* No limit on what they write, or a limit that leaves no NUL. */
char *strcpy(char *to, const char *from) C2C_BANNED("use snprintf()");
char *strcat(char *to, const char *from) C2C_BANNED("use snprintf()");
char *strncpy(char *to, const char *from, size_t n)
    C2C_BANNED("use snprintf() or memcpy()");
char *strncat(char *to, const char *from, size_t n)
    C2C_BANNED("use snprintf()");
int sprintf(char *to, const char *format, ...) C2C_BANNED("use snprintf()");
char *gets(char *to) C2C_BANNED("use read()");

/* Hidden state that threads would share.  (time_t is long in Debian 12.) */
char *strtok(char *text, const char *separators) C2C_BANNED("use views");
struct tm *gmtime(const long *when) C2C_BANNED("use base/timefmt.h");
struct tm *localtime(const long *when) C2C_BANNED("use base/timefmt.h");
int rand(void) C2C_BANNED("use struct c2c_rng");

/* Say nothing about what is no number. */
int atoi(const char *text) C2C_BANNED("use strtol() with its checks");

#ifndef C2C_MAY_ALLOCATE
void *malloc(size_t n) C2C_BANNED("use c2c_calloc()");
void *calloc(size_t n, size_t size) C2C_BANNED("use c2c_calloc()");
void *realloc(void *p, size_t n) C2C_BANNED("use struct c2c_buf");
void free(void *p) C2C_BANNED(
    "use c2c_free(), or c2c_free_foreign() for what a library allocated");
char *strdup(const char *text) C2C_BANNED("use c2c_view_dup()");
char *strndup(const char *text, size_t n) C2C_BANNED("use c2c_view_dup()");
#endif

#undef C2C_BANNED

#endif /* __clang_analyzer__ */

#endif /* C2C_BASE_BANNED_H */
