#include "trust/proof_file.h"

#include "codec/pack.h"
#include "codec/reader.h"

enum {
    ELEMENTS = 7
};

enum c2c_err c2c_proof_file_encode(const struct c2c_proof_file *file,
                                   struct c2c_buf *out)
{
    struct c2c_pack p = c2c_pack_to(out);

    c2c_pack_array(&p, ELEMENTS);
    c2c_pack_uint(&p, C2C_PROOF_FILE_VERSION);
    c2c_pack_array(&p, file->n_keysets);
    for (size_t i = 0; i < file->n_keysets; i++) {
        c2c_pack_bin(&p, file->keyset[i].p, file->keyset[i].n);
    }
    c2c_pack_bin(&p, file->head.p, file->head.n);
    c2c_pack_bin(&p, file->dir.p, file->dir.n);
    c2c_pack_bin(&p, file->record.p, file->record.n);
    c2c_pack_uint(&p, file->at.index);
    c2c_pack_array(&p, file->at.path.n);
    for (size_t i = 0; i < file->at.path.n; i++) {
        c2c_pack_bin(&p, file->at.path.node[i].b, sizeof(struct c2c_hash));
    }
    return p.err;
}

enum c2c_err c2c_proof_file_decode(struct c2c_view bytes,
                                   struct c2c_proof_file *ret_file)
{
    struct c2c_reader r = c2c_reader_over(bytes);
    struct c2c_proof_file f = {.n_keysets = 0};
    enum c2c_err err;

    if (bytes.n > C2C_MAX_PROOF_BYTES) {
        return C2C_E_TOO_BIG;
    }
    c2c_reader_object(&r, C2C_PROOF_FILE_VERSION, ELEMENTS);
    f.n_keysets = c2c_reader_array(&r, C2C_MAX_PROOF_KEYSETS);
    for (size_t i = 0; i < f.n_keysets; i++) {
        f.keyset[i] = c2c_reader_bin(&r, C2C_MAX_KEYSET_BYTES);
    }
    if (f.n_keysets == 0) {
        c2c_reader_fail(&r, C2C_E_MALFORMED);
    }
    f.head = c2c_reader_bin(&r, C2C_MAX_HEAD_BYTES);
    f.dir = c2c_reader_bin(&r, C2C_MAX_PROOF_BYTES);
    f.record = c2c_reader_bin(&r, C2C_MAX_RECORD_BYTES);
    f.at.index = c2c_reader_uint(&r, C2C_MAX_CITY_RECORDS - 1);
    f.at.path.n = c2c_reader_array(&r, C2C_MERKLE_MAX_PATH);
    for (size_t i = 0; i < f.at.path.n; i++) {
        c2c_reader_bin_of(&r, f.at.path.node[i].b, sizeof(struct c2c_hash));
    }
    err = c2c_reader_finish(&r);
    if (err == C2C_E_OK) {
        *ret_file = f;
    }
    return err;
}

/* The chain from keyset 1, whose hash is the city's id. */
static enum c2c_err check_keysets(const struct c2c_proof_file *f,
                                  struct c2c_proved *p)
{
    enum c2c_err err = c2c_keyset_decode_first(f->keyset[0], &p->keyset);

    p->city = p->keyset.hash;
    for (size_t i = 1; i < f->n_keysets && err == C2C_E_OK; i++) {
        struct c2c_keyset next;

        err = c2c_keyset_decode_next(f->keyset[i], &p->keyset, &next);
        if (err == C2C_E_OK) {
            p->keyset = next;
        }
    }
    return err;
}

static enum c2c_err check_head(const struct c2c_proof_file *f,
                               struct c2c_proved *p)
{
    enum c2c_err err = c2c_head_verify(f->head, &p->keyset, &p->head);

    return err == C2C_E_OK && !c2c_hash_eq(&p->head.city, &p->city)
               ? C2C_E_BAD_KEYSET
               : err;
}

static enum c2c_err check_record(const struct c2c_proof_file *f,
                                 struct c2c_proved *p)
{
    const struct c2c_proof_state state = {&p->city, C2C_AUDIENCE_PUBLIC,
                                          &p->head.pub.root, f->dir};
    enum c2c_err err = c2c_record_decode(f->record, &p->record);

    return err == C2C_E_OK ? c2c_proof_inclusion(&state, f->record, &f->at)
                           : err;
}

enum c2c_err c2c_proof_file_verify(struct c2c_view bytes,
                                   struct c2c_proved *ret_proved)
{
    struct c2c_proof_file f;
    struct c2c_proved p = {.city = {{0}}};
    enum c2c_err err = c2c_proof_file_decode(bytes, &f);

    if (err == C2C_E_OK) {
        err = check_keysets(&f, &p);
    }
    if (err == C2C_E_OK) {
        err = check_head(&f, &p);
    }
    if (err == C2C_E_OK) {
        err = check_record(&f, &p);
    }
    if (err == C2C_E_OK) {
        *ret_proved = p;
    }
    return err;
}
