/* Any text as a secret key file: what loads is saved as a file that loads as
 * the same key. */

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "crypto/sign.h"
#include "fuzz.h"

static char dir[256];
static char path[300];
static char copy[300];

static void clean(void)
{
    (void)unlink(path);
    (void)unlink(copy);
    (void)rmdir(dir);
}

static void prepare(void)
{
    const char *base = getenv("TMPDIR");

    if (path[0] != '\0') {
        return;
    }
    (void)snprintf(dir, sizeof dir, "%s/keyfile-XXXXXX",
                   base == NULL || *base == '\0' ? "/tmp" : base);
    require(mkdtemp(dir) != NULL);
    (void)snprintf(path, sizeof path, "%s/key", dir);
    (void)snprintf(copy, sizeof copy, "%s/copy", dir);
    require(atexit(clean) == 0);
}

static void write_plainly(const uint8_t *data, size_t size)
{
    FILE *f = fopen(path, "wb");

    require(f != NULL && chmod(path, 0600) == 0);
    require(fwrite(data, 1, size, f) == size && fclose(f) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct c2c_signer *signer = NULL;
    struct c2c_signer *again = NULL;
    enum c2c_err err;

    prepare();
    write_plainly(data, size);
    err = c2c_signer_load(path, &signer);
    require(err == C2C_E_OK || err == C2C_E_MALFORMED);
    require((err == C2C_E_OK) == (signer != NULL));
    if (signer != NULL) {
        struct c2c_pubkey a = c2c_signer_pub(signer);
        struct c2c_pubkey b;

        (void)unlink(copy);
        require(c2c_signer_save(signer, copy, "node") == C2C_E_OK);
        require(c2c_signer_load(copy, &again) == C2C_E_OK);
        b = c2c_signer_pub(again);
        require(c2c_pubkey_eq(&a, &b));
    }
    c2c_signer_free(again);
    c2c_signer_free(signer);
    return 0;
}
