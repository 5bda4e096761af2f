#include "node/adopt.h"

#include <stdio.h>

#include "base/file.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/timefmt.h"
#include "codec/json.h"
#include "codec/limits.h"
#include "store/waiting.h"
#include "wire/control.h"

static struct c2c_val *print_draft(struct c2c_doc *doc,
                                   const struct c2c_draft *d)
{
    struct c2c_val *map = c2c_doc_map(doc);
    char key[C2C_UUID_TEXT];
    char created[C2C_TIME_TEXT];

    c2c_doc_set_cstr(doc, map, "type", c2c_type_name(d->type));
    if (d->has_key || (d->slug.n == 0 && !c2c_type_one_per_city(d->type))) {
        c2c_uuid_format(&d->final_key, key);
        c2c_doc_set_cstr(doc, map, "key", key);
    }
    if (d->slug.n > 0) {
        c2c_doc_set_str(doc, map, "slug", d->slug);
    }
    if (d->has_audience) {
        c2c_doc_set_cstr(doc, map, "audience", c2c_audience_name(d->audience));
    }
    if (d->has_created) {
        c2c_time_format(d->created_s, created);
        c2c_doc_set_cstr(doc, map, "created", created);
    }
    if (d->if_rev > 0) {
        c2c_doc_set_int(doc, map, "if_rev", (int64_t)d->if_rev);
    }
    c2c_doc_set(doc, map, "body", d->body);
    return map;
}

enum c2c_err c2c_adopt_encode(const struct c2c_draft *drafts, size_t n,
                              struct c2c_buf *out)
{
    struct c2c_doc *doc = NULL;
    struct c2c_val *list;
    enum c2c_err err = c2c_doc_new(&doc);

    if (err == C2C_E_OK) {
        list = c2c_doc_array(doc);
        for (size_t i = 0; i < n; i++) {
            c2c_doc_push(doc, list, print_draft(doc, &drafts[i]));
        }
        err = c2c_doc_encode(doc, list, out);
    }
    c2c_doc_free(doc);
    return err;
}

static enum c2c_err sign(const struct c2c_commit_env *env,
                         const struct c2c_val *records, struct c2c_diag *diag)
{
    size_t n = c2c_val_count(records);
    struct c2c_draft *drafts = c2c_calloc(n, sizeof *drafts);
    struct c2c_commit_result result;
    enum c2c_err err = C2C_E_OK;
    size_t at = 0;

    if (drafts == NULL) {
        return c2c_diag_set(diag, C2C_E_NOMEM, "waiting", "out of memory");
    }
    for (size_t i = 0; i < n && err == C2C_E_OK; i++) {
        err = c2c_draft_read(env->types, c2c_val_at(records, i), &drafts[i],
                             diag);
    }
    if (err == C2C_E_OK) {
        err = c2c_commit_apply(env, drafts, n, diag, &at, &result);
    }
    c2c_free(drafts);
    return err;
}

/* Does it speak about the records, not about this computer? */
static bool is_refusal(enum c2c_err err)
{
    return err == C2C_E_CONFLICT || err == C2C_E_NOT_FOUND ||
           err == C2C_E_EXISTS || err == C2C_E_TOO_BIG || err == C2C_E_SCHEMA ||
           err == C2C_E_UNKNOWN_TYPE;
}

static enum c2c_err write_unsigned(const char *dir, int64_t id,
                                   const struct c2c_val *records,
                                   const struct c2c_diag *why)
{
    char name[64];
    char *path;
    struct c2c_buf text;
    enum c2c_err err = C2C_E_NOMEM;

    (void)snprintf(name, sizeof name, "unsigned-%lld.json", (long long)id);
    path = c2c_path_join(dir, name);
    c2c_buf_init(&text, (size_t)2 * C2C_MAX_CONTROL_BYTES);
    if (path != NULL) {
        err = c2c_json_print(records, C2C_JSON_PRETTY, &text);
    }
    if (err == C2C_E_OK) {
        err = c2c_buf_put(&text, "\n", 1);
    }
    if (err == C2C_E_OK) {
        err = c2c_file_write(path, c2c_buf_view(&text), 0600);
    }
    if (err == C2C_E_OK) {
        c2c_log(C2C_LOG_WARN, "writer",
                "what waited cannot be signed: %s; mend it and put it again: "
                "%s",
                why->message, path);
    }
    c2c_buf_fini(&text);
    c2c_free(path);
    return err;
}

/* One put: signed, or set aside. */
static enum c2c_err take(const struct c2c_commit_env *env, const char *dir,
                         int64_t id, struct c2c_view input,
                         struct c2c_diag *diag)
{
    struct c2c_doc *doc = NULL;
    const struct c2c_val *records = NULL;
    enum c2c_err err = c2c_doc_new(&doc);

    if (err == C2C_E_OK) {
        err = c2c_doc_decode(doc, input, C2C_MAX_CONTROL_DEPTH, &records);
    }
    if (err == C2C_E_OK) {
        err = c2c_store_savepoint(env->store);
    }
    if (err == C2C_E_OK) {
        err = sign(env, records, diag);
        if (is_refusal(err)) {
            err = c2c_store_undo(env->store);
            if (err == C2C_E_OK) {
                err = write_unsigned(dir, id, records, diag);
            }
            diag->code = err;
        } else if (err == C2C_E_OK) {
            err = c2c_store_release(env->store);
        }
    }
    c2c_doc_free(doc);
    return err == C2C_E_OK ? c2c_waiting_remove(env->store, id) : err;
}

enum c2c_err c2c_adopt_waiting(const struct c2c_commit_env *env,
                               const char *dir, struct c2c_diag *diag)
{
    struct c2c_buf input;
    int64_t id = 0;
    enum c2c_err err = C2C_E_OK;

    c2c_buf_init(&input, C2C_MAX_CONTROL_BYTES);
    while (err == C2C_E_OK) {
        c2c_buf_clear(&input);
        err = c2c_waiting_next(env->store, &id, &input);
        if (err == C2C_E_OK) {
            err = take(env, dir, id, c2c_buf_view(&input), diag);
        }
    }
    c2c_buf_fini(&input);
    if (err != C2C_E_NOT_FOUND && diag->code == C2C_E_OK) {
        (void)c2c_diag_set(diag, err, "store", "%s: %s", c2c_strerror(err),
                           c2c_store_detail(env->store));
    }
    return err == C2C_E_NOT_FOUND ? C2C_E_OK : err;
}
