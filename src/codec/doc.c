#include "codec/doc.h"

#include <msgpack/object.h>
#include <msgpack/unpack.h>
#include <msgpack/zone.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"
#include "codec/pack.h"

enum {
    ZONE_CHUNK = 8192,
    FIRST_ROOM = 8 /* Elements a new array or map has room for. */
};

struct c2c_doc {
    msgpack_zone zone;
    enum c2c_err err;
};

/* struct c2c_val is never defined: it is msgpack_object seen from outside. */

static const msgpack_object *object_of(const struct c2c_val *v)
{
    return (const msgpack_object *)(const void *)v;
}

static msgpack_object *mutable_of(struct c2c_val *v)
{
    return (msgpack_object *)(void *)v;
}

static const struct c2c_val *val_of(const msgpack_object *o)
{
    return (const struct c2c_val *)(const void *)o;
}

enum c2c_err c2c_doc_new(struct c2c_doc **ret_doc)
{
    struct c2c_doc *doc = c2c_calloc(1, sizeof *doc);

    if (doc == NULL) {
        return C2C_E_NOMEM;
    }
    if (!msgpack_zone_init(&doc->zone, ZONE_CHUNK)) {
        c2c_free(doc);
        return C2C_E_NOMEM;
    }
    *ret_doc = doc;
    return C2C_E_OK;
}

void c2c_doc_free(struct c2c_doc *doc)
{
    if (doc != NULL) {
        msgpack_zone_destroy(&doc->zone);
        c2c_free(doc);
    }
}

enum c2c_err c2c_doc_err(const struct c2c_doc *doc)
{
    return doc->err;
}

static void fail(struct c2c_doc *doc, enum c2c_err err)
{
    if (doc->err == C2C_E_OK) {
        doc->err = err;
    }
}

static void *room(struct c2c_doc *doc, size_t n)
{
    void *p = doc->err == C2C_E_OK ? msgpack_zone_malloc(&doc->zone, n) : NULL;

    if (p == NULL) {
        fail(doc, C2C_E_NOMEM);
    } else {
        memset(p, 0, n);
    }
    return p;
}

enum c2c_err c2c_doc_decode(struct c2c_doc *doc, struct c2c_view bytes,
                            unsigned depth, const struct c2c_val **ret_val)
{
    /* First our strict check: msgpack-c allocates by claimed counts. */
    enum c2c_err err = c2c_canon_check(bytes, depth);
    msgpack_object *root;
    size_t off = 0;

    if (err != C2C_E_OK) {
        return err;
    }
    root = room(doc, sizeof *root);
    if (root == NULL) {
        return doc->err;
    }
    switch (msgpack_unpack((const char *)bytes.p, bytes.n, &off, &doc->zone,
                           root)) {
    case MSGPACK_UNPACK_SUCCESS:
    case MSGPACK_UNPACK_EXTRA_BYTES: /* Cannot be: the check read them all. */
        *ret_val = val_of(root);
        return C2C_E_OK;
    case MSGPACK_UNPACK_NOMEM_ERROR:
        fail(doc, C2C_E_NOMEM);
        return C2C_E_NOMEM;
    case MSGPACK_UNPACK_CONTINUE:
    case MSGPACK_UNPACK_PARSE_ERROR:
    default:
        return C2C_E_MALFORMED;
    }
}

enum c2c_kind c2c_val_kind(const struct c2c_val *v)
{
    if (v == NULL) {
        return C2C_KIND_NONE;
    }
    switch (object_of(v)->type) {
    case MSGPACK_OBJECT_NIL:
        return C2C_KIND_NIL;
    case MSGPACK_OBJECT_BOOLEAN:
        return C2C_KIND_BOOL;
    case MSGPACK_OBJECT_POSITIVE_INTEGER:
    case MSGPACK_OBJECT_NEGATIVE_INTEGER:
        return C2C_KIND_INT;
    case MSGPACK_OBJECT_STR:
        return C2C_KIND_STR;
    case MSGPACK_OBJECT_BIN:
        return C2C_KIND_BIN;
    case MSGPACK_OBJECT_ARRAY:
        return C2C_KIND_ARRAY;
    case MSGPACK_OBJECT_MAP:
        return C2C_KIND_MAP;
    case MSGPACK_OBJECT_FLOAT32:
    case MSGPACK_OBJECT_FLOAT64:
    case MSGPACK_OBJECT_EXT:
        break; /* Refused when decoding. */
    }
    return C2C_KIND_NONE;
}

