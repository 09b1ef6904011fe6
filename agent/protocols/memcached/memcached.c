/*
 * memcached as a conversation: commands are answered in order, so exchanges are counted. `noreply`
 * is never answered; of quiet meta commands only some are, and which is known by the opaque flag or
 * by what the answer is.
 */
#include "protocols/memcached/memcached.h"

#include "protocols/conversation.h"
#include "protocols/memcached/memcached_describe.h"
#include "protocols/memcached/memcached_detect.h"

/* Commands without an answer have keys of their own, so that the others stay in step. */
#define SILENT_KEYS (1ull << 63)

struct session {
	uint64_t next_request, next_answer, next_silent; /* keys */
	bool is_followed_no_more;
};

/* Kept with an exchange. */
struct pending {
	enum memcached_kind kind;
	uint32_t opaque;
	uint32_t hits;
	bool is_quiet, is_begun, is_known;
	uint64_t hit_bytes;
};

_Static_assert(sizeof(struct pending) <= PROTOCOL_PAIR_STATE_BYTES, "kept with an exchange");

/* The line and its value; what is not there of the value is skipped. */
static enum parse_result take_unit(struct unit *unit, size_t line_size, bool has_value,
				   uint64_t value_size)
{
	uint64_t size = line_size + (has_value ? value_size + 2 : 0);

	if (has_value && size <= unit->bytes.size &&
	    memcmp(unit->bytes.bytes + size - 2, "\r\n", 2) != 0)
		return PARSE_INVALID;
	unit->consumed = size < unit->bytes.size ? (size_t)size : unit->bytes.size;
	unit->skip = size - unit->consumed;
	return PARSE_DONE;
}

static enum parse_result read_command(struct session *session, struct unit *unit,
				      const struct exchange_sink *sink)
{
	struct message message = {.kind = MESSAGE_REQUEST};
	struct memcached_command *command = (struct memcached_command *)message.fields;
	enum parse_result result = memcached_line_command(unit->bytes, command);
	struct pending *pending;
	uint64_t key;

	if (result == PARSE_DONE)
		result = take_unit(unit, command->line_size, command->has_value,
				   command->value_size);
	if (result != PARSE_DONE)
		return unit->is_final ? PARSE_INVALID : result;
	message.head_size = command->line_size;
	key = command->is_silent ? SILENT_KEYS | session->next_silent++ : session->next_request++;
	sink->open(sink->self, key, &message);
	pending = (struct pending *)sink->state(sink->self, key);
	if (pending)
		*pending = (struct pending){.kind = command->kind,
					    .opaque = command->opaque,
					    .is_quiet = command->is_quiet,
					    .is_known = true};
	if (command->is_silent)
		sink->end(sink->self, key);
	return PARSE_DONE;
}

static bool fits_word(enum memcached_kind kind, enum memcached_word word)
{
	switch (kind) {
	case MEMCACHED_RETRIEVAL:
		return word == MEMCACHED_WORD_VALUE || word == MEMCACHED_WORD_END;
	case MEMCACHED_STORAGE:
		return word == MEMCACHED_WORD_STORED || word == MEMCACHED_WORD_NOT_FOUND;
	case MEMCACHED_ARITHMETIC:
		return word == MEMCACHED_WORD_NUMBER || word == MEMCACHED_WORD_NOT_FOUND;
	case MEMCACHED_DELETION:
		return word == MEMCACHED_WORD_DELETED || word == MEMCACHED_WORD_NOT_FOUND;
	case MEMCACHED_TOUCH:
		return word == MEMCACHED_WORD_TOUCHED || word == MEMCACHED_WORD_NOT_FOUND;
	case MEMCACHED_META_GET:
		return word == MEMCACHED_WORD_VA || word == MEMCACHED_WORD_HD ||
		       word == MEMCACHED_WORD_EN;
	case MEMCACHED_META_SET:
		return word == MEMCACHED_WORD_HD || word == MEMCACHED_WORD_REFUSED ||
		       word == MEMCACHED_WORD_NF;
	case MEMCACHED_META_OTHER:
		return word == MEMCACHED_WORD_HD || word == MEMCACHED_WORD_REFUSED ||
		       word == MEMCACHED_WORD_NF || word == MEMCACHED_WORD_VA;
	case MEMCACHED_META_NOOP:
		return word == MEMCACHED_WORD_MN;
	case MEMCACHED_META_DEBUG:
		return word == MEMCACHED_WORD_ME || word == MEMCACHED_WORD_EN;
	default:
		return true;
	}
}

/* What a quiet command is not answered with. */
static bool is_hushed(enum memcached_kind kind, enum memcached_word word)
{
	if (kind == MEMCACHED_META_GET)
		return word == MEMCACHED_WORD_EN;
	if (kind == MEMCACHED_META_SET)
		return word == MEMCACHED_WORD_HD;
	return kind == MEMCACHED_META_OTHER &&
	       (word == MEMCACHED_WORD_HD || word == MEMCACHED_WORD_NF);
}

