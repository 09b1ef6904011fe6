/*
 * Log lines of logback, log4j, Spring Boot, Tomcat, JBoss and java.util.logging. The reader knows
 * how lines of all languages look (log_line.h); here is what only Java's have.
 */
#include "tracebacks/java_log_line.h"

#define MAX_LINES_BACK 8
#define MAX_WORDS      10

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

static struct view pop_word(struct view *line)
{
	size_t start;
	struct view word;

	while (line->size && line->bytes[line->size - 1] == ' ')
		line->size--;
	start = line->size;
	while (start && line->bytes[start - 1] != ' ')
		start--;
	word = view_skip(*line, start);
	line->size = start;
	return word;
}

/* The next word; what is in brackets at its start is one word. */
static bool next_word(struct view *rest, struct view *ret_word)
{
	size_t end = 0;

	*rest = view_trim(*rest);
	if (!rest->size)
		return false;
	if (rest->bytes[0] == '[' || rest->bytes[0] == '(') {
		ssize_t close = view_find_byte(*rest, rest->bytes[0] == '[' ? ']' : ')');

		end = close < 0 ? 0 : (size_t)close + 1;
	}
	while (end < rest->size && rest->bytes[end] != ' ')
		end++;
	*ret_word = view_take(*rest, end);
	*rest = view_skip(*rest, end);
	return true;
}

static bool is_level(struct view word)
{
	static const struct view levels[] = {
		VIEW_LITERAL("TRACE"), VIEW_LITERAL("DEBUG"),  VIEW_LITERAL("INFO"),
		VIEW_LITERAL("WARN"),  VIEW_LITERAL("ERROR"),  VIEW_LITERAL("FATAL"),
		VIEW_LITERAL("OFF"),   VIEW_LITERAL("SEVERE"), VIEW_LITERAL("WARNING"),
	};

	for (size_t i = 0; i < sizeof(levels) / sizeof(*levels); i++)
		if (view_equals(word, levels[i]))
			return true;
	return false;
}

/* "[main]", "(executor-thread-0)", "[           main]". */
static bool cut_brackets(struct view word, char open, char close, struct view *ret_inner)
{
	struct view inner;

	if (word.size < 3 || word.bytes[0] != open || word.bytes[word.size - 1] != close)
		return false;
	inner = view_trim(view_take(view_skip(word, 1), word.size - 2));
	*ret_inner = inner;
	/* A time or a number is no thread. */
	return inner.size && (inner.bytes[0] < '0' || inner.bytes[0] > '9');
}

/* "org.apache.catalina.core.StandardWrapperValve.invoke": the class; empty for other words. */
static struct view class_of_method(struct view word)
{
	size_t dot = word.size, start;

	while (dot && word.bytes[dot - 1] != '.')
		dot--;
	if (dot < 2 || dot == word.size)
		return (struct view){0};
	start = dot - 1;
	while (start && word.bytes[start - 1] != '.')
		start--;
	if (!start || word.bytes[start] < 'A' || word.bytes[start] > 'Z')
		return (struct view){0};
	return view_take(word, dot - 1);
}

/* "Nov 21, 2026 5:28:11 PM com.shop.Shop main": the line before "SEVERE: text". */
static bool read_class_line(struct view line, struct java_log_line *log)
{
	struct view method = pop_word(&line), name = pop_word(&line), half = pop_word(&line);

	if (!method.size || view_find_byte(name, '.') < 0 ||
	    (!view_equals(half, VIEW_LITERAL("AM")) && !view_equals(half, VIEW_LITERAL("PM"))))
		return false;
	log->logger = name;
	return true;
}

/* "… SEVERE [thread] package.Class.method text", "… ERROR [logger] (thread) text". */
static void read_source(struct view rest, struct java_log_line *log)
{
	struct view first, second, inner;

	if (!next_word(&rest, &first) || !next_word(&rest, &second) || first.bytes[0] != '[')
		return;
	if (cut_brackets(second, '(', ')', &inner) && cut_brackets(first, '[', ']', &log->logger)) {
		log->thread = inner;
		log->message = view_trim(rest);
		return;
	}
	log->logger = class_of_method(second);
	log->message = log->logger.size ? view_trim(rest) : (struct view){0};
}

/* True when it has a level among its first words. */
static bool read_line(struct view line, struct java_log_line *log)
{
	struct view rest = line, word, source = {0};
	bool has_level = false;

	for (int i = 0; i < MAX_WORDS && next_word(&rest, &word); i++) {
		if (is_level(word)) {
			has_level = true;
			source = rest;
		} else if (cut_brackets(word, '[', ']', &log->thread)) {
			/* Spring Boot may name the application first: the last ones count. */
			continue;
		} else if (has_level && !view_equals(word, VIEW_LITERAL("---")) &&
			   (word.bytes[0] < '0' || word.bytes[0] > '9')) {
			break;
		}
	}
	if (has_level)
		read_source(source, log);
	return has_level;
}

void java_log_line_read(struct view lines, struct java_log_line *ret)
{
	for (int i = 0; i < MAX_LINES_BACK && lines.size; i++) {
		struct java_log_line log = {0};
		struct view line = pop_line(&lines), before = lines;
		ssize_t colon = view_find(line, VIEW_LITERAL(": "));

		if (colon > 0 && is_level(view_take(line, (size_t)colon)) &&
		    read_class_line(pop_line(&before), &log)) {
			log.message = view_skip(line, (size_t)colon + 2);
			*ret = log;
			return;
		}
		log = (struct java_log_line){0};
		if (read_line(line, &log)) {
			*ret = log;
			return;
		}
	}
	*ret = (struct java_log_line){0};
}
