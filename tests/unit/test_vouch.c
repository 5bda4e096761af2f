/* What a node elsewhere shows is believed when it is proved, and not else: a
 * node that lies in every way that it can. */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "author.h"
#include "base/clock.h"
#include "base/hex.h"
#include "c2c/remote.h"
#include "c2c/trust.h"
#include "c2c/vouch.h"
#include "client.h"
#include "codec/json.h"
#include "temp.h"
#include "test.h"
#include "trust/proof_file.h"

enum {
    RECORDS = 3, /* Of a city, each of another type. */
    CITIES = 4,
    LEAGUE = 0,
    BAGUIO = 1,
    OTHER = 2, /* Admitted, too. */
    INNER = 3  /* An association within the league, by some tests. */
};

struct held {
    const char *type;
    char key[C2C_UUID_TEXT];
    const char *slug;
    char json[512];
    struct c2c_buf bytes;
};

/* What the node holds of one city. */
struct city {
    struct author author;
    char id[C2C_HASH_HEX];
    size_t n; /* Ascending by type. */
    struct held at[RECORDS];
    struct c2c_buf dir;
    struct c2c_buf head;
};

static struct city city[CITIES];
static struct client c;
static unsigned questions;
static const char *told_ref; /* The node's reference of what it shows. */
static uint64_t now_s;

/* How the node lies. */
static struct {
    enum c2c_err silent;        /* Answers no more. */
    const struct held *instead; /* Proves this one ... */
    const struct city *whose;   /* ... of this city. */
    size_t flip;                /* This bit of the proof, from 1 on. */
    const char *hex;            /* This instead of a proof. */
    bool no_lists;
    bool all;        /* Lists more than was asked for. */
    unsigned repeat; /* Lists everything so often. */
} lie;

static void add(struct city *t, const char *type, const char *slug,
                const char *json)
{
    struct held *h = &t->at[t->n++];

    h->type = type;
    h->slug = slug;
    (void)snprintf(h->json, sizeof h->json, "%s", json);
}

static void encode_record(struct city *t, size_t i)
{
    struct held *h = &t->at[i];
    struct c2c_record r = {.type = c2c_view_str(h->type),
                           .key = {{1, (uint8_t)i}},
                           .slug = c2c_view_str(h->slug),
                           .created_s = now_s - 100,
                           .updated_s = now_s - 50};
    struct c2c_buf body;

    c2c_buf_init(&body, 4096);
    assert_ok(c2c_doc_encode(c.run.doc, client_val(&c, h->json), &body));
    r.body = c2c_buf_view(&body);
    c2c_buf_fini(&h->bytes);
    c2c_buf_init(&h->bytes, 8192);
    assert_ok(c2c_record_encode(&r, &h->bytes));
    c2c_uuid_format(&r.key, h->key);
    c2c_buf_fini(&body);
}

/* Sign the state as of now plus @late_s, good for @life_s. */
static void sign(struct city *t, int64_t late_s, uint64_t life_s)
{
    struct c2c_dir_entry entry[RECORDS];
    struct c2c_head head = {.city = t->author.id,
                            .keyset = t->author.keyset.hash,
                            .epoch = 1,
                            .rev = 1,
                            .time_s = (uint64_t)((int64_t)now_s + late_s)};

    head.expires_s = head.time_s + life_s;
    for (size_t i = 0; i < t->n; i++) {
        encode_record(t, i);
        entry[i] = (struct c2c_dir_entry){c2c_view_str(t->at[i].type), 1,
                                          t->at[i].bytes.n,
                                          c2c_record_hash(
                                              c2c_buf_view(&t->at[i].bytes))};
    }
    c2c_buf_fini(&t->dir);
    c2c_buf_init(&t->dir, 8192);
    c2c_buf_fini(&t->head);
    c2c_buf_init(&t->head, C2C_MAX_HEAD_BYTES);
    assert_ok(c2c_dir_sum(&t->author.id, C2C_AUDIENCE_PUBLIC, entry, t->n,
                          &head.pub));
    assert_ok(c2c_dir_encode(&t->author.id, C2C_AUDIENCE_PUBLIC, entry, t->n,
                             &t->dir));
    assert_ok(c2c_head_sign(&head, t->author.key, &t->head));
}

