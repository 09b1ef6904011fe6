/* Telling the two manglings of Rust apart from each other and from C++; legacy names. */
#include "cmocka_test.h"
#include "symbols/rust_demangle.h"

/* NULL: not the name of a Rust symbol. */
static void expect(const char *symbol, const char *wanted)
{
	char text[MAX_DEMANGLED_BYTES];
	struct view copy = exact_copy(view_of_text(symbol));
	size_t size = rust_demangle(copy, text, sizeof(text));

	assert_view(view_of(text, size), wanted ? wanted : "");
	free_copy(copy);
}

static void test_legacy(void **state)
{
	(void)state;
	expect("_ZN4core3fmt5Write9write_fmt17h0123456789abcdefE", "core::fmt::Write::write_fmt");
	expect("_ZN71_$LT$Test$u20$$u2b$$u20$$u27$static$u20$as$u20$foo..Bar$LT$Test$GT$$GT$3bar"
	       "17h930b740aa94f1d3aE",
	       "<Test + 'static as foo::Bar<Test>>::bar");
	expect("_ZN28_$u7b$$u7b$closure$u7d$$u7d$17h930b740aa94f1d3aE", "{{closure}}");
	expect("_ZN5$RP$417h05af221e174051e9E", ")4");
	expect("_ZN4a..b3.c.17h05af221e174051e9E", "a::b::.c.");
	expect("_ZN11$SP$$BP$$C$3foo17h05af221e174051e9E", "@*,::foo");
}

static void test_unknown_escapes_stay(void **state)
{
	(void)state;
	expect("_ZN2$C3$SP17h05af221e174051e9E", "$C::$SP");
	expect("_ZN7$u7$foo17h05af221e174051e9E", "$u7$foo");
	expect("_ZN7$XX$foo17h05af221e174051e9E", "$XX$foo");
}

static void test_what_follows_is_left_away(void **state)
{
	(void)state;
	expect("_ZN3foo17h05af221e174051e9E.llvm.1", "foo");
	expect("_ZN3foo3bar17h05af221e174051e9E.cold", "foo::bar");
	expect("_RC3foo.llvm.9D1C9369", "foo");
}

static void test_others(void **state)
{
	(void)state;
	expect("", NULL);
	expect("_R", NULL);
	expect("main", NULL);
	expect("_ZN3foo3barE", NULL);                /* C++ */
	expect("_ZN3foo17hello0world67890Ev", NULL); /* no hash */
	expect("_ZN3foo17h0000000000000000E", NULL); /* nor this */
	expect("_ZN3foo17h05af221e174051e9", NULL);  /* cut */
	expect("_ZN3foo17h05af221e174051e9EPv", NULL);
	expect("_ZN17h05af221e174051e9E", NULL); /* nothing but a hash */
	expect("_ZN99999999999999999999foo17h05af221e174051e9E", NULL);
	expect("_RNvC6_123foo", NULL);
	expect("_RNvC1a1b-", NULL);
	expect("_Rust_is_not_mangled", NULL);
}

static void test_every_cut(void **state)
{
	static const char *const symbols[] = {
		"_RNvNvMCs4fqI2P2rA04_13const_genericINtB4_3FooKpE3foo3FOO",
		"_ZN4core3fmt5Write9write_fmt17h0123456789abcdefE",
	};
	char text[64];

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		for (size_t size = 0; size < strlen(symbols[i]); size++) {
			struct view cut = exact_copy(view_of(symbols[i], size));
			size_t written = rust_demangle(cut, text, sizeof(text));

			/* Of v0, a prefix may be a name too; of legacy, never. */
			assert_true(written == 0 || (i == 0 && written < size));
			free_copy(cut);
		}
	}
}

static void test_text_too_small(void **state)
{
	struct view symbol = view_of_text("_RNvNtC3std3mem4swap");
	char whole[MAX_DEMANGLED_BYTES], *text;

	(void)state;
	assert_view(view_of(whole, rust_demangle(symbol, whole, sizeof(whole))), "std::mem::swap");
	for (size_t size = 0; size < 14; size++) {
		text = malloc(size ? size : 1);
		assert_true(rust_demangle(symbol, text, size) <= size);
		assert_memory_equal(text, whole, rust_demangle(symbol, text, size));
		free(text);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_legacy),
		cmocka_unit_test(test_unknown_escapes_stay),
		cmocka_unit_test(test_what_follows_is_left_away),
		cmocka_unit_test(test_others),
		cmocka_unit_test(test_every_cut),
		cmocka_unit_test(test_text_too_small),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
