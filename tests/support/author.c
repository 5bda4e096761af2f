#include "author.h"

#include <assert.h>
#include <string.h>

#include "codec/pack.h"
#include "crypto/digest.h"

enum {
    LIFE_S = 86400,
    KEYS = 16 /* Keysets of one author. */
};

static void ok(enum c2c_err err)
{
    assert(err == C2C_E_OK);
    (void)err;
}

static struct c2c_hash draw(struct author *a)
{
    const uint64_t n[] = {a->number, ++a->draws};

    return c2c_digest_of(C2C_DIGEST_SCOPE, c2c_view_of(n, sizeof n));
}

static struct c2c_signer *signer(unsigned number, unsigned n)
{
    uint8_t seed[32] = {0xc2, 0xc0};
    struct c2c_signer *s;

    memcpy(seed + 4, &number, sizeof number);
    memcpy(seed + 12, &n, sizeof n);
    ok(c2c_signer_from_seed(seed, &s));
    return s;
}

static void make_keyset(struct author *a, enum c2c_city_kind kind, uint64_t n)
{
    const struct c2c_signer *signers[] = {a->root};
    struct c2c_keyset next = {.n = n,
                              .previous = a->keyset.hash,
                              .kind = kind,
                              .created_s = n,
                              .threshold = 1,
                              .n_roots = 1,
                              .root = {c2c_signer_pub(a->root)},
                              .n_keys = 1};
    struct c2c_buf *bytes = &a->keysets[n - 1];

    assert(n <= KEYS);
    c2c_signer_free(a->key);
    a->key = signer(a->number, (unsigned)n);
    next.key[0] =
        (struct c2c_signing_key){c2c_signer_pub(a->key), C2C_USE_HEAD};
    c2c_buf_init(bytes, C2C_MAX_KEYSET_BYTES);
    ok(c2c_keyset_sign(&next, signers, 1, bytes));
    ok(n == 1 ? c2c_keyset_decode_first(c2c_buf_view(bytes), &next)
              : c2c_keyset_decode_next(c2c_buf_view(bytes), &a->keyset, &next));
    a->keyset = next;
}

void author_init(struct author *a, unsigned number, enum c2c_city_kind kind)
{
    memset(a, 0, sizeof *a);
    a->number = number;
    a->root = signer(number, 0);
    make_keyset(a, kind, 1);
    a->id = a->keyset.hash;
}

void author_fini(struct author *a)
{
    c2c_signer_free(a->root);
    c2c_signer_free(a->key);
    for (size_t i = 0; i < KEYS; i++) {
        c2c_buf_fini(&a->keysets[i]);
    }
}

static struct c2c_head held_head(const struct author *a,
                                 const struct c2c_replica *r)
{
    struct c2c_held held = {.has_head = false};
    enum c2c_err err = r->ops->held(r->ctx, &a->id, &held);

    assert(err == C2C_E_OK || err == C2C_E_NOT_FOUND);
    (void)err;
    return held.has_head ? held.head : (struct c2c_head){.epoch = 0};
}

/* The revision that this edit leads to. */
static uint64_t next_rev(const struct author *a, const struct c2c_replica *r)
{
    struct c2c_head head = held_head(a, r);

    return head.epoch == a->keyset.n ? head.rev + 1 : 1;
}

void author_begin(struct author *a, const struct c2c_replica *r)
{
    struct c2c_keyset known = {.n = 0};
    enum c2c_err err;

    ok(r->ops->begin(r->ctx));
    err = r->ops->keyset(r->ctx, &a->id, &known);
    assert(err == C2C_E_OK || err == C2C_E_NOT_FOUND);
    (void)err;
    for (uint64_t n = known.n; n < a->keyset.n; n++) {
        struct c2c_view bytes = c2c_buf_view(&a->keysets[n]);
        struct c2c_keyset next;

        ok(n == 0 ? c2c_keyset_decode_first(bytes, &next)
                  : c2c_keyset_decode_next(bytes, &known, &next));
        ok(r->ops->put_keyset(r->ctx, &a->id, &next, bytes));
        known = next;
    }
}

static void put_record(struct author *a, const struct c2c_replica *r,
                       enum c2c_audience audience, struct c2c_record *record)
{
    struct c2c_hash nonce = draw(a);
    struct c2c_buf bytes;

    memcpy(record->nonce.b, nonce.b, sizeof record->nonce.b);
    c2c_buf_init(&bytes, C2C_MAX_RECORD_BYTES);
    ok(c2c_record_encode(record, &bytes));
    ok(r->ops->put_row(r->ctx, &a->id, audience, record, c2c_buf_view(&bytes),
                       next_rev(a, r)));
    c2c_buf_fini(&bytes);
}

static struct c2c_uuid key_of(unsigned key)
{
    struct c2c_uuid id = {{0x01, 0x90}};

    id.b[12] = (uint8_t)(key >> 24);
    id.b[13] = (uint8_t)(key >> 16);
    id.b[14] = (uint8_t)(key >> 8);
    id.b[15] = (uint8_t)key;
    return id;
}

/* Two types, so that trees and slots of more than one are met. */
static struct c2c_view type_of(unsigned key)
{
    return c2c_view_str(key % 3 == 0 ? "contact" : "office");
}

void author_put(struct author *a, const struct c2c_replica *r,
                enum c2c_audience audience, unsigned key, size_t body_bytes)
{
    static uint8_t text[C2C_MAX_RECORD_BYTES];
    struct c2c_record record = {.type = type_of(key), .key = key_of(key)};
    struct c2c_buf body;
    struct c2c_pack p;

