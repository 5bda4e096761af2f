/* Laws of the store: grouping does not matter, a simple model says the same,
 * full text finds what a search through the words finds. */

#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "codec/limits.h"
#include "disk.h"
#include "place.h"
#include "prop.h"
#include "store/fulltext.h"
#include "store/records.h"
#include "store/store.h"
#include "test.h"

enum {
    KEYS = 24,
    STEPS = 60,
    TYPES = 3,
    WORDS_MAX = 64,
    TEXT_MAX = 512
};

static const char *const types[TYPES] = {"note", "office", "zebra"};

/* A record of the model. */
struct item {
    bool there;
    unsigned type;
    enum c2c_audience audience;
    uint64_t value; /* The body. */
};

struct model {
    struct item item[KEYS];
};

/* One step of a history. */
struct step {
    unsigned key;
    bool remove;
    enum c2c_audience audience;
    uint64_t value;
};

static struct place place; /* Its folder holds one store at a time. */

static enum c2c_err text_of(void *ctx, const struct c2c_row *row,
                            struct c2c_buf text[C2C_FULLTEXT_WEIGHTS])
{
    struct c2c_record record;
    struct c2c_doc *doc;
    const struct c2c_val *body;
    struct c2c_view words;

    (void)ctx;
    assert_ok(c2c_record_decode(row->bytes, &record));
    assert_ok(c2c_doc_new(&doc));
    assert_ok(c2c_doc_decode(doc, record.body, C2C_MAX_DEPTH, &body));
    words = c2c_val_text(body, "t");
    assert_ok(c2c_buf_put(&text[0], words.p, words.n));
    c2c_doc_free(doc);
    return C2C_E_OK;
}

static struct c2c_store *new_store(c2c_city_no *ret_city)
{
    static const char *const files[] = {"store.db",     "store.db-wal",
                                        "store.db-shm", "text.db",
                                        "text.db-wal",  "text.db-shm"};
    struct c2c_store *store;

    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
        place_unlink(&place, files[i]);
    }
    assert_ok(c2c_store_open(place.dir, C2C_STORE_CREATE, &store, NULL));
    assert_ok(c2c_cities_add(store, &place.identity.keyset,
                             c2c_buf_view(&place.identity.keyset_file),
                             ret_city));
    return store;
}

static struct c2c_uuid key_of(unsigned i)
{
    struct c2c_uuid key = {{0}};

    key.b[6] = 0x70;
    key.b[8] = 0x80;
    key.b[15] = (uint8_t)i;
    key.b[0] = (uint8_t)(i * 37); /* Not in order. */
    return key;
}

/* The record of key @i; its type is the key's for good. */
static void encode(unsigned i, uint64_t value, const char *text,
                   struct c2c_record *record, struct c2c_buf *body,
                   struct c2c_buf *bytes)
{
    struct c2c_doc *doc;
    struct c2c_val *map;

    assert_ok(c2c_doc_new(&doc));
    map = c2c_doc_map(doc);
    c2c_doc_set_int(doc, map, "v", (int64_t)(value >> 1));
    c2c_doc_set_cstr(doc, map, "t", text);
    assert_ok(c2c_doc_encode(doc, map, body));
    c2c_doc_free(doc);
    *record = (struct c2c_record){.type = c2c_view_str(types[i % TYPES]),
                                  .key = key_of(i),
                                  .body = c2c_buf_view(body)};
    memcpy(record->nonce.b, &value, sizeof value);
    assert_ok(c2c_record_encode(record, bytes));
}

/* A record that moves to another audience goes from its own. */
static void leave(struct c2c_store *store, c2c_city_no city,
                  enum c2c_audience audience, const struct c2c_record *record)
{
    struct c2c_row row;

    if (c2c_records_get(store, city, record->type, &record->key, &row) ==
            C2C_E_OK &&
        row.audience != audience) {
        assert_ok(c2c_records_remove(store, &row, 1, 1));
    }
}

