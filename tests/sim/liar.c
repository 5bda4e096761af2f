#include "liar.h"

#include <stdlib.h>

#include "wire/changes.h"
#include "wire/feed.h"
#include "wire/push.h"
#include "wire/vector.h"

static void must(enum c2c_err err)
{
    if (err != C2C_E_OK) {
        abort();
    }
}

/* Of the bytes, whatever they are. */

static void flip(struct prop *p, struct c2c_buf *m)
{
    size_t n = 1 + prop_below(p, 4);

    for (size_t i = 0; i < n && m->n > 0; i++) {
        m->p[prop_below(p, m->n)] ^= (uint8_t)(1 << prop_below(p, 8));
    }
}

static void truncate(struct prop *p, struct c2c_buf *m)
{
    m->n = m->n == 0 ? 0 : prop_below(p, m->n);
}

static void swell(struct prop *p, struct c2c_buf *m)
{
    size_t n = prop_below(p, 1 << 16);
    uint8_t byte = (uint8_t)prop_u64(p);

    for (size_t i = 0; i < n; i++) {
        must(c2c_buf_put(m, &byte, 1));
    }
}

static void replay(struct c2c_view old, struct c2c_buf *m)
{
    c2c_buf_clear(m);
    must(c2c_buf_put(m, old.p, old.n));
}

static void bytes(struct prop *p, struct c2c_view old, struct c2c_buf *m)
{
    switch (prop_below(p, 4)) {
    case 0:
        flip(p, m);
        break;
    case 1:
        truncate(p, m);
        break;
    case 2:
        swell(p, m);
        break;
    default:
        replay(old, m);
        break;
    }
}

/* Of what it says, in good form. */

static struct c2c_hash random_hash(struct prop *p)
{
    struct c2c_hash hash = {{0}};

    prop_fill(p, hash.b, sizeof hash.b);
    return hash;
}

static void lie_hello(struct prop *p, struct c2c_view body, struct c2c_buf *out)
{
    struct c2c_hello_reply m;

    must(c2c_hello_reply_decode(body, &m));
    m.seq = prop_u64(p) >> 1;
    m.roles = 1 + (unsigned)prop_below(p, 3);
    m.max_wait_s = prop_below(p, 56);
    if (prop_below(p, 2) == 0) {
        prop_fill(p, m.instance.b, sizeof m.instance.b);
    }
    must(c2c_hello_reply_encode(&m, out));
}

static void lie_vector(struct prop *p, struct c2c_view body,
                       struct c2c_buf *out)
{
    struct c2c_vector_reply m;
    struct c2c_list_buf newer;
    struct c2c_list_buf older;
    size_t n = prop_below(p, 200);

    must(c2c_vector_reply_decode(body, &m));
    c2c_list_init(&newer, 1 << 20);
    c2c_list_init(&older, 1 << 20);
    for (size_t i = 0; i < n; i++) {
        const struct c2c_difference d = {prop_below(p, 120),
                                         {prop_below(p, 9), prop_below(p, 99),
                                          prop_below(p, 9999)}};

        must(c2c_list_put_difference(prop_below(p, 2) == 0 ? &newer : &older,
                                     &d));
    }
    m.digest = random_hash(p);
    m.newer = c2c_list_of(&newer);
    m.older = c2c_list_of(&older);
    must(c2c_vector_reply_encode(&m, out));
    c2c_list_fini(&newer);
    c2c_list_fini(&older);
}

/* Forged heads and openings, other forms, what was put or removed left out. */
static void lie_commit(struct prop *p, struct c2c_commit *c, uint8_t head[1024])
{
    switch (prop_below(p, 6)) {
    case 0:
        c->form = C2C_COMMIT_HEAD;
        c->puts.n = 0;
        c->puts.items.n = 0;
        c->removed.n = 0;
        c->removed.items.n = 0;
        break;
    case 1:
        c->opening.blind = random_hash(p);
        c->has_opening = !c->has_opening;
        break;
    case 2:
        c->puts.n = 0;
        c->puts.items.n = 0;
        break;
    case 3:
        for (size_t i = 0; i < c->head.n; i++) {
            head[i] = c->head.p[i];
        }
        head[prop_below(p, c->head.n)] ^= (uint8_t)(1 + prop_below(p, 255));
        c->head.p = head;
        break;
    case 4:
        c->keysets.n = 0;
        c->keysets.items.n = 0;
        break;
    default:
        c->form = c->removed.n > 0 ? C2C_COMMIT_DELTA : C2C_COMMIT_FULL;
        break;
    }
}

