/*
 * The table of Sentry's SDKs. One trap: Relay reads "unknown_error" and not "unknown", although it
 * prints the latter itself.
 */
#include "exporters/sentry/status_word.h"

#include <stddef.h>

static const struct {
	int http_status;
	const char *word;
} exact_words[] = {
	{401, "unauthenticated"},   {403, "permission_denied"},   {404, "not_found"},
	{409, "already_exists"},    {413, "failed_precondition"}, {429, "resource_exhausted"},
	{499, "cancelled"},         {501, "unimplemented"},       {503, "unavailable"},
	{504, "deadline_exceeded"},
};

static const char *word_of_http(int http_status)
{
	for (size_t i = 0; i < sizeof(exact_words) / sizeof(exact_words[0]); i++)
		if (exact_words[i].http_status == http_status)
			return exact_words[i].word;
	if (http_status < 400)
		return "ok";
	if (http_status < 500)
		return "invalid_argument";
	return http_status < 600 ? "internal_error" : "unknown_error";
}

/* gRPC's own names in Sentry's spelling; a pointer into the table, NULL without a status. */
static const char *word_of_grpc(const struct span *span)
{
	static const struct {
		const char *name, *word;
	} words[] = {
		{"OK", "ok"},
		{"CANCELLED", "cancelled"},
		{"UNKNOWN", "unknown_error"},
		{"INVALID_ARGUMENT", "invalid_argument"},
		{"DEADLINE_EXCEEDED", "deadline_exceeded"},
		{"NOT_FOUND", "not_found"},
		{"ALREADY_EXISTS", "already_exists"},
		{"PERMISSION_DENIED", "permission_denied"},
		{"RESOURCE_EXHAUSTED", "resource_exhausted"},
		{"FAILED_PRECONDITION", "failed_precondition"},
		{"ABORTED", "aborted"},
		{"OUT_OF_RANGE", "out_of_range"},
		{"UNIMPLEMENTED", "unimplemented"},
		{"INTERNAL", "internal_error"},
		{"UNAVAILABLE", "unavailable"},
		{"DATA_LOSS", "data_loss"},
		{"UNAUTHENTICATED", "unauthenticated"},
	};
	struct view status = attribute_string(&span->attributes, "rpc.response.status_code");

	for (size_t i = 0; status.size && i < sizeof(words) / sizeof(words[0]); i++)
		if (view_equals(status, view_of_text(words[i].name)))
			return words[i].word;
	return NULL;
}

/* The process died of what it did here: whatever was answered before, or not. */
static bool has_crashed(const struct span *span)
{
	const struct attribute *crashed = attribute_find(&span->attributes, "limpet.crashed");

	return crashed && crashed->type == ATTRIBUTE_BOOLEAN && crashed->boolean;
}

const char *status_word(const struct span *span)
{
	const char *of_grpc = word_of_grpc(span);

	if (has_crashed(span))
		return "internal_error";
	if (of_grpc)
		return of_grpc;
	if (span->http_status >= 400)
		return word_of_http(span->http_status);
	/* The answer never ended, or ended with an error the code does not tell of. */
	if (span->is_incomplete)
		return "aborted";
	if (span->status == STATUS_ERROR)
		return "unknown_error";
	return span->http_status ? word_of_http(span->http_status) : "ok";
}
