/*
 * memcached's doc/protocol.txt, without the binary protocol, which is deprecated. A line is taken
 * only whole.
 */
#include "protocols/memcached/memcached_line.h"

#define MAX_LINE_BYTES (16u << 10) /* a get of many keys */
#define MAX_WORDS      8

/* size_word: which word is the value's size; 0: no value follows. */
static const struct {
	const char *name;
	const char *operation;
	enum memcached_kind kind;
	unsigned int min_words, size_word;
} commands[] = {
	{"get", "cache.get", MEMCACHED_RETRIEVAL, 2, 0},
	{"gets", "cache.get", MEMCACHED_RETRIEVAL, 2, 0},
	{"gat", "cache.get", MEMCACHED_RETRIEVAL, 3, 0},
	{"gats", "cache.get", MEMCACHED_RETRIEVAL, 3, 0},
	{"set", "cache.put", MEMCACHED_STORAGE, 5, 4},
	{"add", "cache.put", MEMCACHED_STORAGE, 5, 4},
	{"replace", "cache.put", MEMCACHED_STORAGE, 5, 4},
	{"append", "cache.put", MEMCACHED_STORAGE, 5, 4},
	{"prepend", "cache.put", MEMCACHED_STORAGE, 5, 4},
	{"cas", "cache.put", MEMCACHED_STORAGE, 6, 4},
	{"incr", "cache.put", MEMCACHED_ARITHMETIC, 3, 0},
	{"decr", "cache.put", MEMCACHED_ARITHMETIC, 3, 0},
	{"delete", "cache.remove", MEMCACHED_DELETION, 2, 0},
	{"touch", "db", MEMCACHED_TOUCH, 3, 0},
	{"mg", "cache.get", MEMCACHED_META_GET, 2, 0},
	{"ms", "cache.put", MEMCACHED_META_SET, 3, 2},
	{"md", "cache.remove", MEMCACHED_META_OTHER, 2, 0},
	{"ma", "cache.put", MEMCACHED_META_OTHER, 2, 0},
	{"mn", "db", MEMCACHED_META_NOOP, 1, 0},
	{"me", "db", MEMCACHED_META_DEBUG, 2, 0},
	{"stats", "db", MEMCACHED_LISTING, 1, 0},
	{"version", "db", MEMCACHED_ADMIN, 1, 0},
	{"flush_all", "cache.flush", MEMCACHED_ADMIN, 1, 0},
	{"verbosity", "db", MEMCACHED_ADMIN, 1, 0},
	{"cache_memlimit", "db", MEMCACHED_ADMIN, 2, 0},
	{"slabs", "db", MEMCACHED_ADMIN, 2, 0},
	{"lru", "db", MEMCACHED_ADMIN, 2, 0},
	{"lru_crawler", "db", MEMCACHED_ADMIN, 2, 0},
	{"shutdown", "db", MEMCACHED_ADMIN, 1, 0},
	{"watch", "db", MEMCACHED_WATCH, 1, 0},
	{"quit", "db", MEMCACHED_QUIT, 1, 0},
};

static const struct {
	const char *word;
	enum memcached_word meaning;
} reply_words[] = {
	{"VALUE", MEMCACHED_WORD_VALUE},
	{"END", MEMCACHED_WORD_END},
	{"STORED", MEMCACHED_WORD_STORED},
	{"NOT_STORED", MEMCACHED_WORD_STORED},
	{"EXISTS", MEMCACHED_WORD_STORED},
	{"NOT_FOUND", MEMCACHED_WORD_NOT_FOUND},
	{"DELETED", MEMCACHED_WORD_DELETED},
	{"TOUCHED", MEMCACHED_WORD_TOUCHED},
	{"OK", MEMCACHED_WORD_DONE},
	{"RESET", MEMCACHED_WORD_DONE},
	{"ERROR", MEMCACHED_WORD_ERROR},
	{"CLIENT_ERROR", MEMCACHED_WORD_ERROR},
	{"SERVER_ERROR", MEMCACHED_WORD_ERROR},
	{"VA", MEMCACHED_WORD_VA},
	{"HD", MEMCACHED_WORD_HD},
	{"EN", MEMCACHED_WORD_EN},
	{"NS", MEMCACHED_WORD_REFUSED},
	{"EX", MEMCACHED_WORD_REFUSED},
	{"NF", MEMCACHED_WORD_NF},
	{"MN", MEMCACHED_WORD_MN},
	{"ME", MEMCACHED_WORD_ME},
};

/* A line as words: the first few, how many, and the last. */
struct words {
	struct view word[MAX_WORDS];
	uint32_t count;
	struct view last;
	bool is_quiet;   /* a word "q" behind the second */
	uint32_t opaque; /* of a word "O…" there */
};

static uint32_t hash_of(struct view text)
{
	uint32_t hash = 2166136261u;

	for (size_t i = 0; i < text.size; i++)
		hash = (hash ^ (unsigned char)text.bytes[i]) * 16777619u;
	return hash ? hash : 1;
}

static void split(struct view line, uint32_t first_flag, struct words *words)
{
	struct view word;

	*words = (struct words){.count = 0};
	while (view_next_token(&line, ' ', &word)) {
		if (word.size == 0)
			continue;
		if (words->count < MAX_WORDS)
			words->word[words->count] = word;
		if (words->count >= first_flag && word.size == 1 && word.bytes[0] == 'q')
			words->is_quiet = true;
		if (words->count >= first_flag && word.size > 1 && word.bytes[0] == 'O')
			words->opaque = hash_of(view_skip(word, 1));
		words->last = word;
		words->count++;
	}
}

