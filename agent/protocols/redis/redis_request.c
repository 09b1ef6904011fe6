/*
 * What a client sends: arrays of bulk strings, or a line as one types it. A command is opened as
 * soon as its name is known; arguments are counted and skipped, and nothing of them is kept but the
 * number of a SELECT and the word of a CLIENT REPLY.
 */
#include "protocols/redis/redis_session.h"

#include "protocols/redis/redis_value.h"

#define MAX_ARGUMENTS    (1024u * 1024) /* the server's own bound */
#define MAX_INLINE_BYTES (64u << 10)    /* likewise */
#define MAX_WORDS        3

struct head {
	struct redis_command command;
	uint64_t count; /* words in all, the name included */
	struct view words[MAX_WORDS];
	unsigned int word_count; /* of these */
	size_t used;
};

static void note_word(struct head *head, struct view word)
{
	head->words[head->word_count++] = word;
	if (head->word_count == 1)
		head->command = redis_command_find(word);
	if (head->word_count != 2)
		return;
	redis_command_refine(&head->command, word);
	if (head->command.meaning != REDIS_CLIENT_REPLY)
		head->command.wanted_words = 2;
}

/* The argument at the start of bytes: how long it is with its line. */
static enum parse_result read_argument(struct view bytes, struct redis_value *ret)
{
	enum parse_result result;

	if (bytes.size && bytes.bytes[0] != '$')
		return PARSE_INVALID;
	result = redis_value_read(bytes, ret);
	if (result == PARSE_DONE && ret->number < 0)
		return PARSE_INVALID;
	return result;
}

/* The words that tell what the command is. A longer one is none of them. */
static enum parse_result read_words(struct view bytes, struct head *head)
{
	while (head->word_count < head->command.wanted_words && head->word_count < head->count) {
		struct view rest = view_skip(bytes, head->used), word;
		struct redis_value value;
		enum parse_result result = read_argument(rest, &value);
		size_t size;

		if (result != PARSE_DONE)
			return result;
		if (value.number > MAX_REDIS_WORD_BYTES)
			return PARSE_DONE;
		result = redis_value_read_text(rest, MAX_REDIS_WORD_BYTES, &word, &size);
		if (result != PARSE_DONE)
			return result;
		note_word(head, word);
		head->used += size;
	}
	return PARSE_DONE;
}

static enum parse_result read_array(struct view bytes, struct head *head)
{
	struct redis_value value;
	enum parse_result result = redis_value_read(bytes, &value);

	if (result != PARSE_DONE)
		return result;
	if (value.number > MAX_ARGUMENTS)
		return PARSE_INVALID;
	head->count = value.number > 0 ? (uint64_t)value.number : 0;
	head->used = value.line_size;
	head->command.wanted_words = 1;
	return read_words(bytes, head);
}

static bool is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool is_text(struct view line)
{
	for (size_t i = 0; i < line.size; i++)
		if ((unsigned char)line.bytes[i] < 0x20 && line.bytes[i] != '\t')
			return false;
	return true;
}

/* The next word of an inline command; one in quotes may have blanks. */
static bool next_word(struct view *rest, struct view *ret_word)
{
	char quote = '\0';
	size_t end = 0;

	*rest = view_trim(*rest);
	if (rest->size == 0)
		return false;
	for (; end < rest->size; end++) {
		char c = rest->bytes[end];

		if (!quote && (c == ' ' || c == '\t'))
			break;
		if (quote && c == '\\' && end + 1 < rest->size)
			end++;
		else if (c == quote)
			quote = '\0';
		else if (!quote && (c == '"' || c == '\''))
			quote = c;
	}
	*ret_word = view_take(*rest, end);
	*rest = view_skip(*rest, end);
	return true;
}

static enum parse_result read_inline(struct view bytes, struct head *head)
{
	struct view line = view_take(bytes, MAX_INLINE_BYTES), word;
	ssize_t end = view_find_byte(line, '\n');

	/* What begins with another byte is no command that succeeds: rather the place was lost. */
	if (!is_letter(line.bytes[0]) && line.bytes[0] != '\r' && line.bytes[0] != '\n')
		return PARSE_INVALID;
	if (end < 0)
		return line.size == MAX_INLINE_BYTES ? PARSE_INVALID : PARSE_NEED_MORE;
	head->used = (size_t)end + 1;
	line = view_take(line, (size_t)end);
	if (line.size && line.bytes[line.size - 1] == '\r')
		line.size--;
	if (!is_text(line))
		return PARSE_INVALID;
	while (next_word(&line, &word)) {
		if (head->word_count < MAX_WORDS)
			note_word(head, word);
		head->count++;
	}
	return PARSE_DONE;
}

static enum parse_result read_head(struct view bytes, struct head *head)
{
	*head = (struct head){.count = 0};
	return bytes.bytes[0] == '*' ? read_array(bytes, head) : read_inline(bytes, head);
}

static bool is_word(const struct head *head, unsigned int place, struct view wanted)
{
	return head->word_count > place && view_equals_ignoring_case(head->words[place], wanted);
}

/* Is there no answer to this command? Follows CLIENT REPLY. */
static bool note_silence(struct redis_session *session, const struct head *head)
{
	bool is_silent = session->is_reply_off || session->is_reply_skipped;

	session->is_reply_skipped = false;
	if (head->command.meaning == REDIS_SYNC)
		return true;
	if (head->command.meaning != REDIS_CLIENT_REPLY)
		return is_silent;
	if (is_word(head, 2, VIEW_LITERAL("ON"))) {
		session->is_reply_off = false;
		return false;
	}
	if (is_word(head, 2, VIEW_LITERAL("OFF")))
		session->is_reply_off = true;
	else if (is_word(head, 2, VIEW_LITERAL("SKIP")))
		session->is_reply_skipped = !session->is_reply_off;
	else
		return is_silent;
	return true;
}

