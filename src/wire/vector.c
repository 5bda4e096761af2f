#include "wire/vector.h"

#include "base/timefmt.h"
#include "crypto/digest.h"
#include "wire/list_priv.h"

enum {
    VERSION_ELEMENTS = 2, /* One more with times. */
    DIFFERENCE_ELEMENTS = 4,
    VECTOR_REQUEST_ELEMENTS = 4,
    VECTOR_REPLY_ELEMENTS = 3,
    HEADS_REQUEST_ELEMENTS = 1,
    HEADS_REPLY_ELEMENTS = 1,
    KEYSETS_REQUEST_ELEMENTS = 2,
    KEYSETS_REPLY_ELEMENTS = 1
};

void c2c_vector_add_id(struct c2c_hash *state, const struct c2c_hash *id)
{
    const struct c2c_view parts[] = {{state->b, sizeof state->b},
                                     {id->b, sizeof id->b}};

    *state = c2c_digest_parts(C2C_DIGEST_VECTOR, parts, 2);
}

static void put_u64(uint8_t out[8], uint64_t v)
{
    for (unsigned i = 0; i < 8; i++) {
        out[i] = (uint8_t)(v >> (56 - 8 * i));
    }
}

void c2c_vector_add_head(struct c2c_hash *state, uint64_t epoch,
                         const struct c2c_hash *content, uint64_t time_s)
{
    uint8_t numbers[16]; /* Epoch and time, big-endian. */
    const struct c2c_view parts[] = {{state->b, sizeof state->b},
                                     {numbers, sizeof numbers},
                                     {content->b, sizeof content->b}};

    put_u64(numbers, epoch);
    put_u64(numbers + 8, time_s);
    *state = c2c_digest_parts(C2C_DIGEST_VECTOR, parts, 3);
}

/* Nothing has no time. */
static void check_nothing(struct c2c_reader *r,
                          const struct c2c_version *version)
{
    if (r->err == C2C_E_OK && version->epoch == 0 && version->time_s > 0) {
        c2c_reader_fail(r, C2C_E_MALFORMED);
    }
}

static void version_read(struct c2c_reader *r, bool times,
                         struct c2c_version *version)
{
    c2c_reader_array_of(r, VERSION_ELEMENTS + (times ? 1 : 0));
    c2c_version_read(r, &version->epoch, &version->rev);
    version->time_s = times ? c2c_reader_uint(r, C2C_TIME_MAX_S) : 0;
    check_nothing(r, version);
}

static void version_item(struct c2c_reader *r, void *item)
{
    version_read(r, false, item);
}

static void timed_version_item(struct c2c_reader *r, void *item)
{
    version_read(r, true, item);
}

static void difference_item(struct c2c_reader *r, void *item)
{
    struct c2c_difference *d = item;

    c2c_reader_array_of(r, DIFFERENCE_ELEMENTS);
    d->index = c2c_reader_uint(r, C2C_MAX_LGA_MEMBERS);
    c2c_version_read(r, &d->version.epoch, &d->version.rev);
    d->version.time_s = c2c_reader_uint(r, C2C_TIME_MAX_S);
    check_nothing(r, &d->version);
}

/* Differences ascend: the next index is at least ... */
struct difference_run {
    uint64_t least;
};

static void ascending_difference_item(struct c2c_reader *r, void *item)
{
    struct difference_run *run = item;
    struct c2c_difference d = {.index = 0};

    difference_item(r, &d);
    if (d.index < run->least) {
        c2c_reader_fail(r, C2C_E_NONCANON);
    }
    run->least = d.index + 1;
}

static struct c2c_list_view differences_read(struct c2c_reader *r)
{
    struct difference_run run = {.least = 0};

    return c2c_list_read(r, C2C_MAX_LGA_MEMBERS + 1, ascending_difference_item,
                         &run);
}

