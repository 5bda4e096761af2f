#include "crypto/noise.h"

#include <sodium.h>
#include <string.h>

/* Shorter than HASHLEN, so it is padded, not hashed (section 5.2). */
static const char protocol_name[C2C_NOISE_HASH_BYTES] =
    "Noise_XX_25519_ChaChaPoly_BLAKE2b";

/* Lives in sodium_malloc() memory: guarded, locked, not dumped. */
struct c2c_noise_key {
    uint8_t secret[C2C_NOISE_KEY_BYTES];
    struct c2c_noise_pub pub;
};

/* What a message is made of.  ES and SE name the initiator's key first. */
enum token {
    END,
    E,
    S,
    EE,
    ES,
    SE
};

enum {
    MAX_TOKENS = 5
};

static const struct {
    enum token tokens[MAX_TOKENS];
    size_t bytes; /* Without the payload. */
} messages[C2C_NOISE_MESSAGES] = {
    {{E}, C2C_NOISE_FIRST_BYTES},
    {{E, EE, S, ES}, C2C_NOISE_SECOND_BYTES},
    {{S, SE}, C2C_NOISE_THIRD_BYTES},
};

enum c2c_err c2c_noise_key_new(const struct c2c_rng *rng,
                               struct c2c_noise_key **ret_key)
{
    struct c2c_noise_key *key;

    if (sodium_init() < 0) { /* A no-op after c2c_crypto_init(). */
        return C2C_E_IO;
    }
    key = sodium_malloc(sizeof *key);
    if (key == NULL) {
        return C2C_E_NOMEM;
    }
    rng->fill(rng->ctx, key->secret, sizeof key->secret);
    (void)crypto_scalarmult_base(key->pub.b, key->secret);
    (void)sodium_mprotect_readonly(key);
    *ret_key = key;
    return C2C_E_OK;
}

void c2c_noise_key_free(struct c2c_noise_key *key)
{
    sodium_free(key); /* Wipes; NULL is fine. */
}

struct c2c_noise_pub c2c_noise_key_pub(const struct c2c_noise_key *key)
{
    return key->pub;
}

/* SymmetricState, section 5.2. */

static void mix_hash(struct c2c_noise *noise, struct c2c_view data)
{
    crypto_generichash_blake2b_state state;

    (void)crypto_generichash_blake2b_init(&state, NULL, 0, sizeof noise->h);
    (void)crypto_generichash_blake2b_update(&state, noise->h, sizeof noise->h);
    (void)crypto_generichash_blake2b_update(&state, data.p, data.n);
    (void)crypto_generichash_blake2b_final(&state, noise->h, sizeof noise->h);
}

static void mix_key(struct c2c_noise *noise, struct c2c_view input)
{
    uint8_t temp[C2C_HKDF_BYTES];

    c2c_hkdf(noise->ck, input, noise->ck, temp);
    memcpy(noise->k, temp, sizeof noise->k); /* HASHLEN is 64: truncated. */
    noise->n = 0;
    noise->has_k = true;
    sodium_memzero(temp, sizeof temp);
}

/* Write @plain to @out, sealed once there is a key; the bytes written. */
static size_t encrypt_and_hash(struct c2c_noise *noise, struct c2c_view plain,
                               uint8_t *out)
{
    size_t n = plain.n;

    if (noise->has_k) {
        c2c_aead_seal(noise->k, noise->n++, c2c_noise_hash(noise), plain, out);
        n += C2C_AEAD_TAG_BYTES;
    } else if (n > 0) {
        memcpy(out, plain.p, n);
    }
    mix_hash(noise, c2c_view_of(out, n));
    return n;
}

static enum c2c_err decrypt_and_hash(struct c2c_noise *noise,
                                     struct c2c_view sealed, uint8_t *out)
{
    if (noise->has_k) {
        enum c2c_err err = c2c_aead_open(noise->k, noise->n++,
                                         c2c_noise_hash(noise), sealed, out);

        if (err != C2C_E_OK) {
            return err;
        }
    } else if (sealed.n > 0) {
        memcpy(out, sealed.p, sealed.n);
    }
    mix_hash(noise, sealed);
    return C2C_E_OK;
}