static void put(struct c2c_store *store, c2c_city_no city, unsigned i,
                enum c2c_audience audience, uint64_t value, const char *text)
{
    struct c2c_record record;
    struct c2c_row_put row = {.city = city, .audience = audience};
    struct c2c_buf body;
    struct c2c_buf bytes;

    c2c_buf_init(&body, 65536);
    c2c_buf_init(&bytes, 65536);
    encode(i, value, text, &record, &body, &bytes);
    row.record = &record;
    row.bytes = c2c_buf_view(&bytes);
    row.leaf = c2c_record_hash(row.bytes);
    leave(store, city, audience, &record);
    assert_ok(c2c_records_put(store, &row));
    c2c_buf_fini(&body);
    c2c_buf_fini(&bytes);
}

static void remove_key(struct c2c_store *store, c2c_city_no city, unsigned i)
{
    struct c2c_uuid key = key_of(i);
    struct c2c_row row;
    enum c2c_err err =
        c2c_records_get(store, city, c2c_view_str(types[i % TYPES]), &key,
                        &row);

    if (err != C2C_E_NOT_FOUND) {
        assert_ok(err);
        assert_ok(c2c_records_remove(store, &row, 1, 1));
    }
}

static void retree_all(struct c2c_store *store, c2c_city_no city)
{
    for (unsigned i = 0; i < TYPES; i++) {
        assert_ok(c2c_records_retree(store, city, C2C_AUDIENCE_PUBLIC,
                                     c2c_view_str(types[i])));
        assert_ok(c2c_records_retree(store, city, C2C_AUDIENCE_NETWORK,
                                     c2c_view_str(types[i])));
    }
}

static struct c2c_dir_sum sum(struct c2c_store *store, c2c_city_no city,
                              enum c2c_audience audience, bool recompute)
{
    struct c2c_dir_sum s;

    assert_ok(c2c_records_sum(store, city, audience, recompute, &s));
    return s;
}

static bool same_sum(const struct c2c_dir_sum *a, const struct c2c_dir_sum *b)
{
    return c2c_hash_eq(&a->root, &b->root) && a->count == b->count &&
           a->bytes == b->bytes;
}

static struct step random_step(struct prop *p)
{
    static const enum c2c_audience audiences[] = {C2C_AUDIENCE_PUBLIC,
                                                  C2C_AUDIENCE_NETWORK,
                                                  C2C_AUDIENCE_LOCAL};
    struct step s = {.key = (unsigned)prop_below(p, KEYS),
                     .remove = prop_below(p, 3) == 0,
                     .audience = audiences[prop_below(p, 3)],
                     .value = prop_u64(p)};

    return s;
}

static void apply(struct c2c_store *store, c2c_city_no city,
                  const struct step *s)
{
    if (s->remove) {
        remove_key(store, city, s->key);
    } else {
        put(store, city, s->key, s->audience, s->value, "text");
    }
}

static void apply_model(struct model *m, const struct step *s)
{
    m->item[s->key] = (struct item){.there = !s->remove,
                                    .type = s->key % TYPES,
                                    .audience = s->audience,
                                    .value = s->value};
}

static void check_model(struct c2c_store *store, c2c_city_no city,
                        const struct model *m)
{
    uint64_t count[3] = {0};
    uint64_t total = 0;
    const struct c2c_filter all = {.city = city, .limit = 1};

    for (unsigned i = 0; i < KEYS; i++) {
        const struct item *item = &m->item[i];
        struct c2c_uuid key = key_of(i);
        struct c2c_record record;
        struct c2c_row row;
        enum c2c_err err =
            c2c_records_get(store, city, c2c_view_str(types[i % TYPES]), &key,
                            &row);

        if (!item->there) {
            assert_err(err, C2C_E_NOT_FOUND);
            continue;
        }
        assert_ok(err);
        assert_int_equal(row.audience, item->audience);
        assert_ok(c2c_record_decode(row.bytes, &record));
        assert_memory_equal(record.nonce.b, &item->value, sizeof item->value);
        count[item->audience == C2C_AUDIENCE_PUBLIC    ? 0
              : item->audience == C2C_AUDIENCE_NETWORK ? 1
                                                       : 2]++;
    }
    assert_int_equal(sum(store, city, C2C_AUDIENCE_PUBLIC, true).count,
                     count[0]);
    assert_int_equal(sum(store, city, C2C_AUDIENCE_NETWORK, true).count,
                     count[1]);
    assert_ok(c2c_records_count(store, &all, &total));
    assert_int_equal(total, count[0] + count[1] + count[2]);
}

