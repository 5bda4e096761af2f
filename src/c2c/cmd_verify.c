/* verify: what the node holds, by the node; a proof file, by ourselves. */

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/hex.h"
#include "base/timefmt.h"
#include "c2c/call.h"
#include "c2c/card.h"
#include "c2c/command.h"
#include "c2c/env.h"
#include "c2c/run.h"
#include "c2c/table.h"
#include "record/derive.h"
#include "trust/proof_file.h"

static enum c2c_err tell_verdict(struct c2c_run *run, const struct c2c_val *doc)
{
    long long checked = (long long)c2c_val_int(c2c_val_get(doc, "checked"));
    const char *ref = c2c_run_arg(run, 0);

    if (c2c_val_bool(c2c_val_get(doc, "ok"))) {
        c2c_out_talk(&run->out,
                     "%lld checked: every signature, hash and root is right.",
                     checked);
        return C2C_E_OK;
    }
    (void)c2c_diag_set(&run->diag, C2C_E_NOT_VERIFIED,
                       ref == NULL ? run->dir : ref,
                       "not everything verifies (%lld checked)", checked);
    c2c_diag_hint(&run->diag,
                  "`c2c doctor` tells what to type about your own records; "
                  "those of others come back with a backup, see RESTORE in "
                  "`man c2cd`");
    return C2C_E_NOT_VERIFIED;
}

static enum c2c_err print_items(struct c2c_run *run, const struct c2c_val *doc)
{
    static const struct c2c_column columns[] = {
        {"STATE", "state", C2C_CELL_STATE, NULL},
        {"REF", "ref", C2C_CELL_TEXT, NULL},
        {"FINDING", "message", C2C_CELL_TEXT, NULL},
    };
    static const struct c2c_column plain[] = {
        {"REF", "ref", C2C_CELL_TEXT, NULL},
        {"STATE", "state", C2C_CELL_TEXT, NULL},
        {"MESSAGE", "message", C2C_CELL_TEXT, NULL},
    };
    const struct c2c_list list = {.columns = columns,
                                  .n_columns =
                                      sizeof columns / sizeof columns[0],
                                  .plain = plain,
                                  .n_plain = sizeof plain / sizeof plain[0]};

    return c2c_list_print(run, &list, doc);
}

static enum c2c_err ask_node(struct c2c_run *run)
{
    struct c2c_val *args = c2c_doc_map(run->doc);
    const char *ref = c2c_run_arg(run, 0);
    const struct c2c_val *doc;
    enum c2c_err err;

    if (c2c_cmdline_has(&run->line, "city")) {
        (void)c2c_diag_set(&run->diag, C2C_E_USAGE, "--city",
                           "is for proof files");
        c2c_diag_hint(&run->diag, "c2c verify FILE --city ID");
        return C2C_E_USAGE;
    }
    if (ref != NULL) {
        c2c_doc_set_cstr(run->doc, args, "ref", ref);
    }
    err = c2c_call(run, "verify", args, &doc);
    if (err == C2C_E_OK) {
        err = print_items(run, doc);
    }
    return err == C2C_E_OK ? tell_verdict(run, doc) : err;
}

/* What has no slash is no reference; nor is what begins like a path. */
static bool names_file(const char *arg)
{
    struct stat st;

    return strcmp(arg, "-") == 0 || strchr(arg, '/') == NULL || arg[0] == '/' ||
           arg[0] == '.' || (stat(arg, &st) == 0 && !S_ISDIR(st.st_mode));
}

static enum c2c_err read_proof(struct c2c_run *run, const char *path,
                               struct c2c_view *ret_bytes)
{
    bool standard = strcmp(path, "-") == 0;
    const char *name = standard ? "standard input" : path;
    struct c2c_buf bytes;
    char reason[128];
    enum c2c_err err;

    c2c_buf_init(&bytes, C2C_MAX_PROOF_BYTES);
    err = c2c_file_read(standard ? "/dev/stdin" : path, &bytes);
    if (err == C2C_E_OK) {
        *ret_bytes = c2c_val_bin(c2c_doc_bin(run->doc, c2c_buf_view(&bytes)));
        err = c2c_run_built(run);
    } else if (err == C2C_E_TOO_BIG) {
        err = c2c_diag_set(&run->diag, C2C_E_NOT_VERIFIED, name,
                           "is no proof file: it is larger than any");
    } else {
        (void)c2c_diag_set(&run->diag, C2C_E_IO, name, "cannot be read: %s",
                           c2c_env_strerror(errno, reason));
        c2c_diag_hint(&run->diag, "name a file that `c2c export --proof REF` "
                                  "wrote, or a record as TYPE/NAME");
        err = C2C_E_IO;
    }
    c2c_buf_fini(&bytes);
    return err;
}

