/* who: whom to contact, who decides, how it goes on. */

#include <stdio.h>
#include <string.h>

#include "c2c/call.h"
#include "c2c/card.h"
#include "c2c/command.h"
#include "c2c/label.h"
#include "c2c/run.h"
#include "c2c/table.h"

enum {
    LINE_MAX_BYTES = 65536,
    LABELS = 15
};

/* What the card is made with. */
struct answer {
    struct c2c_run *run;
    const struct c2c_val *doc;
    struct c2c_words words;
    struct c2c_card card;
    struct c2c_buf text; /* One value. */
    enum c2c_err err;    /* The first failure. */
};

static const struct c2c_schema *schema_of(const struct answer *a,
                                          const char *type, const char *path)
{
    const struct c2c_type *t =
        c2c_types_find(a->words.types, c2c_view_str(type));

    return t == NULL ? NULL : c2c_value_schema(c2c_type_body(t), path);
}

/* The value as one line in a->text. */
static struct c2c_view flat(struct answer *a, const struct c2c_schema *schema,
                            const struct c2c_val *val)
{
    c2c_buf_clear(&a->text);
    if (a->err == C2C_E_OK) {
        a->err = c2c_card_flat(&a->words, schema, val, &a->text);
    }
    return c2c_buf_view(&a->text);
}

static void add(struct answer *a, const char *before, struct c2c_view text)
{
    if (a->err == C2C_E_OK && text.n > 0) {
        a->err = c2c_buf_fmt(&a->text, "%s%.*s", a->text.n > 0 ? before : "",
                             (int)text.n, (const char *)text.p);
    }
}

/* A fixed word in the user's language. */
static struct c2c_view word_of(const struct answer *a, const char *english)
{
    return c2c_label(english, a->words.lang);
}

/* "Sister City Desk: Ana Cruz · desk@city.example · +63 ..." */
static void contact_line(struct answer *a, const struct c2c_val *contact)
{
    static const char *const members[] = {"email", "phone", "fax"};
    const struct c2c_val *holders = c2c_val_get(contact, "holders");

    c2c_buf_clear(&a->text);
    add(a, "", c2c_val_text(contact, "title"));
    for (size_t i = 0; i < c2c_val_count(holders); i++) {
        add(a, i == 0 ? ": " : ", ", c2c_val_str(c2c_val_at(holders, i)));
    }
    for (size_t i = 0; i < sizeof members / sizeof members[0]; i++) {
        add(a, " \u00b7 ", c2c_val_text(contact, members[i]));
    }
    c2c_card_field(&a->card, "Contact", c2c_buf_view(&a->text));
}

/* "email desk@city.example, telephone +63 ...", best first. */
static void channels_line(struct answer *a, const struct c2c_val *channels)
{
    const struct c2c_schema *kinds = schema_of(a, "office", "channels.0.kind");

    c2c_buf_clear(&a->text);
    for (size_t i = 0; i < c2c_val_count(channels); i++) {
        const struct c2c_val *channel = c2c_val_at(channels, i);

        add(a, ", ",
            c2c_value_label(&a->words, kinds, c2c_val_text(channel, "kind")));
        add(a, " ", c2c_val_text(channel, "address"));
    }
    c2c_card_field(&a->card, "Channels", c2c_buf_view(&a->text));
}

static void fresh_line(struct answer *a, const struct c2c_val *fresh)
{
    struct c2c_view at = c2c_val_text(fresh, "verified_at");
    bool stale = c2c_val_bool(c2c_val_get(fresh, "stale"));

    if (at.n < 10) {
        return;
    }
    c2c_buf_clear(&a->text);
    add(a, "", c2c_view_of(at.p, 10));
    add(a, " ",
        word_of(a, stale ? "STALE: ask before you rely on it"
                         : "by the city itself"));
    c2c_card_field(&a->card, "Confirmed", c2c_buf_view(&a->text));
}

