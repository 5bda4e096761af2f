/* A whole session, from the first byte on, as PROTOCOL "Session" has it:
 * proto/vectors/session.json, which another implementation made. */

#include <string.h>

#include "crypto/noise.h"
#include "crypto/seal.h"
#include "fixed_rng.h"
#include "test.h"
#include "trust/binding.h"
#include "vectors.h"
#include "wire/body.h"
#include "wire/frame.h"

enum {
    ROOM = 1 << 16
};

/* One of the two nodes. */
struct node {
    const struct c2c_val *vector;
    uint8_t secret[32];
    struct c2c_rng rng;
    struct c2c_noise_key *key;
    struct c2c_signer *signer;
    struct c2c_keyset keyset;
    struct c2c_buf binding;
    struct c2c_noise noise;
    struct c2c_seal seal;
};

struct fixture {
    struct c2c_doc *doc;
    const struct c2c_val *root;
    struct c2c_body_zip *zip;
    struct node node[2];
    struct c2c_session_id id;
    struct c2c_buf a; /* Scratch. */
    struct c2c_buf b;
    struct c2c_buf want;
};

static struct fixture fixture;

/* The vector with this name. */
static const struct c2c_val *named(const struct fixture *f, const char *name)
{
    for (size_t i = 0; i < c2c_val_count(f->root); i++) {
        const struct c2c_val *v = c2c_val_at(f->root, i);

        if (c2c_view_eq_str(c2c_val_text(v, "name"), name)) {
            return v;
        }
    }
    fail_msg("no vector is called %s", name);
    return NULL;
}

static void read_32(const struct c2c_val *of, const char *key, uint8_t *out)
{
    struct c2c_buf bytes;

    c2c_buf_init(&bytes, 32);
    vectors_bytes(of, key, &bytes);
    assert_int_equal(bytes.n, 32);
    memcpy(out, bytes.p, 32);
    c2c_buf_fini(&bytes);
}

static uint64_t number(const struct c2c_val *of, const char *key)
{
    return (uint64_t)c2c_val_int(c2c_val_get(of, key));
}

static void open_node(struct node *n, enum c2c_noise_role role)
{
    struct c2c_binding binding = {.key = number(n->vector, "key"),
                                  .expires_s = number(n->vector, "expires")};
    struct c2c_noise_pub pub;

    n->rng = fixed_rng(n->secret);
    read_32(n->vector, "static", n->secret);
    assert_ok(c2c_noise_key_new(&n->rng, &n->key));
    read_32(n->vector, "seed", n->secret);
    assert_ok(c2c_signer_from_seed(n->secret, &n->signer));
    read_32(n->vector, "city", binding.city.b);
    read_32(n->vector, "keyset", binding.keyset.b);
    n->keyset = (struct c2c_keyset){.n = 2, .n_keys = binding.key + 1};
    n->keyset.hash = binding.keyset;
    n->keyset.key[binding.key].pub = c2c_signer_pub(n->signer);
    n->keyset.key[binding.key].uses = C2C_USE_HEAD;
    pub = c2c_noise_key_pub(n->key);
    c2c_buf_init(&n->binding, ROOM);
    assert_ok(c2c_binding_sign(&binding, &pub, n->signer, &n->binding));
    read_32(n->vector, "ephemeral", n->secret);
    c2c_noise_init(&n->noise, role, n->key, c2c_frame_prologue(), &n->rng);
}

static int begin(void **state)
{
    static const char *const names[] = {"initiator", "responder"};
    struct fixture *f = &fixture;

    *f = (struct fixture){.doc = NULL};
    assert_ok(c2c_doc_new(&f->doc));
    assert_ok(c2c_body_zip_new(&f->zip));
    c2c_buf_init(&f->a, ROOM);
    c2c_buf_init(&f->b, ROOM);
    c2c_buf_init(&f->want, ROOM);
    f->root = vectors_read(f->doc, "session.json");
    vectors_bytes(named(f, "session id"), "hex", &f->a);
    assert_int_equal(f->a.n, sizeof f->id.b);
    memcpy(f->id.b, f->a.p, sizeof f->id.b);
    for (int i = 0; i < 2; i++) {
        f->node[i].vector = named(f, names[i]);
        open_node(&f->node[i], (enum c2c_noise_role)i);
    }
    *state = f;
    return 0;
}

