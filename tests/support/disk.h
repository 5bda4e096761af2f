/* A disk under SQLite that fails when a test wants it to.
 *
 * It counts what SQLite asks of files: reading, writing, cutting and syncing.
 * What was written and not synced is remembered, so that a power cut can take
 * it away again, all of it or here and there. */

#ifndef C2C_TESTS_DISK_H
#define C2C_TESTS_DISK_H

#include <stdbool.h>

enum disk_fault {
    DISK_SOUND,
    DISK_ERROR, /* One call gives an input or output error. */
    DISK_FULL,  /* From this call on there is no room. */
    DISK_DEAD   /* From this call on nothing works: the power is gone. */
};

/* Every database that is opened from now on lies on it. */
void disk_install(void);

/* Count anew and fail at call @at, from 0. */
void disk_arm(enum disk_fault fault, unsigned at);

/* Calls since then. */
unsigned disk_calls(void);

/* Did the fault happen? */
bool disk_failed(void);

/* With every file closed: take away what was written and not synced; with
 * @some only here and there.  The disk is sound afterwards. */
void disk_cut_power(bool some);

/* Forget what was not synced, without taking it away. */
void disk_forget(void);

#endif /* C2C_TESTS_DISK_H */
