/* Names in messages: labels, pointers, escapes, and what is none. */
#include "cmocka_test.h"

#include "protocols/dns/dns_name.h"

#define BYTES(text) view_of(text, sizeof(text) - 1)

static void check(struct view message, size_t offset, const char *wanted, size_t wanted_end)
{
	char buffer[MAX_DNS_NAME_BYTES];
	struct view copy = exact_copy(message), name = {0};
	size_t end = 0;

	assert_true(dns_name_read(copy, offset, buffer, &name));
	assert_int_equal(name.size, strlen(wanted));
	assert_memory_equal(name.bytes, wanted, name.size);
	assert_true(dns_name_skip(copy, offset, &end));
	assert_int_equal(end, wanted_end);
	free_copy(copy);
}

static void check_none(struct view message, size_t offset)
{
	char buffer[MAX_DNS_NAME_BYTES];
	struct view copy = exact_copy(message), name = {0};

	assert_false(dns_name_read(copy, offset, buffer, &name));
	assert_null(name.bytes);
	free_copy(copy);
}

static void names(void **state)
{
	(void)state;
	check(BYTES("\0"), 0, ".", 1);
	check(BYTES("\1a\0"), 0, "a", 3);
	check(BYTES("\3www\7example\3com\0x"), 0, "www.example.com", 17);
	check(BYTES("\3wWw\1X\0"), 0, "wWw.X", 7);
	/* RFC 1035, section 5.1: dots in labels, bytes that do not print. */
	check(BYTES("\5a.b\\\40\2\0\377\0"), 0, "a\\.b\\\\\\032.\\000\\255", 10);
}

static void pointers(void **state)
{
	(void)state;
	check(BYTES("\3com\0\1a\300\0"), 5, "a.com", 9);
	check(BYTES("\3com\0\1a\300\0\1b\300\5"), 9, "b.a.com", 13);
	check(BYTES("\3com\0\300\0"), 5, "com", 7);
	/* To itself, forwards, round and round. */
	check_none(BYTES("\300\0"), 0);
	check_none(BYTES("\1a\300\0"), 0);
	check_none(BYTES("\300\2\1a\0"), 0);
	check_none(BYTES("\1a\300\4\1b\300\0"), 4);
	check_none(BYTES("\1a\300"), 0);
}

static void no_names(void **state)
{
	char long_name[300], buffer[MAX_DNS_NAME_BYTES];
	struct view name;
	size_t end;

	(void)state;
	check_none(BYTES(""), 0);
	check_none(BYTES("\3ww"), 0);
	check_none(BYTES("\3www"), 0);
	check_none(BYTES("\100a\0"), 0);
	check_none(BYTES("\1a\0"), 3);
	check_none(BYTES("\1a\0"), 99);
	assert_false(dns_name_skip(BYTES("\3www"), 0, &end));
	assert_false(dns_name_skip(BYTES("\200a"), 0, &end));
	assert_false(dns_name_skip(BYTES("\300"), 0, &end));
	/* 255 bytes are the most. */
	memset(long_name, 1, sizeof(long_name));
	long_name[254] = 0;
	assert_true(dns_name_read(view_of(long_name, 255), 0, buffer, &name));
	assert_int_equal(name.size, 127 * 4 + 126);
	assert_true(dns_name_skip(view_of(long_name, 255), 0, &end));
	assert_int_equal(end, 255);
	long_name[254] = 1;
	long_name[256] = 0;
	assert_false(dns_name_read(view_of(long_name, 257), 0, buffer, &name));
	assert_false(dns_name_skip(view_of(long_name, 257), 0, &end));
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(names),
		cmocka_unit_test(pointers),
		cmocka_unit_test(no_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