/* Puts, removals, undone jobs, lost groups and reopening against a model. */
static void a_store_behaves_as_a_simple_model(struct prop *p)
{
    struct model durable = {.item = {{.there = false}}};
    struct model now = durable;
    struct model before_job;
    c2c_city_no city;
    struct c2c_store *store = new_store(&city);

    assert_ok(c2c_store_begin(store));
    for (unsigned i = 0; i < STEPS; i++) {
        struct step s = random_step(p);

        before_job = now;
        assert_ok(c2c_store_savepoint(store));
        apply(store, city, &s);
        apply_model(&now, &s);
        if (prop_below(p, 4) == 0) {
            assert_ok(c2c_store_undo(store));
            now = before_job;
        } else {
            retree_all(store, city);
            assert_ok(c2c_store_release(store));
        }
        switch (prop_below(p, 8)) {
        case 0:
            assert_ok(c2c_store_commit(store));
            durable = now;
            assert_ok(c2c_store_begin(store));
            break;
        case 1:
            c2c_store_rollback(store);
            now = durable;
            assert_ok(c2c_store_begin(store));
            break;
        case 2: /* As after a crash: the open group is lost. */
            c2c_store_close(store);
            assert_ok(c2c_store_open(place.dir, C2C_STORE_WRITE, &store, NULL));
            now = durable;
            assert_ok(c2c_store_begin(store));
            break;
        default:
            break;
        }
    }
    check_model(store, city, &now);
    c2c_store_rollback(store);
    check_model(store, city, &durable);
    for (unsigned i = 0; i < 2; i++) {
        enum c2c_audience a =
            i == 0 ? C2C_AUDIENCE_PUBLIC : C2C_AUDIENCE_NETWORK;
        struct c2c_dir_sum kept = sum(store, city, a, false);
        struct c2c_dir_sum computed = sum(store, city, a, true);

        assert_true(same_sum(&kept, &computed));
    }
    assert_ok(c2c_store_check(store));
    c2c_store_close(store);
}

/* Do all steps in groups of random size; the sums. */
static void run_grouped(struct prop *p, const struct step *steps,
                        const unsigned *order, bool one_group,
                        struct c2c_dir_sum ret_sums[2])
{
    c2c_city_no city;
    struct c2c_store *store = new_store(&city);

    assert_ok(c2c_store_begin(store));
    for (unsigned i = 0; i < STEPS; i++) {
        apply(store, city, &steps[order[i]]);
        if (!one_group && prop_below(p, 3) == 0) {
            retree_all(store, city);
            assert_ok(c2c_store_commit(store));
            assert_ok(c2c_store_begin(store));
        }
    }
    retree_all(store, city);
    assert_ok(c2c_store_commit(store));
    ret_sums[0] = sum(store, city, C2C_AUDIENCE_PUBLIC, false);
    ret_sums[1] = sum(store, city, C2C_AUDIENCE_NETWORK, false);
    c2c_store_close(store);
}

/* A random order that keeps the steps of each key in theirs. */
static void shuffle(struct prop *p, const struct step *steps, unsigned *order)
{
    bool taken[STEPS] = {false};

    for (unsigned n = 0; n < STEPS; n++) {
        unsigned any = (unsigned)prop_below(p, STEPS);
        unsigned next = 0;

        while (taken[any]) {
            any = (any + 1) % STEPS;
        }
        while (taken[next] || steps[next].key != steps[any].key) {
            next++;
        }
        taken[next] = true;
        order[n] = next;
    }
}

