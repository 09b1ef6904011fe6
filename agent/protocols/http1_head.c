/*
 * One pass over the lines of a head. Names are told apart by their length before they are compared,
 * so a field nobody needs costs a memchr and a look at its name. Follows RFC 9112
 * where sender and receiver would agree; where they could not, the head is invalid rather than
 * guessed at, because a wrong body length makes everything behind it wrong.
 */
#include "protocols/http1_head.h"

#include "protocols/http1_framing.h"
#include "protocols/http1_start_line.h"
#include "protocols/http2/http2.h"
#include "protocols/websocket/websocket.h"

/* The fields anybody here wants to know of. */
enum field {
	FIELD_OTHER = 0,
	FIELD_HOST,
	FIELD_USER_AGENT,
	FIELD_CONTENT_LENGTH,
	FIELD_TRANSFER_ENCODING,
	FIELD_UPGRADE,
	FIELD_TRACEPARENT,
	FIELD_TRACESTATE,
	FIELD_SENTRY_TRACE,
	FIELD_BAGGAGE,
	FIELD_B3,
	FIELD_B3_TRACE_ID,
	FIELD_B3_SPAN_ID,
	FIELD_B3_SAMPLED,
};

/* Everything collected on the way through one head. */
struct head {
	enum message_kind kind;
	const char *start, *at, *end;
	struct http1_start_line line;
	struct http1_framing framing;
	struct propagation propagation;
	struct view host, user_agent, upgrade;
	struct view values[HTTP_FIELDS_COUNT];
};

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

static bool is_space(char c)
{
	return is_blank(c) || c == '\r' || c == '\n';
}

static struct view trim(const char *start, const char *end)
{
	while (start < end && is_space(*start))
		start++;
	while (start < end && is_space(end[-1]))
		end--;
	return view_of(start, (size_t)(end - start));
}

/* name is a token, so setting the bit of lower case can only make letters equal. */
static bool is_named(struct view name, const char *lower_case)
{
	for (size_t i = 0; i < name.size; i++)
		if ((name.bytes[i] | 0x20) != lower_case[i])
			return false;
	return true;
}

static void keep_first(struct view *slot, struct view value)
{
	if (!slot->bytes)
		*slot = value;
}

/* A list field on directly following lines becomes one view over all of them: the reader finds
 * the name of the second line after its line break (tracing/trace_context.h). */
static void keep_adjacent(struct view *slot, struct view name, struct view value)
{
	const char *end;

	if (!slot->bytes) {
		*slot = value;
		return;
	}
	end = slot->bytes + slot->size;
	while (end < name.bytes && is_space(*end))
		end++;
	if (end == name.bytes)
		slot->size = (size_t)(value.bytes + value.size - slot->bytes);
}

/* Most fields are none of these and cost no more than their length. */
static enum field find_field(struct view name)
{
	switch (name.size) {
	case 2:
		return is_named(name, "b3") ? FIELD_B3 : FIELD_OTHER;
	case 4:
		return is_named(name, "host") ? FIELD_HOST : FIELD_OTHER;
	case 7:
		if (is_named(name, "upgrade"))
			return FIELD_UPGRADE;
		return is_named(name, "baggage") ? FIELD_BAGGAGE : FIELD_OTHER;
	case 10:
		if (is_named(name, "user-agent"))
			return FIELD_USER_AGENT;
		return is_named(name, "tracestate") ? FIELD_TRACESTATE : FIELD_OTHER;
	case 11:
		if (is_named(name, "traceparent"))
			return FIELD_TRACEPARENT;
		return is_named(name, "x-b3-spanid") ? FIELD_B3_SPAN_ID : FIELD_OTHER;
	case 12:
		if (is_named(name, "sentry-trace"))
			return FIELD_SENTRY_TRACE;
		if (is_named(name, "x-b3-traceid"))
			return FIELD_B3_TRACE_ID;
		return is_named(name, "x-b3-sampled") ? FIELD_B3_SAMPLED : FIELD_OTHER;
	case 14:
		return is_named(name, "content-length") ? FIELD_CONTENT_LENGTH : FIELD_OTHER;
	case 17:
		return is_named(name, "transfer-encoding") ? FIELD_TRANSFER_ENCODING : FIELD_OTHER;
	default:
		return FIELD_OTHER;
	}
}

