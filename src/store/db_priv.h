/* SQLite, wrapped once: statements by name, errors by code. */

#ifndef C2C_STORE_DB_PRIV_H
#define C2C_STORE_DB_PRIV_H

#include <sqlite3.h>
#include <stdbool.h>

#include "base/buf.h"
#include "base/hash.h"
#include "base/uuid.h"
#include "base/view.h"
#include "store/store.h"

/* X(NAME, SQL): prepared when first used. */
#define C2C_STATEMENT_MAP(X)                                                   \
    X(META_GET, "SELECT value FROM meta WHERE name = ?1")                      \
    X(META_PUT, "INSERT INTO meta VALUES (?1, ?2) ON CONFLICT (name) "         \
                "DO UPDATE SET value = excluded.value")                        \
    X(SEQ_NEXT, "UPDATE counter SET seq = seq + 1 RETURNING seq")              \
    X(SEQ_GET, "SELECT seq FROM counter")                                      \
    X(CITY_ADD, "INSERT INTO city (city, kind, seq, keyset_seq) VALUES (?1, "  \
                "?2, ?3, ?3) RETURNING id")                                    \
    X(CITY_KEYSET, "UPDATE city SET seq = ?2, keyset_seq = ?2 WHERE id = ?1")  \
    X(CITY_SEQ, "UPDATE city SET seq = ?2, floor_rev = CASE WHEN ?4 THEN ?3 "  \
                "WHEN ?5 THEN 0 ELSE floor_rev END, floor_seq = CASE WHEN ?4 " \
                "THEN ?2 ELSE floor_seq END WHERE id = ?1")                    \
    X(CITY_HIDE, "UPDATE city SET hidden = ?2 WHERE id = ?1 AND (hidden = 0) " \
                 "= (?2 != 0)")                                                \
    X(CITY_STATE, C2C_STATE_COLUMNS "WHERE c.id = ?1")                         \
    X(CITY_CHANGED, C2C_STATE_COLUMNS "WHERE c.seq > ?1 ORDER BY c.seq")       \
    X(CITY_FROM, C2C_STATE_COLUMNS "WHERE c.city >= ?1 ORDER BY c.city")       \
    X(CITY_FLOORS, "UPDATE city SET "                                          \
                   "floor_rev = max(floor_rev, (SELECT max(rev) FROM removed " \
                   "WHERE city = id AND time < ?1)), "                         \
                   "floor_seq = max(floor_seq, (SELECT max(seq) FROM removed " \
                   "WHERE city = id AND time < ?1)) "                          \
                   "WHERE id IN (SELECT city FROM removed WHERE time < ?1)")   \
    X(CITY_FIND, "SELECT id FROM city WHERE city = ?1")                        \
    X(CITY_ID, "SELECT city FROM city WHERE id = ?1")                          \
    X(CITY_EACH,                                                               \
      "SELECT c.id, c.city FROM city c JOIN head h ON h.city = c.id WHERE "    \
      "substr(c.city, 1, ?2) = ?1 AND c.hidden = 0 ORDER BY c.id")             \
    X(KEYSET_ADD, "INSERT INTO keyset VALUES (?1, ?2, ?3)")                    \
    X(KEYSET_LIST,                                                             \
      "SELECT n, bytes FROM keyset WHERE city = ?1 AND n >= ?2 ORDER BY n")    \
    X(HEAD_GET, "SELECT bytes, blind, net_root, net_count, net_bytes "         \
                "FROM head WHERE city = ?1")                                   \
    X(HEAD_PUT, "INSERT OR REPLACE INTO head VALUES (?1, ?2, ?3, ?4, ?5, ?6, " \
                "?7, ?8, ?9)")                                                 \
    X(HEAD_DEL, "DELETE FROM head WHERE city = ?1")                            \
    X(KEYSET_DEL, "DELETE FROM keyset WHERE city = ?1")                        \
    X(LOG_DEL, "DELETE FROM log WHERE city = ?1")                              \
    X(DIR_CLEAR, "DELETE FROM dir WHERE city = ?1")                            \
    X(LOG_ADD, "INSERT INTO log (city, epoch, rev, time, changes) "            \
               "VALUES (?1, ?2, ?3, ?4, ?5)")                                  \
    X(LOG_LIST, "SELECT id, city, epoch, rev, time, changes FROM log "         \
                "WHERE (?1 = 0 OR city = ?1) AND (?2 = 0 OR id < ?2) AND "     \
                "(?4 OR city NOT IN (SELECT id FROM city WHERE hidden <> 0)) " \
                "ORDER BY id DESC LIMIT ?3")                                   \
    X(RECORD_ID, "SELECT id FROM record WHERE city = ?1 AND type = ?2 AND "    \
                 "key = ?3 AND audience = ?4")                                 \
    X(RECORD_ADD, "INSERT INTO record (city, audience, type, key, slug, "      \
                  "updated, rev, seq, leaf, size, bytes, id) VALUES "          \
                  "(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)")       \
    X(RECORD_SET, "UPDATE record SET slug = ?5, updated = ?6, rev = ?7, seq "  \
                  "= ?8, leaf = ?9, size = ?10, bytes = ?11 WHERE city = ?1 "  \
                  "AND audience = ?2 AND type = ?3 AND key = ?4")              \
    X(RECORD_DEL, "DELETE FROM record WHERE id = ?1")                          \
    X(RECORD_GET, C2C_ROW_COLUMNS                                              \
      "FROM record r WHERE r.city = ?1 AND r.audience IN (0, 1, 2) AND "       \
      "r.type = ?2 AND r.key = ?3 AND +r.audience <= ?4 "                      \
      "ORDER BY r.audience LIMIT 1")                                           \
    X(RECORD_SLOT,                                                             \
      C2C_ROW_COLUMNS "FROM record r WHERE r.city = ?1 AND r.audience = ?4 "   \
                      "AND r.type = ?2 AND r.key = ?3")                        \
    X(RECORD_SLUG,                                                             \
      C2C_ROW_COLUMNS "FROM record r WHERE r.city = ?1 AND r.type = ?2 AND "   \
                      "r.slug = ?3 AND +r.audience <= ?4 "                     \
                      "ORDER BY r.key LIMIT 1")                                \
    X(RECORD_BY_ID, C2C_ROW_COLUMNS "FROM record r WHERE r.id = ?1")           \
    X(RECORD_SINCE,                                                            \
      C2C_ROW_COLUMNS ", r.seq FROM record r "                                 \
                      "WHERE r.seq > ?1 ORDER BY r.seq LIMIT ?2")              \
    X(RECORD_REBASE,                                                           \
      "UPDATE record SET rev = 1 WHERE city = ?1 AND seq <= ?2")               \
    X(REMOVED_REBASE,                                                          \
      "UPDATE removed SET rev = 1 WHERE city = ?1 AND seq <= ?2")              \
    X(REMOVED_PUT,                                                             \
      "INSERT OR REPLACE INTO removed (city, type, key, audience, record, "    \
      "rev, seq, time) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)")               \
    X(REMOVED_DEL, "DELETE FROM removed WHERE city = ?1 AND type = ?2 AND "    \
                   "key = ?3 AND audience = ?4 RETURNING record")              \
    X(REMOVED_FORGET, "DELETE FROM removed WHERE time < ?1")                   \
    X(REMOVED_SINCE, "SELECT record FROM removed WHERE seq > ?1")              \
    X(TEXT_DEL, "DELETE FROM text WHERE rowid = ?1") /* Of text.db. */         \
    X(TEXT_ADD, "INSERT INTO text (rowid, w1, w2, w3, w4) "                    \
                "VALUES (?1, ?2, ?3, ?4, ?5)")                                 \
    X(FACET_DEL, "DELETE FROM facet WHERE record = ?1")                        \
    X(FACET_ADD, "INSERT OR IGNORE INTO facet VALUES (?1, ?2, ?3)")            \
    X(SLOTS, C2C_ROW_COLUMNS                                                   \
      "FROM record r WHERE r.city = ?1 AND "                                   \
      "r.audience <= ?2 AND (r.audience, r.type, r.key) > (?3, ?4, ?5) "       \
      "ORDER BY r.audience, r.type, r.key")                                    \
    X(SLOTS_OF_TYPE, C2C_ROW_COLUMNS                                           \
      "FROM record r WHERE r.city = ?1 AND "                                   \
      "r.audience <= ?2 AND (r.audience, r.type, r.key) > (?3, ?4, ?5) "       \
      "AND r.type = ?6 ORDER BY r.audience, r.type, r.key")                    \
    X(SLOTS_SINCE,                                                             \
      C2C_ROW_COLUMNS "FROM record r WHERE r.city = ?1 AND "                   \
                      "r.audience <= ?2 AND r.rev > ?3 AND r.seq > ?4 "        \
                      "ORDER BY r.audience, r.type, r.key")                    \
    X(SLOTS_LATELY, C2C_ROW_COLUMNS                                            \
      "FROM record r INDEXED BY record_seq "                                   \
      "WHERE r.city = ?1 AND r.audience <= ?2 AND r.rev > ?3 AND r.seq > ?4 "  \
      "ORDER BY r.audience, r.type, r.key")                                    \
    X(GONE,                                                                    \
      "SELECT audience, type, key FROM removed WHERE city = ?1 AND "           \
      "audience <= ?2 AND rev > ?3 AND seq > ?4 ORDER BY audience, type, key") \
    X(STAGED_ADD,                                                              \
      "INSERT OR REPLACE INTO staged VALUES (?1, ?2, ?3, ?4, ?5, ?6)")         \
    X(STAGED_SUM, "SELECT coalesce(sum(length(bytes)), 0), count(*) FROM "     \
                  "staged WHERE owner = ?1 AND content = ?2")                  \
    X(STAGED_LIST, "SELECT audience, bytes FROM staged WHERE owner = ?1 AND "  \
                   "content = ?2 ORDER BY audience, type, key")                \
    X(STAGED_DEL, "DELETE FROM staged WHERE owner = ?1")                       \
    X(STAGED_CLEAR, "DELETE FROM staged")                                      \
    X(CURSOR_GET, "SELECT cursor FROM cursor WHERE peer = ?1")                 \
    X(CURSOR_PUT, "INSERT OR REPLACE INTO cursor VALUES (?1, ?2)")             \
    X(HUB_PUT, "INSERT OR REPLACE INTO hub VALUES (?1, ?2, ?3, ?4, ?5, ?6)")   \
    X(HUB_DEL, "DELETE FROM hub WHERE url = ?1")                               \
    X(HUB_LIST,                                                                \
      "SELECT url, lga, name, note, token, since FROM hub ORDER BY url")       \
    X(JOIN_PUT, "INSERT OR REPLACE INTO joining VALUES (?1, ?2, ?3, ?4, ?5, "  \
                "?6, ?7, ?8)")                                                 \
    X(JOIN_GET, C2C_JOIN_COLUMNS "WHERE city = ?1")                            \
    X(JOIN_DENY, "UPDATE joining SET state = 1 WHERE city = ?1")               \
    X(JOIN_DEL, "DELETE FROM joining WHERE city = ?1")                         \
    X(JOIN_SUM, "SELECT count(*), coalesce(sum(length(keysets) + "             \
                "length(CAST(name AS BLOB)) + length(CAST(note AS BLOB))), "   \
                "0) FROM joining "                                             \
                "WHERE state = 0 AND city != ?1")                              \
    X(JOIN_EXPIRE, "DELETE FROM joining WHERE state = 0 AND asked < ?1")       \
    X(JOIN_LIST, C2C_JOIN_COLUMNS "ORDER BY since, city")                      \
    X(INVITE_ADD, "INSERT OR IGNORE INTO invite VALUES (?1, ?2, ?3, 0, NULL)") \
    X(INVITE_GET, C2C_INVITE_COLUMNS "WHERE token = ?1")                       \
    X(INVITE_USE, "UPDATE invite SET used = ?2, city = ?3 WHERE token = ?1")   \
    X(INVITE_EXPIRE, "DELETE FROM invite WHERE expires < ?1")                  \
    X(INVITE_LIST, C2C_INVITE_COLUMNS "ORDER BY expires, token")               \
    X(WAITING_ADD, "INSERT INTO waiting (input) VALUES (?1)")                  \
    X(WAITING_NEXT, "SELECT id, input FROM waiting WHERE id > ?1 "             \
                    "ORDER BY id LIMIT 1")                                     \
    X(WAITING_DEL, "DELETE FROM waiting WHERE id = ?1")                        \
    X(LEAVES, "SELECT leaf, size FROM record WHERE city = ?1 AND type = ?2 "   \
              "AND audience = ?3 ORDER BY key")                                \
    X(TYPES, "SELECT DISTINCT type FROM record WHERE city = ?1 "               \
             "AND audience = ?2 ORDER BY type")                                \
    X(DIR_PUT, "INSERT OR REPLACE INTO dir VALUES (?1, ?2, ?3, ?4, ?5, ?6)")   \
    X(DIR_DEL, "DELETE FROM dir WHERE city = ?1 AND audience = ?2 "            \
               "AND type = ?3")                                                \
    X(DIR_GET, "SELECT count, bytes, root FROM dir WHERE city = ?1 "           \
               "AND audience = ?2 AND type = ?3")                              \
    X(DIR_LIST, "SELECT type, count, bytes, root FROM dir WHERE city = ?1 "    \
                "AND audience = ?2 ORDER BY type")

