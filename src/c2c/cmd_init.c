/* init: a city's folder, keys and first profile. */

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/address.h"
#include "base/clock.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/near.h"
#include "base/text.h"
#include "c2c/command.h"
#include "c2c/env.h"
#include "c2c/run.h"
#include "codec/json.h"
#include "codec/limits.h"
#include "crypto/sign.h"
#include "record/record.h"
#include "record/types.h"
#include "trust/keyset.h"

enum {
    SLUG_BYTES = C2C_MAX_SLUG_BYTES + 1,
    NAME_MAX = 200,
    ROOT_NAME = 48, /* "offline/root-16.key" and any number that fits. */
    SETTINGS_MAX = 16384
};

static const char settings[] =
    "# Settings of this node; `c2cd --print-config` prints all with their\n"
    "# meaning. What is not set here has its usual value.\n"
    "\n"
    "# log-level = info\n";

/* What is being made. */
struct init {
    struct c2c_run *run;
    const char *name;
    char country[3];
    char slug[SLUG_BYTES];
    const char *lang; /* Of the name. */
    bool lga;
    size_t n_roots;
    unsigned threshold; /* So many of the root keys have to sign. */
    struct c2c_signer *root[C2C_MAX_ROOT_KEYS];
    struct c2c_signer *node;
};

static enum c2c_err usage(struct c2c_run *run, const char *thing,
                          const char *message, const char *hint)
{
    (void)c2c_diag_set(&run->diag, C2C_E_USAGE, thing, "%s", message);
    c2c_diag_hint(&run->diag, "%s", hint);
    return C2C_E_USAGE;
}

/* The countries with a code or name like the one that is none. */
static enum c2c_err no_country(struct c2c_run *run,
                               const struct c2c_vocab *countries,
                               const char *word)
{
    const struct c2c_view en = c2c_view_str("en");
    struct c2c_near near;

    c2c_near_init(&near, c2c_view_str(word));
    for (size_t i = 0; i < c2c_vocab_count(countries); i++) {
        c2c_near_offer(&near, c2c_vocab_label(countries, i, en));
    }
    (void)c2c_diag_set(&run->diag, C2C_E_USAGE, word, "is not a country code");
    if (near.n > 0) {
        c2c_diag_hint(&run->diag,
                      "did you mean '%.*s'? `c2c vocab countries` lists them",
                      (int)near.best[0].n, (const char *)near.best[0].p);
    } else {
        c2c_diag_hint(&run->diag,
                      "two letters of ISO 3166-1, such as CN, ID, MY or PH; "
                      "`c2c vocab countries` lists them");
    }
    return C2C_E_USAGE;
}

static enum c2c_err read_country(struct init *in)
{
    const char *cc = c2c_cmdline_text(&in->run->line, "country");
    const struct c2c_types *types = c2c_run_types(in->run);
    const struct c2c_vocab *countries;
    enum c2c_err err;
    size_t i = 0;

    if (types == NULL) {
        return in->run->diag.code;
    }
    if (cc == NULL) {
        return usage(in->run, "init", "--country is missing",
                     "two letters of ISO 3166-1, such as --country ID");
    }
    countries = c2c_vocabs_find(types, c2c_view_str("countries"));
    err = c2c_vocab_find(countries, c2c_view_str(cc), &i);
    if (err == C2C_E_OK) {
        (void)snprintf(in->country, sizeof in->country, "%.2s",
                       c2c_vocab_code(countries, i));
        return err;
    }
    return err == C2C_E_NOMEM ? c2c_run_nomem(in->run)
                              : no_country(in->run, countries, cc);
}

static enum c2c_err read_slug(struct init *in)
{
    const char *slug = c2c_cmdline_text(&in->run->line, "slug");

    c2c_text_slug(c2c_view_str(in->name), in->slug);
    /* What has no letter a-z was not written in the user's Latin language. */
    in->lang = in->slug[0] != '\0' || c2c_cmdline_has(&in->run->line, "lang")
                   ? in->run->lang
                   : "und";
    if (slug == NULL) {
        return in->slug[0] != '\0'
                   ? C2C_E_OK
                   : usage(in->run, in->name,
                           "no short name can be made of this one",
                           "add --slug with letters a-z, such as --slug xian");
    }
    if (!c2c_record_slug_valid(c2c_view_str(slug))) {
        return usage(in->run, slug, "is not a short name",
                     "letters a-z, digits and hyphens, at most 60");
    }
    (void)snprintf(in->slug, sizeof in->slug, "%s", slug);
    return C2C_E_OK;
}

