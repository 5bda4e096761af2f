/* Finding the difference: by the cursor of last time, else by revision vectors,
 * else (nothing held yet) by fetching everything. */

#include "sync/engine_priv.h"

/* The @n-th LGA of the roster. */
static const struct c2c_hash *lga_at(const struct c2c_engine *e, size_t n)
{
    for (size_t i = 0; i < c2c_roster_count(e->roster); i++) {
        const struct c2c_roster_entry *entry = c2c_roster_at(e->roster, i);

        if ((entry->why & C2C_ADMIT_LGA) != 0 && n-- == 0) {
            return &entry->city;
        }
    }
    return NULL;
}

/* How many cities beside LGAs and ourselves are held? */
static enum c2c_err count_held(const struct c2c_engine *e, size_t *ret_held,
                               size_t *ret_wanted)
{
    const struct c2c_replica *replica = e->options.replica;
    size_t held = 0;
    size_t wanted = 0;

    for (size_t i = 0; i < c2c_roster_count(e->roster); i++) {
        const struct c2c_roster_entry *entry = c2c_roster_at(e->roster, i);
        struct c2c_held h;
        enum c2c_err err;

        if ((entry->why & (C2C_ADMIT_LGA | C2C_ADMIT_SELF)) != 0) {
            continue;
        }
        wanted++;
        err = replica->ops->held(replica->ctx, &entry->city, &h);
        if (err != C2C_E_OK && err != C2C_E_NOT_FOUND) {
            return err;
        }
        held += err == C2C_E_OK && h.has_head ? 1 : 0;
    }
    *ret_held = held;
    *ret_wanted = wanted;
    return C2C_E_OK;
}

/* Cities that are followed by hand are in no vector. */
static enum c2c_err pull_followed(struct c2c_engine *e, struct peer *p)
{
    enum c2c_err err = C2C_E_OK;

    for (size_t i = 0; i < c2c_roster_count(e->roster) && err == C2C_E_OK;
         i++) {
        const struct c2c_roster_entry *entry = c2c_roster_at(e->roster, i);

        if (entry->why == C2C_ADMIT_FOLLOWED) {
            err = c2c_todo_add(&p->pull, &entry->city, NULL);
        }
    }
    return err;
}

/* Is (nearly) nothing held of what there may be? */
static enum c2c_err is_empty(const struct c2c_engine *e, bool *ret_empty)
{
    size_t held = 0;
    size_t wanted = 0;
    enum c2c_err err = count_held(e, &held, &wanted);

    if (err == C2C_E_OK) {
        *ret_empty = held == 0 && wanted > 1;
    }
    return err;
}

/* Does the peer give us a city's network audience that is not held? */
static bool lacks_network(const struct c2c_engine *e, const struct peer *p,
                          const struct c2c_held *held)
{
    return !held->has_opening && p->cursor.network &&
           c2c_engine_sees_network(e);
}

/* Our version of a city, as the vector tells it. */
static enum c2c_err version_of(struct c2c_engine *e, const struct peer *p,
                               const struct c2c_hash *city,
                               struct c2c_held *held)
{
    const struct c2c_replica *replica = e->options.replica;
    enum c2c_err err = replica->ops->held(replica->ctx, city, held);

    if (err == C2C_E_NOT_FOUND ||
        (err == C2C_E_OK && lacks_network(e, p, held))) {
        held->has_head = false;
        err = C2C_E_OK;
    }
    return err;
}

static enum c2c_err add_versions(struct c2c_engine *e, const struct peer *p,
                                 const struct c2c_hash *lga, size_t n,
                                 struct c2c_list_buf *versions)
{
    enum c2c_err err = C2C_E_OK;

    for (size_t i = 0; i < n && err == C2C_E_OK; i++) {
        struct c2c_version version = {0, 0, 0};
        struct c2c_held held;

        err = version_of(e, p, c2c_roster_lga_city(e->roster, lga, i), &held);
        if (err == C2C_E_OK && held.has_head) {
            version = (struct c2c_version){held.head.epoch, held.head.rev,
                                           held.head.time_s};
        }
        if (err == C2C_E_OK) {
            err = c2c_list_put_version(versions, &version, p->with_times);
        }
    }
    return err;
}

static enum c2c_err ask_vector(struct c2c_engine *e, struct peer *p,
                               const struct c2c_hash *lga)
{
    struct c2c_vector_request request = {.lga = *lga, .times = p->with_times};
    size_t n = c2c_roster_lga(e->roster, lga, &request.members);
    struct c2c_list_buf versions;
    struct c2c_buf args;
    enum c2c_err err;

    c2c_list_init(&versions, C2C_MAX_REQUEST_BYTES);
    c2c_buf_init(&args, C2C_MAX_REQUEST_BYTES);
    err = add_versions(e, p, lga, n, &versions);
    request.versions = c2c_list_of(&versions);
    if (err == C2C_E_OK) {
        err = c2c_vector_request_encode(&request, &args);
    }
    if (err == C2C_E_OK) {
        err = c2c_peer_ask(e, p, SLOT_MAIN, C2C_MSG_VECTOR, c2c_buf_view(&args),
                           0);
    }
    c2c_list_fini(&versions);
    c2c_buf_fini(&args);
    return err;
}

enum c2c_err c2c_ask_compare(struct c2c_engine *e, struct peer *p)
{
    const struct c2c_hash *lga;
    bool empty = false;
    enum c2c_err err = C2C_E_OK;