static void order_and_grouping_do_not_change_the_roots(struct prop *p)
{
    struct step steps[STEPS];
    unsigned order[STEPS];
    struct c2c_dir_sum first[2];
    struct c2c_dir_sum second[2];

    for (unsigned i = 0; i < STEPS; i++) {
        steps[i] = random_step(p);
        order[i] = i;
    }
    run_grouped(p, steps, order, true, first);
    shuffle(p, steps, order);
    run_grouped(p, steps, order, false, second);
    assert_true(same_sum(&first[0], &second[0]));
    assert_true(same_sum(&first[1], &second[1]));
}

/* Words of several scripts, a few of each so that they meet often. */
static void random_text(struct prop *p, unsigned n, char out[TEXT_MAX])
{
    static const char *const pieces[] = {"Oulu",
                                         " ",
                                         " ",
                                         "hang",
                                         " Ch\xc3\xa2u ",
                                         "杭州",
                                         "市",
                                         "政府",
                                         "州",
                                         " ",
                                         "Ханчжоу",
                                         " ",
                                         "هانغتشو",
                                         " ",
                                         "กรุงเทพ",
                                         " ",
                                         "สวัสดี",
                                         ", ",
                                         "Xi’an",
                                         " ",
                                         "ひらがな",
                                         "カナ",
                                         "도시",
                                         " ",
                                         "हिन्दी",
                                         " ",
                                         "e\xcc\x81t\xc3\xa9",
                                         ". "};
    size_t at = 0;

    out[0] = '\0';
    for (unsigned i = 0; i < n; i++) {
        const char *piece =
            pieces[prop_below(p, sizeof pieces / sizeof pieces[0])];

        if (at + strlen(piece) < TEXT_MAX) {
            at += (size_t)snprintf(out + at, TEXT_MAX - at, "%s", piece);
        }
    }
}

struct words {
    size_t n;
    char word[WORDS_MAX][64];
    bool ok;
};

static enum c2c_err take_word(void *ctx, struct c2c_view token, size_t start,
                              size_t end, bool colocated)
{
    struct words *w = ctx;

    (void)start;
    (void)end;
    if (colocated || w->n == WORDS_MAX || token.n >= sizeof w->word[0]) {
        w->ok = w->ok && colocated;
        return C2C_E_OK;
    }
    (void)snprintf(w->word[w->n++], sizeof w->word[0], "%.*s", (int)token.n,
                   (const char *)token.p);
    return C2C_E_OK;
}

/* Does the folded @text hold the folded @wanted?  What a person means by
 * finding a phrase, without any index. */
static bool holds(const char *text, const char *wanted)
{
    struct c2c_buf a;
    struct c2c_buf b;
    bool found = false;

    c2c_buf_init(&a, 1 << 16);
    c2c_buf_init(&b, 1 << 16);
    assert_ok(c2c_text_fold(c2c_view_str(text), &a));
    assert_ok(c2c_text_fold(c2c_view_str(wanted), &b));
    for (size_t i = 0; i + b.n <= a.n && !found; i++) {
        found = memcmp(a.p + i, b.p, b.n) == 0;
    }
    c2c_buf_fini(&a);
    c2c_buf_fini(&b);
    return found;
}

struct hits {
    bool hit[KEYS];
};

static enum c2c_err take_hit(void *ctx, const struct c2c_hit *hit)
{
    struct hits *hits = ctx;

    hits->hit[hit->row.key.b[15]] = true;
    return C2C_E_OK;
}

static void find(struct c2c_store *reader, const char *words,
                 struct hits *ret_hits)
{
    const struct c2c_find find = {.words = c2c_view_str(words),
                                  .filter = {.limit = 1000}};
    uint64_t total;

