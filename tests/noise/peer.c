/* One node of a session over standard input and output, for peer.py to talk to.
 *
 * usage: noise_peer initiator|responder COUNT
 *
 * What passes is [length 4, little-endian][tag 4][frame]: a reply bears the tag
 * of its request, which is what the transport does for real nodes.  The
 * initiator sends COUNT requests at once, the first within the handshake, and
 * takes the replies in any order; the responder answers until its input ends.
 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/hex.h"
#include "crypto/digest.h"
#include "crypto/noise.h"
#include "crypto/random.h"
#include "crypto/seal.h"
#include "crypto/sign.h"
#include "trust/binding.h"
#include "wire/body.h"
#include "wire/frame.h"

enum {
    MAX_FRAME = 1 << 16,
    MAX_COUNT = 500,
    NOW_S = 1800000000
};

/* Both sides know both cities: the initiator's is made of 1s. */
struct city {
    struct c2c_hash id;
    struct c2c_signer *signer;
    struct c2c_keyset keyset;
};

struct peer {
    enum c2c_noise_role role;
    struct city city[2];
    struct c2c_noise_key *key;
    struct c2c_noise noise;
    struct c2c_session_id id;
    struct c2c_seal seal;
    struct c2c_body_zip *zip;
    struct c2c_buf in;  /* A frame. */
    struct c2c_buf out; /* A frame. */
    struct c2c_buf part;
    struct c2c_buf plain;
    struct c2c_buf content;
};

static void must(enum c2c_err err, const char *what)
{
    if (err != C2C_E_OK) {
        (void)fprintf(stderr, "noise_peer: %s: %s\n", what, c2c_strerror(err));
        exit(EXIT_FAILURE);
    }
}

static void require(bool holds, const char *what)
{
    must(holds ? C2C_E_OK : C2C_E_INVAL, what);
}

/* Standard input and output. */

static uint32_t get_u32(const uint8_t *p)
{
    return p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 |
           (uint32_t)p[3] << 24;
}

static void put_u32(uint32_t value, uint8_t *p)
{
    for (int i = 0; i < 4; i++) {
        p[i] = (uint8_t)(value >> (8 * i));
    }
}

/* False when there is no more. */
static bool take_frame(struct peer *p, uint32_t *tag)
{
    uint8_t start[8];
    uint8_t *room;
    uint32_t n;

    if (fread(start, 1, sizeof start, stdin) != sizeof start) {
        return false;
    }
    n = get_u32(start);
    *tag = get_u32(start + 4);
    c2c_buf_clear(&p->in);
    must(c2c_buf_room(&p->in, n, &room), "a frame is too long");
    require(fread(room, 1, n, stdin) == n, "a frame is cut off");
    p->in.n = n;
    return true;
}

static void send_frame(const struct c2c_buf *frame, uint32_t tag)
{
    uint8_t start[8];

    put_u32((uint32_t)frame->n, start);
    put_u32(tag, start + 4);
    require(fwrite(start, 1, sizeof start, stdout) == sizeof start &&
                fwrite(frame->p, 1, frame->n, stdout) == frame->n &&
                fflush(stdout) == 0,
            "cannot write");
}

static void encode(struct peer *p, const struct c2c_frame *frame)
{
    c2c_buf_clear(&p->out);
    must(c2c_frame_encode(frame, &p->out), "encoding a frame");
}

/* Take a frame of @kind. */
static struct c2c_frame expect(struct peer *p, enum c2c_frame_kind kind,
                               uint32_t want_tag)
{
    struct c2c_frame frame;
    uint32_t tag;

    require(take_frame(p, &tag) && tag == want_tag, "no frame");
    must(c2c_frame_decode(c2c_buf_view(&p->in), &frame), "decoding a frame");
    require(frame.kind == kind, "a frame of another kind");
    return frame;
}

/* Identity. */

static void open_city(struct city *city, int number)
{
    uint8_t seed[32];
    struct c2c_signing_key *key = &city->keyset.key[number];

    memset(seed, 0x10 + number, sizeof seed);
    must(c2c_signer_from_seed(seed, &city->signer), "signer");
    memset(city->id.b, 1 + number, sizeof city->id.b);
    memset(city->keyset.hash.b, 0x21 + number, sizeof city->keyset.hash.b);
    city->keyset.n = 2;
    city->keyset.n_keys = (size_t)number + 1;
    key->pub = c2c_signer_pub(city->signer);
    key->uses = C2C_USE_HEAD;
}

/* Our proof, in p->content. */
static struct c2c_view prove(struct peer *p)
{
    struct city *ours = &p->city[p->role];
    struct c2c_binding binding = {.city = ours->id,
                                  .keyset = ours->keyset.hash,
                                  .key = ours->keyset.n_keys - 1,
                                  .expires_s = NOW_S + 3600};
    struct c2c_noise_pub pub = c2c_noise_key_pub(p->key);

