#include "wire/feed.h"

#include "base/timefmt.h"
#include "crypto/digest.h"
#include "wire/list_priv.h"

enum {
    HELLO_REQUEST_ELEMENTS = 2,
    HELLO_REPLY_ELEMENTS = 7,
    CURSOR_ELEMENTS = 4,
    FEED_REQUEST_ELEMENTS = 3,
    FEED_REPLY_ELEMENTS = 3,
    PING_REPLY_ELEMENTS = 1,
    ALL_ROLES = C2C_ROLE_CITY | C2C_ROLE_HUB
};

struct c2c_hash c2c_scope_hash(struct c2c_list_view scope)
{
    return c2c_digest_of(C2C_DIGEST_SCOPE, scope.items);
}

static void cursor_pack(struct c2c_pack *p, const struct c2c_cursor *cursor)
{
    c2c_pack_array(p, CURSOR_ELEMENTS);
    c2c_uuid_pack(p, &cursor->instance);
    c2c_hash_pack(p, &cursor->scope);
    c2c_pack_bool(p, cursor->network);
    c2c_pack_uint(p, cursor->seq);
}

static void cursor_read(struct c2c_reader *r, struct c2c_cursor *cursor)
{
    c2c_reader_array_of(r, CURSOR_ELEMENTS);
    c2c_uuid_read(r, &cursor->instance);
    c2c_hash_read(r, &cursor->scope);
    cursor->network = c2c_reader_bool(r);
    cursor->seq = c2c_reader_uint(r, INT64_MAX);
}

enum c2c_err c2c_cursor_encode(const struct c2c_cursor *cursor,
                               struct c2c_buf *out)
{
    struct c2c_pack p = c2c_pack_to(out);

    cursor_pack(&p, cursor);
    return p.err;
}

enum c2c_err c2c_cursor_decode(struct c2c_view bytes,
                               struct c2c_cursor *ret_cursor)
{
    struct c2c_reader r = c2c_reader_over(bytes);
    struct c2c_cursor cursor;
    enum c2c_err err;

    cursor_read(&r, &cursor);
    err = c2c_reader_finish(&r);
    if (err == C2C_E_OK) {
        *ret_cursor = cursor;
    }
    return err;
}

enum c2c_err c2c_hello_request_encode(const struct c2c_hello_request *m,
                                      struct c2c_buf *out)
{
    struct c2c_pack p = c2c_pack_to(out);

    c2c_pack_array(&p, HELLO_REQUEST_ELEMENTS);
    c2c_uuid_pack(&p, &m->instance);
    c2c_pack_uint(&p, m->roles);
    return p.err;
}

enum c2c_err c2c_hello_request_decode(struct c2c_view bytes,
                                      struct c2c_hello_request *ret_m)
{
    struct c2c_reader r = c2c_reader_over(bytes);
    struct c2c_hello_request m;
    enum c2c_err err;

    c2c_reader_array_of(&r, HELLO_REQUEST_ELEMENTS);
    c2c_uuid_read(&r, &m.instance);
    m.roles = (unsigned)c2c_reader_uint(&r, ALL_ROLES);
    err = c2c_reader_finish(&r);
    if (err == C2C_E_OK) {
        *ret_m = m;
    }
    return err;
}

enum c2c_err c2c_hello_reply_encode(const struct c2c_hello_reply *m,
                                    struct c2c_buf *out)
{
    struct c2c_pack p = c2c_pack_to(out);

    c2c_pack_array(&p, HELLO_REPLY_ELEMENTS);
    c2c_uuid_pack(&p, &m->instance);
    c2c_pack_uint(&p, m->roles);
    c2c_pack_uint(&p, m->seq);
    c2c_pack_uint(&p, m->time_s);
    c2c_pack_uint(&p, m->max_message);
    c2c_pack_uint(&p, m->max_wait_s);
    c2c_list_pack(&p, m->lgas);
    return p.err;
}

enum c2c_err c2c_hello_reply_decode(struct c2c_view bytes,
                                    struct c2c_hello_reply *ret_m)
{
    struct c2c_reader r = c2c_reader_over(bytes);
    struct c2c_hello_reply m;
    enum c2c_err err;