/* Where the value of a field that may come only once is kept. */
static struct view *find_slot(struct head *head, enum field field)
{
	switch (field) {
	case FIELD_HOST:
		return &head->host;
	case FIELD_USER_AGENT:
		return &head->user_agent;
	case FIELD_UPGRADE:
		return &head->upgrade;
	case FIELD_TRACEPARENT:
		return &head->propagation.traceparent;
	case FIELD_SENTRY_TRACE:
		return &head->propagation.sentry_trace;
	case FIELD_B3:
		return &head->propagation.b3;
	case FIELD_B3_TRACE_ID:
		return &head->propagation.b3_trace_id;
	case FIELD_B3_SPAN_ID:
		return &head->propagation.b3_span_id;
	default:
		return &head->propagation.b3_sampled;
	}
}

static void take_field(struct head *head, enum field field, struct view name, struct view value)
{
	switch (field) {
	case FIELD_CONTENT_LENGTH:
		http1_framing_add_length(&head->framing, value);
		break;
	case FIELD_TRANSFER_ENCODING:
		http1_framing_add_coding(&head->framing, value);
		break;
	case FIELD_TRACESTATE:
		keep_adjacent(&head->propagation.tracestate, name, value);
		break;
	case FIELD_BAGGAGE:
		keep_adjacent(&head->propagation.baggage, name, value);
		break;
	default:
		keep_first(find_slot(head, field), value);
	}
}

/* The end of the line at head->at (its LF), folded lines included; NULL when it is not there. */
static const char *find_line_end(const struct head *head)
{
	const char *lf = head->at;

	for (;;) {
		lf = memchr(lf, '\n', (size_t)(head->end - lf));
		if (!lf || lf + 1 == head->end || !is_blank(lf[1]))
			return lf;
		lf++;
	}
}

/* One field line, its folded continuation included; *lf is its end. False: not a field. */
static bool read_field(struct head *head, const char *lf)
{
	const char *at = head->at;
	enum http_field wanted;
	enum field field;
	struct view name;

	while (http1_start_line_is_token(*at)) /* the line's LF is none */
		at++;
	name = view_of(head->at, (size_t)(at - head->at));
	/* RFC 9112 section 5.1: blanks before the colon are an attack in a request, to be removed
	 * from a response. */
	if (head->kind == MESSAGE_RESPONSE)
		while (at < lf && is_blank(*at))
			at++;
	if (name.size == 0 || at == lf || *at != ':')
		return false;
	field = find_field(name);
	if (field != FIELD_OTHER)
		take_field(head, field, name, trim(at + 1, lf));
	else if ((wanted = http_field_find(name)) != HTTP_FIELDS_COUNT)
		keep_first(&head->values[wanted], trim(at + 1, lf));
	return true;
}

/* The rest of the start line's line: nothing for a request, a reason for a response. */
static bool is_line_rest(const struct head *head, const char *lf)
{
	if (head->kind == MESSAGE_RESPONSE)
		return is_space(*head->at);
	return trim(head->at, lf).size == 0;
}

static enum parse_result read_lines(struct head *head)
{
	/* The start line cannot be folded: a line of blanks after it is skipped by the loop. */
	const char *lf = memchr(head->at, '\n', (size_t)(head->end - head->at));
	unsigned int lines_count = 0;

	if (head->at < head->end && !is_line_rest(head, lf ? lf : head->end))
		return PARSE_INVALID;
	while (lf) {
		head->at = lf + 1;
		if (head->at == head->end)
			break;
		if (*head->at == '\n') {
			head->at++;
			return PARSE_DONE;
		}
		if (*head->at == '\r' && (head->at + 1 == head->end || head->at[1] == '\n')) {
			if (head->at + 1 == head->end)
				break;
			head->at += 2;
			return PARSE_DONE;
		}
		lf = find_line_end(head);
		if (!lf)
			break;
		if (++lines_count > MAX_HTTP1_LINES)
			return PARSE_INVALID;
		/* Only the first line can still begin with a blank (RFC 9112 section 2.2). */
		if (!is_blank(*head->at) && !read_field(head, lf))
			return PARSE_INVALID;
	}
	return PARSE_NEED_MORE;
}