/* Endless "more", cursors from nowhere, commits that do not add up. */
static void lie_feed(struct prop *p, struct c2c_view body, struct c2c_buf *out)
{
    struct c2c_feed_reply m;
    struct c2c_list_buf commits;
    struct c2c_commit commit;
    uint8_t head[1024];

    must(c2c_feed_reply_decode(body, &m));
    m.more = prop_below(p, 4) == 0;
    if (prop_below(p, 4) == 0) {
        m.cursor.seq = prop_u64(p) >> (1 + prop_below(p, 60));
    }
    m.cursor.network = prop_below(p, 4) != 0;
    c2c_list_init(&commits, 4 << 20);
    while (c2c_list_next_commit(&m.commits, &commit) == C2C_E_OK) {
        lie_commit(p, &commit, head);
        must(c2c_list_put_commit(&commits, &commit));
    }
    m.commits = c2c_list_of(&commits);
    must(c2c_feed_reply_encode(&m, out));
    c2c_list_fini(&commits);
}

static void lie_changes(struct prop *p, struct c2c_view body,
                        struct c2c_buf *out)
{
    struct c2c_changes_reply m;
    struct c2c_list_buf commits;
    struct c2c_commit commit;
    uint8_t head[1024];

    must(c2c_changes_reply_decode(body, &m));
    c2c_list_init(&commits, 4 << 20);
    while (c2c_list_next_commit(&m.commits, &commit) == C2C_E_OK) {
        if (prop_below(p, 2) == 0) {
            lie_commit(p, &commit, head);
        }
        if (prop_below(p, 8) != 0) {
            must(c2c_list_put_commit(&commits, &commit));
        }
    }
    if (prop_below(p, 3) == 0) {
        m.answered = prop_below(p, 600);
    }
    m.commits = c2c_list_of(&commits);
    must(c2c_changes_reply_encode(&m, out));
    c2c_list_fini(&commits);
}

static void lie_range(struct prop *p, struct c2c_view body, struct c2c_buf *out)
{
    struct c2c_range_reply m;
    struct c2c_list_buf parts;
    struct c2c_part part;
    uint8_t head[1024];

    must(c2c_range_reply_decode(body, &m));
    c2c_list_init(&parts, 4 << 20);
    while (c2c_list_next_part(&m.parts, &part) == C2C_E_OK) {
        if (prop_below(p, 3) == 0) {
            lie_commit(p, &part.commit, head);
        }
        part.begins = part.begins != (prop_below(p, 4) == 0);
        part.ends = part.ends != (prop_below(p, 4) == 0);
        must(c2c_list_put_part(&parts, &part));
    }
    if (prop_below(p, 2) == 0) {
        m.has_cursor = true;
        m.cursor.city = random_hash(p);
        m.cursor.has_slot = false;
    }
    m.parts = c2c_list_of(&parts);
    must(c2c_range_reply_encode(&m, out));
    c2c_list_fini(&parts);
}

static void lie_status(struct prop *p, struct c2c_view body,
                       struct c2c_buf *out)
{
    struct c2c_status_reply m;

    must(c2c_status_reply_decode(body, &m));
    m.held.epoch = prop_below(p, 9);
    m.held.rev = prop_below(p, 99);
    m.held.content = random_hash(p);
    m.membership = (enum c2c_join_state)prop_below(p, 3);
    must(c2c_status_reply_encode(&m, out));
}

static void lie_stored(struct prop *p, struct c2c_view body,
                       struct c2c_buf *out)
{
    struct c2c_stored m;