    c2c_buf_clear(&p->content);
    must(c2c_binding_sign(&binding, &pub, ours->signer, &p->content), "proof");
    return c2c_buf_view(&p->content);
}

/* Is the proof in p->plain the other side's? */
static void check_proof(struct peer *p)
{
    struct city *theirs = &p->city[1 - p->role];
    struct c2c_noise_pub remote = c2c_noise_remote(&p->noise);
    struct c2c_binding binding;

    must(c2c_binding_decode(c2c_buf_view(&p->plain), &binding),
         "decoding a proof");
    require(c2c_hash_eq(&binding.city, &theirs->id), "another city");
    must(c2c_binding_verify(&binding, &theirs->keyset, &remote, NOW_S),
         "verifying a proof");
}

/* Handshake. */

static struct c2c_view write_message(struct peer *p, struct c2c_view payload)
{
    c2c_buf_clear(&p->part);
    must(c2c_noise_write(&p->noise, payload, &p->part), "writing a message");
    return c2c_buf_view(&p->part);
}

static void read_message(struct peer *p, struct c2c_view message)
{
    c2c_buf_clear(&p->plain);
    must(c2c_noise_read(&p->noise, message, &p->plain), "reading a message");
}

static void begin_session(struct peer *p)
{
    struct c2c_noise_keys keys;

    must(c2c_noise_split(&p->noise, &keys), "split");
    c2c_seal_init(&p->seal, &p->id, &keys, 0);
}

/* Traffic. */

/* What request @i asks: the channel's hash, the number, and text of some
 * length; every third one is public. */
static void make_content(struct peer *p, uint32_t i)
{
    struct c2c_view hash = c2c_noise_hash(&p->noise);
    uint8_t bytes[4];

    put_u32(i, bytes);
    c2c_buf_clear(&p->content);
    must(c2c_buf_put(&p->content, hash.p, hash.n), "content");
    must(c2c_buf_put(&p->content, bytes, sizeof bytes), "content");
    for (uint32_t n = i * 37 % 400; n > 0; n--) {
        must(c2c_buf_put(&p->content, "x", 1), "content");
    }
}

/* Seal p->content as a body into p->out. */
static void seal_content(struct peer *p, const uint64_t *request, bool padded)
{
    struct c2c_buf body;
    uint64_t counter;

    c2c_buf_init(&body, MAX_FRAME);
    must(c2c_body_encode(p->zip, c2c_buf_view(&p->content), padded, &body),
         "body");
    c2c_buf_clear(&p->out);
    must(c2c_seal_write(&p->seal, 0, request, c2c_buf_view(&body), &p->out,
                        &counter),
         "sealing");
    c2c_buf_fini(&body);
}

/* Open @sealed and its body into p->content. */
static enum c2c_err open_content(struct peer *p, struct c2c_view sealed,
                                 const uint64_t *request, uint64_t *counter)
{
    enum c2c_err err;

    c2c_buf_clear(&p->plain);
    c2c_buf_clear(&p->content);
    err = c2c_seal_read(&p->seal, 0, request, sealed, &p->plain, counter);
    if (err == C2C_E_OK) {
        err = c2c_body_decode(p->zip, c2c_buf_view(&p->plain), MAX_FRAME,
                              &p->content);
    }
    return err;
}

/* The reply to what p->content holds: the same and "!". */
static void answer(struct peer *p, uint64_t request, uint32_t tag)
{
    must(c2c_buf_put(&p->content, "!", 1), "content");
    seal_content(p, &request, request % 3 != 0);
    send_frame(&p->out, tag);
}

static void refuse(struct peer *p, enum c2c_err why, uint32_t tag)
{
    const struct c2c_frame frame = {.kind = C2C_FRAME_REFUSAL, .refusal = why};

    encode(p, &frame);
    send_frame(&p->out, tag);
}

static void respond(struct peer *p)
{
    struct c2c_frame frame = expect(p, C2C_FRAME_FIRST, 0);
    uint64_t counter;
    uint32_t tag;

    read_message(p, frame.handshake);
    p->id = c2c_session_id_make(&c2c_rng_system);
    frame = (struct c2c_frame){.kind = C2C_FRAME_SECOND, .id = p->id};
    frame.handshake = write_message(p, prove(p));
    encode(p, &frame);
    send_frame(&p->out, 0);
    frame = expect(p, C2C_FRAME_THIRD, 1);
    read_message(p, frame.handshake);
    check_proof(p);
    begin_session(p);
    must(open_content(p, frame.sealed, NULL, &counter), "the first request");
    answer(p, counter, 1);
    while (take_frame(p, &tag)) {
        enum c2c_err err = c2c_frame_decode(c2c_buf_view(&p->in), &frame);

        if (err == C2C_E_OK) {
            require(frame.kind == C2C_FRAME_SEALED, "not sealed");
            err = open_content(p, frame.sealed, NULL, &counter);
        }
        if (err == C2C_E_OK) {
            answer(p, counter, tag);
        } else {
            refuse(p, err, tag);
        }
    }
}

