#include "wire/responder.h"

#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "codec/limits.h"
#include "wire/frame.h"

enum {
    MAX_BUCKETS = 1 << 14
};

/* In which line a session stands; each is sorted by when it was used last. */
enum line {
    HANDSHAKES,
    STRANGERS,
    CITIES,
    LINES
};

struct session {
    struct session *chain; /* Next of the bucket. */
    struct session *older;
    struct session *newer;
    enum line line;
    struct c2c_session_id id;
    struct c2c_address address;
    uint64_t since_ms;
    struct c2c_peer peer;
    union {
        struct c2c_noise noise; /* HANDSHAKES */
        struct c2c_seal seal;   /* STRANGERS, CITIES */
    };
};

struct c2c_responder {
    struct c2c_responder_options options;
    struct {
        struct session *oldest;
        struct session *newest;
        size_t n;
    } lines[LINES];
    size_t n_buckets;
    struct session *bucket[];
};

/* The table. */

static struct session **bucket_of(struct c2c_responder *r,
                                  const struct c2c_session_id *id)
{
    uint64_t n;

    /* Ids are ours and random. */
    memcpy(&n, id->b + sizeof id->b - sizeof n, sizeof n);
    return &r->bucket[n % r->n_buckets];
}

static struct session *find(struct c2c_responder *r,
                            const struct c2c_session_id *id)
{
    struct session *s = *bucket_of(r, id);

    while (s != NULL && !c2c_session_id_eq(&s->id, id)) {
        s = s->chain;
    }
    return s;
}

static void leave_line(struct c2c_responder *r, struct session *s)
{
    *(s->older != NULL ? &s->older->newer : &r->lines[s->line].oldest) =
        s->newer;
    *(s->newer != NULL ? &s->newer->older : &r->lines[s->line].newest) =
        s->older;
    r->lines[s->line].n--;
}

static void join_line(struct c2c_responder *r, struct session *s,
                      enum line line)
{
    s->line = line;
    s->newer = NULL;
    s->older = r->lines[line].newest;
    *(s->older != NULL ? &s->older->newer : &r->lines[line].oldest) = s;
    r->lines[line].newest = s;
    r->lines[line].n++;
}

/* Wipes. */
static void end(struct c2c_responder *r, struct session *s)
{
    struct session **at = bucket_of(r, &s->id);

    while (*at != s) {
        at = &(*at)->chain;
    }
    *at = s->chain;
    leave_line(r, s);
    if (s->line == HANDSHAKES) {
        c2c_noise_fini(&s->noise);
    } else {
        c2c_seal_fini(&s->seal);
    }
    c2c_free(s);
}

static void end_line(struct c2c_responder *r, enum line line)
{
    while (r->lines[line].oldest != NULL) {
        end(r, r->lines[line].oldest);
    }
}

/* A handshake that begins, with an id that no other session has. */
static struct session *begin(struct c2c_responder *r, uint64_t now_ms,
                             const struct c2c_address *address)
{
    struct session *s = c2c_calloc(1, sizeof *s);
    struct session **bucket;

    if (s == NULL) {
        return NULL;
    }
    do {
        s->id = c2c_session_id_make(r->options.rng);
    } while (find(r, &s->id) != NULL);
    s->since_ms = now_ms;
    s->address = *address;
    bucket = bucket_of(r, &s->id);
    s->chain = *bucket;
    *bucket = s;
    join_line(r, s, HANDSHAKES);
    c2c_noise_init(&s->noise, C2C_NOISE_RESPONDER, r->options.self.key,
                   c2c_frame_prologue(), r->options.rng);
    return s;
}

enum c2c_err c2c_responder_new(const struct c2c_responder_options *options,
                               struct c2c_responder **ret_responder)
{
    size_t n = options->max_strangers + options->max_cities;
    struct c2c_responder *r;

    n = n < MAX_BUCKETS ? n : MAX_BUCKETS;
    r = c2c_calloc(1, sizeof *r + n * sizeof(void *));
    if (r == NULL) {
        return C2C_E_NOMEM;
    }
    r->options = *options;
    r->n_buckets = n;
    *ret_responder = r;
    return C2C_E_OK;
}

void c2c_responder_free(struct c2c_responder *r)
{
    if (r != NULL) {
        for (enum line line = HANDSHAKES; line < LINES; line++) {
            end_line(r, line);
        }
        c2c_free(r);
    }
}

