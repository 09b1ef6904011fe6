/* Places learned before the kernel's programs are there, and after; more than there is room for. */
#include "abort_places.h"

#include "cmocka_test.h"

static struct abort_places places;
static uint64_t told[2 * MAX_ABORT_PLACES][3];
static uint32_t told_count;

int probe_loader_set_abort_place(struct probe_loader *loader, uint32_t index, uint64_t pc_offset,
				 uint64_t message_offset)
{
	assert_ptr_equal(loader, &told);
	told[told_count][0] = index;
	told[told_count][1] = pc_offset;
	told[told_count++][2] = message_offset;
	return index ? 0 : -1; /* one that is refused is no reason to leave out the next */
}

static void expect(uint32_t at, uint64_t index, uint64_t pc_offset, uint64_t message_offset)
{
	assert_int_equal(told[at][0], index);
	assert_int_equal(told[at][1], pc_offset);
	assert_int_equal(told[at][2], message_offset);
}

static void before_and_after(void **state)
{
	(void)state;
	abort_places_learn(&places, NULL, 0x100, 0x8);
	abort_places_learn(&places, NULL, 0x200, 0);
	assert_int_equal(told_count, 0);
	abort_places_tell(&places, (void *)&told);
	assert_int_equal(told_count, 2);
	expect(0, 0, 0x100, 0x8);
	expect(1, 1, 0x200, 0);
	abort_places_learn(&places, (void *)&told, 0x300, 0x10);
	assert_int_equal(told_count, 3);
	expect(2, 2, 0x300, 0x10);
}

static void too_many(void **state)
{
	(void)state;
	places = (struct abort_places){0};
	told_count = 0;
	for (uint64_t i = 0; i < MAX_ABORT_PLACES + 3; i++)
		abort_places_learn(&places, (void *)&told, i + 1, 0);
	assert_int_equal(places.count, MAX_ABORT_PLACES);
	assert_int_equal(told_count, MAX_ABORT_PLACES);
	expect(MAX_ABORT_PLACES - 1, MAX_ABORT_PLACES - 1, MAX_ABORT_PLACES, 0);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(before_and_after),
		cmocka_unit_test(too_many),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
