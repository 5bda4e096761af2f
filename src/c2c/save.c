#include "c2c/save.h"

#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"
#include "c2c/call.h"
#include "c2c/report.h"
#include "c2c/table.h"

enum {
    /* States are told one by one up to so many records. */
    TOLD_ONE_BY_ONE = 20,
    /* The same problem of so many records is told; then they are counted. */
    TOLD_ALIKE = 5,
    /* From so many records on somebody at a terminal would wonder. */
    TAKES_A_WHILE = 1000
};

/* The place of @problem, and the pointer @path made one into the record. */
static void place_of(const struct c2c_origin *origin,
                     const struct c2c_val *problem, struct c2c_view path,
                     struct c2c_place *ret_place)
{
    int64_t item = c2c_val_int(c2c_val_get(problem, "item"));
    char pointer[512];

    memset(ret_place, 0, sizeof *ret_place);
    (void)snprintf(pointer, sizeof pointer, "%.*s", (int)path.n,
                   (const char *)path.p);
    origin->place(origin, item < 0 ? 0 : (size_t)item, pointer, ret_place);
    c2c_text_line(ret_place->where); /* Both may have been cut. */
    c2c_text_line(ret_place->field);
}

/* Problems with field and reason of the one at @i: before it, or (@after)
 * behind it. */
static size_t count_alike(const struct c2c_val *placed, size_t i, bool after)
{
    const struct c2c_val *one = c2c_val_at(placed, i);
    size_t end = after ? c2c_val_count(placed) : i;
    size_t n = 0;

    for (size_t j = after ? i + 1 : 0; j < end; j++) {
        const struct c2c_val *other = c2c_val_at(placed, j);

        n += c2c_view_eq(c2c_val_text(one, "reason"),
                         c2c_val_text(other, "reason")) &&
                     c2c_view_eq(c2c_val_text(one, "field"),
                                 c2c_val_text(other, "field"))
                 ? 1
                 : 0;
    }
    return n;
}

/* A mistake in a column is one mistake, not a thousand. */
static void tell_problems(struct c2c_run *run, const struct c2c_val *placed)
{
    for (size_t i = 0; i < c2c_val_count(placed); i++) {
        const struct c2c_val *problem = c2c_val_at(placed, i);
        size_t before = count_alike(placed, i, false);
        struct c2c_view where = c2c_val_text(problem, "where");
        char place[320];
        const struct c2c_trouble trouble = {
            .place = place,
            .path = c2c_val_text(problem, "field"),
            .reason = c2c_val_text(problem, "reason"),
            .allowed = c2c_val_text(problem, "allowed"),
        };
        size_t more;

        if (before >= TOLD_ALIKE) {
            continue;
        }
        (void)snprintf(place, sizeof place, "%.*s", (int)where.n,
                       (const char *)where.p);
        c2c_report_trouble(&run->out, &trouble);
        more = before + 1 == TOLD_ALIKE ? count_alike(placed, i, true) : 0;
        if (more > 0) {
            c2c_out_talk(&run->out, "     ... and the same %zu time%s more",
                         more, more == 1 ? "" : "s");
        }
    }
}

static void place_problems(struct c2c_run *run, const struct c2c_origin *origin)
{
    const struct c2c_val *problems = c2c_val_get(run->error, "problems");
    struct c2c_val *placed = c2c_doc_array(run->doc);
    struct c2c_val *error;

    for (size_t i = 0; i < c2c_val_count(problems); i++) {
        const struct c2c_val *problem = c2c_val_at(problems, i);
        struct c2c_val *copy = c2c_doc_copy(run->doc, problem);
        struct c2c_place place;

        place_of(origin, problem, c2c_val_text(problem, "path"), &place);
        c2c_doc_set_cstr(run->doc, copy, "where", place.where);
        if (place.line > 0) {
            c2c_doc_set_int(run->doc, copy, "line", place.line);
        }
        c2c_doc_set_cstr(run->doc, copy, "field", place.field);
        c2c_doc_push(run->doc, placed, copy);
    }
    if (!c2c_out_is_json(&run->out)) {
        tell_problems(run, placed);
    }
    if (c2c_val_count(problems) > 0) {
        error = c2c_doc_copy(run->doc, run->error);
        c2c_doc_set(run->doc, error, "problems", placed);
        run->error = error;
    }
}

/* A refusal of one record without problems: put its place before the thing,
 * which may be a pointer into the record. */
static void place_refusal(struct c2c_run *run, const struct c2c_origin *origin)
{
    struct c2c_view path = c2c_view_str(run->diag.thing);
    bool inside = strncmp(run->diag.thing, "/body/", 6) == 0;
    char thing[sizeof run->diag.thing];
    struct c2c_place place;
    const char *what;

    if (c2c_val_kind(c2c_val_get(run->error, "item")) != C2C_KIND_INT) {
        return;
    }
    path.n = inside ? path.n : 0;
    place_of(origin, run->error, path, &place);
    what = inside ? place.field : run->diag.thing;
    (void)snprintf(thing, sizeof thing, "%.150s%s%.100s", place.where,
                   place.where[0] == '\0' || what[0] == '\0' ? "" : ": ", what);
    (void)snprintf(run->diag.thing, sizeof run->diag.thing, "%s", thing);
    c2c_text_line(run->diag.thing);
}

