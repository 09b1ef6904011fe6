/* SHA-256 against the vectors of FIPS 180-4 and its companion examples, whole and cut at every
 * offset. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include "base/sha256.h"

static void assert_digest(struct view text, size_t cut, const char *expected)
{
	struct sha256 sha256;
	uint8_t digest[SHA256_BYTES];
	char hex[2 * SHA256_BYTES + 1];

	sha256_init(&sha256);
	sha256_add(&sha256, view_take(text, cut));
	sha256_add(&sha256, view_skip(text, cut));
	sha256_finish(&sha256, digest);
	for (int i = 0; i < SHA256_BYTES; i++)
		sprintf(hex + 2 * i, "%02x", digest[i]);
	assert_string_equal(hex, expected);
}

static void test_standard_vectors(void **state)
{
	(void)state;
	assert_digest(VIEW_LITERAL(""), 0,
		      "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
	assert_digest(VIEW_LITERAL("abc"), 1,
		      "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
	for (size_t cut = 0; cut <= 56; cut++)
		assert_digest(
			VIEW_LITERAL("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"),
			cut, "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
}

static void test_million_bytes(void **state)
{
	static char million[1000000];

	(void)state;
	memset(million, 'a', sizeof(million));
	assert_digest(view_of(million, sizeof(million)), 4097,
		      "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_standard_vectors),
					   cmocka_unit_test(test_million_bytes)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