    must(c2c_stored_decode(body, &m));
    m.epoch = prop_below(p, 9);
    m.rev = prop_below(p, 99);
    must(c2c_stored_encode(&m, out));
}

static void lie_refusal(struct prop *p, struct c2c_buf *message)
{
    static const enum c2c_err codes[] = {
        C2C_E_CURSOR_LOST, C2C_E_MEMBERS_DIFFER, C2C_E_BUSY,
        C2C_E_OLDER,       C2C_E_BAD_ROOT,       C2C_E_NOT_FOUND,
        C2C_E_NOT_MEMBER,  C2C_E_CONFLICT,       C2C_E_NOMEM,
        C2C_E_TOO_BIG,     C2C_E_QUOTA,          C2C_E_UNSUPPORTED};
    const struct c2c_stored stored = {prop_below(p, 9), prop_below(p, 99),
                                      random_hash(p), 0};
    struct c2c_buf detail;

    c2c_buf_init(&detail, 1024);
    must(c2c_stored_encode(&stored, &detail));
    c2c_buf_clear(message);
    must(c2c_msg_refusal_encode(
        codes[prop_below(p, sizeof codes / sizeof codes[0])], NULL,
        prop_below(p, 2) == 0 ? c2c_buf_view(&detail) : c2c_view_of(NULL, 0),
        message));
    c2c_buf_fini(&detail);
}

static const struct {
    enum c2c_msg_kind kind;
    void (*lie)(struct prop *p, struct c2c_view body, struct c2c_buf *out);
} lies[] = {
    {C2C_MSG_HELLO, lie_hello},   {C2C_MSG_FEED, lie_feed},
    {C2C_MSG_VECTOR, lie_vector}, {C2C_MSG_CHANGES, lie_changes},
    {C2C_MSG_RANGE, lie_range},   {C2C_MSG_STATUS, lie_status},
    {C2C_MSG_PUSH, lie_stored},
};

void liar_reply(struct prop *p, enum c2c_msg_kind kind, struct c2c_view old,
                struct c2c_buf *message)
{
    struct c2c_msg_reply reply;
    struct c2c_buf body;

    if (prop_below(p, 10) == 0) {
        lie_refusal(p, message);
        return;
    }
    if (prop_below(p, 3) == 0 ||
        c2c_msg_reply_decode(c2c_buf_view(message), &reply) != C2C_E_OK ||
        reply.code != C2C_E_OK) {
        bytes(p, old, message);
        return;
    }
    c2c_buf_init(&body, 8 << 20);
    for (size_t i = 0; i < sizeof lies / sizeof lies[0]; i++) {
        if (lies[i].kind == kind) {
            lies[i].lie(p, reply.body, &body);
        }
    }
    if (body.n > 0) {
        c2c_buf_clear(message);
        must(c2c_msg_reply_encode(c2c_buf_view(&body), message));
    } else {
        bytes(p, old, message);
    }
    c2c_buf_fini(&body);
}

/* A push of what was never signed. */
static void lie_push(struct prop *p, struct c2c_view args,
                     struct c2c_buf *message)
{
    struct c2c_commit commit;
    struct c2c_buf lie;
    uint8_t head[1024];

    must(c2c_commit_decode(args, &commit));
    lie_commit(p, &commit, head);
    c2c_buf_init(&lie, 8 << 20);
    must(c2c_commit_encode(&commit, &lie));
    c2c_buf_clear(message);
    must(c2c_msg_request_encode(C2C_MSG_PUSH, 1 << 20, c2c_buf_view(&lie),
                                message));
    c2c_buf_fini(&lie);
}

void liar_request(struct prop *p, struct c2c_view old, struct c2c_buf *message)
{
    struct c2c_msg_request request;

    if (c2c_msg_request_decode(old, &request) == C2C_E_OK &&
        request.kind == C2C_MSG_PUSH && prop_below(p, 4) != 0) {
        lie_push(p, request.args, message);
    } else {
        bytes(p, old, message);
    }
}
