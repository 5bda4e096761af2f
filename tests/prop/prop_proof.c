/* Laws of proofs: what is true of a random city verifies, and not a bit of the
 * proof may change. */

#include <stdlib.h>
#include <string.h>

#include "codec/limits.h"
#include "sample.h"
#include "test.h"
#include "trust/proof.h"

enum {
    MOST = 40
};

/* Type "note" with random records, and a type beside it. */
struct city {
    size_t n;
    struct c2c_uuid key[MOST + 1]; /* Ascending; the one at @absent is not there
                                      and not counted. */
    struct c2c_uuid absent;
    size_t before; /* Records with keys below @absent. */
    struct c2c_buf bytes[MOST];
    struct c2c_hash leaf[MOST];
    struct c2c_hash id;
    struct c2c_hash root;
    struct c2c_buf dir;
};

static int by_uuid(const void *a, const void *b)
{
    return c2c_uuid_cmp(a, b);
}

static void take_absent(struct prop *p, struct city *c)
{
    c->before = prop_below(p, c->n + 1);
    c->absent = c->key[c->before];
    memmove(&c->key[c->before], &c->key[c->before + 1],
            (c->n - c->before) * sizeof c->key[0]);
}

static void make(struct prop *p, struct city *c)
{
    struct c2c_dir_entry entry[2] = {{.type = c2c_view_str("member"),
                                      .count = 1},
                                     {.type = c2c_view_str("note")}};
    struct c2c_dir_sum sum;

    c->n = 1 + prop_below(p, MOST);
    prop_fill(p, c->id.b, sizeof c->id.b);
    prop_fill(p, c->key, (c->n + 1) * sizeof c->key[0]);
    qsort(c->key, c->n + 1, sizeof c->key[0], by_uuid);
    take_absent(p, c);
    for (size_t i = 0; i < c->n; i++) {
        c2c_buf_init(&c->bytes[i], C2C_MAX_RECORD_BYTES);
        sample_record(p, entry[1].type, &c->key[i], &c->bytes[i]);
        c->leaf[i] = c2c_record_hash(c2c_buf_view(&c->bytes[i]));
        entry[1].bytes += c->bytes[i].n;
    }
    entry[1].count = c->n;
    entry[1].root = c2c_merkle_root(&c2c_tree_hasher, c->leaf, c->n);
    c2c_buf_init(&c->dir, 4096);
    assert_ok(c2c_dir_encode(&c->id, C2C_AUDIENCE_PUBLIC, entry, 2, &c->dir));
    assert_ok(c2c_dir_sum(&c->id, C2C_AUDIENCE_PUBLIC, entry, 2, &sum));
    c->root = sum.root;
}

static void unmake(struct city *c)
{
    for (size_t i = 0; i < c->n; i++) {
        c2c_buf_fini(&c->bytes[i]);
    }
    c2c_buf_fini(&c->dir);
}

static struct c2c_proof_state state_of(const struct city *c)
{
    return (struct c2c_proof_state){&c->id, C2C_AUDIENCE_PUBLIC, &c->root,
                                    c2c_buf_view(&c->dir)};
}

static struct c2c_neighbour at(const struct city *c, size_t i)
{
    struct c2c_neighbour side = {.bytes = {NULL, 0}};

    if (i < c->n) {
        side.bytes = c2c_buf_view(&c->bytes[i]);
        side.at.index = i;
        assert_ok(c2c_merkle_path_make(&c2c_tree_hasher, c->leaf, c->n, i,
                                       &side.at.path));
    }
    return side;
}

/* Change a random bit of what all proofs share, or of @side; true if there was
 * something to change. */
static bool spoil(struct prop *p, struct city *c, struct c2c_neighbour *side)
{
    switch (prop_below(p, 6)) {
    case 0:
        sample_flip(p, c->dir.p, c->dir.n);
        return true;
    case 1:
        sample_flip(p, c->root.b, sizeof c->root.b);
        return true;
    case 2:
        sample_flip(p, c->id.b, sizeof c->id.b);
        return true;
    case 3:
        if (side->bytes.n > 0) {
            sample_flip(p, c->bytes[side->at.index].p, side->bytes.n);
        }
        return side->bytes.n > 0;
    case 4:
        if (side->at.path.n > 0) {
            sample_flip(p, side->at.path.node,
                        side->at.path.n * sizeof side->at.path.node[0]);
        }
        return side->at.path.n > 0;
    default:
        if (side->bytes.n > 0) {
            side->at.index ^= UINT64_C(1) << prop_below(p, 64);
        }
        return side->bytes.n > 0;
    }
}

