#include "node/roster_box.h"

#include <pthread.h>

#include "base/mem.h"

/* A roster and who borrows it. */
struct entry {
    struct c2c_roster *roster;
    unsigned borrowers;
    struct entry *older;
};

struct c2c_roster_box {
    pthread_mutex_t lock;
    struct entry *newest; /* Older ones stay while they are borrowed. */
};

enum c2c_err c2c_roster_box_new(struct c2c_roster_box **ret_box)
{
    struct c2c_roster_box *box = c2c_calloc(1, sizeof *box);

    if (box == NULL) {
        return C2C_E_NOMEM;
    }
    (void)pthread_mutex_init(&box->lock, NULL);
    *ret_box = box;
    return C2C_E_OK;
}

static void drop(struct entry *entry)
{
    c2c_roster_free(entry->roster);
    c2c_free(entry);
}

/* Free what is not in force and not borrowed any more. */
static void sweep(struct c2c_roster_box *box)
{
    struct entry **at = box->newest == NULL ? NULL : &box->newest->older;

    while (at != NULL && *at != NULL) {
        struct entry *entry = *at;

        if (entry->borrowers == 0) {
            *at = entry->older;
            drop(entry);
        } else {
            at = &entry->older;
        }
    }
}

void c2c_roster_box_free(struct c2c_roster_box *box)
{
    if (box == NULL) {
        return;
    }
    while (box->newest != NULL) {
        struct entry *entry = box->newest;

        box->newest = entry->older;
        drop(entry);
    }
    (void)pthread_mutex_destroy(&box->lock);
    c2c_free(box);
}

enum c2c_err c2c_roster_box_put(struct c2c_roster_box *box,
                                struct c2c_roster *roster)
{
    struct entry *entry = c2c_calloc(1, sizeof *entry);

    if (entry == NULL) {
        c2c_roster_free(roster);
        return C2C_E_NOMEM;
    }
    entry->roster = roster;
    (void)pthread_mutex_lock(&box->lock);
    entry->older = box->newest;
    box->newest = entry;
    sweep(box);
    (void)pthread_mutex_unlock(&box->lock);
    return C2C_E_OK;
}

const struct c2c_roster *c2c_roster_box_borrow(struct c2c_roster_box *box)
{
    const struct c2c_roster *roster = NULL;

    (void)pthread_mutex_lock(&box->lock);
    if (box->newest != NULL) {
        box->newest->borrowers++;
        roster = box->newest->roster;
    }
    (void)pthread_mutex_unlock(&box->lock);
    return roster;
}

void c2c_roster_box_return(struct c2c_roster_box *box,
                           const struct c2c_roster *roster)
{
    (void)pthread_mutex_lock(&box->lock);
    for (struct entry *e = box->newest; e != NULL && roster != NULL;
         e = e->older) {
        if (e->roster == roster) {
            e->borrowers--;
        }
    }
    sweep(box);
    (void)pthread_mutex_unlock(&box->lock);
}
