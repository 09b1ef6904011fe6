/* Grouping keeps the order of the batch, for few and for many resources. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "exporters/otlp/resource_groups.h"

#define ITEMS_COUNT 1000

static struct resource resources[ITEMS_COUNT];
static struct segment segments[ITEMS_COUNT];
static struct item items[ITEMS_COUNT];
static struct item *pointers[ITEMS_COUNT];

static void assign(uint32_t resources_count)
{
	for (uint32_t i = 0; i < ITEMS_COUNT; i++) {
		segments[i].resource = &resources[i * 7 % resources_count];
		items[i].kind = ITEM_SEGMENT;
		items[i].segment = &segments[i];
		pointers[i] = &items[i];
	}
}

static void check(struct resource_groups *groups, uint32_t count, uint32_t resources_count)
{
	uint32_t seen = 0, previous_first = 0;

	assert_int_equal(resource_groups_make(groups, pointers, count), 0);
	assert_int_equal(groups->count, count < resources_count ? count : resources_count);
	for (uint32_t g = 0; g < groups->count; g++) {
		uint32_t previous = groups->groups[g].first;

		assert_true(g == 0 || groups->groups[g].first > previous_first);
		previous_first = groups->groups[g].first;
		for (uint32_t i = previous; i != RESOURCE_GROUPS_END;
		     i = resource_groups_next(groups, i)) {
			assert_ptr_equal(segments[i].resource, groups->groups[g].resource);
			assert_true(i >= previous);
			previous = i;
			seen++;
		}
	}
	assert_int_equal(seen, count);
}

static void orders(void **state)
{
	static const uint32_t counts[] = {1, 2, 63, 64, 65, 512, 1000, 3};
	static const uint32_t resources_counts[] = {1, 2, 10, 999, 1000};
	struct resource_groups groups;

	(void)state;
	resource_groups_init(&groups);
	for (size_t r = 0; r < sizeof(resources_counts) / sizeof(resources_counts[0]); r++) {
		assign(resources_counts[r]);
		for (size_t c = 0; c < sizeof(counts) / sizeof(counts[0]); c++)
			check(&groups, counts[c], resources_counts[r]);
	}
	resource_groups_done(&groups);
	resource_groups_done(&groups);
}

static void nothing(void **state)
{
	struct resource_groups groups;

	(void)state;
	resource_groups_init(&groups);
	assert_int_equal(resource_groups_make(&groups, NULL, 0), 0);
	assert_int_equal(groups.count, 0);
	resource_groups_done(&groups);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(orders),
		cmocka_unit_test(nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