static void office(struct answer *a, const struct c2c_val *o)
{
    static const struct {
        const char *label;
        const char *member;
    } members[] = {{"Languages", "languages"},
                   {"Must go through", "must_go_through"},
                   {"Office hours", "hours"},
                   {"Address", "address"}};
    const struct c2c_val *contacts = c2c_val_get(o, "contacts");

    c2c_card_heading(&a->card, c2c_val_text(o, "name"), true);
    a->card.indent = 2;
    for (size_t i = 0; i < c2c_val_count(contacts); i++) {
        contact_line(a, c2c_val_at(contacts, i));
    }
    channels_line(a, c2c_val_get(o, "channels"));
    for (size_t i = 0; i < sizeof members / sizeof members[0]; i++) {
        const char *name = members[i].member;

        c2c_card_field(&a->card, members[i].label,
                       flat(a, schema_of(a, "office", name),
                            c2c_val_get(o, name)));
    }
    fresh_line(a, c2c_val_get(o, "fresh"));
    c2c_card_field(&a->card, "Reference", c2c_val_text(o, "ref"));
    a->card.indent = 0;
}

/* What the city leaves open is told: silence would look like an answer. */
static void unsaid(struct answer *a, const char *what)
{
    c2c_buf_clear(&a->text);
    add(a, "", c2c_val_text(c2c_val_get(a->doc, "city"), "name"));
    add(a, " ", word_of(a, "has not published"));
    add(a, " ", word_of(a, what));
    c2c_card_text(&a->card, C2C_STYLE_NONE, c2c_buf_view(&a->text));
}

static void deciders(struct answer *a)
{
    const struct c2c_val *list = c2c_val_get(a->doc, "decision_authority");
    const struct c2c_schema *kinds =
        schema_of(a, "office", "decision_authority.kind");
    const struct c2c_schema *texts =
        schema_of(a, "office", "decision_authority.text");

    c2c_card_heading(&a->card, word_of(a, "Who decides"), true);
    a->card.indent = 2;
    if (c2c_val_count(list) == 0) {
        unsaid(a, "who decides");
    }
    for (size_t i = 0; i < c2c_val_count(list); i++) {
        const struct c2c_val *item = c2c_val_at(list, i);

        c2c_card_bullet(&a->card, flat(a, kinds, c2c_val_get(item, "kind")));
        a->card.indent = 4;
        c2c_card_text(&a->card, C2C_STYLE_NONE, c2c_val_text(item, "name"));
        c2c_card_text(&a->card, C2C_STYLE_NONE,
                      flat(a, texts, c2c_val_get(item, "text")));
        a->card.indent = 2;
    }
    a->card.indent = 0;
}

/* " · Letter of intent, Map" */
static void step_papers(struct answer *a, const struct c2c_val *papers)
{
    if (c2c_val_count(papers) > 0 && a->err == C2C_E_OK) {
        add(a, " \u00b7 ", word_of(a, "papers: "));
        a->err = c2c_card_flat(&a->words,
                               schema_of(a, "procedure", "steps.0.documents"),
                               papers, &a->text);
    }
}

/* "1. Send the letter · the partner · papers: Letter · 5 days" */
static void step(struct answer *a, size_t number, const struct c2c_val *s)
{
    const struct c2c_schema *actor = schema_of(a, "procedure", "steps.0.actor");
    const struct c2c_schema *approval =
        schema_of(a, "procedure", "steps.0.approval");
    const struct c2c_schema *action =
        schema_of(a, "procedure", "steps.0.action");
    int64_t days = c2c_val_int(c2c_val_get(s, "typical_days"));
    struct c2c_view needs = c2c_val_text(s, "approval");
    struct c2c_card card = a->card;
    char head[32];

    (void)flat(a, action, c2c_val_get(s, "action"));
    if (c2c_val_text(s, "actor").n > 0) {
        add(a, " \u00b7 ",
            c2c_value_label(&a->words, actor, c2c_val_text(s, "actor")));
    }
    step_papers(a, c2c_val_get(s, "documents"));
    if (days > 0) {
        (void)snprintf(head, sizeof head, "%lld", (long long)days);
        add(a, " \u00b7 ", c2c_view_str(head));
        add(a, " ", word_of(a, days == 1 ? "day" : "days"));
    }
    if (needs.n > 0 && !c2c_view_eq_str(needs, "none")) {
        add(a, " \u00b7 ", word_of(a, "approval: "));
        add(a, "", c2c_value_label(&a->words, approval, needs));
    }
    (void)snprintf(head, sizeof head, "%zu.", number);
    card.labels = sizeof "1." - 1;
    c2c_card_field(&card, head, c2c_buf_view(&a->text));
}

