/* init and key sheet: a city's folder, its keys and the root key on paper. */

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "c2c/sheet.h"
#include "client.h"
#include "codec/limits.h"
#include "temp.h"
#include "test.h"
#include "trust/keyset.h"

static struct client c;

static int begin(void **state)
{
    (void)state;
    temp_make();
    return c2c_crypto_init() == C2C_E_OK ? 0 : -1;
}

static int end(void **state)
{
    (void)state;
    temp_remove();
    return 0;
}

/* `c2c -C FOLDER/a/city @words`; ends with client_end(). */
static enum c2c_err run(const char *words)
{
    char line[2048];

    (void)snprintf(line, sizeof line, "c2c -C %s %s", temp_path("a/city"),
                   words);
    client_begin_line(&c, line);
    return client_do(&c);
}

static mode_t mode_of(const char *name)
{
    struct stat st;

    assert_int_equal(stat(temp_path(name), &st), 0);
    return st.st_mode & 07777;
}

static void read_keyset(struct c2c_keyset *keyset)
{
    struct c2c_buf bytes;

    c2c_buf_init(&bytes, C2C_MAX_KEYSET_BYTES);
    assert_ok(c2c_file_read(temp_path("a/city/keyset"), &bytes));
    assert_ok(c2c_keyset_decode_first(c2c_buf_view(&bytes), keyset));
    c2c_buf_fini(&bytes);
}

static void assert_key(const char *name, const struct c2c_pubkey *want)
{
    struct c2c_signer *signer = NULL;
    struct c2c_pubkey pub;

    assert_ok(c2c_signer_load(temp_path(name), &signer));
    pub = c2c_signer_pub(signer);
    assert_true(c2c_pubkey_eq(&pub, want));
    c2c_signer_free(signer);
}

static void a_city_has_private_keys_and_a_signed_keyset(void **state)
{
    struct c2c_keyset keyset;
    char id[C2C_HASH_HEX + 1];

    (void)state;
    assert_ok(run("init --name Jambi --country id"));
    read_keyset(&keyset);
    c2c_hash_hex(&keyset.hash, id);
    (void)strncat(id, "\n", 2);
    assert_string_equal(client_data(&c), id);
    client_end(&c);
    assert_int_equal(keyset.kind, C2C_CITY);
    assert_key("a/city/offline/root.key", &keyset.root[0]);
    assert_key("a/city/keys/node.key", &keyset.key[0].pub);
    assert_int_equal(mode_of("a/city"), 0700);
    assert_int_equal(mode_of("a/city/keys"), 0700);
    assert_int_equal(mode_of("a/city/offline"), 0700);
    assert_int_equal(mode_of("a/city/keys/node.key"), 0600);
    assert_int_equal(mode_of("a/city/offline/root.key"), 0600);
}

static void nothing_is_ever_made_twice(void **state)
{
    struct c2c_keyset before;
    struct c2c_keyset after;

    (void)state;
    assert_ok(run("init --name Jambi --country ID"));
    client_end(&c);
    read_keyset(&before);
    assert_err(run("init --name Jambi --country ID"), C2C_E_EXISTS);
    client_end(&c);
    read_keyset(&after);
    assert_true(c2c_hash_eq(&before.hash, &after.hash));
    /* An interrupted init goes on with the keys that it had made. */
    assert_int_equal(unlink(temp_path("a/city/keyset")), 0);
    assert_ok(run("init --name Jambi --country ID"));
    client_end(&c);
    read_keyset(&after);
    assert_true(c2c_pubkey_eq(&before.root[0], &after.root[0]));
    assert_true(c2c_pubkey_eq(&before.key[0].pub, &after.key[0].pub));
}

static void assert_usage(const char *words, const char *told)
{
    assert_err(run(words), C2C_E_USAGE);
    assert_non_null(strstr(client_talk(&c), told));
    client_end(&c);
    assert_false(c2c_file_exists(temp_path("a")));
}

static bool has_root(const struct c2c_keyset *keyset, const char *name)
{
    struct c2c_signer *signer = NULL;
    struct c2c_pubkey pub;
    bool found = false;

    assert_ok(c2c_signer_load(temp_path(name), &signer));
    pub = c2c_signer_pub(signer);
    for (size_t i = 0; i < keyset->n_roots; i++) {
        found = found || c2c_pubkey_eq(&keyset->root[i], &pub);
    }
    c2c_signer_free(signer);
    return found;
}