void c2c_responder_identify(struct c2c_responder *r,
                            const struct c2c_credentials *self)
{
    end_line(r, HANDSHAKES);
    r->options.self = *self;
}

/* Limits. */

static bool is_near(const struct session *s, const struct c2c_address *address)
{
    return !c2c_address_is_local(address) &&
           c2c_address_same_site(&s->address, address);
}

/* How many of @line are of @address or, of CITIES, of the city of @peer; and
 * the one of them that was idle for longest. */
static size_t count(const struct c2c_responder *r, enum line line,
                    const struct c2c_address *address,
                    const struct c2c_peer *peer, struct session **ret_oldest)
{
    struct session *s = r->lines[line].oldest;
    size_t n = 0;

    *ret_oldest = NULL;
    for (; s != NULL; s = s->newer) {
        if (line == CITIES
                ? c2c_hash_eq(&s->peer.binding.city, &peer->binding.city)
                : is_near(s, address)) {
            *ret_oldest = n++ == 0 ? s : *ret_oldest;
        }
    }
    return n;
}

/* Move @s to the end of @line, where others give way to it. */
static void settle(struct c2c_responder *r, struct session *s, enum line line)
{
    const struct c2c_responder_options *o = &r->options;
    size_t max = line == CITIES ? o->max_cities : o->max_strangers;
    size_t part =
        line == CITIES ? o->max_per_city : o->max_strangers_per_address;
    struct session *oldest;

    leave_line(r, s);
    s->line = LINES; /* Counted nowhere. */
    if (count(r, line, &s->address, &s->peer, &oldest) >= part) {
        end(r, oldest);
    } else if (r->lines[line].n >= max) {
        end(r, r->lines[line].oldest);
    }
    join_line(r, s, line);
}

static void end_late_handshakes(struct c2c_responder *r, uint64_t now_ms)
{
    struct session *s;

    while ((s = r->lines[HANDSHAKES].oldest) != NULL &&
           c2c_clock_since(s->since_ms, now_ms) >= r->options.handshake_ms) {
        end(r, s);
    }
}

static enum c2c_err make_room(struct c2c_responder *r, uint64_t now_ms,
                              const struct c2c_address *address)
{
    struct session *oldest;

    end_late_handshakes(r, now_ms);
    if (count(r, HANDSHAKES, address, NULL, &oldest) >=
        r->options.max_handshakes_per_address) {
        return C2C_E_BUSY;
    }
    if (r->lines[HANDSHAKES].n >= r->options.max_handshakes) {
        end(r, r->lines[HANDSHAKES].oldest);
    }
    return C2C_E_OK;
}

/* Frames. */

/* A frame being taken. */
struct taking {
    const struct c2c_keyring *keyring;
    const struct c2c_moment *now;
    const struct c2c_address *address;
    struct c2c_frame frame;
    struct c2c_buf *plain;
    struct c2c_buf *reply;
};

/* Read the handshake's first message and write the second. */
static enum c2c_err shake(struct c2c_responder *r, struct session *s,
                          const struct taking *t)
{
    struct c2c_frame second = {.kind = C2C_FRAME_SECOND, .id = s->id};
    uint8_t room[C2C_NOISE_SECOND_BYTES + C2C_MAX_BINDING_BYTES];
    struct c2c_buf message = {.p = room,
                              .cap = sizeof room,
                              .max = sizeof room};
    enum c2c_err err = c2c_noise_read(&s->noise, t->frame.handshake, &message);

    if (err == C2C_E_OK) {
        err = c2c_noise_write(&s->noise, r->options.self.proof, &message);
    }
    if (err == C2C_E_OK) {
        second.handshake = c2c_buf_view(&message);
        err = c2c_frame_encode(&second, t->reply);
    }
    return err;
}

static enum c2c_err take_first(struct c2c_responder *r, const struct taking *t)
{
    enum c2c_err err = make_room(r, t->now->mono_ms, t->address);
    struct session *s;

    if (err != C2C_E_OK) {
        return err;
    }
    s = begin(r, t->now->mono_ms, t->address);
    if (s == NULL) {
        return C2C_E_NOMEM;
    }
    err = shake(r, s, t);
    if (err != C2C_E_OK) {
        end(r, s);
    }
    return err;
}

