/* Rows of one run are looked up in the other's table; profiles become one tree with two weights. */
#include "overview/run_comparison.h"

#include <errno.h>
#include <stdlib.h>
#include "base/cleanup.h"

#define MIN_COUNT     10    /* of spans on both sides: less says nothing about a median */
#define MIN_TAIL      100   /* the same for p95 */
#define MIN_TIME_NS   50000 /* what a machine adds on its own */
#define SLOWER        1.15  /* 1.6 % is what the histogram may be off */
#define MIN_RATE      0.01  /* of spans that fail */
#define MIN_ERRORS    2
#define MIN_SHARE     0.002
#define DEVIATIONS    3 /* what chance does to a share, so many times over, is a change */
#define MAX_FUNCTIONS 200

const char *run_comparison_word(enum run_change change)
{
	static const char *const words[] = {[CHANGE_WORSE] = "worse",
					    [CHANGE_NEW] = "new",
					    [CHANGE_GONE] = "gone",
					    [CHANGE_BETTER] = "better",
					    [CHANGE_NONE] = ""};

	return words[change];
}

static double rate_of(const struct operation *operation)
{
	return operation->durations.count
		       ? (double)operation->errors / (double)operation->durations.count
		       : 0;
}

static bool is_longer(uint64_t a_ns, uint64_t b_ns)
{
	return (double)a_ns > (double)b_ns * SLOWER && a_ns > b_ns + MIN_TIME_NS;
}

static bool is_slower_at(const struct operation *a, const struct operation *b, double quantile,
			 uint64_t min_count)
{
	return a->durations.count >= min_count && b->durations.count >= min_count &&
	       is_longer(histogram_quantile(&a->durations, quantile),
			 histogram_quantile(&b->durations, quantile));
}

/* Were there more of them, it would be. */
static bool looks_slower(const struct operation *a, const struct operation *b)
{
	return is_slower_at(a, b, 0.5, 1);
}

static bool is_slower(const struct operation *a, const struct operation *b)
{
	return is_slower_at(a, b, 0.5, MIN_COUNT) || is_slower_at(a, b, 0.95, MIN_TAIL);
}

static bool fails_more(const struct operation *a, const struct operation *b)
{
	double expected = rate_of(b) * (double)a->durations.count;

	return rate_of(a) > rate_of(b) + MIN_RATE && (double)a->errors >= expected + MIN_ERRORS;
}

static void judge(struct operation_change *row)
{
	if (!row->before || !row->after) {
		row->change = row->before ? CHANGE_GONE : CHANGE_NEW;
		return;
	}
	row->is_slower = is_slower(row->after, row->before);
	row->is_faster = !row->is_slower && is_slower(row->before, row->after);
	row->fails_more = fails_more(row->after, row->before);
	row->fails_less = fails_more(row->before, row->after);
	if (row->is_slower || row->fails_more)
		row->change = CHANGE_WORSE;
	else
		row->change = row->is_faster || row->fails_less ? CHANGE_BETTER : CHANGE_NONE;
	row->is_few = row->change == CHANGE_NONE && (looks_slower(row->after, row->before) ||
						     looks_slower(row->before, row->after));
}

/* What it costs in all, to put what matters first. */
static uint64_t weight_of(const struct operation_change *row)
{
	uint64_t before = row->before ? row->before->durations.sum_ns : 0;
	uint64_t after = row->after ? row->after->durations.sum_ns : 0;

	return before > after ? before - after : after - before;
}

static int compare_operations(const void *a, const void *b)
{
	const struct operation_change *x = a, *y = b;

	if (x->change != y->change)
		return x->change < y->change ? -1 : 1;
	if (weight_of(x) != weight_of(y))
		return weight_of(x) > weight_of(y) ? -1 : 1;
	return memcmp(x->key, y->key, sizeof(*x->key));
}

