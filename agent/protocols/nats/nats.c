/*
 * NATS as a conversation: whoever publishes waits for nothing, and the server delivers when it
 * likes, so every message is an exchange of its own that ends with its last byte. What a route or a
 * leaf node says is not read. Where the server asks for TLS, the connection goes on in it.
 */
#include "protocols/nats/nats.h"

#include "protocols/conversation.h"
#include "protocols/nats/nats_describe.h"
#include "protocols/nats/nats_line.h"

#define MAX_HEADER_BYTES 4096 /* looked at for trace context */
#define FIRST_ERROR      500  /* a status */

struct session {
	uint64_t next_key;
};

static bool is_message(const struct nats_line *line)
{
	return line->verb >= NATS_PUB && line->verb <= NATS_HMSG;
}

/* Are the headers there, as far as they are looked at? */
static bool has_headers(const struct nats_line *line, const struct unit *unit)
{
	uint64_t wanted =
		line->header_size < MAX_HEADER_BYTES ? line->header_size : MAX_HEADER_BYTES;

	return unit->is_final || unit->bytes.size >= line->line_size + wanted;
}

/* Heartbeats and ends of pulls are no messages; that nobody answers is an error. */
static void tell_message(struct session *session, const struct nats_line *line,
			 const struct unit *unit, const struct exchange_sink *sink)
{
	struct message message = {.kind = MESSAGE_REQUEST, .head_size = line->line_size};
	struct nats_fields *fields = (struct nats_fields *)message.fields;
	struct view headers = view_skip(unit->bytes, line->line_size);

	if (line->verb == NATS_HMSG)
		fields->status =
			nats_line_read_status(view_take(headers, (size_t)line->header_size));
	if (fields->status && fields->status < FIRST_ERROR)
		return;
	fields->subject = line->subject;
	fields->body_size = line->total_size - line->header_size;
	fields->is_delivery = unit->side == MESSAGE_RESPONSE;
	if (line->header_size && line->header_size <= MAX_HEADER_BYTES)
		nats_line_read_headers(view_take(headers, (size_t)line->header_size),
				       &message.propagation);
	sink->open(sink->self, session->next_key, &message);
	sink->end(sink->self, session->next_key++);
}

/* A message ends where its line says, with a line break. */
static bool is_closed(const struct nats_line *line, struct view bytes)
{
	uint64_t end = line->line_size + line->total_size + 2;

	return end > bytes.size || memcmp(bytes.bytes + end - 2, "\r\n", 2) == 0;
}

static enum parse_result read_unit(void *self, struct unit *unit, const struct exchange_sink *sink)
{
	struct nats_line line;
	enum parse_result result = nats_line_read(unit->side, unit->bytes, &line);
	uint64_t size;

	if (result != PARSE_DONE)
		return unit->is_final ? PARSE_INVALID : result;
	unit->consumed = line.line_size;
	unit->skip = 0;
	if (line.verb == NATS_INFO &&
	    view_find(line.document, VIEW_LITERAL("\"tls_required\":true")) >= 0)
		sink->become(sink->self, NULL);
	if (!is_message(&line))
		return PARSE_DONE;
	if (!is_closed(&line, unit->bytes))
		return PARSE_INVALID;
	if (!has_headers(&line, unit))
		return PARSE_NEED_MORE;
	size = line.line_size + line.total_size + 2;
	unit->consumed = size < unit->bytes.size ? (size_t)size : unit->bytes.size;
	unit->skip = size - unit->consumed;
	tell_message(self, &line, unit, sink);
	return PARSE_DONE;
}

static void lose(void *self, enum message_kind side)
{
	(void)self;
	(void)side;
}

/* A message that is whole in what there is, or a line that says who is who. */
static bool is_proof(enum message_kind side, struct view bytes)
{
	struct nats_line line;

	if (nats_line_read(side, bytes, &line) != PARSE_DONE)
		return false;
	if (line.verb == NATS_CONNECT)
		return view_find(line.document, VIEW_LITERAL("\"verbose\":")) >= 0;
	if (line.verb == NATS_INFO)
		return view_find(line.document, VIEW_LITERAL("\"server_id\":")) >= 0;
	return is_message(&line) && line.line_size + line.total_size + 2 <= bytes.size &&
	       is_closed(&line, bytes);
}

static bool resume(void *self, enum message_kind side, struct view bytes, size_t *ret_offset)
{
	(void)self;
	if (!is_proof(side, bytes))
		return false;
	*ret_offset = 0;
	return true;
}

/* A side's first bytes: a line that may still become proof, or nothing. */
static enum detect_result detect_side(enum message_kind side, struct view bytes)
{
	struct nats_line line;

	if (is_proof(side, bytes))
		return side == MESSAGE_REQUEST ? DETECT_REQUEST : DETECT_RESPONSE;
	switch (nats_line_read(side, bytes, &line)) {
	case PARSE_NEED_MORE:
		return DETECT_NEED_MORE;
	case PARSE_DONE:
		return is_message(&line) && is_closed(&line, bytes) ? DETECT_NEED_MORE : DETECT_NO;
	default:
		return DETECT_NO;
	}
}

static enum detect_result detect(struct view bytes)
{
	enum detect_result request = detect_side(MESSAGE_REQUEST, bytes);
	enum detect_result response;

	if (request == DETECT_REQUEST)
		return request;
	response = detect_side(MESSAGE_RESPONSE, bytes);
	return response == DETECT_NO ? request : response;
}

static const struct conversation nats_conversation = {
	.is_keyed = true,
	.session_size = sizeof(struct session),
	.read = read_unit,
	.lose = lose,
	.resume = resume,
};

const struct protocol protocol_nats = {
	.name = "nats",
	.mode = CAPTURE_STREAM,
	.conversation = &nats_conversation,
	.detect = detect,
	.describe_request = nats_describe_request,
	.describe_response = nats_describe_response,
};
