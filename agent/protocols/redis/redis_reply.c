/*
 * What a server sends: answers in the order of the commands, and messages that nobody asked for
 * (RESP3's pushes; in RESP2 arrays that begin with "message", which only a subscriber gets). A
 * SUBSCRIBE of three channels is answered three times.
 */
#include "protocols/redis/redis_session.h"

#include "protocols/redis/redis_value.h"

#define MAX_PUSH_WORD_BYTES 16

static const struct {
	const char *word;
	enum redis_meaning confirms;
} push_words[] = {
	{"message", REDIS_ORDINARY},        {"pmessage", REDIS_ORDINARY},
	{"psubscribe", REDIS_PSUBSCRIBE},   {"punsubscribe", REDIS_PUNSUBSCRIBE},
	{"smessage", REDIS_ORDINARY},       {"ssubscribe", REDIS_SSUBSCRIBE},
	{"subscribe", REDIS_SUBSCRIBE},     {"sunsubscribe", REDIS_SUNSUBSCRIBE},
	{"unsubscribe", REDIS_UNSUBSCRIBE},
};

static bool is_awaited(const struct redis_session *session)
{
	return session->next_answer < session->next_request;
}

/* What is known of the command whose answer comes next; one that was not seen is an ordinary one.
 */
static struct redis_pending *find_pending(const struct redis_session *session,
					  const struct exchange_sink *sink,
					  struct redis_pending *spare)
{
	unsigned char *state = NULL;

	*spare = (struct redis_pending){.meaning = REDIS_ORDINARY};
	if (is_awaited(session))
		state = sink->state(sink->self, session->next_answer);
	return state ? (struct redis_pending *)state : spare;
}

/* Only a subscriber gets messages as arrays, and it may send nothing but these. */
static bool is_subscriber_command(enum redis_meaning meaning)
{
	return meaning >= REDIS_SUBSCRIBE || meaning == REDIS_PING || meaning == REDIS_QUIT ||
	       meaning == REDIS_RESET;
}

/* "message", "subscribe" …: the first element of what the server pushed, or of an answer. */
static enum parse_result read_push_word(struct view elements, bool *ret_is_message,
					enum redis_meaning *ret_confirms)
{
	struct view word;
	size_t size;
	enum parse_result result =
		redis_value_read_text(elements, MAX_PUSH_WORD_BYTES, &word, &size);

	*ret_is_message = false;
	*ret_confirms = REDIS_ORDINARY;
	if (result == PARSE_NEED_MORE)
		return result;
	for (size_t i = 0; i < sizeof(push_words) / sizeof(push_words[0]); i++) {
		if (result != PARSE_DONE || !view_equals(word, view_of_text(push_words[i].word)))
			continue;
		*ret_confirms = push_words[i].confirms;
		*ret_is_message = push_words[i].confirms == REDIS_ORDINARY;
	}
	return PARSE_DONE;
}

/* Is it an answer, and to what? Writes the kind and what it confirms. */
static enum parse_result classify(struct redis_session *session, const struct redis_value *value,
				  struct view bytes, enum redis_meaning awaited)
{
	struct redis_reply_state *reply = &session->reply;
	enum redis_meaning confirms = REDIS_ORDINARY;
	bool is_push = value->type == '>', is_message = false;
	enum parse_result result = PARSE_DONE;

	if (value->children && (is_push || (value->type == '*' && is_subscriber_command(awaited))))
		result = read_push_word(view_skip(bytes, value->line_size), &is_message, &confirms);
	if (result != PARSE_DONE)
		return result;
	reply->confirms = confirms == awaited ? confirms : REDIS_ORDINARY;
	reply->kind =
		!is_awaited(session) || is_message || (is_push && reply->confirms == REDIS_ORDINARY)
			? REDIS_REPLY_PUSH
			: REDIS_REPLY_ANSWER;
	return PARSE_DONE;
}

/* "WRONGTYPE": what a script made up is not told. */
static struct view error_word(const struct redis_value *value, struct view bytes)
{
	struct view text = value->text;
	size_t size = 0;

	if (value->type == '!')
		text = view_take(view_skip(bytes, value->line_size), (size_t)value->number);
	while (size < text.size &&
	       ((text.bytes[size] >= 'A' && text.bytes[size] <= 'Z') || text.bytes[size] == '_'))
		size++;
	if (size == 0 || size > MAX_REDIS_WORD_BYTES ||
	    (size < text.size && text.bytes[size] != ' '))
		return VIEW_LITERAL("");
	return view_take(text, size);
}

static void begin_answer(struct redis_session *session, const struct redis_value *value,
			 struct view bytes, const struct exchange_sink *sink)
{
	struct redis_reply_state *reply = &session->reply;
	struct message message = {.kind = MESSAGE_RESPONSE, .head_size = value->line_size};
	struct redis_answer_fields *fields = (struct redis_answer_fields *)message.fields;
	struct redis_pending spare, *pending = find_pending(session, sink, &spare);

	fields->is_error = value->type == '-' || value->type == '!';
	reply->is_refused = fields->is_error || value->type == '_' || value->number < 0;
	reply->is_queued = value->type == '+' && view_equals(value->text, VIEW_LITERAL("QUEUED"));
	if (fields->is_error)
		fields->error = error_word(value, bytes);
	if (pending->meaning == REDIS_EXEC)
		fields->batch_size = value->children;
	if (!pending->is_answered)
		sink->answer(sink->self, session->next_answer, &message);
	pending->is_answered = true;
}