static void note_database(struct redis_session *session, const struct head *head)
{
	uint64_t number;

	if (head->command.meaning == REDIS_RESET)
		session->database = 0;
	if (head->command.meaning != REDIS_SELECT)
		return;
	session->database = -1;
	session->is_select_awaited = true;
	if (head->word_count == 2 && view_parse_u64(head->words[1], &number) == 0 &&
	    number <= INT32_MAX)
		session->database = (int64_t)number;
}

/* How many answers a (P|S)SUBSCRIBE and its opposites have. */
static uint32_t count_confirmations(const struct head *head)
{
	return head->command.meaning >= REDIS_SUBSCRIBE ? (uint32_t)head->count - 1 : 0;
}

static void open_command(struct redis_session *session, const struct head *head,
			 const struct exchange_sink *sink)
{
	struct redis_request_state *request = &session->request;
	struct message message = {.kind = MESSAGE_REQUEST, .head_size = head->used};
	struct redis_request_fields *fields = (struct redis_request_fields *)message.fields;
	struct redis_pending *pending;

	note_database(session, head);
	request->is_silent = note_silence(session, head);
	request->key = request->is_silent ? REDIS_SILENT_KEYS | session->next_silent++
					  : session->next_request++;
	fields->name = head->command.name;
	fields->argument_count = head->count - 1 - (head->command.has_subcommand ? 1 : 0);
	fields->database = session->database;
	sink->open(sink->self, request->key, &message);
	pending = (struct redis_pending *)sink->state(sink->self, request->key);
	if (pending)
		*pending = (struct redis_pending){
			.meaning = head->command.meaning,
			.confirmations = count_confirmations(head),
		};
	if (head->command.meaning == REDIS_SYNC)
		session->is_followed_no_more = true;
}

/* Arguments until they or the bytes end. */
static enum parse_result skip_arguments(struct view bytes, uint64_t *left, size_t *ret_used,
					uint64_t *ret_skip)
{
	size_t at = 0;

	*ret_skip = 0;
	*ret_used = 0;
	while (*left && at < bytes.size) {
		struct redis_value value;
		enum parse_result result = read_argument(view_skip(bytes, at), &value);
		uint64_t end;

		*ret_used = at;
		if (result != PARSE_DONE)
			return result;
		end = at + value.line_size + value.payload_size;
		if (end <= bytes.size && memcmp(bytes.bytes + end - 2, "\r\n", 2) != 0)
			return PARSE_INVALID;
		at = end > bytes.size ? bytes.size : (size_t)end;
		*ret_skip = end - at;
		*left -= 1;
	}
	*ret_used = at;
	return *left ? PARSE_NEED_MORE : PARSE_DONE;
}

/* What is there of the arguments; a line that is not whole waits for the next unit. */
static enum parse_result finish_unit(struct redis_session *session, struct unit *unit, size_t used,
				     const struct exchange_sink *sink)
{
	struct redis_request_state *request = &session->request;
	size_t more;
	enum parse_result result =
		skip_arguments(view_skip(unit->bytes, used), &request->left, &more, &unit->skip);

	if (result == PARSE_INVALID && used + more == 0)
		return PARSE_INVALID;
	if (used + more == 0)
		return unit->is_final ? PARSE_INVALID : PARSE_NEED_MORE;
	unit->consumed = used + more;
	if (request->left == 0 && request->is_silent)
		sink->end(sink->self, request->key);
	return PARSE_DONE;
}

enum parse_result redis_request_read(struct redis_session *session, struct unit *unit,
				     const struct exchange_sink *sink)
{
	struct head head;
	enum parse_result result;

	if (session->request.left)
		return finish_unit(session, unit, 0, sink);
	result = read_head(unit->bytes, &head);
	if (result == PARSE_NEED_MORE && unit->is_final && head.used)
		result = PARSE_DONE;
	if (result != PARSE_DONE)
		return unit->is_final ? PARSE_INVALID : result;
	if (head.count == 0) { /* an empty line or array: not a command, not answered */
		unit->consumed = head.used;
		unit->skip = 0;
		return PARSE_DONE;
	}
	open_command(session, &head, sink);
	session->request.left = unit->bytes.bytes[0] == '*' ? head.count - head.word_count : 0;
	return finish_unit(session, unit, head.used, sink);
}

/* A typed line that is whole, of a command that is known. */
static bool is_known_line(struct view bytes)
{
	struct head head;

	return bytes.size && is_letter(bytes.bytes[0]) && read_head(bytes, &head) == PARSE_DONE &&
	       head.command.name;
}

bool redis_request_begins(struct view bytes)
{
	return is_known_line(bytes) || redis_request_check(bytes) == PARSE_DONE;
}

enum parse_result redis_request_check(struct view bytes)
{
	enum parse_result result;
	uint64_t left, skip;
	struct head head;
	size_t used;

	if (bytes.size == 0)
		return PARSE_NEED_MORE;
	if (bytes.bytes[0] != '*')
		return PARSE_INVALID;
	result = read_head(bytes, &head);
	if (head.word_count == 0 && result == PARSE_NEED_MORE)
		return PARSE_NEED_MORE;
	if (result == PARSE_INVALID || !head.command.name)
		return PARSE_INVALID;
	left = head.count - head.word_count;
	result = skip_arguments(view_skip(bytes, head.used), &left, &used, &skip);
	return result == PARSE_INVALID ? PARSE_INVALID : PARSE_DONE;
}