/* MixKey(DH(@secret, @pub)); an all-zero result, from a point of small order,
 * is refused (section 12.1 allows it). */
static enum c2c_err mix_dh(struct c2c_noise *noise,
                           const uint8_t secret[C2C_NOISE_KEY_BYTES],
                           const struct c2c_noise_pub *pub)
{
    uint8_t shared[crypto_scalarmult_BYTES];
    enum c2c_err err = C2C_E_OK;

    if (crypto_scalarmult(shared, secret, pub->b) == 0) {
        mix_key(noise, c2c_view_of(shared, sizeof shared));
    } else {
        err = C2C_E_MALFORMED;
    }
    sodium_memzero(shared, sizeof shared);
    return err;
}

/* EE, ES or SE: which of our keys meets which of theirs. */
static enum c2c_err mix_token(struct c2c_noise *noise, enum token token)
{
    bool ours_is_s = token == (noise->role == C2C_NOISE_INITIATOR ? SE : ES);
    bool theirs_is_s = token == (noise->role == C2C_NOISE_INITIATOR ? ES : SE);

    return mix_dh(noise, ours_is_s ? noise->s->secret : noise->e_secret,
                  theirs_is_s ? &noise->rs : &noise->re);
}

/* HandshakeState, section 5.3. */

void c2c_noise_init(struct c2c_noise *noise, enum c2c_noise_role role,
                    const struct c2c_noise_key *key, struct c2c_view prologue,
                    const struct c2c_rng *rng)
{
    *noise = (struct c2c_noise){.role = role, .s = key, .rng = rng};
    memcpy(noise->h, protocol_name, sizeof noise->h);
    memcpy(noise->ck, protocol_name, sizeof noise->ck);
    mix_hash(noise, prologue);
}

void c2c_noise_fini(struct c2c_noise *noise)
{
    sodium_memzero(noise, sizeof *noise);
    noise->over = true;
}

/* The initiator writes the first message and the third. */
static bool is_turn(const struct c2c_noise *noise, bool writing)
{
    bool initiators = noise->messages % 2 == 0;

    return !noise->over && noise->messages < C2C_NOISE_MESSAGES &&
           (initiators == (noise->role == C2C_NOISE_INITIATOR)) == writing;
}

/* Finished with a message: on failure with everything. */
static enum c2c_err end_message(struct c2c_noise *noise, enum c2c_err err)
{
    if (err == C2C_E_OK) {
        noise->messages++;
    } else {
        c2c_noise_fini(noise);
    }
    return err;
}

/* Write what a token stands for to @at and move it on. */
static enum c2c_err write_token(struct c2c_noise *noise, enum token token,
                                uint8_t **at)
{
    if (token == E) {
        noise->rng->fill(noise->rng->ctx, noise->e_secret,
                         sizeof noise->e_secret);
        (void)crypto_scalarmult_base(noise->e.b, noise->e_secret);
        memcpy(*at, noise->e.b, sizeof noise->e.b);
        mix_hash(noise, c2c_view_of(noise->e.b, sizeof noise->e.b));
        *at += sizeof noise->e.b;
        return C2C_E_OK;
    }
    if (token == S) {
        const struct c2c_noise_pub *pub = &noise->s->pub;

        *at += encrypt_and_hash(noise, c2c_view_of(pub->b, sizeof pub->b), *at);
        return C2C_E_OK;
    }
    return mix_token(noise, token);
}

enum c2c_err c2c_noise_write(struct c2c_noise *noise, struct c2c_view payload,
                             struct c2c_buf *out)
{
    const enum token *token;
    enum c2c_err err;
    uint8_t *at;
    size_t n;