static void note_subscriptions(struct redis_session *session)
{
	int64_t total = session->reply.last_number;

	if (session->reply.confirms == REDIS_SUBSCRIBE ||
	    session->reply.confirms == REDIS_UNSUBSCRIBE)
		session->channels = total - session->patterns;
	else if (session->reply.confirms != REDIS_SSUBSCRIBE &&
		 session->reply.confirms != REDIS_SUNSUBSCRIBE)
		session->patterns = total - session->channels;
}

/* Was this the last of several confirmations? */
static bool is_confirmed(struct redis_session *session, struct redis_pending *pending)
{
	if (session->reply.confirms == REDIS_ORDINARY)
		return true;
	note_subscriptions(session);
	if (pending->confirmations)
		return --pending->confirmations == 0;
	switch (session->reply.confirms) {
	case REDIS_UNSUBSCRIBE:
		return session->channels <= 0;
	case REDIS_PUNSUBSCRIBE:
		return session->patterns <= 0;
	default:
		return session->reply.last_number <= 0;
	}
}

/* What the connection is from now on. */
static void apply(struct redis_session *session, enum redis_meaning meaning)
{
	const struct redis_reply_state *reply = &session->reply;

	switch (meaning) {
	case REDIS_SELECT:
		session->is_select_awaited = false;
		session->is_database_queued |= reply->is_queued;
		if (reply->is_refused)
			session->database = -1;
		break;
	case REDIS_DISCARD:
	case REDIS_EXEC:
		if (session->is_database_queued && (reply->is_refused || meaning == REDIS_DISCARD))
			session->database = -1;
		session->is_database_queued = false;
		break;
	case REDIS_MONITOR:
		session->is_followed_no_more |= !reply->is_refused;
		break;
	case REDIS_RESET:
		session->channels = 0;
		session->patterns = 0;
		break;
	default:
		break;
	}
}

static void end_answer(struct redis_session *session, const struct exchange_sink *sink)
{
	struct redis_pending spare, *pending = find_pending(session, sink, &spare);
	enum redis_meaning meaning = pending->meaning;

	if (session->reply.kind == REDIS_REPLY_PUSH || !is_confirmed(session, pending))
		return;
	sink->end(sink->self, session->next_answer++);
	apply(session, meaning);
}

/* Elements until they or the bytes end; left is one of the session's counts. */
static enum parse_result skip_elements(struct redis_session *session, struct unit *unit,
				       uint64_t *left)
{
	size_t used;
	enum parse_result result = redis_value_skip(unit->bytes, left, &used, &unit->skip,
						    &session->reply.last_number);

	if (result == PARSE_INVALID && used == 0)
		return PARSE_INVALID;
	if (used == 0)
		return unit->is_final ? PARSE_INVALID : PARSE_NEED_MORE;
	unit->consumed = used;
	return PARSE_DONE;
}

/* UNSUBSCRIBE from all, of a connection whose subscriptions were not all seen: its answers are over
 * when another command's come. */
static void close_confirmations(struct redis_session *session, const struct redis_value *value,
				const struct exchange_sink *sink)
{
	struct redis_pending spare, *pending = find_pending(session, sink, &spare);

	if (pending->meaning >= REDIS_SUBSCRIBE && pending->is_answered && value->type != '>' &&
	    session->reply.kind == REDIS_REPLY_ANSWER && session->reply.confirms == REDIS_ORDINARY)
		sink->end(sink->self, session->next_answer++);
}

/* An error with a length: its first word is behind the line. */
static bool is_short_of(const struct redis_value *value, const struct unit *unit)
{
	uint64_t wanted = value->payload_size < MAX_REDIS_WORD_BYTES + 1 ? value->payload_size
									 : MAX_REDIS_WORD_BYTES + 1;

	return !unit->is_final && unit->bytes.size < value->line_size + wanted;
}

static enum parse_result begin_reply(struct redis_session *session, struct unit *unit,
				     const struct exchange_sink *sink)
{
	struct redis_pending spare, *pending = find_pending(session, sink, &spare);
	enum redis_meaning awaited = is_awaited(session) ? pending->meaning : REDIS_PING;
	struct redis_value value;
	enum parse_result result = redis_value_read(unit->bytes, &value);

	if (result == PARSE_DONE)
		result = classify(session, &value, unit->bytes, awaited);
	if (result == PARSE_DONE && value.type == '!' && is_short_of(&value, unit))
		return PARSE_NEED_MORE;
	if (result != PARSE_DONE)
		return unit->is_final ? PARSE_INVALID : result;
	if (value.type == '|') {
		session->reply.attribute_left = value.children;
		unit->consumed = value.line_size;
		unit->skip = 0;
		return PARSE_DONE;
	}
	close_confirmations(session, &value, sink);
	if (!is_awaited(session))
		session->reply.kind = REDIS_REPLY_PUSH;
	if (session->reply.kind == REDIS_REPLY_ANSWER)
		begin_answer(session, &value, unit->bytes, sink);
	session->reply.left = 1;
	return skip_elements(session, unit, &session->reply.left);
}

enum parse_result redis_reply_read(struct redis_session *session, struct unit *unit,
				   const struct exchange_sink *sink)
{
	struct redis_reply_state *reply = &session->reply;
	enum parse_result result;

	if (reply->attribute_left)
		return skip_elements(session, unit, &reply->attribute_left);
	if (reply->left == 0) {
		result = begin_reply(session, unit, sink);
		if (reply->attribute_left)
			return result;
	} else {
		result = skip_elements(session, unit, &reply->left);
	}
	if (result == PARSE_DONE && reply->left == 0)
		end_answer(session, sink);
	return result;
}
