/* proof: a public record with all that proves it, for who asks no node. */

#include <stdio.h>

#include "base/hex.h"
#include "base/mem.h"
#include "node/ask_list.h"
#include "node/city.h"
#include "trust/proof_file.h"

/* What is gathered; the bytes are of ask->doc. */
struct gathering {
    struct c2c_ask *ask;
    struct c2c_proof_file file;
};

static struct c2c_view keep(struct c2c_ask *ask, struct c2c_view bytes)
{
    return c2c_val_bin(c2c_doc_bin(ask->doc, bytes));
}

static enum c2c_err take_keyset(void *ctx, struct c2c_view bytes)
{
    struct gathering *g = ctx;

    if (g->file.n_keysets == C2C_MAX_PROOF_KEYSETS) {
        return c2c_diag_set(g->ask->diag, C2C_E_TOO_BIG, "keysets",
                            "the city has more keysets than a proof holds");
    }
    g->file.keyset[g->file.n_keysets++] = keep(g->ask, bytes);
    return C2C_E_OK;
}

/* Whoever has a proof file reads the record in it. */
static enum c2c_err check_public(struct c2c_ask *ask, struct c2c_view ref,
                                 const struct c2c_taken *taken)
{
    char thing[200];
    enum c2c_err err = C2C_E_OK;

    (void)snprintf(thing, sizeof thing, "%.*s",
                   ref.n < sizeof thing ? (int)ref.n : (int)sizeof thing - 1,
                   (const char *)ref.p);
    if (taken->row.audience == C2C_AUDIENCE_LOCAL) {
        err = c2c_diag_set(ask->diag, C2C_E_DENIED, thing,
                           "is a draft, which nobody has signed");
    } else if (taken->row.audience != C2C_AUDIENCE_PUBLIC) {
        err = c2c_diag_set(ask->diag, C2C_E_DENIED, thing,
                           "is for members of the federation: a proof is "
                           "for everybody, with the record in it");
    } else if (!taken->intact) {
        err = c2c_diag_set(ask->diag, C2C_E_NOT_VERIFIED, thing,
                           "its bytes are not those that were signed");
    }
    return err;
}

static enum c2c_err gather(struct gathering *g, const struct c2c_taken *taken)
{
    struct c2c_store *store = g->ask->store;
    const c2c_city_no no = taken->row.city;
    struct c2c_head head;
    struct c2c_buf bytes;
    enum c2c_err err;

    c2c_buf_init(&bytes, C2C_MAX_PROOF_BYTES);
    g->file.record = taken->row.bytes;
    err = c2c_cities_keysets(store, no, 1, take_keyset, g);
    if (err == C2C_E_OK) {
        err = c2c_cities_head(store, no, &head, NULL, &bytes);
    }
    if (err == C2C_E_OK) {
        g->file.head = keep(g->ask, c2c_buf_view(&bytes));
        c2c_buf_clear(&bytes);
        err = c2c_records_dir(store, no, C2C_AUDIENCE_PUBLIC, &bytes);
    }
    if (err == C2C_E_OK) {
        g->file.dir = keep(g->ask, c2c_buf_view(&bytes));
        err = c2c_records_prove(store, &taken->row, &g->file.at);
    }
    c2c_buf_fini(&bytes);
    return err == C2C_E_OK ? c2c_doc_err(g->ask->doc) : err;
}

/* Nobody gets a proof that does not prove. */
static enum c2c_err check(struct c2c_ask *ask, struct c2c_view bytes,
                          struct c2c_proved *ret_proved)
{
    enum c2c_err err = c2c_proof_file_verify(bytes, ret_proved);

    if (err == C2C_E_OK || err == C2C_E_NOMEM) {
        return err;
    }
    (void)c2c_diag_set(ask->diag, C2C_E_NOT_VERIFIED, "proof",
                       "what is stored is not what was signed: %s",
                       c2c_strerror(err));
    c2c_diag_hint(ask->diag, "`c2c verify` names what is wrong, `c2c "
                             "doctor` tells what to type");
    return C2C_E_NOT_VERIFIED;
}

static enum c2c_err answer(struct c2c_ask *ask, const struct c2c_taken *taken,
                           struct c2c_view bytes,
                           const struct c2c_proved *proved)
{
    char city[C2C_HASH_HEX];
    const struct c2c_val *ref = NULL;
    char *hex = c2c_calloc(2 * bytes.n + 1, 1);
    enum c2c_err err = c2c_present_ref(ask, &taken->row, &ref);

    if (hex == NULL) {
        return C2C_E_NOMEM;
    }
    c2c_hex_encode(bytes, hex);
    c2c_hash_hex(&proved->city, city);
    c2c_doc_set(ask->doc, ask->result, "ref", ref);
    c2c_doc_set_cstr(ask->doc, ask->result, "city", city);
    c2c_doc_set_cstr(ask->doc, ask->result, "proof", hex);
    c2c_free(hex);
    return err;
}

enum c2c_err c2c_ask_proof(struct c2c_ask *ask)
{
    struct gathering g = {.ask = ask};
    struct c2c_view ref = {NULL, 0};
    struct c2c_proved proved;
    struct c2c_taken taken;
    struct c2c_buf bytes;
    enum c2c_err err = c2c_ask_text(ask, "ref", ref, &ref);

    c2c_buf_init(&bytes, C2C_MAX_PROOF_BYTES);
    if (err == C2C_E_OK) {
        err = c2c_present_find(ask, ref, &taken);
    }
    if (err == C2C_E_OK) {
        err = check_public(ask, ref, &taken);
    }
    if (err == C2C_E_OK) {
        err = gather(&g, &taken);
    }
    if (err == C2C_E_OK) {
        err = c2c_proof_file_encode(&g.file, &bytes);
    }
    if (err == C2C_E_OK) {
        err = check(ask, c2c_buf_view(&bytes), &proved);
    }
    if (err == C2C_E_OK) {
        err = answer(ask, &taken, c2c_buf_view(&bytes), &proved);
    }
    c2c_buf_fini(&bytes);
    return err;
}
