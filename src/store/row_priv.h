/* Reading a row of C2C_ROW_COLUMNS. */

#ifndef C2C_STORE_ROW_PRIV_H
#define C2C_STORE_ROW_PRIV_H

#include "base/buf.h"
#include "store/db_priv.h"
#include "store/records.h"

/* Read the statement's current row.  Views live until its next step.
 * C2C_E_CORRUPT when a column cannot be read or the bytes fail their hash; the
 * row is then filled as far as it goes, without bytes. */
enum c2c_err c2c_row_read(sqlite3_stmt *stmt,
                          struct c2c_row *ret_row) C2C_MUST_CHECK;

/* Give @fn every row of the bound @stmt, until it returns an error or @enough
 * (may be NULL) is true. */
enum c2c_err c2c_rows_each(struct c2c_store *store, sqlite3_stmt *stmt,
                           const bool *enough, c2c_row_fn *fn,
                           void *ctx) C2C_MUST_CHECK;

/* Append the conditions of the store's sight and of @filter on `record r` to
 * @sql, parameters from ?1 on, and bind them. */
enum c2c_err c2c_filter_sql(const struct c2c_store *store,
                            const struct c2c_filter *filter,
                            struct c2c_buf *sql) C2C_MUST_CHECK;
enum c2c_err c2c_filter_bind(const struct c2c_filter *filter,
                             sqlite3_stmt *stmt, int *ret_next) C2C_MUST_CHECK;

#endif /* C2C_STORE_ROW_PRIV_H */
