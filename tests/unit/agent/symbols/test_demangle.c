/* Whose name it is: Rust's, C++'s or nobody's. C++ is skipped where there is no libstdc++. */
#include "cmocka_test.h"
#include "symbols/demangle.h"
#include "symbols/rust_demangle.h"

static void expect(const char *symbol, const char *wanted)
{
	struct arena arena;
	struct view copy = exact_copy(view_of_text(symbol));

	arena_init(&arena, 65536);
	assert_view(demangle_name(copy, &arena), wanted);
	arena_done(&arena);
	free_copy(copy);
}

static void test_before_prepare(void **state)
{
	(void)state;
	expect("_ZN3foo3barEv", "_ZN3foo3barEv");
	expect("_RNvC3foo3bar", "foo::bar");
}

static void test_cpp(void **state)
{
	(void)state;
	if (!demangle_prepare())
		skip();
	assert_true(demangle_prepare());
	expect("_ZN3foo3barEv", "foo::bar()");
	expect("_ZNSt6vectorIiSaIiEE9push_backERKi",
	       "std::vector<int, std::allocator<int> >::push_back(int const&)");
	expect("_ZN3foo3barEv.cold", "foo::bar() [clone .cold]");
	expect("_ZN3foo3barEv@@V1", "foo::bar()");
	expect("_ZN3foo3bar", "_ZN3foo3bar");
	expect("_Z", "_Z");
	expect("_ZN4core3fmt5Write9write_fmt17h0123456789abcdefE", "core::fmt::Write::write_fmt");
}

static void test_plain(void **state)
{
	(void)state;
	expect("", "");
	expect("_", "_");
	expect("main", "main");
	expect("_start", "_start");
	expect("main.(*circle).area", "main.(*circle).area");
}

static void test_bounds(void **state)
{
	static char name[3 * MAX_DEMANGLED_BYTES];
	struct arena arena;
	struct view found;

	(void)state;
	memset(name, 'a', sizeof(name));
	arena_init(&arena, 65536);
	found = demangle_name(view_of(name, sizeof(name)), &arena);
	assert_int_equal(found.size, MAX_DEMANGLED_BYTES);
	name[0] = '_';
	name[1] = 'Z';
	found = demangle_name(view_of(name, sizeof(name)), &arena);
	assert_int_equal(found.size, MAX_DEMANGLED_BYTES);
	/* 2^12 integers: 20 KB of C++ from 130 bytes. */
	if (demangle_prepare()) {
		size_t size = (size_t)snprintf(name, sizeof(name), "_Z1fPFviE");

		for (int i = 0, next = 2; i < 12; i++, next += 2)
			size += (size_t)snprintf(name + size, sizeof(name) - size, "PFvS%c_S%c_E",
						 "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"[next - 2],
						 "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"[next - 2]);
		found = demangle_name(view_of(name, size), &arena);
		assert_int_equal(found.size, MAX_DEMANGLED_BYTES);
		assert_true(view_starts_with(found, VIEW_LITERAL("f(void (*)(int), void (*)(")));
	}
	arena_done(&arena);
	arena_init(&arena, 8);
	assert_null(demangle_name(view_of_text("too long for the arena"), &arena).bytes);
	arena_done(&arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_before_prepare),
		cmocka_unit_test(test_cpp),
		cmocka_unit_test(test_plain),
		cmocka_unit_test(test_bounds),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
