#include "place.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"
#include "codec/json.h"
#include "codec/limits.h"
#include "test.h"

enum {
    FILE_BYTES = 64 << 20
};

static uint64_t now_ms(void *ctx)
{
    return ((const struct place *)ctx)->now_s * 1000;
}

static uint64_t mono_ms(void *ctx)
{
    (void)ctx;
    return c2c_clock_mono_ms();
}

static void fill(void *ctx, void *out, size_t n)
{
    struct place *place = ctx;
    uint8_t *bytes = out;

    for (size_t i = 0; i < n; i++) { /* An LCG: it only has to repeat. */
        place->random =
            place->random * UINT64_C(6364136223846793005) + 1442695040888963407;
        bytes[i] = (uint8_t)(place->random >> 56);
    }
}

static char *path_of(const struct place *place, const char *name)
{
    char *path = c2c_path_join(place->dir, name);

    assert_non_null(path);
    return path;
}

static void make_keys(const struct place *place, enum c2c_city_kind kind)
{
    char *path = path_of(place, "keys");
    char *file = path_of(place, "keys/node.key");
    struct c2c_signer *root;
    struct c2c_signer *node;
    struct c2c_keyset keyset = {.n = 1,
                                .kind = kind,
                                .created_s = PLACE_START_S - 1,
                                .threshold = 1,
                                .n_roots = 1,
                                .n_keys = 1};
    struct c2c_buf bytes;

    assert_ok(c2c_signer_new(&root));
    assert_ok(c2c_signer_new(&node));
    assert_ok(c2c_file_mkdir(path, 0700));
    assert_ok(c2c_signer_save(node, file, "node"));
    keyset.root[0] = c2c_signer_pub(root);
    keyset.key[0].pub = c2c_signer_pub(node);
    keyset.key[0].uses = C2C_USE_HEAD;
    c2c_buf_init(&bytes, C2C_MAX_KEYSET_BYTES);
    assert_ok(c2c_keyset_sign(&keyset, (const struct c2c_signer *const *)&root,
                              1, &bytes));
    place_write(place, "keyset", c2c_buf_view(&bytes));
    c2c_buf_fini(&bytes);
    c2c_signer_free(root);
    c2c_signer_free(node);
    c2c_free(path);
    c2c_free(file);
}

static void init(struct place *place, enum c2c_city_kind kind,
                 const char *profile)
{
    struct c2c_diag diag = {.code = C2C_E_OK};

    assert_ok(c2c_crypto_init());
    memset(place, 0, sizeof *place);
    (void)snprintf(place->dir, sizeof place->dir, "place-XXXXXX");
    assert_non_null(mkdtemp(place->dir));
    place->now_s = PLACE_START_S;
    place->clock = (struct c2c_clock){now_ms, mono_ms, place};
    place->rng = (struct c2c_rng){fill, place};
    c2c_config_defaults(&place->config);
    make_keys(place, kind);
    place_write(place, "city.json", c2c_view_str(profile));
    assert_ok(c2c_identity_load(place->dir, &place->identity, &diag));
    assert_ok(c2c_types_load(&c2c_types_builtin, &diag, &place->types));
}

void place_init(struct place *place)
{
    init(place, C2C_CITY,
         "{\"type\":\"city\",\"slug\":\"oulu\",\"body\":{"
         "\"name\":{\"en\":\"Oulu\"},\"country\":\"FI\"}}\n");
}

void place_init_lga(struct place *place)
{
    init(place, C2C_LGA,
         "{\"type\":\"lga\",\"slug\":\"league\",\"body\":{"
         "\"name\":{\"en\":\"The League\"},\"country\":\"FI\"}}\n");
}

/* Remove the files of @path, and itself. */
static void remove_folder(const char *path)
{
    DIR *dir = opendir(path);
    const struct dirent *entry;

    assert_non_null(dir);
    while ((entry = readdir(dir)) != NULL) {
        char *name;

        if (strcmp(entry->d_name, ".") == 0 ||
            strcmp(entry->d_name, "..") == 0) {
            continue;
        }
        name = c2c_path_join(path, entry->d_name);
        assert_non_null(name);
        if (unlink(name) != 0) {
            remove_folder(name);
        }
        c2c_free(name);
    }
    (void)closedir(dir);
    assert_int_equal(rmdir(path), 0);
}