enum c2c_err c2c_list_put_version(struct c2c_list_buf *list,
                                  const struct c2c_version *version, bool times)
{
    size_t mark = list->buf.n;
    struct c2c_pack p = c2c_pack_to(&list->buf);

    c2c_pack_array(&p, VERSION_ELEMENTS + (times ? 1 : 0));
    c2c_pack_uint(&p, version->epoch);
    c2c_pack_uint(&p, version->rev);
    if (times) {
        c2c_pack_uint(&p, version->time_s);
    }
    return c2c_list_added(list, &p, mark);
}

enum c2c_err c2c_list_next_version(struct c2c_list_view *list, bool times,
                                   struct c2c_version *ret_version)
{
    return c2c_list_next(list, times ? timed_version_item : version_item,
                         ret_version);
}

enum c2c_err c2c_list_put_difference(struct c2c_list_buf *list,
                                     const struct c2c_difference *difference)
{
    size_t mark = list->buf.n;
    struct c2c_pack p = c2c_pack_to(&list->buf);

    c2c_pack_array(&p, DIFFERENCE_ELEMENTS);
    c2c_pack_uint(&p, difference->index);
    c2c_pack_uint(&p, difference->version.epoch);
    c2c_pack_uint(&p, difference->version.rev);
    c2c_pack_uint(&p, difference->version.time_s);
    return c2c_list_added(list, &p, mark);
}

enum c2c_err c2c_list_next_difference(struct c2c_list_view *list,
                                      struct c2c_difference *ret_difference)
{
    return c2c_list_next(list, difference_item, ret_difference);
}

enum c2c_err c2c_vector_request_encode(const struct c2c_vector_request *m,
                                       struct c2c_buf *out)
{
    struct c2c_pack p = c2c_pack_to(out);

    c2c_pack_array(&p, VECTOR_REQUEST_ELEMENTS);
    c2c_hash_pack(&p, &m->lga);
    c2c_hash_pack(&p, &m->members);
    c2c_pack_bool(&p, m->times);
    c2c_list_pack(&p, m->versions);
    return p.err;
}

enum c2c_err c2c_vector_request_decode(struct c2c_view bytes,
                                       struct c2c_vector_request *ret_m)
{
    struct c2c_reader r = c2c_reader_over(bytes);
    struct c2c_version version;
    struct c2c_vector_request m;
    enum c2c_err err;

    c2c_reader_array_of(&r, VECTOR_REQUEST_ELEMENTS);
    c2c_hash_read(&r, &m.lga);
    c2c_hash_read(&r, &m.members);
    m.times = c2c_reader_bool(&r);
    m.versions =
        c2c_list_read(&r, C2C_MAX_LGA_MEMBERS + 1,
                      m.times ? timed_version_item : version_item, &version);
    err = c2c_reader_finish(&r);
    if (err == C2C_E_OK) {
        *ret_m = m;
    }
    return err;
}

enum c2c_err c2c_vector_reply_encode(const struct c2c_vector_reply *m,
                                     struct c2c_buf *out)
{
    struct c2c_pack p = c2c_pack_to(out);

    c2c_pack_array(&p, VECTOR_REPLY_ELEMENTS);
    c2c_hash_pack(&p, &m->digest);
    c2c_list_pack(&p, m->newer);
    c2c_list_pack(&p, m->older);
    return p.err;
}

enum c2c_err c2c_vector_reply_decode(struct c2c_view bytes,
                                     struct c2c_vector_reply *ret_m)
{
    struct c2c_reader r = c2c_reader_over(bytes);
    struct c2c_vector_reply m;
    enum c2c_err err;

    c2c_reader_array_of(&r, VECTOR_REPLY_ELEMENTS);
    c2c_hash_read(&r, &m.digest);
    m.newer = differences_read(&r);
    m.older = differences_read(&r);
    err = c2c_reader_finish(&r);
    if (err == C2C_E_OK) {
        *ret_m = m;
    }
    return err;
}

enum c2c_err c2c_heads_request_encode(const struct c2c_heads_request *m,
                                      struct c2c_buf *out)
{
    struct c2c_pack p = c2c_pack_to(out);