    c2c_reader_array_of(&r, HELLO_REPLY_ELEMENTS);
    c2c_uuid_read(&r, &m.instance);
    m.roles = (unsigned)c2c_reader_uint(&r, ALL_ROLES);
    m.seq = c2c_reader_uint(&r, INT64_MAX);
    m.time_s = c2c_reader_uint(&r, C2C_TIME_MAX_S);
    m.max_message = c2c_reader_uint(&r, INT64_MAX);
    m.max_wait_s = c2c_reader_uint(&r, C2C_MAX_WAIT_S);
    m.lgas = c2c_ids_read(&r, C2C_MAX_SCOPE_IDS);
    err = c2c_reader_finish(&r);
    if (err == C2C_E_OK) {
        *ret_m = m;
    }
    return err;
}

enum c2c_err c2c_feed_request_encode(const struct c2c_feed_request *m,
                                     struct c2c_buf *out)
{
    struct c2c_pack p = c2c_pack_to(out);

    c2c_pack_array(&p, FEED_REQUEST_ELEMENTS);
    c2c_list_pack(&p, m->scope);
    if (m->has_cursor) {
        cursor_pack(&p, &m->cursor);
    } else {
        c2c_pack_nil(&p);
    }
    c2c_pack_uint(&p, m->wait_s);
    return p.err;
}

enum c2c_err c2c_feed_request_decode(struct c2c_view bytes,
                                     struct c2c_feed_request *ret_m)
{
    struct c2c_reader r = c2c_reader_over(bytes);
    struct c2c_feed_request m = {.has_cursor = false};
    enum c2c_err err;

    c2c_reader_array_of(&r, FEED_REQUEST_ELEMENTS);
    m.scope = c2c_ids_read(&r, C2C_MAX_SCOPE_IDS);
    m.has_cursor = !c2c_reader_nil(&r);
    if (m.has_cursor) {
        cursor_read(&r, &m.cursor);
    }
    m.wait_s = c2c_reader_uint(&r, C2C_MAX_WAIT_S);
    err = c2c_reader_finish(&r);
    if (err == C2C_E_OK) {
        *ret_m = m;
    }
    return err;
}

enum c2c_err c2c_feed_reply_encode(const struct c2c_feed_reply *m,
                                   struct c2c_buf *out)
{
    struct c2c_pack p = c2c_pack_to(out);

    c2c_pack_array(&p, FEED_REPLY_ELEMENTS);
    cursor_pack(&p, &m->cursor);
    c2c_pack_bool(&p, m->more);
    c2c_list_pack(&p, m->commits);
    return p.err;
}

enum c2c_err c2c_feed_reply_decode(struct c2c_view bytes,
                                   struct c2c_feed_reply *ret_m)
{
    struct c2c_reader r = c2c_reader_over(bytes);
    struct c2c_commit commit;
    struct c2c_feed_reply m;
    enum c2c_err err;

    c2c_reader_array_of(&r, FEED_REPLY_ELEMENTS);
    cursor_read(&r, &m.cursor);
    m.more = c2c_reader_bool(&r);
    m.commits =
        c2c_list_read(&r, C2C_MAX_LIST_ITEMS, c2c_wire_commit_item, &commit);
    if (m.more && m.commits.n == 0) {
        c2c_reader_fail(&r, C2C_E_MALFORMED); /* It would lead nowhere. */
    }
    err = c2c_reader_finish(&r);
    if (err == C2C_E_OK) {
        *ret_m = m;
    }
    return err;
}

enum c2c_err c2c_ping_request_encode(struct c2c_buf *out)
{
    struct c2c_pack p = c2c_pack_to(out);

    c2c_pack_array(&p, 0);
    return p.err;
}

enum c2c_err c2c_ping_request_decode(struct c2c_view bytes)
{
    struct c2c_reader r = c2c_reader_over(bytes);

    c2c_reader_array_of(&r, 0);
    return c2c_reader_finish(&r);
}

enum c2c_err c2c_ping_reply_encode(const struct c2c_ping_reply *m,
                                   struct c2c_buf *out)
{
    struct c2c_pack p = c2c_pack_to(out);

    c2c_pack_array(&p, PING_REPLY_ELEMENTS);
    c2c_pack_uint(&p, m->time_s);
    return p.err;
}

enum c2c_err c2c_ping_reply_decode(struct c2c_view bytes,
                                   struct c2c_ping_reply *ret_m)
{
    struct c2c_reader r = c2c_reader_over(bytes);
    struct c2c_ping_reply m;
    enum c2c_err err;

    c2c_reader_array_of(&r, PING_REPLY_ELEMENTS);
    m.time_s = c2c_reader_uint(&r, C2C_TIME_MAX_S);
    err = c2c_reader_finish(&r);
    if (err == C2C_E_OK) {
        *ret_m = m;
    }
    return err;
}
