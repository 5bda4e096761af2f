#include "c2c/prove.h"

#include <stdarg.h>
#include <stdio.h>

#include "base/clock.h"
#include "base/hex.h"
#include "base/timefmt.h"
#include "c2c/call.h"
#include "c2c/remote.h"
#include "codec/limits.h"

enum c2c_err c2c_prove_not(struct c2c_prover *prover, const char *fmt, ...)
{
    va_list ap;

    va_start(ap, fmt);
    (void)vsnprintf(prover->why, sizeof prover->why, fmt, ap);
    va_end(ap);
    return C2C_E_NOT_VERIFIED;
}

/* Was the node not there to be asked? */
static bool is_silent(enum c2c_err err)
{
    return err == C2C_E_UNREACHABLE || err == C2C_E_TIMEOUT ||
           err == C2C_E_BUSY || err == C2C_E_NOMEM;
}

/* Ask; that the node has no answer is no failure of ours. */
static enum c2c_err ask(struct c2c_prover *prover, const char *name,
                        const struct c2c_val *args,
                        const struct c2c_val **ret_doc)
{
    struct c2c_run *run = prover->run;
    enum c2c_err err = c2c_remote_call(run, name, args, ret_doc);

    if (err == C2C_E_OK || is_silent(err)) {
        return err;
    }
    err =
        c2c_prove_not(prover, "the node gives no proof: %s", run->diag.message);
    run->error = NULL;
    run->diag.code = C2C_E_OK;
    return err;
}

/* The bytes of an answer's "proof". */
static enum c2c_err read_proof(struct c2c_prover *prover,
                               const struct c2c_val *doc,
                               struct c2c_view *ret_bytes)
{
    struct c2c_view hex = c2c_val_text(doc, "proof");
    struct c2c_buf *bytes = c2c_call_keep(prover->run, C2C_MAX_PROOF_BYTES);
    uint8_t *room = NULL;
    size_t n = hex.n / 2;
    enum c2c_err err =
        bytes == NULL ? C2C_E_NOMEM : c2c_buf_room(bytes, n, &room);

    if (err == C2C_E_NOMEM) {
        return c2c_run_nomem(prover->run);
    }
    if (err != C2C_E_OK || n == 0 || c2c_hex_decode(hex, room, n) != C2C_E_OK) {
        return c2c_prove_not(prover, "the node's proof is none");
    }
    *ret_bytes = c2c_view_of(room, n);
    return C2C_E_OK;
}

/* Is the proof about what was asked for, and good now? */
static enum c2c_err check(struct c2c_prover *prover,
                          const struct c2c_proved *proved,
                          const struct c2c_hash *city, struct c2c_view type,
                          struct c2c_view key)
{
    uint64_t now_s = c2c_clock_system.now_ms(c2c_clock_system.ctx) / 1000;
    char text[C2C_UUID_TEXT];
    char time[C2C_TIME_TEXT];

    c2c_uuid_format(&proved->record.key, text);
    if (!c2c_hash_eq(&proved->city, city) ||
        !c2c_view_eq(proved->record.type, type) ||
        !c2c_view_eq_str(key, text)) {
        return c2c_prove_not(prover, "the node's proof is of another record");
    }
    if (proved->head.time_s > now_s + C2C_MAX_CLOCK_SKEW_S) {
        c2c_time_format(proved->head.time_s, time);
        return c2c_prove_not(prover, "signed in the future: %s", time);
    }
    if (proved->head.expires_s <= now_s) {
        c2c_time_format(proved->head.expires_s, time);
        return c2c_prove_not(prover,
                             "the signature was good until %s: the "
                             "node holds nothing newer",
                             time);
    }
    return C2C_E_OK;
}

enum c2c_err c2c_prove_record(struct c2c_prover *prover,
                              const struct c2c_hash *city, struct c2c_view type,
                              struct c2c_view key,
                              struct c2c_evidence *ret_evidence)
{
    struct c2c_run *run = prover->run;
    struct c2c_val *args = c2c_doc_map(run->doc);
    struct c2c_evidence evidence = {.bytes = {NULL, 0}};
    const struct c2c_val *doc = NULL;
    struct c2c_proof_file file;
    struct c2c_view bytes = {NULL, 0};
    char hex[C2C_HASH_HEX];
    enum c2c_err err;