/* Is it an address that a node listens on, as c2cd.conf can hold it? */
static bool is_plain_url(const char *url)
{
    return c2c_address_is_url(c2c_view_str(url)) &&
           strpbrk(url, "\"\\\n${}") == NULL;
}

static enum c2c_err check_listen(struct c2c_run *run)
{
    for (size_t i = 0; i < run->line.n_settings; i++) {
        const struct c2c_setting *s = &run->line.settings[i];

        if (strcmp(s->option->name, "listen") == 0 && !is_plain_url(s->text)) {
            (void)c2c_diag_set(&run->diag, C2C_E_USAGE, "--listen",
                               "'%s' is no address of a node", s->text);
            c2c_diag_hint(&run->diag, "such as --listen tcp://0.0.0.0:7420");
            return C2C_E_USAGE;
        }
    }
    return C2C_E_OK;
}

/* One root key unless more are wished for; then how many of them have to sign
 * is a decision that nobody takes for the city. */
static enum c2c_err read_roots(struct init *in)
{
    static const uint64_t range[2] = {1, C2C_MAX_ROOT_KEYS};
    const struct c2c_cmdline *line = &in->run->line;
    struct c2c_diag *diag = &in->run->diag;
    uint64_t n = 1;
    uint64_t m = 1;
    enum c2c_err err =
        c2c_cmdline_number(line, "root-keys", range, 1, diag, &n);

    if (err == C2C_E_OK) {
        err = c2c_cmdline_number(line, "threshold", range, 1, diag, &m);
    }
    if (err != C2C_E_OK) {
        return err;
    }
    if (n > 1 && !c2c_cmdline_has(line, "threshold")) {
        return usage(in->run, "--root-keys", "--threshold is missing",
                     "how many of the root keys have to sign, such as "
                     "--root-keys 3 --threshold 2");
    }
    if (m > n) {
        return usage(in->run, "--threshold",
                     "more root keys would have to sign than there are",
                     "at most the number of --root-keys, such as --root-keys 3 "
                     "--threshold 2");
    }
    in->n_roots = (size_t)n;
    in->threshold = (unsigned)m;
    return C2C_E_OK;
}

static enum c2c_err read_wishes(struct init *in)
{
    enum c2c_err err = check_listen(in->run);

    if (err == C2C_E_OK) {
        err = read_roots(in);
    }
    if (err != C2C_E_OK) {
        return err;
    }
    in->name = c2c_cmdline_text(&in->run->line, "name");
    in->lga = c2c_cmdline_has(&in->run->line, "lga");
    if (in->name == NULL || in->name[0] == '\0') {
        return usage(in->run, "init", "--name is missing",
                     "c2c -C DIR init --name NAME --country CC");
    }
    if (!c2c_text_valid(c2c_view_str(in->name)) ||
        strlen(in->name) > NAME_MAX) {
        return usage(in->run, "--name", "is not UTF-8 text of 200 bytes",
                     "give the city's name as people write it");
    }
    err = read_country(in);
    return err == C2C_E_OK ? read_slug(in) : err;
}

/* DIR/@name; NULL with run->diag. */
static char *path_in(struct init *in, const char *name)
{
    char *path = c2c_path_join(in->run->dir, name);

    if (path == NULL) {
        (void)c2c_run_nomem(in->run);
    }
    return path;
}

static enum c2c_err failed(struct c2c_run *run, const char *path,
                           enum c2c_err err)
{
    char reason[128];
    int code = errno;

    (void)c2c_diag_set(&run->diag, err, path, "cannot be made: %s",
                       err == C2C_E_PERMISSION || err == C2C_E_IO
                           ? c2c_env_strerror(code, reason)
                           : c2c_strerror(err));
    c2c_diag_hint(&run->diag, "choose another folder with -C DIR");
    return err;
}

/* DIR and all above it. */
static enum c2c_err make_dirs(struct init *in)
{
    static const char *const names[] = {"keys", "offline", "run"};
    char *dir = c2c_view_dup(c2c_view_str(in->run->dir));
    enum c2c_err err = dir == NULL ? c2c_run_nomem(in->run) : C2C_E_OK;

