/*
 * A scanner, not a parser: it goes from string to string, knows how deep it is, and that a string
 * in front of a colon is a name.
 */
#include "tracebacks/json_log.h"

#include <errno.h>
#include <stdlib.h>

#define MAX_DEPTH 2 /* of objects whose values are looked at */

struct json_scanner {
	struct view rest;
	int depth;
	struct view name; /* of the value that comes */
	bool has_stream;
	struct json_log *log;
};

static ssize_t find_object(struct view line)
{
	for (size_t i = 0; i + 2 < line.size; i++)
		if (line.bytes[i] == '{' &&
		    (line.bytes[i + 1] == '"' ||
		     (line.bytes[i + 1] == ' ' && line.bytes[i + 2] == '"')))
			return (ssize_t)i;
	return -1;
}

bool json_log_is_candidate(struct view line)
{
	return line.size > 8 && memchr(line.bytes, '{', line.size) &&
	       view_find(line, VIEW_LITERAL("\\n")) > 0 && find_object(line) >= 0;
}

static int hex_value(char byte)
{
	if (byte >= '0' && byte <= '9')
		return byte - '0';
	byte |= 0x20;
	return byte >= 'a' && byte <= 'f' ? byte - 'a' + 10 : -1;
}

/* Four digits of hex; -1: they are none. */
static long read_unit(struct view text)
{
	long unit = 0;

	if (text.size < 4)
		return -1;
	for (int i = 0; i < 4; i++) {
		int digit = hex_value(text.bytes[i]);

		if (digit < 0)
			return -1;
		unit = unit * 16 + digit;
	}
	return unit;
}

static size_t put_code_point(char *out, unsigned long point)
{
	if (point < 0x80) {
		out[0] = (char)point;
		return 1;
	}
	if (point < 0x800) {
		out[0] = (char)(0xc0 | point >> 6);
		out[1] = (char)(0x80 | (point & 0x3f));
		return 2;
	}
	if (point < 0x10000) {
		out[0] = (char)(0xe0 | point >> 12);
		out[1] = (char)(0x80 | (point >> 6 & 0x3f));
		out[2] = (char)(0x80 | (point & 0x3f));
		return 3;
	}
	out[0] = (char)(0xf0 | point >> 18);
	out[1] = (char)(0x80 | (point >> 12 & 0x3f));
	out[2] = (char)(0x80 | (point >> 6 & 0x3f));
	out[3] = (char)(0x80 | (point & 0x3f));
	return 4;
}

/* Behind "\u": how many bytes of text were read; *size grows by what they stand for. */
static size_t take_unicode(struct view text, char *out, size_t *size)
{
	long unit = read_unit(text), low;

	if (unit < 0)
		return 0;
	if (unit < 0xd800 || unit > 0xdfff) {
		*size += put_code_point(out, (unsigned long)unit);
		return 4;
	}
	low = text.size >= 10 && text.bytes[4] == '\\' && text.bytes[5] == 'u'
		      ? read_unit(view_skip(text, 6))
		      : -1;
	if (unit > 0xdbff || low < 0xdc00 || low > 0xdfff) {
		*size += put_code_point(out, 0xfffd);
		return 4;
	}
	*size += put_code_point(out, 0x10000 + (((unsigned long)unit - 0xd800) << 10) +
					     ((unsigned long)low - 0xdc00));
	return 10;
}

/* Never longer than what it was written as. */
static struct view unescape(struct json_log *log, struct view text)
{
	static const char names[] = "nrtbf\"\\/", bytes[] = "\n\r\t\b\f\"\\/";
	char *out = log->bytes + log->size;
	size_t size = 0;

	for (size_t i = 0; i < text.size; i++) {
		const char *name;

		if (text.bytes[i] != '\\' || i + 1 == text.size) {
			out[size++] = text.bytes[i];
			continue;
		}
		i++;
		name = text.bytes[i] ? strchr(names, text.bytes[i]) : NULL;
		if (name)
			out[size++] = bytes[name - names];
		else if (text.bytes[i] == 'u')
			i += take_unicode(view_skip(text, i + 1), out + size, &size);
	}
	log->size += size;
	return view_of(out, size);
}