static bool is_printable(struct view line)
{
	for (size_t i = 0; i < line.size; i++)
		if ((unsigned char)line.bytes[i] < 0x20 || line.bytes[i] == 0x7f)
			return false;
	return true;
}

static bool is_ascii(char c)
{
	return c > 0x20 && c < 0x7f;
}

/* Without its line break; *ret_size with it. */
static enum parse_result read_line(struct view bytes, struct view *ret_line, size_t *ret_size)
{
	struct view line = view_take(bytes, MAX_LINE_BYTES);
	ssize_t end = view_find_byte(line, '\n');

	if (end < 0)
		return line.size == MAX_LINE_BYTES || (line.size && !is_ascii(line.bytes[0]))
			       ? PARSE_INVALID
			       : PARSE_NEED_MORE;
	*ret_size = (size_t)end + 1;
	line = view_take(line, (size_t)end);
	if (line.size && line.bytes[line.size - 1] == '\r')
		line.size--;
	*ret_line = line;
	return line.size && is_printable(line) ? PARSE_DONE : PARSE_INVALID;
}

static bool is_meta(enum memcached_kind kind)
{
	return kind >= MEMCACHED_META_GET;
}

/* Lists of keys and of statistics have an end of their own. */
static enum memcached_kind refine(enum memcached_kind kind, const struct words *words)
{
	bool is_dump = words->count > 1 && (view_equals(words->word[1], VIEW_LITERAL("metadump")) ||
					    view_equals(words->word[1], VIEW_LITERAL("mgdump")));

	return kind == MEMCACHED_ADMIN && is_dump ? MEMCACHED_LISTING : kind;
}

static bool is_number(struct view text)
{
	uint64_t number;

	return view_parse_u64(text, &number) == 0;
}

/* Of expiry: a negative one is past. */
static bool is_time(struct view text)
{
	return is_number(text.size && text.bytes[0] == '-' ? view_skip(text, 1) : text);
}

static bool set_value(struct memcached_command *command, const struct words *words,
		      unsigned int size_word)
{
	if (!size_word)
		return true;
	command->has_value = true;
	return view_parse_u64(words->word[size_word], &command->value_size) == 0 &&
	       command->value_size <= MAX_MEMCACHED_VALUE_BYTES;
}

static enum parse_result set_command(const struct words *words, size_t line_size, size_t row,
				     struct memcached_command *ret)
{
	struct memcached_command command = {
		.name = commands[row].name,
		.operation = commands[row].operation,
		.kind = refine(commands[row].kind, words),
		.argument_count = words->count ? words->count - 1 : 0,
		.line_size = line_size,
	};

	if (words->count < commands[row].min_words ||
	    (command.kind == MEMCACHED_STORAGE &&
	     (!is_number(words->word[2]) || !is_time(words->word[3]))) ||
	    !set_value(&command, words, commands[row].size_word))
		return PARSE_INVALID;
	if (command.kind == MEMCACHED_RETRIEVAL)
		command.key_count = words->count + 1 - commands[row].min_words;
	if (is_meta(command.kind)) {
		command.is_quiet = words->is_quiet;
		command.opaque = words->opaque;
	} else {
		command.is_silent = command.kind == MEMCACHED_QUIT ||
				    (command.kind != MEMCACHED_RETRIEVAL && words->count > 1 &&
				     view_equals(words->last, VIEW_LITERAL("noreply")));
	}
	*ret = command;
	return PARSE_DONE;
}

enum parse_result memcached_line_command(struct view bytes, struct memcached_command *ret)
{
	struct words words;
	struct view line;
	size_t size;
	enum parse_result result = read_line(bytes, &line, &size);

	if (result != PARSE_DONE)
		return result;
	split(line, 2, &words);
	for (size_t i = 0; words.count && i < sizeof(commands) / sizeof(commands[0]); i++)
		if (view_equals(words.word[0], view_of_text(commands[i].name)))
			return set_command(&words, size, i, ret);
	return PARSE_INVALID;
}

enum parse_result memcached_line_reply(struct view bytes, struct memcached_reply *ret)
{
	struct memcached_reply reply = {.word = MEMCACHED_WORD_OTHER};
	struct words words;
	struct view line;
	uint32_t size_word;
	enum parse_result result = read_line(bytes, &line, &reply.line_size);

	if (result != PARSE_DONE)
		return result;
	split(line, 1, &words);
	for (size_t i = 0; words.count && i < sizeof(reply_words) / sizeof(reply_words[0]); i++) {
		if (!view_equals(words.word[0], view_of_text(reply_words[i].word)))
			continue;
		reply.word = reply_words[i].meaning;
		if (reply.word == MEMCACHED_WORD_ERROR)
			reply.error = reply_words[i].word;
	}
	if (words.count && reply.word == MEMCACHED_WORD_OTHER && is_number(words.word[0]))
		reply.word = MEMCACHED_WORD_NUMBER;
	reply.opaque = words.opaque;
	if (reply.word == MEMCACHED_WORD_VALUE || reply.word == MEMCACHED_WORD_VA) {
		size_word = reply.word == MEMCACHED_WORD_VALUE ? 3 : 1;
		if (words.count <= size_word || (size_word == 3 && !is_number(words.word[2])) ||
		    view_parse_u64(words.word[size_word], &reply.value_size) < 0 ||
		    reply.value_size > MAX_MEMCACHED_VALUE_BYTES)
			return PARSE_INVALID;
	}
	*ret = reply;
	return PARSE_DONE;
}