/* The node. */

static const struct held *held_of(struct c2c_view ref,
                                  const struct city **ret_city)
{
    for (size_t i = 0; i < CITIES; i++) {
        for (size_t k = 0; k < city[i].n; k++) {
            char text[256];

            (void)snprintf(text, sizeof text, "%s/%s/%s", city[i].id,
                           city[i].at[k].type, city[i].at[k].key);
            if (c2c_view_eq_str(ref, text)) {
                *ret_city = &city[i];
                return &city[i].at[k];
            }
        }
    }
    return NULL;
}

static const struct c2c_val *proof_of(struct c2c_run *run, const struct city *t,
                                      const struct held *h)
{
    struct c2c_proof_file file = {.n_keysets = 1,
                                  .keyset = {c2c_buf_view(
                                      &t->author.keysets[0])},
                                  .head = c2c_buf_view(&t->head),
                                  .dir = c2c_buf_view(&t->dir),
                                  .record = c2c_buf_view(&h->bytes)};
    struct c2c_val *map = c2c_doc_map(run->doc);
    struct c2c_buf bytes;
    char *hex;

    c2c_buf_init(&bytes, 1 << 16);
    assert_ok(c2c_proof_file_encode(&file, &bytes));
    if (lie.flip > 0) {
        bytes.p[(lie.flip - 1) / 8 % bytes.n] ^=
            (uint8_t)(1 << ((lie.flip - 1) % 8));
    }
    hex = calloc(2, bytes.n + 1);
    assert_non_null(hex);
    c2c_hex_encode(c2c_buf_view(&bytes), hex);
    c2c_doc_set_cstr(run->doc, map, "proof", lie.hex == NULL ? hex : lie.hex);
    free(hex);
    c2c_buf_fini(&bytes);
    return map;
}

static bool is_listed(struct c2c_run *run, const struct held *h,
                      const struct c2c_val *where)
{
    const struct c2c_val *body = client_val(&c, h->json);

    (void)run;
    if (lie.all) {
        return true;
    }
    return (c2c_val_get(where, "member") == NULL ||
            c2c_view_eq(c2c_val_text(where, "member"),
                        c2c_val_text(body, "city"))) &&
           (c2c_val_get(where, "kind") == NULL ||
            c2c_view_eq(c2c_val_text(where, "kind"),
                        c2c_val_text(body, "kind")));
}

static const struct c2c_val *list_of(struct c2c_run *run,
                                     const struct c2c_val *args)
{
    struct c2c_val *map = c2c_doc_map(run->doc);
    struct c2c_val *items = c2c_doc_array(run->doc);
    struct c2c_view id = c2c_val_text(args, "city");

    for (size_t i = 0; i < CITIES && !lie.no_lists; i++) {
        for (size_t k = 0; k < city[i].n; k++) {
            const struct held *h = &city[i].at[k];
            struct c2c_val *item = c2c_doc_map(run->doc);

            if (c2c_view_eq_str(id, city[i].id) &&
                c2c_view_eq_str(c2c_val_text(args, "type"), h->type) &&
                is_listed(run, h, c2c_val_get(args, "where"))) {
                c2c_doc_set_cstr(run->doc, item, "key", h->key);
                for (unsigned n = 0; n <= lie.repeat; n++) {
                    c2c_doc_push(run->doc, items, item);
                }
            }
        }
    }
    c2c_doc_set(run->doc, map, "items", items);
    return map;
}

enum c2c_err __wrap_c2c_remote_call(struct c2c_run *run, const char *name,
                                    const struct c2c_val *args,
                                    const struct c2c_val **ret_doc);
const struct c2c_hash *__wrap_c2c_remote_id(const struct c2c_remote *remote);

