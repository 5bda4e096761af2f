/* Ed25519 signatures over personalised hashes (PROTOCOL "Signatures").
 *
 * A secret key exists only inside a struct c2c_signer: locked memory that never
 * reaches a core dump or swap and is wiped when freed. */

#ifndef C2C_CRYPTO_SIGN_H
#define C2C_CRYPTO_SIGN_H

#include <stdbool.h>

#include "base/err.h"
#include "base/hash.h"
#include "base/view.h"

enum {
    C2C_PUBKEY_BYTES = 32,
    C2C_SIG_BYTES = 64,
    C2C_SEED_BYTES = 32,
    C2C_KEY_TEXT = 256 /* Of a key file, with the NUL. */
};

struct c2c_pubkey {
    uint8_t b[C2C_PUBKEY_BYTES];
};

struct c2c_sig {
    uint8_t b[C2C_SIG_BYTES];
};

struct c2c_signer; /* A secret key. */

/* Start libsodium; once more does nothing.  C2C_E_IO if the machine has no
 * randomness.  Programs that hold keys also call c2c_process_seal(). */
enum c2c_err c2c_crypto_init(void) C2C_MUST_CHECK;

bool c2c_pubkey_eq(const struct c2c_pubkey *a, const struct c2c_pubkey *b);

/* A new random key. */
enum c2c_err c2c_signer_new(struct c2c_signer **ret_signer) C2C_MUST_CHECK;

/* From a 32-byte seed (RFC 8032); for published vectors. */
enum c2c_err
c2c_signer_from_seed(const uint8_t seed[C2C_SEED_BYTES],
                     struct c2c_signer **ret_signer) C2C_MUST_CHECK;

/* Wipes. */
void c2c_signer_free(struct c2c_signer *signer);

struct c2c_pubkey c2c_signer_pub(const struct c2c_signer *signer);

/* Copy the C2C_SEED_BYTES of the seed to @ret_seed, which must be of
 * c2c_secret_new(); only for key files and recovery sheets. */
void c2c_signer_seed(const struct c2c_signer *signer, uint8_t *ret_seed);

/* Sign the 32 bytes of @hash.  Any thread. */
struct c2c_sig c2c_sign(const struct c2c_signer *signer,
                        const struct c2c_hash *hash);

/* C2C_E_BAD_SIGNATURE unless @sig is @pub's over @hash.  Keys of small order
 * and non-canonical signatures are refused, as libsodium does. */
enum c2c_err c2c_verify(const struct c2c_pubkey *pub,
                        const struct c2c_hash *hash,
                        const struct c2c_sig *sig) C2C_MUST_CHECK;

/* Secret key files.
 *
 * Text: "c2c secret key 1\nfor: USE\npublic: HEX\nsecret: HEX\n".  Mode 0600 in
 * a folder without any rights for others. */

/* The text of @signer's file in the C2C_KEY_TEXT bytes at @ret_text, which must
 * be of c2c_secret_new().  @use is a word such as "node" or "root".
 * C2C_E_NOMEM. */
enum c2c_err c2c_signer_text(const struct c2c_signer *signer, const char *use,
                             char *ret_text) C2C_MUST_CHECK;

/* Write a new file; never over an existing one (C2C_E_EXISTS). */
enum c2c_err c2c_signer_save(const struct c2c_signer *signer, const char *path,
                             const char *use) C2C_MUST_CHECK;

/* C2C_E_PERMISSION when group or others may read the file or its folder, or
 * neither we nor root own it; C2C_E_NOT_FOUND; C2C_E_MALFORMED; also
 * C2C_E_MALFORMED when the public half does not belong to the secret one. */
enum c2c_err c2c_signer_load(const char *path,
                             struct c2c_signer **ret_signer) C2C_MUST_CHECK;

#endif /* C2C_CRYPTO_SIGN_H */