    c2c_pack_array(&p, HEADS_REQUEST_ELEMENTS);
    c2c_list_pack(&p, m->cities);
    return p.err;
}

enum c2c_err c2c_heads_request_decode(struct c2c_view bytes,
                                      struct c2c_heads_request *ret_m)
{
    struct c2c_reader r = c2c_reader_over(bytes);
    struct c2c_heads_request m;
    enum c2c_err err;

    c2c_reader_array_of(&r, HEADS_REQUEST_ELEMENTS);
    m.cities = c2c_ids_read(&r, C2C_MAX_LIST_ITEMS);
    err = c2c_reader_finish(&r);
    if (err == C2C_E_OK) {
        *ret_m = m;
    }
    return err;
}

enum c2c_err c2c_heads_reply_encode(const struct c2c_heads_reply *m,
                                    struct c2c_buf *out)
{
    struct c2c_pack p = c2c_pack_to(out);

    c2c_pack_array(&p, HEADS_REPLY_ELEMENTS);
    c2c_list_pack(&p, m->heads);
    return p.err;
}

enum c2c_err c2c_heads_reply_decode(struct c2c_view bytes,
                                    struct c2c_heads_reply *ret_m)
{
    struct c2c_reader r = c2c_reader_over(bytes);
    struct c2c_heads_reply m;
    struct c2c_view head;
    enum c2c_err err;

    c2c_reader_array_of(&r, HEADS_REPLY_ELEMENTS);
    m.heads = c2c_list_read(&r, C2C_MAX_LIST_ITEMS, c2c_wire_head_item, &head);
    err = c2c_reader_finish(&r);
    if (err == C2C_E_OK) {
        *ret_m = m;
    }
    return err;
}

enum c2c_err c2c_keysets_request_encode(const struct c2c_keysets_request *m,
                                        struct c2c_buf *out)
{
    struct c2c_pack p = c2c_pack_to(out);

    c2c_pack_array(&p, KEYSETS_REQUEST_ELEMENTS);
    c2c_hash_pack(&p, &m->city);
    c2c_pack_uint(&p, m->from);
    return p.err;
}

enum c2c_err c2c_keysets_request_decode(struct c2c_view bytes,
                                        struct c2c_keysets_request *ret_m)
{
    struct c2c_reader r = c2c_reader_over(bytes);
    struct c2c_keysets_request m;
    enum c2c_err err;

    c2c_reader_array_of(&r, KEYSETS_REQUEST_ELEMENTS);
    c2c_hash_read(&r, &m.city);
    m.from = c2c_reader_uint(&r, INT64_MAX);
    if (r.err == C2C_E_OK && m.from == 0) {
        c2c_reader_fail(&r, C2C_E_MALFORMED);
    }
    err = c2c_reader_finish(&r);
    if (err == C2C_E_OK) {
        *ret_m = m;
    }
    return err;
}

enum c2c_err c2c_keysets_reply_encode(const struct c2c_keysets_reply *m,
                                      struct c2c_buf *out)
{
    struct c2c_pack p = c2c_pack_to(out);

    c2c_pack_array(&p, KEYSETS_REPLY_ELEMENTS);
    c2c_list_pack(&p, m->keysets);
    return p.err;
}

enum c2c_err c2c_keysets_reply_decode(struct c2c_view bytes,
                                      struct c2c_keysets_reply *ret_m)
{
    struct c2c_reader r = c2c_reader_over(bytes);
    struct c2c_keysets_reply m;
    struct c2c_view keyset;
    enum c2c_err err;

    c2c_reader_array_of(&r, KEYSETS_REPLY_ELEMENTS);
    m.keysets =
        c2c_list_read(&r, C2C_MAX_LIST_ITEMS, c2c_wire_keyset_item, &keyset);
    err = c2c_reader_finish(&r);
    if (err == C2C_E_OK) {
        *ret_m = m;
    }
    return err;
}
