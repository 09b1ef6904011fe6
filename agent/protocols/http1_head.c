/*
 * One pass over the lines of a head. Names are told apart by length and first letter before they
 * are compared, so a field nobody needs costs a memchr and a look at its name. Follows RFC 9112
 * where sender and receiver would agree; where they could not, the head is invalid rather than
 * guessed at, because a wrong body length makes everything behind it wrong.
 */
#include "protocols/http1_head.h"

#include "protocols/http1_framing.h"
#include "protocols/http1_start_line.h"

/* Everything collected on the way through one head. */
struct head {
	enum message_kind kind;
	const char *start, *at, *end;
	struct http1_start_line line;
	struct http1_framing framing;
	struct propagation propagation;
	struct view host, user_agent;
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

static bool is_named(struct view name, const char *lower_case)
{
	for (size_t i = 0; i < name.size; i++) {
		char c = name.bytes[i];

		if ((c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c) != lower_case[i])
			return false;
	}
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

static void take_field_b(struct head *head, struct view name, struct view value)
{
	if (name.size == 2 && is_named(name, "b3"))
		keep_first(&head->propagation.b3, value);
	else if (name.size == 7 && is_named(name, "baggage"))
		keep_adjacent(&head->propagation.baggage, name, value);
}

static void take_field_t(struct head *head, struct view name, struct view value)
{
	if (name.size == 11 && is_named(name, "traceparent"))
		keep_first(&head->propagation.traceparent, value);
	else if (name.size == 10 && is_named(name, "tracestate"))
		keep_adjacent(&head->propagation.tracestate, name, value);
	else if (name.size == 17 && is_named(name, "transfer-encoding"))
		http1_framing_add_coding(&head->framing, value);
}

static void take_field_x(struct head *head, struct view name, struct view value)
{
	if (name.size == 12 && is_named(name, "x-b3-traceid"))
		keep_first(&head->propagation.b3_trace_id, value);
	else if (name.size == 11 && is_named(name, "x-b3-spanid"))
		keep_first(&head->propagation.b3_span_id, value);
	else if (name.size == 12 && is_named(name, "x-b3-sampled"))
		keep_first(&head->propagation.b3_sampled, value);
}

static void take_field(struct head *head, struct view name, struct view value)
{
	switch (name.bytes[0] | 0x20) {
	case 'b':
		take_field_b(head, name, value);
		break;
	case 'c':
		if (name.size == 14 && is_named(name, "content-length"))
			http1_framing_add_length(&head->framing, value);
		break;
	case 'h':
		if (name.size == 4 && is_named(name, "host"))
			keep_first(&head->host, value);
		break;
	case 's':
		if (name.size == 12 && is_named(name, "sentry-trace"))
			keep_first(&head->propagation.sentry_trace, value);
		break;
	case 't':
		take_field_t(head, name, value);
		break;
	case 'u':
		if (name.size == 10 && is_named(name, "user-agent"))
			keep_first(&head->user_agent, value);
		break;
	case 'x':
		take_field_x(head, name, value);
		break;
	default:
		break;
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
	struct view name;

	while (at < lf && http1_start_line_is_token(*at))
		at++;
	name = view_of(head->at, (size_t)(at - head->at));
	/* RFC 9112 section 5.1: blanks before the colon are an attack in a request, to be removed
	 * from a response. */
	if (head->kind == MESSAGE_RESPONSE)
		while (at < lf && is_blank(*at))
			at++;
	if (name.size == 0 || at == lf || *at != ':')
		return false;
	take_field(head, name, trim(at + 1, lf));
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
