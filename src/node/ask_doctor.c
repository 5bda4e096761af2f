/* doctor: what is wrong with this node, and what to do about it. */

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>

#include "base/file.h"
#include "base/mem.h"
#include "base/timefmt.h"
#include "node/ask_list.h"
#include "node/city.h"
#include "node/node_priv.h"
#include "node/standing.h"
#include "record/derive.h"
#include "record/ref.h"
#include "store/fulltext.h"

enum {
    TOLD = 5,      /* Examples in one finding. */
    TEXT_S = 86400 /* So long nobody leaves a text open in an editor. */
};

/* A finding. */
struct finding {
    const char *state; /* "ok", "warn", "fail". */
    char message[1024];
    char hint[1024];
};

typedef enum c2c_err check_fn(struct c2c_ask *ask,
                              const struct c2c_city_card *self,
                              struct finding *f);

/* printf into the finding's texts, cut if need be. */
#define SAY(F, STATE, ...)                                             \
    do {                                                               \
        (F)->state = (STATE);                                          \
        (void)snprintf((F)->message, sizeof(F)->message, __VA_ARGS__); \
    } while (0)
#define HINT(F, ...) (void)snprintf((F)->hint, sizeof(F)->hint, __VA_ARGS__)

/* What to type where damage is left that no new version mends. */
static void hint_restore(const struct c2c_ask *ask, struct finding *f)
{
    const char *dir = ask->node->dir;
    bool hub = c2c_federation_hubs(ask->node->federation, NULL, 0) > 0;

    HINT(f,
         "stop the node and type: cd %s && rm -f store.db* text.db* instance "
         "&& cp BACKUP store.db; start the node%s; then stop it and start it "
         "once with: c2cd -C %s --adopt-store (see RESTORE in `man c2cd`)",
         dir,
         hub ? " and let it fetch from the hub what was published after the "
               "backup, all but drafts"
             : " and put again what is newer than the backup",
         dir);
}

static enum c2c_err check_store(struct c2c_ask *ask,
                                const struct c2c_city_card *self,
                                struct finding *f)
{
    enum c2c_err err = c2c_store_check(ask->store);

    (void)self;
    SAY(f, "ok", "the store's file is sound");
    if (err != C2C_E_OK) {
        SAY(f, "fail", "the store's file: %s: %s", c2c_strerror(err),
            c2c_store_detail(ask->store));
        hint_restore(ask, f);
    }
    return C2C_E_OK;
}

static enum c2c_err check_writing(struct c2c_ask *ask,
                                  const struct c2c_city_card *self,
                                  struct finding *f)
{
    struct c2c_federation_trouble trouble;

    (void)self;
    SAY(f, "ok", "what comes in is saved");
    if (ask->node->federation != NULL &&
        c2c_federation_trouble(ask->node->federation, &trouble)) {
        SAY(f, "fail",
            "what comes in could not be saved: %s (%u time%s); it "
            "is tried again and again",
            c2c_strerror(trouble.err), trouble.times,
            trouble.times == 1 ? "" : "s");
        HINT(f, "the other findings tell what is wrong with store and disk; "
                "the log has the details");
    }
    return C2C_E_OK;
}

static enum c2c_err check_hubs(struct c2c_ask *ask,
                               const struct c2c_city_card *self,
                               struct finding *f)
{
    struct c2c_view why = {NULL, 0};
    const char *url = NULL;
    size_t n = 0;
    enum c2c_err err = c2c_ask_hub_behind(ask, &url, &why, &n);

    (void)self;
    if (url != NULL) {
        SAY(f, "warn", "%s: %.*s", url, (int)why.n, (const char *)why.p);
        HINT(f, "`c2c peers` shows every hub; records are kept here and go "
                "there once it answers and admits this city");
    } else if (n == 0) {
        SAY(f, "ok", "this node follows no hub");
    } else {
        SAY(f, "ok", "%zu hub%s followed", n, n == 1 ? " is" : "s are");
    }
    return err;
}