    for (char *slash = dir == NULL ? NULL : strchr(dir + 1, '/');
         slash != NULL && err == C2C_E_OK; slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        if (mkdir(dir, 0755) != 0 && errno != EEXIST) {
            err = failed(in->run, dir, C2C_E_IO);
        }
        *slash = '/';
    }
    if (err == C2C_E_OK) {
        err = c2c_file_mkdir(dir, 0700);
        err = err == C2C_E_OK ? err : failed(in->run, dir, err);
    }
    c2c_free(dir);
    for (size_t i = 0; i < sizeof names / sizeof names[0] && err == C2C_E_OK;
         i++) {
        char *path = path_in(in, names[i]);

        err = path == NULL ? C2C_E_NOMEM : c2c_file_mkdir(path, 0700);
        err =
            err == C2C_E_OK || path == NULL ? err : failed(in->run, path, err);
        c2c_free(path);
    }
    return err;
}

/* A new key in DIR/@name; one that an interrupted init left is taken up. */
static enum c2c_err make_key(struct init *in, const char *name, const char *use,
                             struct c2c_signer **ret_signer)
{
    char *path = path_in(in, name);
    enum c2c_err err;

    if (path == NULL) {
        return C2C_E_NOMEM;
    }
    err = c2c_signer_load(path, ret_signer);
    if (err == C2C_E_NOT_FOUND) {
        err = c2c_signer_new(ret_signer);
        if (err == C2C_E_OK) {
            err = c2c_signer_save(*ret_signer, path, use);
        }
        err = err == C2C_E_OK ? err : failed(in->run, path, err);
    } else if (err != C2C_E_OK) {
        err = c2c_diag_set(&in->run->diag, err, path,
                           "the key that is there already cannot be used: %s",
                           c2c_strerror(err));
    }
    c2c_free(path);
    return err;
}

/* Another number of root keys was wished for before: what an interrupted init
 * left would lie among the keys without being one of them. */
static enum c2c_err refuse_stray(struct init *in, const char *name)
{
    char *path = path_in(in, name);
    bool there = path != NULL && c2c_file_exists(path);

    if (there) {
        (void)c2c_diag_set(&in->run->diag, C2C_E_EXISTS, path,
                           "an init with another --root-keys left this key");
        c2c_diag_hint(&in->run->diag, "give the same --root-keys as then, or "
                                      "choose another folder with -C DIR");
    }
    c2c_free(path);
    return path == NULL ? C2C_E_NOMEM : there ? C2C_E_EXISTS : C2C_E_OK;
}

/* "offline/root.key" when there is one, else "offline/root-1.key" and so on. */
static void root_name(size_t n_roots, size_t i, char out[ROOT_NAME])
{
    if (n_roots == 1) {
        (void)snprintf(out, ROOT_NAME, "offline/root.key");
    } else {
        (void)snprintf(out, ROOT_NAME, "offline/root-%zu.key", i + 1);
    }
}

static enum c2c_err make_roots(struct init *in)
{
    char name[ROOT_NAME];
    enum c2c_err err = C2C_E_OK;

    if (in->n_roots > 1) {
        root_name(1, 0, name);
        err = refuse_stray(in, name);
    }
    for (size_t i = in->n_roots == 1 ? 0 : in->n_roots;
         i < C2C_MAX_ROOT_KEYS && err == C2C_E_OK; i++) {
        root_name(C2C_MAX_ROOT_KEYS, i, name);
        err = refuse_stray(in, name);
    }
    for (size_t i = 0; i < in->n_roots && err == C2C_E_OK; i++) {
        root_name(in->n_roots, i, name);
        err = make_key(in, name, "root", &in->root[i]);
    }
    return err;
}

static enum c2c_err write_file(struct init *in, const char *name,
                               struct c2c_view text)
{
    char *path = path_in(in, name);
    enum c2c_err err =
        path == NULL ? C2C_E_NOMEM : c2c_file_write(path, text, 0600);

    err = err == C2C_E_OK || path == NULL ? err : failed(in->run, path, err);
    c2c_free(path);
    return err;
}

/* {"type":"city","slug":...,"body":{"name":{LANG:NAME},"country":CC}} */
static struct c2c_val *profile(struct init *in)
{
    struct c2c_doc *doc = in->run->doc;
    struct c2c_val *record = c2c_doc_map(doc);
    struct c2c_val *body = c2c_doc_map(doc);
    struct c2c_val *name = c2c_doc_map(doc);

    c2c_doc_set_cstr(doc, name, in->lang, in->name);
    c2c_doc_set(doc, body, "name", name);
    c2c_doc_set_cstr(doc, body, "country", in->country);
    c2c_doc_set_cstr(doc, record, "type", in->lga ? "lga" : "city");
    c2c_doc_set_cstr(doc, record, "slug", in->slug);
    c2c_doc_set(doc, record, "body", body);
    return record;
}