/* Why it proves nothing, as far as the code tells. */
static const char *why_not(enum c2c_err err)
{
    switch ((int)err) {
    case C2C_E_BAD_KEYSET:
        return "its keysets are not signed by their root keys, or the head is "
               "not of this city and keyset";
    case C2C_E_BAD_SIGNATURE:
        return "a signature is not one of the key that it names";
    case C2C_E_BAD_ROOT:
        return "the record is not in the state that was signed";
    case C2C_E_UNSUPPORTED:
        return "it is no proof file, or one for a later version of c2c";
    default:
        return "it is no proof file, or it was cut off or altered";
    }
}

/* Is it of the city that --city wants, and not of the future? */
static enum c2c_err check_wishes(struct c2c_run *run, const char *name,
                                 const struct c2c_hash *wanted,
                                 const struct c2c_proved *proved)
{
    uint64_t now_s = c2c_clock_system.now_ms(c2c_clock_system.ctx) / 1000;
    char hex[C2C_HASH_HEX];
    char time[C2C_TIME_TEXT];

    if (wanted != NULL && !c2c_hash_eq(wanted, &proved->city)) {
        c2c_hash_hex(&proved->city, hex);
        (void)c2c_diag_set(&run->diag, C2C_E_NOT_VERIFIED, name,
                           "is of another city: %s", hex);
        c2c_diag_hint(&run->diag, "it proves nothing about the city that "
                                  "--city names");
        return C2C_E_NOT_VERIFIED;
    }
    if (proved->head.time_s > now_s + C2C_MAX_CLOCK_SKEW_S) {
        c2c_time_format(proved->head.time_s, time);
        (void)c2c_diag_set(&run->diag, C2C_E_NOT_VERIFIED, name,
                           "was signed in the future: %s", time);
        c2c_diag_hint(&run->diag, "is this machine's clock right?");
        return C2C_E_NOT_VERIFIED;
    }
    return C2C_E_OK;
}

static struct c2c_val *time_text(struct c2c_run *run, uint64_t s)
{
    char time[C2C_TIME_TEXT];

    c2c_time_format(s, time);
    return c2c_doc_cstr(run->doc, time);
}

/* A proof says less than its reader hopes. */
static struct c2c_val *not_proven(struct c2c_run *run, bool named,
                                  const struct c2c_proved *proved)
{
    uint64_t now_s = c2c_clock_system.now_ms(c2c_clock_system.ctx) / 1000;
    struct c2c_val *list = c2c_doc_array(run->doc);
    char time[C2C_TIME_TEXT];

    c2c_time_format(proved->head.time_s, time);
    if (!named) {
        c2c_doc_push(run->doc, list,
                     c2c_doc_cstr(run->doc,
                                  "which city this is: compare its id with "
                                  "one from a source that you trust, or give "
                                  "it with --city"));
    }
    c2c_doc_push(run->doc, list,
                 c2c_doc_fmt(run->doc,
                             "that it still holds: the city may have changed "
                             "or removed the record, or replaced its keys, "
                             "after %s%s",
                             time,
                             now_s >= proved->head.expires_s
                                 ? "; the signature's own time is over"
                                 : ""));
    c2c_doc_push(run->doc, list,
                 c2c_doc_cstr(run->doc, "that what the record says is true"));
    return list;
}

/* {"type", "key", "slug", "created", "updated", "body"} */
static enum c2c_err record_of(struct c2c_run *run,
                              const struct c2c_record *record,
                              struct c2c_val **ret_map)
{
    struct c2c_val *map = c2c_doc_map(run->doc);
    const struct c2c_val *body = NULL;
    char key[C2C_UUID_TEXT];
    enum c2c_err err =
        c2c_doc_decode(run->doc, record->body, C2C_MAX_DEPTH, &body);