static enum c2c_err check_current(struct c2c_ask *ask,
                                  const struct c2c_city_card *self,
                                  struct finding *f)
{
    (void)self;
    SAY(f, "ok", "the store is the one this node signed last");
    if (c2c_writer_state(ask->node->writer) != C2C_WRITER_READY) {
        SAY(f, "fail", "the store was restored: nothing is signed now");
        HINT(f,
             "if nothing newer was published, stop the node and start it "
             "once with: c2cd -C %s --adopt-store",
             ask->node->dir);
    }
    return C2C_E_OK;
}

static enum c2c_err check_head(struct c2c_ask *ask,
                               const struct c2c_city_card *self,
                               struct finding *f)
{
    char expires[C2C_TIME_TEXT];
    struct c2c_head head;
    enum c2c_err err = c2c_cities_head(ask->store, self->no, &head, NULL, NULL);

    if (err != C2C_E_OK) {
        return err;
    }
    c2c_time_format(head.expires_s, expires);
    SAY(f, "ok", "signed until %s; it is signed anew in time", expires);
    if (head.time_s > ask->now_s) {
        SAY(f, "fail",
            "the last signature is dated in the future: the clock "
            "was or is wrong");
        HINT(f, "set the clock (timedatectl); changes keep their order");
    } else if (head.expires_s <= ask->now_s) {
        SAY(f, "warn", "the signature expired on %s", expires);
        HINT(f, "the node signs anew by itself within an hour of its start");
    }
    return C2C_E_OK;
}

/* How many of the @n root keys still lie in DIR/offline; the first one's path.
 */
static enum c2c_err count_root_keys(const char *dir, size_t n,
                                    size_t *ret_there, char *path,
                                    size_t path_size)
{
    size_t there = 0;

    for (size_t i = 1; i <= n; i++) {
        char name[48];
        char *at;

        (void)snprintf(name, sizeof name,
                       n == 1 ? "offline/root.key" : "offline/root-%zu.key", i);
        at = c2c_path_join(dir, name);
        if (at == NULL) {
            return C2C_E_NOMEM;
        }
        if (c2c_file_exists(at) && there++ == 0) {
            (void)snprintf(path, path_size, "%s", at);
        }
        c2c_free(at);
    }
    *ret_there = there;
    return C2C_E_OK;
}

static enum c2c_err check_root_key(struct c2c_ask *ask,
                                   const struct c2c_city_card *self,
                                   struct finding *f)
{
    const struct c2c_keyset *keyset = &ask->node->identity.keyset;
    char path[512];
    size_t there = 0;
    enum c2c_err err = count_root_keys(ask->node->dir, keyset->n_roots, &there,
                                       path, sizeof path);

    (void)self;
    if (err != C2C_E_OK) {
        return err;
    }
    SAY(f, "ok", "%s not on this machine",
        keyset->n_roots == 1 ? "the root key is" : "the root keys are");
    if (there > 0 && keyset->n_roots == 1) {
        SAY(f, "warn", "the root key is still here: %s", path);
        HINT(f, "print it (`c2c key sheet`), copy it to two media kept apart, "
                "then delete the file: it alone can replace a stolen key");
    } else if (there > 0) {
        SAY(f, "warn", "%zu of the %zu root keys %s still here, such as %s",
            there, keyset->n_roots, there == 1 ? "is" : "are", path);
        HINT(f,
             "print each (`c2c key sheet FILE`), give them to different "
             "people, then delete the files: %u of them together can replace a "
             "stolen key",
             keyset->threshold);
    }
    return C2C_E_OK;
}

static enum c2c_err check_key_file(struct c2c_ask *ask,
                                   const struct c2c_city_card *self,
                                   struct finding *f)
{
    char *path = c2c_path_join(ask->node->dir, "keys/node.key");
    struct stat st;

