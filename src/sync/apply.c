#include "sync/apply.h"

#include <string.h>

#include "codec/limits.h"
#include "trust/accept.h"
#include "wire/changes.h"

enum {
    HELD_LIST_MAX = 256 << 20, /* Slots and leaves of the largest city. */
    REMOVED_LIST_MAX = 128 << 20
};

/* A commit being taken over, inside a savepoint. */
struct work {
    const struct c2c_apply_env *env;
    const struct c2c_replica_ops *ops;
    void *replica;
    const struct c2c_commit *commit;
    const struct c2c_hash *owner; /* Of what is staged. */
    struct c2c_hash city;
    struct c2c_held held; /* Before. */
    bool known;           /* Its keysets are; @held is filled. */
    struct c2c_keyset keyset;
    struct c2c_head head;      /* The new one. */
    bool network;              /* The network audience is taken over. */
    struct c2c_list_view have; /* While a full state is merged: what is left
                                  of the slots and leaves that are held. */
    bool has_peek;
    struct c2c_leaf peek; /* Its first one. */
    struct c2c_slot last; /* Of the puts so far: they ascend. */
    uint8_t last_type[C2C_MAX_TYPE_BYTES];
    bool has_last;
    bool keep_stamp;          /* The held head's stamp is the later one. */
    struct c2c_list_buf gone; /* Held slots that the full state lacks. */
    struct c2c_applied applied;
};

static enum c2c_err add_keyset(struct work *w, struct c2c_view bytes)
{
    struct c2c_keyset next;
    enum c2c_err err = c2c_keyset_peek(bytes, &next);

    if (err != C2C_E_OK) {
        return err;
    }
    if (w->known && next.n <= w->keyset.n) {
        return C2C_E_OK; /* Keysets are never replaced. */
    }
    if (w->known) {
        err = c2c_keyset_decode_next(bytes, &w->keyset, &next);
    } else {
        err = c2c_keyset_decode_first(bytes, &next);
        if (err == C2C_E_OK && !c2c_hash_eq(&next.hash, &w->city)) {
            err = C2C_E_BAD_KEYSET;
        }
    }
    if (err == C2C_E_OK) {
        err = w->ops->put_keyset(w->replica, &w->city, &next, bytes);
    }
    if (err == C2C_E_OK) {
        w->keyset = next;
        w->known = true;
    }
    return err;
}

static enum c2c_err add_keysets(struct work *w, struct c2c_list_view keysets)
{
    struct c2c_view bytes;
    enum c2c_err err;

    while ((err = c2c_list_next_keyset(&keysets, &bytes)) == C2C_E_OK) {
        err = add_keyset(w, bytes);
        if (err != C2C_E_OK) {
            return err;
        }
    }
    return err == C2C_E_NOT_FOUND ? C2C_E_OK : err;
}

/* What is known of the city before. */
static enum c2c_err look(struct work *w)
{
    enum c2c_err err = w->ops->held(w->replica, &w->city, &w->held);

    if (err == C2C_E_NOT_FOUND) {
        return C2C_E_OK;
    }
    if (err == C2C_E_OK) {
        err = w->ops->keyset(w->replica, &w->city, &w->keyset);
    }
    w->known = err == C2C_E_OK;
    return err;
}

static struct work begin(const struct c2c_apply_env *env,
                         const struct c2c_hash *city)
{
    return (struct work){.env = env,
                         .ops = env->replica->ops,
                         .replica = env->replica->ctx,
                         .city = *city};
}

/* Run @step in a savepoint: kept when it succeeds, undone otherwise. */
static enum c2c_err in_savepoint(struct work *w,
                                 enum c2c_err (*step)(struct work *w))
{
    enum c2c_err err = w->ops->begin(w->replica);
    enum c2c_err end;

    if (err != C2C_E_OK) {
        return err;
    }
    err = step(w);
    end = err == C2C_E_OK ? w->ops->keep(w->replica) : w->ops->undo(w->replica);
    return end == C2C_E_OK ? err : end;
}

/* May the city's new state be taken in at all?  The head is signed, so its
 * counts are the city's own. */
static enum c2c_err check_quota(const struct work *w,
                                const struct c2c_roster_entry *entry)
{
    uint64_t count = w->head.pub.count;
    uint64_t bytes = w->head.pub.bytes;

    if (w->commit->has_opening) {
        count += w->commit->opening.sum.count;
        bytes += w->commit->opening.sum.bytes;
    }
    return count > entry->max_records || bytes > entry->max_bytes ? C2C_E_QUOTA
                                                                  : C2C_E_OK;
}

static bool same_content(const struct work *w)
{
    return w->held.has_head &&
           c2c_hash_eq(&w->held.head.content, &w->head.content);
}