static enum c2c_err write_profile(struct init *in)
{
    const struct c2c_type *type =
        c2c_run_type(in->run, in->lga ? "lga" : "city");
    const struct c2c_val *record = profile(in);
    struct c2c_problems problems = {0};
    struct c2c_buf text;
    enum c2c_err err;

    if (type == NULL) {
        return in->run->diag.code;
    }
    err = c2c_type_check(type, c2c_val_get(record, "body"), &problems);
    if (err != C2C_E_OK) {
        return c2c_diag_set(&in->run->diag, err, "profile", "%s: %s",
                            problems.at[0].path, problems.at[0].reason);
    }
    c2c_buf_init(&text, C2C_MAX_RECORD_BYTES);
    err = c2c_json_print(record, C2C_JSON_PRETTY, &text);
    if (err == C2C_E_OK) {
        err = c2c_buf_put(&text, "\n", 1);
    }
    err = err == C2C_E_OK ? write_file(in, "city.json", c2c_buf_view(&text))
                          : c2c_run_nomem(in->run);
    c2c_buf_fini(&text);
    return err;
}

/* A keyset lists its root keys ascending. */
static void put_roots(const struct init *in, struct c2c_keyset *keyset)
{
    for (size_t i = 0; i < in->n_roots; i++) {
        const struct c2c_pubkey pub = c2c_signer_pub(in->root[i]);
        size_t at = i;

        for (;
             at > 0 && memcmp(keyset->root[at - 1].b, pub.b, sizeof pub.b) > 0;
             at--) {
            keyset->root[at] = keyset->root[at - 1];
        }
        keyset->root[at] = pub;
    }
    keyset->n_roots = in->n_roots;
    keyset->threshold = in->threshold;
}

/* Last of all: with the keyset the folder is a city's.  All root keys are here
 * and sign, however few would do. */
static enum c2c_err write_keyset(struct init *in, struct c2c_hash *ret_city)
{
    struct c2c_keyset keyset = {.n = 1,
                                .kind = in->lga ? C2C_LGA : C2C_CITY,
                                .n_keys = 1};
    struct c2c_buf bytes;
    enum c2c_err err;

    keyset.created_s = c2c_clock_system.now_ms(c2c_clock_system.ctx) / 1000;
    put_roots(in, &keyset);
    keyset.key[0].pub = c2c_signer_pub(in->node);
    keyset.key[0].uses = C2C_USE_HEAD | (in->lga ? C2C_USE_SNAPSHOT : 0);
    c2c_buf_init(&bytes, C2C_MAX_KEYSET_BYTES);
    err = c2c_keyset_sign(&keyset, (const struct c2c_signer *const *)in->root,
                          in->n_roots, &bytes);
    if (err == C2C_E_OK) {
        err = c2c_keyset_decode_first(c2c_buf_view(&bytes), &keyset);
    }
    if (err != C2C_E_OK) {
        (void)c2c_diag_set(&in->run->diag, err, "keyset", "%s",
                           c2c_strerror(err));
    } else {
        err = write_file(in, "keyset", c2c_buf_view(&bytes));
        *ret_city = keyset.hash;
    }
    c2c_buf_fini(&bytes);
    return err;
}

static enum c2c_err check_free(struct init *in)
{
    char *path = path_in(in, "keyset");
    bool there = path != NULL && c2c_file_exists(path);

    if (there) {
        (void)c2c_diag_set(&in->run->diag, C2C_E_EXISTS, in->run->dir,
                           "there is a city already");
        c2c_diag_hint(&in->run->diag,
                      "ask it with `c2c -C %s status`, or choose another "
                      "folder with -C",
                      in->run->dir_word);
    }
    c2c_free(path);
    return path == NULL ? C2C_E_NOMEM : there ? C2C_E_EXISTS : C2C_E_OK;
}

/* An association is reached by its members and admits them. */
static void tell_lga(struct c2c_run *run)
{
    int n = 2;

    if (!c2c_cmdline_has(&run->line, "listen")) {
        c2c_out_talk(&run->out,
                     "  %d. let cities reach it: in %s/c2cd.conf\n"
                     "     listen = {\"tcp://0.0.0.0:7420\"}",
                     n++, run->dir_word);
    }
    c2c_out_talk(&run->out, "  %d. start the node: c2cd -C %s", n++,
                 run->dir_word);
    c2c_out_talk(&run->out,
                 "  %d. invite the first city: c2c -C %s invite NAME --url "
                 "tcp://HOST:7420\n     and see who asks to join: c2c -C %s "
                 "members list",
                 n, run->dir_word, run->dir_word);
}