#define C2C_ROW_COLUMNS                                        \
    "SELECT r.id, r.city, r.audience, r.type, r.key, r.slug, " \
    "r.updated, r.rev, r.leaf, r.bytes "

#define C2C_JOIN_COLUMNS \
    "SELECT city, keysets, n, name, note, since, asked, state FROM joining "

#define C2C_INVITE_COLUMNS \
    "SELECT token, name, expires, used, city FROM invite "

/* See c2c_cities_state(). */
#define C2C_STATE_COLUMNS                                                \
    "SELECT c.id, c.city, c.kind, c.seq, c.keyset_seq, c.floor_rev, "    \
    "c.floor_seq, c.hidden, h.bytes, h.blind, h.net_root, h.net_count, " \
    "h.net_bytes FROM city c LEFT JOIN head h ON h.city = c.id "

enum c2c_statement {
#define C2C_STATEMENT_ENUM(NAME, SQL) C2C_SQL_##NAME,
    C2C_STATEMENT_MAP(C2C_STATEMENT_ENUM)
#undef C2C_STATEMENT_ENUM
    C2C_SQL_COUNT
};

enum {
    C2C_DB_BUSY_MS = 10000 /* Writers wait for each other this long. */
};

struct c2c_store {
    sqlite3 *db;
    sqlite3_stmt *stmt[C2C_SQL_COUNT];
    char detail[512];
    struct c2c_buf row; /* The last single row that was read. */
    enum c2c_sight sight;
};