static int end(void **state)
{
    struct fixture *f = *state;

    for (int i = 0; i < 2; i++) {
        c2c_noise_fini(&f->node[i].noise);
        c2c_seal_fini(&f->node[i].seal);
        c2c_noise_key_free(f->node[i].key);
        c2c_signer_free(f->node[i].signer);
        c2c_buf_fini(&f->node[i].binding);
    }
    c2c_buf_fini(&f->a);
    c2c_buf_fini(&f->b);
    c2c_buf_fini(&f->want);
    c2c_body_zip_free(f->zip);
    c2c_doc_free(f->doc);
    return 0;
}

static struct c2c_view want(struct fixture *f, const struct c2c_val *of,
                            const char *key)
{
    c2c_buf_clear(&f->want);
    vectors_bytes(of, key, &f->want);
    return c2c_buf_view(&f->want);
}

static struct c2c_view want_hex(struct fixture *f, const char *name)
{
    return want(f, named(f, name), "hex");
}

static void proofs_are_those_of_the_vector(void **state)
{
    struct fixture *f = *state;

    for (int i = 0; i < 2; i++) {
        const struct node *n = &f->node[i];

        assert_true(c2c_view_eq(c2c_buf_view(&n->binding),
                                want(f, n->vector, "binding")));
    }
}

/* @frame is the vector @name; then @reader reads its handshake message, and for
 * all but the first a proof that holds. */
static void pass_handshake(struct fixture *f, const char *name,
                           const struct c2c_frame *frame, struct node *reader,
                           const struct node *writer)
{
    struct c2c_noise_pub remote;
    struct c2c_binding binding;
    struct c2c_frame got;

    c2c_buf_clear(&f->b);
    assert_ok(c2c_frame_encode(frame, &f->b));
    assert_true(c2c_view_eq(c2c_buf_view(&f->b), want_hex(f, name)));
    assert_ok(c2c_frame_decode(c2c_buf_view(&f->b), &got));
    c2c_buf_clear(&f->a);
    assert_ok(c2c_noise_read(&reader->noise, got.handshake, &f->a));
    if (frame->kind == C2C_FRAME_FIRST) {
        assert_int_equal(f->a.n, 0);
        return;
    }
    remote = c2c_noise_remote(&reader->noise);
    assert_ok(c2c_binding_decode(c2c_buf_view(&f->a), &binding));
    assert_ok(c2c_binding_verify(&binding, &writer->keyset, &remote,
                                 binding.expires_s - 60));
}

static void split(struct fixture *f, struct node *n)
{
    struct c2c_noise_keys keys;

    assert_ok(c2c_noise_split(&n->noise, &keys));
    c2c_seal_init(&n->seal, &f->id, &keys, 0);
}

/* Seal the plaintext of the vector @name as message @counter of @n. */
static struct c2c_view seal(struct fixture *f, struct node *n,
                            const uint64_t *request, const char *name,
                            uint64_t counter, struct c2c_buf *out)
{
    uint64_t got;

    c2c_buf_clear(out);
    assert_ok(c2c_seal_write(&n->seal, 0, request,
                             want(f, named(f, name), "plain"), out, &got));
    assert_true(got == counter);
    assert_true(c2c_view_eq(c2c_buf_view(out), want_hex(f, name)));
    return c2c_buf_view(out);
}

static void open_sealed(struct fixture *f, struct node *n,
                        const uint64_t *request, const char *name,
                        struct c2c_view sealed)
{
    uint64_t counter;

    c2c_buf_clear(&f->a);
    assert_ok(c2c_seal_read(&n->seal, 0, request, sealed, &f->a, &counter));
    assert_true(
        c2c_view_eq(c2c_buf_view(&f->a), want(f, named(f, name), "plain")));
}