bool c2c_val_bool(const struct c2c_val *v)
{
    return c2c_val_kind(v) == C2C_KIND_BOOL && object_of(v)->via.boolean;
}

int64_t c2c_val_int(const struct c2c_val *v)
{
    if (c2c_val_kind(v) != C2C_KIND_INT) {
        return 0;
    }
    if (object_of(v)->type == MSGPACK_OBJECT_NEGATIVE_INTEGER) {
        return object_of(v)->via.i64;
    }
    return (int64_t)object_of(v)->via.u64; /* At most INT64_MAX: checked. */
}

struct c2c_view c2c_val_str(const struct c2c_val *v)
{
    if (c2c_val_kind(v) != C2C_KIND_STR) {
        return (struct c2c_view){NULL, 0};
    }
    return c2c_view_of(object_of(v)->via.str.ptr, object_of(v)->via.str.size);
}

struct c2c_view c2c_val_bin(const struct c2c_val *v)
{
    if (c2c_val_kind(v) != C2C_KIND_BIN) {
        return (struct c2c_view){NULL, 0};
    }
    return c2c_view_of(object_of(v)->via.bin.ptr, object_of(v)->via.bin.size);
}

size_t c2c_val_count(const struct c2c_val *v)
{
    switch (c2c_val_kind(v)) {
    case C2C_KIND_ARRAY:
        return object_of(v)->via.array.size;
    case C2C_KIND_MAP:
        return object_of(v)->via.map.size;
    case C2C_KIND_NONE:
    case C2C_KIND_NIL:
    case C2C_KIND_BOOL:
    case C2C_KIND_INT:
    case C2C_KIND_STR:
    case C2C_KIND_BIN:
        break;
    }
    return 0;
}

const struct c2c_val *c2c_val_at(const struct c2c_val *array, size_t i)
{
    if (c2c_val_kind(array) != C2C_KIND_ARRAY || i >= c2c_val_count(array)) {
        return NULL;
    }
    return val_of(&object_of(array)->via.array.ptr[i]);
}

struct c2c_pair c2c_val_pair(const struct c2c_val *map, size_t i)
{
    const msgpack_object_kv *kv;

    if (c2c_val_kind(map) != C2C_KIND_MAP || i >= c2c_val_count(map)) {
        return (struct c2c_pair){{NULL, 0}, NULL};
    }
    kv = &object_of(map)->via.map.ptr[i];
    return (struct c2c_pair){c2c_val_str(val_of(&kv->key)), val_of(&kv->val)};
}

const struct c2c_val *c2c_val_find(const struct c2c_val *map,
                                   struct c2c_view key)
{
    for (size_t i = 0; i < c2c_val_count(map); i++) {
        struct c2c_pair pair = c2c_val_pair(map, i);

        if (pair.val != NULL && c2c_view_eq(pair.key, key)) {
            return pair.val;
        }
    }
    return NULL;
}

const struct c2c_val *c2c_val_get(const struct c2c_val *map, const char *key)
{
    return c2c_val_find(map, c2c_view_str(key));
}

struct c2c_view c2c_val_text(const struct c2c_val *map, const char *key)
{
    return c2c_val_str(c2c_val_get(map, key));
}

static struct c2c_val *new_val(struct c2c_doc *doc, msgpack_object_type type)
{
    msgpack_object *o = room(doc, sizeof *o);

    if (o != NULL) {
        o->type = type;
    }
    return (struct c2c_val *)(void *)o;
}