/* Translate a result of SQLite and keep its words. */
enum c2c_err c2c_db_error(struct c2c_store *store, int rc);

/* A statement ready to be bound; NULL after an error (kept for c2c_db_step()).
 */
sqlite3_stmt *c2c_db_get(struct c2c_store *store, enum c2c_statement which);

/* Step: C2C_E_OK with @ret_row true while there are rows.  @stmt NULL reports
 * why c2c_db_get() failed. */
enum c2c_err c2c_db_step(struct c2c_store *store, sqlite3_stmt *stmt,
                         bool *ret_row) C2C_MUST_CHECK;

/* Step a statement that returns nothing, and reset it. */
enum c2c_err c2c_db_run(struct c2c_store *store,
                        sqlite3_stmt *stmt) C2C_MUST_CHECK;

/* The same; C2C_E_NOT_FOUND if it has changed no row. */
enum c2c_err c2c_db_run_one(struct c2c_store *store,
                            sqlite3_stmt *stmt) C2C_MUST_CHECK;

/* Reset and forget bindings; NULL is fine. */
void c2c_db_done(sqlite3_stmt *stmt);

/* Run SQL without results. */
enum c2c_err c2c_db_exec(struct c2c_store *store,
                         const char *text) C2C_MUST_CHECK;

/* Binding; NULL statements are passed over. */
void c2c_db_bind_int(sqlite3_stmt *stmt, int i, int64_t value);
void c2c_db_bind_blob(sqlite3_stmt *stmt, int i, const void *p, size_t n);
void c2c_db_bind_text(sqlite3_stmt *stmt, int i, struct c2c_view text);

/* Columns of the current row. */
struct c2c_view c2c_db_blob(sqlite3_stmt *stmt, int i);
struct c2c_view c2c_db_text(sqlite3_stmt *stmt, int i);

/* Exactly @n bytes, else C2C_E_CORRUPT. */
enum c2c_err c2c_db_fixed(sqlite3_stmt *stmt, int i, void *out,
                          size_t n) C2C_MUST_CHECK;

/* The one number that @which gives; without a row C2C_E_CORRUPT. */
enum c2c_err c2c_db_number(struct c2c_store *store, enum c2c_statement which,
                           int64_t *ret_number) C2C_MUST_CHECK;

/* The next number for changed rows. */
enum c2c_err c2c_db_next_seq(struct c2c_store *store,
                             int64_t *ret_seq) C2C_MUST_CHECK;

/* Open a database file with our settings; flags of sqlite3_open_v2(). */
enum c2c_err c2c_db_open(struct c2c_store *store, const char *path,
                         int flags) C2C_MUST_CHECK;

/* Register the FTS5 tokenizer "c2c" (store/tokenizer.c). */
enum c2c_err c2c_db_add_tokenizer(struct c2c_store *store) C2C_MUST_CHECK;

#endif /* C2C_STORE_DB_PRIV_H */
