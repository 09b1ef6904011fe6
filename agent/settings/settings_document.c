/*
 * Reads the YAML file as a stream of libyaml events against the option table. Every problem is told
 * with file, line and key, up to a bound. Nothing in the file can grow memory or nest beyond the
 * caps: aliases, tags and further documents are refused.
 */
#include "settings/settings_document.h"

#include <errno.h>
#include <stdarg.h>
#include <yaml.h>
#include "base/byte_buffer.h"
#include "base/cleanup.h"
#include "base/log.h"
#include "settings/discovery_rules.h"
#include "settings/option_value.h"
#include "settings/settings_origins.h"

#define MAX_PROBLEMS  20
#define MAX_DEPTH     8
#define MAX_KEY_BYTES 128

struct reader {
	yaml_parser_t parser;
	yaml_event_t event; /* the present one, owned */
	bool has_event;
	bool is_fatal; /* the stream cannot be read on */
	unsigned problems;
	struct settings *settings;
	struct view text;
	char path[256];          /* escaped */
	unsigned *option_lines;  /* by option: where it was set, 0: not yet */
	unsigned *section_lines; /* by the first option of the section */
	unsigned secret_line;    /* of the first secret */
};

/* Counts a problem; true when it is still to be shown. */
static bool add_problem(struct reader *reader)
{
	if (reader->is_fatal)
		return false;
	if (reader->problems++ < MAX_PROBLEMS)
		return true;
	log_error("%s: too many problems, the rest is not shown", reader->path);
	reader->is_fatal = true;
	return false;
}

__attribute__((format(printf, 3, 4))) static void complain(struct reader *reader, unsigned line,
							   const char *format, ...)
{
	char text[512];
	va_list args;

	if (!add_problem(reader))
		return;
	va_start(args, format);
	(void)vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	log_error("%s:%u: %s", reader->path, line, text);
}

static unsigned event_line(const struct reader *reader)
{
	return (unsigned)reader->event.start_mark.line + 1;
}

/* libyaml gives no line for bytes that are not text, only their offset. */
static void complain_of_yaml(struct reader *reader)
{
	unsigned line = (unsigned)reader->parser.problem_mark.line + 1;
	struct view before = view_take(reader->text, reader->parser.problem_offset);

	if (reader->parser.error == YAML_READER_ERROR) {
		line = 1;
		for (size_t i = 0; i < before.size; i++)
			line += before.bytes[i] == '\n';
	}
	complain(reader, line, "not valid YAML: %s",
		 reader->parser.problem ? reader->parser.problem : "cannot be read");
	reader->is_fatal = true;
}

/* False when there is nothing more to read: the end, or a problem that cannot be read over. */
static bool next_event(struct reader *reader)
{
	if (reader->has_event)
		yaml_event_delete(&reader->event);
	reader->has_event = false;
	if (reader->is_fatal)
		return false;
	if (!yaml_parser_parse(&reader->parser, &reader->event)) {
		complain_of_yaml(reader);
		return false;
	}
	reader->has_event = true;
	return true;
}

/* Reads over the node that begins with the present event; that is its last event then. */
static void skip_node(struct reader *reader)
{
	unsigned depth = 0;

	do {
		switch (reader->event.type) {
		case YAML_MAPPING_START_EVENT:
		case YAML_SEQUENCE_START_EVENT:
			depth++;
			break;
		case YAML_MAPPING_END_EVENT:
		case YAML_SEQUENCE_END_EVENT:
			depth--;
			break;
		default:
			break;
		}
		if (depth > MAX_DEPTH) {
			complain(reader, event_line(reader), "nested too deeply");
			reader->is_fatal = true;
		}
	} while (depth > 0 && next_event(reader));
}

static struct view scalar_text(const struct reader *reader)
{
	return view_of(reader->event.data.scalar.value, reader->event.data.scalar.length);
}