    (void)self;
    if (path == NULL) {
        return C2C_E_NOMEM;
    }
    SAY(f, "ok", "only this user can read the signing key");
    if (stat(path, &st) != 0) {
        SAY(f, "fail", "%s is missing", path);
        HINT(f, "put it back before the node is started again");
    } else if ((st.st_mode & 077) != 0) {
        SAY(f, "fail", "%s can be read by others", path);
        HINT(f, "chmod 600 %s; whoever has read it can sign for the city",
             path);
    } else if (stat(ask->node->dir, &st) == 0 && (st.st_mode & 022) != 0) {
        SAY(f, "fail", "others can write into %s", ask->node->dir);
        HINT(f, "chmod 700 %s; they can put another key or store there",
             ask->node->dir);
    }
    c2c_free(path);
    return C2C_E_OK;
}

static enum c2c_err check_disk(struct c2c_ask *ask,
                               const struct c2c_city_card *self,
                               struct finding *f)
{
    struct statvfs fs;
    unsigned long long mb;

    (void)self;
    if (statvfs(ask->node->dir, &fs) != 0) {
        return C2C_E_IO;
    }
    mb = (unsigned long long)fs.f_bavail * fs.f_frsize >> 20;
    SAY(f, "ok", "%llu MB free", mb);
    if (mb < (unsigned long long)ask->node->config.min_free_mb) {
        f->state = "warn";
        HINT(f, "make room, or lower min-free-mb in the configuration");
    }
    return C2C_E_OK;
}

static enum c2c_err check_search(struct c2c_ask *ask,
                                 const struct c2c_city_card *self,
                                 struct finding *f)
{
    uint64_t lag = 0;
    enum c2c_err err = c2c_fulltext_lag(ask->store, &lag);

    (void)self;
    SAY(f, "ok", "search knows every record");
    if (lag > 0) {
        SAY(f, "warn", "search does not know %llu changes yet",
            (unsigned long long)lag);
        HINT(f, "it tries again every second; if this stays, the node's log "
                "says why");
    }
    return err;
}

static enum c2c_err check_profile(struct c2c_ask *ask,
                                  const struct c2c_city_card *self,
                                  struct finding *f)
{
    const struct c2c_filter offices = {.city = self->no,
                                       .type = c2c_view_str("office"),
                                       .limit = 1};
    uint64_t n = 0;
    enum c2c_err err = c2c_records_count(ask->store, &offices, &n);

    SAY(f, "ok", "there is a profile, and %llu office%s", (unsigned long long)n,
        n == 1 ? "" : "s");
    if (self->profile == NULL) {
        SAY(f, "warn", "there is no profile of the city");
        HINT(f, "`c2c new city` makes one");
    } else if (n == 0) {
        SAY(f, "warn",
            "nobody can find whom to contact: no office is "
            "published");
        HINT(f, "`c2c new office` makes one; mark one office as general");
    }
    return err;
}

/* Own records looked at one by one: what was found. */
struct tour {
    struct c2c_ask *ask;
    c2c_city_no self;
    size_t n; /* Found. */
    struct c2c_buf refs;
    const struct c2c_taken *at;
    bool hit;
};

static enum c2c_err tell(struct tour *tour, const struct c2c_taken *taken)
{
    const struct c2c_val *ref = NULL;
    enum c2c_err err = c2c_present_ref(tour->ask, &taken->row, &ref);
    struct c2c_view text = c2c_val_str(ref);

    if (err == C2C_E_OK && tour->n++ < TOLD) {
        err = c2c_buf_fmt(&tour->refs, "%s%.*s", tour->n > 1 ? ", " : "",
                          (int)text.n, (const char *)text.p);
    }
    return err;
}

static enum c2c_err see_stale(void *ctx, const struct c2c_taken *taken)
{
    struct tour *tour = ctx;
    struct c2c_fresh fresh =
        c2c_derive_fresh(taken->type, taken->body, taken->row.updated_s);

    return taken->intact && fresh.stale_from_s > 0 &&
                   tour->ask->now_s >= fresh.stale_from_s
               ? tell(tour, taken)
               : C2C_E_OK;
}

static enum c2c_err see_ref(void *ctx, const char *path, struct c2c_view text)
{
    struct tour *tour = ctx;
    struct c2c_store *store = tour->ask->store;
    struct c2c_row row;
    struct c2c_ref ref;
    enum c2c_err err;