static void several_root_keys_sign_together(void **state)
{
    struct c2c_keyset keyset;

    (void)state;
    assert_ok(run("init --name Jambi --country ID --root-keys 3 "
                  "--threshold 2"));
    assert_non_null(strstr(client_talk(&c), "2 of them together"));
    client_end(&c);
    read_keyset(&keyset); /* Its threshold is met: it decodes. */
    assert_int_equal(keyset.n_roots, 3);
    assert_int_equal(keyset.threshold, 2);
    assert_true(has_root(&keyset, "a/city/offline/root-1.key"));
    assert_true(has_root(&keyset, "a/city/offline/root-2.key"));
    assert_true(has_root(&keyset, "a/city/offline/root-3.key"));
    assert_int_equal(mode_of("a/city/offline/root-3.key"), 0600);
    assert_false(c2c_file_exists(temp_path("a/city/offline/root.key")));
    assert_false(c2c_file_exists(temp_path("a/city/offline/root-4.key")));
}

static void as_many_root_keys_as_a_keyset_holds(void **state)
{
    struct c2c_keyset keyset;

    (void)state;
    assert_ok(run("init --name Jambi --country ID --root-keys 16 "
                  "--threshold 16"));
    client_end(&c);
    read_keyset(&keyset);
    assert_int_equal(keyset.n_roots, C2C_MAX_ROOT_KEYS);
    assert_int_equal(keyset.threshold, C2C_MAX_ROOT_KEYS);
}

static void keys_of_another_number_are_not_mixed_in(void **state)
{
    (void)state;
    assert_ok(run("init --name Jambi --country ID --root-keys 3 "
                  "--threshold 2"));
    client_end(&c);
    assert_int_equal(unlink(temp_path("a/city/keyset")), 0);
    assert_err(run("init --name Jambi --country ID"), C2C_E_EXISTS);
    assert_non_null(strstr(client_talk(&c), "offline/root-1.key"));
    client_end(&c);
    assert_err(run("init --name Jambi --country ID --root-keys 2 "
                   "--threshold 2"),
               C2C_E_EXISTS);
    assert_non_null(strstr(client_talk(&c), "offline/root-3.key"));
    client_end(&c);
    assert_ok(run("init --name Jambi --country ID --root-keys 3 "
                  "--threshold 1"));
    client_end(&c);
    assert_int_equal(unlink(temp_path("a/city/keyset")), 0);
    assert_int_equal(rename(temp_path("a/city/offline/root-3.key"),
                            temp_path("a/city/offline/root.key")),
                     0);
    assert_err(run("init --name Jambi --country ID --root-keys 3 "
                   "--threshold 1"),
               C2C_E_EXISTS);
    client_end(&c);
}

static void wrong_wishes_make_nothing(void **state)
{
    (void)state;
    assert_usage("init --country ID", "--name");
    assert_usage("init --name Jambi", "--country");
    assert_usage("init --name Jambi --country 1D", "country code");
    assert_usage("init --name Jambi --country IDN", "country code");
    assert_usage("init --name Jambi --country ZZ", "c2c vocab countries");
    assert_usage("init --name Jambi --country Indonesa", "'Indonesia'");
    assert_usage("init --name Jambi --country ID --listen http://x:1",
                 "no address of a node");
    assert_usage("init --name Jambi --country ID --listen tcp://",
                 "no address of a node");
    assert_usage("init --name \u897f\u5b89 --country CN", "--slug");
    assert_usage("init --name Jambi --country ID --slug No", "short name");
    assert_usage("init --name \xff --country ID", "UTF-8");
    assert_usage("init --name Jambi --country ID --root-keys 0", "1 to 16");
    assert_usage("init --name Jambi --country ID --root-keys 17", "1 to 16");
    assert_usage("init --name Jambi --country ID --root-keys 3", "--threshold");
    assert_usage("init --name Jambi --country ID --threshold 2",
                 "than there are");
    assert_usage("init --name Jambi --country ID --root-keys 3 --threshold 4",
                 "than there are");
    assert_usage("init --name Jambi --country ID --root-keys 3 --threshold 0",
                 "1 to 16");
    assert_ok(run("init -n --name Jambi --country ID"));
    client_end(&c);
    assert_false(c2c_file_exists(temp_path("a")));
}

static void a_key_that_others_can_read_is_not_taken_up(void **state)
{
    (void)state;
    assert_ok(run("init --name Jambi --country ID"));
    client_end(&c);
    assert_int_equal(unlink(temp_path("a/city/keyset")), 0);
    assert_int_equal(chmod(temp_path("a/city/offline/root.key"), 0640), 0);
    assert_err(run("init --name Jambi --country ID"), C2C_E_PERMISSION);
    assert_non_null(strstr(client_talk(&c), "wrong file permissions"));
    client_end(&c);
    assert_false(c2c_file_exists(temp_path("a/city/keyset")));
}