static void send_first_request(struct peer *p)
{
    struct c2c_frame frame = {.kind = C2C_FRAME_THIRD};
    struct c2c_buf sealed;

    frame.handshake = write_message(p, prove(p));
    begin_session(p);
    make_content(p, 0);
    seal_content(p, NULL, true);
    sealed = p->out; /* Encoding wants the buffer. */
    c2c_buf_init(&p->out, MAX_FRAME);
    frame.sealed = c2c_buf_view(&sealed);
    encode(p, &frame);
    c2c_buf_fini(&sealed);
    send_frame(&p->out, 1);
}

static void take_reply(struct peer *p, bool *answered, uint32_t count)
{
    struct c2c_frame frame;
    struct c2c_buf got;
    uint64_t request;
    uint64_t counter;
    uint32_t tag;

    require(take_frame(p, &tag), "a reply is missing");
    must(c2c_frame_decode(c2c_buf_view(&p->in), &frame), "decoding a reply");
    require(frame.kind == C2C_FRAME_SEALED, "a reply is not sealed");
    require(tag >= 1 && tag <= count && !answered[tag - 1], "whose reply?");
    request = tag - 1;
    must(open_content(p, frame.sealed, &request, &counter), "opening a reply");
    got = p->content;
    c2c_buf_init(&p->content, MAX_FRAME);
    make_content(p, tag - 1);
    must(c2c_buf_put(&p->content, "!", 1), "content");
    require(c2c_view_eq(c2c_buf_view(&got), c2c_buf_view(&p->content)),
            "a reply says something else");
    c2c_buf_fini(&got);
    answered[tag - 1] = true;
    request = count; /* No reply passes twice, nor for another one. */
    require(open_content(p, frame.sealed, &request, &counter) == C2C_E_REPLAYED,
            "a reply was taken twice");
}

static void initiate(struct peer *p, uint32_t count)
{
    struct c2c_frame frame = {.kind = C2C_FRAME_FIRST};
    bool answered[MAX_COUNT] = {false};

    frame.handshake = write_message(p, (struct c2c_view){NULL, 0});
    encode(p, &frame);
    send_frame(&p->out, 0);
    frame = expect(p, C2C_FRAME_SECOND, 0);
    p->id = frame.id;
    read_message(p, frame.handshake);
    check_proof(p);
    send_first_request(p);
    for (uint32_t i = 1; i < count; i++) {
        make_content(p, i);
        seal_content(p, NULL, i % 3 != 0);
        send_frame(&p->out, i + 1);
    }
    for (uint32_t i = 0; i < count; i++) {
        take_reply(p, answered, count);
    }
}

int main(int argc, char **argv)
{
    struct peer p = {.role = C2C_NOISE_INITIATOR};
    struct c2c_buf *bufs[] = {&p.in, &p.out, &p.part, &p.plain, &p.content};
    uint32_t count;

    require(argc == 3, "usage: noise_peer initiator|responder COUNT");
    count = (uint32_t)strtoul(argv[2], NULL, 10);
    require(count > 0 && count <= MAX_COUNT, "COUNT is out of range");
    if (strcmp(argv[1], "responder") == 0) {
        p.role = C2C_NOISE_RESPONDER;
    }
    for (size_t i = 0; i < sizeof bufs / sizeof bufs[0]; i++) {
        c2c_buf_init(bufs[i], MAX_FRAME);
    }
    must(c2c_crypto_init(), "libsodium");
    open_city(&p.city[0], 0);
    open_city(&p.city[1], 1);
    must(c2c_body_zip_new(&p.zip), "compressor");
    must(c2c_noise_key_new(&c2c_rng_system, &p.key), "static key");
    c2c_noise_init(&p.noise, p.role, p.key, c2c_frame_prologue(),
                   &c2c_rng_system);
    if (p.role == C2C_NOISE_INITIATOR) {
        initiate(&p, count);
    } else {
        respond(&p);
    }
    for (size_t i = 0; i < sizeof bufs / sizeof bufs[0]; i++) {
        c2c_buf_fini(bufs[i]);
    }
    c2c_noise_fini(&p.noise);
    c2c_seal_fini(&p.seal);
    c2c_noise_key_free(p.key);
    c2c_body_zip_free(p.zip);
    c2c_signer_free(p.city[0].signer);
    c2c_signer_free(p.city[1].signer);
    return EXIT_SUCCESS;
}
