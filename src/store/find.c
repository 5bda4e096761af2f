/* Asking the full text: see fulltext.h. */

#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "store/fulltext.h"
#include "store/row_priv.h"

enum {
    EXPRESSION_MAX = 8192,
    SQL_MAX = 4096,
    MAX_PIECES = 32 /* Words of a question; more are passed over. */
};

static enum c2c_err count_word(void *ctx, struct c2c_view token, size_t start,
                               size_t end, bool colocated)
{
    size_t *n = ctx;

    (void)token;
    (void)start;
    (void)end;
    (void)colocated;
    (*n)++;
    return C2C_E_OK;
}

static bool is_space(uint8_t c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/* Cut the next piece off @words: up to a space, or what stands in quotes. */
static struct c2c_view next_piece(struct c2c_view *words)
{
    struct c2c_view piece;
    size_t n = 0;
    bool quoted;

    while (words->n > 0 && is_space(words->p[0])) {
        words->p++;
        words->n--;
    }
    quoted = words->n > 0 && words->p[0] == '"';
    words->p += quoted ? 1 : 0;
    words->n -= quoted ? 1 : 0;
    while (n < words->n &&
           (quoted ? words->p[n] != '"' : !is_space(words->p[n]))) {
        n++;
    }
    piece = c2c_view_of(words->p, n);
    n += quoted && n < words->n ? 1 : 0;
    words->p += n;
    words->n -= n;
    return piece;
}

/* One piece as FTS5's string, in which only quotes are special. */
static enum c2c_err put_piece(struct c2c_buf *out, struct c2c_view piece)
{
    enum c2c_err err =
        c2c_buf_put(out, out->n > 0 ? " \"" : "\"", out->n > 0 ? 2 : 1);

    for (size_t i = 0; i < piece.n && err == C2C_E_OK; i++) {
        if (piece.p[i] != '"' && piece.p[i] != '\0') {
            err = c2c_buf_put(out, &piece.p[i], 1);
        } else {
            err = c2c_buf_put(out, " ", 1);
        }
    }
    return err == C2C_E_OK ? c2c_buf_put(out, "\"", 1) : err;
}

enum c2c_err c2c_fulltext_expression(struct c2c_view words, struct c2c_buf *out)
{
    enum c2c_err err = C2C_E_OK;
    unsigned pieces = 0;

    if (!c2c_text_valid(words)) {
        return C2C_E_MALFORMED;
    }
    while (words.n > 0 && pieces < MAX_PIECES && err == C2C_E_OK) {
        struct c2c_view piece = next_piece(&words);
        size_t n = 0;

        err = c2c_text_words(piece, C2C_TEXT_QUERY, count_word, &n);
        if (err == C2C_E_OK && n > 0) {
            err = put_piece(out, piece);
            pieces++;
        }
    }
    if (err == C2C_E_OK && pieces > 0) {
        err = c2c_buf_put(out, " *", 2); /* The last may be half a word. */
    }
    return err;
}

/* The statement of a question: @head, how hits are chosen, @tail.  The
 * expression is its last parameter but two. */
static enum c2c_err prepare(struct c2c_store *store,
                            const struct c2c_filter *filter, const char *head,
                            const char *tail, sqlite3_stmt **ret_stmt)
{
    struct c2c_buf sql;
    enum c2c_err err;

    c2c_buf_init(&sql, SQL_MAX);
    err = c2c_buf_fmt(&sql,
                      "%s FROM t.text x JOIN main.record r ON r.id = x.rowid "
                      "WHERE 1",
                      head);
    if (err == C2C_E_OK) {
        err = c2c_filter_sql(store, filter, &sql);
    }
    if (err == C2C_E_OK) {
        err = c2c_buf_fmt(&sql, " AND x.text MATCH @words %s", tail);
    }
    if (err == C2C_E_OK) {
        int rc = sqlite3_prepare_v2(store->db, (const char *)sql.p, (int)sql.n,
                                    ret_stmt, NULL);

        err = rc == SQLITE_OK ? C2C_E_OK : c2c_db_error(store, rc);
    }
    c2c_buf_fini(&sql);
    return err;
}

static enum c2c_err bind(const struct c2c_filter *filter,
                         struct c2c_view expression, sqlite3_stmt *stmt)
{
    int next = 0;
    enum c2c_err err = c2c_filter_bind(filter, stmt, &next);

    c2c_db_bind_text(stmt, next, expression);
    c2c_db_bind_int(stmt, next + 1, (int64_t)filter->limit);
    c2c_db_bind_int(stmt, next + 2, filter->after);
    return err;
}

static enum c2c_err count(struct c2c_store *store,
                          const struct c2c_filter *filter,
                          struct c2c_view expression, uint64_t *ret_total)
{
    struct c2c_filter up_to = *filter;
    sqlite3_stmt *stmt = NULL;
    bool row = false;
    uint64_t n = 0;
    enum c2c_err err;

    up_to.limit = C2C_FULLTEXT_RANKED + 1;
    up_to.after = 0;
    err =
        prepare(store, &up_to, "SELECT 1", "LIMIT @limit OFFSET @after", &stmt);
    if (err == C2C_E_OK) {
        err = bind(&up_to, expression, stmt);
    }
    if (err == C2C_E_OK) {
        err = c2c_db_step(store, stmt, &row);
    }
    while (err == C2C_E_OK && row) {
        n++;
        err = c2c_db_step(store, stmt, &row);
    }
    (void)sqlite3_finalize(stmt);
    *ret_total = n;
    return err;
}

/* Only what is told is read and cut into snippets: among all hits that would
 * take longer than finding them.  The plus keeps the index of the full text
 * from being asked anew for each. */
static const char chosen[] =
    C2C_ROW_COLUMNS ", snippet(text, -1, '', '', '...', 14) "
                    "FROM t.text x JOIN main.record r ON r.id = x.rowid "
                    "WHERE +x.rowid IN (SELECT x.rowid";
static const char best_first[] =
    "ORDER BY bm25(text, 10.0, 5.0, 2.0, 1.0), x.rowid DESC "
    "LIMIT @limit OFFSET @after) AND x.text MATCH @words "
    "ORDER BY bm25(text, 10.0, 5.0, 2.0, 1.0), x.rowid DESC";
static const char plainest_first[] = /* Whatever else there is. */
    "ORDER BY c2c_rank(text), x.rowid DESC LIMIT @limit OFFSET @after) "
    "AND x.text MATCH @words ORDER BY c2c_rank(text), x.rowid DESC";
static const char newest_first[] =
    "ORDER BY x.rowid DESC LIMIT @limit OFFSET @after) "
    "AND x.text MATCH @words ORDER BY x.rowid DESC";

static enum c2c_err give_hits(struct c2c_store *store, sqlite3_stmt *stmt,
                              const bool *enough, c2c_hit_fn *fn, void *ctx)
{
    bool row = false;
    enum c2c_err err = c2c_db_step(store, stmt, &row);

    while (err == C2C_E_OK && row && (enough == NULL || !*enough)) {
        struct c2c_hit hit;

        hit.intact = c2c_row_read(stmt, &hit.row) == C2C_E_OK;
        hit.snippet = c2c_db_text(stmt, 10);
        err = fn(ctx, &hit);
        if (err == C2C_E_OK) {
            err = c2c_db_step(store, stmt, &row);
        }
    }
    return err;
}

enum c2c_err c2c_fulltext_find(struct c2c_store *store,
                               const struct c2c_find *find, c2c_hit_fn *fn,
                               void *ctx, uint64_t *ret_total)
{
    struct c2c_buf expression;
    sqlite3_stmt *stmt = NULL;
    uint64_t total = 0;
    enum c2c_err err;

    c2c_buf_init(&expression, EXPRESSION_MAX);
    err = c2c_fulltext_expression(find->words, &expression);
    if (err != C2C_E_OK || expression.n == 0) {
        *ret_total = 0;
        goto out;
    }
    err = count(store, &find->filter, c2c_buf_view(&expression), &total);
    if (err != C2C_E_OK || total == 0) {
        *ret_total = total;
        goto out;
    }
    err = prepare(store, &find->filter, chosen,
                  total > C2C_FULLTEXT_RANKED     ? newest_first
                  : store->sight == C2C_SIGHT_ALL ? best_first
                                                  : plainest_first,
                  &stmt);
    if (err == C2C_E_OK) {
        err = bind(&find->filter, c2c_buf_view(&expression), stmt);
    }
    if (err == C2C_E_OK) {
        err = give_hits(store, stmt, find->enough, fn, ctx);
    }
    *ret_total = total;
out:
    (void)sqlite3_finalize(stmt);
    c2c_buf_fini(&expression);
    return err;
}