    if (!is_turn(noise, true)) {
        return C2C_E_INVAL;
    }
    n = messages[noise->messages].bytes;
    if (payload.n > C2C_NOISE_MESSAGE_BYTES - n) {
        return C2C_E_TOO_BIG;
    }
    n += payload.n;
    err = c2c_buf_room(out, n, &at);
    if (err != C2C_E_OK) {
        return err;
    }
    token = messages[noise->messages].tokens;
    for (; err == C2C_E_OK && *token != END; token++) {
        err = write_token(noise, *token, &at);
    }
    if (err == C2C_E_OK) {
        (void)encrypt_and_hash(noise, payload, at);
        out->n += n;
    }
    return end_message(noise, err);
}

/* Take @n bytes, which are there, from the front. */
static struct c2c_view take(struct c2c_view *rest, size_t n)
{
    struct c2c_view taken = {rest->p, n};

    rest->p += n;
    rest->n -= n;
    return taken;
}

static enum c2c_err read_token(struct c2c_noise *noise, enum token token,
                               struct c2c_view *rest)
{
    if (token == E) {
        struct c2c_view e = take(rest, sizeof noise->re.b);

        memcpy(noise->re.b, e.p, e.n);
        mix_hash(noise, e);
        return C2C_E_OK;
    }
    if (token == S) { /* Always sealed in this pattern. */
        return decrypt_and_hash(noise,
                                take(rest,
                                     sizeof noise->rs.b + C2C_AEAD_TAG_BYTES),
                                noise->rs.b);
    }
    return mix_token(noise, token);
}

enum c2c_err c2c_noise_read(struct c2c_noise *noise, struct c2c_view message,
                            struct c2c_buf *out)
{
    struct c2c_view rest = message;
    const enum token *token;
    enum c2c_err err;
    uint8_t *room;
    size_t n;

    if (!is_turn(noise, false)) {
        return C2C_E_INVAL;
    }
    if (message.n < messages[noise->messages].bytes) {
        return end_message(noise, C2C_E_MALFORMED);
    }
    if (message.n > C2C_NOISE_MESSAGE_BYTES) {
        return C2C_E_TOO_BIG;
    }
    n = message.n - messages[noise->messages].bytes;
    err = c2c_buf_room(out, n, &room);
    if (err != C2C_E_OK) {
        return err;
    }
    token = messages[noise->messages].tokens;
    for (; err == C2C_E_OK && *token != END; token++) {
        err = read_token(noise, *token, &rest);
    }
    if (err == C2C_E_OK) {
        err = decrypt_and_hash(noise, rest, room);
    }
    if (err == C2C_E_OK) {
        out->n += n;
    }
    return end_message(noise, err);
}

bool c2c_noise_done(const struct c2c_noise *noise)
{
    return !noise->over && noise->messages == C2C_NOISE_MESSAGES;
}

enum c2c_err c2c_noise_split(struct c2c_noise *noise,
                             struct c2c_noise_keys *ret_keys)
{
    bool first_is_ours = noise->role == C2C_NOISE_INITIATOR;
    uint8_t one[C2C_HKDF_BYTES];
    uint8_t two[C2C_HKDF_BYTES];

    if (!c2c_noise_done(noise)) {
        return C2C_E_INVAL;
    }
    c2c_hkdf(noise->ck, (struct c2c_view){NULL, 0}, one, two);
    memcpy(ret_keys->send, first_is_ours ? one : two, sizeof ret_keys->send);
    memcpy(ret_keys->receive, first_is_ours ? two : one,
           sizeof ret_keys->receive);
    sodium_memzero(one, sizeof one);
    sodium_memzero(two, sizeof two);
    sodium_memzero(noise->ck, sizeof noise->ck);
    sodium_memzero(noise->k, sizeof noise->k);
    sodium_memzero(noise->e_secret, sizeof noise->e_secret);
    noise->over = true;
    return C2C_E_OK;
}

struct c2c_noise_pub c2c_noise_remote(const struct c2c_noise *noise)
{
    return noise->rs;
}

struct c2c_view c2c_noise_hash(const struct c2c_noise *noise)
{
    return c2c_view_of(noise->h, sizeof noise->h);
}
