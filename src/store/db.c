#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>

#include "store/db_priv.h"

static const char *const sql[] = {
#define C2C_STATEMENT_SQL(NAME, SQL) [C2C_SQL_##NAME] = (SQL),
    C2C_STATEMENT_MAP(C2C_STATEMENT_SQL)
#undef C2C_STATEMENT_SQL
};

enum c2c_err c2c_db_error(struct c2c_store *store, int rc)
{
    (void)snprintf(store->detail, sizeof store->detail, "%s (%s)",
                   store->db == NULL ? "" : sqlite3_errmsg(store->db),
                   sqlite3_errstr(rc));
    switch (rc & 0xff) {
    case SQLITE_OK:
    case SQLITE_ROW:
    case SQLITE_DONE:
        return C2C_E_OK;
    case SQLITE_NOMEM:
        return C2C_E_NOMEM;
    case SQLITE_FULL:
        return C2C_E_DISK_FULL;
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
        return C2C_E_CORRUPT;
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
        return C2C_E_IN_USE;
    case SQLITE_PERM:
    case SQLITE_READONLY:
        return C2C_E_PERMISSION;
    case SQLITE_CONSTRAINT:
        return C2C_E_EXISTS;
    default:
        break;
    }
    return store->db != NULL && sqlite3_system_errno(store->db) == ENOSPC
               ? C2C_E_DISK_FULL
               : C2C_E_STORE;
}

sqlite3_stmt *c2c_db_get(struct c2c_store *store, enum c2c_statement which)
{
    if (store->stmt[which] == NULL &&
        sqlite3_prepare_v3(store->db, sql[which], -1, SQLITE_PREPARE_PERSISTENT,
                           &store->stmt[which], NULL) != SQLITE_OK) {
        return NULL;
    }
    return store->stmt[which];
}

enum c2c_err c2c_db_step(struct c2c_store *store, sqlite3_stmt *stmt,
                         bool *ret_row)
{
    int rc;

    if (stmt == NULL) {
        enum c2c_err err = c2c_db_error(store, sqlite3_errcode(store->db));

        /* Something else may have succeeded since it failed. */
        return err == C2C_E_OK ? C2C_E_STORE : err;
    }
    rc = sqlite3_step(stmt);
    if (rc != SQLITE_ROW && rc != SQLITE_DONE) {
        return c2c_db_error(store, rc);
    }
    *ret_row = rc == SQLITE_ROW;
    return C2C_E_OK;
}

enum c2c_err c2c_db_run(struct c2c_store *store, sqlite3_stmt *stmt)
{
    bool row;
    enum c2c_err err = c2c_db_step(store, stmt, &row);

    c2c_db_done(stmt);
    return err;
}

enum c2c_err c2c_db_run_one(struct c2c_store *store, sqlite3_stmt *stmt)
{
    enum c2c_err err = c2c_db_run(store, stmt);

    return err == C2C_E_OK && sqlite3_changes(store->db) == 0 ? C2C_E_NOT_FOUND
                                                              : err;
}

void c2c_db_done(sqlite3_stmt *stmt)
{
    if (stmt != NULL) {
        (void)sqlite3_reset(stmt); /* Repeats the error of the step. */
        (void)sqlite3_clear_bindings(stmt);
    }
}

enum c2c_err c2c_db_exec(struct c2c_store *store, const char *text)
{
    int rc = sqlite3_exec(store->db, text, NULL, NULL, NULL);

    return rc == SQLITE_OK ? C2C_E_OK : c2c_db_error(store, rc);
}

/* Binding fails only for a wrong index or out of memory; the step then sees a
 * NULL, which the tables' NOT NULL refuses. */

void c2c_db_bind_int(sqlite3_stmt *stmt, int i, int64_t value)
{
    if (stmt != NULL) {
        (void)sqlite3_bind_int64(stmt, i, value);
    }
}

void c2c_db_bind_blob(sqlite3_stmt *stmt, int i, const void *p, size_t n)
{
    if (stmt != NULL) {
        (void)sqlite3_bind_blob64(stmt, i, n == 0 ? "" : p, n,
                                  SQLITE_TRANSIENT);
    }
}

void c2c_db_bind_text(sqlite3_stmt *stmt, int i, struct c2c_view text)
{
    if (stmt != NULL) {
        (void)sqlite3_bind_text64(stmt, i,
                                  text.n == 0 ? "" : (const char *)text.p,
                                  text.n, SQLITE_TRANSIENT, SQLITE_UTF8);
    }
}

struct c2c_view c2c_db_blob(sqlite3_stmt *stmt, int i)
{
    const void *p = sqlite3_column_blob(stmt, i);

    return c2c_view_of(p, (size_t)sqlite3_column_bytes(stmt, i));
}

struct c2c_view c2c_db_text(sqlite3_stmt *stmt, int i)
{
    const void *p = sqlite3_column_text(stmt, i);

    return c2c_view_of(p, (size_t)sqlite3_column_bytes(stmt, i));
}

enum c2c_err c2c_db_fixed(sqlite3_stmt *stmt, int i, void *out, size_t n)
{
    struct c2c_view blob = c2c_db_blob(stmt, i);

    if (blob.n != n || blob.p == NULL) {
        return C2C_E_CORRUPT;
    }
    memcpy(out, blob.p, n);
    return C2C_E_OK;
}

enum c2c_err c2c_db_number(struct c2c_store *store, enum c2c_statement which,
                           int64_t *ret_number)
{
    sqlite3_stmt *stmt = c2c_db_get(store, which);
    bool row = false;
    enum c2c_err err = c2c_db_step(store, stmt, &row);

    if (err == C2C_E_OK && row) {
        *ret_number = sqlite3_column_int64(stmt, 0);
    } else if (err == C2C_E_OK) {
        err = C2C_E_CORRUPT;
    }
    c2c_db_done(stmt);
    return err;
}

enum c2c_err c2c_db_next_seq(struct c2c_store *store, int64_t *ret_seq)
{
    return c2c_db_number(store, C2C_SQL_SEQ_NEXT, ret_seq);
}

enum {
    SAVEPOINT_BYTES = 0x1f000 /* SQLite writes it at once, 0x1ffff at most. */
};

/* What a savepoint overwrites stays in memory up to this size.  By default the
 * sixteenth page already makes a file in /var/tmp, at every commit, with the
 * old bytes of records in it. */
static void configure(void)
{
    (void)sqlite3_config(SQLITE_CONFIG_STMTJRNL_SPILL, SAVEPOINT_BYTES);
}

enum c2c_err c2c_db_open(struct c2c_store *store, const char *path, int flags)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    enum c2c_err err;
    int rc;

    (void)pthread_once(&once, configure);
    rc = sqlite3_open_v2(path, &store->db,
                         flags | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE,
                         NULL);
    if (rc != SQLITE_OK) {
        err = c2c_db_error(store, rc);
        return (rc & 0xff) == SQLITE_CANTOPEN ? C2C_E_NOT_FOUND : err;
    }
    (void)sqlite3_busy_timeout(store->db, C2C_DB_BUSY_MS);
    /* What a file claims about itself is not trusted. */
    (void)sqlite3_db_config(store->db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
    (void)sqlite3_db_config(store->db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
    return c2c_db_exec(store, "PRAGMA secure_delete = ON;"
                              "PRAGMA cell_size_check = ON;"
                              "PRAGMA foreign_keys = ON;");
}