    c2c_uuid_format(&record->key, key);
    c2c_doc_set_str(run->doc, map, "type", record->type);
    c2c_doc_set_cstr(run->doc, map, "key", key);
    if (record->slug.n > 0) {
        c2c_doc_set_str(run->doc, map, "slug", record->slug);
    }
    c2c_doc_set(run->doc, map, "created", time_text(run, record->created_s));
    c2c_doc_set(run->doc, map, "updated", time_text(run, record->updated_s));
    c2c_doc_set(run->doc, map, "body", body);
    *ret_map = map;
    return err;
}

static struct c2c_val *proof_of(struct c2c_run *run,
                                const struct c2c_proved *proved,
                                struct c2c_val *record,
                                const struct c2c_val *gaps)
{
    const struct c2c_pubkey *pub = &proved->keyset.key[proved->head.key].pub;
    struct c2c_val *map = c2c_doc_map(run->doc);
    char key[2 * C2C_PUBKEY_BYTES + 1];
    char city[C2C_HASH_HEX];

    c2c_hash_hex(&proved->city, city);
    c2c_hex_encode(c2c_view_of(pub->b, sizeof pub->b), key);
    c2c_doc_set_cstr(run->doc, map, "city", city);
    c2c_doc_set_cstr(run->doc, map, "key", key);
    c2c_doc_set_int(run->doc, map, "epoch", (int64_t)proved->head.epoch);
    c2c_doc_set_int(run->doc, map, "rev", (int64_t)proved->head.rev);
    c2c_doc_set(run->doc, map, "signed", time_text(run, proved->head.time_s));
    c2c_doc_set(run->doc, map, "expires",
                time_text(run, proved->head.expires_s));
    c2c_doc_set(run->doc, map, "not_proven", gaps);
    c2c_doc_set(run->doc, map, "record", record);
    return map;
}

/* As the node's answer about one record, and what only a proof has. */
static struct c2c_val *document(struct c2c_run *run,
                                const struct c2c_val *proof)
{
    const struct c2c_val *record = c2c_val_get(proof, "record");
    struct c2c_view type = c2c_val_text(record, "type");
    struct c2c_view slug = c2c_val_text(record, "slug");
    struct c2c_view name = slug.n > 0 ? slug : c2c_val_text(record, "key");
    struct c2c_view city = c2c_val_text(proof, "city");
    struct c2c_view at = c2c_val_text(proof, "signed");
    struct c2c_val *items = c2c_doc_array(run->doc);
    struct c2c_val *item = c2c_doc_map(run->doc);
    struct c2c_val *doc = c2c_doc_map(run->doc);

    c2c_doc_set(run->doc, item, "ref",
                c2c_doc_fmt(run->doc, "%.*s/%.*s/%.*s", (int)city.n,
                            (const char *)city.p, (int)type.n,
                            (const char *)type.p, (int)name.n,
                            (const char *)name.p));
    c2c_doc_set_cstr(run->doc, item, "state", "ok");
    c2c_doc_set(run->doc, item, "message",
                c2c_doc_fmt(run->doc,
                            "is in the state that its city signed on %.*s "
                            "(revision %lld.%lld, keyset %lld)",
                            (int)at.n, (const char *)at.p,
                            (long long)c2c_val_int(c2c_val_get(proof, "epoch")),
                            (long long)c2c_val_int(c2c_val_get(proof, "rev")),
                            (long long)c2c_val_int(
                                c2c_val_get(proof, "epoch"))));
    c2c_doc_push(run->doc, items, item);
    c2c_doc_set(run->doc, doc, "items", items);
    c2c_doc_set_int(run->doc, doc, "checked", 1);
    c2c_doc_set_bool(run->doc, doc, "ok", true);
    c2c_doc_set(run->doc, doc, "proof", proof);
    return doc;
}

/* Who signed it, when, and what that does not say. */
static void proof_lines(struct c2c_card *card, const struct c2c_val *doc)
{
    static const struct {
        const char *label;
        const char *member;
    } texts[] = {{"City id", "city"},
                 {"Signing key", "key"},
                 {"Signed", "signed"},
                 {"Fresh until", "expires"}};
    const struct c2c_val *proof = c2c_val_get(doc, "proof");
    const struct c2c_val *gaps = c2c_val_get(proof, "not_proven");
    const struct c2c_val *item = c2c_val_at(c2c_val_get(doc, "items"), 0);

    c2c_card_text(card, C2C_STYLE_BOLD, card->title);
    c2c_card_text(card, C2C_STYLE_NONE, c2c_val_text(item, "ref"));
    c2c_card_text(card, C2C_STYLE_GOOD, c2c_val_text(item, "message"));
    card->labels = 12;
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        c2c_card_field(card, texts[i].label,
                       c2c_val_text(proof, texts[i].member));
    }
    card->labels = 0;
    c2c_card_heading(card, c2c_view_str("Not proven"), true);
    for (size_t i = 0; i < c2c_val_count(gaps); i++) {
        c2c_card_bullet(card, c2c_val_str(c2c_val_at(gaps, i)));
    }
}