enum c2c_err __wrap_c2c_remote_call(struct c2c_run *run, const char *name,
                                    const struct c2c_val *args,
                                    const struct c2c_val **ret_doc)
{
    const struct city *whose = NULL;
    const struct held *h;

    questions++;
    if (lie.silent != C2C_E_OK) {
        return c2c_diag_set(&run->diag, lie.silent, "node", "silent");
    }
    if (strcmp(name, "list") == 0) {
        *ret_doc = list_of(run, args);
        return C2C_E_OK;
    }
    assert_string_equal(name, "proof");
    h = held_of(c2c_val_text(args, "ref"), &whose);
    if (h == NULL) {
        return c2c_diag_set(&run->diag, C2C_E_NOT_FOUND, "node", "not there");
    }
    if (lie.instead != NULL && strcmp(h->type, lie.instead->type) == 0) {
        h = lie.instead;
        whose = lie.whose;
    }
    *ret_doc = proof_of(run, whose, h);
    return C2C_E_OK;
}

const struct c2c_hash *__wrap_c2c_remote_id(const struct c2c_remote *remote)
{
    (void)remote;
    return &city[LEAGUE].author.id;
}

static void admit(struct city *by, const struct city *t, const char *kind)
{
    char json[512];

    (void)snprintf(json, sizeof json, "{\"city\":\"%s\",\"kind\":\"%s\"}",
                   t->id, kind);
    add(by, "membership", "m", json);
}

/* The league admits Baguio; OTHER is a city of the same names. */
static int set_up(void **state)
{
    (void)state;
    temp_make();
    assert_int_equal(setenv("XDG_CONFIG_HOME", temp_path("conf"), 1), 0);
    memset(&lie, 0, sizeof lie);
    told_ref = "baguio/office/desk";
    memset(city, 0, sizeof city);
    client_begin_line(&c, "c2c --node tcp://node.example:1 show x/office/desk");
    now_s = c2c_clock_system.now_ms(c2c_clock_system.ctx) / 1000;
    for (unsigned i = 0; i < CITIES; i++) {
        author_init(&city[i].author, i + 1,
                    i == LEAGUE || i == INNER ? C2C_LGA : C2C_CITY);
        c2c_hash_hex(&city[i].author.id, city[i].id);
    }
    add(&city[LEAGUE], "lga", "league", "{\"name\":{\"en\":\"The League\"}}");
    admit(&city[LEAGUE], &city[BAGUIO], "full");
    for (unsigned i = BAGUIO; i <= OTHER; i++) {
        add(&city[i], "city", i == BAGUIO ? "baguio" : "other",
            i == BAGUIO ? "{\"name\":{\"en\":\"Baguio\",\"zh\":\"碧瑶\"},"
                          "\"geonames\":1728930,\"unlocode\":\"PHBAG\"}"
                        : "{\"name\":{\"en\":\"Other\"}}");
        add(&city[i], "office", "desk",
            i == BAGUIO ? "{\"name\":{\"en\":\"Numbat Desk\"}}"
                        : "{\"name\":{\"en\":\"Quoll Desk\"}}");
    }
    for (unsigned i = 0; i < CITIES; i++) {
        sign(&city[i], 0, 86400);
    }
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    for (unsigned i = 0; i < CITIES; i++) {
        for (size_t k = 0; k < city[i].n; k++) {
            c2c_buf_fini(&city[i].at[k].bytes);
        }
        c2c_buf_fini(&city[i].dir);
        c2c_buf_fini(&city[i].head);
        author_fini(&city[i].author);
    }
    client_end(&c);
    temp_remove();
    return 0;
}

static void trust(const struct city *lga)
{
    struct c2c_trust list;

    assert_ok(c2c_trust_read(&c.run, &list));
    assert_ok(c2c_trust_add(&c.run, &list, &lga->author.id, "League"));
    c2c_trust_fini(&list);
}

/* The node shows office/desk of @t; what is made of it. */
static enum c2c_err vouch(const char *asked, const struct city *t,
                          struct c2c_val **ret)
{
    char json[1024];

    (void)snprintf(json, sizeof json,
                   "{\"ref\":\"%s\",\"type\":\"office\","
                   "\"key\":\"%s\",\"slug\":\"desk\",\"city\":\"%s\","
                   "\"title\":\"Liar\",\"audience\":\"public\",\"epoch\":7,"
                   "\"verified\":true,\"body\":{\"name\":{\"en\":\"Liar\"}},"
                   "\"vouched\":{\"city_name\":\"Liar\"}}",
                   told_ref, t->n > 1 ? t->at[1].key : "", t->id);
    return c2c_vouch_record(&c.run, asked, client_val(&c, json), ret);
}

