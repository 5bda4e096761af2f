#include "wire/push.h"

#include "base/timefmt.h"
#include "wire/list_priv.h"

enum {
    STORED_ELEMENTS = 4,
    PUSH_PART_REQUEST_ELEMENTS = 4,
    PUSH_PART_REPLY_ELEMENTS = 1,
    JOIN_REQUEST_ELEMENTS = 5,
    JOIN_REPLY_ELEMENTS = 2,
    STATUS_REQUEST_ELEMENTS = 1,
    STATUS_REPLY_ELEMENTS = 3,
    HOLDER_ELEMENTS = 3,
    QUERY_REQUEST_ELEMENTS = 2,
    QUERY_REPLY_ELEMENTS = 2
};

static void stored_pack(struct c2c_pack *p, const struct c2c_stored *m)
{
    c2c_pack_array(p, STORED_ELEMENTS);
    c2c_pack_uint(p, m->epoch);
    c2c_pack_uint(p, m->rev);
    c2c_hash_pack(p, &m->content);
    c2c_pack_uint(p, m->time_s);
}

static void stored_read(struct c2c_reader *r, struct c2c_stored *m)
{
    const struct c2c_hash nothing = {{0}};

    c2c_reader_array_of(r, STORED_ELEMENTS);
    c2c_version_read(r, &m->epoch, &m->rev);
    c2c_hash_read(r, &m->content);
    m->time_s = c2c_reader_uint(r, C2C_TIME_MAX_S);
    if (r->err == C2C_E_OK && m->epoch == 0 &&
        !(c2c_hash_eq(&m->content, &nothing) && m->time_s == 0)) {
        c2c_reader_fail(r, C2C_E_MALFORMED);
    }
}

enum c2c_err c2c_stored_encode(const struct c2c_stored *m, struct c2c_buf *out)
{
    struct c2c_pack p = c2c_pack_to(out);

    stored_pack(&p, m);
    return p.err;
}

enum c2c_err c2c_stored_decode(struct c2c_view bytes, struct c2c_stored *ret_m)
{
    struct c2c_reader r = c2c_reader_over(bytes);
    struct c2c_stored m;
    enum c2c_err err;

    stored_read(&r, &m);
    err = c2c_reader_finish(&r);
    if (err == C2C_E_OK) {
        *ret_m = m;
    }
    return err;
}

enum c2c_err c2c_push_part_request_encode(const struct c2c_push_part_request *m,
                                          struct c2c_buf *out)
{
    struct c2c_pack p = c2c_pack_to(out);

    c2c_pack_array(&p, PUSH_PART_REQUEST_ELEMENTS);
    c2c_hash_pack(&p, &m->city);
    c2c_hash_pack(&p, &m->content);
    c2c_pack_uint(&p, m->index);
    c2c_list_pack(&p, m->puts);
    return p.err;
}

enum c2c_err c2c_push_part_request_decode(struct c2c_view bytes,
                                          struct c2c_push_part_request *ret_m)
{
    struct c2c_reader r = c2c_reader_over(bytes);
    struct c2c_push_part_request m;
    struct c2c_put put;
    enum c2c_err err;

    c2c_reader_array_of(&r, PUSH_PART_REQUEST_ELEMENTS);
    c2c_hash_read(&r, &m.city);
    c2c_hash_read(&r, &m.content);
    m.index = c2c_reader_uint(&r, INT64_MAX);
    m.puts = c2c_list_read(&r, C2C_MAX_LIST_ITEMS, c2c_wire_put_item, &put);
    err = c2c_reader_finish(&r);
    if (err == C2C_E_OK) {
        *ret_m = m;
    }
    return err;
}

enum c2c_err c2c_push_part_reply_encode(const struct c2c_push_part_reply *m,
                                        struct c2c_buf *out)
{
    struct c2c_pack p = c2c_pack_to(out);

    c2c_pack_array(&p, PUSH_PART_REPLY_ELEMENTS);
    c2c_pack_uint(&p, m->next);
    return p.err;
}

enum c2c_err c2c_push_part_reply_decode(struct c2c_view bytes,
                                        struct c2c_push_part_reply *ret_m)
{
    struct c2c_reader r = c2c_reader_over(bytes);
    struct c2c_push_part_reply m;
    enum c2c_err err;