/* Signed, in time, in order?  The network audience of a head whose public one
 * is held already may be added to it. */
static enum c2c_err check_head(struct work *w)
{
    const struct c2c_accept_state state = {.keyset = &w->keyset,
                                           .city = &w->city,
                                           .head = w->held.has_head
                                                       ? &w->held.head
                                                       : NULL,
                                           .now_s = w->env->now_s};
    enum c2c_err err;

    if (!w->known) {
        return C2C_E_BAD_KEYSET;
    }
    err = c2c_accept_head(&state, w->commit->head, &w->head);
    if (err != C2C_E_OK && err != C2C_E_OLDER) {
        return err;
    }
    if (w->commit->has_opening) {
        struct c2c_hash net = c2c_net_commit(&w->commit->opening);

        if (!c2c_hash_eq(&net, &w->head.net)) {
            return C2C_E_BAD_SIGNATURE; /* Not the one that was signed. */
        }
    }
    w->network = w->env->network && w->commit->has_opening;
    w->keep_stamp = err == C2C_E_OLDER && same_content(w) && w->network &&
                    !w->held.has_opening;
    if (err == C2C_E_OLDER && !w->keep_stamp) {
        w->applied.head = w->held.head;
        return err;
    }
    return C2C_E_OK;
}

/* Does only the stamp change? */
static bool is_refresh(const struct work *w)
{
    return same_content(w) && (w->held.has_opening || !w->network);
}

static enum c2c_err collect_leaf(void *ctx, const struct c2c_replica_row *row)
{
    const struct c2c_leaf leaf = {row->slot, row->leaf};

    return c2c_list_put_leaf(ctx, &leaf);
}

/* The next held slot that has not been met yet. */
static enum c2c_err peek(struct work *w)
{
    enum c2c_err err;

    if (w->has_peek) {
        return C2C_E_OK;
    }
    err = c2c_list_next_leaf(&w->have, &w->peek);
    w->has_peek = err == C2C_E_OK;
    return err;
}

/* Held slots before @slot (NULL: all that are left) are gone. */
static enum c2c_err skip_to(struct work *w, const struct c2c_slot *slot)
{
    enum c2c_err err;

    while ((err = peek(w)) == C2C_E_OK &&
           (slot == NULL || c2c_slot_cmp(&w->peek.slot, slot) < 0)) {
        err = c2c_list_put_slot(&w->gone, &w->peek.slot);
        if (err != C2C_E_OK) {
            return err;
        }
        w->has_peek = false;
    }
    return err == C2C_E_NOT_FOUND ? C2C_E_OK : err;
}

/* Is exactly this record held already?  Then it keeps its place in the feed. */
static enum c2c_err meet(struct work *w, const struct c2c_slot *slot,
                         struct c2c_view bytes, bool *ret_same)
{
    enum c2c_err err = skip_to(w, slot);

    *ret_same = false;
    if (err == C2C_E_OK && w->has_peek &&
        c2c_slot_cmp(&w->peek.slot, slot) == 0) {
        struct c2c_hash leaf = c2c_record_hash(bytes);

        *ret_same = c2c_hash_eq(&leaf, &w->peek.hash);
        w->has_peek = false;
    }
    return err;
}

/* A put's bytes may be gone when the next one comes. */
static void remember(struct work *w, const struct c2c_slot *slot)
{
    memcpy(w->last_type, slot->type.p, slot->type.n);
    w->last = *slot;
    w->last.type = c2c_view_of(w->last_type, slot->type.n);
    w->has_last = true;
}

static enum c2c_err put(void *ctx, const struct c2c_put *p)
{
    struct work *w = ctx;
    struct c2c_record record;
    struct c2c_slot slot;
    bool same;
    enum c2c_err err = c2c_record_decode(p->bytes, &record);

    if (err != C2C_E_OK) {
        return err;
    }
    if (p->audience == C2C_AUDIENCE_NETWORK && !w->commit->has_opening) {
        return C2C_E_MALFORMED;
    }
    slot = (struct c2c_slot){p->audience, record.type, record.key};
    if (w->has_last && c2c_slot_cmp(&w->last, &slot) >= 0) {
        return C2C_E_NONCANON;
    }
    remember(w, &slot);
    if (p->audience == C2C_AUDIENCE_NETWORK && !w->network) {
        return C2C_E_OK;
    }
    err = meet(w, &slot, p->bytes, &same);
    if (err == C2C_E_OK && !same) {
        err = w->ops->put_row(w->replica, &w->city, p->audience, &record,
                              p->bytes, w->head.rev);
        w->applied.puts++;
    }
    return err;
}