static void is_vouched_for(const char *asked, const struct city *t)
{
    struct c2c_val *record = NULL;

    assert_ok(vouch(asked, t, &record));
    if (!c2c_val_bool(c2c_val_get(record, "verified"))) {
        fail_msg("%s: %s", asked, client_json(record));
    }
    assert_null(strstr(client_json(record), "Liar"));
}

static void is_doubted(const char *asked, const struct city *t, const char *why)
{
    struct c2c_val *record = NULL;
    struct c2c_view said;
    char text[512];

    assert_ok(vouch(asked, t, &record));
    said = c2c_val_text(record, "verified");
    (void)snprintf(text, sizeof text, "%.*s", (int)said.n,
                   said.n == 0 ? "" : (const char *)said.p);
    if (strstr(text, why) == NULL) {
        fail_msg("%s: '%s', not '%s'", asked, text, why);
    }
    assert_null(c2c_val_get(record, "vouched"));
}

static void what_is_proved_is_shown_not_what_is_said(void **state)
{
    struct c2c_val *record = NULL;
    const struct c2c_val *vouched;

    (void)state;
    trust(&city[LEAGUE]);
    assert_ok(vouch("baguio/office/desk", &city[BAGUIO], &record));
    assert_true(c2c_val_bool(c2c_val_get(record, "verified")));
    assert_true(c2c_view_eq_str(c2c_val_text(record, "title"), "Numbat Desk"));
    assert_int_equal(c2c_val_int(c2c_val_get(record, "epoch")), 1);
    assert_null(strstr(client_json(record), "Liar"));
    vouched = c2c_val_get(record, "vouched");
    assert_true(c2c_view_eq_str(c2c_val_text(vouched, "city_name"), "Baguio"));
    assert_true(c2c_view_eq_str(c2c_val_text(vouched, "lga"), city[LEAGUE].id));
    assert_true(c2c_view_eq_str(c2c_val_text(vouched, "lga_name"), "League"));
}

static void a_city_has_the_names_of_its_own_profile(void **state)
{
    static const char *const good[] = {"BAGUIO/office/desk", "碧瑶/office/desk",
                                       "1728930/office/desk",
                                       "ph bag/office/desk"};
    char asked[256];

    (void)state;
    trust(&city[LEAGUE]);
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        is_vouched_for(good[i], &city[BAGUIO]);
    }
    (void)snprintf(asked, sizeof asked, "%.12s/office/desk", city[BAGUIO].id);
    is_vouched_for(asked, &city[BAGUIO]);
    is_doubted("manila/office/desk", &city[BAGUIO], "does not call it so");
    is_doubted("0/office/desk", &city[BAGUIO], "does not call it so");
    (void)snprintf(asked, sizeof asked, "%.7s/office/desk", city[BAGUIO].id);
    is_doubted(asked, &city[BAGUIO], "does not call it so");
    is_doubted("office/desk", &city[BAGUIO], "another city's");
    is_doubted("baguio/office/other", &city[BAGUIO], "another record");
    is_doubted("baguio/contact/desk", &city[BAGUIO], "another record");
}

/* Baguio's id and its beginning lead to Baguio, whatever others call
 * themselves. */
static void no_name_passes_for_an_id(void **state)
{
    char json[256];
    char asked[256];

    (void)state;
    trust(&city[LEAGUE]);
    (void)
        snprintf(json, sizeof json,
                 "{\"name\":{\"en\":\"%s\",\"id\":\"%.16s\",\"zh\":\"%.8s\"}}",
                 city[OTHER].id, city[OTHER].id, city[OTHER].id);
    (void)snprintf(city[BAGUIO].at[0].json, sizeof city[BAGUIO].at[0].json,
                   "%s", json);
    sign(&city[BAGUIO], 0, 86400);
    for (int n = 8; n <= 64; n += n) {
        (void)snprintf(asked, sizeof asked, "%.*s/office/desk", n,
                       city[OTHER].id);
        is_doubted(asked, &city[BAGUIO], "does not call it so");
    }
    (void)snprintf(asked, sizeof asked, "%s/office/desk", city[BAGUIO].id);
    is_vouched_for(asked, &city[BAGUIO]);
}