    if (!p->has_cursor) {
        return c2c_peer_ask_feed(e, p, SLOT_MAIN, 0);
    }
    if (c2c_lanes_active(p)) {
        return C2C_E_OK; /* Compared once they are through. */
    }
    if (!p->lanes_done) {
        p->lanes_done = true;
        err = is_empty(e, &empty);
    }
    if (err == C2C_E_OK && empty) {
        c2c_lanes_start(e, p);
        return C2C_E_OK;
    }
    lga = lga_at(e, p->next_lga);
    if (err == C2C_E_OK && lga != NULL) {
        return ask_vector(e, p, lga);
    }
    if (err == C2C_E_OK) {
        err = pull_followed(e, p);
    }
    p->comparing = false;
    p->caught_up = err == C2C_E_OK;
    return err;
}

/* Take the first difference off @list if it is at @index. */
static bool differs_at(struct c2c_list_view *list, uint64_t index)
{
    struct c2c_list_view rest = *list;
    struct c2c_difference d;

    if (c2c_list_next_difference(&rest, &d) != C2C_E_OK || d.index != index) {
        return false;
    }
    *list = rest;
    return true;
}

/* The digest over our heads of the cities that do not differ. */
static enum c2c_err digest_of(struct c2c_engine *e, const struct peer *p,
                              const struct c2c_hash *lga, size_t n,
                              struct c2c_vector_reply reply,
                              struct c2c_hash *digest)
{
    enum c2c_err err = C2C_E_OK;

    for (size_t i = 0; i < n && err == C2C_E_OK; i++) {
        struct c2c_held held;

        if (differs_at(&reply.newer, i) || differs_at(&reply.older, i)) {
            continue;
        }
        err = version_of(e, p, c2c_roster_lga_city(e->roster, lga, i), &held);
        if (err == C2C_E_OK && held.has_head) {
            c2c_vector_add_head(digest, held.head.epoch, &held.head.content,
                                held.head.time_s);
        }
    }
    return err;
}

/* Cities of which the peer has something newer, or older. */
static enum c2c_err take_differences(struct c2c_engine *e, struct peer *p,
                                     const struct c2c_hash *lga, size_t n,
                                     struct c2c_list_view list, bool newer)
{
    while (list.n > 0) {
        struct c2c_difference d;
        const struct c2c_hash *city;
        enum c2c_err err = c2c_list_next_difference(&list, &d);

        if (err == C2C_E_OK && d.index >= n) {
            err = C2C_E_MALFORMED;
        }
        if (err != C2C_E_OK) {
            return err;
        }
        city = c2c_roster_lga_city(e->roster, lga, (size_t)d.index);
        err = newer ? c2c_todo_add(&p->pull, city, NULL)
                    : c2c_push_add(p, city, d.version.epoch, d.version.rev);
        if (err != C2C_E_OK) {
            return err;
        }
    }
    return C2C_E_OK;
}

enum c2c_err c2c_recv_vector(struct c2c_engine *e, struct peer *p,
                             unsigned slot, struct c2c_view body)
{
    const struct c2c_hash *lga = lga_at(e, p->next_lga);
    struct c2c_vector_reply reply;
    struct c2c_hash digest = {{0}};
    struct c2c_hash members;
    size_t n;
    enum c2c_err err = c2c_vector_reply_decode(body, &reply);

    (void)slot;
    if (err != C2C_E_OK || lga == NULL) {
        return err;
    }
    n = c2c_roster_lga(e->roster, lga, &members);
    err = digest_of(e, p, lga, n, reply, &digest);
    if (err == C2C_E_OK) {
        err = take_differences(e, p, lga, n, reply.newer, true);
    }
    /* What others signed is brought to hubs alone: they relay it. */
    if (err == C2C_E_OK && (p->info.roles & C2C_ROLE_HUB) != 0) {
        err = take_differences(e, p, lga, n, reply.older, false);
    }
    /* The same revisions, but not the same heads: once more with times. */
    p->with_times = !p->with_times && !c2c_hash_eq(&digest, &reply.digest);
    p->next_lga += p->with_times ? 0 : 1;
    return err;
}

/* A hub whose state of the LGA is older than ours gets it. */
static enum c2c_err bring_lga(struct c2c_engine *e, struct peer *p,
                              const struct c2c_hash *lga,
                              struct c2c_view detail)
{
    const struct c2c_replica *replica = e->options.replica;
    struct c2c_stored theirs = {.epoch = 0};
    struct c2c_held held;
    enum c2c_err err = replica->ops->held(replica->ctx, lga, &held);

    if (err != C2C_E_OK || !held.has_head ||
        (p->info.roles & C2C_ROLE_HUB) == 0) {
        return err == C2C_E_NOT_FOUND ? C2C_E_OK : err;
    }
    if (detail.n > 0) {
        err = c2c_stored_decode(detail, &theirs);
    }
    if (err != C2C_E_OK || !c2c_push_is_newer(&held.head, &theirs)) {
        return err;
    }
    p->members_differed = true;
    return c2c_push_add(p, lga, theirs.epoch, theirs.rev);
}

/* The peer knows other members: ask for each city by itself. */
enum c2c_err c2c_refused_vector(struct c2c_engine *e, struct peer *p,
                                unsigned slot,
                                const struct c2c_msg_reply *reply)
{
    const struct c2c_hash *lga = lga_at(e, p->next_lga);
    struct c2c_hash members;
    size_t n = lga == NULL ? 0 : c2c_roster_lga(e->roster, lga, &members);
    enum c2c_err err = C2C_E_OK;

    (void)slot;
    if (reply->code != C2C_E_MEMBERS_DIFFER) {
        return C2C_E_UNSUPPORTED;
    }
    for (size_t i = 0; i < n && err == C2C_E_OK; i++) {
        err = c2c_todo_add(&p->pull, c2c_roster_lga_city(e->roster, lga, i),
                           NULL);
    }
    if (err == C2C_E_OK && n > 0) {
        err = bring_lga(e, p, lga, reply->detail);
    }
    p->with_times = false;
    p->next_lga++;
    return err;
}
