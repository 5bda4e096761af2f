/* A folder that a test has to itself, below $TMPDIR, else /tmp. */

#ifndef C2C_TESTS_FOLDER_H
#define C2C_TESTS_FOLDER_H

enum {
    FOLDER_NAME = 256
};

/* Make one whose name begins with @what. */
void folder_make(const char *what, char ret_name[FOLDER_NAME]);

/* Remove it with the files in it. */
void folder_remove(const char *name);

#endif /* C2C_TESTS_FOLDER_H */
