/* The writer's store before the thread starts: made for a new city, checked
 * against what was signed here, or adopted. */

#include <string.h>

#include "base/file.h"
#include "base/log.h"
#include "base/mem.h"
#include "codec/json.h"
#include "codec/limits.h"
#include "crypto/random.h"
#include "node/adopt.h"
#include "node/newest.h"
#include "node/writer_priv.h"

uint64_t c2c_writer_now_ms(const struct c2c_writer *w)
{
    return w->options.clock->now_ms(w->options.clock->ctx);
}

enum c2c_err c2c_writer_own_head(const struct c2c_writer *w,
                                 struct c2c_head *ret_head)
{
    return c2c_cities_head(w->store, w->env.city, ret_head, NULL, NULL);
}

/* The first profile, DIR/city.json. */
static enum c2c_err read_profile(struct c2c_writer *w, struct c2c_doc *doc,
                                 struct c2c_buf *text, struct c2c_draft *draft,
                                 struct c2c_diag *diag)
{
    char *path = c2c_path_join(w->options.dir, "city.json");
    const struct c2c_val *input;
    struct c2c_json_error why;
    struct c2c_problems problems;
    enum c2c_err err = path == NULL ? C2C_E_NOMEM : c2c_file_read(path, text);

    if (err == C2C_E_OK) {
        err = c2c_json_parse(doc, c2c_buf_view(text), &why, &input);
    }
    if (err != C2C_E_OK) {
        (void)c2c_diag_set(diag, err, "city.json",
                           "cannot use the first profile %s: %s",
                           path == NULL ? "city.json" : path,
                           err == C2C_E_BAD_JSON ? why.reason
                                                 : c2c_strerror(err));
    } else {
        err = c2c_draft_read(w->options.types, input, draft, diag);
    }
    if (err == C2C_E_OK) {
        err = c2c_type_check(draft->type, draft->body, &problems);
        if (err == C2C_E_NOMEM) {
            (void)c2c_diag_set(diag, err, "city.json", "out of memory");
        } else if (err != C2C_E_OK) {
            (void)c2c_diag_set(diag, err, "city.json", "%s: %s: %s", path,
                               problems.at[0].path, problems.at[0].reason);
        }
    }
    c2c_free(path);
    return err;
}

/* DIR/instance; @ret_known is false when there is none.  One that cannot be
 * understood matches no store. */
static enum c2c_err read_instance(const struct c2c_writer *w,
                                  struct c2c_diag *diag, bool *ret_known,
                                  struct c2c_uuid *ret_instance)
{
    static const struct c2c_uuid none;
    enum c2c_err err = c2c_identity_instance(w->options.dir, ret_instance);

    *ret_known = err != C2C_E_NOT_FOUND;
    if (err == C2C_E_MALFORMED || err == C2C_E_TOO_BIG) {
        *ret_instance = none;
        err = C2C_E_OK;
    }
    return err == C2C_E_OK || err == C2C_E_NOT_FOUND
               ? C2C_E_OK
               : c2c_diag_set(diag, err, "instance",
                              "cannot read %s/instance: %s", w->options.dir,
                              c2c_strerror(err));
}

/* Everything a new city starts with, in one transaction. */
static enum c2c_err write_first(struct c2c_writer *w,
                                const struct c2c_uuid *instance,
                                struct c2c_draft *draft, struct c2c_diag *diag)
{
    struct c2c_identity *id = w->options.identity;
    struct c2c_commit_result result;
    size_t at = 0;
    enum c2c_err err = c2c_identity_set_instance(w->options.dir, instance);

    err = err == C2C_E_OK ? c2c_store_begin(w->store) : err;
    if (err == C2C_E_OK) {
        err = c2c_store_set_instance(w->store, instance);
    }
    if (err == C2C_E_OK) {
        err = c2c_cities_add(w->store, &id->keyset,
                             c2c_buf_view(&id->keyset_file), &w->env.city);
    }
    if (err == C2C_E_OK) {
        w->env.now_ms = c2c_writer_now_ms(w);
        err = c2c_commit_apply(&w->env, draft, 1, diag, &at, &result);
    }
    if (err == C2C_E_OK) {
        err = c2c_store_commit(w->store);
    }
    c2c_store_rollback(w->store);
    return err;
}

static enum c2c_err first_state(struct c2c_writer *w, struct c2c_diag *diag)
{
    struct c2c_draft draft;
    struct c2c_doc *doc = NULL;
    struct c2c_buf text;
    struct c2c_uuid instance;
    bool known = false;
    enum c2c_err err;

    c2c_buf_init(&text, C2C_MAX_RECORD_BYTES);
    err = read_instance(w, diag, &known, &instance);
    if (err == C2C_E_OK && !known) {
        instance = c2c_uuid_v7(c2c_writer_now_ms(w), &c2c_rng_system);
    }
    if (err == C2C_E_OK) {
        err = c2c_doc_new(&doc);
    }
    if (err == C2C_E_OK) {
        err = read_profile(w, doc, &text, &draft, diag);
    }
    if (err == C2C_E_OK) {
        err = write_first(w, &instance, &draft, diag);
    }
    c2c_doc_free(doc);
    c2c_buf_fini(&text);
    return err;
}

/* The operator vouches for the restored store: it begins a new run of history.
 * DIR/instance comes last: until then the store counts as restored, and this
 * can be done again. */
static enum c2c_err adopt(struct c2c_writer *w, struct c2c_diag *diag)
{
    struct c2c_uuid instance =
        c2c_uuid_v7(c2c_writer_now_ms(w), &c2c_rng_system);
    struct c2c_diag why = {.code = C2C_E_OK};
    struct c2c_head head;
    enum c2c_err err = c2c_store_begin(w->store);