static int add_operations(struct run_comparison *comparison)
{
	struct hash_map *before = comparison->before->operations.operations;
	struct hash_map *after = comparison->after->operations.operations;
	const struct operation *operation;
	void *cursor = NULL;

	comparison->operations = calloc(hash_map_count(before) + hash_map_count(after) + 1,
					sizeof(*comparison->operations));
	if (!comparison->operations)
		return -ENOMEM;
	while ((operation = hash_map_next(before, &cursor))) {
		const struct operation_key *key = hash_map_key(before, operation);

		comparison->operations[comparison->operations_count++] = (struct operation_change){
			.key = key, .before = operation, .after = hash_map_find(after, key)};
	}
	cursor = NULL;
	while ((operation = hash_map_next(after, &cursor))) {
		const struct operation_key *key = hash_map_key(after, operation);

		if (!hash_map_find(before, key))
			comparison->operations[comparison->operations_count++] =
				(struct operation_change){.key = key, .after = operation};
	}
	for (size_t i = 0; i < comparison->operations_count; i++)
		judge(&comparison->operations[i]);
	qsort(comparison->operations, comparison->operations_count, sizeof(*comparison->operations),
	      compare_operations);
	return 0;
}

static enum run_change judge_error(uint64_t before, uint64_t after)
{
	if (!before)
		return CHANGE_NEW;
	if (!after)
		return CHANGE_GONE;
	if (after > 2 * before && after > before + MIN_ERRORS)
		return CHANGE_WORSE;
	return before > 2 * after && before > after + MIN_ERRORS ? CHANGE_BETTER : CHANGE_NONE;
}

static int compare_errors(const void *a, const void *b)
{
	const struct error_change *x = a, *y = b;

	if (x->change != y->change)
		return x->change < y->change ? -1 : 1;
	if (x->after != y->after)
		return x->after > y->after ? -1 : 1;
	return memcmp(x->key, y->key, sizeof(*x->key));
}

static void add_error(struct run_comparison *comparison, const struct digest_error_key *key,
		      const struct digest_error *before, const struct digest_error *after)
{
	struct error_change *row = &comparison->errors[comparison->errors_count++];

	*row = (struct error_change){
		.key = key,
		.before = before ? before->count : 0,
		.after = after ? after->count : 0,
	};
	row->change = judge_error(row->before, row->after);
}

static int add_errors(struct run_comparison *comparison)
{
	struct hash_map *before = comparison->before->errors, *after = comparison->after->errors;
	const struct digest_error *error;
	void *cursor = NULL;

	comparison->errors = calloc(hash_map_count(before) + hash_map_count(after) + 1,
				    sizeof(*comparison->errors));
	if (!comparison->errors)
		return -ENOMEM;
	while ((error = hash_map_next(before, &cursor))) {
		const struct digest_error_key *key = hash_map_key(before, error);

		add_error(comparison, key, error, hash_map_find(after, key));
	}
	cursor = NULL;
	while ((error = hash_map_next(after, &cursor)))
		if (!hash_map_find(before, hash_map_key(after, error)))
			add_error(comparison, hash_map_key(after, error), NULL, error);
	qsort(comparison->errors, comparison->errors_count, sizeof(*comparison->errors),
	      compare_errors);
	return 0;
}

static uint32_t on_cpu_root(void *self, struct flame_tree *tree, const struct profile *profile,
			    const struct profile_sample *sample)
{
	struct flame_name name = {.text = VIEW_LITERAL("0"), .kind = PROFILE_FRAME_SYNTHETIC};

	(void)self;
	(void)profile;
	if (sample->is_off_cpu)
		return NO_FLAME_NODE;
	return flame_tree_child(tree, FLAME_ROOT, flame_tree_name(tree, &name));
}

/* The first profile's time is put aside while the second is added. */
static int build_tree(struct flame_tree *tree, const struct run_comparison *comparison)
{
	_cleanup_(cleanup_free) uint64_t *before_ns = NULL;
	struct flame_choice choice = {on_cpu_root, NULL};
	int err = flame_tree_add_profile(tree, comparison->before->profile, &choice);
	uint32_t count = tree->nodes_count;

	if (err == 0)
		before_ns = malloc(count * sizeof(*before_ns));
	if (!before_ns)
		return -ENOMEM;
	for (uint32_t i = 0; i < count; i++) {
		before_ns[i] = tree->nodes[i].self.on_ns;
		tree->nodes[i].self = (struct flame_weight){0};
	}
	err = flame_tree_add_profile(tree, comparison->after->profile, &choice);
	for (uint32_t i = 0; i < tree->nodes_count; i++) {
		uint64_t before = i < count ? before_ns[i] : 0;

		tree->nodes[i].self = (struct flame_weight){
			.samples = before / 1000,
			.on_ns = before,
			.off_ns = tree->nodes[i].self.on_ns,
		};
	}
	return err < 0 ? err : flame_tree_finish(tree);
}

