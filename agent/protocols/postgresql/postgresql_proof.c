/*
 * Proofs. A client's: a whole first message (StartupMessage with a user, SSLRequest,
 * CancelRequest), a Query or Parse whose text begins with a word of SQL, or whole messages that end
 * with a Sync. A server's: whole messages, more than one, that end with ReadyForQuery. Nothing less
 * is claimed.
 */
#include "protocols/postgresql/postgresql_proof.h"

#include "protocols/postgresql/postgresql_message.h"
#include "protocols/sql/sql_words.h"

#define MAX_PROOF_MESSAGES 4096
#define MAX_PROOF_BYTES    0xffffff /* of one message */
#define READY_BYTES        6

static bool is_text(struct view bytes)
{
	for (size_t i = 0; i < bytes.size; i++) {
		unsigned char c = (unsigned char)bytes.bytes[i];

		if (c < ' ' && !(c >= '\t' && c <= '\r'))
			return false;
	}
	return true;
}

/* "SELECT ...": DETECT_NEED_MORE while the first word may still become one of SQL. */
static enum detect_result begins_with_operation(struct view text, bool is_whole)
{
	size_t start = 0, end;

	while (start < text.size && strchr(" \t\r\n(", text.bytes[start]) && text.bytes[start])
		start++;
	end = start;
	while (end < text.size &&
	       ((text.bytes[end] | 0x20) >= 'a' && (text.bytes[end] | 0x20) <= 'z'))
		end++;
	if (end == text.size && !is_whole)
		return end - start < 24 ? DETECT_NEED_MORE : DETECT_NO;
	return sql_words_has(sql_words_operations, view_of(text.bytes + start, end - start))
		       ? DETECT_REQUEST
		       : DETECT_NO;
}

static enum detect_result prove_query(const struct postgresql_message *message, bool has_more)
{
	struct view rest = message->body, text;
	bool is_whole = false;

	if (message->type == 'P' && !postgresql_message_text(&rest, &text))
		return has_more && rest.size < 256 && is_text(rest) ? DETECT_NEED_MORE : DETECT_NO;
	if (message->type == 'P' && !is_text(text))
		return DETECT_NO;
	text = rest;
	is_whole = postgresql_message_text(&rest, &text);
	if (!is_text(text) || (is_whole && message->type == 'Q' && rest.size) ||
	    (!is_whole && !message->is_cut))
		return DETECT_NO;
	return begins_with_operation(text, is_whole);
}

static enum detect_result prove_untyped(struct view bytes)
{
	struct postgresql_message message;
	struct view rest, text;
	size_t count = 0;

	/* The first bytes of a length and of a code decide early. */
	if ((bytes.size > 1 && bytes.bytes[1] != '\0') ||
	    (bytes.size > 4 && bytes.bytes[4] != '\0' && bytes.bytes[4] != '\4') ||
	    (bytes.size > 5 && bytes.bytes[5] != '\3' && (unsigned char)bytes.bytes[5] != 0xd2))
		return DETECT_NO;
	/* A parameter's name. */
	if (bytes.size > 8 && bytes.bytes[4] == '\0' && (bytes.bytes[8] | 0x20) < 'a')
		return DETECT_NO;
	switch (postgresql_message_read(MESSAGE_REQUEST, bytes, false, &message)) {
	case PARSE_INVALID:
		return DETECT_NO;
	case PARSE_NEED_MORE:
		return DETECT_NEED_MORE;
	default:
		break;
	}
	if (message.code >> 16 != 3)
		return bytes.size == message.size  ? DETECT_REQUEST
		       : bytes.size < message.size ? DETECT_NEED_MORE
						   : DETECT_NO;
	rest = message.body;
	while (postgresql_message_text(&rest, &text) && text.size && is_text(text))
		count++;
	return !rest.size && count && count % 2 == 0 && text.size == 0 &&
			       postgresql_message_parameter(message.body, VIEW_LITERAL("user")).size
		       ? DETECT_REQUEST
		       : DETECT_NO;
}

/* Of a transaction, as ReadyForQuery has it. */
static bool is_status(char c)
{
	return c == 'I' || c == 'T' || c == 'E';
}

/* Whole messages to the end of bytes. Returns the type of the last one, 0 when it is not so. */
static char walk(enum message_kind side, struct view bytes, size_t *ret_count, bool *ret_has_more)
{
	struct postgresql_message message = {0};

	*ret_has_more = false;
	for (*ret_count = 0; bytes.size && *ret_count < MAX_PROOF_MESSAGES; ++*ret_count) {
		enum parse_result result = postgresql_message_read(side, bytes, false, &message);

		*ret_has_more = result == PARSE_NEED_MORE;
		if (result != PARSE_DONE || !message.type || message.size > MAX_PROOF_BYTES)
			return 0;
		if (message.size > bytes.size) {
			*ret_has_more = true;
			return 0;
		}
		if (message.type == 'Z' && !is_status(message.body.bytes[0]))
			return 0;
		bytes = view_skip(bytes, (size_t)message.size);
	}
	return bytes.size ? 0 : message.type;
}

