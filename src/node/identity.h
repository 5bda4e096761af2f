/* Who this node is: its folder, keyset and signing key.
 *
 *   DIR/c2cd.conf          configuration
 *   DIR/keyset             signed keyset 1, public
 *   DIR/city.json          the first profile, used when the store is new
 *   DIR/instance           ties the store to this run of history; in no backup
 *   DIR/keys/node.key      signs; 0600 in 0700
 *   DIR/offline/root.key   never read by the node; root-1.key and so on when
 *                          there are several
 *   DIR/store.db text.db   the store
 *   DIR/unsigned-N.json    puts that an adopted store could not sign
 *   DIR/run/               control socket and lock, 0700
 */

#ifndef C2C_NODE_IDENTITY_H
#define C2C_NODE_IDENTITY_H

#include "base/buf.h"
#include "base/diag.h"
#include "base/err.h"
#include "base/uuid.h"
#include "crypto/sign.h"
#include "trust/keyset.h"

struct c2c_identity {
    struct c2c_keyset keyset;   /* The newest; 1 until keys are rotated. */
    struct c2c_buf keyset_file; /* Its signed object. */
    struct c2c_hash city;
    struct c2c_signer *signer;
    uint64_t key; /* The signer's index in the keyset. */
};

/* Load and check; fills the diag. */
enum c2c_err c2c_identity_load(const char *dir, struct c2c_identity *identity,
                               struct c2c_diag *diag) C2C_MUST_CHECK;
void c2c_identity_fini(struct c2c_identity *identity);

/* DIR/instance; C2C_E_NOT_FOUND. */
enum c2c_err
c2c_identity_instance(const char *dir,
                      struct c2c_uuid *ret_instance) C2C_MUST_CHECK;
enum c2c_err
c2c_identity_set_instance(const char *dir,
                          const struct c2c_uuid *instance) C2C_MUST_CHECK;

/* Take the lock of DIR: @ret_fd stays open for as long as it is held.
 * C2C_E_IN_USE names the other process. */
enum c2c_err c2c_identity_lock(const char *dir, struct c2c_diag *diag,
                               int *ret_fd) C2C_MUST_CHECK;

#endif /* C2C_NODE_IDENTITY_H */
