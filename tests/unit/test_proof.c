#include "trust/proof.h"

#include <string.h>

#include "oom.h"
#include "test.h"
#include "vectors.h"

enum {
    MAX_LEAVES = 16
};

static struct c2c_inclusion inclusion(struct vectors *v,
                                      const struct c2c_val *map)
{
    const struct c2c_val *path = c2c_val_get(map, "path");
    struct c2c_inclusion at = {.index = vectors_uint(map, "index"),
                               .path = {.n = c2c_val_count(path)}};

    for (size_t i = 0; i < at.path.n; i++) {
        memcpy(at.path.node[i].b, vectors_hex(v, c2c_val_at(path, i)).p,
               sizeof at.path.node[i].b);
    }
    return at;
}

static struct c2c_neighbour neighbour(struct vectors *v,
                                      const struct c2c_val *map)
{
    struct c2c_neighbour side = {.bytes = {NULL, 0}};

    if (c2c_val_kind(map) == C2C_KIND_MAP) {
        side.bytes = vectors_view(v, map, "record");
        side.at = inclusion(v, map);
    }
    return side;
}

static enum c2c_err run_inclusion(struct vectors *v,
                                  const struct c2c_proof_state *state,
                                  const struct c2c_val *in)
{
    struct c2c_inclusion at = inclusion(v, c2c_val_get(in, "at"));

    return c2c_proof_inclusion(state, vectors_view(v, in, "record"), &at);
}

static enum c2c_err run_absence(struct vectors *v,
                                const struct c2c_proof_state *state,
                                const struct c2c_val *in)
{
    struct c2c_neighbour left = neighbour(v, c2c_val_get(in, "left"));
    struct c2c_neighbour right = neighbour(v, c2c_val_get(in, "right"));
    struct c2c_uuid key;

    vectors_fill(v, in, "key", key.b, sizeof key.b);
    return c2c_proof_absence(state, c2c_val_text(in, "type"), &key, &left,
                             &right);
}

static enum c2c_err run_complete(struct vectors *v,
                                 const struct c2c_proof_state *state,
                                 const struct c2c_val *in)
{
    const struct c2c_val *list = c2c_val_get(in, "leaves");
    struct c2c_hash leaves[MAX_LEAVES];
    size_t n = c2c_val_count(list);

    assert_in_range(n, 0, MAX_LEAVES);
    for (size_t i = 0; i < n; i++) {
        memcpy(leaves[i].b, vectors_hex(v, c2c_val_at(list, i)).p,
               sizeof leaves[i].b);
    }
    return c2c_proof_complete(state, c2c_val_text(in, "type"), leaves, n);
}

static enum c2c_err run(struct vectors *v, const struct c2c_val *one)
{
    const struct c2c_val *in = c2c_val_get(one, "inputs");
    const struct c2c_val *of = c2c_val_get(in, "state");
    struct c2c_view kind = c2c_val_text(in, "kind");
    struct c2c_hash city = vectors_hash(v, of, "city");
    struct c2c_hash root = vectors_hash(v, of, "root");
    const struct c2c_proof_state state = {
        &city, (enum c2c_audience)vectors_uint(of, "audience"), &root,
        vectors_view(v, of, "dir")};

    if (c2c_view_eq_str(kind, "inclusion")) {
        return run_inclusion(v, &state, in);
    }
    return c2c_view_eq_str(kind, "absence") ? run_absence(v, &state, in)
                                            : run_complete(v, &state, in);
}

static void check(struct vectors *v, const struct c2c_val *one)
{
    (void)vectors_verdict(one, run(v, one));
}

static void proofs_are_those_of_the_vectors(void **state)
{
    (void)state;
    vectors_each("proof.json", 40, check);
}

/* A state that holds nothing of the type asked for. */
struct scenario {
    struct c2c_proof_state state;
    struct c2c_hash city;
    struct c2c_hash root;
};

static enum c2c_err complete_nothing(void *arg)
{
    const struct scenario *s = arg;

    return c2c_proof_complete(&s->state, c2c_view_str("nothing"), NULL, 0);
}

static void survives_any_failed_allocation(void **state)
{
    struct vectors v;
    struct scenario s;
    const struct c2c_val *of;

    (void)state;
    vectors_open(&v, "proof.json");
    of = c2c_val_get(c2c_val_get(vectors_find(&v, "completeness"), "inputs"),
                     "state");
    s.city = vectors_hash(&v, of, "city");
    s.root = vectors_hash(&v, of, "root");
    s.state = (struct c2c_proof_state){&s.city, C2C_AUDIENCE_PUBLIC, &s.root,
                                       vectors_view(&v, of, "dir")};
    oom_sweep(complete_nothing, &s);
    vectors_close(&v);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(proofs_are_those_of_the_vectors),
        cmocka_unit_test(survives_any_failed_allocation),
    };
    return cmocka_run_group_tests_name("trust/proof", tests, NULL, NULL);
}