static bool fits(const struct pending *pending, const struct memcached_reply *reply)
{
	if (!pending->is_known || reply->word == MEMCACHED_WORD_ERROR)
		return true;
	if (pending->is_quiet && is_hushed(pending->kind, reply->word))
		return false;
	return fits_word(pending->kind, reply->word) &&
	       (pending->kind < MEMCACHED_META_GET || pending->opaque == reply->opaque);
}

static struct pending *find_pending(const struct session *session, const struct exchange_sink *sink,
				    struct pending *spare)
{
	unsigned char *state = sink->state(sink->self, session->next_answer);

	*spare = (struct pending){.kind = MEMCACHED_ADMIN};
	return state ? (struct pending *)state : spare;
}

static bool is_last_line(enum memcached_kind kind, enum memcached_word word)
{
	if (word == MEMCACHED_WORD_ERROR || word == MEMCACHED_WORD_END)
		return true;
	if (kind == MEMCACHED_LISTING)
		return word == MEMCACHED_WORD_DONE;
	return word != MEMCACHED_WORD_VALUE;
}

/* Which of several quiet commands an answer without an opaque is for is not known. */
static bool tells_hit(const struct pending *pending)
{
	return pending->kind == MEMCACHED_RETRIEVAL ||
	       (pending->kind == MEMCACHED_META_GET && (!pending->is_quiet || pending->opaque));
}

static void answer(struct session *session, struct pending *pending,
		   const struct memcached_reply *reply, const struct exchange_sink *sink)
{
	struct message message = {.kind = MESSAGE_RESPONSE, .head_size = reply->line_size};
	struct memcached_answer *said = (struct memcached_answer *)message.fields;
	bool is_last = is_last_line(pending->kind, reply->word);

	if (reply->word == MEMCACHED_WORD_VALUE || reply->word == MEMCACHED_WORD_VA ||
	    reply->word == MEMCACHED_WORD_HD) {
		pending->hits++;
		pending->hit_bytes += reply->value_size;
	}
	said->error = reply->error;
	said->tells_hit = !reply->error && tells_hit(pending);
	said->hits = pending->hits;
	said->hit_bytes = pending->hit_bytes;
	if (is_last || !pending->is_begun)
		sink->answer(sink->self, session->next_answer, is_last ? &message : NULL);
	pending->is_begun = true;
	if (pending->kind == MEMCACHED_WATCH && !reply->error)
		session->is_followed_no_more = true;
	if (is_last)
		sink->end(sink->self, session->next_answer++);
}

static enum parse_result read_reply(struct session *session, struct unit *unit,
				    const struct exchange_sink *sink)
{
	struct pending spare, *pending;
	struct memcached_reply reply;
	enum parse_result result = memcached_line_reply(unit->bytes, &reply);
	bool has_value;

	if (result == PARSE_DONE) {
		has_value = reply.word == MEMCACHED_WORD_VALUE || reply.word == MEMCACHED_WORD_VA;
		result = take_unit(unit, reply.line_size, has_value, reply.value_size);
	}
	if (result != PARSE_DONE)
		return unit->is_final ? PARSE_INVALID : result;
	while (session->next_answer < session->next_request) {
		pending = find_pending(session, sink, &spare);
		if (fits(pending, &reply)) {
			answer(session, pending, &reply, sink);
			return PARSE_DONE;
		}
		if (!pending->is_quiet)
			return PARSE_INVALID;
		sink->end(sink->self, session->next_answer++);
	}
	return PARSE_DONE; /* nobody asked: too many connections, for one */
}

static enum parse_result read_unit(void *self, struct unit *unit, const struct exchange_sink *sink)
{
	struct session *session = self;

	if (session->is_followed_no_more) {
		unit->consumed = unit->bytes.size;
		unit->skip = 0;
		return PARSE_DONE;
	}
	return unit->side == MESSAGE_REQUEST ? read_command(session, unit, sink)
					     : read_reply(session, unit, sink);
}

static void restart(void *self)
{
	struct session *session = self;

	session->next_answer = session->next_request;
}

static void lose(void *self, enum message_kind side)
{
	(void)side;
	restart(self);
}

static bool resume(void *self, enum message_kind side, struct view bytes, size_t *ret_offset)
{
	const struct session *session = self;
	struct memcached_command command;

	if (!session->is_followed_no_more &&
	    (side != MESSAGE_REQUEST || memcached_line_command(bytes, &command) != PARSE_DONE))
		return false;
	*ret_offset = 0;
	return true;
}

static const struct conversation memcached_conversation = {
	.is_keyed = false,
	.session_size = sizeof(struct session),
	.read = read_unit,
	.lose = lose,
	.resume = resume,
	.restart = restart,
};

const struct protocol protocol_memcached = {
	.name = "memcached",
	.mode = CAPTURE_STREAM,
	.conversation = &memcached_conversation,
	.detect = memcached_detect,
	.describe_request = memcached_describe_request,
	.describe_response = memcached_describe_response,
};