    (void)path;
    if (c2c_ref_parse(text, &ref) != C2C_E_OK || ref.city.n > 0) {
        return C2C_E_OK;
    }
    err =
        ref.has_key
            ? c2c_records_get(store, tour->self, ref.type, &ref.key, &row)
            : c2c_records_by_slug(store, tour->self, ref.type, ref.name, &row);
    tour->hit = tour->hit || err == C2C_E_NOT_FOUND;
    return err == C2C_E_NOT_FOUND || err == C2C_E_CORRUPT ? C2C_E_OK : err;
}

static enum c2c_err see_refs(void *ctx, const struct c2c_taken *taken)
{
    struct tour *tour = ctx;
    enum c2c_err err = C2C_E_OK;

    tour->hit = false;
    if (taken->intact && taken->type != NULL) {
        err = c2c_derive_refs(taken->type, taken->body, see_ref, tour);
    }
    return err == C2C_E_OK && tour->hit ? tell(tour, taken) : err;
}

static enum c2c_err go_round(struct c2c_ask *ask,
                             const struct c2c_city_card *self, c2c_taken_fn *fn,
                             const char *what, struct finding *f)
{
    const struct c2c_filter all = {.city = self->no, .limit = INT64_MAX};
    struct tour tour = {.ask = ask, .self = self->no};
    enum c2c_err err;

    c2c_buf_init(&tour.refs, 4096);
    err = c2c_filter_pass(ask, &all, fn, &tour);
    if (err == C2C_E_OK && tour.n > 0) {
        SAY(f, "warn", "%zu record%s: %.*s%s: %s", tour.n,
            tour.n == 1 ? "" : "s", (int)tour.refs.n, (const char *)tour.refs.p,
            tour.n > TOLD ? ", ..." : "", what);
    }
    c2c_buf_fini(&tour.refs);
    return err;
}

static enum c2c_err see_damage(void *ctx, const struct c2c_taken *taken)
{
    return taken->intact ? C2C_E_OK : tell(ctx, taken);
}

/* The leaf hashes against the signed head, then each record against its own. */
static enum c2c_err check_signatures(struct c2c_ask *ask,
                                     const struct c2c_city_card *self,
                                     struct finding *f)
{
    enum c2c_err verdict = C2C_E_OK;
    enum c2c_err err = c2c_standing_check(ask->store, self->no, &verdict);

    SAY(f, "ok", "the records are those that were signed");
    if (err == C2C_E_OK && verdict == C2C_E_OK) {
        HINT(f, "`c2c put` each anew, with its slug or key and all its "
                "fields, or fill it in with `c2c edit REF`, or `c2c rm REF`; "
                "`c2c verify` names them all");
        err = go_round(ask, self, see_damage,
                       "its bytes are not those that were signed", f);
        f->state = strcmp(f->state, "ok") == 0 ? "ok" : "fail";
    } else if (err == C2C_E_OK) {
        SAY(f, "fail",
            "the records are not those that were signed (%s): those of the "
            "damaged type cannot be changed",
            c2c_strerror(verdict));
        hint_restore(ask, f);
    }
    return err;
}

static enum c2c_err check_fresh(struct c2c_ask *ask,
                                const struct c2c_city_card *self,
                                struct finding *f)
{
    SAY(f, "ok", "no record is stale");
    HINT(f, "check them, then `c2c confirm REF`");
    return go_round(ask, self, see_stale, "not confirmed for too long", f);
}

static enum c2c_err check_refs(struct c2c_ask *ask,
                               const struct c2c_city_card *self,
                               struct finding *f)
{
    SAY(f, "ok", "every reference between records leads somewhere");
    HINT(f, "`c2c edit REF` changes them");
    return go_round(ask, self, see_refs, "refer to what is gone", f);
}

/* Texts that somebody wrote and that were never published. */
struct texts {
    size_t n;
    struct c2c_buf paths;
};

/* The files of DIR or DIR/@sub that begin with @prefix, end with .json and were
 * left alone since @before_s. */