static bool is_null(const struct reader *reader)
{
	struct view text = scalar_text(reader);

	return reader->event.data.scalar.style == YAML_PLAIN_SCALAR_STYLE &&
	       (text.size == 0 || view_equals(text, VIEW_LITERAL("~")) ||
		view_equals_ignoring_case(text, VIEW_LITERAL("null")));
}

static void read_value(struct reader *reader, const struct option *option)
{
	struct view text = is_null(reader) ? (struct view){0} : scalar_text(reader);
	unsigned line = event_line(reader);
	char where[512];
	int r;

	r = option_value_set(option, reader->settings, text);
	if (r == 0) {
		*settings_origins_of(reader->settings, option) =
			(struct origin){.kind = ORIGIN_FILE, .line = line};
		if (!reader->secret_line && option_value_is_secret(option, text))
			reader->secret_line = line;
	} else if (r == -ENOMEM) {
		complain(reader, line, "'%s': out of memory", option->key);
	} else if (r == -EACCES) { /* said already */
		(void)add_problem(reader);
	} else if (add_problem(reader)) {
		(void)snprintf(where, sizeof(where), "%s:%u: %s", reader->path, line, option->key);
		option_value_complain(LOG_LEVEL_ERROR, where, option, text);
	}
}

static void refuse_key(struct reader *reader, unsigned line, const char *key)
{
	const char *leaf = strrchr(key, '.');
	const struct option *option = option_table_find_name(view_of_text(leaf ? leaf + 1 : key));
	const char *nearest =
		option && option->key ? option->key : option_table_nearest_key(view_of_text(key));
	char shown[MAX_KEY_BYTES * 2];

	log_escape(view_of_text(key), shown, sizeof(shown));
	if (nearest)
		complain(reader, line, "unknown key '%s', did you mean '%s'?", shown, nearest);
	else
		complain(reader, line, "unknown key '%s'; known keys: limpet config", shown);
}

/* False, after a message, when this key was there before. */
static bool note_line(struct reader *reader, unsigned *lines, const struct option *option,
		      unsigned line, const char *key)
{
	unsigned *first = &lines[option_table_index(option)];

	if (*first) {
		complain(reader, line, "duplicate key '%s', first on line %u", key, *first);
		return false;
	}
	*first = line;
	return true;
}

static void read_mapping(struct reader *reader, const char *prefix);
static bool is_plain_node(struct reader *reader);

/* In quotes, as discovery_rules.h has it. */
static void add_rule_value(struct reader *reader, struct byte_buffer *fields, char before)
{
	struct view text = scalar_text(reader);

	byte_buffer_append_byte(fields, before);
	byte_buffer_append_byte(fields, '"');
	for (size_t i = 0; i < text.size; i++) {
		if (text.bytes[i] == '"' || text.bytes[i] == '\\')
			byte_buffer_append_byte(fields, '\\');
		byte_buffer_append_byte(fields, text.bytes[i]);
	}
	byte_buffer_append_byte(fields, '"');
}

/* One value or a list of them, from its first event to its last. */
static bool add_rule_values(struct reader *reader, struct byte_buffer *fields)
{
	char before = '=';

	if (!is_plain_node(reader))
		return false;
	if (reader->event.type == YAML_SCALAR_EVENT) {
		add_rule_value(reader, fields, before);
		return true;
	}
	if (reader->event.type != YAML_SEQUENCE_START_EVENT)
		return false;
	while (next_event(reader) && reader->event.type == YAML_SCALAR_EVENT) {
		add_rule_value(reader, fields, before);
		before = ',';
	}
	return reader->event.type == YAML_SEQUENCE_END_EVENT && before == ',';
}

/* False: something in it is no field with values. The present event is the rule's last then, or
 * its fields go on. */
