#define _XOPEN_SOURCE 700 /* nftw() */

#include "temp.h"

#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "test.h"

static char folder[256];

void temp_make(void)
{
    const char *base = getenv("TMPDIR");

    (void)snprintf(folder, sizeof folder, "%s/c2c-test-XXXXXX",
                   base == NULL || *base == '\0' ? "/tmp" : base);
    assert_non_null(mkdtemp(folder));
}

const char *temp_path(const char *name)
{
    static char paths[4][512];
    static unsigned next;
    char *path = paths[next++ % 4];

    (void)snprintf(path, sizeof paths[0], "%s/%s", folder, name);
    return path;
}

const char *temp_write(const char *name, const void *bytes, size_t n)
{
    const char *path = temp_path(name);
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);

    assert_true(fd >= 0);
    assert_int_equal(write(fd, bytes, n), n);
    assert_int_equal(close(fd), 0);
    return path;
}

void temp_assert_holds(const char *path, const char *text)
{
    struct c2c_buf got;

    c2c_buf_init(&got, 1 << 20);
    assert_ok(c2c_file_read(path, &got));
    assert_int_equal(got.n, strlen(text));
    assert_memory_equal(got.p, text, got.n);
    c2c_buf_fini(&got);
}

static int drop(const char *path, const struct stat *st, int type,
                struct FTW *at)
{
    (void)st;
    (void)type;
    (void)at;
    return remove(path);
}

void temp_remove(void)
{
    (void)chmod(folder, 0700);
    (void)nftw(folder, drop, 8, FTW_DEPTH | FTW_PHYS);
}
