/* URLs without their secrets. */
#include "exporters/http_place.h"

#include "cmocka_test.h"

static void secrets_are_cut_out(void **state)
{
	static const struct {
		const char *url, *place;
	} rows[] = {
		{"https://otel.example:4318/v1/logs", "https://otel.example:4318/v1/logs"},
		{"https://me:pass@otel.example/v1", "https://otel.example/v1"},
		{"https://me:p@ss@otel.example/v1", "https://otel.example/v1"},
		{"http://[::1]:4318", "http://[::1]:4318"},
		{"https://host/path@2?token=x", "https://host/path@2"},
		{"https://host?token=a@b/c", "https://host"},
		{"https://host/#key", "https://host/"},
		{"me@host", "host"},
		{"", ""},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char *place = http_place_of(rows[i].url);

		assert_string_equal(place, rows[i].place);
		free(place);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(secrets_are_cut_out),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
