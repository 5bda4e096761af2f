#include "trust/membership.h"

#include "codec/limits.h"
#include "codec/reader.h"
#include "record/record.h"

const char c2c_membership_type[] = "membership";

static uint64_t at_most(uint64_t n, uint64_t max)
{
    return n < max ? n : max;
}

static void read_quota(struct c2c_reader *r, struct c2c_membership *m)
{
    size_t n = c2c_reader_map(r, SIZE_MAX);

    for (size_t i = 0; i < n && r->err == C2C_E_OK; i++) {
        struct c2c_view name = c2c_reader_str(r, SIZE_MAX);

        if (c2c_view_eq_str(name, "records")) {
            m->max_records =
                at_most(c2c_reader_uint(r, INT64_MAX), C2C_MAX_CITY_RECORDS);
        } else if (c2c_view_eq_str(name, "bytes")) {
            m->max_bytes = c2c_reader_uint(r, INT64_MAX);
        } else {
            (void)c2c_reader_any(r, C2C_MAX_DEPTH);
        }
    }
}

static void read_body(struct c2c_reader *r, struct c2c_membership *m)
{
    size_t n = c2c_reader_map(r, SIZE_MAX);
    struct c2c_view city = {NULL, 0};

    for (size_t i = 0; i < n && r->err == C2C_E_OK; i++) {
        struct c2c_view name = c2c_reader_str(r, SIZE_MAX);

        if (c2c_view_eq_str(name, "city")) {
            city = c2c_reader_str(r, SIZE_MAX);
        } else if (c2c_view_eq_str(name, "kind")) {
            m->lga = c2c_view_eq_str(c2c_reader_str(r, SIZE_MAX), "lga");
        } else if (c2c_view_eq_str(name, "quota")) {
            read_quota(r, m);
        } else {
            (void)c2c_reader_any(r, C2C_MAX_DEPTH);
        }
    }
    if (r->err == C2C_E_OK && c2c_hash_parse(city, &m->city) != C2C_E_OK) {
        c2c_reader_fail(r, C2C_E_MALFORMED);
    }
}

enum c2c_err c2c_membership_read(struct c2c_view record,
                                 struct c2c_membership *ret_membership)
{
    struct c2c_membership m = {.max_records = C2C_MAX_QUOTA_RECORDS,
                               .max_bytes = C2C_MAX_QUOTA_BYTES};
    struct c2c_record r;
    struct c2c_reader body;
    enum c2c_err err = c2c_record_decode(record, &r);

    if (err == C2C_E_OK && !c2c_view_eq_str(r.type, c2c_membership_type)) {
        err = C2C_E_MALFORMED;
    }
    if (err != C2C_E_OK) {
        return err;
    }
    body = c2c_reader_over(r.body);
    read_body(&body, &m);
    err = c2c_reader_finish(&body);
    if (err == C2C_E_OK) {
        *ret_membership = m;
    }
    return err;
}
