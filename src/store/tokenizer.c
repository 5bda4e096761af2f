/* For FTS5: the tokenizer "c2c", which finds the words of base/text.h, and the
 * function c2c_rank(). */

#include <stdlib.h>

#include "base/text.h"
#include "store/db_priv.h"

enum {
    RANK_PHRASES = 32, /* Of a question: see find.c. */
    RANK_WORDS = 100   /* Of a text of middling length. */
};

static int create(void *ctx, const char **args, int n_args,
                  Fts5Tokenizer **ret_tokenizer)
{
    static char nothing;

    (void)ctx;
    (void)args;
    (void)n_args;
    /* Nothing to keep; FTS5 only wants a pointer that is not NULL. */
    *ret_tokenizer = (Fts5Tokenizer *)(void *)&nothing;
    return SQLITE_OK;
}

static void destroy(Fts5Tokenizer *tokenizer)
{
    (void)tokenizer;
}

typedef int token_fn(void *ctx, int flags, const char *token, int n, int start,
                     int end);

struct passing {
    token_fn *fn;
    void *ctx;
    int rc;
};

static enum c2c_err pass(void *ctx, struct c2c_view token, size_t start,
                         size_t end, bool colocated)
{
    struct passing *p = ctx;

    p->rc = p->fn(p->ctx, colocated ? FTS5_TOKEN_COLOCATED : 0,
                  (const char *)token.p, (int)token.n, (int)start, (int)end);
    return p->rc == SQLITE_OK ? C2C_E_OK : C2C_E_STORE;
}

static int tokenize(Fts5Tokenizer *tokenizer, void *ctx, int flags,
                    const char *text, int n, token_fn *fn)
{
    struct passing p = {fn, ctx, SQLITE_OK};
    enum c2c_text_use use =
        (flags & FTS5_TOKENIZE_QUERY) != 0 ? C2C_TEXT_QUERY : C2C_TEXT_INDEX;
    enum c2c_err err;

    (void)tokenizer;
    err =
        c2c_text_words(c2c_view_of(text, n < 0 ? 0 : (size_t)n), use, pass, &p);
    if (err == C2C_E_NOMEM) {
        return SQLITE_NOMEM;
    }
    return p.rc != SQLITE_OK ? p.rc
                             : (err == C2C_E_OK ? SQLITE_OK : SQLITE_ERROR);
}

/* How well a text fits, smaller is better: bm25 without what it knows of other
 * texts (how common a word is, how long texts are on average), which would tell
 * of texts that the asker may not see. */
static void rank(const Fts5ExtensionApi *api, Fts5Context *fts,
                 sqlite3_context *context, int n_args, sqlite3_value **args)
{
    static const double weight[] = {10.0, 5.0, 2.0, 1.0};
    double weighed[RANK_PHRASES] = {0};
    double score = 0;
    int n = 0;
    int words = 0;
    int rc = api->xInstCount(fts, &n);

    (void)n_args;
    (void)args;
    if (rc == SQLITE_OK) {
        rc = api->xColumnSize(fts, -1, &words);
    }
    for (int i = 0; i < n && rc == SQLITE_OK; i++) {
        int phrase = 0;
        int column = 0;
        int at = 0;

        rc = api->xInst(fts, i, &phrase, &column, &at);
        if (rc == SQLITE_OK && phrase < RANK_PHRASES && column < 4) {
            weighed[phrase] += weight[column];
        }
    }
    for (int i = 0; i < RANK_PHRASES; i++) {
        score += weighed[i] * 2.2 /
                 (weighed[i] + 1.2 * (0.25 + 0.75 * words / RANK_WORDS));
    }
    if (rc == SQLITE_OK) {
        sqlite3_result_double(context, -score);
    } else {
        sqlite3_result_error_code(context, rc);
    }
}

/* As SQLite's documentation gets at FTS5's functions. */
static fts5_api *api_of(sqlite3 *db)
{
    sqlite3_stmt *stmt = NULL;
    fts5_api *api = NULL;

    if (sqlite3_prepare_v2(db, "SELECT fts5(?1)", -1, &stmt, NULL) ==
        SQLITE_OK) {
        (void)sqlite3_bind_pointer(stmt, 1, (void *)&api, "fts5_api_ptr", NULL);
        (void)sqlite3_step(stmt);
    }
    (void)sqlite3_finalize(stmt);
    return api;
}

enum c2c_err c2c_db_add_tokenizer(struct c2c_store *store)
{
    fts5_tokenizer functions = {create, destroy, tokenize};
    fts5_api *api = api_of(store->db);
    int rc;

    if (api == NULL) {
        return C2C_E_UNSUPPORTED;
    }
    rc = api->xCreateTokenizer(api, "c2c", NULL, &functions, NULL);
    if (rc == SQLITE_OK) {
        rc = api->xCreateFunction(api, "c2c_rank", NULL, rank, NULL);
    }
    return rc == SQLITE_OK ? C2C_E_OK : c2c_db_error(store, rc);
}
