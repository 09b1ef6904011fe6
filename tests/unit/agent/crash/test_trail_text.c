/* The kernel's trail as breadcrumbs, and the end of standard error as it was written. */
#include "crash/trail_text.h"

#include <errno.h>
#include <string.h>
#include <sys/syscall.h>
#include "cmocka_test.h"

#define SECOND_NS 1000000000ull

static struct arena arena;

static void add_piece(struct crash_trail *trail, uint64_t time_ns, const char *text, uint16_t size)
{
	struct stderr_piece *piece = &trail->pieces[trail->pieces_count++ % TRAIL_PIECES];

	*piece = (struct stderr_piece){
		.time_ns = time_ns, .size = size, .captured = (uint16_t)strlen(text)};
	memcpy(piece->bytes, text, strlen(text));
}

static void add_text(struct crash_trail *trail, uint64_t time_ns, const char *text)
{
	add_piece(trail, time_ns, text, (uint16_t)strlen(text));
}

static void test_crumbs(void **state)
{
	struct crash_trail trail = {.calls_count = 1};
	struct breadcrumb crumbs[MAX_TRAIL_CRUMBS];

	(void)state;
	trail.calls[0] = (struct failed_call){.time_ns = 5,
					      .argument = 7,
					      .tid = 9,
					      .number = SYS_connect,
					      .error = ECONNREFUSED};
	add_text(&trail, 10, "one ");
	add_text(&trail, 20, "line\n\x1b[31mred\x1b[0m\tline\n");
	add_piece(&trail, 30, "the end of a long one", 9000);
	arena_init(&arena, 1 << 16);
	assert_int_equal(trail_text_write(&trail, 1000, &arena, crumbs, MAX_TRAIL_CRUMBS), 4);
	assert_view(crumbs[0].message, "connect: ECONNREFUSED");
	assert_int_equal(crumbs[0].unix_ns, 1005);
	assert_view(crumbs[1].message, "one line");
	assert_int_equal(crumbs[1].unix_ns, 1010);
	assert_view(crumbs[2].message, "red line");
	assert_view(crumbs[3].message, "the end of a long one");
	assert_int_equal(crumbs[3].unix_ns, 1030);
	assert_int_equal(trail_text_write(&trail, 1000, &arena, crumbs, 2), 2);
	assert_view(crumbs[1].message, "the end of a long one");
	arena_done(&arena);
}

/* What was written long before has nothing to do with the end. */
static void test_tail(void **state)
{
	struct crash_trail trail = {0};

	(void)state;
	arena_init(&arena, 1 << 16);
	assert_int_equal(trail_text_tail(&trail, SECOND_NS, &arena).size, 0);
	add_text(&trail, SECOND_NS, "ready\n");
	add_text(&trail, 60 * SECOND_NS, "terminate called after throwing");
	add_text(&trail, 60 * SECOND_NS, " an instance of 'int'\n");
	assert_view(trail_text_tail(&trail, 61 * SECOND_NS, &arena),
		    "terminate called after throwing an instance of 'int'\n");
	assert_view(trail_text_tail(&trail, 5 * SECOND_NS, &arena),
		    "ready\nterminate called after throwing an instance of 'int'\n");
	assert_int_equal(trail_text_tail(&trail, 100 * SECOND_NS, &arena).size, 0);
	arena_done(&arena);
}

/* More than there is room for: the last pieces are kept. */
static void test_tail_of_many(void **state)
{
	struct crash_trail trail = {0};
	char text[8];

	(void)state;
	for (int i = 0; i < 3 * TRAIL_PIECES + 1; i++) {
		(void)snprintf(text, sizeof(text), "%d,", i % 10);
		add_text(&trail, SECOND_NS, text);
	}
	arena_init(&arena, 1 << 16);
	assert_view(trail_text_tail(&trail, SECOND_NS, &arena), "7,8,9,0,1,2,3,4,");
	arena_done(&arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_crumbs),
		cmocka_unit_test(test_tail),
		cmocka_unit_test(test_tail_of_many),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
