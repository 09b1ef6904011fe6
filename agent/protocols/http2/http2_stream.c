/* From header blocks to messages: which fields a request, a response and its trailers have. */
#include "protocols/http2/http2_stream.h"

#include <stddef.h>
#include "protocols/http2/grpc_status.h"

static struct http2_fields *begin_message(enum message_kind kind, struct message *ret)
{
	struct http2_fields *fields = (struct http2_fields *)ret->fields;

	memset(ret, 0, offsetof(struct message, fields) + sizeof(*fields));
	ret->kind = kind;
	fields->grpc_status = GRPC_STATUS_UNKNOWN;
	return fields;
}

bool http2_stream_is_grpc_type(struct view type)
{
	struct view rest = view_skip(type, 16);

	if (!view_equals_ignoring_case(view_take(type, 16), VIEW_LITERAL("application/grpc")))
		return false;
	return rest.size == 0 || rest.bytes[0] == '+' || rest.bytes[0] == ';' ||
	       rest.bytes[0] == ' ' ||
	       view_equals_ignoring_case(view_take(rest, 4), VIEW_LITERAL("-web"));
}

/* gRPC-Web's text form is base64: where messages begin is not to be seen. */
static void note_type(struct http2_stream *stream, struct view type)
{
	stream->is_grpc |= http2_stream_is_grpc_type(type);
	if (view_find(type, VIEW_LITERAL("grpc-web-text")) < 0)
		return;
	stream->messages[MESSAGE_REQUEST].is_uncertain = true;
	stream->messages[MESSAGE_RESPONSE].is_uncertain = true;
}

void http2_stream_open(struct http2_stream *stream, const struct http2_head *head,
		       struct message *ret)
{
	struct http2_fields *fields = begin_message(MESSAGE_REQUEST, ret);
	const struct view *values = head->values;

	note_type(stream, values[HTTP2_FIELD_CONTENT_TYPE]);
	stream->has_timeout = values[HTTP2_FIELD_GRPC_TIMEOUT].size != 0;
	fields->method = values[HTTP2_FIELD_METHOD];
	fields->scheme = values[HTTP2_FIELD_SCHEME];
	fields->authority = values[HTTP2_FIELD_AUTHORITY];
	if (!fields->authority.size)
		fields->authority = values[HTTP2_FIELD_HOST];
	fields->path = values[HTTP2_FIELD_PATH];
	fields->user_agent = values[HTTP2_FIELD_USER_AGENT];
	http2_head_refined(head, fields->values);
	fields->is_grpc = stream->is_grpc;
	fields->has_unknown = head->has_unknown || head->is_cut;
	ret->is_truncated = head->is_cut;
	http2_head_propagation(head, &ret->propagation);
}

bool http2_stream_take_head(struct http2_stream *stream, const struct http2_head *head)
{
	struct view grpc_status = head->values[HTTP2_FIELD_GRPC_STATUS];
	bool was_grpc = stream->is_grpc, was_answered = stream->is_answered;
	int status = http2_head_status(head);

	if (status && status < 200)
		return false;
	stream->is_answered = true;
	if (status)
		stream->status = (int16_t)status;
	note_type(stream, head->values[HTTP2_FIELD_CONTENT_TYPE]);
	if (grpc_status.size && grpc_status_read(grpc_status) != GRPC_STATUS_UNKNOWN) {
		stream->is_grpc = true;
		if (grpc_status_read(grpc_status) < INT16_MAX)
			stream->grpc_status = (int16_t)(grpc_status_read(grpc_status) + 1);
	}
	/* Known for what it is only now, its messages until here went by uncounted. */
	stream->messages[MESSAGE_REQUEST].is_uncertain |= !was_grpc;
	stream->messages[MESSAGE_RESPONSE].is_uncertain |= !was_grpc && was_answered;
	return true;
}

void http2_stream_answer(const struct http2_stream *stream, bool has_unknown, struct message *ret)
{
	struct http2_fields *fields = begin_message(MESSAGE_RESPONSE, ret);

	fields->is_grpc = stream->is_grpc;
	fields->has_unknown = has_unknown;
	fields->status = stream->status;
	fields->grpc_status = stream->grpc_status - 1;
	if (stream->is_grpc && !stream->grpc_status && stream->status && stream->status != 200)
		fields->grpc_status = grpc_status_of_http(stream->status);
	for (int side = 0; side < 2; side++) {
		fields->message_counts[side] = stream->messages[side].count;
		fields->has_message_counts[side] = !stream->messages[side].is_uncertain;
	}
}
