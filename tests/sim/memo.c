/* Each signature is verified for real once: a simulation meets the same ones
 * thousands of times.  Linked in place of c2c_verify() (--wrap). */

#include <stdlib.h>
#include <string.h>

#include "crypto/sign.h"

enum c2c_err __real_c2c_verify(const struct c2c_pubkey *pub,
                               const struct c2c_hash *hash,
                               const struct c2c_sig *sig);
enum c2c_err __wrap_c2c_verify(const struct c2c_pubkey *pub,
                               const struct c2c_hash *hash,
                               const struct c2c_sig *sig);

enum {
    SLOTS = 1 << 16
};

static struct {
    bool used;
    struct c2c_pubkey pub;
    struct c2c_hash hash;
    struct c2c_sig sig;
    enum c2c_err err;
} memo[SLOTS];

enum c2c_err __wrap_c2c_verify(const struct c2c_pubkey *pub,
                               const struct c2c_hash *hash,
                               const struct c2c_sig *sig)
{
    size_t i = (size_t)(sig->b[0] | sig->b[1] << 8);

    if (!memo[i].used || memcmp(&memo[i].pub, pub, sizeof *pub) != 0 ||
        memcmp(&memo[i].hash, hash, sizeof *hash) != 0 ||
        memcmp(&memo[i].sig, sig, sizeof *sig) != 0) {
        memo[i].used = true;
        memo[i].pub = *pub;
        memo[i].hash = *hash;
        memo[i].sig = *sig;
        memo[i].err = __real_c2c_verify(pub, hash, sig);
    }
    return memo[i].err;
}
