/*
 * A command with its numbers in their places proves memcached. `get key` alone does not (Redis
 * reads such lines too), nor does what beanstalkd also says: there the answer decides.
 */
#include "protocols/memcached/memcached_detect.h"

#include "protocols/memcached/memcached_line.h"

/* Answers that nobody else begins with. */
static const char *const server_words[] = {
	"END\r\n",     "STORED\r\n", "NOT_STORED\r\n", "VERSION 1.", "STAT pid ",
	"TOUCHED\r\n", "EXISTS\r\n", "MN\r\n",         "EN\r\n",     "HD\r\n",
};

static bool is_prefix(struct view text, struct view whole)
{
	return memcmp(text.bytes, whole.bytes, text.size < whole.size ? text.size : whole.size) ==
	       0;
}

static enum detect_result detect_answer(struct view bytes)
{
	struct memcached_reply reply;

	for (size_t i = 0; i < sizeof(server_words) / sizeof(server_words[0]); i++) {
		struct view word = view_of_text(server_words[i]);

		if (is_prefix(bytes, word))
			return bytes.size < word.size ? DETECT_NEED_MORE : DETECT_RESPONSE;
	}
	if (!is_prefix(bytes, VIEW_LITERAL("VALUE ")) && !is_prefix(bytes, VIEW_LITERAL("VA ")))
		return DETECT_NO;
	switch (memcached_line_reply(bytes, &reply)) {
	case PARSE_DONE:
		return bytes.bytes[reply.line_size - 2] == '\r' ? DETECT_RESPONSE : DETECT_NO;
	case PARSE_NEED_MORE:
		return DETECT_NEED_MORE;
	default:
		return DETECT_NO;
	}
}

/* "set k 0 0 5", "cas …", "ms k 5 …": sizes; "incr k 1": a number. Where the value is there, it
 * ends as it must. */
static bool is_proof(const struct memcached_command *command, struct view bytes)
{
	uint64_t end = command->line_size + command->value_size + 2;

	if (bytes.bytes[command->line_size - 2] != '\r')
		return false;
	if (command->kind == MEMCACHED_STORAGE || command->kind == MEMCACHED_META_SET)
		return end > bytes.size || memcmp(bytes.bytes + end - 2, "\r\n", 2) == 0;
	return command->kind == MEMCACHED_META_NOOP;
}

static bool is_known_start(struct view bytes)
{
	static const char *const starts[] = {
		"get ",     "gets ",   "gat ",     "gats ",       "set ",      "add ",
		"replace ", "append ", "prepend ", "cas ",        "incr ",     "decr ",
		"delete ",  "touch ",  "mg ",      "ms ",         "md ",       "ma ",
		"mn\r\n",   "me ",     "stats",    "version\r\n", "flush_all",
	};

	for (size_t i = 0; i < sizeof(starts) / sizeof(starts[0]); i++)
		if (is_prefix(bytes, view_of_text(starts[i])))
			return true;
	return false;
}

enum detect_result memcached_detect(struct view bytes)
{
	struct memcached_command command;

	if (bytes.size == 0)
		return DETECT_NEED_MORE;
	if (bytes.bytes[0] >= 'A' && bytes.bytes[0] <= 'Z')
		return detect_answer(bytes);
	if (!is_known_start(bytes))
		return DETECT_NO;
	switch (memcached_line_command(bytes, &command)) {
	case PARSE_DONE:
		return is_proof(&command, bytes) ? DETECT_REQUEST
		       : command.has_value       ? DETECT_NO
						 : DETECT_NEED_MORE;
	case PARSE_NEED_MORE:
		return DETECT_NEED_MORE;
	default:
		return DETECT_NO;
	}
}