    memset(ret_hits, 0, sizeof *ret_hits);
    assert_ok(c2c_fulltext_find(reader, &find, take_hit, ret_hits, &total));
}

/* One whole word of a script with spaces. */
static const char *const plain[] = {"Oulu", "Ханчжоу", "هانغتشو", "Xi’an"};

/* Stretches of scripts without spaces: found anywhere. */
static const char *const stretches[] = {"杭州",   "州",         "市政",
                                        "政府州", "杭州市政府", "ひらがな"};

static void full_text_finds_what_is_there(struct prop *p)
{
    char text[KEYS][TEXT_MAX];
    c2c_city_no city;
    struct c2c_store *store = new_store(&city);
    struct c2c_store *reader;
    struct c2c_fulltext *full;
    struct hits hits;

    assert_ok(c2c_fulltext_open(place.dir, text_of, NULL, &full));
    for (unsigned round = 0; round < 2; round++) { /* New, then changed. */
        assert_ok(c2c_store_begin(store));
        for (unsigned i = 0; i < KEYS; i++) {
            random_text(p, 1 + (unsigned)prop_below(p, 12), text[i]);
            put(store, city, i, C2C_AUDIENCE_PUBLIC, prop_u64(p), text[i]);
        }
        assert_ok(c2c_store_commit(store));
        assert_ok(c2c_fulltext_catch_up(full, store));
        assert_ok(c2c_fulltext_wipe(full));
    }
    assert_ok(c2c_store_open(place.dir, C2C_STORE_READ, &reader, NULL));
    assert_ok(c2c_fulltext_attach(reader, place.dir));
    for (size_t s = 0; s < sizeof stretches / sizeof stretches[0]; s++) {
        find(reader, stretches[s], &hits);
        for (unsigned i = 0; i < KEYS; i++) {
            if (hits.hit[i] != holds(text[i], stretches[s])) {
                fail_msg("'%s' %s '%s'", stretches[s],
                         hits.hit[i] ? "found in" : "not found in", text[i]);
            }
        }
    }
    for (size_t s = 0; s < sizeof plain / sizeof plain[0]; s++) {
        find(reader, plain[s], &hits);
        for (unsigned i = 0; i < KEYS; i++) {
            struct words w = {.ok = true};
            struct words q = {.ok = true};
            bool there = false;

            assert_ok(c2c_text_words(c2c_view_str(text[i]), C2C_TEXT_INDEX,
                                     take_word, &w));
            assert_ok(c2c_text_words(c2c_view_str(plain[s]), C2C_TEXT_QUERY,
                                     take_word, &q));
            assert_int_equal(q.n, 1);
            for (size_t k = 0; k < w.n; k++) { /* The last is a prefix. */
                there = there ||
                        strncmp(w.word[k], q.word[0], strlen(q.word[0])) == 0;
            }
            if (w.ok && hits.hit[i] != there) {
                fail_msg("'%s' %s '%s'", plain[s],
                         hits.hit[i] ? "found in" : "not found in", text[i]);
            }
        }
    }
    c2c_store_close(reader);
    c2c_fulltext_close(full);
    c2c_store_close(store);
}

#define LAW(NAME, CASES)                 \
    static void NAME##_law(void **state) \
    {                                    \
        (void)state;                     \
        prop_run(#NAME, CASES, NAME);    \
    }
LAW(a_store_behaves_as_a_simple_model, 60)
LAW(order_and_grouping_do_not_change_the_roots, 40)
LAW(full_text_finds_what_is_there, 60)

static int set_up(void **state)
{
    (void)state;
    disk_install(); /* It does not wait for a real disk. */
    place_init(&place);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    place_fini(&place);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_store_behaves_as_a_simple_model_law),
        cmocka_unit_test(order_and_grouping_do_not_change_the_roots_law),
        cmocka_unit_test(full_text_finds_what_is_there_law),
    };
    return cmocka_run_group_tests_name("prop_store", tests, set_up, tear_down);
}