static void inclusion_verifies_and_no_bit_may_change(struct prop *p)
{
    struct city c;
    struct c2c_neighbour it;
    struct c2c_proof_state state;

    make(p, &c);
    it = at(&c, prop_below(p, c.n));
    state = state_of(&c);
    assert_ok(c2c_proof_inclusion(&state, it.bytes, &it.at));
    if (spoil(p, &c, &it)) {
        assert_true(c2c_proof_inclusion(&state, it.bytes, &it.at) != C2C_E_OK);
    }
    unmake(&c);
}

static void absence_verifies_and_no_bit_may_change(struct prop *p)
{
    const struct c2c_view note = c2c_view_str("note");
    struct city c;
    struct c2c_neighbour left;
    struct c2c_neighbour right;
    struct c2c_proof_state state;

    make(p, &c);
    left = at(&c, c.before > 0 ? c.before - 1 : SIZE_MAX);
    right = at(&c, c.before);
    state = state_of(&c);
    assert_ok(c2c_proof_absence(&state, note, &c.absent, &left, &right));
    if (spoil(p, &c, prop_below(p, 2) == 0 ? &left : &right)) {
        assert_true(c2c_proof_absence(&state, note, &c.absent, &left, &right) !=
                    C2C_E_OK);
    }
    unmake(&c);
}

/* Whatever true inclusions an adversary shows as neighbours. */
static void nothing_that_is_there_is_proved_absent(struct prop *p)
{
    const struct c2c_neighbour none = {.bytes = {NULL, 0}};
    struct city c;
    struct c2c_proof_state state;
    struct c2c_uuid key;

    make(p, &c);
    state = state_of(&c);
    key = c.key[prop_below(p, c.n)];
    for (size_t i = 0; i <= c.n; i++) {
        for (size_t j = 0; j <= c.n; j++) {
            struct c2c_neighbour left = i < c.n ? at(&c, i) : none;
            struct c2c_neighbour right = j < c.n ? at(&c, j) : none;

            assert_err(c2c_proof_absence(&state, c2c_view_str("note"), &key,
                                         &left, &right),
                       C2C_E_BAD_ROOT);
        }
    }
    unmake(&c);
}

static void completeness_verifies_and_no_bit_may_change(struct prop *p)
{
    const struct c2c_view note = c2c_view_str("note");
    struct c2c_neighbour none = {.bytes = {NULL, 0}};
    struct city c;
    struct c2c_proof_state state;

    make(p, &c);
    state = state_of(&c);
    assert_ok(c2c_proof_complete(&state, note, c.leaf, c.n));
    assert_err(c2c_proof_complete(&state, note, c.leaf, c.n - 1),
               C2C_E_BAD_ROOT);
    assert_ok(c2c_proof_complete(&state, c2c_view_str("nothing"), NULL, 0));
    if (prop_below(p, 2) == 0) {
        sample_flip(p, c.leaf, c.n * sizeof c.leaf[0]);
    } else if (!spoil(p, &c, &none)) {
        unmake(&c);
        return;
    }
    assert_true(c2c_proof_complete(&state, note, c.leaf, c.n) != C2C_E_OK);
    unmake(&c);
}

#define LAW(NAME, CASES)                   \
    static void check_##NAME(void **state) \
    {                                      \
        (void)state;                       \
        prop_run(#NAME, CASES, NAME);      \
    }
LAW(inclusion_verifies_and_no_bit_may_change, 500)
LAW(absence_verifies_and_no_bit_may_change, 500)
LAW(nothing_that_is_there_is_proved_absent, 20)
LAW(completeness_verifies_and_no_bit_may_change, 500)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(check_inclusion_verifies_and_no_bit_may_change),
        cmocka_unit_test(check_absence_verifies_and_no_bit_may_change),
        cmocka_unit_test(check_nothing_that_is_there_is_proved_absent),
        cmocka_unit_test(check_completeness_verifies_and_no_bit_may_change),
    };
    return cmocka_run_group_tests_name("prop/proof", tests, NULL, NULL);
}
