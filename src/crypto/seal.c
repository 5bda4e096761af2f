#include "crypto/seal.h"

#include <sodium.h>
#include <string.h>

#include "base/clock.h"

enum {
    WORD = 64,
    ID_MARK = 0x80
};

struct c2c_session_id c2c_session_id_make(const struct c2c_rng *rng)
{
    struct c2c_session_id id;

    rng->fill(rng->ctx, id.b, sizeof id.b);
    id.b[0] |= ID_MARK;
    return id;
}

bool c2c_session_id_eq(const struct c2c_session_id *a,
                       const struct c2c_session_id *b)
{
    return memcmp(a->b, b->b, sizeof a->b) == 0;
}

static void put_counter(uint64_t counter, uint8_t out[C2C_SEAL_COUNTER_BYTES])
{
    for (size_t i = 0; i < C2C_SEAL_COUNTER_BYTES; i++) {
        out[i] = (uint8_t)(counter >> (8 * i));
    }
}

static uint64_t get_counter(const uint8_t in[C2C_SEAL_COUNTER_BYTES])
{
    uint64_t counter = 0;

    for (size_t i = 0; i < C2C_SEAL_COUNTER_BYTES; i++) {
        counter |= (uint64_t)in[i] << (8 * i);
    }
    return counter;
}

void c2c_seal_init(struct c2c_seal *seal, const struct c2c_session_id *id,
                   struct c2c_noise_keys *keys, uint64_t now_ms)
{
    *seal = (struct c2c_seal){.id = *id, .keys = *keys, .opened_ms = now_ms};
    sodium_memzero(keys, sizeof *keys);
}

void c2c_seal_fini(struct c2c_seal *seal)
{
    sodium_memzero(seal, sizeof *seal);
    seal->opened_ms = UINT64_MAX; /* Always over: see check_age(). */
}

static enum c2c_err check_age(const struct c2c_seal *seal, uint64_t now_ms)
{
    bool ended = seal->opened_ms == UINT64_MAX;

    return ended || c2c_clock_since(seal->opened_ms, now_ms) >= C2C_SEAL_LIFE_MS
               ? C2C_E_EXPIRED
               : C2C_E_OK;
}

/* Header, and for a reply its request's counter. */
struct associated {
    uint8_t b[C2C_SEAL_HEADER_BYTES + C2C_SEAL_COUNTER_BYTES];
    size_t n;
};

static struct associated associate(const uint8_t header[C2C_SEAL_HEADER_BYTES],
                                   const uint64_t *request)
{
    struct associated ad = {.n = C2C_SEAL_HEADER_BYTES};

    memcpy(ad.b, header, C2C_SEAL_HEADER_BYTES);
    if (request != NULL) {
        put_counter(*request, ad.b + ad.n);
        ad.n += C2C_SEAL_COUNTER_BYTES;
    }
    return ad;
}

enum c2c_err c2c_seal_write(struct c2c_seal *seal, uint64_t now_ms,
                            const uint64_t *request, struct c2c_view plain,
                            struct c2c_buf *out, uint64_t *ret_counter)
{
    enum c2c_err err = check_age(seal, now_ms);
    struct associated ad;
    uint8_t *room;

    if (err == C2C_E_OK && seal->next >= C2C_SEAL_MESSAGES) {
        err = C2C_E_EXHAUSTED;
    }
    if (err == C2C_E_OK && plain.n > SIZE_MAX - C2C_SEAL_MIN_BYTES) {
        err = C2C_E_TOO_BIG;
    }
    if (err == C2C_E_OK) {
        err = c2c_buf_room(out, plain.n + C2C_SEAL_MIN_BYTES, &room);
    }
    if (err != C2C_E_OK) {
        return err;
    }
    memcpy(room, seal->id.b, sizeof seal->id.b);
    put_counter(seal->next, room + sizeof seal->id.b);
    ad = associate(room, request);
    c2c_aead_seal(seal->keys.send, seal->next, c2c_view_of(ad.b, ad.n), plain,
                  room + C2C_SEAL_HEADER_BYTES);
    out->n += plain.n + C2C_SEAL_MIN_BYTES;
    *ret_counter = seal->next++;
    return C2C_E_OK;
}

static uint64_t bit_of(uint64_t counter)
{
    return UINT64_C(1) << counter % WORD;
}

static size_t word_of(uint64_t counter)
{
    return (size_t)(counter % C2C_SEAL_WINDOW / WORD);
}

static enum c2c_err check_counter(const struct c2c_seal *seal, uint64_t counter)
{
    if (counter >= C2C_SEAL_MESSAGES) {
        return C2C_E_EXHAUSTED;
    }
    if (counter >= seal->received) {
        return C2C_E_OK;
    }
    if (seal->received - counter > C2C_SEAL_WINDOW) {
        return C2C_E_STALE;
    }
    return (seal->seen[word_of(counter)] & bit_of(counter)) != 0
               ? C2C_E_REPLAYED
               : C2C_E_OK;
}

/* Remember @counter, which passed check_counter(). */
static void remember(struct c2c_seal *seal, uint64_t counter)
{
    if (counter >= seal->received + C2C_SEAL_WINDOW) {
        memset(seal->seen, 0, sizeof seal->seen);
        seal->received = counter + 1;
    }
    /* The bits of counters that leave the window serve those that enter. */
    for (; seal->received <= counter; seal->received++) {
        seal->seen[word_of(seal->received)] &= ~bit_of(seal->received);
    }
    seal->seen[word_of(counter)] |= bit_of(counter);
}

enum c2c_err c2c_seal_read(struct c2c_seal *seal, uint64_t now_ms,
                           const uint64_t *request, struct c2c_view bytes,
                           struct c2c_buf *out, uint64_t *ret_counter)
{
    struct c2c_view sealed;
    struct c2c_session_id id;
    struct associated ad;
    uint64_t counter;
    uint8_t *room;
    enum c2c_err err = c2c_seal_peek(bytes, &id, &counter);

    if (err == C2C_E_OK && !c2c_session_id_eq(&id, &seal->id)) {
        err = C2C_E_NOT_FOUND;
    }
    if (err == C2C_E_OK) {
        err = check_age(seal, now_ms);
    }
    if (err == C2C_E_OK) {
        err = check_counter(seal, counter);
    }
    if (err == C2C_E_OK) {
        err = c2c_buf_room(out, bytes.n - C2C_SEAL_MIN_BYTES, &room);
    }
    if (err != C2C_E_OK) {
        return err;
    }
    ad = associate(bytes.p, request);
    sealed = c2c_view_of(bytes.p + C2C_SEAL_HEADER_BYTES,
                         bytes.n - C2C_SEAL_HEADER_BYTES);
    err = c2c_aead_open(seal->keys.receive, counter, c2c_view_of(ad.b, ad.n),
                        sealed, room);
    if (err != C2C_E_OK) {
        return err;
    }
    out->n += bytes.n - C2C_SEAL_MIN_BYTES;
    remember(seal, counter);
    *ret_counter = counter;
    return C2C_E_OK;
}

enum c2c_err c2c_seal_peek(struct c2c_view bytes, struct c2c_session_id *ret_id,
                           uint64_t *ret_counter)
{
    if (bytes.n < C2C_SEAL_MIN_BYTES || (bytes.p[0] & ID_MARK) == 0) {
        return C2C_E_MALFORMED;
    }
    memcpy(ret_id->b, bytes.p, sizeof ret_id->b);
    *ret_counter = get_counter(bytes.p + sizeof ret_id->b);
    return C2C_E_OK;
}