    c2c_reader_array_of(&r, PUSH_PART_REPLY_ELEMENTS);
    m.next = c2c_reader_uint(&r, INT64_MAX);
    err = c2c_reader_finish(&r);
    if (err == C2C_E_OK) {
        *ret_m = m;
    }
    return err;
}

enum c2c_err c2c_join_request_encode(const struct c2c_join_request *m,
                                     struct c2c_buf *out)
{
    struct c2c_pack p = c2c_pack_to(out);

    c2c_pack_array(&p, JOIN_REQUEST_ELEMENTS);
    c2c_hash_pack(&p, &m->lga);
    c2c_list_pack(&p, m->keysets);
    c2c_pack_str(&p, m->name);
    c2c_pack_str(&p, m->note);
    c2c_pack_str(&p, m->token);
    return p.err;
}

enum c2c_err c2c_join_request_decode(struct c2c_view bytes,
                                     struct c2c_join_request *ret_m)
{
    struct c2c_reader r = c2c_reader_over(bytes);
    struct c2c_join_request m;
    struct c2c_view keyset;
    enum c2c_err err;

    c2c_reader_array_of(&r, JOIN_REQUEST_ELEMENTS);
    c2c_hash_read(&r, &m.lga);
    m.keysets =
        c2c_list_read(&r, C2C_MAX_LIST_ITEMS, c2c_wire_keyset_item, &keyset);
    m.name = c2c_reader_str(&r, C2C_MAX_NAME_BYTES);
    m.note = c2c_reader_str(&r, C2C_MAX_NOTE_BYTES);
    m.token = c2c_reader_str(&r, C2C_MAX_NAME_BYTES);
    err = c2c_reader_finish(&r);
    if (err == C2C_E_OK) {
        *ret_m = m;
    }
    return err;
}

enum c2c_err c2c_join_reply_encode(const struct c2c_join_reply *m,
                                   struct c2c_buf *out)
{
    struct c2c_pack p = c2c_pack_to(out);

    c2c_pack_array(&p, JOIN_REPLY_ELEMENTS);
    c2c_pack_uint(&p, m->state);
    c2c_pack_uint(&p, m->since_s);
    return p.err;
}

enum c2c_err c2c_join_reply_decode(struct c2c_view bytes,
                                   struct c2c_join_reply *ret_m)
{
    struct c2c_reader r = c2c_reader_over(bytes);
    struct c2c_join_reply m;
    enum c2c_err err;

    c2c_reader_array_of(&r, JOIN_REPLY_ELEMENTS);
    m.state = (enum c2c_join_state)c2c_reader_uint(&r, C2C_JOIN_DENIED);
    m.since_s = c2c_reader_uint(&r, C2C_TIME_MAX_S);
    err = c2c_reader_finish(&r);
    if (err == C2C_E_OK) {
        *ret_m = m;
    }
    return err;
}

enum c2c_err c2c_status_request_encode(const struct c2c_status_request *m,
                                       struct c2c_buf *out)
{
    struct c2c_pack p = c2c_pack_to(out);

    c2c_pack_array(&p, STATUS_REQUEST_ELEMENTS);
    c2c_hash_pack(&p, &m->city);
    return p.err;
}

enum c2c_err c2c_status_request_decode(struct c2c_view bytes,
                                       struct c2c_status_request *ret_m)
{
    struct c2c_reader r = c2c_reader_over(bytes);
    struct c2c_status_request m;
    enum c2c_err err;

    c2c_reader_array_of(&r, STATUS_REQUEST_ELEMENTS);
    c2c_hash_read(&r, &m.city);
    err = c2c_reader_finish(&r);
    if (err == C2C_E_OK) {
        *ret_m = m;
    }
    return err;
}

static void holder_item(struct c2c_reader *r, void *item)
{
    struct c2c_holder *holder = item;

    c2c_reader_array_of(r, HOLDER_ELEMENTS);
    c2c_hash_read(r, &holder->city);
    holder->has_newest = c2c_reader_bool(r);
    holder->heard_s = c2c_reader_uint(r, C2C_TIME_MAX_S);
}

