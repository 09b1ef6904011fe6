/* tracestate by the grammar of level 2, and the `ot` entry. */
#include "cmocka_test.h"

#include "tracing/tracestate.h"

static void validates(void **state)
{
	static const char *const valid[] = {
		"",
		",",
		"a=1",
		"a=1,b=2",
		" a=1 ,\tb=2 ",
		"a=1,,b=2",
		"0vendor=x",
		"t@v=1",
		"a_-*/b=x y",
		"a=!\"#$%&'()*+-./:;<>?@[]^_`{|}~",
		"ot=th:8;rv:00000000000001",
	};
	static const char *const invalid[] = {
		"a",      "=1",         "a=",    "A=1",   "aB=1", "_a=1", "a=1=2",
		"a=\x7f", "a=\xc3\xa9", "a b=1", "a=1,b", "a =1", "a= ",  "a=x\ty",
	};
	char large[600];

	(void)state;
	for (size_t i = 0; i < sizeof(valid) / sizeof(valid[0]); i++)
		if (!tracestate_is_valid(view_of_text(valid[i])))
			fail_msg("\"%s\" was refused", valid[i]);
	for (size_t i = 0; i < sizeof(invalid) / sizeof(invalid[0]); i++)
		if (tracestate_is_valid(view_of_text(invalid[i])))
			fail_msg("\"%s\" was taken", invalid[i]);
	memset(large, 'a', sizeof(large));
	large[256] = '=';
	assert_true(tracestate_is_valid(view_of(large, 257 + 256)));
	assert_false(tracestate_is_valid(view_of(large, 257 + 257)));
	large[257] = '=';
	large[256] = 'a';
	assert_false(tracestate_is_valid(view_of(large, 300)));
}

static void reads_ot(void **state)
{
	static const struct {
		const char *text;
		bool has_threshold, has_randomness;
		uint64_t threshold, randomness;
	} rows[] = {
		{"ot=th:8", true, false, 0x80000000000000, 0},
		{"ot=th:0", true, false, 0, 0},
		{"a=1,ot=rv:0123456789abcd;th:028f5c28f5c29", true, true, 0x028f5c28f5c290,
		 0x0123456789abcd},
		{"ot=p:8;th:c;x:A.b_-", true, false, 0xc0000000000000, 0},
		{"ot=th:fffffffffffffff", false, false, 0, 0},
		{"ot=th:", false, false, 0, 0},
		{"ot=th:A", false, false, 0, 0},
		{"ot=rv:123", false, false, 0, 0},
		{"ot=rv:0123456789ABCD", false, false, 0, 0},
		{"ot=th:8;broken", false, false, 0, 0},
		{"ot=TH:8", false, false, 0, 0},
		{"ot=th:8,BROKEN", false, false, 0, 0},
		{"other=th:8", false, false, 0, 0},
		{"", false, false, 0, 0},
	};
	struct tracestate_ot ot;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		tracestate_read_ot(view_of_text(rows[i].text), &ot);
		assert_int_equal(ot.has_threshold, rows[i].has_threshold);
		assert_int_equal(ot.has_randomness, rows[i].has_randomness);
		assert_true(ot.threshold == rows[i].threshold);
		assert_true(ot.randomness == rows[i].randomness);
	}
}

static void assert_written(const char *text, bool has_threshold, uint64_t threshold,
			   const char *wanted)
{
	struct sampling_decision decision = {.has_threshold = has_threshold,
					     .threshold = threshold};
	struct view copy = exact_copy(view_of_text(text));
	char *buffer = malloc(MAX_TRACESTATE_BYTES);

	assert_view(tracestate_write(copy, &decision, buffer), wanted);
	free(buffer);
	free_copy(copy);
}

static void writes_ot(void **state)
{
	const uint64_t half = 0x80000000000000;

	(void)state;
	assert_written("", true, half, "ot=th:8");
	assert_written("", true, 0, "ot=th:0");
	assert_written("", false, half, "");
	assert_written("a=1, b=2", true, half, "ot=th:8,a=1,b=2");
	assert_written("a=1,,b=2", false, 0, "a=1,b=2");
	/* Not changed: stays where it is. */
	assert_written("a=1,ot=th:8,b=2", true, half, "a=1,ot=th:8,b=2");
	/* Changed: moves to the left, everything else of it stays. */
	assert_written("a=1,ot=th:c,b=2", true, half, "ot=th:8,a=1,b=2");
	assert_written("a=1,ot=x:y;th:c;rv:0123456789abcd", true, half,
		       "ot=th:8;x:y;rv:0123456789abcd,a=1");
	assert_written("a=1,ot=th:c;rv:0123456789abcd", false, 0, "ot=rv:0123456789abcd,a=1");
	assert_written("a=1,ot=th:c", false, 0, "a=1");
	assert_written("a=1,ot=broken", false, 0, "a=1");
	assert_written("a=1,ot=broken", true, half, "ot=th:8,a=1");
	assert_written("ot=th:c,a=1,ot=th:d", true, half, "ot=th:8,a=1");
	assert_written("A=1,ot=th:c", true, half, "ot=th:8");
	assert_written("a=1", true, 0x028f5c28f5c290, "ot=th:028f5c28f5c29,a=1");
}

static void keeps_to_the_limits(void **state)
{
	struct sampling_decision decision = {.has_threshold = true};
	char text[8192], buffer[MAX_TRACESTATE_BYTES], *at = text;
	struct view written;

	(void)state;
	for (int i = 0; i < 40; i++)
		at += sprintf(at, "%sk%d=v", i ? "," : "", i);
	written = tracestate_write(view_of_text(text), &decision, buffer);
	assert_true(view_starts_with(written, VIEW_LITERAL("ot=th:0,k0=v,k1=v,")));
	assert_true(view_ends_with(written, VIEW_LITERAL(",k30=v")));
	/* Too long: members above 128 bytes go first, from the right. */
	sprintf(text, "a=%0200d,b=%0100d,c=%0200d,d=%0100d", 0, 0, 0, 0);
	written = tracestate_write(view_of_text(text), &decision, buffer);
	sprintf(text + 4096, "ot=th:0,a=%0200d,b=%0100d,d=%0100d", 0, 0, 0);
	assert_view(written, text + 4096);
	/* Then the right-most. */
	for (int i = 0; i < 8; i++)
		sprintf(text + 103 * i, "%c=%0100d,", 'a' + i, 0);
	written = tracestate_write(view_of_text(text), &decision, buffer);
	assert_int_equal(written.size, 7 + 4 * 103);
	assert_true(view_starts_with(written, VIEW_LITERAL("ot=th:0,a=")));
	/* An entry that would grow beyond 256 bytes stays as it is. */
	sprintf(text, "ot=x:%0251d", 0);
	written = tracestate_write(view_of_text(text), &decision, buffer);
	assert_view(written, text);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(validates),
		cmocka_unit_test(reads_ot),
		cmocka_unit_test(writes_ot),
		cmocka_unit_test(keeps_to_the_limits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
