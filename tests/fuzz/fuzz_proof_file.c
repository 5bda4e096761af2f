/* Any bytes as a proof file: what decodes encodes to the same bytes, and what
 * verifies is what the file says, in a state that is signed. */

#include <string.h>

#include "base/buf.h"
#include "fuzz.h"
#include "trust/proof_file.h"

static void encode_again(const struct c2c_proof_file *file,
                         struct c2c_view bytes)
{
    struct c2c_buf again;

    c2c_buf_init(&again, C2C_MAX_PROOF_BYTES);
    require(c2c_proof_file_encode(file, &again) == C2C_E_OK);
    require(c2c_view_eq(c2c_buf_view(&again), bytes));
    c2c_buf_fini(&again);
}

static void check_proved(const struct c2c_proof_file *file,
                         const struct c2c_proved *proved)
{
    struct c2c_keyset first;
    struct c2c_head head;

    require(c2c_keyset_decode_first(file->keyset[0], &first) == C2C_E_OK);
    require(c2c_hash_eq(&first.hash, &proved->city));
    require(c2c_head_verify(file->head, &proved->keyset, &head) == C2C_E_OK);
    require(c2c_hash_eq(&head.city, &first.hash));
    require(proved->keyset.n == file->n_keysets);
    require(proved->keyset.n == head.epoch);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct c2c_view bytes = c2c_view_of(data, size);
    struct c2c_proof_file file = {.n_keysets = 77};
    struct c2c_proved proved = {.keyset = {.n = 77}};
    enum c2c_err err;

    if (c2c_proof_file_decode(bytes, &file) != C2C_E_OK) {
        require(file.n_keysets == 77);
        require(c2c_proof_file_verify(bytes, &proved) != C2C_E_OK);
        require(proved.keyset.n == 77);
        return 0;
    }
    require(size <= C2C_MAX_PROOF_BYTES);
    encode_again(&file, bytes);
    err = c2c_proof_file_verify(bytes, &proved);
    if (err == C2C_E_OK) {
        check_proved(&file, &proved);
    } else {
        require(proved.keyset.n == 77);
    }
    return 0;
}