static void procedures(struct answer *a)
{
    const struct c2c_val *list = c2c_val_get(a->doc, "procedures");

    if (c2c_val_count(list) == 0) {
        c2c_card_heading(&a->card, word_of(a, "Procedure"), true);
        a->card.indent = 2;
        unsaid(a, c2c_val_text(a->doc, "for").n > 0 ? "a procedure for this"
                                                    : "a procedure");
        a->card.indent = 0;
    }
    for (size_t i = 0; i < c2c_val_count(list); i++) {
        const struct c2c_val *p = c2c_val_at(list, i);
        const struct c2c_val *steps = c2c_val_get(p, "steps");

        c2c_buf_clear(&a->text);
        add(a, "", word_of(a, "Procedure: "));
        add(a, "", c2c_val_text(p, "title"));
        c2c_card_heading(&a->card, c2c_buf_view(&a->text), true);
        a->card.indent = 2;
        for (size_t s = 0; s < c2c_val_count(steps); s++) {
            step(a, s + 1, c2c_val_at(steps, s));
        }
        c2c_card_field(&a->card, "Letters in",
                       flat(a, schema_of(a, "procedure", "accepts_letters_in"),
                            c2c_val_get(p, "accepts_letters_in")));
        c2c_card_field(&a->card, "Reference", c2c_val_text(p, "ref"));
        a->card.indent = 0;
    }
}

/* "Named for this purpose: Sister cities" */
static void matched_line(struct answer *a, struct c2c_view matched,
                         struct c2c_view word)
{
    bool topic = c2c_view_eq_str(matched, "topic");
    const struct c2c_schema *codes =
        schema_of(a, "office", topic ? "scope.topics.0" : "scope.purposes.0");

    c2c_buf_clear(&a->text);
    add(a, "",
        word_of(a,
                topic ? "Named for this topic: " : "Named for this purpose: "));
    add(a, "", c2c_value_label(&a->words, codes, word));
    c2c_card_text(&a->card, C2C_STYLE_DIM, c2c_buf_view(&a->text));
}

/* "Baguio, PH" and how the offices were found. */
static void title(struct answer *a)
{
    const struct c2c_val *city = c2c_val_get(a->doc, "city");
    const struct c2c_val *notes = c2c_val_get(a->doc, "notes");
    struct c2c_view matched = c2c_val_text(a->doc, "matched");
    struct c2c_view word = c2c_val_text(a->doc, "for");

    c2c_buf_clear(&a->text);
    add(a, "", c2c_val_text(city, "name"));
    add(a, ", ", c2c_val_text(city, "country"));
    c2c_card_heading(&a->card, c2c_buf_view(&a->text), false);
    for (size_t i = 0; i < c2c_val_count(notes); i++) {
        c2c_card_text(&a->card, C2C_STYLE_WARN,
                      c2c_val_str(c2c_val_at(notes, i)));
    }
    if (word.n > 0 && !c2c_view_eq_str(matched, "general")) {
        matched_line(a, matched, word);
    }
}

static enum c2c_err who_card(struct c2c_run *run, const struct c2c_val *doc)
{
    struct answer a = {.run = run, .doc = doc};
    const struct c2c_val *offices = c2c_val_get(doc, "offices");

