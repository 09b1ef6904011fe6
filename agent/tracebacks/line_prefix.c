/*
 * Prefixes by shape: no list of log formats can be whole, but all of them end in the same few ways.
 * That a guess is wrong does no harm: what stands behind it must still begin a report.
 */
#include "tracebacks/line_prefix.h"

static bool is_digit(char byte)
{
	return byte >= '0' && byte <= '9';
}

static struct view without_brackets(struct view word)
{
	while (word.size && strchr("[(<", word.bytes[0]))
		word = view_skip(word, 1);
	while (word.size && strchr("])>:,|", word.bytes[word.size - 1]))
		word.size--;
	return word;
}

bool line_prefix_is_level(struct view word)
{
	static const char *const levels[] = {
		"error", "critical", "fatal", "warning", "warn",   "info",   "debug",
		"err",   "crit",     "alert", "emerg",   "notice", "severe", "trace",
	};

	word = without_brackets(word);
	if (word.size < 3 || word.size > 8 || !strchr("ecfwidansECFWIDANSTt", word.bytes[0]))
		return false;
	for (size_t i = 0; i < sizeof(levels) / sizeof(levels[0]); i++)
		if (view_equals_ignoring_case(word, view_of_text(levels[i])))
			return true;
	return false;
}

bool line_prefix_is_time(struct view word)
{
	size_t digits = 0;

	word = without_brackets(word);
	if (word.size < 4 || !is_digit(word.bytes[0]))
		return false;
	for (size_t i = 0; i < word.size; i++) {
		if (is_digit(word.bytes[i]))
			digits++;
		else if (!strchr("-:.,/+TZ", word.bytes[i]) || !word.bytes[i])
			return false;
	}
	return digits >= 4;
}

static bool is_word_of_prefix(struct view word)
{
	if (word.size == 1)
		return word.bytes[0] == 'F' || word.bytes[0] == 'P';
	return line_prefix_is_time(word) || line_prefix_is_level(word);
}

/* "ERROR:shop:" of Python's logging.basicConfig. 0: it has none. */
static size_t measure_level_and_name(struct view line)
{
	ssize_t level = view_find_byte(view_take(line, 10), ':'), name;

	if (level <= 0 || !line_prefix_is_level(view_take(line, (size_t)level)))
		return 0;
	line = view_take(view_skip(line, (size_t)level + 1), MAX_LINE_PREFIX / 2);
	name = view_find_byte(line, ':');
	if (name <= 0 || memchr(line.bytes, ' ', (size_t)name))
		return 0;
	return (size_t)(level + name) + 2;
}

size_t line_prefix_ends(struct view line, uint16_t ret_ends[MAX_PREFIX_ENDS])
{
	size_t limit = line.size < MAX_LINE_PREFIX ? line.size : MAX_LINE_PREFIX;
	size_t count = 0, word = 0, named = measure_level_and_name(line);

	if (named && named < line.size)
		ret_ends[count++] = (uint16_t)named;
	for (size_t i = 1; i < limit && count < MAX_PREFIX_ENDS; i++) {
		char byte = line.bytes[i], before = line.bytes[i - 1];
		bool is_end = byte == '\t';

		if (byte != ' ' && byte != '\t')
			continue;
		if (byte == ' ')
			is_end = before == '|' || before == ']' || before == ':' || before == '-' ||
				 is_word_of_prefix(view_of(line.bytes + word, i - word));
		word = i + 1;
		if (is_end && i + 1 < line.size)
			ret_ends[count++] = (uint16_t)(i + 1);
	}
	return count;
}

void line_prefix_set(struct line_prefix *prefix, struct view bytes)
{
	prefix->size = bytes.size <= MAX_LINE_PREFIX ? bytes.size : 0;
	if (prefix->size)
		memcpy(prefix->bytes, bytes.bytes, prefix->size);
}

static size_t skip_digits(const char *bytes, size_t size, size_t at)
{
	while (at < size && is_digit(bytes[at]))
		at++;
	return at;
}

struct view line_prefix_remove(const struct line_prefix *prefix, struct view line)
{
	size_t at = 0, i = 0;

	while (i < prefix->size && at < line.size) {
		if (is_digit(prefix->bytes[i]) && is_digit(line.bytes[at])) {
			i = skip_digits(prefix->bytes, prefix->size, i);
			at = skip_digits(line.bytes, line.size, at);
			continue;
		}
		if (prefix->bytes[i++] != line.bytes[at++])
			return line;
	}
	while (i < prefix->size && prefix->bytes[i] == ' ')
		i++;
	return i == prefix->size ? view_skip(line, at) : line;
}
