#include "codec/pack.h"

#include <msgpack/pack.h>
#include <string.h>

#include "base/text.h"

struct c2c_pack c2c_pack_to(struct c2c_buf *out)
{
    return (struct c2c_pack){.out = out, .err = C2C_E_OK};
}

/* msgpack-c hands over the bytes; the error stays in the packer. */
static int write_bytes(void *data, const char *bytes, size_t n)
{
    struct c2c_pack *p = data;

    if (p->err == C2C_E_OK) {
        p->err = c2c_buf_put(p->out, bytes, n);
    }
    return p->err == C2C_E_OK ? 0 : -1;
}

static struct msgpack_packer packer(struct c2c_pack *p)
{
    struct msgpack_packer pk;

    msgpack_packer_init(&pk, p, write_bytes);
    return pk;
}

void c2c_pack_array(struct c2c_pack *p, size_t n)
{
    struct msgpack_packer pk = packer(p);

    (void)msgpack_pack_array(&pk, n);
}

void c2c_pack_map(struct c2c_pack *p, size_t n)
{
    struct msgpack_packer pk = packer(p);

    (void)msgpack_pack_map(&pk, n);
}

void c2c_pack_nil(struct c2c_pack *p)
{
    struct msgpack_packer pk = packer(p);

    (void)msgpack_pack_nil(&pk);
}

void c2c_pack_bool(struct c2c_pack *p, bool b)
{
    struct msgpack_packer pk = packer(p);

    (void)(b ? msgpack_pack_true(&pk) : msgpack_pack_false(&pk));
}

void c2c_pack_int(struct c2c_pack *p, int64_t i)
{
    struct msgpack_packer pk = packer(p);

    (void)msgpack_pack_int64(&pk, i);
}

void c2c_pack_uint(struct c2c_pack *p, uint64_t u)
{
    if (u > INT64_MAX) {
        p->err = p->err == C2C_E_OK ? C2C_E_TOO_BIG : p->err;
        return;
    }
    c2c_pack_int(p, (int64_t)u);
}

void c2c_pack_str(struct c2c_pack *p, struct c2c_view s)
{
    struct msgpack_packer pk = packer(p);

    if (p->err == C2C_E_OK && !c2c_text_valid(s)) {
        p->err = C2C_E_MALFORMED;
    }
    if (p->err == C2C_E_OK) {
        (void)msgpack_pack_str(&pk, s.n);
    }
    if (p->err == C2C_E_OK && s.n > 0) {
        (void)msgpack_pack_str_body(&pk, s.p, s.n);
    }
}

void c2c_pack_cstr(struct c2c_pack *p, const char *s)
{
    c2c_pack_str(p, c2c_view_str(s));
}

void c2c_pack_bin(struct c2c_pack *p, const void *bytes, size_t n)
{
    struct msgpack_packer pk = packer(p);

    (void)msgpack_pack_bin(&pk, n);
    if (p->err == C2C_E_OK && n > 0) {
        (void)msgpack_pack_bin_body(&pk, bytes, n);
    }
}

void c2c_pack_raw(struct c2c_pack *p, struct c2c_view encoded)
{
    if (p->err == C2C_E_OK) {
        p->err = c2c_buf_put(p->out, encoded.p, encoded.n);
    }
}
