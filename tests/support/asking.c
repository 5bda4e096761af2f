#include "asking.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "codec/json.h"
#include "node/ask.h"
#include "store/fulltext.h"
#include "store/store.h"
#include "test.h"

enum c2c_err asking_open(struct asking *asking, bool adopt,
                         struct c2c_diag *diag)
{
    const struct c2c_writer_options options = {.dir = asking->place.dir,
                                               .types = asking->place.types,
                                               .identity =
                                                   &asking->node.identity,
                                               .config = &asking->node.config,
                                               .clock = &asking->place.clock,
                                               .adopt = adopt};
    enum c2c_err err = c2c_writer_open(&options, diag, &asking->node.writer);

    if (err != C2C_E_OK) {
        asking->node.writer = NULL;
        return err;
    }
    assert_ok(c2c_store_open(asking->place.dir, C2C_STORE_READ, &asking->reader,
                             NULL));
    assert_ok(c2c_fulltext_attach(asking->reader, asking->place.dir));
    assert_ok(c2c_standing_new(&asking->standing));
    return C2C_E_OK;
}

void asking_close(struct asking *asking)
{
    c2c_store_close(asking->reader);
    c2c_standing_free(asking->standing);
    c2c_writer_close(asking->node.writer);
    asking->reader = NULL;
    asking->standing = NULL;
    asking->node.writer = NULL;
}

static void start(struct asking *asking)
{
    struct c2c_diag diag = {.code = C2C_E_OK};

    asking->node.dir = asking->place.dir;
    asking->node.types = asking->place.types;
    asking->node.config = asking->place.config;
    asking->node.clock = &asking->place.clock;
    assert_ok(
        c2c_identity_load(asking->place.dir, &asking->node.identity, &diag));
    assert_ok(asking_open(asking, false, &diag));
}

void asking_init(struct asking *asking)
{
    memset(asking, 0, sizeof *asking);
    place_init(&asking->place);
    start(asking);
}

void asking_init_lga(struct asking *asking)
{
    memset(asking, 0, sizeof *asking);
    place_init_lga(&asking->place);
    start(asking);
}

void asking_fini(struct asking *asking)
{
    asking_close(asking);
    c2c_identity_fini(&asking->node.identity);
    place_fini(&asking->place);
}

static enum c2c_err run(struct asking *asking, const char *name,
                        const struct c2c_val *args, struct answer *answer)
{
    struct c2c_arena arena;
    struct c2c_ask ask = {.node = &asking->node,
                          .store = asking->reader,
                          .standing = asking->standing,
                          .types = asking->place.types,
                          .self = &asking->node.identity.city,
                          .now_s = asking->place.now_s,
                          .lang = c2c_view_str("en"),
                          .args = args,
                          .arena = &arena,
                          .doc = answer->doc,
                          .result = c2c_doc_map(answer->doc),
                          .diag = &answer->diag};
    enum c2c_err err;

    c2c_arena_init(&arena);
    err = c2c_ask_run(&ask, c2c_view_str(name));
    answer->result = ask.result;
    c2c_arena_fini(&arena);
    return err;
}

enum c2c_err asking_ask(struct asking *asking, const char *name,
                        const char *json, struct answer *answer)
{
    struct c2c_json_error why;
    const struct c2c_val *args = NULL;
    enum c2c_err err;

    memset(answer, 0, sizeof *answer);
    err = c2c_doc_new(&answer->doc);
    if (err == C2C_E_OK) {
        err = c2c_json_parse(answer->doc, c2c_view_str(json), &why, &args);
    }
    if (err == C2C_E_OK) {
        err = run(asking, name, args, answer);
    }
    answer->err = err;
    return err;
}

void answer_fini(struct answer *answer)
{
    c2c_doc_free(answer->doc);
}

static const struct c2c_val *at(const struct answer *answer, const char *path)
{
    const struct c2c_val *v = answer->result;

    while (v != NULL && *path != '\0') {
        size_t n = strcspn(path, "/");
        char step[64];

        (void)snprintf(step, sizeof step, "%.*s", (int)n, path);
        v = c2c_val_kind(v) == C2C_KIND_ARRAY
                ? c2c_val_at(v, strtoul(step, NULL, 10))
                : c2c_val_get(v, step);
        path += n + (path[n] == '/' ? 1 : 0);
    }
    return v;
}

struct c2c_view answer_text(const struct answer *answer, const char *path)
{
    return c2c_val_str(at(answer, path));
}

size_t answer_count(const struct answer *answer, const char *path)
{
    return c2c_val_count(at(answer, path));
}

void asking_put(struct asking *asking, const char *json)
{
    struct c2c_buf args;
    struct answer answer;

    c2c_buf_init(&args, 1 << 20);
    assert_ok(c2c_buf_fmt(&args, "{\"records\":%s}%c", json, '\0'));
    if (asking_ask(asking, "put", (const char *)args.p, &answer) != C2C_E_OK) {
        struct c2c_view reason = answer_text(&answer, "problems/0/reason");

        fail_msg("%s: %s %.*s", json, answer.diag.message, (int)reason.n,
                 reason.n == 0 ? "" : (const char *)reason.p);
    }
    answer_fini(&answer);
    c2c_buf_fini(&args);
}