/* The rows of the sheet in @text give the key of @name again. */
static void assert_sheet_of(const char *text, const char *name)
{
    struct c2c_signer *signer = NULL;
    uint8_t seed[C2C_SEED_BYTES];
    struct c2c_pubkey pub;
    unsigned rows = 0;

    for (; text != NULL; text = strchr(text, '\n')) {
        uint8_t bytes[8];
        unsigned row;

        text += *text == '\n' ? 1 : 0;
        if (c2c_sheet_read(c2c_view_of(text, strcspn(text, "\n")), &row,
                           bytes) == C2C_E_OK) {
            memcpy(seed + (size_t)(row - 1) * 8, bytes, 8);
            rows++;
        }
    }
    assert_int_equal(rows, C2C_SHEET_ROWS);
    assert_ok(c2c_signer_from_seed(seed, &signer));
    pub = c2c_signer_pub(signer);
    assert_key(name, &pub);
    c2c_signer_free(signer);
}

static void the_sheet_holds_the_root_key(void **state)
{
    char words[1024];

    (void)state;
    assert_ok(run("init --name Jambi --country ID"));
    client_end(&c);
    assert_ok(run("key sheet"));
    assert_sheet_of(client_data(&c), "a/city/offline/root.key");
    client_end(&c);
    (void)snprintf(words, sizeof words, "key sheet %s",
                   temp_path("a/city/keys/node.key"));
    assert_ok(run(words));
    assert_sheet_of(client_data(&c), "a/city/keys/node.key");
    client_end(&c);
    assert_err(run("key sheet --json"), C2C_E_USAGE);
    assert_string_equal(client_data(&c), "");
    client_end(&c);
    assert_int_equal(unlink(temp_path("a/city/offline/root.key")), 0);
    assert_err(run("key sheet"), C2C_E_IO);
    assert_non_null(strstr(client_talk(&c), "c2c key sheet FILE"));
    client_end(&c);
}

/* `key sheet FOLDER/NAME`; ends with client_end(). */
static void sheet_of(const char *name)
{
    char words[1024];

    (void)snprintf(words, sizeof words, "key sheet %s", temp_path(name));
    assert_ok(run(words));
}

static void a_sheet_says_whose_key_it_is(void **state)
{
    const char *text;

    (void)state;
    assert_ok(run("init --name Jambi --country ID"));
    client_end(&c);
    assert_ok(run("key sheet"));
    text = client_data(&c);
    assert_non_null(strstr(text, "City        Jambi\n"));
    assert_null(strstr(text, "one of"));
    assert_non_null(strstr(client_talk(&c), "has this sheet is the city"));
    client_end(&c);
    sheet_of("a/city/keys/node.key"); /* No root key: not the city's. */
    assert_non_null(strstr(client_data(&c), "City        -\nCity id     -\n"));
    client_end(&c);
}

static void each_of_several_root_keys_has_its_sheet(void **state)
{
    const char *text;

    (void)state;
    assert_ok(run("init --name Jambi --country ID --root-keys 3 "
                  "--threshold 2"));
    client_end(&c);
    assert_err(run("key sheet"), C2C_E_USAGE);
    assert_non_null(strstr(client_talk(&c), "offline/root-1.key"));
    assert_string_equal(client_data(&c), "");
    client_end(&c);
    sheet_of("a/city/offline/root-2.key");
    text = client_data(&c);
    assert_sheet_of(text, "a/city/offline/root-2.key");
    assert_non_null(strstr(text, "one of 3 root keys; 2 of them together"));
    assert_non_null(strstr(client_talk(&c), "Whoever has 2 sheets"));
    client_end(&c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define WITH_FOLDER(NAME) cmocka_unit_test_setup_teardown(NAME, begin, end)
        WITH_FOLDER(a_city_has_private_keys_and_a_signed_keyset),
        WITH_FOLDER(nothing_is_ever_made_twice),
        WITH_FOLDER(several_root_keys_sign_together),
        WITH_FOLDER(as_many_root_keys_as_a_keyset_holds),
        WITH_FOLDER(keys_of_another_number_are_not_mixed_in),
        WITH_FOLDER(wrong_wishes_make_nothing),
        WITH_FOLDER(a_key_that_others_can_read_is_not_taken_up),
        WITH_FOLDER(the_sheet_holds_the_root_key),
        WITH_FOLDER(a_sheet_says_whose_key_it_is),
        WITH_FOLDER(each_of_several_root_keys_has_its_sheet),
    };
    return cmocka_run_group_tests_name("c2c/cmd_init", tests, NULL, NULL);
}
