/* When detail is given up, in which order, and what is said and counted. */
#include "cmocka_test.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include "base/clock.h"
#include "captured_output.h"
#include "overhead_watch.h"

static struct captured_output said;
static struct drops drops;
static uint64_t run_ns;
static char shed_steps[64];

static uint64_t read_ns(void *self)
{
	(void)self;
	return run_ns;
}

/* There is no trail to give up. */
static uint32_t shed(void *self, enum shed_step step)
{
	size_t used = strlen(shed_steps);

	(void)self;
	(void)snprintf(shed_steps + used, sizeof(shed_steps) - used, "%d,", (int)step);
	return step == SHED_TRAIL ? 0 : 2;
}

static const struct overhead_ground ground = {NULL, read_ns, shed, &drops};

/* One second in which the programs take that much. */
static void pass(struct overhead_watch *watch, uint64_t *now_ns, uint64_t taken_ns)
{
	run_ns += taken_ns;
	*now_ns += NS_PER_S;
	overhead_watch_turn(watch, *now_ns);
}

static void measures(void **state)
{
	struct overhead_watch *watch;
	uint64_t now_ns = 7 * NS_PER_S;

	(void)state;
	run_ns = 500;
	assert_int_equal(overhead_watch_new(&watch, 0, &ground, now_ns), 0);
	assert_true(overhead_watch_percent(watch) < 0 && overhead_watch_average(watch) < 0);
	overhead_watch_turn(watch, now_ns + NS_PER_S / 2);
	assert_true(overhead_watch_percent(watch) < 0);
	pass(watch, &now_ns, 20 * NS_PER_MS);
	assert_true(overhead_watch_percent(watch) == 2);
	pass(watch, &now_ns, 0);
	assert_true(overhead_watch_percent(watch) == 0);
	assert_true(overhead_watch_average(watch) == 1);
	for (int i = 0; i < 10; i++)
		pass(watch, &now_ns, NS_PER_S);
	assert_string_equal(shed_steps, ""); /* no limit */
	overhead_watch_free(&watch);
	overhead_watch_turn(NULL, now_ns);
	assert_true(overhead_watch_percent(NULL) < 0);
}

static void sheds(void **state)
{
	struct overhead_watch *watch;
	uint64_t now_ns = NS_PER_S;

	(void)state;
	assert_int_equal(overhead_watch_new(&watch, 1, &ground, now_ns), 0);
	captured_output_begin(&said, STDERR_FILENO);
	pass(watch, &now_ns, 20 * NS_PER_MS);
	pass(watch, &now_ns, 10 * NS_PER_MS); /* just the limit */
	pass(watch, &now_ns, 20 * NS_PER_MS);
	assert_string_equal(shed_steps, "");
	pass(watch, &now_ns, 15 * NS_PER_MS);
	assert_string_equal(shed_steps, "0,");
	pass(watch, &now_ns, 20 * NS_PER_MS);
	assert_string_equal(shed_steps, "0,");
	pass(watch, &now_ns, 20 * NS_PER_MS);
	assert_string_equal(shed_steps, "0,1,2,");
	for (int i = 0; i < 10; i++)
		pass(watch, &now_ns, 20 * NS_PER_MS);
	(void)captured_output_end(&said);
	assert_string_equal(shed_steps, "0,1,2,3,");
	assert_int_equal(drops_get(&drops, DROP_OVERHEAD_SHED), 3);
	assert_string_equal(
		said.text,
		"limpet: warning: max-overhead: limpet's programs take 1.50 % of one CPU, the limit "
		"is 1.00 %: no longer seen: counts of system calls\n"
		"limpet: warning: max-overhead: limpet's programs take 2.00 % of one CPU, the limit "
		"is 1.00 %: no longer seen: exceptions out of what programs print\n"
		"limpet: warning: max-overhead: limpet's programs take 2.00 % of one CPU, the limit "
		"is 1.00 %: no longer seen: traffic, and with it spans\n");
	overhead_watch_free(&watch);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(measures),
		cmocka_unit_test(sheds),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