/* Behind the opening quote: the string as written, and the rest behind its end. */
static struct view take_string(struct json_scanner *scanner)
{
	struct view rest = scanner->rest;
	size_t end = 0;

	while (end < rest.size && rest.bytes[end] != '"')
		end += rest.bytes[end] == '\\' ? 2 : 1;
	scanner->log->is_cut = end >= rest.size;
	scanner->rest = view_skip(rest, end + 1);
	return view_take(rest, end);
}

static bool is_one_of(struct view name, const char *const *names)
{
	for (; *names; names++)
		if (view_equals(name, view_of_text(*names)))
			return true;
	return false;
}

static void take_value(struct json_scanner *scanner, struct view text)
{
	static const char *const loggers[] = {
		"logger", "logger_name", "loggerName", "log.logger", "name", NULL,
	};
	static const char *const messages[] = {"message", "msg", "event", NULL};
	struct json_log *log = scanner->log;
	bool is_long = view_find(text, VIEW_LITERAL("\\n")) >= 0;

	if (scanner->depth == 1 && view_equals(scanner->name, VIEW_LITERAL("stream")))
		scanner->has_stream = true;
	if (scanner->depth == 1 && view_equals(scanner->name, VIEW_LITERAL("log"))) {
		log->is_container = true;
		log->texts[0] = unescape(log, text);
		log->texts_count = 1;
	} else if (is_long && log->texts_count < MAX_JSON_TEXTS && !log->is_container) {
		log->texts[log->texts_count++] = unescape(log, text);
	} else if (!is_long && !log->logger.size && is_one_of(scanner->name, loggers)) {
		log->logger = unescape(log, text);
	} else if (!is_long && !log->message.size && scanner->depth == 1 &&
		   is_one_of(scanner->name, messages)) {
		log->message = unescape(log, text);
	}
}

static void take_any_string(struct json_scanner *scanner)
{
	struct view text = take_string(scanner);
	size_t spaces = 0;

	while (spaces < scanner->rest.size && scanner->rest.bytes[spaces] == ' ')
		spaces++;
	if (spaces < scanner->rest.size && scanner->rest.bytes[spaces] == ':') {
		scanner->name = text;
		scanner->rest = view_skip(scanner->rest, spaces + 1);
		return;
	}
	if (scanner->depth <= MAX_DEPTH)
		take_value(scanner, text);
}

static void scan(struct json_scanner *scanner)
{
	while (scanner->rest.size) {
		char byte = scanner->rest.bytes[0];

		scanner->rest = view_skip(scanner->rest, 1);
		if (byte == '"')
			take_any_string(scanner);
		else if (byte == '{')
			scanner->depth++;
		else if (byte == '}' && --scanner->depth == 0)
			return;
	}
}

/* Has every brace its end? */
static bool is_closed(struct view text)
{
	bool is_string = false;
	size_t depth = 0;

	for (size_t i = 0; i < text.size; i++) {
		char byte = text.bytes[i];

		if (is_string && byte == '\\')
			i++;
		else if (byte == '"')
			is_string = !is_string;
		else if (!is_string && byte == '{')
			depth++;
		else if (!is_string && byte == '}' && depth > 0)
			depth--;
	}
	return depth == 0 && !is_string;
}

int json_log_read(struct json_log **ret, struct view line)
{
	ssize_t at = find_object(line);
	struct json_scanner scanner = {0};
	struct json_log *log;

	if (at < 0)
		return -EINVAL;
	log = calloc(1, sizeof(*log));
	if (log)
		log->bytes = malloc(line.size);
	if (!log || !log->bytes) {
		json_log_free(&log);
		return -ENOMEM;
	}
	scanner.log = log;
	scanner.rest = view_skip(line, (size_t)at);
	scan(&scanner);
	log->is_container &= scanner.has_stream || log->is_cut;
	log->is_cut |= !is_closed(view_skip(line, (size_t)at));
	if (!log->texts_count) {
		json_log_free(&log);
		return -EINVAL;
	}
	*ret = log;
	return 0;
}

void json_log_free(struct json_log **log)
{
	if (!*log)
		return;
	free((*log)->bytes);
	free(*log);
	*log = NULL;
}
