#include "party.h"

#include <stdlib.h>
#include <string.h>

const uint64_t party_now_s = 1800000000;

/* Also used where cmocka is not: fuzz targets. */
static void must(enum c2c_err err)
{
    if (err != C2C_E_OK) {
        abort();
    }
}

static void fill(void *ctx, void *out, size_t n)
{
    uint64_t *state = ctx;
    uint8_t *p = out;

    for (size_t i = 0; i < n; i++) {
        uint64_t z = *state += UINT64_C(0x9e3779b97f4a7c15);

        z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
        z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
        p[i] = (uint8_t)(z >> 56);
    }
}

struct c2c_rng party_rng(uint64_t *state)
{
    return (struct c2c_rng){fill, state};
}

static struct c2c_signer *signer_of(uint8_t seed, uint8_t what)
{
    const uint8_t bytes[32] = {seed, what};
    struct c2c_signer *signer;

    must(c2c_signer_from_seed(bytes, &signer));
    return signer;
}

static enum c2c_err newest(void *ctx, const struct c2c_hash *city,
                           struct c2c_keyset *ret_keyset)
{
    const struct party *party = ctx;

    for (size_t i = 0; i < party->n_known; i++) {
        if (c2c_hash_eq(&party->known[i].city, city)) {
            *ret_keyset = party->known[i].keyset;
            return C2C_E_OK;
        }
    }
    return C2C_E_NOT_FOUND;
}

/* Sign the keyset after those that there are. */
static void add_keyset(struct party *party)
{
    struct c2c_keyset k = {.n = party->n + 1,
                           .kind = C2C_LGA,
                           .created_s = party_now_s,
                           .threshold = 1,
                           .n_roots = 1,
                           .n_keys = 1};
    const struct c2c_signer *roots[] = {party->root};
    struct c2c_buf *object = &party->object[party->n];

    k.root[0] = c2c_signer_pub(party->root);
    k.key[0].pub = c2c_signer_pub(party->signer);
    k.key[0].uses = C2C_USE_HEAD;
    if (party->n > 0) {
        k.previous = party->keyset[party->n - 1].hash;
    }
    c2c_buf_init(object, 8192);
    must(c2c_keyset_sign(&k, roots, 1, object));
    must(c2c_keyset_peek(c2c_buf_view(object), &party->keyset[party->n]));
    party->n++;
}

void party_prove(struct party *party, uint64_t expires_s)
{
    struct c2c_noise_pub pub = c2c_noise_key_pub(party->key);
    struct c2c_binding binding = {.city = party->city,
                                  .keyset = party->keyset[party->n - 1].hash,
                                  .expires_s = expires_s};

    c2c_buf_clear(&party->proof);
    must(c2c_binding_sign(&binding, &pub, party->signer, &party->proof));
    party->self.key = party->key;
    party->self.proof = c2c_buf_view(&party->proof);
}

void party_init(struct party *party, uint8_t seed, const struct c2c_rng *rng)
{
    *party = (struct party){.n = 0};
    party->root = signer_of(seed, 1);
    party->signer = signer_of(seed, 2);
    party->keyring = (struct c2c_keyring){newest, party};
    add_keyset(party);
    party->city = party->keyset[0].hash;
    must(c2c_noise_key_new(rng, &party->key));
    c2c_buf_init(&party->proof, 256);
    party_prove(party, party_now_s + 3600);
}

void party_fini(struct party *party)
{
    c2c_signer_free(party->root);
    c2c_signer_free(party->signer);
    c2c_noise_key_free(party->key);
    c2c_buf_fini(&party->proof);
    for (size_t i = 0; i < party->n; i++) {
        c2c_buf_fini(&party->object[i]);
    }
}

void party_rotate(struct party *party)
{
    c2c_signer_free(party->signer);
    party->signer = signer_of(party->city.b[0], (uint8_t)(3 + party->n));
    add_keyset(party);
    party_prove(party, party_now_s + 3600);
}

void party_meet(struct party *party, const struct party *other, size_t n)
{
    size_t i = 0;

    while (i < party->n_known &&
           !c2c_hash_eq(&party->known[i].city, &other->city)) {
        i++;
    }
    party->known[i].city = other->city;
    party->known[i].keyset = other->keyset[n - 1];
    party->n_known += i == party->n_known ? 1 : 0;
}

void party_list(const struct party *party, uint64_t from,
                struct c2c_list_buf *list)
{
    for (size_t i = (size_t)from - 1; i < party->n; i++) {
        must(c2c_list_put_bin(list, c2c_buf_view(&party->object[i])));
    }
}
