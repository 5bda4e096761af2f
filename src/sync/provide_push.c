/* push, push-part: states that are brought to us. */

#include "codec/limits.h"
#include "sync/provide_priv.h"
#include "wire/push.h"

static struct c2c_apply_env apply_env(const struct c2c_answer *a)
{
    return (struct c2c_apply_env){.replica = a->env->replica,
                                  .roster = a->env->roster,
                                  .now_s = a->env->now_s,
                                  .network =
                                      c2c_roster_sees_network(a->env->roster,
                                                              &a->env->self)};
}

/* Only members bring anything, be it another member's state. */
static enum c2c_err check_asker(const struct c2c_answer *a)
{
    if (a->asker->anonymous) {
        return C2C_E_DENIED;
    }
    return a->network ? C2C_E_OK : C2C_E_NOT_MEMBER;
}

/* Is what was pushed held, whoever was first? */
static bool is_held(const struct c2c_commit *commit,
                    const struct c2c_applied *applied)
{
    struct c2c_head head;

    return c2c_head_decode(commit->head, &head) == C2C_E_OK &&
           c2c_hash_eq(&head.content, &applied->head.content);
}

/* Tell the pusher what is held instead. */
static enum c2c_err refuse(struct c2c_answer *a, const struct c2c_hash *city,
                           enum c2c_err why)
{
    struct c2c_held held = {.has_head = false};
    enum c2c_err err = a->ops->held(a->replica, city, &held);

    if (err == C2C_E_NOT_FOUND || (err == C2C_E_OK && !held.has_head)) {
        held.head = (struct c2c_head){.epoch = 0};
        err = C2C_E_OK;
    }
    if (err == C2C_E_OK) {
        err = c2c_answer_detail(a, &held.head);
    }
    return err == C2C_E_OK ? why : err;
}

static enum c2c_err answer_stored(struct c2c_answer *a,
                                  const struct c2c_head *head)
{
    const struct c2c_stored stored = {head->epoch, head->rev, head->content,
                                      head->time_s};

    return c2c_stored_encode(&stored, &a->body);
}

enum c2c_err c2c_answer_push(struct c2c_answer *a)
{
    const struct c2c_apply_env env = apply_env(a);
    struct c2c_applied applied = {.changed = false};
    struct c2c_commit commit;
    struct c2c_head head;
    enum c2c_err err = c2c_commit_decode(a->args, &commit);

    if (err == C2C_E_OK) {
        err = check_asker(a);
    }
    if (err == C2C_E_OK) {
        err = c2c_head_decode(commit.head, &head);
    }
    if (err != C2C_E_OK) {
        return err;
    }
    if (commit.form == C2C_COMMIT_HEAD) { /* Parts are to follow. */
        err = c2c_apply_keysets(&env, &head.city, commit.keysets);
    }
    if (err != C2C_E_OK) {
        return err;
    }
    err = commit.form == C2C_COMMIT_STAGED
              ? c2c_apply_staged(&env, &a->asker->city, &commit, &applied)
              : c2c_apply(&env, &commit, &applied);
    if (err == C2C_E_OK && a->env->applied != NULL) {
        a->env->applied(a->env->ctx, &applied);
    }
    if (err == C2C_E_OK || (err == C2C_E_OLDER && is_held(&commit, &applied))) {
        return answer_stored(a, &applied.head);
    }
    return err == C2C_E_OLDER || err == C2C_E_CONFLICT || err == C2C_E_BAD_ROOT
               ? refuse(a, &head.city, err)
               : err;
}

static enum c2c_err stage(struct c2c_answer *a,
                          const struct c2c_push_part_request *request,
                          const struct c2c_roster_entry *entry, uint64_t *bytes,
                          uint64_t *count)
{
    struct c2c_list_view puts = request->puts;
    struct c2c_put put;
    enum c2c_err err;

    while ((err = c2c_list_next_put(&puts, &put)) == C2C_E_OK) {
        *bytes += put.bytes.n;
        *count += 1;
        if (*bytes > entry->max_bytes || *bytes > C2C_MAX_STAGED_BYTES ||
            *count > entry->max_records) {
            return C2C_E_QUOTA;
        }
        err =
            a->ops->stage(a->replica, &a->asker->city, &request->content, &put);
        if (err != C2C_E_OK) {
            return err;
        }
    }
    return err == C2C_E_NOT_FOUND ? C2C_E_OK : err;
}

static enum c2c_err take_part(struct c2c_answer *a,
                              const struct c2c_push_part_request *request,
                              struct c2c_push_part_reply *reply)
{
    const struct c2c_roster_entry *entry =
        c2c_roster_find(a->env->roster, &request->city);
    uint64_t bytes = 0;
    uint64_t count = 0;
    enum c2c_err err = entry == NULL ? C2C_E_NOT_MEMBER : C2C_E_OK;

    if (err == C2C_E_OK && request->index == 0) {
        err = a->ops->unstage(a->replica, &a->asker->city);
    }
    if (err == C2C_E_OK) {
        err = a->ops->staged(a->replica, &a->asker->city, &request->content,
                             &bytes, &count);
    }
    if (err == C2C_E_OK && request->index == count) {
        err = stage(a, request, entry, &bytes, &count);
    }
    reply->next = count;
    return err;
}

enum c2c_err c2c_answer_push_part(struct c2c_answer *a)
{
    struct c2c_push_part_request request;
    struct c2c_push_part_reply reply;
    enum c2c_err err = c2c_push_part_request_decode(a->args, &request);
    enum c2c_err end;

    if (err == C2C_E_OK) {
        err = check_asker(a);
    }
    if (err == C2C_E_OK) {
        err = a->ops->begin(a->replica);
    }
    if (err != C2C_E_OK) {
        return err;
    }
    err = take_part(a, &request, &reply);
    end = err == C2C_E_OK ? a->ops->keep(a->replica) : a->ops->undo(a->replica);
    err = end == C2C_E_OK ? err : end;
    return err == C2C_E_OK ? c2c_push_part_reply_encode(&reply, &a->body) : err;
}
