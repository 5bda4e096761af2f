/* Lists of cities, ascending: bounded by the roster whatever a peer sends. */

#include <string.h>

#include "base/mem.h"
#include "sync/engine_priv.h"

/* Where @city is or belongs; most often behind all others. */
static size_t find(const struct todos *todos, const struct c2c_hash *city,
                   bool *ret_found)
{
    size_t low = 0;
    size_t high = todos->n;

    *ret_found = false;
    if (high > 0 && c2c_hash_cmp(&todos->at[high - 1].city, city) < 0) {
        return high;
    }
    while (low < high) {
        size_t mid = low + (high - low) / 2;
        int order = c2c_hash_cmp(&todos->at[mid].city, city);

        if (order == 0) {
            *ret_found = true;
            return mid;
        }
        if (order < 0) {
            low = mid + 1;
        } else {
            high = mid;
        }
    }
    return low;
}

enum c2c_err c2c_todo_add(struct todos *todos, const struct c2c_hash *city,
                          struct todo **ret_todo)
{
    void *array = todos->at;
    enum c2c_err err = C2C_E_OK;
    bool found;
    size_t i = find(todos, city, &found);

    if (!found) {
        err = c2c_grow(&array, todos->n, &todos->cap, sizeof todos->at[0]);
        todos->at = array;
    }
    if (err != C2C_E_OK) {
        return err;
    }
    if (!found) {
        memmove(&todos->at[i + 1], &todos->at[i],
                (todos->n - i) * sizeof todos->at[0]);
        todos->at[i] = (struct todo){.city = *city};
        todos->n++;
    }
    if (ret_todo != NULL) {
        *ret_todo = &todos->at[i];
    }
    return C2C_E_OK;
}

const struct todo *c2c_todo_find(const struct todos *todos,
                                 const struct c2c_hash *city)
{
    bool found;
    size_t i = find(todos, city, &found);

    return found ? &todos->at[i] : NULL;
}

void c2c_todo_drop(struct todos *todos, const struct c2c_hash *city)
{
    bool found;
    size_t i = find(todos, city, &found);

    if (found) {
        todos->n--;
        memmove(&todos->at[i], &todos->at[i + 1],
                (todos->n - i) * sizeof todos->at[0]);
    }
}

void c2c_todo_fini(struct todos *todos)
{
    c2c_free(todos->at);
    *todos = (struct todos){0, 0, NULL};
}