static enum c2c_err put_all(struct work *w)
{
    struct c2c_list_view puts = w->commit->puts;
    struct c2c_put p;
    enum c2c_err err;

    while ((err = c2c_list_next_put(&puts, &p)) == C2C_E_OK) {
        err = put(w, &p);
        if (err != C2C_E_OK) {
            return err;
        }
    }
    return err == C2C_E_NOT_FOUND ? C2C_E_OK : err;
}

static enum c2c_err remove_all(struct work *w, struct c2c_list_view slots)
{
    struct c2c_slot slot;
    enum c2c_err err;

    while ((err = c2c_list_next_slot(&slots, &slot)) == C2C_E_OK) {
        err = w->ops->remove_row(w->replica, &w->city, &slot, w->head.rev,
                                 w->env->now_s);
        if (err == C2C_E_OK) {
            w->applied.removed++;
        } else if (err != C2C_E_NOT_FOUND) {
            return err;
        }
    }
    return err == C2C_E_NOT_FOUND ? C2C_E_OK : err;
}

/* All records are given: merge them with what is held. */
static enum c2c_err replace(struct work *w)
{
    const struct c2c_rows_query all = {.city = w->city, .network = true};
    struct c2c_list_buf have;
    enum c2c_err err;

    c2c_list_init(&have, HELD_LIST_MAX);
    c2c_list_init(&w->gone, REMOVED_LIST_MAX);
    err = w->ops->rows(w->replica, &all, collect_leaf, &have);
    w->have = c2c_list_of(&have);
    if (err == C2C_E_OK) {
        err = w->commit->form == C2C_COMMIT_STAGED
                  ? w->ops->each_staged(w->replica, w->owner, &w->head.content,
                                        put, w)
                  : put_all(w);
    }
    if (err == C2C_E_OK) {
        err = skip_to(w, NULL);
    }
    if (err == C2C_E_OK) {
        err = remove_all(w, c2c_list_of(&w->gone));
    }
    c2c_list_fini(&have);
    c2c_list_fini(&w->gone);
    return err;
}

static enum c2c_err collect_slot(void *ctx, const struct c2c_replica_row *row)
{
    return row->slot.audience == C2C_AUDIENCE_NETWORK
               ? c2c_list_put_slot(ctx, &row->slot)
               : C2C_E_OK;
}

/* The network audience cannot be kept current any longer. */
static enum c2c_err drop_network(struct work *w)
{
    const struct c2c_rows_query all = {.city = w->city, .network = true};
    struct c2c_list_buf slots;
    enum c2c_err err;

    c2c_list_init(&slots, REMOVED_LIST_MAX);
    err = w->ops->rows(w->replica, &all, collect_slot, &slots);
    if (err == C2C_E_OK) {
        err = remove_all(w, c2c_list_of(&slots));
    }
    c2c_list_fini(&slots);
    return err;
}

static enum c2c_err apply_rows(struct work *w)
{
    enum c2c_err err;

    if (w->commit->form == C2C_COMMIT_FULL ||
        w->commit->form == C2C_COMMIT_STAGED) {
        return replace(w);
    }
    err = put_all(w);
    if (err == C2C_E_OK) {
        err = remove_all(w, w->commit->removed);
    }
    if (err == C2C_E_OK && w->held.has_opening && !w->network) {
        err = drop_network(w);
    }
    return err;
}

static enum c2c_err check_sums(struct work *w)
{
    struct c2c_dir_sum pub;
    struct c2c_dir_sum net;
    const struct c2c_accept_offer offer = {.pub = &pub,
                                           .net = w->network
                                                      ? &w->commit->opening
                                                      : NULL,
                                           .net_sum = &net};
    enum c2c_err err =
        w->ops->sum(w->replica, &w->city, C2C_AUDIENCE_PUBLIC, &pub);

    if (err == C2C_E_OK && w->network) {
        err = w->ops->sum(w->replica, &w->city, C2C_AUDIENCE_NETWORK, &net);
    }
    return err == C2C_E_OK ? c2c_accept_sums(&w->head, &offer) : err;
}

static enum c2c_err put_head(struct work *w)
{
    bool refresh = is_refresh(w);
    bool full = !refresh && (w->commit->form == C2C_COMMIT_FULL ||
                             w->commit->form == C2C_COMMIT_STAGED);
    bool had = refresh && w->held.has_opening;
    const struct c2c_net_opening *opening = had          ? &w->held.opening
                                            : w->network ? &w->commit->opening
                                                         : NULL;
    struct c2c_view bytes = w->commit->head;
    struct c2c_buf stored;
    enum c2c_err err = C2C_E_OK;

