#include "folder.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "test.h"

void folder_make(const char *what, char ret_name[FOLDER_NAME])
{
    const char *base = getenv("TMPDIR");

    (void)snprintf(ret_name, FOLDER_NAME, "%s/c2c-%s-XXXXXX",
                   base == NULL || *base == '\0' ? "/tmp" : base, what);
    assert_non_null(mkdtemp(ret_name));
}

void folder_remove(const char *name)
{
    DIR *dir = opendir(name);
    const struct dirent *entry;

    assert_non_null(dir);
    while ((entry = readdir(dir)) != NULL) {
        if (strcmp(entry->d_name, ".") != 0 &&
            strcmp(entry->d_name, "..") != 0) {
            assert_int_equal(unlinkat(dirfd(dir), entry->d_name, 0), 0);
        }
    }
    (void)closedir(dir);
    assert_int_equal(rmdir(name), 0);
}