/* Read the third message: who is it, and the session's keys. */
static enum c2c_err finish(struct session *s, const struct taking *t,
                           struct c2c_noise_keys *ret_keys)
{
    uint8_t room[C2C_MAX_BINDING_BYTES];
    struct c2c_buf payload = {.p = room,
                              .cap = sizeof room,
                              .max = sizeof room};
    struct c2c_noise_pub node;
    enum c2c_err err = c2c_noise_read(&s->noise, t->frame.handshake, &payload);

    if (err == C2C_E_OK) {
        node = c2c_noise_remote(&s->noise);
        err = c2c_peer_read(c2c_buf_view(&payload), &node, &s->peer);
    }
    return err == C2C_E_OK ? c2c_noise_split(&s->noise, ret_keys) : err;
}

/* In which line does what the peer shows put it? */
static enum c2c_err judge(const struct session *s, const struct taking *t,
                          enum line *ret_line)
{
    enum c2c_err err = c2c_peer_check(&s->peer, t->keyring, t->now->unix_s);

    if (err == C2C_E_OK || err == C2C_E_NOT_FOUND) {
        *ret_line = err == C2C_E_OK ? CITIES : STRANGERS;
        err = C2C_E_OK;
    }
    return err;
}

static void say_who(const struct session *s, uint64_t counter,
                    struct c2c_asking *ret_asking)
{
    *ret_asking = (struct c2c_asking){.id = s->id, .counter = counter};
    ret_asking->proved = s->line == CITIES;
    ret_asking->claimed = s->line != CITIES && !s->peer.anonymous;
    ret_asking->city = s->peer.binding.city;
}

/* Turn the handshake of @s into a session whose first request is in the frame.
 */
static enum c2c_err open_session(struct c2c_responder *r, struct session *s,
                                 const struct taking *t,
                                 struct c2c_asking *ret_asking)
{
    struct c2c_noise_keys keys;
    enum line line = STRANGERS;
    uint64_t counter;
    enum c2c_err err = finish(s, t, &keys);

    if (err != C2C_E_OK) {
        return err;
    }
    c2c_noise_fini(&s->noise);
    leave_line(r, s);
    c2c_seal_init(&s->seal, &s->id, &keys, t->now->mono_ms);
    join_line(r, s, STRANGERS);
    err = judge(s, t, &line);
    if (err == C2C_E_OK) {
        err = c2c_seal_read(&s->seal, t->now->mono_ms, NULL, t->frame.sealed,
                            t->plain, &counter);
    }
    if (err == C2C_E_OK) {
        settle(r, s, line);
        say_who(s, counter, ret_asking);
    }
    return err;
}

static enum c2c_err take_third(struct c2c_responder *r, const struct taking *t,
                               struct c2c_asking *ret_asking)
{
    struct session *s;
    enum c2c_err err;

    end_late_handshakes(r, t->now->mono_ms);
    s = find(r, &t->frame.id);
    if (s == NULL) {
        return C2C_E_NO_SESSION;
    }
    if (s->line != HANDSHAKES) {
        return C2C_E_REPLAYED;
    }
    err = open_session(r, s, t, ret_asking);
    if (err != C2C_E_OK) {
        end(r, s);
    }
    return err;
}

static enum c2c_err take_sealed(struct c2c_responder *r, const struct taking *t,
                                struct c2c_asking *ret_asking)
{
    struct session *s = find(r, &t->frame.id);
    enum line line = STRANGERS;
    uint64_t counter;
    enum c2c_err err;

    if (s == NULL || s->line == HANDSHAKES) {
        return C2C_E_NO_SESSION;
    }
    err = c2c_seal_read(&s->seal, t->now->mono_ms, NULL, t->frame.sealed,
                        t->plain, &counter);
    if (err == C2C_E_EXPIRED) { /* That is true whoever sent the frame. */
        end(r, s);
    }
    if (err != C2C_E_OK) {
        return err;
    }
    line = s->line;
    err = line == CITIES ? C2C_E_OK : judge(s, t, &line);
    if (err != C2C_E_OK) {
        end(r, s);
        return err;
    }
    if (line != s->line) {
        settle(r, s, line);
    } else {
        leave_line(r, s);
        join_line(r, s, line); /* The last to have been used. */
    }
    say_who(s, counter, ret_asking);
    return C2C_E_OK;
}

