/* show, list. */

#include "node/ask_list.h"

#include <stdio.h>
#include <string.h>

#include "node/city.h"
#include "node/draft.h"
#include "node/facets.h"

enum {
    LIMIT_DEFAULT = 100,
    LIMIT_MAX = 10000,
    NAMES_MAX = 400
};

enum c2c_err c2c_ask_show(struct c2c_ask *ask)
{
    struct c2c_view ref = {NULL, 0};
    struct c2c_taken taken;
    enum c2c_err err = c2c_ask_text(ask, "ref", ref, &ref);

    if (err == C2C_E_OK) {
        err = c2c_present_find(ask, ref, &taken);
    }
    return err == C2C_E_OK ? c2c_present_record(ask, &taken, &ask->result)
                           : err;
}

/* The one of @names that ends with "-NAME": party-country for country. */
static struct c2c_view longer_name(struct c2c_view names, const char *name)
{
    size_t n = strlen(name);

    for (size_t at = 1; at + n <= names.n; at++) {
        size_t begin = at;

        if (names.p[at - 1] != '-' || memcmp(names.p + at, name, n) != 0 ||
            (at + n < names.n && names.p[at + n] != ',')) {
            continue;
        }
        while (begin > 0 && names.p[begin - 1] != ' ') {
            begin--;
        }
        return c2c_view_of(names.p + begin, at + n - begin);
    }
    return (struct c2c_view){NULL, 0};
}

static void hint_facets(struct c2c_ask *ask, const struct c2c_type *type,
                        const char *name, struct c2c_view names)
{
    struct c2c_view longer = longer_name(names, name);

    if (longer.n > 0) {
        c2c_diag_hint(ask->diag,
                      "did you mean --where %.*s=VALUE? They can be chosen by "
                      "%.*s",
                      (int)longer.n, (const char *)longer.p, (int)names.n,
                      (const char *)names.p);
    } else if (type != NULL && strcmp(name, "country") == 0) {
        c2c_diag_hint(ask->diag,
                      "those of cities in one: c2c find WORDS --type %s "
                      "--country CC",
                      c2c_type_name(type));
    } else if (names.n > 0) {
        c2c_diag_hint(ask->diag,
                      "choose them by one of these, as in --where FACET=VALUE: "
                      "%.*s",
                      (int)names.n, (const char *)names.p);
    }
}

static enum c2c_err no_facet(struct c2c_ask *ask, const struct c2c_type *type,
                             const char *name)
{
    struct c2c_buf names;
    enum c2c_err err;

    c2c_buf_init(&names, NAMES_MAX);
    err = type == NULL ? C2C_E_OK : c2c_facets_names(type, &names);
    (void)c2c_diag_set(ask->diag, C2C_E_INVAL, name,
                       "%s%s cannot be chosen by '%s'",
                       type == NULL ? "" : "records of type ",
                       type == NULL ? "records" : c2c_type_name(type), name);
    hint_facets(ask, type, name, c2c_buf_view(&names));
    c2c_buf_fini(&names);
    return err == C2C_E_NOMEM ? err : C2C_E_INVAL;
}

/* An empty list would look like an answer. */
static enum c2c_err no_value(struct c2c_ask *ask, struct c2c_facet facet,
                             const struct c2c_facet_meaning *meaning)
{
    char list[96] = "";

    (void)c2c_diag_set(ask->diag, C2C_E_NOT_FOUND, facet.name,
                       "there is no %s '%.*s'", facet.name,
                       facet.value.n < 200 ? (int)facet.value.n : 200,
                       facet.value.n == 0 ? "" : (const char *)facet.value.p);
    if (meaning->vocab != NULL) {
        (void)snprintf(list, sizeof list, "`c2c vocab %.60s` lists them",
                       meaning->vocab);
    } else {
        (void)snprintf(list, sizeof list, "%s",
                       strcmp(facet.name, "sdg") == 0
                           ? "the goals are 1 to 17, their targets such as 11.6"
                           : "`c2c schema TYPE` lists them");
    }
    if (meaning->near.n > 0) {
        c2c_diag_hint(ask->diag, "did you mean '%.*s'? %s",
                      (int)meaning->near.best[0].n,
                      (const char *)meaning->near.best[0].p, list);
    } else {
        c2c_diag_hint(ask->diag, "%s", list);
    }
    return C2C_E_NOT_FOUND;
}

enum c2c_err c2c_filter_word(struct c2c_ask *ask, const struct c2c_type *type,
                             const char *name, struct c2c_view value,
                             struct c2c_view *ret_code)
{
    const struct c2c_facet facet = {name, value};
    struct c2c_facet_meaning meaning;
    enum c2c_err err =
        c2c_facets_mean(ask->types, type, facet, ask->lang, &meaning);

    if (err != C2C_E_OK) {
        return err;
    }
    if (!meaning.known) {
        return no_facet(ask, type, name);
    }
    if (meaning.code.n == 0 && !meaning.open) {
        return no_value(ask, facet, &meaning);
    }
    *ret_code = meaning.code.n > 0 ? meaning.code : value;
    return C2C_E_OK;
}

enum c2c_err c2c_filter_add(struct c2c_ask *ask, const struct c2c_type *type,
                            const char *name, struct c2c_view value,
                            struct c2c_filter *filter)
{
    struct c2c_view code = value;
    enum c2c_err err = c2c_filter_word(ask, type, name, value, &code);

    if (err != C2C_E_OK) {
        return err;
    }
    if (filter->n_facets == C2C_FILTER_FACETS) {
        return c2c_diag_set(ask->diag, C2C_E_TOO_BIG, name,
                            "more than %d conditions", C2C_FILTER_FACETS);
    }
    filter->facet[filter->n_facets++] = (struct c2c_facet){name, code};
    return C2C_E_OK;
}

