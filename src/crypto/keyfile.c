/* Secret key files: see sign.h.  The text of a key is only ever in locked
 * memory. */

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/hex.h"
#include "base/mem.h"
#include "crypto/secret.h"
#include "crypto/sign.h"

enum {
    TEXT_MAX = 512, /* More than C2C_KEY_TEXT: too long a file is seen. */
    USE_MAX = 32,
    PUB_HEX = 2 * C2C_PUBKEY_BYTES,
    SEED_HEX = 2 * C2C_SEED_BYTES
};

static const char first_line[] = "c2c secret key 1\nfor: ";

enum c2c_err c2c_signer_text(const struct c2c_signer *signer, const char *use,
                             char *ret_text)
{
    struct c2c_pubkey pub = c2c_signer_pub(signer);
    uint8_t *seed = c2c_secret_new(C2C_SEED_BYTES);
    char pub_hex[PUB_HEX + 1];
    int n;

    if (seed == NULL) {
        return C2C_E_NOMEM;
    }
    c2c_hex_encode(c2c_view_of(pub.b, sizeof pub.b), pub_hex);
    n = snprintf(ret_text, C2C_KEY_TEXT,
                 "%s%.*s\npublic: %s\nsecret: ", first_line, USE_MAX, use,
                 pub_hex);
    c2c_signer_seed(signer, seed);
    c2c_hex_encode(c2c_view_of(seed, C2C_SEED_BYTES), ret_text + n);
    memcpy(ret_text + n + SEED_HEX, "\n", sizeof "\n");
    c2c_secret_free(seed);
    return C2C_E_OK;
}

enum c2c_err c2c_signer_save(const struct c2c_signer *signer, const char *path,
                             const char *use)
{
    char *text = c2c_secret_new(C2C_KEY_TEXT);
    enum c2c_err err =
        text == NULL ? C2C_E_NOMEM : c2c_signer_text(signer, use, text);

    if (err == C2C_E_OK) {
        err = c2c_file_create(path, c2c_view_str(text), 0600);
    }
    c2c_secret_free(text);
    return err;
}

/* Nobody else may read it, and it is ours or root's. */
static bool is_private(const struct stat *st)
{
    return (st->st_mode & (S_IRWXG | S_IRWXO)) == 0 &&
           (st->st_uid == geteuid() || st->st_uid == 0);
}

static enum c2c_err check_folder(const char *path)
{
    char *dir = c2c_path_folder(path);
    enum c2c_err err = C2C_E_OK;
    struct stat st;

    if (dir == NULL) {
        return C2C_E_NOMEM;
    }
    if (stat(dir, &st) != 0) {
        err = errno == ENOENT ? C2C_E_NOT_FOUND : C2C_E_IO;
    } else if (!is_private(&st)) {
        err = C2C_E_PERMISSION;
    }
    c2c_free(dir);
    return err;
}

/* Read a private file of at most TEXT_MAX - 1 bytes into @text. */
static enum c2c_err read_private(const char *path, char *text, size_t *ret_n)
{
    /* Not to wait for the other end of a pipe. */
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    enum c2c_err err = C2C_E_OK;
    struct stat st;
    ssize_t n = 0;

    if (fd < 0) {
        return errno == ENOENT   ? C2C_E_NOT_FOUND
               : errno == EACCES ? C2C_E_PERMISSION
                                 : C2C_E_IO;
    }
    if (fstat(fd, &st) != 0) {
        err = C2C_E_IO;
    } else if (!S_ISREG(st.st_mode)) {
        err = C2C_E_MALFORMED;
    } else if (!is_private(&st)) {
        err = C2C_E_PERMISSION;
    } else {
        n = read(fd, text, TEXT_MAX);
        err = n < 0           ? C2C_E_IO
              : n == TEXT_MAX ? C2C_E_MALFORMED /* More than any key has. */
                              : C2C_E_OK;
    }
    (void)close(fd);
    if (err == C2C_E_OK) {
        text[n] = '\0';
        *ret_n = (size_t)n;
    }
    return err;
}

/* What stands between @name and the end of its line; empty if not there. */
static struct c2c_view field(const char *text, const char *name)
{
    const char *at = strstr(text, name);
    const char *end = at == NULL ? NULL : strchr(at + strlen(name), '\n');

    if (end == NULL) {
        return (struct c2c_view){NULL, 0};
    }
    at += strlen(name);
    return c2c_view_of(at, (size_t)(end - at));
}

static enum c2c_err parse(const char *text, uint8_t *seed,
                          struct c2c_signer **ret_signer)
{
    struct c2c_signer *signer = NULL;
    struct c2c_pubkey want;
    struct c2c_pubkey is;
    enum c2c_err err;

    if (strncmp(text, first_line, sizeof first_line - 1) != 0) {
        return C2C_E_MALFORMED;
    }
    err = c2c_hex_decode(field(text, "\npublic: "), want.b, sizeof want.b);
    if (err != C2C_E_OK) {
        return err;
    }
    err = c2c_hex_decode(field(text, "\nsecret: "), seed, C2C_SEED_BYTES);
    if (err != C2C_E_OK) {
        return err;
    }
    err = c2c_signer_from_seed(seed, &signer);
    if (err != C2C_E_OK) {
        return err;
    }
    is = c2c_signer_pub(signer);
    if (!c2c_pubkey_eq(&is, &want)) {
        c2c_signer_free(signer);
        return C2C_E_MALFORMED;
    }
    *ret_signer = signer;
    return C2C_E_OK;
}

enum c2c_err c2c_signer_load(const char *path, struct c2c_signer **ret_signer)
{
    char *text = NULL;
    uint8_t *seed = NULL;
    enum c2c_err err = C2C_E_NOMEM;
    size_t n;

    if (c2c_crypto_init() != C2C_E_OK) {
        return C2C_E_IO;
    }
    text = c2c_secret_new(TEXT_MAX);
    seed = c2c_secret_new(C2C_SEED_BYTES);
    if (text == NULL || seed == NULL) {
        goto out;
    }
    err = check_folder(path);
    if (err == C2C_E_OK) {
        err = read_private(path, text, &n);
    }
    if (err == C2C_E_OK) {
        err =
            strlen(text) == n ? parse(text, seed, ret_signer) : C2C_E_MALFORMED;
    }
out:
    c2c_secret_free(text);
    c2c_secret_free(seed);
    return err;
}
