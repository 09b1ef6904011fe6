/*
 * AWS S3 and stores that speak its API. A request is proven by what it is signed for (Signature
 * Version 4: the scope ends with "s3/aws4_request", in a header or in a presigned URL), an answer
 * to an unsigned one by x-amz-request-id together with x-amz-id-2. Attributes by the
 * conventions 1.44 for the AWS SDK and S3. Signatures and credentials are never copied; keys of
 * objects, upload ids and copy sources may name people and stay where HTTP has them, in the URL.
 */
#include "protocols/s3/s3.h"

#include "base/arena.h"
#include "protocols/attribute_text.h"
#include "protocols/s3/s3_operation.h"

#define MAX_BUCKET_BYTES     255
#define MAX_REQUEST_ID_BYTES 128
#define MAX_PART_NUMBER      10000

static bool is_described(const struct span *span)
{
	return view_equals(attribute_string(&span->attributes, "rpc.system"),
			   VIEW_LITERAL("aws-api"));
}

static void describe_operation(const struct s3_request *request, struct span *span,
			       struct arena *arena)
{
	struct attribute_list *list = &span->attributes;
	struct s3_operation operation;

	s3_operation_read(request, &operation);
	attribute_set_static(list, arena, "rpc.system", "aws-api");
	attribute_set_static(list, arena, "rpc.service", "S3");
	if (operation.name)
		attribute_set_static(list, arena, "rpc.method", operation.name);
	if (operation.bucket.size)
		attribute_text_set(list, arena, "aws.s3.bucket", operation.bucket,
				   MAX_BUCKET_BYTES);
}

static bool is_scope(struct view text)
{
	return view_find(text, VIEW_LITERAL("/s3/aws4_request")) >= 0;
}

/* "AKIA%2F20260101%2Feu-west-1%2Fs3%2Faws4_request" */
static bool is_signed_query(struct view query)
{
	struct view credential = s3_operation_parameter(query, "X-Amz-Credential");

	return is_scope(credential) ||
	       view_find(credential, VIEW_LITERAL("%2Fs3%2Faws4_request")) >= 0;
}

static void take_request(const struct http_facts *facts, const struct exchange *exchange,
			 struct span *span, struct arena *arena)
{
	struct view authorization = facts->fields[HTTP_FIELD_AUTHORIZATION];
	bool is_signed =
		view_starts_with(authorization, VIEW_LITERAL("AWS4-")) && is_scope(authorization);
	struct s3_request request = {
		.method = facts->method,
		.host = facts->host,
		.path = facts->path,
		.query = facts->query,
		.is_copy = facts->fields[HTTP_FIELD_AMZ_COPY_SOURCE].size,
	};
	struct view method;
	uint64_t part;

	(void)exchange;
	if (request.is_copy)
		span->notes |= HTTP_NOTE_S3_COPY;
	if (!is_signed && !is_signed_query(facts->query))
		return;
	describe_operation(&request, span, arena);
	method = attribute_string(&span->attributes, "rpc.method");
	if (view_starts_with(method, VIEW_LITERAL("UploadPart")) &&
	    view_parse_u64(s3_operation_parameter(facts->query, "partNumber"), &part) == 0 &&
	    part <= MAX_PART_NUMBER)
		attribute_set_integer(&span->attributes, arena, "aws.s3.part_number",
				      (int64_t)part);
}

static void name_span(struct span *span, struct arena *arena)
{
	struct view method = attribute_string(&span->attributes, "rpc.method");

	span->name = VIEW_LITERAL("S3");
	if (method.size)
		span->name = arena_join(arena, VIEW_LITERAL("S3"), VIEW_LITERAL("."), method);
}

static bool take_response(const struct http_facts *facts, const struct exchange *exchange,
			  struct span *span, struct arena *arena)
{
	struct view id = facts->fields[HTTP_FIELD_AMZ_REQUEST_ID];
	struct view extended_id = facts->fields[HTTP_FIELD_AMZ_ID_2];
	struct s3_request request = {
		.method = facts->method,
		.host = facts->host,
		.path = facts->path,
		.query = facts->query,
		.is_copy = span->notes & HTTP_NOTE_S3_COPY,
	};

	(void)exchange;
	if (!is_described(span) && (!id.size || !extended_id.size))
		return false;
	if (!is_described(span))
		describe_operation(&request, span, arena);
	name_span(span, arena);
	if (id.size)
		attribute_text_set(&span->attributes, arena, "aws.request_id", id,
				   MAX_REQUEST_ID_BYTES);
	if (extended_id.size)
		attribute_text_set(&span->attributes, arena, "aws.extended_request_id", extended_id,
				   MAX_REQUEST_ID_BYTES);
	return true;
}

const struct http_refinement s3_refinement = {
	.name = "s3",
	.take_request = take_request,
	.take_response = take_response,
};