static double difference_of(const struct function_change *function)
{
	return function->after - function->before;
}

static int compare_functions(const void *a, const void *b)
{
	double x = difference_of(a), y = difference_of(b);

	x = x < 0 ? -x : x;
	y = y < 0 ? -y : y;
	return x == y ? 0 : x > y ? -1 : 1;
}

static double samples_on_cpu(const struct profile *profile)
{
	double count = 0;

	for (uint32_t i = 0; i < profile->samples_count; i++)
		count += !profile->samples[i].is_off_cpu;
	return count > 0 ? count : 1;
}

/* A share of few samples is a guess: of one in fifty another run has none, or three. */
static bool is_change(const struct function_change *row, double before, double after)
{
	double share = (row->before * before + row->after * after) / (before + after);
	double variance = share * (1 - share) * (1 / before + 1 / after);
	double difference = difference_of(row);

	return difference * difference > DEVIATIONS * DEVIATIONS * variance &&
	       (difference > MIN_SHARE || difference < -MIN_SHARE);
}

static int add_functions(struct run_comparison *comparison)
{
	const struct flame_tree *tree = comparison->flames;
	const struct flame_weight *whole = &tree->nodes[FLAME_ROOT].total;
	struct function_change *rows = calloc(tree->names_count, sizeof(*rows));
	double before = samples_on_cpu(comparison->before->profile);
	double after = samples_on_cpu(comparison->after->profile);
	size_t kept = 0;

	if (!rows)
		return -ENOMEM;
	for (uint32_t i = 1; i < tree->nodes_count; i++) {
		struct function_change *row = &rows[tree->nodes[i].name];
		const struct flame_weight *self = &tree->nodes[i].self;

		row->name = &tree->names[tree->nodes[i].name];
		row->before += whole->on_ns ? (double)self->on_ns / (double)whole->on_ns : 0;
		row->after += whole->off_ns ? (double)self->off_ns / (double)whole->off_ns : 0;
	}
	for (uint32_t i = 0; i < tree->names_count; i++) {
		if (rows[i].name && is_change(&rows[i], before, after))
			rows[kept++] = rows[i];
	}
	qsort(rows, kept, sizeof(*rows), compare_functions);
	comparison->functions = rows;
	comparison->functions_count = kept < MAX_FUNCTIONS ? kept : MAX_FUNCTIONS;
	return 0;
}

static int add_profiles(struct run_comparison *comparison)
{
	int err;

	if (!comparison->before->profile || !comparison->after->profile)
		return 0;
	err = flame_tree_new(&comparison->flames);
	if (err == 0)
		err = build_tree(comparison->flames, comparison);
	return err < 0 ? err : add_functions(comparison);
}

int run_comparison_new(struct run_comparison **ret, const struct run_digest *before,
		       const struct run_digest *after)
{
	_cleanup_(run_comparison_free) struct run_comparison *comparison =
		calloc(1, sizeof(*comparison));
	int err;

	if (!comparison)
		return -ENOMEM;
	comparison->before = before;
	comparison->after = after;
	err = add_operations(comparison);
	if (err == 0)
		err = add_errors(comparison);
	if (err == 0)
		err = add_profiles(comparison);
	if (err < 0)
		return err;
	*ret = TAKE_PTR(comparison);
	return 0;
}

void run_comparison_free(struct run_comparison **comparison)
{
	if (!*comparison)
		return;
	free((*comparison)->operations);
	free((*comparison)->errors);
	free((*comparison)->functions);
	flame_tree_free(&(*comparison)->flames);
	free(*comparison);
	*comparison = NULL;
}

bool run_comparison_is_worse(const struct run_comparison *comparison)
{
	for (size_t i = 0; i < comparison->operations_count; i++)
		if (comparison->operations[i].change == CHANGE_WORSE)
			return true;
	for (size_t i = 0; i < comparison->errors_count; i++)
		if (comparison->errors[i].change == CHANGE_NEW ||
		    comparison->errors[i].change == CHANGE_WORSE)
			return true;
	return false;
}
