#include "trust/head.h"

#include "base/timefmt.h"
#include "codec/limits.h"
#include "codec/pack.h"
#include "codec/reader.h"
#include "crypto/digest.h"

enum {
    CONTENT_ELEMENTS = 10,
    STAMP_ELEMENTS = 3,
    OBJECT_ELEMENTS = 4,
    NET_ELEMENTS = 5
};

/* The three parts of the object, as they were signed. */
struct parts {
    struct c2c_view content;
    struct c2c_view stamp;
    struct c2c_sig sig;
};

struct c2c_hash c2c_net_commit(const struct c2c_net_opening *opening)
{
    uint8_t room[128]; /* Five small elements: at most 97 bytes. */
    struct c2c_buf buf = {.p = room, .cap = sizeof room, .max = sizeof room};
    struct c2c_pack p = c2c_pack_to(&buf);

    c2c_pack_array(&p, NET_ELEMENTS);
    c2c_pack_uint(&p, C2C_NET_VERSION);
    c2c_pack_bin(&p, opening->blind.b, sizeof opening->blind.b);
    c2c_pack_bin(&p, opening->sum.root.b, sizeof opening->sum.root.b);
    c2c_pack_uint(&p, opening->sum.count);
    c2c_pack_uint(&p, opening->sum.bytes);
    return c2c_digest_of(C2C_DIGEST_NET, c2c_buf_view(&buf));
}

/* What is signed: the content's hash and the stamp. */
static struct c2c_hash signed_hash(const struct c2c_hash *content,
                                   struct c2c_view stamp)
{
    const struct c2c_view parts[] = {{content->b, sizeof content->b}, stamp};

    return c2c_digest_parts(C2C_DIGEST_STAMP, parts, 2);
}

static enum c2c_err encode_content(const struct c2c_head *h,
                                   struct c2c_buf *out)
{
    struct c2c_pack p = c2c_pack_to(out);

    c2c_pack_array(&p, CONTENT_ELEMENTS);
    c2c_pack_uint(&p, C2C_HEAD_VERSION);
    c2c_pack_bin(&p, h->city.b, sizeof h->city.b);
    c2c_pack_bin(&p, h->keyset.b, sizeof h->keyset.b);
    c2c_pack_uint(&p, h->epoch);
    c2c_pack_uint(&p, h->rev);
    if (h->rev == 1) {
        c2c_pack_nil(&p);
    } else {
        c2c_pack_bin(&p, h->prev.b, sizeof h->prev.b);
    }
    c2c_pack_bin(&p, h->pub.root.b, sizeof h->pub.root.b);
    c2c_pack_uint(&p, h->pub.count);
    c2c_pack_uint(&p, h->pub.bytes);
    c2c_pack_bin(&p, h->net.b, sizeof h->net.b);
    return p.err;
}

static enum c2c_err decode_content(struct c2c_view content, struct c2c_head *h)
{
    struct c2c_reader r = c2c_reader_over(content);

    c2c_reader_object(&r, C2C_HEAD_VERSION, CONTENT_ELEMENTS);
    c2c_reader_bin_of(&r, h->city.b, sizeof h->city.b);
    c2c_reader_bin_of(&r, h->keyset.b, sizeof h->keyset.b);
    h->epoch = c2c_reader_uint(&r, INT64_MAX);
    h->rev = c2c_reader_uint(&r, INT64_MAX);
    if (h->rev != 1) {
        c2c_reader_bin_of(&r, h->prev.b, sizeof h->prev.b);
    } else if (!c2c_reader_nil(&r)) {
        c2c_reader_fail(&r, C2C_E_MALFORMED);
    }
    c2c_reader_bin_of(&r, h->pub.root.b, sizeof h->pub.root.b);
    h->pub.count = c2c_reader_uint(&r, C2C_MAX_CITY_RECORDS);
    h->pub.bytes = c2c_reader_uint(&r, INT64_MAX);
    c2c_reader_bin_of(&r, h->net.b, sizeof h->net.b);
    if (r.err == C2C_E_OK && (h->epoch == 0 || h->rev == 0)) {
        c2c_reader_fail(&r, C2C_E_MALFORMED);
    }
    h->content = c2c_digest_of(C2C_DIGEST_HEAD, content);
    return c2c_reader_finish(&r);
}

static enum c2c_err decode_stamp(struct c2c_view stamp, struct c2c_head *h)
{
    struct c2c_reader r = c2c_reader_over(stamp);

    c2c_reader_array_of(&r, STAMP_ELEMENTS);
    h->time_s = c2c_reader_uint(&r, C2C_TIME_MAX_S);
    h->expires_s = c2c_reader_uint(&r, C2C_TIME_MAX_S);
    h->key = c2c_reader_uint(&r, C2C_MAX_SIGNING_KEYS - 1);
    if (r.err == C2C_E_OK && (h->expires_s <= h->time_s ||
                              h->expires_s - h->time_s > C2C_MAX_HEAD_LIFE_S)) {
        c2c_reader_fail(&r, C2C_E_MALFORMED);
    }
    return c2c_reader_finish(&r);
}

static enum c2c_err split_object(struct c2c_view bytes, struct parts *ret_parts)
{
    struct c2c_reader r = c2c_reader_over(bytes);
    struct parts parts = {0};
    enum c2c_err err;