    c2c_buf_init(&stored, C2C_MAX_HEAD_BYTES);
    if (w->keep_stamp) {
        err = w->ops->head(w->replica, &w->city, &stored);
        bytes = c2c_buf_view(&stored);
        w->head = w->held.head;
    }
    if (err == C2C_E_OK) {
        err = w->ops->put_head(w->replica, &w->city, &w->head, bytes,
                               refresh && !had ? NULL : opening, full);
    }
    c2c_buf_fini(&stored);
    return err;
}

static enum c2c_err take_over(struct work *w)
{
    const struct c2c_roster_entry *entry =
        c2c_roster_find(w->env->roster, &w->city);
    enum c2c_err err = look(w);

    if (err == C2C_E_OK) {
        err = add_keysets(w, w->commit->keysets);
    }
    if (err == C2C_E_OK) {
        err = check_head(w);
    }
    if (err == C2C_E_OK) {
        err = check_quota(w, entry);
    }
    if (err != C2C_E_OK) {
        return err;
    }
    if (!is_refresh(w)) {
        if (w->commit->form == C2C_COMMIT_HEAD) {
            return C2C_E_TOO_BIG; /* To be fetched in parts. */
        }
        err = apply_rows(w);
        if (err == C2C_E_OK) {
            err = check_sums(w);
        }
        w->applied.changed = true;
        w->applied.lga = (entry->why & C2C_ADMIT_LGA) != 0;
    }
    if (err == C2C_E_OK) {
        err = put_head(w);
    }
    w->applied.head = w->head;
    return err;
}

static enum c2c_err apply(const struct c2c_apply_env *env,
                          const struct c2c_hash *owner,
                          const struct c2c_commit *commit,
                          struct c2c_applied *ret_applied)
{
    struct c2c_head head;
    struct work w;
    enum c2c_err err = c2c_head_decode(commit->head, &head);

    if (err != C2C_E_OK) {
        return err;
    }
    ret_applied->city = head.city;
    if (c2c_roster_find(env->roster, &head.city) == NULL) {
        return C2C_E_NOT_MEMBER;
    }
    w = begin(env, &head.city);
    w.commit = commit;
    w.owner = owner;
    w.applied.city = head.city;
    err = in_savepoint(&w, take_over);
    if (err == C2C_E_OK || err == C2C_E_OLDER) {
        *ret_applied = w.applied;
    }
    return err;
}

enum c2c_err c2c_apply(const struct c2c_apply_env *env,
                       const struct c2c_commit *commit,
                       struct c2c_applied *ret_applied)
{
    return commit->form == C2C_COMMIT_STAGED
               ? C2C_E_MALFORMED
               : apply(env, NULL, commit, ret_applied);
}

static bool may_succeed_later(enum c2c_err err)
{
    return err == C2C_E_NOT_MEMBER || err == C2C_E_QUOTA ||
           err == C2C_E_FUTURE || err == C2C_E_BAD_KEYSET ||
           err == C2C_E_NOMEM || err == C2C_E_STORE || err == C2C_E_DISK_FULL;
}

enum c2c_err c2c_apply_staged(const struct c2c_apply_env *env,
                              const struct c2c_hash *owner,
                              const struct c2c_commit *commit,
                              struct c2c_applied *ret_applied)
{
    const struct c2c_replica *replica = env->replica;
    struct c2c_commit staged = *commit;
    enum c2c_err end = C2C_E_OK;
    enum c2c_err err;

    staged.form = C2C_COMMIT_STAGED;
    err = apply(env, owner, &staged, ret_applied);
    if (!may_succeed_later(err)) {
        end = replica->ops->unstage(replica->ctx, owner);
    }
    return end == C2C_E_OK ? err : end;
}

/* Keysets alone. */
static enum c2c_err take_keysets(struct work *w)
{
    enum c2c_err err = look(w);

    return err == C2C_E_OK ? add_keysets(w, w->commit->keysets) : err;
}

enum c2c_err c2c_apply_keysets(const struct c2c_apply_env *env,
                               const struct c2c_hash *city,
                               struct c2c_list_view keysets)
{
    const struct c2c_commit commit = {.keysets = keysets};
    struct work w = begin(env, city);

    if (c2c_roster_find(env->roster, city) == NULL) {
        return C2C_E_NOT_MEMBER;
    }
    w.commit = &commit;
    return in_savepoint(&w, take_keysets);
}

bool c2c_err_is_ours(enum c2c_err err)
{
    return err == C2C_E_NOMEM || err == C2C_E_STORE || err == C2C_E_CORRUPT ||
           err == C2C_E_IO || err == C2C_E_DISK_FULL;
}
