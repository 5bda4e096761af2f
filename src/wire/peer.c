#include "wire/peer.h"

enum c2c_err c2c_peer_read(struct c2c_view payload,
                           const struct c2c_noise_pub *node,
                           struct c2c_peer *ret_peer)
{
    struct c2c_peer peer = {.anonymous = payload.n == 0};
    enum c2c_err err = C2C_E_OK;

    if (!peer.anonymous) {
        peer.node = *node;
        err = c2c_binding_decode(payload, &peer.binding);
    }
    if (err == C2C_E_OK) {
        *ret_peer = peer;
    }
    return err;
}

enum c2c_err c2c_peer_check(const struct c2c_peer *peer,
                            const struct c2c_keyring *keyring, uint64_t now_s)
{
    const struct c2c_binding *binding = &peer->binding;
    struct c2c_keyset keyset;
    enum c2c_err err = C2C_E_NOT_FOUND;

    if (!peer->anonymous) {
        err = keyring->newest(keyring->ctx, &binding->city, &keyset);
    }
    if (err == C2C_E_OK && !c2c_hash_eq(&binding->keyset, &keyset.hash)) {
        err = C2C_E_NOT_FOUND;
    }
    return err == C2C_E_OK
               ? c2c_binding_verify(binding, &keyset, &peer->node, now_s)
               : err;
}

/* A chain of keysets being followed. */
struct chain {
    struct c2c_hash city;
    bool begun;
    struct c2c_keyset newest;
};

static enum c2c_err follow(struct chain *chain, struct c2c_view bytes)
{
    struct c2c_keyset next;
    enum c2c_err err;

    if (!chain->begun) {
        err = c2c_keyset_decode_first(bytes, &next);
        if (err == C2C_E_OK && !c2c_hash_eq(&next.hash, &chain->city)) {
            err = C2C_E_BAD_KEYSET;
        }
    } else {
        err = c2c_keyset_peek(bytes, &next);
        if (err == C2C_E_OK && next.n <= chain->newest.n) {
            return C2C_E_OK; /* Known. */
        }
        if (err == C2C_E_OK) {
            err = c2c_keyset_decode_next(bytes, &chain->newest, &next);
        }
    }
    if (err == C2C_E_OK) {
        chain->begun = true;
        chain->newest = next;
    }
    return err;
}

static enum c2c_err follow_all(struct chain *chain,
                               struct c2c_list_view keysets)
{
    struct c2c_view bytes;
    enum c2c_err err = C2C_E_OK;

    while (err == C2C_E_OK) {
        err = c2c_list_next_keyset(&keysets, &bytes);
        if (err == C2C_E_NOT_FOUND) {
            return C2C_E_OK; /* The end of the list. */
        }
        if (err == C2C_E_OK) {
            err = follow(chain, bytes);
        }
    }
    return err;
}

enum c2c_err c2c_peer_learn(const struct c2c_peer *peer,
                            const struct c2c_keyring *keyring,
                            struct c2c_list_view keysets, uint64_t now_s,
                            struct c2c_keyset *ret_keyset)
{
    const struct c2c_binding *binding = &peer->binding;
    struct chain chain = {.city = binding->city};
    enum c2c_err err;

    if (peer->anonymous) {
        return C2C_E_NOT_FOUND;
    }
    err = keyring->newest(keyring->ctx, &chain.city, &chain.newest);
    chain.begun = err == C2C_E_OK;
    if (err == C2C_E_OK || err == C2C_E_NOT_FOUND) {
        err = follow_all(&chain, keysets);
    }
    if (err == C2C_E_OK &&
        (!chain.begun || !c2c_hash_eq(&chain.newest.hash, &binding->keyset))) {
        err = C2C_E_BAD_KEYSET;
    }
    if (err == C2C_E_OK) {
        err = c2c_binding_verify(binding, &chain.newest, &peer->node, now_s);
    }
    if (err == C2C_E_OK) {
        *ret_keyset = chain.newest;
    }
    return err;
}
