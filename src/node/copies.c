#include "node/copies.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"
#include "base/uuid.h"
#include "crypto/random.h"

static const char prefix[] = "backup-";

enum c2c_err c2c_copies_make(const char *dir, struct c2c_store *store,
                             uint64_t now_s, char **ret_path)
{
    struct c2c_uuid id = c2c_uuid_v7(now_s * 1000, &c2c_rng_system);
    char text[C2C_UUID_TEXT];
    char name[C2C_UUID_TEXT + sizeof "run/backup-.db"];
    char *path;
    enum c2c_err err;

    c2c_uuid_format(&id, text);
    (void)snprintf(name, sizeof name, "run/%s%s.db", prefix, text);
    path = c2c_path_join(dir, name);
    err = path == NULL ? C2C_E_NOMEM : c2c_store_backup(store, path);
    if (err == C2C_E_OK) {
        *ret_path = path;
        return C2C_E_OK;
    }
    if (path != NULL) {
        (void)unlink(path);
    }
    c2c_free(path);
    return err;
}

void c2c_copies_clear(const char *dir, uint64_t before_s)
{
    char *run = c2c_path_join(dir, "run");
    DIR *folder = run == NULL ? NULL : opendir(run);
    struct dirent *entry;
    struct stat st;

    /* One stream, one thread.  NOLINTNEXTLINE(concurrency-mt-unsafe) */
    while (folder != NULL && (entry = readdir(folder)) != NULL) {
        if (strncmp(entry->d_name, prefix, sizeof prefix - 1) == 0 &&
            fstatat(dirfd(folder), entry->d_name, &st, AT_SYMLINK_NOFOLLOW) ==
                0 &&
            (uint64_t)st.st_mtime < before_s) {
            (void)unlinkat(dirfd(folder), entry->d_name, 0);
        }
    }
    if (folder != NULL) {
        (void)closedir(folder);
    }
    c2c_free(run);
}