static void every_frame_is_that_of_the_vector(void **state)
{
    struct fixture *f = *state;
    struct node *one = &f->node[0];
    struct node *two = &f->node[1];
    struct c2c_frame frame = {.kind = C2C_FRAME_FIRST};
    struct c2c_buf message;
    struct c2c_buf sealed;
    const uint64_t asked = 0;

    c2c_buf_init(&message, ROOM);
    c2c_buf_init(&sealed, ROOM);
    assert_ok(
        c2c_noise_write(&one->noise, (struct c2c_view){NULL, 0}, &message));
    frame.handshake = c2c_buf_view(&message);
    pass_handshake(f, "first", &frame, two, one);

    c2c_buf_clear(&message);
    assert_ok(
        c2c_noise_write(&two->noise, c2c_buf_view(&two->binding), &message));
    frame = (struct c2c_frame){.kind = C2C_FRAME_SECOND, .id = f->id};
    frame.handshake = c2c_buf_view(&message);
    pass_handshake(f, "second", &frame, one, two);

    c2c_buf_clear(&message);
    assert_ok(
        c2c_noise_write(&one->noise, c2c_buf_view(&one->binding), &message));
    split(f, one);
    frame = (struct c2c_frame){.kind = C2C_FRAME_THIRD};
    frame.handshake = c2c_buf_view(&message);
    frame.sealed = seal(f, one, NULL, "request 0", 0, &sealed);
    pass_handshake(f, "third", &frame, two, one);
    assert_true(c2c_view_eq(c2c_noise_hash(&two->noise),
                            want_hex(f, "handshake hash")));
    split(f, two);
    open_sealed(f, two, NULL, "request 0", frame.sealed);

    (void)seal(f, two, &asked, "reply 0 to request 0", 0, &sealed);
    open_sealed(f, one, &asked, "reply 0 to request 0", c2c_buf_view(&sealed));
    (void)seal(f, one, NULL, "request 1", 1, &sealed);
    open_sealed(f, two, NULL, "request 1", c2c_buf_view(&sealed));

    frame =
        (struct c2c_frame){.kind = C2C_FRAME_REFUSAL, .refusal = C2C_E_FORGED};
    c2c_buf_clear(&f->b);
    assert_ok(c2c_frame_encode(&frame, &f->b));
    assert_true(c2c_view_eq(c2c_buf_view(&f->b), want_hex(f, "refusal")));
    c2c_buf_fini(&message);
    c2c_buf_fini(&sealed);
}

static void every_body_is_read(void **state)
{
    struct fixture *f = *state;
    size_t n = 0;

    for (size_t i = 0; i < c2c_val_count(f->root); i++) {
        const struct c2c_val *v = c2c_val_at(f->root, i);
        uint8_t form;

        if (c2c_val_get(v, "content") == NULL) {
            continue;
        }
        n++;
        c2c_buf_clear(&f->a);
        c2c_buf_clear(&f->b);
        assert_ok(c2c_body_decode(f->zip, want(f, v, "hex"), 1000, &f->a));
        form = f->want.p[0];
        assert_true(c2c_view_eq(c2c_buf_view(&f->a), want(f, v, "content")));
        /* zstd's output may differ from version to version. */
        if ((form & C2C_BODY_ZSTD) == 0) {
            assert_ok(c2c_body_encode(f->zip, c2c_buf_view(&f->a),
                                      (form & C2C_BODY_PADDED) != 0, &f->b));
            assert_true(c2c_view_eq(c2c_buf_view(&f->b), want(f, v, "hex")));
        }
    }
    assert_int_equal(n, 8);
}

#define TEST(NAME) cmocka_unit_test_setup_teardown(NAME, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(proofs_are_those_of_the_vector),
        TEST(every_frame_is_that_of_the_vector),
        TEST(every_body_is_read),
    };
    return cmocka_run_group_tests_name("session vector", tests, NULL, NULL);
}
