/* Names of fields, in any case, and their neighbours. */
#include "cmocka_test.h"

#include "protocols/http_field.h"

static void finds(void **state)
{
	static const struct {
		const char *name;
		enum http_field field;
	} cases[] = {
		{"Content-Type", HTTP_FIELD_CONTENT_TYPE},
		{"AUTHORIZATION", HTTP_FIELD_AUTHORIZATION},
		{"grpc-status", HTTP_FIELD_GRPC_STATUS},
		{"X-elastic-product", HTTP_FIELD_ELASTIC_PRODUCT},
		{"x-opensearch-version", HTTP_FIELD_OPENSEARCH_VERSION},
		{"X-Found-Handling-Cluster", HTTP_FIELD_FOUND_CLUSTER},
		{"X-Found-Handling-Instance", HTTP_FIELD_FOUND_INSTANCE},
		{"x-amz-request-id", HTTP_FIELD_AMZ_REQUEST_ID},
		{"x-amz-id-2", HTTP_FIELD_AMZ_ID_2},
		{"x-amz-copy-source", HTTP_FIELD_AMZ_COPY_SOURCE},
		{"", HTTP_FIELDS_COUNT},
		{"Cookie", HTTP_FIELDS_COUNT},
		{"content-typo", HTTP_FIELDS_COUNT},
		{"user-agent", HTTP_FIELDS_COUNT},
		{"x-found-handling-instance-of-something", HTTP_FIELDS_COUNT},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		assert_int_equal(http_field_find(view_of_text(cases[i].name)), cases[i].field);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {cmocka_unit_test(finds)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