    a.words = (struct c2c_words){.types = c2c_run_types(run),
                                 .lang = c2c_run_lang(run),
                                 .people = true};
    if (a.words.types == NULL) {
        return run->diag.code;
    }
    a.card = (struct c2c_card){.out = &run->out,
                               .words = &a.words,
                               .labels = LABELS};
    c2c_buf_init(&a.text, LINE_MAX_BYTES);
    title(&a);
    for (size_t i = 0; i < c2c_val_count(offices); i++) {
        office(&a, c2c_val_at(offices, i));
    }
    if (c2c_val_count(offices) > 0) {
        deciders(&a);
        procedures(&a);
    } else if (c2c_run_arg(run, 0) == NULL && run->node == NULL) {
        /* One's own city. */
        c2c_out_talk(&run->out, "`c2c new office` begins one.");
    }
    c2c_buf_fini(&a.text);
    return a.err == C2C_E_OK ? a.err : c2c_run_nomem(run);
}

/* One line for each contact of each office, for --plain. */
static const struct c2c_val *rows(struct c2c_run *run,
                                  const struct c2c_val *doc)
{
    const struct c2c_val *offices = c2c_val_get(doc, "offices");
    struct c2c_val *items = c2c_doc_array(run->doc);
    struct c2c_val *list = c2c_doc_map(run->doc);

    for (size_t i = 0; i < c2c_val_count(offices); i++) {
        const struct c2c_val *o = c2c_val_at(offices, i);
        const struct c2c_val *contacts = c2c_val_get(o, "contacts");
        size_t n = c2c_val_count(contacts);

        for (size_t c = 0; c < (n == 0 ? 1 : n); c++) {
            struct c2c_val *row = c2c_doc_map(run->doc);

            c2c_doc_set(run->doc, row, "office", o);
            c2c_doc_set(run->doc, row, "matched", c2c_val_get(doc, "matched"));
            if (c < n) {
                c2c_doc_set(run->doc, row, "contact", c2c_val_at(contacts, c));
            }
            c2c_doc_push(run->doc, items, row);
        }
    }
    c2c_doc_set(run->doc, list, "items", items);
    return list;
}

static enum c2c_err who_plain(struct c2c_run *run, const struct c2c_val *doc)
{
    static const struct c2c_column plain[] = {
        {"OFFICE", "office.ref", C2C_CELL_TEXT, NULL},
        {"NAME", "office.name", C2C_CELL_TEXT, NULL},
        {"MATCHED", "matched", C2C_CELL_TEXT, NULL},
        {"CONTACT", "contact.ref", C2C_CELL_TEXT, NULL},
        {"POST", "contact.title", C2C_CELL_TEXT, NULL},
        {"EMAIL", "contact.email", C2C_CELL_TEXT, NULL},
        {"PHONE", "contact.phone", C2C_CELL_TEXT, NULL},
        {"CONFIRMED", "office.fresh.verified_at", C2C_CELL_TEXT, NULL},
        {"STALE", "office.fresh.stale", C2C_CELL_TEXT, NULL},
    };
    const struct c2c_list list = {.plain = plain,
                                  .n_plain = sizeof plain / sizeof plain[0]};

    return c2c_list_print(run, &list, rows(run, doc));
}

enum c2c_err c2c_cmd_who(struct c2c_run *run)
{
    struct c2c_val *args = c2c_doc_map(run->doc);
    const char *word = c2c_cmdline_text(&run->line, "for");
    const char *city = c2c_run_arg(run, 0);
    const struct c2c_val *doc;
    enum c2c_err err;

    c2c_doc_set_cstr(run->doc, args, "city", city == NULL ? "" : city);
    if (word != NULL) {
        c2c_doc_set_cstr(run->doc, args, "for", word);
    }
    err = c2c_call(run, "who", args, &doc);
    if (err != C2C_E_OK) {
        return err;
    }
    if (c2c_out_is_json(&run->out)) {
        c2c_out_doc(&run->out, doc);
        return C2C_E_OK;
    }
    return run->out.form == C2C_FORM_HUMAN ? who_card(run, doc)
                                           : who_plain(run, doc);
}