static const char *state_sentence(struct c2c_view state, bool dry_run)
{
    static const struct {
        const char *state;
        const char *done;
        const char *would;
    } sentences[] = {
        {"new", "new", "would be new"},
        {"changed", "changed", "would be changed"},
        {"same", "unchanged", "is the same already"},
        {"local", "kept as a draft on this node only",
         "would be a draft on this node only"},
        {"waiting", "saved, waits to be signed", "would wait to be signed"},
    };

    for (size_t i = 0; i < sizeof sentences / sizeof sentences[0]; i++) {
        if (c2c_view_eq_str(state, sentences[i].state)) {
            return dry_run ? sentences[i].would : sentences[i].done;
        }
    }
    return "saved";
}

static void tell_warnings(struct c2c_run *run, const struct c2c_origin *origin,
                          const struct c2c_val *warnings)
{
    for (size_t i = 0; i < c2c_val_count(warnings); i++) {
        const struct c2c_val *warning = c2c_val_at(warnings, i);
        struct c2c_view message = c2c_val_text(warning, "message");
        struct c2c_place place;

        place_of(origin, warning, c2c_val_text(warning, "path"), &place);
        c2c_out_talk(&run->out, "warning: %s%s%s%s%.*s", place.where,
                     place.where[0] == '\0' ? "" : ": ", place.field,
                     place.field[0] == '\0' ? "" : ": ", (int)message.n,
                     (const char *)message.p);
    }
}

static size_t count_state(const struct c2c_val *items, const char *state)
{
    size_t n = 0;

    for (size_t i = 0; i < c2c_val_count(items); i++) {
        struct c2c_view s = c2c_val_text(c2c_val_at(items, i), "state");

        n += c2c_view_eq_str(s, state) ? 1 : 0;
    }
    return n;
}

void c2c_save_tell_cut_off(struct c2c_run *run, const struct c2c_val *doc)
{
    if (c2c_val_bool(c2c_val_get(doc, "cut_off"))) {
        c2c_out_talk(&run->out,
                     "saved and signed; will reach the hubs when they answer "
                     "and admit this city: `c2c peers`");
    }
}

static void tell_summary(struct c2c_run *run, const struct c2c_val *doc)
{
    const struct c2c_val *items = c2c_val_get(doc, "items");
    size_t n = c2c_val_count(items);
    size_t waiting = count_state(items, "waiting");
    size_t local = count_state(items, "local");

    if (run->dry_run) {
        c2c_out_talk(&run->out,
                     "dry run: %zu record%s would be saved; nothing "
                     "was changed",
                     n, n == 1 ? "" : "s");
        return;
    }
    if (waiting > 0) {
        c2c_out_talk(&run->out,
                     "saved, but not signed yet: this store may be older than "
                     "what the city has published.\n"
                     "If nothing newer exists, stop the node and start it once "
                     "with: c2cd -C %s --adopt-store",
                     run->dir_word);
        return;
    }
    c2c_out_talk(&run->out,
                 "%zu new, %zu changed, %zu unchanged%s (revision %lld.%lld)",
                 count_state(items, "new"), count_state(items, "changed"),
                 count_state(items, "same"), local > 0 ? ", drafts kept" : "",
                 (long long)c2c_val_int(c2c_val_get(doc, "epoch")),
                 (long long)c2c_val_int(c2c_val_get(doc, "rev")));
    c2c_save_tell_cut_off(run, doc);
}

static void tell_states(struct c2c_run *run, const struct c2c_val *items)
{
    for (size_t i = 0;
         i < c2c_val_count(items) && c2c_val_count(items) <= TOLD_ONE_BY_ONE;
         i++) {
        const struct c2c_val *item = c2c_val_at(items, i);
        struct c2c_view ref = c2c_val_text(item, "ref");

        c2c_out_talk(&run->out, "%.*s: %s", (int)ref.n, (const char *)ref.p,
                     state_sentence(c2c_val_text(item, "state"), run->dry_run));
    }
}

static enum c2c_err print_saved(struct c2c_run *run, const struct c2c_val *doc)
{
    static const struct c2c_column plain[] = {
        {"REF", "ref", C2C_CELL_TEXT, NULL},
        {"KEY", "key", C2C_CELL_TEXT, NULL},
        {"STATE", "state", C2C_CELL_TEXT, NULL},
    };
    const struct c2c_list list = {.plain = plain,
                                  .n_plain = sizeof plain / sizeof plain[0]};

    return c2c_list_refs(run, &list, doc);
}

/* Somebody who reads both outputs on one terminal wants each record once. */
static bool told_by_talk(const struct c2c_run *run, const struct c2c_val *items)
{
    return run->out.form == C2C_FORM_HUMAN && run->out.columns > 0 &&
           run->out.watched && !run->out.quiet &&
           c2c_val_count(items) <= TOLD_ONE_BY_ONE;
}

enum c2c_err c2c_save(struct c2c_run *run, const struct c2c_val *records,
                      const struct c2c_origin *origin)
{
    struct c2c_val *args = c2c_doc_map(run->doc);
    const struct c2c_val *doc;
    enum c2c_err err;

    c2c_doc_set(run->doc, args, "records", records);
    c2c_doc_set_bool(run->doc, args, "dry_run", run->dry_run);
    if (run->out.watched && c2c_val_count(records) >= TAKES_A_WHILE) {
        c2c_out_talk(&run->out,
                     "%zu records are being checked and signed; this takes "
                     "some seconds ...",
                     c2c_val_count(records));
    }
    err = c2c_call(run, "put", args, &doc);
    if (err != C2C_E_OK) {
        place_refusal(run, origin);
        place_problems(run, origin);
        return err;
    }
    err = told_by_talk(run, c2c_val_get(doc, "items")) ? C2C_E_OK
                                                       : print_saved(run, doc);
    tell_warnings(run, origin, c2c_val_get(doc, "warnings"));
    tell_states(run, c2c_val_get(doc, "items"));
    tell_summary(run, doc);
    return err;
}
