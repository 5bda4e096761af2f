#include "wire/message.h"

#include "wire/list_priv.h"

enum {
    REQUEST_ELEMENTS = 4,
    REPLY_ELEMENTS = 3,
    REFUSAL_ELEMENTS = 2
};

static const struct {
    enum c2c_msg_kind kind;
    const char *name;
} kinds[] = {
#define C2C_MSG_ROW(NAME, NUMBER, TEXT) {C2C_MSG_##NAME, TEXT},
    C2C_MSG_MAP(C2C_MSG_ROW)
#undef C2C_MSG_ROW
};

const char *c2c_msg_name(enum c2c_msg_kind kind)
{
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        if (kinds[i].kind == kind) {
            return kinds[i].name;
        }
    }
    return "unknown";
}

static bool kind_known(uint64_t kind)
{
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        if ((uint64_t)kinds[i].kind == kind) {
            return true;
        }
    }
    return false;
}

enum c2c_err c2c_msg_request_encode(enum c2c_msg_kind kind, uint64_t max_bytes,
                                    struct c2c_view args, struct c2c_buf *out)
{
    struct c2c_pack p = c2c_pack_to(out);

    c2c_pack_array(&p, REQUEST_ELEMENTS);
    c2c_pack_uint(&p, C2C_WIRE_VERSION);
    c2c_pack_uint(&p, kind);
    c2c_pack_uint(&p, max_bytes);
    c2c_pack_raw(&p, args);
    return p.err;
}

enum c2c_err c2c_msg_reply_encode(struct c2c_view body, struct c2c_buf *out)
{
    struct c2c_pack p = c2c_pack_to(out);

    c2c_pack_array(&p, REPLY_ELEMENTS);
    c2c_pack_uint(&p, C2C_WIRE_VERSION);
    c2c_pack_uint(&p, C2C_E_OK);
    c2c_pack_raw(&p, body);
    return p.err;
}

enum c2c_err c2c_msg_refusal_encode(enum c2c_err code, const char *reason,
                                    struct c2c_view detail, struct c2c_buf *out)
{
    struct c2c_pack p = c2c_pack_to(out);

    c2c_pack_array(&p, REPLY_ELEMENTS);
    c2c_pack_uint(&p, C2C_WIRE_VERSION);
    c2c_pack_uint(&p, code);
    c2c_pack_array(&p, REFUSAL_ELEMENTS);
    c2c_pack_cstr(&p, reason == NULL ? c2c_strerror(code) : reason);
    if (detail.n == 0) {
        c2c_pack_nil(&p);
    } else {
        c2c_pack_raw(&p, detail);
    }
    return p.err;
}

/* A message is no longer than @max, and begins with its version. */
static struct c2c_reader open_message(struct c2c_view bytes, size_t max,
                                      size_t elements)
{
    struct c2c_reader r = c2c_reader_over(bytes);

    if (bytes.n > max) {
        c2c_reader_fail(&r, C2C_E_TOO_BIG);
    }
    c2c_reader_object(&r, C2C_WIRE_VERSION, elements);
    return r;
}

/* What is left is one value; its own decoder looks at it. */
static struct c2c_view take_rest(struct c2c_reader *r)
{
    struct c2c_view rest = r->rest;

    if (r->err == C2C_E_OK && rest.n == 0) {
        c2c_reader_fail(r, C2C_E_MALFORMED);
    }
    return rest;
}

enum c2c_err c2c_msg_request_decode(struct c2c_view bytes,
                                    struct c2c_msg_request *ret_request)
{
    struct c2c_reader r =
        open_message(bytes, C2C_MAX_REQUEST_BYTES, REQUEST_ELEMENTS);
    struct c2c_msg_request request = {.max_bytes = 0};
    uint64_t kind;

    kind = c2c_reader_uint(&r, INT64_MAX);
    request.max_bytes = c2c_reader_uint(&r, INT64_MAX);
    request.args = take_rest(&r);
    if (r.err == C2C_E_OK && !kind_known(kind)) {
        c2c_reader_fail(&r, C2C_E_UNSUPPORTED);
    }
    if (r.err == C2C_E_OK) {
        request.kind = (enum c2c_msg_kind)kind;
        *ret_request = request;
    }
    return r.err;
}

static void read_refusal(struct c2c_reader *r, struct c2c_msg_reply *reply)
{
    c2c_reader_array_of(r, REFUSAL_ELEMENTS);
    reply->reason = c2c_reader_str(r, C2C_MAX_REASON_BYTES);
    if (!c2c_reader_nil(r)) {
        reply->detail = c2c_reader_any(r, C2C_MAX_DEPTH);
    }
}

enum c2c_err c2c_msg_reply_decode(struct c2c_view bytes,
                                  struct c2c_msg_reply *ret_reply)
{
    struct c2c_reader r =
        open_message(bytes, C2C_MAX_REPLY_BYTES, REPLY_ELEMENTS);
    struct c2c_msg_reply reply = {.code = C2C_E_OK};
    enum c2c_err err;

    reply.code = c2c_err_from_number(c2c_reader_uint(&r, INT64_MAX));
    if (reply.code == C2C_E_OK) {
        reply.body = take_rest(&r);
        err = r.err;
    } else {
        read_refusal(&r, &reply);
        err = c2c_reader_finish(&r);
    }
    if (err == C2C_E_OK) {
        *ret_reply = reply;
    }
    return err;
}

void c2c_list_init(struct c2c_list_buf *list, size_t max)
{
    c2c_buf_init(&list->buf, max);
    list->n = 0;
}