static void fill_message(const struct head *head, struct message *ret)
{
	struct http1_fields *fields = (struct http1_fields *)ret->fields;

	memset(ret, 0, offsetof(struct message, fields) + sizeof(*fields));
	ret->kind = head->kind;
	ret->propagation = head->propagation;
	ret->head_size = (uint64_t)(head->at - head->start);
	fields->method = head->line.method;
	fields->target = head->line.target;
	fields->host = head->host;
	fields->user_agent = head->user_agent;
	memcpy(fields->values, head->values, sizeof(fields->values));
	fields->values[HTTP_FIELD_USER_AGENT] = head->user_agent;
	fields->status = head->line.status;
	fields->minor_version = head->line.minor_version;
}

/* The capture ended inside the head: what was seen counts, where the body begins is not known. */
static enum parse_result finish_truncated(struct head *head, struct message *ret_message,
					  unsigned char *pair_state)
{
	if (head->kind == MESSAGE_REQUEST ? head->line.target.size == 0 : head->line.status == 0)
		return PARSE_INVALID;
	head->at = head->end;
	fill_message(head, ret_message);
	if (head->kind == MESSAGE_REQUEST)
		http1_framing_note_request(&head->line, pair_state);
	else
		(void)http1_framing_of_response(&head->framing, head->line.status, pair_state,
						ret_message);
	ret_message->framing = BODY_UNTIL_CLOSE;
	ret_message->body_size = 0;
	ret_message->is_truncated = true;
	return PARSE_DONE;
}

/* What an answer with 101 agrees to go on with; NULL: what its bytes will prove. */
static const struct protocol *find_next(struct view upgrade)
{
	if (view_equals_ignoring_case(upgrade, VIEW_LITERAL("websocket")))
		return &protocol_websocket;
	if (view_equals_ignoring_case(upgrade, VIEW_LITERAL("h2c"))) /* RFC 7540 section 3.2 */
		return &protocol_http2;
	return NULL;
}

static enum parse_result finish_complete(struct head *head, struct message *ret_message,
					 unsigned char *pair_state)
{
	struct message message;

	fill_message(head, &message);
	if (head->kind == MESSAGE_REQUEST) {
		if (!http1_framing_of_request(&head->framing, &message))
			return PARSE_INVALID;
		http1_framing_note_request(&head->line, pair_state);
	} else if (!http1_framing_of_response(&head->framing, head->line.status, pair_state,
					      &message)) {
		return PARSE_INVALID;
	} else if (head->line.status == 101) {
		message.next = find_next(head->upgrade);
	}
	memcpy(ret_message, &message,
	       offsetof(struct message, fields) + sizeof(struct http1_fields));
	return PARSE_DONE;
}

enum parse_result http1_head_parse(enum message_kind kind, struct view bytes, bool is_final,
				   unsigned char pair_state[PROTOCOL_PAIR_STATE_BYTES],
				   struct message *ret_message, size_t *ret_consumed)
{
	struct view limited = view_take(bytes, MAX_HTTP1_HEAD_BYTES);
	size_t blank = http1_start_line_skip_blank(limited);
	struct head head = {.kind = kind};
	enum parse_result result;

	if (bytes.size == 0)
		return is_final ? PARSE_INVALID : PARSE_NEED_MORE;
	head.start = bytes.bytes;
	head.end = limited.bytes + limited.size;
	result = http1_start_line_read(kind, view_skip(limited, blank), &head.line);
	if (result == PARSE_DONE) {
		head.at = limited.bytes + blank + head.line.size;
		result = read_lines(&head);
	}
	if (result == PARSE_NEED_MORE && limited.size == MAX_HTTP1_HEAD_BYTES)
		return PARSE_INVALID;
	if (result == PARSE_NEED_MORE && is_final)
		result = finish_truncated(&head, ret_message, pair_state);
	else if (result == PARSE_DONE)
		result = finish_complete(&head, ret_message, pair_state);
	if (result == PARSE_DONE)
		*ret_consumed = (size_t)(head.at - head.start);
	return result;
}