void place_fini(struct place *place)
{
    c2c_identity_fini(&place->identity);
    c2c_types_free(place->types);
    remove_folder(place->dir);
}

void place_read(const struct place *place, const char *name,
                struct c2c_buf *out)
{
    char *path = path_of(place, name);

    assert_ok(c2c_file_read(path, out));
    c2c_free(path);
}

void place_write(const struct place *place, const char *name,
                 struct c2c_view bytes)
{
    char *path = path_of(place, name);
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);

    assert_true(fd >= 0); /* Without waiting for the disk. */
    assert_int_equal(write(fd, bytes.n == 0 ? "" : (const void *)bytes.p,
                           bytes.n),
                     bytes.n);
    assert_int_equal(close(fd), 0);
    c2c_free(path);
}

void place_unlink(const struct place *place, const char *name)
{
    char *path = path_of(place, name);

    (void)unlink(path); /* May not be there. */
    c2c_free(path);
}

static bool has_bytes(struct c2c_view bytes, const char *word)
{
    size_t n = strlen(word);

    for (size_t i = 0; i + n <= bytes.n; i++) {
        if (memcmp(bytes.p + i, word, n) == 0) {
            return true;
        }
    }
    return false;
}

bool place_holds(const struct place *place, const char *word)
{
    DIR *dir = opendir(place->dir);
    const struct dirent *entry;
    bool found = false;

    assert_non_null(dir);
    while ((entry = readdir(dir)) != NULL) {
        char *path = path_of(place, entry->d_name);
        struct c2c_buf bytes;

        c2c_buf_init(&bytes, FILE_BYTES);
        if (c2c_file_read(path, &bytes) == C2C_E_OK) { /* Not a folder. */
            found = found || has_bytes(c2c_buf_view(&bytes), word);
        }
        c2c_buf_fini(&bytes);
        c2c_free(path);
    }
    (void)closedir(dir);
    return found;
}

static void start(struct drafts *drafts)
{
    memset(drafts, 0, sizeof *drafts);
    assert_ok(c2c_doc_new(&drafts->doc));
    drafts->job.drafts = drafts->at;
}

void drafts_init(struct drafts *drafts, const struct place *place,
                 const char *json)
{
    struct c2c_json_error why = {0};
    const struct c2c_val *records = NULL;
    struct c2c_diag diag = {.code = C2C_E_OK};

    start(drafts);
    if (c2c_json_parse(drafts->doc, c2c_view_str(json), &why, &records) !=
        C2C_E_OK) {
        fail_msg("%s: %s", json, why.reason);
    }
    drafts->job.n = c2c_val_count(records);
    assert_in_range(drafts->job.n, 1, PLACE_DRAFTS);
    for (size_t i = 0; i < drafts->job.n; i++) {
        if (c2c_draft_read(place->types, c2c_val_at(records, i), &drafts->at[i],
                           &diag) != C2C_E_OK) {
            fail_msg("%s: %s", json, diag.message);
        }
    }
}

void drafts_init_removal(struct drafts *drafts, const struct place *place,
                         const char *type, const struct c2c_uuid *key)
{
    start(drafts);
    drafts->job.n = 1;
    drafts->at[0].type = c2c_types_find(place->types, c2c_view_str(type));
    assert_non_null(drafts->at[0].type);
    drafts->at[0].remove = true;
    drafts->at[0].has_key = true;
    drafts->at[0].key = *key;
}

void drafts_fini(struct drafts *drafts)
{
    c2c_doc_free(drafts->doc);
}

static enum c2c_err run_job(void *ctx, struct c2c_group *group)
{
    return c2c_job_run(ctx, group);
}

enum c2c_err drafts_run(struct c2c_group *group, struct c2c_job *const *jobs,
                        size_t n)
{
    struct c2c_task step[16];
    const struct c2c_task *steps[16];
    enum c2c_err err;

    assert_true(n <= 16);
    for (size_t i = 0; i < n; i++) {
        step[i] = (struct c2c_task){run_job, NULL, jobs[i]};
        steps[i] = &step[i];
    }
    err = c2c_group_run(group, steps, n);
    for (size_t i = 0; i < n && err != C2C_E_OK; i++) {
        c2c_job_fail(jobs[i], group, err);
    }
    return err;
}