struct c2c_val *c2c_doc_nil(struct c2c_doc *doc)
{
    return new_val(doc, MSGPACK_OBJECT_NIL);
}

struct c2c_val *c2c_doc_bool(struct c2c_doc *doc, bool b)
{
    struct c2c_val *v = new_val(doc, MSGPACK_OBJECT_BOOLEAN);

    if (v != NULL) {
        mutable_of(v)->via.boolean = b;
    }
    return v;
}

struct c2c_val *c2c_doc_int(struct c2c_doc *doc, int64_t i)
{
    struct c2c_val *v = new_val(doc, i < 0 ? MSGPACK_OBJECT_NEGATIVE_INTEGER
                                           : MSGPACK_OBJECT_POSITIVE_INTEGER);

    if (v != NULL && i < 0) {
        mutable_of(v)->via.i64 = i;
    } else if (v != NULL) {
        mutable_of(v)->via.u64 = (uint64_t)i;
    }
    return v;
}

static const char *copy_bytes(struct c2c_doc *doc, struct c2c_view s)
{
    char *copy = room(doc, s.n + 1);

    if (copy != NULL && s.n > 0) {
        memcpy(copy, s.p, s.n);
    }
    return copy;
}

struct c2c_val *c2c_doc_str(struct c2c_doc *doc, struct c2c_view s)
{
    struct c2c_val *v = new_val(doc, MSGPACK_OBJECT_STR);

    if (s.n > UINT32_MAX || !c2c_text_valid(s)) {
        fail(doc, C2C_E_MALFORMED);
        return NULL;
    }
    if (v != NULL) {
        mutable_of(v)->via.str.ptr = copy_bytes(doc, s);
        mutable_of(v)->via.str.size = (uint32_t)s.n;
    }
    return doc->err == C2C_E_OK ? v : NULL;
}

struct c2c_val *c2c_doc_cstr(struct c2c_doc *doc, const char *s)
{
    return c2c_doc_str(doc, c2c_view_str(s));
}

struct c2c_val *c2c_doc_fmt(struct c2c_doc *doc, const char *fmt, ...)
{
    struct c2c_val *v = NULL;
    char *text;
    va_list ap;
    int n;

    va_start(ap, fmt);
    n = vsnprintf(NULL, 0, fmt, ap);
    va_end(ap);
    text = n < 0 ? NULL : c2c_calloc(1, (size_t)n + 1);
    if (text == NULL) {
        fail(doc, C2C_E_NOMEM);
        return NULL;
    }
    va_start(ap, fmt);
    (void)vsnprintf(text, (size_t)n + 1, fmt, ap); /* It fits. */
    va_end(ap);
    v = c2c_doc_cstr(doc, text);
    c2c_free(text);
    return v;
}

struct c2c_val *c2c_doc_bin(struct c2c_doc *doc, struct c2c_view bytes)
{
    struct c2c_val *v = new_val(doc, MSGPACK_OBJECT_BIN);

    if (bytes.n > UINT32_MAX) {
        fail(doc, C2C_E_TOO_BIG);
        return NULL;
    }
    if (v != NULL) {
        mutable_of(v)->via.bin.ptr = copy_bytes(doc, bytes);
        mutable_of(v)->via.bin.size = (uint32_t)bytes.n;
    }
    return doc->err == C2C_E_OK ? v : NULL;
}

struct c2c_val *c2c_doc_array(struct c2c_doc *doc)
{
    return new_val(doc, MSGPACK_OBJECT_ARRAY);
}

struct c2c_val *c2c_doc_map(struct c2c_doc *doc)
{
    return new_val(doc, MSGPACK_OBJECT_MAP);
}

/* Room for one more of @n elements of @size bytes: doubles at powers of two (a
 * zone frees nothing before its end). */
static void *grown(struct c2c_doc *doc, void *items, uint32_t n, size_t size)
{
    size_t cap = FIRST_ROOM;
    void *more;

    if (n == 0) {
        return room(doc, cap * size);
    }
    while (cap < n) {
        cap *= 2;
    }
    if (cap > n) {
        return items;
    }
    more = room(doc, 2 * cap * size);
    if (more != NULL) {
        memcpy(more, items, n * size);
    }
    return more;
}

