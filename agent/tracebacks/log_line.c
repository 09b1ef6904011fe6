/*
 * A log line is read word by word: times, process ids, threads in brackets and separators are
 * passed over until the level is found; then a name that is written as loggers are, and the rest is
 * the message.
 */
#include "tracebacks/log_line.h"

#define MAX_WORDS_BEFORE_LEVEL 8
#define MAX_LINES_BACK         16
#define MAX_PLAIN_LINES        3
#define MAX_LOGGER             128

static bool is_digit(char byte)
{
	return byte >= '0' && byte <= '9';
}

static bool is_name_byte(char byte)
{
	return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') || is_digit(byte) ||
	       (byte && strchr("._-$[]/<>", byte));
}

static bool is_name(struct view word)
{
	if (!word.size || word.size > MAX_LOGGER || is_digit(word.bytes[0]) ||
	    strchr(".-$[]/<>", word.bytes[0]))
		return false;
	for (size_t i = 0; i < word.size; i++)
		if (!is_name_byte(word.bytes[i]))
			return false;
	return true;
}

/* A name as loggers have them, not a word of a sentence. */
static bool is_logger_name(struct view word)
{
	if (!is_name(word))
		return false;
	for (size_t i = 0; i < word.size; i++)
		if (word.bytes[i] == '.' && i + 1 < word.size)
			return true;
	for (size_t i = 0; i < word.size; i++)
		if (word.bytes[i] >= 'A' && word.bytes[i] <= 'Z')
			return false;
	return true;
}

static bool is_separator(struct view word)
{
	for (size_t i = 0; i < word.size; i++)
		if (!strchr("-|:", word.bytes[i]) || !word.bytes[i])
			return false;
	return word.size > 0;
}

static bool is_number(struct view word)
{
	for (size_t i = 0; i < word.size; i++)
		if (!is_digit(word.bytes[i]) && word.bytes[i] != '#')
			return false;
	return word.size > 0;
}

/* The next word; one in square brackets is one word, whatever is in them. */
static bool next_word(struct view *rest, struct view *ret_word)
{
	ssize_t end;

	while (rest->size && (rest->bytes[0] == ' ' || rest->bytes[0] == '\t'))
		*rest = view_skip(*rest, 1);
	if (!rest->size)
		return false;
	end = rest->bytes[0] == '[' ? view_find_byte(*rest, ']') + 1 : 0;
	while ((size_t)end < rest->size && rest->bytes[end] != ' ' && rest->bytes[end] != '\t')
		end++;
	*ret_word = view_take(*rest, (size_t)end);
	*rest = view_skip(*rest, (size_t)end);
	return true;
}

static struct view inner_of(struct view word)
{
	while (word.size && strchr("[(<", word.bytes[0]))
		word = view_skip(word, 1);
	while (word.size && strchr("])>:", word.bytes[word.size - 1]))
		word.size--;
	return word;
}

/* What is in brackets at the beginning: times, levels ("2026-11-21 17:00:00: ERROR/Worker-1"). */
static void look_into_brackets(struct view word, struct log_line *log)
{
	struct view inner = inner_of(word), part;

	while (view_next_token(&inner, ' ', &part)) {
		struct view head;

		log->has_time |= line_prefix_is_time(part);
		if (view_next_token(&part, '/', &head))
			log->has_level |= line_prefix_is_level(head);
	}
}

/* "app: message", "app - message", "app : message", "__main__:main:12 - message". */
static bool take_logger(struct view *rest, struct log_line *log)
{
	struct view after = *rest, word, separator, behind;
	ssize_t colon;

	if (!next_word(&after, &word))
		return false;
	if (word.size > 1 && word.bytes[word.size - 1] == ':' &&
	    is_logger_name(view_take(word, word.size - 1))) {
		log->logger = view_take(word, word.size - 1);
		*rest = after;
		return true;
	}
	behind = after;
	if (!next_word(&behind, &separator) || !is_separator(separator))
		return false;
	colon = view_find_byte(word, ':');
	if (colon > 0)
		word = view_take(word, (size_t)colon);
	if (!is_name(word))
		return false;
	log->logger = word;
	*rest = behind;
	return true;
}