    memset(text, 'x', sizeof text);
    c2c_buf_init(&body, C2C_MAX_RECORD_BYTES);
    p = c2c_pack_to(&body);
    c2c_pack_map(&p, 1);
    c2c_pack_cstr(&p, "name");
    c2c_pack_str(&p, c2c_view_of(text, body_bytes));
    ok(p.err);
    record.body = c2c_buf_view(&body);
    put_record(a, r, audience, &record);
    c2c_buf_fini(&body);
}

void author_remove(struct author *a, const struct c2c_replica *r,
                   enum c2c_audience audience, unsigned key)
{
    const struct c2c_slot slot = {audience, type_of(key), key_of(key)};
    enum c2c_err err =
        r->ops->remove_row(r->ctx, &a->id, &slot, next_rev(a, r), 0);

    assert(err == C2C_E_OK || err == C2C_E_NOT_FOUND);
    (void)err;
}

static struct c2c_uuid member_key(const struct c2c_hash *city)
{
    struct c2c_uuid key;

    memcpy(key.b, city->b, sizeof key.b);
    return key;
}

void author_admit(struct author *a, const struct c2c_replica *r,
                  const struct c2c_hash *city, bool lga, uint64_t max_records)
{
    struct c2c_record record = {.type = c2c_view_str("membership"),
                                .key = member_key(city)};
    char hex[C2C_HASH_HEX];
    struct c2c_buf body;
    struct c2c_pack p;

    c2c_hash_hex(city, hex);
    c2c_buf_init(&body, 1024);
    p = c2c_pack_to(&body);
    c2c_pack_map(&p, max_records > 0 ? 3 : 2);
    c2c_pack_cstr(&p, "city");
    c2c_pack_cstr(&p, hex);
    c2c_pack_cstr(&p, "kind");
    c2c_pack_cstr(&p, lga ? "lga" : "full");
    if (max_records > 0) {
        c2c_pack_cstr(&p, "quota");
        c2c_pack_map(&p, 1);
        c2c_pack_cstr(&p, "records");
        c2c_pack_uint(&p, max_records);
    }
    ok(p.err);
    record.body = c2c_buf_view(&body);
    put_record(a, r, C2C_AUDIENCE_PUBLIC, &record);
    c2c_buf_fini(&body);
}

void author_expel(struct author *a, const struct c2c_replica *r,
                  const struct c2c_hash *city)
{
    const struct c2c_slot slot = {C2C_AUDIENCE_PUBLIC,
                                  c2c_view_str("membership"), member_key(city)};
    enum c2c_err err =
        r->ops->remove_row(r->ctx, &a->id, &slot, next_rev(a, r), 0);

    assert(err == C2C_E_OK || err == C2C_E_NOT_FOUND);
    (void)err;
}

void author_sign(struct author *a, const struct c2c_replica *r, uint64_t now_s)
{
    struct c2c_head last = held_head(a, r);
    struct c2c_head head = {.city = a->id,
                            .keyset = a->keyset.hash,
                            .epoch = a->keyset.n,
                            .rev = next_rev(a, r),
                            .time_s = now_s,
                            .expires_s = now_s + LIFE_S};
    struct c2c_net_opening opening = {.blind = draw(a)};
    struct c2c_buf bytes;

    if (head.rev > 1) {
        head.prev = last.content;
    }
    c2c_buf_init(&bytes, C2C_MAX_HEAD_BYTES);
    ok(r->ops->sum(r->ctx, &a->id, C2C_AUDIENCE_PUBLIC, &head.pub));
    ok(r->ops->sum(r->ctx, &a->id, C2C_AUDIENCE_NETWORK, &opening.sum));
    head.net = c2c_net_commit(&opening);
    ok(c2c_head_sign(&head, a->key, &bytes));
    ok(r->ops->put_head(r->ctx, &a->id, &head, c2c_buf_view(&bytes), &opening,
                        false));
    ok(r->ops->keep(r->ctx));
    c2c_buf_fini(&bytes);
}

void author_write(struct author *a, const struct c2c_replica *r, unsigned key,
                  uint64_t now_s)
{
    author_begin(a, r);
    author_put(a, r, C2C_AUDIENCE_PUBLIC, key, 200);
    author_sign(a, r, now_s);
}

void author_rotate(struct author *a, const struct c2c_replica *r,
                   uint64_t now_s)
{
    make_keyset(a, a->keyset.kind, a->keyset.n + 1);
    author_begin(a, r);
    author_sign(a, r, now_s);
}

void author_refresh(struct author *a, const struct c2c_replica *r,
                    uint64_t now_s)
{
    struct c2c_held held;
    struct c2c_buf old;
    struct c2c_buf bytes;
    struct c2c_head head;

    c2c_buf_init(&old, C2C_MAX_HEAD_BYTES);
    c2c_buf_init(&bytes, C2C_MAX_HEAD_BYTES);
    ok(r->ops->held(r->ctx, &a->id, &held));
    if (held.head.epoch < a->keyset.n) { /* Its new epoch was taken back. */
        author_begin(a, r);
        author_sign(a, r, now_s);
        return;
    }
    ok(r->ops->head(r->ctx, &a->id, &old));
    if (now_s <= held.head.time_s) { /* The clock was set back. */
        now_s = held.head.time_s + 1;
    }
    ok(c2c_head_refresh(c2c_buf_view(&old), now_s, now_s + LIFE_S, 0, a->key,
                        &bytes));
    ok(c2c_head_decode(c2c_buf_view(&bytes), &head));
    ok(r->ops->begin(r->ctx));
    ok(r->ops->put_head(r->ctx, &a->id, &head, c2c_buf_view(&bytes),
                        &held.opening, false));
    ok(r->ops->keep(r->ctx));
    c2c_buf_fini(&old);
    c2c_buf_fini(&bytes);
}
