#include "node/identity.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"
#include "codec/limits.h"

static enum c2c_err load_keyset(const char *path, struct c2c_identity *id,
                                struct c2c_diag *diag)
{
    enum c2c_err err = c2c_file_read(path, &id->keyset_file);

    if (err == C2C_E_NOT_FOUND) {
        (void)c2c_diag_set(diag, err, path,
                           "there is no node here: %s is missing", path);
        c2c_diag_hint(diag, "make one with: c2c -C DIR init --name NAME "
                            "--country CC");
        return err;
    }
    if (err == C2C_E_OK) {
        err = c2c_keyset_decode_first(c2c_buf_view(&id->keyset_file),
                                      &id->keyset);
    }
    if (err != C2C_E_OK) {
        return c2c_diag_set(diag, err, path, "cannot use %s: %s", path,
                            c2c_strerror(err));
    }
    id->city = id->keyset.hash;
    return C2C_E_OK;
}

static enum c2c_err load_signer(const char *path, struct c2c_identity *id,
                                struct c2c_diag *diag)
{
    enum c2c_err err = c2c_signer_load(path, &id->signer);
    struct c2c_pubkey pub;
    size_t index;

    if (err == C2C_E_PERMISSION) {
        (void)c2c_diag_set(diag, err, path,
                           "%s or its folder can be read by others, or belongs "
                           "to somebody else",
                           path);
        c2c_diag_hint(diag, "chmod 600 the key and chmod 700 its folder, as "
                            "the user that runs c2cd");
        return err;
    }
    if (err == C2C_E_NOT_FOUND) {
        (void)c2c_diag_set(diag, err, path, "%s is missing", path);
        c2c_diag_hint(diag, "without it nothing can be signed; put it back "
                            "from your copy");
        return err;
    }
    if (err != C2C_E_OK) {
        return c2c_diag_set(diag, err, path, "cannot use %s: %s", path,
                            c2c_strerror(err));
    }
    pub = c2c_signer_pub(id->signer);
    err = c2c_keyset_find(&id->keyset, &pub, C2C_USE_HEAD, &index);
    if (err != C2C_E_OK) {
        return c2c_diag_set(diag, C2C_E_BAD_KEYSET, path,
                            "%s is not a key of this city's keyset", path);
    }
    id->key = index;
    return C2C_E_OK;
}

enum c2c_err c2c_identity_load(const char *dir, struct c2c_identity *identity,
                               struct c2c_diag *diag)
{
    char *keyset = c2c_path_join(dir, "keyset");
    char *key = c2c_path_join(dir, "keys/node.key");
    enum c2c_err err = C2C_E_NOMEM;

    memset(identity, 0, sizeof *identity);
    c2c_buf_init(&identity->keyset_file, C2C_MAX_KEYSET_BYTES);
    if (keyset != NULL && key != NULL) {
        err = load_keyset(keyset, identity, diag);
        if (err == C2C_E_OK) {
            err = load_signer(key, identity, diag);
        }
    } else {
        (void)c2c_diag_set(diag, err, dir, "out of memory");
    }
    if (err != C2C_E_OK) {
        c2c_identity_fini(identity);
    }
    c2c_free(keyset);
    c2c_free(key);
    return err;
}

void c2c_identity_fini(struct c2c_identity *identity)
{
    c2c_buf_fini(&identity->keyset_file);
    c2c_signer_free(identity->signer);
    identity->signer = NULL;
}

enum c2c_err c2c_identity_instance(const char *dir,
                                   struct c2c_uuid *ret_instance)
{
    char *path = c2c_path_join(dir, "instance");
    struct c2c_buf text;
    enum c2c_err err = C2C_E_NOMEM;

    c2c_buf_init(&text, 64);
    if (path != NULL) {
        err = c2c_file_read(path, &text);
    }
    if (err == C2C_E_OK && text.n > 0 && text.p[text.n - 1] == '\n') {
        text.n--;
    }
    if (err == C2C_E_OK) {
        err = c2c_uuid_parse(c2c_buf_view(&text), ret_instance);
    }
    c2c_buf_fini(&text);
    c2c_free(path);
    return err;
}

enum c2c_err c2c_identity_set_instance(const char *dir,
                                       const struct c2c_uuid *instance)
{
    char *path = c2c_path_join(dir, "instance");
    char text[C2C_UUID_TEXT + 1];
    enum c2c_err err = C2C_E_NOMEM;

    c2c_uuid_format(instance, text);
    text[C2C_UUID_TEXT - 1] = '\n';
    if (path != NULL) {
        err = c2c_file_write(path, c2c_view_of(text, C2C_UUID_TEXT), 0600);
    }
    c2c_free(path);
    return err;
}

static enum c2c_err take_lock(int fd, const char *dir, struct c2c_diag *diag)
{
    struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET};

    if (fcntl(fd, F_SETLK, &lock) == 0) {
        return C2C_E_OK;
    }
    lock.l_pid = 0;
    (void)fcntl(fd, F_GETLK, &lock);
    (void)c2c_diag_set(diag, C2C_E_IN_USE, dir,
                       "another c2cd runs on %s (process %ld)", dir,
                       (long)lock.l_pid);
    c2c_diag_hint(diag, "one daemon a folder; `c2c -C %s status` asks it", dir);
    return C2C_E_IN_USE;
}

enum c2c_err c2c_identity_lock(const char *dir, struct c2c_diag *diag,
                               int *ret_fd)
{
    char *run = c2c_path_join(dir, "run");
    char *path = c2c_path_join(dir, "run/lock");
    enum c2c_err err = C2C_E_NOMEM;
    int fd = -1;

    if (run == NULL || path == NULL) {
        (void)c2c_diag_set(diag, err, dir, "out of memory");
        goto out;
    }
    err = c2c_file_mkdir(run, 0700);
    if (err == C2C_E_OK && chmod(run, 0700) != 0) {
        err = C2C_E_PERMISSION;
    }
    if (err == C2C_E_OK) {
        fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
        err = fd >= 0           ? C2C_E_OK
              : errno == ENOSPC ? C2C_E_DISK_FULL
                                : C2C_E_PERMISSION;
    }
    if (err != C2C_E_OK) {
        (void)c2c_diag_set(diag, err, run, "cannot use %s: %s", run,
                           c2c_strerror(err));
        goto out;
    }
    err = take_lock(fd, dir, diag);
    if (err == C2C_E_OK) {
        *ret_fd = fd;
        fd = -1;
    }
out:
    if (fd >= 0) {
        (void)close(fd);
    }
    c2c_free(run);
    c2c_free(path);
    return err;
}