/* Behind the level. */
static void read_message(struct view rest, struct log_line *log)
{
	struct view after = rest, word, bracket = {0};

	while (next_word(&after, &word) && (is_separator(word) || is_number(word) ||
					    word.bytes[0] == '[' || line_prefix_is_time(word))) {
		if (word.bytes[0] == '[' && is_logger_name(inner_of(word)))
			bracket = inner_of(word);
		rest = after;
	}
	if (view_starts_with(view_trim(rest), VIEW_LITERAL("in ")) &&
	    view_find(rest, VIEW_LITERAL(": ")) > 0)
		rest = view_skip(view_trim(rest), 3);
	/* In brackets it may be the thread as well, unless it is dotted. */
	if (!log->logger.size && view_find_byte(bracket, '.') > 0)
		log->logger = bracket;
	if (!log->logger.size)
		take_logger(&rest, log);
	if (!log->logger.size)
		log->logger = bracket;
	log->message = view_trim(rest);
}

/* "ERROR:shop:boom" and "ERROR:    boom" */
static bool read_level_with_colon(struct view line, struct log_line *log)
{
	ssize_t colon = view_find_byte(line, ':'), second;
	struct view rest;

	if (colon <= 0 || !line_prefix_is_level(view_take(line, (size_t)colon)))
		return false;
	rest = view_skip(line, (size_t)colon + 1);
	log->has_level = true;
	second = view_find_byte(rest, ':');
	if (second > 0 && is_name(view_take(rest, (size_t)second))) {
		log->logger = view_take(rest, (size_t)second);
		rest = view_skip(rest, (size_t)second + 1);
		log->message = view_trim(rest);
	} else {
		read_message(rest, log);
	}
	return true;
}

/* "E1121 17:00:00.123456   12 file.go:12] message" */
static bool read_klog(struct view line, struct log_line *log)
{
	ssize_t end = view_find(line, VIEW_LITERAL("] "));

	if (line.size < 21 || !strchr("IWEF", line.bytes[0]) || end < 20)
		return false;
	for (size_t i = 1; i < 5; i++)
		if (!is_digit(line.bytes[i]))
			return false;
	if (line.bytes[5] != ' ' || line.bytes[8] != ':')
		return false;
	log->has_level = true;
	log->has_time = true;
	log->message = view_trim(view_skip(line, (size_t)end + 2));
	return true;
}

/* Where the level stands among the first words. */
static bool read_words(struct view line, struct log_line *log)
{
	struct view rest = line, word, name = {0}, behind_time = line;
	bool is_separated = false; /* "name - ERROR" */

	for (int i = 0; i < MAX_WORDS_BEFORE_LEVEL && next_word(&rest, &word); i++) {
		if (line_prefix_is_level(word)) {
			log->has_level = true;
		} else if (word.bytes[0] == '[') {
			look_into_brackets(word, log);
		} else if (!name.size && line_prefix_is_time(word)) {
			log->has_time = true;
			behind_time = rest;
		} else if (is_logger_name(inner_of(word)) || (!i && word.size == 3)) {
			name = inner_of(word); /* or the month, or the machine */
		} else if (!is_separator(word) && !is_number(word) && word.size > 2) {
			break;
		}
		if (log->has_level)
			break;
		is_separated = is_separator(word);
	}
	if (log->has_level) {
		if (is_separated && is_logger_name(name))
			log->logger = name;
		read_message(rest, log);
		if (!log->logger.size && is_logger_name(name))
			log->logger = name;
		return true;
	}
	log->message = view_trim(behind_time);
	return log->has_time;
}

bool log_line_parse(struct view line, struct log_line *ret)
{
	*ret = (struct log_line){0};
	return read_level_with_colon(line, ret) || read_klog(line, ret) || read_words(line, ret);
}

/* Cuts the last line off. */
static struct view pop_line(struct view *lines)
{
	size_t start = lines->size;
	struct view line;

	while (start && lines->bytes[start - 1] != '\n')
		start--;
	line = view_skip(*lines, start);
	lines->size = start ? start - 1 : 0;
	return line;
}

bool log_line_before(struct view lines, bool is_whole, const struct line_prefix *prefix,
		     struct log_line *ret)
{
	struct view left = lines, line;
	int count = 0;

	while (lines.size && lines.bytes[lines.size - 1] == '\n')
		lines.size--;
	for (left = lines; left.size && count < MAX_LINES_BACK; count++) {
		line = line_prefix_remove(prefix, pop_line(&left));
		if (!log_line_parse(line, ret))
			continue;
		if (!prefix->size && ret->message.size)
			ret->message.size = (size_t)(lines.bytes + lines.size - ret->message.bytes);
		return true;
	}
	*ret = (struct log_line){0};
	if (!is_whole || left.size || !count || count > MAX_PLAIN_LINES)
		return false;
	ret->message = count == 1 ? line_prefix_remove(prefix, lines) : lines;
	return ret->message.size > 0;
}