static enum c2c_err take(struct c2c_responder *r, const struct taking *t,
                         struct c2c_frame_taken *taken)
{
    switch (t->frame.kind) {
    case C2C_FRAME_FIRST:
        taken->what = C2C_TAKEN_HANDSHAKE;
        return take_first(r, t);
    case C2C_FRAME_THIRD:
        return take_third(r, t, &taken->asking);
    case C2C_FRAME_SEALED:
        return take_sealed(r, t, &taken->asking);
    case C2C_FRAME_SECOND: /* Replies, not requests. */
    case C2C_FRAME_REFUSAL:
    default:
        return C2C_E_MALFORMED;
    }
}

/* NOLINTNEXTLINE(readability-function-size): each parameter is one thing. */
void c2c_responder_take(struct c2c_responder *r,
                        const struct c2c_keyring *keyring,
                        const struct c2c_moment *now,
                        const struct c2c_address *address,
                        struct c2c_view frame, struct c2c_buf *plain,
                        struct c2c_buf *reply,
                        struct c2c_frame_taken *ret_taken)
{
    struct c2c_frame_taken taken = {.what = C2C_TAKEN_REQUEST};
    struct taking t = {.keyring = keyring,
                       .now = now,
                       .address = address,
                       .plain = plain,
                       .reply = reply};
    enum c2c_err err = c2c_frame_decode(frame, &t.frame);

    if (err == C2C_E_OK) {
        err = take(r, &t, &taken);
    }
    if (err != C2C_E_OK) {
        taken = (struct c2c_frame_taken){.what = C2C_TAKEN_REFUSED, .err = err};
        c2c_buf_clear(plain);
        if (c2c_frame_refuse(err, reply) != C2C_E_OK) {
            c2c_buf_clear(reply);
        }
    }
    *ret_taken = taken;
}

/* The session of @asking, if it is still there. */
static struct session *find_open(struct c2c_responder *r,
                                 const struct c2c_asking *asking)
{
    struct session *s = find(r, &asking->id);

    return s != NULL && s->line != HANDSHAKES ? s : NULL;
}

enum c2c_err c2c_responder_seal(struct c2c_responder *r,
                                const struct c2c_moment *now,
                                const struct c2c_asking *asking,
                                struct c2c_view body, struct c2c_buf *out)
{
    struct session *s = find_open(r, asking);
    uint64_t counter;

    return s == NULL ? C2C_E_NO_SESSION
                     : c2c_seal_write(&s->seal, now->mono_ms, &asking->counter,
                                      body, out, &counter);
}

enum c2c_err c2c_responder_peer(struct c2c_responder *r,
                                const struct c2c_asking *asking,
                                struct c2c_peer *ret_peer)
{
    const struct session *s = find_open(r, asking);

    if (s == NULL) {
        return C2C_E_NO_SESSION;
    }
    *ret_peer = s->peer;
    return C2C_E_OK;
}

void c2c_responder_doubt(struct c2c_responder *r, const struct c2c_hash *city)
{
    struct session *s = r->lines[CITIES].oldest;

    while (s != NULL) {
        struct session *newer = s->newer;

        if (c2c_hash_eq(&s->peer.binding.city, city)) {
            settle(r, s, STRANGERS);
        }
        s = newer;
    }
}

static void end_old(struct c2c_responder *r, enum line line, uint64_t now_ms)
{
    struct session *s = r->lines[line].oldest;

    while (s != NULL) {
        struct session *newer = s->newer;

        if (c2c_clock_since(s->seal.opened_ms, now_ms) >= C2C_SEAL_LIFE_MS) {
            end(r, s);
        }
        s = newer;
    }
}

void c2c_responder_tick(struct c2c_responder *r, const struct c2c_moment *now)
{
    end_late_handshakes(r, now->mono_ms);
    end_old(r, STRANGERS, now->mono_ms);
    end_old(r, CITIES, now->mono_ms);
}

struct c2c_responder_counts c2c_responder_count(const struct c2c_responder *r)
{
    return (struct c2c_responder_counts){r->lines[HANDSHAKES].n,
                                         r->lines[STRANGERS].n,
                                         r->lines[CITIES].n};
}