static bool add_rule(struct reader *reader, struct byte_buffer *rule)
{
	struct byte_buffer fields = {.max_bytes = MAX_DISCOVERY_TEXT_BYTES};
	bool is_right = true, has_action = false;

	while (is_right && next_event(reader) && reader->event.type == YAML_SCALAR_EVENT) {
		bool is_action = view_equals(scalar_text(reader), VIEW_LITERAL("action"));

		if (!is_action) {
			byte_buffer_append_byte(&fields, ' ');
			byte_buffer_append(&fields, scalar_text(reader));
		}
		is_right = is_plain_node(reader) && next_event(reader) &&
			   (is_action ? reader->event.type == YAML_SCALAR_EVENT
				      : add_rule_values(reader, &fields));
		if (is_right && is_action)
			byte_buffer_append(rule, scalar_text(reader));
		has_action = has_action || is_action;
	}
	byte_buffer_append(rule, byte_buffer_view(&fields));
	is_right = is_right && !fields.is_failed && reader->event.type == YAML_MAPPING_END_EVENT;
	byte_buffer_done(&fields);
	return is_right && has_action;
}

/* A list of rules becomes the text that one would write on a command line. */
static void read_rules(struct reader *reader, const struct option *option)
{
	struct byte_buffer all = {.max_bytes = MAX_DISCOVERY_TEXT_BYTES};
	unsigned line = event_line(reader);
	bool is_right = true;

	while (is_right && next_event(reader) && reader->event.type != YAML_SEQUENCE_END_EVENT) {
		struct discovery_rules *rules = NULL;
		size_t begin = all.size;
		char problem[512] = "";

		line = event_line(reader);
		is_right = reader->event.type == YAML_MAPPING_START_EVENT && add_rule(reader, &all);
		if (!is_right || all.is_failed)
			complain(reader, line,
				 "'%s': a rule is a mapping such as {action: ignore, executable: "
				 "[sshd, cron]}; all of them at most %d bytes",
				 option->key, MAX_DISCOVERY_TEXT_BYTES);
		else if (discovery_rules_parse(&rules, view_of(all.bytes + begin, all.size - begin),
					       problem, sizeof(problem)) < 0)
			complain(reader, line, "'%s': %s", option->key,
				 strchr(problem, '\'') ? strchr(problem, '\'') : "out of memory");
		discovery_rules_free(&rules);
		byte_buffer_append_byte(&all, ';');
	}
	if (!reader->problems &&
	    option_value_set(option, reader->settings, byte_buffer_view(&all)) < 0)
		complain(reader, line, "'%s': too many rules or values", option->key);
	*settings_origins_of(reader->settings, option) =
		(struct origin){.kind = ORIGIN_FILE, .line = line};
	byte_buffer_done(&all);
	if (!is_right)
		reader->is_fatal = true;
}

/* The present event is the value's first; afterwards its last. */
static void read_node(struct reader *reader, const char *key, unsigned line)
{
	const struct option *option = option_table_find_key(view_of_text(key));
	const struct option *section = option_table_find_section(view_of_text(key));
	yaml_event_type_t type = reader->event.type;

	if (!option && !section)
		refuse_key(reader, line, key);
	else if (!note_line(reader, option ? reader->option_lines : reader->section_lines,
			    option ? option : section, line, key))
		;
	else if (option && type == YAML_SCALAR_EVENT)
		read_value(reader, option);
	else if (option && option->type == OPTION_RULES && type == YAML_SEQUENCE_START_EVENT) {
		read_rules(reader, option);
		return;
	} else if (option)
		complain(reader, line, "'%s' takes one value, not a %s", key,
			 type == YAML_MAPPING_START_EVENT ? "mapping" : "list");
	else if (type == YAML_MAPPING_START_EVENT) {
		read_mapping(reader, key);
		return;
	} else if (type != YAML_SCALAR_EVENT || !is_null(reader))
		complain(reader, line, "'%s' is a section: it takes indented keys, such as '%s'",
			 key, section->key);
	skip_node(reader);
}