static void tell(const struct init *in, const struct c2c_hash *city)
{
    struct c2c_run *run = in->run;
    char id[C2C_HASH_HEX];

    c2c_hash_hex(city, id);
    if (c2c_out_is_json(&run->out)) {
        struct c2c_val *doc = c2c_doc_map(run->doc);

        c2c_doc_set_cstr(run->doc, doc, "city", id);
        c2c_doc_set_cstr(run->doc, doc, "slug", in->slug);
        c2c_doc_set_cstr(run->doc, doc, "dir", run->dir);
        c2c_out_doc(&run->out, doc);
    } else {
        c2c_out_print(&run->out, "%s\n", id);
    }
    c2c_out_talk(&run->out, "%s is ready in %s. Next:", in->name, run->dir);
    if (in->n_roots == 1) {
        c2c_out_talk(&run->out,
                     "  1. keep the root key safe: `c2c -C %s key sheet` "
                     "prints it;\n     then move %s/offline away from this "
                     "machine",
                     run->dir_word, run->dir_word);
    } else {
        c2c_out_talk(&run->out,
                     "  1. give the %zu root keys in %s/offline to different "
                     "people:\n     `c2c -C %s key sheet FILE` prints one; %u "
                     "of them together replace a key",
                     in->n_roots, run->dir_word, run->dir_word, in->threshold);
    }
    if (in->lga) {
        tell_lga(run);
        return;
    }
    c2c_out_talk(&run->out, "  2. start the node: c2cd -C %s", run->dir_word);
    c2c_out_talk(&run->out, "  3. say who is responsible: c2c -C %s new office",
                 run->dir_word);
}

/* The settings and the URLs of --listen. */
static enum c2c_err put_settings(struct init *in, struct c2c_buf *out)
{
    const struct c2c_cmdline *line = &in->run->line;
    enum c2c_err err = c2c_buf_fmt(out, "%s", settings);
    unsigned n = 0;

    for (size_t i = 0; i < line->n_settings && err == C2C_E_OK; i++) {
        const struct c2c_setting *s = &line->settings[i];

        if (strcmp(s->option->name, "listen") == 0) {
            err = c2c_buf_fmt(out, "%s\"%s\"", n++ == 0 ? "listen = {" : ", ",
                              s->text);
        }
    }
    return err == C2C_E_OK && n > 0 ? c2c_buf_fmt(out, "}\n") : err;
}

/* Settings that are there already stay. */
static enum c2c_err write_settings(struct init *in)
{
    char *path = path_in(in, "c2cd.conf");
    bool there = path != NULL && c2c_file_exists(path);
    struct c2c_buf text;
    enum c2c_err err = path == NULL ? C2C_E_NOMEM : C2C_E_OK;

    c2c_buf_init(&text, SETTINGS_MAX);
    if (err == C2C_E_OK && !there) {
        err = put_settings(in, &text);
    }
    if (err == C2C_E_OK && !there) {
        err = write_file(in, "c2cd.conf", c2c_buf_view(&text));
    }
    c2c_buf_fini(&text);
    c2c_free(path);
    return err;
}

static enum c2c_err make(struct init *in, struct c2c_hash *ret_city)
{
    enum c2c_err err = make_dirs(in);

    if (err == C2C_E_OK) {
        err = make_roots(in);
    }
    if (err == C2C_E_OK) {
        err = make_key(in, "keys/node.key", "node", &in->node);
    }
    if (err == C2C_E_OK) {
        err = write_profile(in);
    }
    if (err == C2C_E_OK) {
        err = write_settings(in);
    }
    return err == C2C_E_OK ? write_keyset(in, ret_city) : err;
}

enum c2c_err c2c_cmd_init(struct c2c_run *run)
{
    struct init in = {.run = run};
    struct c2c_hash city;
    enum c2c_err err = read_wishes(&in);

    if (err == C2C_E_OK) {
        err = check_free(&in);
    }
    if (err != C2C_E_OK) {
        return err;
    }
    if (run->dry_run) {
        c2c_out_talk(&run->out, "dry run: %s (%s) would be made in %s", in.name,
                     in.slug, run->dir);
        return C2C_E_OK;
    }
    err = make(&in, &city);
    if (err == C2C_E_OK) {
        tell(&in, &city);
    }
    for (size_t i = 0; i < in.n_roots; i++) {
        c2c_signer_free(in.root[i]);
    }
    c2c_signer_free(in.node);
    return err;
}
