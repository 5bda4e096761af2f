#include "base/text.h"
#include "record/record.h"
#include "store/row_priv.h"

enum {
    MAX_FOLDED = 4096
};

/* Only the bytes are signed: what stands beside them must say the same. */
static bool says_the_same(const struct c2c_row *row)
{
    struct c2c_record record;

    return c2c_record_decode(row->bytes, &record) == C2C_E_OK &&
           c2c_view_eq(record.type, row->type) &&
           c2c_uuid_eq(&record.key, &row->key) &&
           c2c_view_eq(record.slug, row->slug) &&
           record.updated_s == row->updated_s;
}

enum c2c_err c2c_row_read(sqlite3_stmt *stmt, struct c2c_row *ret_row)
{
    struct c2c_row row = {.id = sqlite3_column_int64(stmt, 0),
                          .city = sqlite3_column_int64(stmt, 1),
                          .type = c2c_db_text(stmt, 3),
                          .slug = c2c_db_text(stmt, 5),
                          .updated_s = (uint64_t)sqlite3_column_int64(stmt, 6),
                          .rev = (uint64_t)sqlite3_column_int64(stmt, 7),
                          .bytes = c2c_db_blob(stmt, 9)};
    int64_t audience = sqlite3_column_int64(stmt, 2);
    enum c2c_err err = C2C_E_OK;
    struct c2c_hash leaf;

    if (audience < 0 || audience > C2C_AUDIENCE_LOCAL ||
        !c2c_text_valid(row.slug) || !c2c_text_valid(row.type)) {
        err = C2C_E_CORRUPT;
        audience = 0;
        row.slug = (struct c2c_view){NULL, 0};
    }
    row.audience = (enum c2c_audience)audience;
    if (c2c_db_fixed(stmt, 4, row.key.b, sizeof row.key.b) != C2C_E_OK ||
        c2c_db_fixed(stmt, 8, row.leaf.b, sizeof row.leaf.b) != C2C_E_OK) {
        err = C2C_E_CORRUPT;
    }
    leaf = c2c_record_hash(row.bytes);
    if (err != C2C_E_OK || !c2c_hash_eq(&leaf, &row.leaf) ||
        !says_the_same(&row)) {
        row.bytes = (struct c2c_view){NULL, 0};
        err = C2C_E_CORRUPT;
    }
    *ret_row = row;
    return err;
}

enum c2c_err c2c_rows_each(struct c2c_store *store, sqlite3_stmt *stmt,
                           const bool *enough, c2c_row_fn *fn, void *ctx)
{
    bool row = false;
    enum c2c_err err = c2c_db_step(store, stmt, &row);

    while (err == C2C_E_OK && row && (enough == NULL || !*enough)) {
        struct c2c_row r;
        enum c2c_err intact = c2c_row_read(stmt, &r);

        err = fn(ctx, &r, intact == C2C_E_OK);
        if (err == C2C_E_OK) {
            err = c2c_db_step(store, stmt, &row);
        }
    }
    return err;
}

enum c2c_err c2c_filter_sql(const struct c2c_store *store,
                            const struct c2c_filter *filter,
                            struct c2c_buf *sql)
{
    int n = 1;
    enum c2c_err err = C2C_E_OK;

    if (store->sight != C2C_SIGHT_ALL) {
        /* With the +, for no index: others lead to fewer rows. */
        err = c2c_buf_fmt(sql, " AND +r.audience <= %d",
                          store->sight == C2C_SIGHT_PUBLIC
                              ? C2C_AUDIENCE_PUBLIC
                              : C2C_AUDIENCE_NETWORK);
    }
    if (err == C2C_E_OK &&
        (filter->city == 0 || store->sight != C2C_SIGHT_ALL)) {
        err = c2c_buf_fmt(sql, " AND r.city NOT IN (SELECT id FROM main.city "
                               "WHERE hidden <> 0)");
    }
    if (filter->city != 0 && err == C2C_E_OK) {
        err = c2c_buf_fmt(sql, " AND r.city = ?%d", n++);
    }
    if (filter->type.n > 0 && err == C2C_E_OK) {
        /* All audiences are named: between city and type in the index. */
        err = c2c_buf_fmt(sql, " AND r.audience IN (0, 1, 2) AND r.type = ?%d",
                          n++);
    }
    for (size_t i = 0; i < filter->n_facets && err == C2C_E_OK; i++) {
        err = c2c_buf_fmt(sql,
                          " AND EXISTS (SELECT 1 FROM main.facet f WHERE "
                          "f.name = ?%d AND f.value = ?%d AND f.record = r.id)",
                          n, n + 1);
        n += 2;
    }
    return err;
}

enum c2c_err c2c_filter_bind(const struct c2c_filter *filter,
                             sqlite3_stmt *stmt, int *ret_next)
{
    struct c2c_buf folded;
    enum c2c_err err = C2C_E_OK;
    int n = 1;

    c2c_buf_init(&folded, MAX_FOLDED);
    if (filter->city != 0) {
        c2c_db_bind_int(stmt, n++, filter->city);
    }
    if (filter->type.n > 0) {
        c2c_db_bind_text(stmt, n++, filter->type);
    }
    for (size_t i = 0; i < filter->n_facets && err == C2C_E_OK; i++) {
        c2c_buf_clear(&folded);
        err = c2c_text_fold(filter->facet[i].value, &folded);
        c2c_db_bind_text(stmt, n++, c2c_view_str(filter->facet[i].name));
        c2c_db_bind_text(stmt, n++, c2c_buf_view(&folded));
    }
    c2c_buf_fini(&folded);
    *ret_next = n;
    return err;
}