static enum detect_result prove_batch(struct view bytes)
{
	size_t count;
	bool has_more;
	char last = walk(MESSAGE_REQUEST, bytes, &count, &has_more);

	/* A Sync alone is five bytes that anybody may say. */
	if (last == 'S')
		return count > 1 ? DETECT_REQUEST : DETECT_NEED_MORE;
	return has_more || last ? DETECT_NEED_MORE : DETECT_NO;
}

static enum detect_result prove_client(struct view bytes)
{
	struct postgresql_message message;
	enum parse_result result;
	enum detect_result proof;

	if (bytes.bytes[0] == '\0')
		return prove_untyped(bytes);
	if (!strchr("QPBDECS", bytes.bytes[0]) || (bytes.size > 1 && bytes.bytes[1] != '\0'))
		return DETECT_NO;
	if (bytes.size < POSTGRESQL_HEADER_BYTES)
		return DETECT_NEED_MORE;
	if (bytes.bytes[0] != 'Q' && bytes.bytes[0] != 'P')
		return prove_batch(bytes);
	/* Not all of a long text is needed. */
	result = postgresql_message_read(MESSAGE_REQUEST, bytes, true, &message);
	if (result != PARSE_DONE)
		return DETECT_NO;
	proof = prove_query(&message, bytes.size < message.size);
	if (proof == DETECT_NEED_MORE && bytes.size >= message.size)
		return DETECT_NO;
	/* A message that ends before the bytes do is followed by others. */
	if (proof != DETECT_REQUEST || bytes.size <= message.size)
		return proof;
	proof = prove_batch(bytes);
	return proof == DETECT_NO ? DETECT_NO : DETECT_REQUEST;
}

static bool ends_ready(struct view bytes)
{
	struct view end = view_skip(bytes, bytes.size - READY_BYTES);

	return bytes.size >= READY_BYTES && memcmp(end.bytes, "Z\0\0\0\5", 5) == 0 &&
	       is_status(end.bytes[5]);
}

/* A server that is heard first: midway, as it answers. */
static enum detect_result prove_server(struct view bytes)
{
	size_t count;
	bool has_more;
	char last;

	if (!strchr("123CDEGHINSTntsK", bytes.bytes[0]) ||
	    (bytes.size > 1 && bytes.bytes[1] != '\0'))
		return DETECT_NO;
	if (bytes.size < POSTGRESQL_HEADER_BYTES)
		return DETECT_NEED_MORE;
	last = walk(MESSAGE_RESPONSE, bytes, &count, &has_more);
	if (last == 'Z' && count > 1 && ends_ready(bytes))
		return DETECT_RESPONSE;
	return has_more || (last && last != 'Z') ? DETECT_NEED_MORE : DETECT_NO;
}

enum detect_result postgresql_proof_detect(struct view bytes)
{
	enum detect_result client, server;

	if (!bytes.size)
		return DETECT_NEED_MORE;
	client = prove_client(bytes);
	if (client == DETECT_REQUEST || !bytes.bytes[0])
		return client;
	server = prove_server(bytes);
	if (server == DETECT_RESPONSE)
		return server;
	return client == DETECT_NEED_MORE || server == DETECT_NEED_MORE ? DETECT_NEED_MORE
									: DETECT_NO;
}

/* Is a message of the server's that completes a statement exactly these bytes? */
static bool completes(struct view bytes)
{
	struct postgresql_message message;
	struct view body, text;
	char state[POSTGRESQL_SQLSTATE];
	bool is_fatal;

	if (!strchr("CEIs", bytes.bytes[0]) ||
	    postgresql_message_read(MESSAGE_RESPONSE, bytes, true, &message) != PARSE_DONE ||
	    message.size != bytes.size)
		return false;
	body = message.body;
	if (message.type == 'C')
		return postgresql_message_text(&body, &text) && !body.size && text.size &&
		       text.bytes[0] >= 'A' && text.bytes[0] <= 'Z' && is_text(text);
	if (message.type == 'E')
		return postgresql_message_error(body, state, &is_fatal);
	return true;
}

bool postgresql_proof_find_end(struct view bytes, size_t *ret_offset)
{
	struct view before;

	if (!ends_ready(bytes))
		return false;
	before = view_take(bytes, bytes.size - READY_BYTES);
	for (size_t back = POSTGRESQL_HEADER_BYTES; back <= before.size && back <= 4096; back++) {
		size_t at = before.size - back;

		if (before.bytes[at] && completes(view_skip(before, at))) {
			*ret_offset = at;
			return true;
		}
	}
	return false;
}
