/*
 * Two runs side by side: which operations became slower or fail more, which errors are new, and
 * where the time on the CPU went. What changed by less than two runs of the same thing differ is no
 * change. Pure; what it points to is the digests'.
 */
#ifndef OVERVIEW_RUN_COMPARISON_H
#define OVERVIEW_RUN_COMPARISON_H

#include "model/flame_tree.h"
#include "overview/run_digest.h"

/* In the order in which they are told. */
enum run_change { CHANGE_WORSE, CHANGE_NEW, CHANGE_GONE, CHANGE_BETTER, CHANGE_NONE };

struct operation_change {
	const struct operation_key *key;
	const struct operation *before; /* NULL: it is new */
	const struct operation *after;  /* NULL: it is gone */
	enum run_change change;
	bool is_slower, is_faster; /* by its median or by p95 */
	bool fails_more, fails_less;
	bool is_few; /* CHANGE_NONE: it looks otherwise, but of so few spans says nothing */
};

struct error_change {
	const struct digest_error_key *key;
	uint64_t before, after;
	enum run_change change;
};

struct function_change {
	const struct flame_name *name;
	double before, after; /* share of the time on the CPU in the function itself */
};

struct run_comparison {
	const struct run_digest *before, *after;
	struct operation_change *operations;
	size_t operations_count;
	struct error_change *errors;
	size_t errors_count;
	/*
	 * Of both profiles, one below the other's names: on_ns is the time on the CPU before,
	 * off_ns that after; samples are microseconds of before. Below one node called "0". NULL:
	 * one of them has none.
	 */
	struct flame_tree *flames;
	struct function_change *functions; /* by how much the share changed */
	size_t functions_count;
};

int run_comparison_new(struct run_comparison **ret, const struct run_digest *before,
		       const struct run_digest *after);
void run_comparison_free(struct run_comparison **comparison);

/* "worse", "new", "gone", "better", "". */
const char *run_comparison_word(enum run_change change);

/* Did anything become worse: slower, failing more, a new error? */
bool run_comparison_is_worse(const struct run_comparison *comparison);

#endif
