/* RFC 7541 appendix C.4 and C.6, every symbol, and texts that are none. */
#include "cmocka_test.h"

#include "protocols/http2/hpack_huffman.h"

static void reads(const char *hex, const char *wanted)
{
	uint8_t bytes[256];
	char buffer[256];
	size_t size = 0, coded_size = strlen(hex) / 2;
	struct view coded;

	assert_int_equal(view_parse_hex(view_of_text(hex), bytes, coded_size), 0);
	coded = exact_copy(view_of(bytes, coded_size));
	assert_true(hpack_huffman_read(coded, buffer, sizeof(buffer), &size));
	assert_view(view_of(buffer, size), wanted);
	assert_true(hpack_huffman_read(coded, buffer, 3, &size));
	assert_int_equal(size, strlen(wanted) < 3 ? strlen(wanted) : 3);
	free_copy(coded);
}

static void reads_the_examples(void **state)
{
	(void)state;
	reads("f1e3c2e5f23a6ba0ab90f4ff", "www.example.com");
	reads("a8eb10649cbf", "no-cache");
	reads("25a849e95ba97d7f", "custom-key");
	reads("25a849e95bb8e8b4bf", "custom-value");
	reads("6402", "302");
	reads("aec3771a4b", "private");
	reads("d07abe941054d444a8200595040b8166e082a62d1bff", "Mon, 21 Oct 2013 20:13:21 GMT");
	reads("9d29ad171863c78f0b97c8e9ae82ae43d3", "https://www.example.com");
	reads("94e7821dd7f2e6c7b335dfdfcd5b3960d5af27087f3672c1ab270fb5291f9587316065c003ed4ee5b106"
	      "3d5007",
	      "foo=ASDJKHQKBZXOQWEOPIUAXQWEOIU; max-age=3600; version=1");
	reads("", "");
}

static void refuses(const char *hex)
{
	uint8_t bytes[16];
	char buffer[16];
	size_t size;

	assert_int_equal(view_parse_hex(view_of_text(hex), bytes, strlen(hex) / 2), 0);
	assert_false(hpack_huffman_read(view_of(bytes, strlen(hex) / 2), buffer, 16, &size));
}

static void refuses_what_is_none(void **state)
{
	(void)state;
	refuses("ffffffff");                 /* the end mark */
	refuses("ff");                       /* eight bits of padding */
	refuses("f1e3c2e5f23a6ba0ab90f4fe"); /* padding that is not all ones */
	refuses("f1e3c2e5f23a6ba0ab90f4");   /* cut inside a code */
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_the_examples),
		cmocka_unit_test(refuses_what_is_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