    if (bytes.n > C2C_MAX_HEAD_BYTES) {
        return C2C_E_TOO_BIG;
    }
    c2c_reader_object(&r, C2C_HEAD_VERSION, OBJECT_ELEMENTS);
    parts.content = c2c_reader_bin(&r, C2C_MAX_HEAD_BYTES);
    parts.stamp = c2c_reader_bin(&r, C2C_MAX_HEAD_BYTES);
    c2c_reader_bin_of(&r, parts.sig.b, sizeof parts.sig.b);
    err = c2c_reader_finish(&r);
    if (err == C2C_E_OK) {
        *ret_parts = parts;
    }
    return err;
}

static enum c2c_err decode(struct c2c_view bytes, struct parts *parts,
                           struct c2c_head *h)
{
    enum c2c_err err = split_object(bytes, parts);

    *h = (struct c2c_head){0};
    if (err == C2C_E_OK) {
        err = decode_content(parts->content, h);
    }
    if (err == C2C_E_OK) {
        err = decode_stamp(parts->stamp, h);
    }
    return err;
}

enum c2c_err c2c_head_decode(struct c2c_view bytes, struct c2c_head *ret_head)
{
    struct parts parts;
    struct c2c_head h;
    enum c2c_err err = decode(bytes, &parts, &h);

    if (err == C2C_E_OK) {
        *ret_head = h;
    }
    return err;
}

enum c2c_err c2c_head_verify(struct c2c_view bytes,
                             const struct c2c_keyset *keyset,
                             struct c2c_head *ret_head)
{
    struct parts parts;
    struct c2c_head h;
    struct c2c_hash hash;
    enum c2c_err err = decode(bytes, &parts, &h);

    if (err != C2C_E_OK) {
        return err;
    }
    if (h.epoch != keyset->n || !c2c_hash_eq(&h.keyset, &keyset->hash) ||
        h.key >= keyset->n_keys ||
        (keyset->key[h.key].uses & C2C_USE_HEAD) == 0) {
        return C2C_E_BAD_KEYSET;
    }
    hash = signed_hash(&h.content, parts.stamp);
    err = c2c_verify(&keyset->key[h.key].pub, &hash, &parts.sig);
    if (err == C2C_E_OK) {
        *ret_head = h;
    }
    return err;
}

/* Put a stamp on @content and append the object. */
static enum c2c_err stamp_content(struct c2c_view content,
                                  const struct c2c_head *h,
                                  const struct c2c_signer *signer,
                                  struct c2c_buf *out)
{
    struct c2c_hash hash = c2c_digest_of(C2C_DIGEST_HEAD, content);
    uint8_t room[64]; /* Three small integers: at most 28 bytes. */
    struct c2c_buf stamp = {.p = room, .cap = sizeof room, .max = sizeof room};
    struct c2c_pack p = c2c_pack_to(&stamp);
    struct c2c_sig sig;
    struct c2c_hash signing;

    c2c_pack_array(&p, STAMP_ELEMENTS);
    c2c_pack_uint(&p, h->time_s);
    c2c_pack_uint(&p, h->expires_s);
    c2c_pack_uint(&p, h->key);
    if (p.err != C2C_E_OK) {
        return p.err;
    }
    signing = signed_hash(&hash, c2c_buf_view(&stamp));
    sig = c2c_sign(signer, &signing);
    p = c2c_pack_to(out);
    c2c_pack_array(&p, OBJECT_ELEMENTS);
    c2c_pack_uint(&p, C2C_HEAD_VERSION);
    c2c_pack_bin(&p, content.p, content.n);
    c2c_pack_bin(&p, stamp.p, stamp.n);
    c2c_pack_bin(&p, sig.b, sizeof sig.b);
    return p.err;
}

enum c2c_err c2c_head_sign(struct c2c_head *head,
                           const struct c2c_signer *signer, struct c2c_buf *out)
{
    struct c2c_buf content;
    enum c2c_err err;

    c2c_buf_init(&content, C2C_MAX_HEAD_BYTES);
    err = encode_content(head, &content);
    if (err == C2C_E_OK) {
        err = stamp_content(c2c_buf_view(&content), head, signer, out);
    }
    if (err == C2C_E_OK) {
        head->content = c2c_digest_of(C2C_DIGEST_HEAD, c2c_buf_view(&content));
    }
    c2c_buf_fini(&content);
    return err;
}

enum c2c_err c2c_head_refresh(struct c2c_view bytes, uint64_t time_s,
                              uint64_t expires_s, uint64_t key,
                              const struct c2c_signer *signer,
                              struct c2c_buf *out)
{
    struct parts parts;
    struct c2c_head h;
    enum c2c_err err = decode(bytes, &parts, &h);

    if (err != C2C_E_OK) {
        return err;
    }
    h.time_s = time_s;
    h.expires_s = expires_s;
    h.key = key;
    return stamp_content(parts.content, &h, signer, out);
}

int c2c_head_cmp(const struct c2c_head *a, const struct c2c_head *b)
{
    if (a->epoch != b->epoch) {
        return a->epoch < b->epoch ? -1 : 1;
    }
    if (a->rev != b->rev) {
        return a->rev < b->rev ? -1 : 1;
    }
    return (a->time_s > b->time_s) - (a->time_s < b->time_s);
}