void c2c_list_fini(struct c2c_list_buf *list)
{
    c2c_buf_fini(&list->buf);
    list->n = 0;
}

struct c2c_list_view c2c_list_of(const struct c2c_list_buf *list)
{
    return (struct c2c_list_view){c2c_buf_view(&list->buf), list->n};
}

struct c2c_list_view c2c_list_read(struct c2c_reader *r, size_t max,
                                   c2c_item_fn *fn, void *item)
{
    struct c2c_list_view list = {.n = c2c_reader_array(r, max)};
    const uint8_t *begin = r->rest.p;

    for (uint64_t i = 0; i < list.n && r->err == C2C_E_OK; i++) {
        fn(r, item);
    }
    if (r->err != C2C_E_OK) {
        return (struct c2c_list_view){{NULL, 0}, 0};
    }
    list.items = c2c_view_of(begin, (size_t)(r->rest.p - begin));
    return list;
}

enum c2c_err c2c_list_next(struct c2c_list_view *list, c2c_item_fn *fn,
                           void *item)
{
    struct c2c_reader r = c2c_reader_over(list->items);

    if (list->n == 0) {
        return C2C_E_NOT_FOUND;
    }
    fn(&r, item);
    if (r.err != C2C_E_OK) {
        return r.err;
    }
    list->items = r.rest;
    list->n--;
    return C2C_E_OK;
}

void c2c_list_pack(struct c2c_pack *p, struct c2c_list_view list)
{
    c2c_pack_array(p, (size_t)list.n);
    c2c_pack_raw(p, list.items);
}

enum c2c_err c2c_list_added(struct c2c_list_buf *list, const struct c2c_pack *p,
                            size_t mark)
{
    if (p->err != C2C_E_OK) {
        list->buf.n = mark;
        return p->err;
    }
    list->n++;
    return C2C_E_OK;
}

void c2c_hash_read(struct c2c_reader *r, struct c2c_hash *ret_hash)
{
    c2c_reader_bin_of(r, ret_hash->b, sizeof ret_hash->b);
}

void c2c_hash_pack(struct c2c_pack *p, const struct c2c_hash *hash)
{
    c2c_pack_bin(p, hash->b, sizeof hash->b);
}

void c2c_uuid_read(struct c2c_reader *r, struct c2c_uuid *ret_uuid)
{
    c2c_reader_bin_of(r, ret_uuid->b, sizeof ret_uuid->b);
}

void c2c_uuid_pack(struct c2c_pack *p, const struct c2c_uuid *uuid)
{
    c2c_pack_bin(p, uuid->b, sizeof uuid->b);
}

static void hash_item(struct c2c_reader *r, void *item)
{
    c2c_hash_read(r, item);
}

void c2c_wire_head_item(struct c2c_reader *r, void *item)
{
    struct c2c_view *head = item;

    *head = c2c_reader_bin(r, C2C_MAX_HEAD_BYTES);
}

void c2c_wire_keyset_item(struct c2c_reader *r, void *item)
{
    struct c2c_view *keyset = item;

    *keyset = c2c_reader_bin(r, C2C_MAX_KEYSET_BYTES);
}

void c2c_hash_follows(struct c2c_reader *r, struct c2c_hash_run *run,
                      const struct c2c_hash *hash)
{
    if (r->err == C2C_E_OK && run->any && c2c_hash_cmp(&run->last, hash) >= 0) {
        c2c_reader_fail(r, C2C_E_NONCANON);
    }
    run->last = *hash;
    run->any = true;
}

static void ascending_item(struct c2c_reader *r, void *item)
{
    struct c2c_hash hash = {{0}};

    c2c_hash_read(r, &hash);
    c2c_hash_follows(r, item, &hash);
}

struct c2c_list_view c2c_ids_read(struct c2c_reader *r, size_t max)
{
    struct c2c_hash_run run = {.any = false};

    return c2c_list_read(r, max, ascending_item, &run);
}

void c2c_version_read(struct c2c_reader *r, uint64_t *ret_epoch,
                      uint64_t *ret_rev)
{
    *ret_epoch = c2c_reader_uint(r, INT64_MAX);
    *ret_rev = c2c_reader_uint(r, INT64_MAX);
    if (r->err == C2C_E_OK && (*ret_epoch == 0) != (*ret_rev == 0)) {
        c2c_reader_fail(r, C2C_E_MALFORMED);
    }
}

enum c2c_err c2c_list_put_hash(struct c2c_list_buf *list,
                               const struct c2c_hash *hash)
{
    size_t mark = list->buf.n;
    struct c2c_pack p = c2c_pack_to(&list->buf);

    c2c_hash_pack(&p, hash);
    return c2c_list_added(list, &p, mark);
}

enum c2c_err c2c_list_next_hash(struct c2c_list_view *list,
                                struct c2c_hash *ret_hash)
{
    return c2c_list_next(list, hash_item, ret_hash);
}

enum c2c_err c2c_list_put_bin(struct c2c_list_buf *list, struct c2c_view bytes)
{
    size_t mark = list->buf.n;
    struct c2c_pack p = c2c_pack_to(&list->buf);

    c2c_pack_bin(&p, bytes.p, bytes.n);
    return c2c_list_added(list, &p, mark);
}

enum c2c_err c2c_list_next_head(struct c2c_list_view *list,
                                struct c2c_view *ret_head)
{
    return c2c_list_next(list, c2c_wire_head_item, ret_head);
}

enum c2c_err c2c_list_next_keyset(struct c2c_list_view *list,
                                  struct c2c_view *ret_keyset)
{
    return c2c_list_next(list, c2c_wire_keyset_item, ret_keyset);
}