/* Anchors, aliases and tags have no use here and only make a file say what it does not seem to. */
static bool is_plain_node(struct reader *reader)
{
	const yaml_event_t *event = &reader->event;
	bool has_anchor = false, has_tag = false;

	switch (event->type) {
	case YAML_SCALAR_EVENT:
		has_anchor = event->data.scalar.anchor;
		has_tag = event->data.scalar.tag;
		break;
	case YAML_MAPPING_START_EVENT:
		has_anchor = event->data.mapping_start.anchor;
		has_tag = event->data.mapping_start.tag;
		break;
	case YAML_SEQUENCE_START_EVENT:
		has_anchor = event->data.sequence_start.anchor;
		has_tag = event->data.sequence_start.tag;
		break;
	default:
		has_anchor = event->type == YAML_ALIAS_EVENT;
	}
	if (has_anchor || has_tag)
		complain(reader, event_line(reader), "%s are not supported in settings",
			 has_tag ? "tags (!…)" : "anchors (&…) and aliases (*…)");
	return !has_anchor && !has_tag;
}

/* "section.key" of the present event; false after a message when it cannot be a key. */
static bool read_key(struct reader *reader, const char *prefix, char *ret_key)
{
	struct view text;

	if (!is_plain_node(reader))
		return false;
	if (reader->event.type != YAML_SCALAR_EVENT) {
		complain(reader, event_line(reader), "a key must be a word");
		return false;
	}
	text = scalar_text(reader);
	if (memchr(text.bytes, '\0', text.size) || strlen(prefix) + text.size + 2 > MAX_KEY_BYTES) {
		char shown[64];

		complain(reader, event_line(reader), "unknown key '%s…'",
			 log_escape(text, shown, sizeof(shown)));
		return false;
	}
	(void)snprintf(ret_key, MAX_KEY_BYTES, "%s%s%.*s", prefix, *prefix ? "." : "",
		       VIEW_FORMAT(text));
	return true;
}

/* Recursion is bounded by the table: only keys that are sections lead into another mapping. */
static void read_mapping(struct reader *reader, const char *prefix)
{
	char key[MAX_KEY_BYTES];

	while (next_event(reader) && reader->event.type != YAML_MAPPING_END_EVENT) {
		unsigned line = event_line(reader);
		bool is_key = read_key(reader, prefix, key);

		skip_node(reader);
		if (!next_event(reader))
			return;
		if (is_key && is_plain_node(reader))
			read_node(reader, key, line);
		else
			skip_node(reader);
	}
}

static void read_document(struct reader *reader)
{
	if (!next_event(reader) || !is_plain_node(reader))
		return;
	if (reader->event.type == YAML_MAPPING_START_EVENT)
		read_mapping(reader, "");
	else if (reader->event.type != YAML_SCALAR_EVENT || !is_null(reader))
		complain(reader, event_line(reader), "expected lines like 'key: value'");
}

static void read_stream(struct reader *reader)
{
	bool has_document = false;

	while (next_event(reader) && reader->event.type != YAML_STREAM_END_EVENT) {
		if (reader->event.type != YAML_DOCUMENT_START_EVENT)
			continue;
		if (has_document) {
			complain(reader, event_line(reader), "more than one document ('---')");
			return;
		}
		has_document = true;
		read_document(reader);
		if (reader->problems)
			return;
	}
}

int settings_document_read(struct settings *settings, const char *path, struct view text,
			   unsigned *ret_secret_line)
{
	_cleanup_(cleanup_free) unsigned *lines = calloc(2 * option_table_count, sizeof(*lines));
	struct reader reader = {.settings = settings, .text = text, .option_lines = lines};

	log_escape(view_of_text(path), reader.path, sizeof(reader.path));
	if (!lines || !yaml_parser_initialize(&reader.parser)) {
		log_error("%s: cannot read the settings: out of memory", reader.path);
		return -EINVAL;
	}
	reader.section_lines = lines + option_table_count;
	yaml_parser_set_input_string(&reader.parser, (const unsigned char *)text.bytes, text.size);
	read_stream(&reader);
	if (reader.has_event)
		yaml_event_delete(&reader.event);
	yaml_parser_delete(&reader.parser);
	*ret_secret_line = reader.secret_line;
	return reader.problems || reader.is_fatal ? -EINVAL : 0;
}
