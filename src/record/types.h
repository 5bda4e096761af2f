/* Record types and vocabularies as data (proto/records, proto/vocab).
 *
 * The files are built into the library; c2c_types_load() reads them once into
 * an immutable registry that any number of threads may use. */

#ifndef C2C_RECORD_TYPES_H
#define C2C_RECORD_TYPES_H

#include <stdbool.h>
#include <stddef.h>

#include "base/diag.h"
#include "base/err.h"
#include "base/view.h"
#include "codec/doc.h"
#include "record/problem.h"
#include "record/record.h"

struct c2c_types;
struct c2c_type;   /* One record type. */
struct c2c_schema; /* One node of its schema. */
struct c2c_vocab;

/* A file of the set: its name without folder and ".json", and its text. */
struct c2c_types_file {
    const char *name;
    struct c2c_view text;
};

/* The built-in files. */
struct c2c_types_set {
    const struct c2c_types_file *records; /* "common" among them. */
    size_t n_records;
    const struct c2c_types_file *vocabs;
    size_t n_vocabs;
};

extern const struct c2c_types_set c2c_types_builtin;

/* Read and check a set.  C2C_E_SCHEMA with @diag filled (file, JSON Pointer,
 * reason) when a schema uses a keyword outside proto/SCHEMA.md's subset or
 * contradicts itself.  The set's memory must outlive the registry. */
enum c2c_err c2c_types_load(const struct c2c_types_set *set,
                            struct c2c_diag *diag,
                            struct c2c_types **ret_types) C2C_MUST_CHECK;
void c2c_types_free(struct c2c_types *types);

/* Types in alphabetical order of their names; NULL if there is none. */
size_t c2c_types_count(const struct c2c_types *types);
const struct c2c_type *c2c_types_at(const struct c2c_types *types, size_t i);
const struct c2c_type *c2c_types_find(const struct c2c_types *types,
                                      struct c2c_view name);

/* Vocabularies likewise. */
size_t c2c_vocabs_count(const struct c2c_types *types);
const struct c2c_vocab *c2c_vocabs_at(const struct c2c_types *types, size_t i);
const struct c2c_vocab *c2c_vocabs_find(const struct c2c_types *types,
                                        struct c2c_view name);

/* What a type says of itself. */
const char *c2c_type_name(const struct c2c_type *type);
struct c2c_view c2c_type_text(const struct c2c_type *type); /* Its JSON file. */
const struct c2c_schema *c2c_type_body(const struct c2c_type *type);
enum c2c_audience c2c_type_audience(const struct c2c_type *type);
unsigned c2c_type_validity_days(const struct c2c_type *type); /* 0: none. */
bool c2c_type_one_per_city(const struct c2c_type *type);
bool c2c_type_lga_only(const struct c2c_type *type);

/* Label or help in the language nearest to @lang (BCP 47; see
 * record/lang.h); empty if there is none. */
struct c2c_view c2c_type_label(const struct c2c_type *type,
                               struct c2c_view lang);
struct c2c_view c2c_type_help(const struct c2c_type *type,
                              struct c2c_view lang);

/* Dotted path of `x-title`, or NULL. */
const char *c2c_type_title(const struct c2c_type *type);

/* Dotted paths of `x-columns` ("name", "scope.purposes"). */
size_t c2c_type_column_count(const struct c2c_type *type);
const char *c2c_type_column(const struct c2c_type *type, size_t i);

/* Check @body against the type.  C2C_E_SCHEMA when anything is wrong; @problems
 * (never NULL) then has it, in document order.  Unknown fields are fine.
 * C2C_E_NOMEM says nothing of the body. */
enum c2c_err c2c_type_check(const struct c2c_type *type,
                            const struct c2c_val *body,
                            struct c2c_problems *problems) C2C_MUST_CHECK;

/* Name every field that the schema does not know: its JSON Pointer and the name
 * nearest to it (empty: none is near).  Such fields are kept; an author may
 * have mistyped one.  Anything but C2C_E_OK stops and is returned. */
typedef enum c2c_err c2c_unknown_fn(void *ctx, const char *path,
                                    struct c2c_view nearest);
enum c2c_err c2c_type_unknown_fields(const struct c2c_type *type,
                                     const struct c2c_val *body,
                                     c2c_unknown_fn *fn,
                                     void *ctx) C2C_MUST_CHECK;

/* Vocabularies: codes with labels in several languages and aliases. */
const char *c2c_vocab_name(const struct c2c_vocab *vocab);
struct c2c_view c2c_vocab_text(const struct c2c_vocab *vocab);
size_t c2c_vocab_count(const struct c2c_vocab *vocab);
const char *c2c_vocab_code(const struct c2c_vocab *vocab, size_t i);
struct c2c_view c2c_vocab_label(const struct c2c_vocab *vocab, size_t i,
                                struct c2c_view lang);

/* The entry whose code, label in any language or alias is @word (compared
 * folded, base/text.h; hyphens and spaces are the same); @ret_i its index. */
enum c2c_err c2c_vocab_find(const struct c2c_vocab *vocab, struct c2c_view word,
                            size_t *ret_i) C2C_MUST_CHECK;

#endif /* C2C_RECORD_TYPES_H */