    if (err == C2C_E_OK) {
        err = c2c_store_set_instance(w->store, &instance);
    }
    if (err == C2C_E_OK) {
        w->env.now_ms = c2c_writer_now_ms(w);
        err = c2c_adopt_waiting(&w->env, w->options.dir, &why);
    }
    if (err == C2C_E_OK) {
        err = c2c_store_commit(w->store);
    }
    c2c_store_rollback(w->store);
    if (err == C2C_E_OK) {
        err = c2c_writer_own_head(w, &head);
    }
    if (err == C2C_E_OK) {
        err = c2c_mark_set(&w->mark, &head); /* The old one counts no more. */
    }
    if (err == C2C_E_OK) {
        err = c2c_identity_set_instance(w->options.dir, &instance);
    }
    if (err != C2C_E_OK) {
        return c2c_diag_set(diag, err, "store", "cannot adopt the store: %s",
                            why.code == C2C_E_OK ? c2c_strerror(err)
                                                 : why.message);
    }
    w->state = C2C_WRITER_READY;
    return C2C_E_OK;
}

/* Has this machine signed more than the store knows?  Then it is an older copy:
 * it gets an instance of its own, as a backup has, so that it stays a restored
 * store and peers that followed its feed begin anew. */
static bool is_older_copy(struct c2c_writer *w, const struct c2c_head *head)
{
    struct c2c_uuid instance =
        c2c_uuid_v7(c2c_writer_now_ms(w), &c2c_rng_system);

    if (!c2c_mark_is_after(&w->mark, head)) {
        return false;
    }
    if (c2c_store_set_instance(w->store, &instance) != C2C_E_OK) {
        c2c_log(C2C_LOG_WARN, "writer", "the older copy keeps its instance");
    }
    return true;
}

static enum c2c_err check_instance(struct c2c_writer *w,
                                   const struct c2c_head *head,
                                   struct c2c_diag *diag)
{
    struct c2c_uuid ours;
    struct c2c_uuid stored;
    bool have = false;
    enum c2c_err err = read_instance(w, diag, &have, &ours);

    if (err != C2C_E_OK) {
        return err;
    }
    err = c2c_store_instance(w->store, &stored);
    if (err != C2C_E_OK) {
        return c2c_diag_set(diag, err, "store", "the store has no instance: %s",
                            c2c_store_detail(w->store));
    }
    w->state = have && c2c_uuid_eq(&ours, &stored) && !is_older_copy(w, head)
                   ? C2C_WRITER_READY
                   : C2C_WRITER_RESTORED;
    if (w->state == C2C_WRITER_RESTORED && w->options.adopt) {
        return adopt(w, diag);
    }
    if (w->state == C2C_WRITER_RESTORED) {
        c2c_log(C2C_LOG_WARN, "writer",
                "the store was restored and may be older than what was "
                "published: nothing is signed until it is adopted");
    }
    return C2C_E_OK;
}

static enum c2c_err store_unusable(struct c2c_writer *w, enum c2c_err err,
                                   const char *detail, struct c2c_diag *diag)
{
    char *path = c2c_path_join(w->options.dir, "store.db");

    (void)c2c_diag_set(diag, err, path, "cannot open the store %s: %s%s%s",
                       path == NULL ? "" : path, c2c_strerror(err),
                       detail[0] != '\0' ? ": " : "", detail);
    if (err == C2C_E_NOT_FOUND) {
        c2c_diag_hint(diag, "it was here before: put it back, or restore a "
                            "backup (c2cd(8), RESTORE)");
    } else if (err == C2C_E_CORRUPT) {
        c2c_diag_hint(diag, "it is damaged: restore a backup");
    }
    c2c_free(path);
    return err;
}

/* The store does not know our city: it is new, or somebody else's.  Beginning
 * again at revision 1 in that one would contradict what the city published. */
static enum c2c_err begin_city(struct c2c_writer *w, struct c2c_diag *diag)
{
    struct c2c_uuid instance;
    enum c2c_err err = c2c_store_instance(w->store, &instance);

    if (err == C2C_E_NOT_FOUND) {
        return first_state(w, diag);
    }
    if (err == C2C_E_OK) {
        err = c2c_diag_set(diag, C2C_E_CONFLICT, w->options.dir,
                           "%s/store.db is the store of another city",
                           w->options.dir);
        c2c_diag_hint(diag, "put this city's own store back, or a backup of "
                            "it");
    }
    return err;
}

enum c2c_err c2c_writer_open_store(struct c2c_writer *w, struct c2c_diag *diag)
{
    char detail[512] = "";
    struct c2c_uuid instance;
    struct c2c_head head;
    bool known = false;
    enum c2c_err err = read_instance(w, diag, &known, &instance);

    if (err != C2C_E_OK) {
        return err;
    }
    c2c_mark_read(&w->mark, w->options.dir);
    /* Where something was signed, a store that is gone is not made anew. */
    err = c2c_store_open(w->options.dir,
                         known || w->mark.epoch > 0 ? C2C_STORE_WRITE
                                                    : C2C_STORE_CREATE,
                         &w->store, detail);
    if (err != C2C_E_OK) {
        return store_unusable(w, err, detail, diag);
    }
    w->env.store = w->store;
    err = c2c_cities_find(w->store, &w->options.identity->city, &w->env.city);
    if (err == C2C_E_OK) {
        err = c2c_writer_own_head(w, &head);
    }
    if (err == C2C_E_NOT_FOUND) {
        err = begin_city(w, diag);
    } else if (err == C2C_E_OK) {
        err = check_instance(w, &head, diag);
    }
    if (err != C2C_E_OK && diag->code == C2C_E_OK) {
        err = store_unusable(w, err, c2c_store_detail(w->store), diag);
    }
    return err;
}