/* Can it be added to?  A copy of what somebody else sent may be of any kind. */
static bool is_open(struct c2c_doc *doc, const struct c2c_val *v,
                    enum c2c_kind kind)
{
    if (v != NULL && c2c_val_kind(v) != kind) {
        fail(doc, C2C_E_MALFORMED);
    }
    return v != NULL && doc->err == C2C_E_OK;
}

void c2c_doc_push(struct c2c_doc *doc, struct c2c_val *array,
                  const struct c2c_val *item)
{
    msgpack_object_array *a;
    msgpack_object *items;

    if (item == NULL || !is_open(doc, array, C2C_KIND_ARRAY)) {
        return;
    }
    a = &mutable_of(array)->via.array;
    items = grown(doc, a->ptr, a->size, sizeof *items);
    if (items != NULL) {
        items[a->size] = *object_of(item);
        a->ptr = items;
        a->size++;
    }
}

static bool replace(msgpack_object_map *m, struct c2c_view key,
                    const struct c2c_val *val)
{
    for (uint32_t i = 0; i < m->size; i++) {
        if (c2c_view_eq(c2c_val_str(val_of(&m->ptr[i].key)), key)) {
            m->ptr[i].val = *object_of(val);
            return true;
        }
    }
    return false;
}

void c2c_doc_add(struct c2c_doc *doc, struct c2c_val *map, struct c2c_view key,
                 const struct c2c_val *val)
{
    struct c2c_val *name;
    msgpack_object_map *m;
    msgpack_object_kv *pairs;

    if (val == NULL || !is_open(doc, map, C2C_KIND_MAP)) {
        return;
    }
    m = &mutable_of(map)->via.map;
    name = c2c_doc_str(doc, key);
    pairs = name == NULL ? NULL : grown(doc, m->ptr, m->size, sizeof *pairs);
    if (pairs != NULL) {
        pairs[m->size].key = *object_of(name);
        pairs[m->size].val = *object_of(val);
        m->ptr = pairs;
        m->size++;
    }
}

void c2c_doc_set_view(struct c2c_doc *doc, struct c2c_val *map,
                      struct c2c_view key, const struct c2c_val *val)
{
    if (val == NULL || !is_open(doc, map, C2C_KIND_MAP)) {
        return;
    }
    if (!replace(&mutable_of(map)->via.map, key, val)) {
        c2c_doc_add(doc, map, key, val);
    }
}

void c2c_doc_set(struct c2c_doc *doc, struct c2c_val *map, const char *key,
                 const struct c2c_val *val)
{
    c2c_doc_set_view(doc, map, c2c_view_str(key), val);
}

void c2c_doc_set_str(struct c2c_doc *doc, struct c2c_val *map, const char *key,
                     struct c2c_view s)
{
    c2c_doc_set(doc, map, key, c2c_doc_str(doc, s));
}

void c2c_doc_set_cstr(struct c2c_doc *doc, struct c2c_val *map, const char *key,
                      const char *s)
{
    c2c_doc_set(doc, map, key, c2c_doc_cstr(doc, s));
}

void c2c_doc_set_int(struct c2c_doc *doc, struct c2c_val *map, const char *key,
                     int64_t i)
{
    c2c_doc_set(doc, map, key, c2c_doc_int(doc, i));
}

void c2c_doc_set_bool(struct c2c_doc *doc, struct c2c_val *map, const char *key,
                      bool b)
{
    c2c_doc_set(doc, map, key, c2c_doc_bool(doc, b));
}

/* Depth is bounded by whoever made the value: the decoder, or our own code. */
struct c2c_val *c2c_doc_copy(struct c2c_doc *doc, const struct c2c_val *v)
{
    struct c2c_val *copy;