    c2c_hash_hex(city, hex);
    c2c_doc_set(run->doc, args, "ref",
                c2c_doc_fmt(run->doc, "%s/%.*s/%.*s", hex, (int)type.n,
                            (const char *)type.p, (int)key.n,
                            (const char *)key.p));
    err = ask(prover, "proof", args, &doc);
    if (err == C2C_E_OK) {
        err = read_proof(prover, doc, &bytes);
    }
    if (err != C2C_E_OK) {
        return err;
    }
    err = c2c_proof_file_verify(bytes, &evidence.proved);
    if (err == C2C_E_OK) {
        err = c2c_proof_file_decode(bytes, &file);
    }
    if (err == C2C_E_NOMEM) {
        return c2c_run_nomem(run);
    }
    if (err != C2C_E_OK) {
        return c2c_prove_not(prover, "the node's proof does not hold: %s",
                             c2c_strerror(err));
    }
    evidence.bytes = file.record;
    err = check(prover, &evidence.proved, city, type, key);
    if (err == C2C_E_OK) {
        *ret_evidence = evidence;
    }
    return err;
}

/* What the node lists of @city; each is to be proved. */
static enum c2c_err list(struct c2c_prover *prover, const struct c2c_hash *city,
                         const char *type, const struct c2c_val *where,
                         size_t max, const struct c2c_val **ret_items)
{
    struct c2c_run *run = prover->run;
    struct c2c_val *args = c2c_doc_map(run->doc);
    const struct c2c_val *doc = NULL;
    char hex[C2C_HASH_HEX];
    enum c2c_err err;

    c2c_hash_hex(city, hex);
    c2c_doc_set_cstr(run->doc, args, "type", type);
    c2c_doc_set_cstr(run->doc, args, "city", hex);
    c2c_doc_set(run->doc, args, "where", where);
    c2c_doc_set_int(run->doc, args, "limit", (int64_t)max);
    err = ask(prover, "list", args, &doc);
    if (err == C2C_E_OK) {
        *ret_items = c2c_val_get(doc, "items");
    }
    return err;
}

/* A node that lists one record again and again would have it asked for as
 * often. */
static bool is_listed_before(const struct c2c_val *items, size_t i)
{
    struct c2c_view key = c2c_val_text(c2c_val_at(items, i), "key");

    for (size_t k = 0; k < i; k++) {
        if (c2c_view_eq(c2c_val_text(c2c_val_at(items, k), "key"), key)) {
            return true;
        }
    }
    return false;
}

enum c2c_err c2c_prove_memberships(struct c2c_prover *prover,
                                   const struct c2c_hash *lga, const char *name,
                                   const char *value,
                                   struct c2c_memberships *ret_found)
{
    const struct c2c_view type = c2c_view_str(c2c_membership_type);
    struct c2c_val *where = c2c_doc_map(prover->run->doc);
    const struct c2c_val *items = NULL;
    struct c2c_memberships found = {.n = 0};
    enum c2c_err err;

    c2c_doc_set_cstr(prover->run->doc, where, name, value);
    err = list(prover, lga, c2c_membership_type, where, C2C_PROVE_MEMBERSHIPS,
               &items);
    for (size_t i = 0; i < c2c_val_count(items) && i < C2C_PROVE_MEMBERSHIPS;
         i++) {
        struct c2c_evidence one;

        if (is_listed_before(items, i)) {
            continue;
        }
        err = c2c_prove_record(prover, lga, type,
                               c2c_val_text(c2c_val_at(items, i), "key"), &one);
        if (err == C2C_E_OK &&
            c2c_membership_read(one.bytes, &found.at[found.n]) == C2C_E_OK) {
            found.n++;
        }
        if (err != C2C_E_OK && err != C2C_E_NOT_VERIFIED) {
            return err;
        }
    }
    if (err == C2C_E_OK || err == C2C_E_NOT_VERIFIED) {
        *ret_found = found; /* What is not proved is not there. */
        err = C2C_E_OK;
    }
    return err;
}

enum c2c_err c2c_prove_profile(struct c2c_prover *prover,
                               const struct c2c_hash *city,
                               struct c2c_evidence *ret_profile)
{
    const struct c2c_types *types = c2c_run_types(prover->run);
    enum c2c_err err =
        c2c_prove_not(prover, "the city has published no profile");

    if (types == NULL) {
        return prover->run->diag.code;
    }
    for (size_t i = 0; i < c2c_types_count(types) && err == C2C_E_NOT_VERIFIED;
         i++) {
        const struct c2c_type *type = c2c_types_at(types, i);
        const struct c2c_val *items = NULL;

        if (!c2c_type_one_per_city(type)) {
            continue;
        }
        err = list(prover, city, c2c_type_name(type), NULL, 1, &items);
        if (err == C2C_E_OK && c2c_val_count(items) == 0) {
            err = c2c_prove_not(prover, "the city has published no profile");
        } else if (err == C2C_E_OK) {
            err = c2c_prove_record(prover, city,
                                   c2c_view_str(c2c_type_name(type)),
                                   c2c_val_text(c2c_val_at(items, 0), "key"),
                                   ret_profile);
        }
    }
    return err;
}
