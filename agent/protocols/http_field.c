/*
 * The names of the fields refinements ask for. Told apart by their length first: of most fields of
 * a head no byte is looked at here. Names from RFC 9110, Elasticsearch's and OpenSearch's REST
 * servers, and the S3 API reference (common request and response headers).
 */
#include "protocols/http_field.h"

#define LONGEST_BYTES 26

static const struct {
	struct view name;
	enum http_field field;
} names[] = {
	{{"x-amz-id-2", 10}, HTTP_FIELD_AMZ_ID_2},
	{{"grpc-status", 11}, HTTP_FIELD_GRPC_STATUS},
	{{"content-type", 12}, HTTP_FIELD_CONTENT_TYPE},
	{{"authorization", 13}, HTTP_FIELD_AUTHORIZATION},
	{{"x-amz-request-id", 16}, HTTP_FIELD_AMZ_REQUEST_ID},
	{{"x-elastic-product", 17}, HTTP_FIELD_ELASTIC_PRODUCT},
	{{"x-amz-copy-source", 17}, HTTP_FIELD_AMZ_COPY_SOURCE},
	{{"x-opensearch-version", 20}, HTTP_FIELD_OPENSEARCH_VERSION},
	{{"x-found-handling-cluster", 24}, HTTP_FIELD_FOUND_CLUSTER},
	{{"x-found-handling-instance", 25}, HTTP_FIELD_FOUND_INSTANCE},
};

/* One bit per length that a name has. */
#define LENGTHS                                                                                    \
	(1u << 10 | 1u << 11 | 1u << 12 | 1u << 13 | 1u << 16 | 1u << 17 | 1u << 20 | 1u << 24 |   \
	 1u << 25)

enum http_field http_field_find(struct view name)
{
	if (name.size >= LONGEST_BYTES || !(LENGTHS >> name.size & 1))
		return HTTP_FIELDS_COUNT;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (name.size == names[i].name.size &&
		    view_equals_ignoring_case(name, names[i].name))
			return names[i].field;
	return HTTP_FIELDS_COUNT;
}