    switch (c2c_val_kind(v)) {
    case C2C_KIND_BOOL:
        return c2c_doc_bool(doc, c2c_val_bool(v));
    case C2C_KIND_INT:
        return c2c_doc_int(doc, c2c_val_int(v));
    case C2C_KIND_STR:
        return c2c_doc_str(doc, c2c_val_str(v));
    case C2C_KIND_BIN:
        return c2c_doc_bin(doc, c2c_val_bin(v));
    case C2C_KIND_ARRAY:
        copy = c2c_doc_array(doc);
        for (size_t i = 0; i < c2c_val_count(v); i++) {
            c2c_doc_push(doc, copy, c2c_doc_copy(doc, c2c_val_at(v, i)));
        }
        return copy;
    case C2C_KIND_MAP:
        copy = c2c_doc_map(doc);
        for (size_t i = 0; i < c2c_val_count(v); i++) {
            struct c2c_pair pair = c2c_val_pair(v, i);

            c2c_doc_add(doc, copy, pair.key, c2c_doc_copy(doc, pair.val));
        }
        return copy;
    case C2C_KIND_NONE:
    case C2C_KIND_NIL:
        break;
    }
    return c2c_doc_nil(doc);
}

static int by_key(const void *a, const void *b)
{
    const struct c2c_pair *x = a;
    const struct c2c_pair *y = b;

    return c2c_view_cmp(x->key, y->key);
}

static void pack_val(struct c2c_pack *p, const struct c2c_val *v);

static void pack_map(struct c2c_pack *p, const struct c2c_val *map)
{
    size_t n = c2c_val_count(map);
    struct c2c_pair *pairs;

    c2c_pack_map(p, n);
    if (n == 0 || p->err != C2C_E_OK) {
        return;
    }
    pairs = c2c_calloc(n, sizeof *pairs);
    if (pairs == NULL) {
        p->err = C2C_E_NOMEM;
        return;
    }
    for (size_t i = 0; i < n; i++) {
        pairs[i] = c2c_val_pair(map, i);
    }
    qsort(pairs, n, sizeof *pairs, by_key);
    for (size_t i = 0; i < n && p->err == C2C_E_OK; i++) {
        if (i > 0 && c2c_view_eq(pairs[i - 1].key, pairs[i].key)) {
            p->err = C2C_E_MALFORMED;
            break;
        }
        c2c_pack_str(p, pairs[i].key);
        pack_val(p, pairs[i].val);
    }
    c2c_free(pairs);
}

static void pack_val(struct c2c_pack *p, const struct c2c_val *v)
{
    switch (c2c_val_kind(v)) {
    case C2C_KIND_BOOL:
        c2c_pack_bool(p, c2c_val_bool(v));
        break;
    case C2C_KIND_INT:
        c2c_pack_int(p, c2c_val_int(v));
        break;
    case C2C_KIND_STR:
        c2c_pack_str(p, c2c_val_str(v));
        break;
    case C2C_KIND_BIN: {
        struct c2c_view bytes = c2c_val_bin(v);

        c2c_pack_bin(p, bytes.p, bytes.n);
        break;
    }
    case C2C_KIND_ARRAY:
        c2c_pack_array(p, c2c_val_count(v));
        for (size_t i = 0; i < c2c_val_count(v) && p->err == C2C_E_OK; i++) {
            pack_val(p, c2c_val_at(v, i));
        }
        break;
    case C2C_KIND_MAP:
        pack_map(p, v);
        break;
    case C2C_KIND_NONE:
    case C2C_KIND_NIL:
        c2c_pack_nil(p);
        break;
    }
}

enum c2c_err c2c_doc_encode(struct c2c_doc *doc, const struct c2c_val *val,
                            struct c2c_buf *out)
{
    struct c2c_pack p = c2c_pack_to(out);
    size_t before = out->n;

    if (doc->err != C2C_E_OK) {
        return doc->err;
    }
    pack_val(&p, val);
    if (p.err != C2C_E_OK) {
        out->n = before;
    }
    return p.err;
}
