/* Any text as a question: the expression made of it is one that FTS5 takes, and
 * finds the very text it was made of. */

#include <string.h>

#include "base/buf.h"
#include "base/text.h"
#include "fuzz.h"
#include "store/db_priv.h"
#include "store/fulltext.h"

static struct c2c_store db;

static void run(const char *sql, struct c2c_view argument, int want)
{
    sqlite3_stmt *stmt = NULL;

    require(sqlite3_prepare_v2(db.db, sql, -1, &stmt, NULL) == SQLITE_OK);
    c2c_db_bind_text(stmt, 1, argument);
    require(sqlite3_step(stmt) == want);
    require(sqlite3_finalize(stmt) == SQLITE_OK);
}

static void prepare(void)
{
    if (db.db != NULL) {
        return;
    }
    require(c2c_db_open(&db, ":memory:",
                        SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE) ==
            C2C_E_OK);
    require(c2c_db_add_tokenizer(&db) == C2C_E_OK);
    require(c2c_db_exec(&db, "CREATE VIRTUAL TABLE text USING fts5 "
                             "(w, tokenize = 'c2c')") == C2C_E_OK);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct c2c_view text = c2c_view_of(data, size);
    struct c2c_buf expression;
    enum c2c_err err;

    if (size > 4000) {
        return 0;
    }
    prepare();
    c2c_buf_init(&expression, 8192);
    err = c2c_fulltext_expression(text, &expression);
    require((err == C2C_E_OK) == c2c_text_valid(text));
    if (err == C2C_E_OK && expression.n > 0) {
        require(c2c_db_exec(&db, "BEGIN") == C2C_E_OK);
        run("INSERT INTO text VALUES (?1)", text, SQLITE_DONE);
        run("SELECT w FROM text WHERE text MATCH ?1", c2c_buf_view(&expression),
            SQLITE_ROW);
        require(c2c_db_exec(&db, "ROLLBACK") == C2C_E_OK);
    }
    c2c_buf_fini(&expression);
    return 0;
}
