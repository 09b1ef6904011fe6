/* Paths and types of Rust's v0 mangling; most vectors are those of rustc-demangle. */
#include "cmocka_test.h"
#include "symbols/rust_demangle.h"

static void expect(const char *symbol, const char *wanted)
{
	char text[MAX_DEMANGLED_BYTES];
	struct view copy = exact_copy(view_of_text(symbol));

	assert_view(view_of(text, rust_demangle(copy, text, sizeof(text))), wanted);
	free_copy(copy);
}

static void test_paths(void **state)
{
	(void)state;
	expect("_RNvC6_123foo3bar", "123foo::bar");
	expect("_RNCNCNgCs6DXkGYLi8lr_2cc5spawn00B5_", "cc::spawn::{closure#0}::{closure#0}");
	expect("_RNSNvC1a1bs_4shim", "a::b::{shim:shim#1}");
	expect("_RNTNvC1a1bs0_0", "a::b::{T#2}");
	expect("_RINvNtC3std3mem8align_ofjdE", "std::mem::align_of::<usize, f64>");
	expect("_RNvYDNtC1c1dEL_NtC1e1f1g", "<dyn c::d as e::f>::g");
	expect("_RINvC1a1bhEC1d", "a::b::<u8>"); /* instantiated in crate d */
	expect("_RNqCs4fqI2P2rA04_11utf8_identsu30____7hkackfecea1cbdathfdh9hlq6y",
	       "utf8_idents::საჭმელად_გემრიელი_სადილი");
	expect("_RNvMsr_NtCs3ssYzQotkvD_3std4pathNtB5_7PathBuf3newCs15kBYyAo9fc_7mycrate",
	       "<std::path::PathBuf>::new");
}

static void test_impls_and_back_references(void **state)
{
	(void)state;
	expect("_RNCINkXs25_NgCsbmNqQUJIY6D_4core5sliceINyB9_4IterhENuNgNoBb_4iter8iterator8"
	       "Iterator9rpositionNCNgNpB9_6memchr7memrchrs_0E0Bb_",
	       "<core::slice::Iter<u8> as core::iter::iterator::Iterator>::rposition::"
	       "<core::slice::memchr::memrchr::{closure#1}>::{closure#0}");
	expect("_RINbNbCskIICzLVDPPb_5alloc5alloc8box_freeDINbNiB4_5boxed5FnBoxuEp6OutputuEL_"
	       "ECs1iopQbuBiw2_3std",
	       "alloc::alloc::box_free::<dyn alloc::boxed::FnBox<(), Output = ()>>");
	expect("_RMC0INtC8arrayvec8ArrayVechKj7b_E", "<arrayvec::ArrayVec<u8, 123>>");
}

static void test_types(void **state)
{
	(void)state;
	expect("_RINvC1a1bTjETxyEAjja_SjPhOtzE",
	       "a::b::<(usize,), (i64, u64), [usize; 10], [usize], *const u8, *mut u16, !>");
	expect("_RINvC1a1babcdefhijlmnopstuvxyzE",
	       "a::b::<i8, bool, char, f64, str, f32, u8, isize, usize, i32, u32, i128, u128, _, "
	       "i16, u16, (), ..., i64, u64, !>");
	expect("_RINvC1a1bRhQtRL_yL_E", "a::b::<&u8, &mut u16, &u64, '_>");
	expect("_RINvC1a1bFUKCjEuE", "a::b::<unsafe extern \"C\" fn(usize)>");
	expect("_RINvC1a1bFK8vec_callEvE", "a::b::<extern \"vec-call\" fn() -> ...>");
	expect("_RINvC1a1bFG0_RL1_hRL0_tEuE", "a::b::<for<'a, 'b> fn(&'a u8, &'b u16)>");
	expect("_RINvC1a1bDG_INtC1c1dRL0_hENtC1e1fEL_E", "a::b::<dyn for<'a> c::d<&'a u8> + e::f>");
}

static void test_refused(void **state)
{
	(void)state;
	expect("_RNvC1a1bZ", "");
	expect("_RN9C1a1b", "");
	expect("_RB_", "");                     /* points at itself */
	expect("_RNvB0_1b", "");                /* and ahead */
	expect("_RINvC1a1bRL0_hE", "");         /* a lifetime nobody bound */
	expect("_RINvC1a1bFGzzzzzzzz_EuE", ""); /* a binder of very many */
	expect("_RINvC1a1bDNtC1c1dEhE", "");    /* dyn without its lifetime */
	expect("_RNvCu4___z1b", "");            /* no punycode behind the last _ … */
	expect("_RINvC1a1bFKu3a_bEuE", "");     /* … and none in the name of an ABI */
}

static void test_bad_punycode_is_shown(void **state)
{
	(void)state;
	expect("_RNvC1au5x_999", "a::punycode{x-999}");
}

static void test_bombs_end(void **state)
{
	char symbol[4096], text[MAX_DEMANGLED_BYTES];
	size_t size = 0;

	(void)state;
	/* Deep: "&&&…u8". */
	size = (size_t)snprintf(symbol, sizeof(symbol), "_RINvC1a1b");
	memset(symbol + size, 'R', 2000);
	size += 2000;
	size += (size_t)snprintf(symbol + size, sizeof(symbol) - size, "hE");
	assert_int_equal(rust_demangle(view_of(symbol, size), text, sizeof(text)), 0);
	/* Wide: each tuple holds the one before it twice, 2^40 in all. */
	size = (size_t)snprintf(symbol, sizeof(symbol), "_RINvC1a1bTuuE");
	for (size_t i = 0, before = 8; i < 40; i++) {
		char reference[16];
		size_t length = 0, here = size - 2;

		/* Base 62, where "_" is 0 and "0_" is 1. */
		for (size_t value = before - 1, scale = 62 * 62; scale > 0; scale /= 62)
			if (value >= scale || scale == 1)
				reference[length++] =
					"0123456789abcdefghijklmnopqrstuvwxyz"
					"ABCDEFGHIJKLMNOPQRSTUVWXYZ"[value / scale % 62];
		size += (size_t)snprintf(symbol + size, sizeof(symbol) - size, "TB%.*s_B%.*s_E",
					 (int)length, reference, (int)length, reference);
		before = here;
	}
	symbol[size++] = 'E';
	/* Cut, not refused: what was written by then is true. */
	size = rust_demangle(view_of(symbol, size), text, sizeof(text));
	assert_true(size > 4000);
	assert_view(view_of(text, 42), "a::b::<((), ()), (((), ()), ((), ())), (((");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_paths),
		cmocka_unit_test(test_impls_and_back_references),
		cmocka_unit_test(test_types),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_bad_punycode_is_shown),
		cmocka_unit_test(test_bombs_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
