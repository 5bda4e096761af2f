#include "crypto/sign.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/hex.h"
#include "crypto/secret.h"
#include "oom.h"
#include "temp.h"
#include "test.h"

/* RFC 8032 section 7.1, test 1. */
#define SEED "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60"
#define PUB "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a"
#define KEY "c2c secret key 1\nfor: node\npublic: " PUB "\nsecret: " SEED "\n"

static struct c2c_signer *signer;

static int begin(void **state)
{
    uint8_t seed[C2C_SEED_BYTES];

    (void)state;
    temp_make();
    assert_ok(c2c_hex_decode(c2c_view_str(SEED), seed, sizeof seed));
    assert_ok(c2c_signer_from_seed(seed, &signer));
    return 0;
}

static int end(void **state)
{
    (void)state;
    c2c_signer_free(signer);
    temp_remove();
    return 0;
}

static void assert_is_the_key(const char *path)
{
    struct c2c_pubkey want = c2c_signer_pub(signer);
    struct c2c_signer *loaded = NULL;
    struct c2c_pubkey got;

    assert_ok(c2c_signer_load(path, &loaded));
    got = c2c_signer_pub(loaded);
    assert_true(c2c_pubkey_eq(&want, &got));
    c2c_signer_free(loaded);
}

static void assert_refused(const char *path, enum c2c_err want)
{
    struct c2c_signer *loaded = NULL;

    assert_err(c2c_signer_load(path, &loaded), want);
    assert_null(loaded);
}

static void the_file_has_its_documented_form(void **state)
{
    const char *path = temp_path("node.key");
    struct c2c_buf text;
    struct stat st;

    (void)state;
    c2c_buf_init(&text, 4096);
    assert_ok(c2c_signer_save(signer, path, "node"));
    assert_ok(c2c_file_read(path, &text));
    assert_int_equal(text.n, sizeof KEY - 1);
    assert_memory_equal(text.p, KEY, text.n);
    assert_int_equal(stat(path, &st), 0);
    assert_int_equal(st.st_mode & 07777, 0600);
    assert_is_the_key(path);
    c2c_buf_fini(&text);
}

static void the_text_fits_whatever_the_use(void **state)
{
    char *text = c2c_secret_new(C2C_KEY_TEXT);
    char use[1000];

    (void)state;
    memset(use, 'x', sizeof use - 1);
    use[sizeof use - 1] = '\0';
    assert_ok(c2c_signer_text(signer, use, text));
    assert_true(strlen(text) < C2C_KEY_TEXT);
    assert_is_the_key(temp_write("x", text, strlen(text)));
    c2c_secret_free(text);
}

static void a_key_is_never_overwritten(void **state)
{
    const char *path = temp_path("key");
    struct c2c_signer *other;

    (void)state;
    assert_ok(c2c_signer_save(signer, path, "root"));
    assert_ok(c2c_signer_new(&other));
    assert_err(c2c_signer_save(other, path, "root"), C2C_E_EXISTS);
    assert_is_the_key(path);
    c2c_signer_free(other);
}

static void nobody_else_may_read_file_or_folder(void **state)
{
    static const mode_t open_modes[] = {0640, 0620, 0610, 0604, 0602, 0601};
    const char *path = temp_write("key", KEY, sizeof KEY - 1);

    (void)state;
    for (size_t i = 0; i < sizeof open_modes / sizeof open_modes[0]; i++) {
        assert_int_equal(chmod(path, open_modes[i]), 0);
        assert_refused(path, C2C_E_PERMISSION);
    }
    assert_int_equal(chmod(path, 0400), 0);
    assert_is_the_key(path);
    assert_int_equal(chmod(temp_path("."), 0710), 0);
    assert_refused(path, C2C_E_PERMISSION);
    assert_int_equal(chmod(temp_path("."), 0500), 0);
    assert_is_the_key(path);
}

static void it_must_be_ours(void **state)
{
    const char *path = temp_write("key", KEY, sizeof KEY - 1);

    (void)state;
    if (geteuid() != 0) {
        skip(); /* Only root can give a file away. */
    }
    assert_int_equal(chown(path, 65534, 65534), 0);
    assert_refused(path, C2C_E_PERMISSION);
}