/* The node tells references of its own making. */
static void the_reference_is_the_records(void **state)
{
    struct c2c_val *record = NULL;
    char ours[64];

    (void)state;
    trust(&city[LEAGUE]);
    assert_ok(vouch("baguio/office/desk", &city[BAGUIO], &record));
    assert_true(
        c2c_view_eq_str(c2c_val_text(record, "ref"), "baguio/office/desk"));
    told_ref = "manila/office/desk";
    assert_ok(vouch("baguio/office/desk", &city[BAGUIO], &record));
    (void)snprintf(ours, sizeof ours, "%.16s/office/desk", city[BAGUIO].id);
    assert_true(c2c_view_eq_str(c2c_val_text(record, "ref"), ours));
    told_ref = "baguio/office/mayor";
    assert_ok(vouch("baguio/office/desk", &city[BAGUIO], &record));
    assert_true(c2c_view_eq_str(c2c_val_text(record, "ref"), ours));
}

static void another_members_record_is_noticed(void **state)
{
    (void)state;
    trust(&city[LEAGUE]);
    admit(&city[LEAGUE], &city[OTHER], "full");
    /* One tree of one record a type: it takes the place of Baguio's. */
    c2c_buf_fini(&city[LEAGUE].at[1].bytes);
    city[LEAGUE].at[1] = city[LEAGUE].at[2];
    city[LEAGUE].n = 2;
    sign(&city[LEAGUE], 0, 86400);
    is_doubted("baguio/office/desk", &city[OTHER], "does not call it so");
    is_doubted("0/office/desk", &city[OTHER], "does not call it so");
    is_vouched_for("other/office/desk", &city[OTHER]);
}

static void only_trusted_associations_admit(void **state)
{
    (void)state;
    is_doubted("baguio/office/desk", &city[BAGUIO], "no trusted LGA");
    trust(&city[INNER]);
    is_doubted("baguio/office/desk", &city[BAGUIO],
               "no trusted LGA is known to list the city");
    trust(&city[LEAGUE]);
    is_vouched_for("baguio/office/desk", &city[BAGUIO]);
    is_doubted("other/office/desk", &city[OTHER],
               "no trusted LGA is known to list the city");
}

/* The league lists an association, which lists Baguio. */
static void within(const char *kind)
{
    trust(&city[LEAGUE]);
    admit(&city[INNER], &city[BAGUIO], "full");
    c2c_buf_fini(&city[LEAGUE].at[1].bytes);
    city[LEAGUE].n = 1;
    admit(&city[LEAGUE], &city[INNER], kind);
    sign(&city[LEAGUE], 0, 86400);
    sign(&city[INNER], 0, 86400);
}

static void associations_bring_their_members_in(void **state)
{
    (void)state;
    within("lga");
    is_vouched_for("baguio/office/desk", &city[BAGUIO]);
}

static void what_is_listed_again_is_not_asked_again(void **state)
{
    unsigned once;

    (void)state;
    within("lga");
    questions = 0;
    is_vouched_for("baguio/office/desk", &city[BAGUIO]);
    once = questions;
    questions = 0;
    lie.repeat = 1000;
    is_vouched_for("baguio/office/desk", &city[BAGUIO]);
    assert_int_equal(questions, once);
}

static void members_that_are_none_bring_nobody_in(void **state)
{
    (void)state;
    within("full");
    is_doubted("baguio/office/desk", &city[BAGUIO], "no trusted LGA");
    lie.all = true;
    is_doubted("baguio/office/desk", &city[BAGUIO], "no trusted LGA");
}

