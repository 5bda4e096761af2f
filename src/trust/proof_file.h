/* A public record with all that proves it, in one object (PROTOCOL "Proof
 * file"): who has the city's id needs nothing else, and no node.
 *
 * [v, [keyset bin...], head bin, directory bin, record bin, index, [node
 * bin...]]; the keysets are the chain from keyset 1 to the head's. */

#ifndef C2C_TRUST_PROOF_FILE_H
#define C2C_TRUST_PROOF_FILE_H

#include "base/buf.h"
#include "base/err.h"
#include "base/view.h"
#include "codec/limits.h"
#include "record/record.h"
#include "trust/head.h"
#include "trust/keyset.h"
#include "trust/proof.h"

enum {
    C2C_PROOF_FILE_VERSION = 1
};

/* Its parts; views are borrowed. */
struct c2c_proof_file {
    size_t n_keysets; /* 1 to C2C_MAX_PROOF_KEYSETS. */
    struct c2c_view keyset[C2C_MAX_PROOF_KEYSETS];
    struct c2c_view head;
    struct c2c_view dir; /* Of the public audience. */
    struct c2c_view record;
    struct c2c_inclusion at;
};

/* What a proof file proves. */
struct c2c_proved {
    struct c2c_hash city;     /* Keyset 1's hash. */
    struct c2c_keyset keyset; /* The one that the head is signed under. */
    struct c2c_head head;
    struct c2c_record record; /* Borrowed from the file. */
};

enum c2c_err c2c_proof_file_encode(const struct c2c_proof_file *file,
                                   struct c2c_buf *out) C2C_MUST_CHECK;

/* Strict decoding; its parts are not looked into. */
enum c2c_err
c2c_proof_file_decode(struct c2c_view bytes,
                      struct c2c_proof_file *ret_file) C2C_MUST_CHECK;

/* Decode and check everything, link by link from keyset 1 to the record.
 * Neither the time nor whose city it is: the caller compares them. */
enum c2c_err
c2c_proof_file_verify(struct c2c_view bytes,
                      struct c2c_proved *ret_proved) C2C_MUST_CHECK;

#endif /* C2C_TRUST_PROOF_FILE_H */
