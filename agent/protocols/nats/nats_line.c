/*
 * https://docs.nats.io/reference/reference-protocols/nats-protocol: lines, and behind PUB and MSG a
 * payload of the size they name. Verbs have no case.
 */
#include "protocols/nats/nats_line.h"

#define MAX_LINE_BYTES    (16u << 10) /* INFO tells of every server of a cluster */
#define MAX_MESSAGE_BYTES (64u << 20) /* the most that max_payload allows */
#define MAX_WORDS         6

static const struct {
	const char *name;
	enum nats_verb verb;
	enum message_kind side;
	bool is_both;
	unsigned int min_words, max_words; /* behind the verb; 0: any */
} verbs[] = {
	{"INFO", NATS_INFO, MESSAGE_RESPONSE, false, 0, 0},
	{"CONNECT", NATS_CONNECT, MESSAGE_REQUEST, false, 0, 0},
	{"PUB", NATS_PUB, MESSAGE_REQUEST, false, 2, 3},
	{"HPUB", NATS_HPUB, MESSAGE_REQUEST, false, 3, 4},
	{"SUB", NATS_OTHER, MESSAGE_REQUEST, false, 2, 3},
	{"UNSUB", NATS_OTHER, MESSAGE_REQUEST, false, 1, 2},
	{"MSG", NATS_MSG, MESSAGE_RESPONSE, false, 3, 4},
	{"HMSG", NATS_HMSG, MESSAGE_RESPONSE, false, 4, 5},
	{"PING", NATS_OTHER, MESSAGE_REQUEST, true, 0, 0},
	{"PONG", NATS_OTHER, MESSAGE_REQUEST, true, 0, 0},
	{"+OK", NATS_OTHER, MESSAGE_RESPONSE, false, 0, 0},
	{"-ERR", NATS_OTHER, MESSAGE_RESPONSE, false, 0, 0},
};

#define VERBS_COUNT (sizeof(verbs) / sizeof(verbs[0]))

/* The next word; blanks are spaces and tabs. */
static bool next_word(struct view *rest, struct view *ret_word)
{
	size_t end = 0;

	*rest = view_trim(*rest);
	while (end < rest->size && rest->bytes[end] != ' ' && rest->bytes[end] != '\t')
		end++;
	*ret_word = view_take(*rest, end);
	*rest = view_skip(*rest, end);
	return end > 0;
}

static bool is_text(struct view line)
{
	for (size_t i = 0; i < line.size; i++)
		if ((unsigned char)line.bytes[i] < 0x20 && line.bytes[i] != '\t')
			return false;
	return true;
}

static size_t find_verb(enum message_kind side, struct view word)
{
	for (size_t i = 0; i < VERBS_COUNT; i++)
		if (view_equals_ignoring_case(word, view_of_text(verbs[i].name)) &&
		    (verbs[i].side == side || verbs[i].is_both))
			return i;
	return VERBS_COUNT;
}

/* Can what is there still become a verb? */
static bool may_be_verb(struct view bytes)
{
	for (size_t i = 0; i < VERBS_COUNT; i++) {
		size_t size = strlen(verbs[i].name);

		size = bytes.size < size ? bytes.size : size;
		if (view_equals_ignoring_case(view_take(bytes, size), view_of(verbs[i].name, size)))
			return true;
	}
	return false;
}

/* "SUBJECT [SID] [REPLY] [HEADER] TOTAL" */
static bool set_message(struct nats_line *line, const struct view *words, size_t count)
{
	bool has_headers = line->verb == NATS_HPUB || line->verb == NATS_HMSG;
	size_t fixed = 2 + (line->verb == NATS_MSG || line->verb == NATS_HMSG) + has_headers;

	line->subject = words[0];
	line->has_reply = count > fixed;
	if (view_parse_u64(words[count - 1], &line->total_size) < 0 ||
	    line->total_size > MAX_MESSAGE_BYTES)
		return false;
	if (has_headers && (view_parse_u64(words[count - 2], &line->header_size) < 0 ||
			    line->header_size > line->total_size))
		return false;
	return true;
}

static bool set_words(struct nats_line *line, size_t row, struct view rest)
{
	struct view words[MAX_WORDS];
	size_t count = 0;

	if (line->verb == NATS_INFO || line->verb == NATS_CONNECT) {
		line->document = view_trim(rest);
		return line->document.size >= 2 && line->document.bytes[0] == '{' &&
		       line->document.bytes[line->document.size - 1] == '}';
	}
	if (!verbs[row].max_words)
		return true;
	while (count < MAX_WORDS && next_word(&rest, &words[count]))
		count++;
	if (count < verbs[row].min_words || count > verbs[row].max_words)
		return false;
	return line->verb == NATS_OTHER || set_message(line, words, count);
}

enum parse_result nats_line_read(enum message_kind side, struct view bytes, struct nats_line *ret)
{
	struct view text = view_take(bytes, MAX_LINE_BYTES), word;
	struct nats_line line = {.verb = NATS_OTHER};
	ssize_t end = view_find_byte(text, '\n');
	size_t row;

	if (end < 0)
		return text.size == MAX_LINE_BYTES || !may_be_verb(text) ? PARSE_INVALID
									 : PARSE_NEED_MORE;
	line.line_size = (size_t)end + 1;
	if (end == 0 || text.bytes[end - 1] != '\r')
		return PARSE_INVALID;
	text = view_take(text, (size_t)end - 1);
	if (!is_text(text) || !next_word(&text, &word))
		return PARSE_INVALID;
	row = find_verb(side, word);
	if (row == VERBS_COUNT)
		return PARSE_INVALID;
	line.verb = verbs[row].verb;
	if (!set_words(&line, row, text))
		return PARSE_INVALID;
	*ret = line;
	return PARSE_DONE;
}

uint16_t nats_line_read_status(struct view headers)
{
	struct view version = VIEW_LITERAL("NATS/1.0 ");
	uint64_t status;

	if (!view_starts_with(headers, version) || headers.size < version.size + 3 ||
	    view_parse_u64(view_take(view_skip(headers, version.size), 3), &status) < 0)
		return 0;
	return (uint16_t)status;
}

static void note_header(struct view name, struct view value, struct propagation *ret)
{
	if (view_equals_ignoring_case(name, VIEW_LITERAL("traceparent")))
		ret->traceparent = value;
	else if (view_equals_ignoring_case(name, VIEW_LITERAL("tracestate")))
		ret->tracestate = value;
	else if (view_equals_ignoring_case(name, VIEW_LITERAL("sentry-trace")))
		ret->sentry_trace = value;
	else if (view_equals_ignoring_case(name, VIEW_LITERAL("baggage")))
		ret->baggage = value;
	else if (view_equals_ignoring_case(name, VIEW_LITERAL("b3")))
		ret->b3 = value;
}

void nats_line_read_headers(struct view headers, struct propagation *ret)
{
	struct view line;

	while (view_next_token(&headers, '\n', &line)) {
		ssize_t colon = view_find_byte(line, ':');

		if (line.size && line.bytes[line.size - 1] == '\r')
			line.size--;
		if (colon > 0)
			note_header(view_take(line, (size_t)colon),
				    view_trim(view_skip(line, (size_t)colon + 1)), ret);
	}
}
