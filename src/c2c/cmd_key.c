/* key show, key sheet. */

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/hex.h"
#include "base/mem.h"
#include "c2c/call.h"
#include "c2c/card.h"
#include "c2c/command.h"
#include "c2c/qr.h"
#include "c2c/run.h"
#include "c2c/sheet.h"
#include "c2c/table.h"
#include "codec/json.h"
#include "codec/limits.h"
#include "crypto/secret.h"
#include "crypto/sign.h"
#include "record/derive.h"
#include "trust/keyset.h"

/* One row a key, for --plain. */
static struct c2c_val *key_rows(struct c2c_run *run, const struct c2c_val *doc)
{
    const struct c2c_val *roots = c2c_val_get(doc, "roots");
    const struct c2c_val *keys = c2c_val_get(doc, "keys");
    struct c2c_val *items = c2c_doc_array(run->doc);
    struct c2c_val *list = c2c_doc_map(run->doc);

    for (size_t i = 0; i < c2c_val_count(roots); i++) {
        struct c2c_val *row = c2c_doc_map(run->doc);

        c2c_doc_set(run->doc, row, "key", c2c_val_at(roots, i));
        c2c_doc_set_cstr(run->doc, row, "uses", "root");
        c2c_doc_push(run->doc, items, row);
    }
    for (size_t i = 0; i < c2c_val_count(keys); i++) {
        c2c_doc_push(run->doc, items, c2c_val_at(keys, i));
    }
    c2c_doc_set(run->doc, list, "items", items);
    return list;
}

static enum c2c_err key_card(struct c2c_run *run, const struct c2c_val *doc)
{
    const struct c2c_words words = {.lang = c2c_run_lang(run), .people = true};
    struct c2c_card card = {.out = &run->out, .words = &words, .labels = 12};
    const struct c2c_val *roots = c2c_val_get(doc, "roots");
    const struct c2c_val *keys = c2c_val_get(doc, "keys");
    struct c2c_buf text;
    enum c2c_err err;

    c2c_buf_init(&text, 65536);
    c2c_card_field(&card, "City id", c2c_val_text(doc, "city"));
    c2c_card_field(&card, "Kind", c2c_val_text(doc, "kind"));
    c2c_card_field(&card, "Created", c2c_val_text(doc, "created"));
    err = c2c_buf_fmt(&text, "%lld of %zu root keys; epoch %lld",
                      (long long)c2c_val_int(c2c_val_get(doc, "threshold")),
                      c2c_val_count(roots),
                      (long long)c2c_val_int(c2c_val_get(doc, "epoch")));
    c2c_card_field(&card, "Changed by", c2c_buf_view(&text));
    for (size_t i = 0; i < c2c_val_count(roots); i++) {
        c2c_card_field(&card, "Root key", c2c_val_str(c2c_val_at(roots, i)));
    }
    for (size_t i = 0; i < c2c_val_count(keys) && err == C2C_E_OK; i++) {
        const struct c2c_val *key = c2c_val_at(keys, i);
        struct c2c_view hex = c2c_val_text(key, "key");

        c2c_buf_clear(&text);
        err = c2c_buf_fmt(&text, "%.*s  ", (int)hex.n, (const char *)hex.p);
        if (err == C2C_E_OK) {
            err = c2c_value_put(&words, NULL, c2c_val_get(key, "uses"), &text);
        }
        c2c_card_field(&card, "Signing key", c2c_buf_view(&text));
    }
    c2c_buf_fini(&text);
    return err == C2C_E_OK ? err : c2c_run_nomem(run);
}

static enum c2c_err key_show(struct c2c_run *run)
{
    static const struct c2c_column plain[] = {
        {"KEY", "key", C2C_CELL_TEXT, NULL},
        {"USES", "uses", C2C_CELL_TEXT, NULL},
    };
    const struct c2c_list list = {.plain = plain, .n_plain = 2};
    const struct c2c_val *doc;
    enum c2c_err err = c2c_call(run, "key", NULL, &doc);

    if (err != C2C_E_OK) {
        return err;
    }
    if (c2c_out_is_json(&run->out)) {
        c2c_out_doc(&run->out, doc);
        return C2C_E_OK;
    }
    return run->out.form == C2C_FORM_HUMAN
               ? key_card(run, doc)
               : c2c_list_print(run, &list, key_rows(run, doc));
}

/* Everything secret that is in memory while a sheet is printed. */
struct secrets {
    uint8_t seed[C2C_SEED_BYTES];
    char row[C2C_SHEET_ROW_TEXT];
    char file[C2C_KEY_TEXT];
};

static enum c2c_err load_key(struct c2c_run *run, const char *path,
                             struct c2c_signer **ret_signer)
{
    bool missing = access(path, F_OK) != 0 && errno == ENOENT;
    enum c2c_err err =
        missing ? C2C_E_NOT_FOUND : c2c_signer_load(path, ret_signer);