static void a_proof_of_something_else_proves_nothing(void **state)
{
    const char *asked = "baguio/office/desk";

    (void)state;
    trust(&city[LEAGUE]);
    lie.instead = &city[OTHER].at[1];
    lie.whose = &city[OTHER];
    is_doubted(asked, &city[BAGUIO], "of another record");
    lie.whose = &city[BAGUIO]; /* In Baguio's state, it is not. */
    is_doubted(asked, &city[BAGUIO], "does not hold");
    lie.instead = NULL;
    lie.hex = "00";
    is_doubted(asked, &city[BAGUIO], "does not hold");
    lie.hex = "";
    is_doubted(asked, &city[BAGUIO], "is none");
    lie.hex = "xy";
    is_doubted(asked, &city[BAGUIO], "is none");
    lie.hex = NULL;
    lie.no_lists = true;
    is_doubted(asked, &city[BAGUIO], "no trusted LGA is known");
}

static void no_bit_of_a_proof_may_change(void **state)
{
    (void)state;
    trust(&city[LEAGUE]);
    for (lie.flip = 1; lie.flip < 4000; lie.flip += 37) {
        struct c2c_val *record = NULL;

        assert_ok(vouch("baguio/office/desk", &city[BAGUIO], &record));
        assert_false(c2c_val_bool(c2c_val_get(record, "verified")));
    }
}

static void a_signature_is_good_for_its_time(void **state)
{
    (void)state;
    trust(&city[LEAGUE]);
    sign(&city[BAGUIO], -3600, 3599);
    is_doubted("baguio/office/desk", &city[BAGUIO], "was good until");
    sign(&city[BAGUIO], 7200, 86400);
    is_doubted("baguio/office/desk", &city[BAGUIO], "in the future");
    sign(&city[BAGUIO], 0, 86400);
    sign(&city[LEAGUE], -3600, 3599); /* A member once. */
    is_doubted("baguio/office/desk", &city[BAGUIO], "no trusted LGA");
}

static void a_node_that_is_silent_is_no_liar(void **state)
{
    static const enum c2c_err silent[] = {C2C_E_TIMEOUT, C2C_E_UNREACHABLE,
                                          C2C_E_BUSY};
    struct c2c_val *record = NULL;

    (void)state;
    trust(&city[LEAGUE]);
    for (size_t i = 0; i < 3; i++) {
        lie.silent = silent[i];
        assert_int_equal(vouch("baguio/office/desk", &city[BAGUIO], &record),
                         silent[i]);
    }
    lie.silent = C2C_E_UNSUPPORTED;
    is_doubted("baguio/office/desk", &city[BAGUIO], "gives no proof");
}

static void answers_that_nothing_vouches_for_say_so(void **state)
{
    const struct c2c_val *doc = c2c_vouch_disclaim(
        &c.run, client_val(&c, "{\"items\":[{\"ref\":\"x\",\"verified\":true},"
                               "{\"ref\":\"y\",\"vouched\":{}}],"
                               "\"vouched\":{}}"));

    (void)state;
    assert_string_equal(client_json(doc),
                        "{\"items\":[{\"ref\":\"x\",\"verified\":\"only the "
                        "node says so\"},{\"ref\":\"y\"}],\"verified\":\"only "
                        "the node says so\"}");
    assert_non_null(strstr(client_talk(&c), "Not verified"));
    (void)c2c_vouch_disclaim(&c.run, doc);
    assert_string_equal(client_talk(&c), ""); /* Once. */
}

#define CASE(FN) cmocka_unit_test_setup_teardown(FN, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(what_is_proved_is_shown_not_what_is_said),
        CASE(a_city_has_the_names_of_its_own_profile),
        CASE(no_name_passes_for_an_id),
        CASE(the_reference_is_the_records),
        CASE(another_members_record_is_noticed),
        CASE(only_trusted_associations_admit),
        CASE(associations_bring_their_members_in),
        CASE(what_is_listed_again_is_not_asked_again),
        CASE(members_that_are_none_bring_nobody_in),
        CASE(a_proof_of_something_else_proves_nothing),
        CASE(no_bit_of_a_proof_may_change),
        CASE(a_signature_is_good_for_its_time),
        CASE(a_node_that_is_silent_is_no_liar),
        CASE(answers_that_nothing_vouches_for_say_so),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