static void links_and_what_is_not_there_are_refused(void **state)
{
    char target[512];

    (void)state;
    (void)snprintf(target, sizeof target, "%s",
                   temp_write("key", KEY, sizeof KEY - 1));
    assert_int_equal(symlink(target, temp_path("link")), 0);
    assert_refused(temp_path("link"), C2C_E_IO);
    assert_refused(temp_path("none"), C2C_E_NOT_FOUND);
    assert_refused(temp_path("none/key"), C2C_E_NOT_FOUND);
    assert_ok(c2c_file_mkdir(temp_path("dir"), 0700));
    assert_refused(temp_path("dir"), C2C_E_MALFORMED);
    assert_int_equal(mkfifo(temp_path("pipe"), 0600), 0);
    assert_refused(temp_path("pipe"), C2C_E_MALFORMED);
}

static void any_other_text_is_refused(void **state)
{
#define TEXT(S)          \
    {                    \
        S, sizeof(S) - 1 \
    }
    static const struct {
        const char *text;
        size_t n;
    } bad[] = {
        TEXT(""),
        TEXT("c2c secret key 1\n"),
        TEXT("c2c secret key 2\nfor: node\npublic: " PUB "\nsecret: " SEED
             "\n"),
        TEXT(" " KEY),
        TEXT("c2c secret key 1\nfor: node\nsecret: " SEED "\n"),
        TEXT("c2c secret key 1\nfor: node\npublic: " PUB "\n"),
        TEXT("c2c secret key 1\nfor: node\npublic: " PUB "\nsecret: " SEED),
        TEXT("c2c secret key 1\nfor: node\npublic: " PUB "\nsecret: " SEED
             "0\n"),
        TEXT("c2c secret key 1\nfor: node\npublic: " SEED "\nsecret: " SEED
             "\n"),
        TEXT("c2c secret key 1\nfor: node\npublic: " PUB "\nsecret: " PUB "\n"),
        TEXT("c2c secret key 1\nfor: node\npublic: " PUB "\nsecret: "
             "9D61B19DEFFD5A60BA844AF492EC2CC44449C5697B326919703BAC031CAE7F60"
             "\n"),
        TEXT("c2c secret key 1\nfor: node\0\npublic: " PUB "\nsecret: " SEED
             "\n"),
        {KEY, sizeof KEY}, /* A zero byte behind. */
    };
    char longest[512];

    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        assert_refused(temp_write("bad", bad[i].text, bad[i].n),
                       C2C_E_MALFORMED);
    }
    memset(longest, '\n', sizeof longest);
    memcpy(longest, KEY, sizeof KEY - 1);
    assert_is_the_key(temp_write("long", longest, sizeof longest - 1));
    assert_refused(temp_write("long", longest, sizeof longest),
                   C2C_E_MALFORMED);
}

static enum c2c_err save_and_load(void *arg)
{
    struct c2c_signer *loaded = NULL;
    enum c2c_err err;

    (void)unlink(arg);
    err = c2c_signer_save(signer, arg, "node");
    if (err == C2C_E_OK) {
        err = c2c_signer_load(arg, &loaded);
    }
    c2c_signer_free(loaded);
    return err;
}

static void it_survives_every_failing_allocation(void **state)
{
    char path[512];

    (void)state;
    (void)snprintf(path, sizeof path, "%s", temp_path("key"));
    oom_sweep(save_and_load, path);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define WITH_KEY(NAME) cmocka_unit_test_setup_teardown(NAME, begin, end)
        WITH_KEY(the_file_has_its_documented_form),
        WITH_KEY(the_text_fits_whatever_the_use),
        WITH_KEY(a_key_is_never_overwritten),
        WITH_KEY(nobody_else_may_read_file_or_folder),
        WITH_KEY(it_must_be_ours),
        WITH_KEY(links_and_what_is_not_there_are_refused),
        WITH_KEY(any_other_text_is_refused),
        WITH_KEY(it_survives_every_failing_allocation),
    };
    return cmocka_run_group_tests_name("crypto/keyfile", tests, NULL, NULL);
}