    switch ((int)err) {
    case C2C_E_OK:
        return err;
    case C2C_E_NOT_FOUND:
        (void)c2c_diag_set(&run->diag, C2C_E_IO, path, "there is no key file");
        c2c_diag_hint(&run->diag, "if the root key has been moved away (as it "
                                  "should), name its file: c2c key sheet FILE");
        return C2C_E_IO;
    case C2C_E_PERMISSION:
        (void)c2c_diag_set(&run->diag, err, path,
                           "the key must be yours, and readable for nobody "
                           "else, nor its folder");
        c2c_diag_hint(&run->diag, "chmod 600 the file and chmod 700 its "
                                  "folder");
        return err;
    case C2C_E_MALFORMED:
        return c2c_diag_set(&run->diag, err, path,
                            "is no key file, or a damaged one");
    default:
        return c2c_diag_set(&run->diag, err, path, "%s", c2c_strerror(err));
    }
}

/* DIR/keyset, if it is here. */
static bool read_keyset(const struct c2c_run *run, struct c2c_keyset *keyset)
{
    char *path = c2c_path_join(run->dir, "keyset");
    struct c2c_buf bytes;
    bool there;

    c2c_buf_init(&bytes, C2C_MAX_KEYSET_BYTES);
    there = path != NULL && c2c_file_read(path, &bytes) == C2C_E_OK &&
            c2c_keyset_decode_first(c2c_buf_view(&bytes), keyset) == C2C_E_OK;
    c2c_buf_fini(&bytes);
    c2c_free(path);
    return there;
}

static bool is_root(const struct c2c_keyset *keyset,
                    const struct c2c_pubkey *pub)
{
    for (size_t i = 0; i < keyset->n_roots; i++) {
        if (c2c_pubkey_eq(&keyset->root[i], pub)) {
            return true;
        }
    }
    return false;
}

/* Whose key it is, as far as DIR tells. */
struct owner {
    bool known; /* It is a root key of this keyset. */
    struct c2c_keyset keyset;
    struct c2c_view name; /* In run->doc. */
};

/* The name in the profile that init wrote; "-" when it is not here. */
static struct c2c_view city_name(struct c2c_run *run, bool lga)
{
    const struct c2c_type *type = c2c_run_type(run, lga ? "lga" : "city");
    char *path = c2c_path_join(run->dir, "city.json");
    const struct c2c_val *profile = NULL;
    struct c2c_view name = {NULL, 0};
    struct c2c_json_error error;
    struct c2c_buf text;

    c2c_buf_init(&text, C2C_MAX_RECORD_BYTES);
    if (type != NULL && path != NULL &&
        c2c_file_read(path, &text) == C2C_E_OK &&
        c2c_json_parse(run->doc, c2c_buf_view(&text), &error, &profile) ==
            C2C_E_OK) {
        name = c2c_derive_title(type, c2c_val_get(profile, "body"),
                                c2c_run_lang(run));
    }
    c2c_buf_fini(&text);
    c2c_free(path);
    return name.n > 0 ? name : c2c_view_str("-");
}

static void print_head(struct c2c_run *run, const struct c2c_pubkey *pub,
                       struct owner *owner)
{
    const struct c2c_keyset *keyset = &owner->keyset;
    char hex[2 * C2C_PUBKEY_BYTES + 1];
    char city[C2C_HASH_HEX] = "-";
    struct c2c_view name = c2c_view_str("-");

    owner->known =
        read_keyset(run, &owner->keyset) && is_root(&owner->keyset, pub);
    if (owner->known) {
        c2c_hash_hex(&keyset->hash, city);
        name = city_name(run, keyset->kind == C2C_LGA);
    }
    c2c_hex_encode(c2c_view_of(pub->b, sizeof pub->b), hex);
    c2c_out_print(&run->out, "C2C RECOVERY SHEET\n\nCity        ");
    c2c_out_screen(&run->out, C2C_STYLE_NONE, name);
    c2c_out_print(&run->out, "\nCity id     %s\nPublic key  %s\n", city, hex);
    if (owner->known && keyset->n_roots > 1) {
        c2c_out_print(&run->out,
                      "            one of %zu root keys; %u of them together "
                      "replace a key\n",
                      keyset->n_roots, keyset->threshold);
    }
    c2c_out_print(&run->out, "\n");
}

static void tell_to_keep(struct c2c_run *run, const struct owner *owner)
{
    if (owner->known && owner->keyset.threshold > 1) {
        c2c_out_talk(&run->out,
                     "Whoever has %u sheets of the city's %zu is the city.",
                     owner->keyset.threshold, owner->keyset.n_roots);
    } else {
        c2c_out_talk(&run->out, "Whoever has this sheet is the city.");
    }
    c2c_out_talk(&run->out,
                 "Print it, lock it away, leave no copy on this machine.");
}