enum c2c_err c2c_list_put_holder(struct c2c_list_buf *list,
                                 const struct c2c_holder *holder)
{
    size_t mark = list->buf.n;
    struct c2c_pack p = c2c_pack_to(&list->buf);

    c2c_pack_array(&p, HOLDER_ELEMENTS);
    c2c_hash_pack(&p, &holder->city);
    c2c_pack_bool(&p, holder->has_newest);
    c2c_pack_uint(&p, holder->heard_s);
    return c2c_list_added(list, &p, mark);
}

enum c2c_err c2c_list_next_holder(struct c2c_list_view *list,
                                  struct c2c_holder *ret_holder)
{
    return c2c_list_next(list, holder_item, ret_holder);
}

enum c2c_err c2c_status_reply_encode(const struct c2c_status_reply *m,
                                     struct c2c_buf *out)
{
    struct c2c_pack p = c2c_pack_to(out);

    c2c_pack_array(&p, STATUS_REPLY_ELEMENTS);
    stored_pack(&p, &m->held);
    c2c_pack_uint(&p, m->membership);
    c2c_list_pack(&p, m->holders);
    return p.err;
}

enum c2c_err c2c_status_reply_decode(struct c2c_view bytes,
                                     struct c2c_status_reply *ret_m)
{
    struct c2c_reader r = c2c_reader_over(bytes);
    struct c2c_status_reply m;
    struct c2c_holder holder;
    enum c2c_err err;

    c2c_reader_array_of(&r, STATUS_REPLY_ELEMENTS);
    stored_read(&r, &m.held);
    m.membership = (enum c2c_join_state)c2c_reader_uint(&r, C2C_JOIN_DENIED);
    m.holders = c2c_list_read(&r, C2C_MAX_HOLDERS, holder_item, &holder);
    err = c2c_reader_finish(&r);
    if (err == C2C_E_OK) {
        *ret_m = m;
    }
    return err;
}

/* A map that has its own decoder. */
static struct c2c_view read_map(struct c2c_reader *r)
{
    if (r->err == C2C_E_OK && c2c_reader_peek(r) != C2C_KIND_MAP) {
        c2c_reader_fail(r, C2C_E_MALFORMED);
    }
    return c2c_reader_any(r, C2C_MAX_CONTROL_DEPTH);
}

enum c2c_err c2c_query_request_encode(const struct c2c_query_request *m,
                                      struct c2c_buf *out)
{
    struct c2c_pack p = c2c_pack_to(out);

    c2c_pack_array(&p, QUERY_REQUEST_ELEMENTS);
    c2c_pack_str(&p, m->name);
    c2c_pack_raw(&p, m->args);
    return p.err;
}

enum c2c_err c2c_query_request_decode(struct c2c_view bytes,
                                      struct c2c_query_request *ret_m)
{
    struct c2c_reader r = c2c_reader_over(bytes);
    struct c2c_query_request m;
    enum c2c_err err;

    c2c_reader_array_of(&r, QUERY_REQUEST_ELEMENTS);
    m.name = c2c_reader_str(&r, C2C_MAX_CONTROL_NAME_BYTES);
    m.args = read_map(&r);
    err = c2c_reader_finish(&r);
    if (err == C2C_E_OK) {
        *ret_m = m;
    }
    return err;
}

enum c2c_err c2c_query_reply_encode(const struct c2c_query_reply *m,
                                    struct c2c_buf *out)
{
    struct c2c_pack p = c2c_pack_to(out);

    c2c_pack_array(&p, QUERY_REPLY_ELEMENTS);
    c2c_pack_uint(&p, m->code);
    c2c_pack_raw(&p, m->document);
    return p.err;
}

enum c2c_err c2c_query_reply_decode(struct c2c_view bytes,
                                    struct c2c_query_reply *ret_m)
{
    struct c2c_reader r = c2c_reader_over(bytes);
    struct c2c_query_reply m;
    enum c2c_err err;

    c2c_reader_array_of(&r, QUERY_REPLY_ELEMENTS);
    m.code = c2c_err_from_number(c2c_reader_uint(&r, INT64_MAX));
    m.document = read_map(&r);
    err = c2c_reader_finish(&r);
    if (err == C2C_E_OK) {
        *ret_m = m;
    }
    return err;
}