static enum c2c_err proof_card(struct c2c_run *run, const struct c2c_val *doc)
{
    const struct c2c_val *record =
        c2c_val_get(c2c_val_get(doc, "proof"), "record");
    const struct c2c_val *body = c2c_val_get(record, "body");
    const struct c2c_types *types = c2c_run_types(run);
    const struct c2c_words words = {.types = types,
                                    .lang = c2c_run_lang(run),
                                    .people = true,
                                    .body = body};
    struct c2c_card card = {.out = &run->out, .words = &words};
    const struct c2c_type *type;
    enum c2c_err err;

    if (types == NULL) {
        return run->diag.code;
    }
    type = c2c_types_find(types, c2c_val_text(record, "type"));
    card.title = c2c_derive_title(type, body, words.lang);
    proof_lines(&card, doc);
    c2c_out_write(&run->out, c2c_view_str("\n"));
    err = c2c_card_body(&card, type == NULL ? NULL : c2c_type_body(type), body);
    return err == C2C_E_OK ? err : c2c_run_nomem(run);
}

static enum c2c_err tell_proof(struct c2c_run *run, bool named,
                               const struct c2c_proved *proved)
{
    struct c2c_val *record = NULL;
    const struct c2c_val *doc;
    enum c2c_err err = record_of(run, &proved->record, &record);

    doc = document(run, proof_of(run, proved, record,
                                 not_proven(run, named, proved)));
    if (err == C2C_E_OK) {
        err = c2c_run_built(run);
    }
    if (err != C2C_E_OK) {
        return c2c_run_nomem(run);
    }
    return run->out.form == C2C_FORM_HUMAN ? proof_card(run, doc)
                                           : print_items(run, doc);
}

static enum c2c_err read_wanted(struct c2c_run *run, struct c2c_hash *ret_city)
{
    const char *text = c2c_cmdline_text(&run->line, "city");

    if (c2c_hex_decode(c2c_view_str(text), ret_city->b, sizeof ret_city->b) !=
        C2C_E_OK) {
        (void)c2c_diag_set(&run->diag, C2C_E_USAGE, text, "is no city id");
        c2c_diag_hint(&run->diag, "all 64 digits of it, from a source that you "
                                  "trust: without a node, names mean nothing");
        return C2C_E_USAGE;
    }
    return C2C_E_OK;
}

static enum c2c_err verify_file(struct c2c_run *run, const char *path)
{
    bool named = c2c_cmdline_has(&run->line, "city");
    const char *name = strcmp(path, "-") == 0 ? "standard input" : path;
    struct c2c_hash wanted;
    struct c2c_proved proved;
    struct c2c_view bytes = {NULL, 0};
    enum c2c_err err = named ? read_wanted(run, &wanted) : C2C_E_OK;

    if (err == C2C_E_OK) {
        err = read_proof(run, path, &bytes);
    }
    if (err != C2C_E_OK) {
        return err;
    }
    err = c2c_proof_file_verify(bytes, &proved);
    if (err == C2C_E_NOMEM) {
        return c2c_run_nomem(run);
    }
    if (err != C2C_E_OK) {
        (void)c2c_diag_set(&run->diag, C2C_E_NOT_VERIFIED, name,
                           "proves nothing: %s (%s)", why_not(err),
                           c2c_strerror(err));
        c2c_diag_hint(&run->diag, "ask whoever gave it to you for another: "
                                  "c2c export --proof REF > FILE");
        return C2C_E_NOT_VERIFIED;
    }
    err = check_wishes(run, name, named ? &wanted : NULL, &proved);
    return err == C2C_E_OK ? tell_proof(run, named, &proved) : err;
}

enum c2c_err c2c_cmd_verify(struct c2c_run *run)
{
    const char *arg = c2c_run_arg(run, 0);

    return arg != NULL && names_file(arg) ? verify_file(run, arg)
                                          : ask_node(run);
}