/* Rows one after another, as taken records. */
struct taking {
    struct c2c_ask *ask;
    c2c_taken_fn *fn;
    void *ctx;
};

static enum c2c_err take_row(void *ctx, const struct c2c_row *row, bool intact)
{
    const struct taking *taking = ctx;
    struct c2c_taken taken;
    enum c2c_err err = c2c_present_take(taking->ask, row, intact, &taken);

    return err == C2C_E_OK ? taking->fn(taking->ctx, &taken) : err;
}

enum c2c_err c2c_filter_each(struct c2c_ask *ask,
                             const struct c2c_filter *filter, c2c_taken_fn *fn,
                             void *ctx)
{
    struct taking taking = {ask, fn, ctx};
    enum c2c_err err = c2c_records_list(ask->store, filter, take_row, &taking);

    return err == C2C_E_OK ? err : c2c_ask_failed(ask, err);
}

static enum c2c_err pass_row(void *ctx, const struct c2c_row *row, bool intact)
{
    const struct taking *taking = ctx;
    struct c2c_doc *doc = NULL;
    struct c2c_taken taken;
    enum c2c_err err = c2c_doc_new(&doc);

    if (err == C2C_E_OK) {
        err = c2c_present_take_into(taking->ask, doc, row, intact, &taken);
    }
    if (err == C2C_E_OK) {
        err = taking->fn(taking->ctx, &taken);
    }
    c2c_doc_free(doc);
    return err;
}

enum c2c_err c2c_filter_pass(struct c2c_ask *ask,
                             const struct c2c_filter *filter, c2c_taken_fn *fn,
                             void *ctx)
{
    struct taking taking = {ask, fn, ctx};
    enum c2c_err err = c2c_records_list(ask->store, filter, pass_row, &taking);

    return err == C2C_E_OK ? err : c2c_ask_failed(ask, err);
}

/* Members of "where" as facets. */
static enum c2c_err add_where(struct c2c_ask *ask, const struct c2c_type *type,
                              struct c2c_filter *filter)
{
    const struct c2c_val *where = c2c_val_get(ask->args, "where");
    enum c2c_err err = C2C_E_OK;

    for (size_t i = 0; i < c2c_val_count(where) && err == C2C_E_OK; i++) {
        struct c2c_pair pair = c2c_val_pair(where, i);
        const char *name = c2c_arena_dup(ask->arena, pair.key);

        err = name == NULL ? C2C_E_NOMEM
                           : c2c_filter_add(ask, type, name,
                                            c2c_val_str(pair.val), filter);
    }
    return err;
}

static enum c2c_err type_of(struct c2c_ask *ask,
                            const struct c2c_type **ret_type)
{
    struct c2c_view name = {NULL, 0};
    enum c2c_err err = c2c_ask_text(ask, "type", name, &name);

    if (err == C2C_E_OK && name.n > 0) {
        *ret_type = c2c_types_find(ask->types, name);
        if (*ret_type == NULL) {
            err = c2c_draft_no_type(ask->types, name, C2C_E_NOT_FOUND, "type",
                                    ask->diag);
        }
    }
    return err;
}

static enum c2c_err make_filter(struct c2c_ask *ask, struct c2c_filter *filter)
{
    const struct c2c_type *type = NULL;
    const struct c2c_city_card *city;
    enum c2c_err err = type_of(ask, &type);

    if (err == C2C_E_OK && type != NULL) {
        filter->type = c2c_view_str(c2c_type_name(type));
    }
    if (err == C2C_E_OK && c2c_val_get(ask->args, "city") != NULL) {
        err = c2c_city_named(ask, &city);
        filter->city = err == C2C_E_OK ? city->no : 0;
    }
    if (err == C2C_E_OK) {
        err = add_where(ask, type, filter);
    }
    if (err == C2C_E_OK) {
        err = c2c_ask_cursor(ask, &filter->after);
    }
    return err;
}

/* The page of a list: one record more than wanted, or than there is room for,
 * tells that there is more. */
struct page {
    struct c2c_ask *ask;
    struct c2c_val *items;
    uint64_t limit;
    uint64_t n;
    int64_t last;
    bool more;
};

static enum c2c_err add_record(void *ctx, const struct c2c_taken *taken)
{
    struct page *page = ctx;
    struct c2c_val *record;
    bool fits = true;
    enum c2c_err err;

    page->more = page->n == page->limit;
    if (page->more) {
        return C2C_E_OK;
    }
    err = c2c_present_record(page->ask, taken, &record);
    if (err == C2C_E_OK) {
        err = c2c_ask_fits(page->ask, record, &fits);
    }
    if (err != C2C_E_OK || !fits) {
        page->more = true;
        return err == C2C_E_OK && page->n == 0 ? C2C_E_TOO_BIG : err;
    }
    page->n++;
    page->last = taken->row.id;
    c2c_doc_push(page->ask->doc, page->items, record);
    return C2C_E_OK;
}

enum c2c_err c2c_ask_list(struct c2c_ask *ask)
{
    struct c2c_filter filter = {.city = 0};
    struct page page = {.ask = ask, .items = c2c_doc_array(ask->doc)};
    enum c2c_err err =
        c2c_ask_uint(ask, "limit", 1, LIMIT_MAX, LIMIT_DEFAULT, &page.limit);

    if (err == C2C_E_OK) {
        err = make_filter(ask, &filter);
    }
    if (err == C2C_E_OK) {
        filter.limit = page.limit + 1;
        filter.enough = &page.more;
        err = c2c_filter_each(ask, &filter, add_record, &page);
    }
    if (err == C2C_E_OK) {
        c2c_ask_finish_list(ask, page.items, page.more, page.last);
    }
    return err;
}