static void print_rows(struct c2c_run *run, struct secrets *s)
{
    c2c_out_print(&run->out,
                  "Secret key: four rows of sixteen characters; the last group "
                  "of a row is its check.\n\n");
    for (unsigned row = 1; row <= C2C_SHEET_ROWS; row++) {
        c2c_sheet_row(s->seed, row, s->row);
        c2c_out_print(&run->out, "    %s\n", s->row);
    }
}

static enum c2c_err print_sheet(struct c2c_run *run,
                                const struct c2c_signer *signer,
                                struct secrets *s)
{
    struct c2c_pubkey pub = c2c_signer_pub(signer);
    char pub_hex[2 * C2C_PUBKEY_BYTES + 1];
    struct owner owner;
    enum c2c_err err;

    c2c_hex_encode(c2c_view_of(pub.b, sizeof pub.b), pub_hex);
    c2c_signer_seed(signer, s->seed);
    if (c2c_signer_text(signer, "root", s->file) != C2C_E_OK) {
        return c2c_run_nomem(run);
    }
    print_head(run, &pub, &owner);
    print_rows(run, s);
    c2c_out_print(&run->out,
                  "\nTo use it again, write a file of these four lines, "
                  "chmod 600, in a folder of mode 700;\n"
                  "SECRET is the 64 characters of the rows without blanks and "
                  "checks. The code below holds\nthe same file.\n\n"
                  "    c2c secret key 1\n    for: root\n    public: %s\n"
                  "    secret: SECRET\n\n",
                  pub_hex);
    err = c2c_qr_print(&run->out, c2c_view_str(s->file));
    tell_to_keep(run, &owner);
    return err;
}

/* A shell makes files that everybody can read: close this one before anything
 * secret is in it. */
static enum c2c_err close_to_others(struct c2c_run *run)
{
    int fd = fileno(run->out.to);
    struct stat st;

    if (fd < 0 || fstat(fd, &st) != 0 || !S_ISREG(st.st_mode) ||
        (st.st_mode & (S_IRWXG | S_IRWXO)) == 0) {
        return C2C_E_OK;
    }
    if (fchmod(fd, S_IRUSR | S_IWUSR) != 0) {
        (void)c2c_diag_set(&run->diag, C2C_E_PERMISSION, "key sheet",
                           "others can read the file that it would go to");
        c2c_diag_hint(&run->diag, "send it to a printer, or to a file of mode "
                                  "600");
        return C2C_E_PERMISSION;
    }
    c2c_out_talk(&run->out, "The file can now be read by you alone.");
    return C2C_E_OK;
}

/* The file of the root key, unless there are several to choose from. */
static enum c2c_err find_key(struct c2c_run *run, char **ret_path)
{
    const char *given = c2c_run_arg(run, 1);
    char *path = given == NULL ? c2c_path_join(run->dir, "offline/root.key")
                               : c2c_view_dup(c2c_view_str(given));
    struct c2c_keyset keyset;

    if (path == NULL) {
        return c2c_run_nomem(run);
    }
    if (given == NULL && read_keyset(run, &keyset) && keyset.n_roots > 1) {
        c2c_free(path);
        (void)c2c_diag_set(&run->diag, C2C_E_USAGE, "key sheet",
                           "this city has %zu root keys: which one?",
                           keyset.n_roots);
        c2c_diag_hint(&run->diag, "c2c key sheet %s/offline/root-1.key",
                      run->dir_word);
        return C2C_E_USAGE;
    }
    *ret_path = path;
    return C2C_E_OK;
}

static enum c2c_err key_sheet(struct c2c_run *run)
{
    char *path = NULL;
    struct secrets *secrets = c2c_secret_new(sizeof *secrets);
    struct c2c_signer *signer = NULL;
    enum c2c_err err = find_key(run, &path);

    if (err != C2C_E_OK || path == NULL) {
        goto out;
    }
    if (secrets == NULL) {
        err = c2c_run_nomem(run);
        goto out;
    }
    if (run->out.form != C2C_FORM_HUMAN) {
        err = c2c_diag_set(&run->diag, C2C_E_USAGE, "key sheet",
                           "a recovery sheet is for paper and has no other "
                           "form");
        goto out;
    }
    err = load_key(run, path, &signer);
    if (err == C2C_E_OK) {
        err = close_to_others(run);
    }
    if (err != C2C_E_OK) {
        goto out;
    }
    (void)setvbuf(run->out.to, NULL, _IONBF, 0); /* No copy in a buffer. */
    err = print_sheet(run, signer, secrets);
out:
    c2c_signer_free(signer);
    c2c_secret_free(secrets);
    c2c_free(path);
    return err;
}

enum c2c_err c2c_cmd_key(struct c2c_run *run)
{
    bool sheet = strcmp(run->line.args[0], "sheet") == 0;

    if (!sheet && run->line.n_args > 1) {
        return c2c_diag_set(&run->diag, C2C_E_USAGE, run->line.args[1],
                            "`key show` takes no file");
    }
    return sheet ? key_sheet(run) : key_show(run);
}