static enum c2c_err find_texts(const char *dir, const char *sub,
                               const char *prefix, uint64_t before_s,
                               struct texts *texts)
{
    char *path =
        sub == NULL ? c2c_view_dup(c2c_view_str(dir)) : c2c_path_join(dir, sub);
    DIR *folder = path == NULL ? NULL : opendir(path);
    enum c2c_err err = path == NULL ? C2C_E_NOMEM : C2C_E_OK;
    struct dirent *entry;
    struct stat st;

    /* One stream, one thread.  NOLINTNEXTLINE(concurrency-mt-unsafe) */
    while (folder != NULL && err == C2C_E_OK && (entry = readdir(folder))) {
        const char *end = strrchr(entry->d_name, '.');

        if (strncmp(entry->d_name, prefix, strlen(prefix)) == 0 &&
            end != NULL && strcmp(end, ".json") == 0 &&
            fstatat(dirfd(folder), entry->d_name, &st, AT_SYMLINK_NOFOLLOW) ==
                0 &&
            (uint64_t)st.st_mtime <= before_s && texts->n++ < TOLD) {
            err = c2c_buf_fmt(&texts->paths, "%s%s/%s",
                              texts->n > 1 ? ", " : "", path, entry->d_name);
        }
    }
    if (folder != NULL) {
        (void)closedir(folder);
    }
    c2c_free(path);
    return err;
}

static enum c2c_err check_texts(struct c2c_ask *ask,
                                const struct c2c_city_card *self,
                                struct finding *f)
{
    const char *dir = ask->node->dir;
    uint64_t long_ago_s = ask->now_s > TEXT_S ? ask->now_s - TEXT_S : 0;
    struct texts texts = {.n = 0};
    enum c2c_err err;

    (void)self;
    c2c_buf_init(&texts.paths, (size_t)TOLD * 8192);
    SAY(f, "ok", "no unpublished text was left behind");
    err = find_texts(dir, NULL, "unsigned-", UINT64_MAX, &texts);
    if (err == C2C_E_OK) {
        err = find_texts(dir, "run", "c2c-", long_ago_s, &texts);
    }
    if (err == C2C_E_OK && texts.n > 0) {
        SAY(f, "warn", "%zu text%s left behind: %.*s%s", texts.n,
            texts.n == 1 ? " was" : "s were", (int)texts.paths.n,
            (const char *)texts.paths.p, texts.n > TOLD ? ", ..." : "");
        HINT(f, "mend and `c2c put FILE` what is still wanted, then delete "
                "the file");
    }
    c2c_buf_fini(&texts.paths);
    return err;
}

static const struct {
    const char *name;
    check_fn *fn;
} checks[] = {
    {"store", check_store},       {"signatures", check_signatures},
    {"current", check_current},   {"head", check_head},
    {"key-file", check_key_file}, {"root-key", check_root_key},
    {"disk", check_disk},         {"search", check_search},
    {"profile", check_profile},   {"fresh", check_fresh},
    {"references", check_refs},   {"texts", check_texts},
    {"writing", check_writing},   {"hubs", check_hubs},
};

enum c2c_err c2c_ask_doctor(struct c2c_ask *ask)
{
    struct c2c_val *items = c2c_doc_array(ask->doc);
    const struct c2c_city_card *self;
    enum c2c_err err = c2c_city_self(ask, &self);

    for (size_t i = 0; i < sizeof checks / sizeof checks[0] && err == C2C_E_OK;
         i++) {
        struct c2c_val *item = c2c_doc_map(ask->doc);
        struct finding f = {.state = "ok"};

        err = checks[i].fn(ask, self, &f);
        c2c_doc_set_cstr(ask->doc, item, "check", checks[i].name);
        c2c_doc_set_cstr(ask->doc, item, "state", f.state);
        c2c_doc_set_cstr(ask->doc, item, "message", f.message);
        c2c_doc_set_cstr(ask->doc, item, "hint", f.hint);
        c2c_doc_push(ask->doc, items, item);
    }
    c2c_doc_set(ask->doc, ask->result, "items", items);
    return err;
}
