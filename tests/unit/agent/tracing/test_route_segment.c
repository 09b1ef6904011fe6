/* Names and values in one segment of a path. */
#include "cmocka_test.h"

#include "tracing/route_segment.h"

static const struct {
	const char *segment, *wanted;
} rows[] = {
	/* names stay */
	{"orders", "orders"},
	{"api", "api"},
	{"v1", "v1"},
	{"v2.1", "v2.1"},
	{"V12", "V12"},
	{"oauth2", "oauth2"},
	{"s3", "s3"},
	{"sha256", "sha256"},
	{"h264", "h264"},
	{"item42", "item42"},
	{"line-items", "line-items"},
	{"terms_of_service", "terms_of_service"},
	{"index.html", "index.html"},
	{"favicon.ico", "favicon.ico"},
	{".well-known", ".well-known"},
	{"users:batchGet", "users:batchGet"},
	{"facade", "facade"},
	{"getOauth2UserDetails", "getOauth2UserDetails"},
	{"jquery-3.min.js", "jquery-{id}.min.js"},
	/* values do not */
	{"17", "{id}"},
	{"0", "{id}"},
	{"12345678901234567890", "{id}"},
	{"item-42", "item-{id}"},
	{"42-blue-shoes", "{id}-blue-shoes"},
	{"order_10234", "order_{id}"},
	{"order10234", "order{id}"},
	{"INV-2024-00017", "INV-{id}-{id}"},
	{"user=joe", "user={value}"},
	{"f47ac10b-58cc-4372-a567-0e02b2c3d479", "{uuid}"},
	{"F47AC10B-58CC-4372-A567-0E02B2C3D479", "{uuid}"},
	{"f47ac10b58cc4372a5670e02b2c3d479", "{hash}"},
	{"3f2a9c", "{hash}"},
	{"507f1f77bcf86cd799439011", "{hash}"},
	{"01ARZ3NDEKTSV4RRFFQ69G5FAV", "{hash}"},
	{"dQw4w9WgXcQ", "{hash}"},
	{"eyJhbGciOiJIUzI1NiJ9", "{hash}"},
	{"V1StGXR8_Z5jdHi6B-myT", "{hash}"},
	{"app.3f2a9c.js", "app.{hash}.js"},
	{"main-5e8f9a1b.css", "main-{hash}.css"},
	{"IMG_20240131_123456.jpg", "IMG_{id}_{id}.jpg"},
	{"2024-01-31", "{date}"},
	{"2024-01", "{date}"},
	{"2024-01-31T12:00:00Z", "{date}"},
	{"joe@example.com", "{email}"},
	{"joe%40example.com", "{email}"},
	{"1.2.3", "{version}"},
	{"10.0.0.1", "{version}"},
	{"blue%20shoes", "{value}"},
	{"caf\xc3\xa9", "{value}"},
	{"a+b", "{value}"},
	{"{id}", "{value}"},
	{"*", "{value}"},
	{"..", "{value}"},
	{"", "{value}"},
	{"orders;jsessionid=AB12", "orders"},
	{";x=1", "{value}"},
	{"a-name-nobody-would-choose-for-a-route-in-earnest", "{value}"},
};

static void tells_them_apart(void **state)
{
	char buffer[MAX_ROUTE_SEGMENT_BYTES];

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct view segment = exact_copy(view_of_text(rows[i].segment));
		bool is_literal;
		size_t size = route_segment_write(segment, buffer, &is_literal);

		assert_view(view_of(buffer, size), rows[i].wanted);
		assert_int_equal(is_literal, strchr(rows[i].wanted, '{') == NULL);
		free_copy(segment);
	}
}

static void fits_its_buffer(void **state)
{
	unsigned int seed = 5;
	char text[300];

	(void)state;
	for (int round = 0; round < 20000; round++) {
		size_t size = (size_t)rand_r(&seed) % sizeof(text);
		char *buffer = malloc(MAX_ROUTE_SEGMENT_BYTES);
		bool is_literal;

		for (size_t i = 0; i < size; i++)
			text[i] = "1-.9aZ_x7"[rand_r(&seed) % 9];
		assert_in_range(route_segment_write(view_of(text, size), buffer, &is_literal), 1,
				MAX_ROUTE_SEGMENT_BYTES);
		free(buffer);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(tells_them_apart),
		cmocka_unit_test(fits_its_buffer),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
