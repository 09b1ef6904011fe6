/*
 * The text is copied once, value by value without its quotes, into the rules' own memory: views
 * into it stay as long as the rules do. Every bound is a refusal with a message, not a cut.
 */
#include "settings/discovery_rules.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include "base/cleanup.h"
#include "base/clock.h"
#include "base/log.h"
#include "settings/quantity.h"
#include "settings/text_rules.h"

static const char *const field_names[DISCOVERY_FIELDS_COUNT] = {
	[DISCOVERY_EXECUTABLE] = "executable",
	[DISCOVERY_USER] = "user",
	[DISCOVERY_MIN_AGE] = "min_age",
	[DISCOVERY_UNIT] = "unit",
	[DISCOVERY_CONTAINER] = "container",
	[DISCOVERY_COMMAND] = "command",
	[DISCOVERY_PORT] = "port",
	[DISCOVERY_NAMESPACE] = "namespace",
	[DISCOVERY_LABEL] = "label",
};

struct reader {
	struct discovery_rules *rules;
	struct discovery_rule *rule;
	struct view rest;
	char *problem;
	size_t problem_size;
};

const char *discovery_rules_field_name(enum discovery_field field)
{
	return field < DISCOVERY_FIELDS_COUNT ? field_names[field] : NULL;
}

static int refuse(struct reader *reader, struct view shown, const char *expected)
{
	char escaped[160];

	(void)snprintf(reader->problem, reader->problem_size, "rule %u: '%s' %s",
		       reader->rules->rules_count, log_escape(shown, escaped, sizeof(escaped)),
		       expected);
	return -EINVAL;
}

static bool at(const struct reader *reader, const char *bytes)
{
	return reader->rest.size && strchr(bytes, reader->rest.bytes[0]);
}

static void skip_blanks(struct reader *reader)
{
	while (at(reader, " \t\n\r"))
		reader->rest = view_skip(reader->rest, 1);
}

static struct view take_word(struct reader *reader)
{
	size_t size = 0;

	while (size < reader->rest.size && reader->rest.bytes[size] != '\0' &&
	       !strchr(" \t\n\r=;,\"", reader->rest.bytes[size]))
		size++;
	reader->rest = view_skip(reader->rest, size);
	return view_of(reader->rest.bytes - size, size);
}

/* The text has room for everything: unquoting never makes it longer. */
static int take_value(struct reader *reader, struct view *ret)
{
	struct discovery_rules *rules = reader->rules;
	char *copy = rules->text + rules->text_size;
	bool is_quoted = at(reader, "\"");
	size_t size = 0;

	if (is_quoted)
		reader->rest = view_skip(reader->rest, 1);
	while (reader->rest.size && !at(reader, is_quoted ? "\"" : " \t\n\r;,\"")) {
		if (is_quoted && at(reader, "\\") && reader->rest.size > 1 &&
		    memchr("\"\\", reader->rest.bytes[1], 2))
			reader->rest = view_skip(reader->rest, 1);
		copy[size++] = reader->rest.bytes[0];
		reader->rest = view_skip(reader->rest, 1);
	}
	if (is_quoted && !at(reader, "\""))
		return refuse(reader, view_of(copy, size), "has no closing quote");
	if (is_quoted)
		reader->rest = view_skip(reader->rest, 1);
	rules->text_size += size;
	*ret = view_of(copy, size);
	return 0;
}

static int read_ports(struct reader *reader, struct view text, struct discovery_value *value)
{
	ssize_t dash = view_find_byte(text, '-');
	struct view first = dash < 0 ? text : view_take(text, (size_t)dash);
	struct view last = dash < 0 ? text : view_skip(text, (size_t)dash + 1);
	uint64_t from, to;

	if (view_parse_u64(first, &from) < 0 || view_parse_u64(last, &to) < 0 || from < 1 ||
	    to > UINT16_MAX || from > to)
		return refuse(reader, text,
			      "is not a port from 1 to 65535, or a range such as "
			      "8000-8099");
	value->first = (uint16_t)from;
	value->last = (uint16_t)to;
	return 0;
}

static int read_label(struct reader *reader, struct view text, struct discovery_value *value)
{
	ssize_t sign = view_find_byte(text, '=');

	value->text = sign < 0 ? text : view_take(text, (size_t)sign);
	value->glob = sign < 0 ? VIEW_LITERAL("*") : view_skip(text, (size_t)sign + 1);
	return value->text.size ? 0 : refuse(reader, text, "is not NAME or NAME=GLOB");
}

static int read_value(struct reader *reader, enum discovery_field field)
{
	struct discovery_rules *rules = reader->rules;
	struct discovery_value value = {.field = field};
	uint64_t age_ms;
	int err = take_value(reader, &value.text);

	if (err < 0)
		return err;
	if (!value.text.size || !text_rules_is_printable(value.text))
		return refuse(reader, value.text, "is empty or not printable UTF-8");
	if (field == DISCOVERY_PORT)
		err = read_ports(reader, value.text, &value);
	else if (field == DISCOVERY_LABEL)
		err = read_label(reader, value.text, &value);
	else if (field == DISCOVERY_MIN_AGE &&
		 quantity_parse(QUANTITY_DURATION, value.text, &age_ms) < 0)
		err = refuse(reader, value.text, "is not a time (such as 500ms, 10s, 5m)");
	else if (field == DISCOVERY_MIN_AGE)
		value.age_ns = age_ms > UINT64_MAX / NS_PER_MS ? UINT64_MAX : age_ms * NS_PER_MS;
	if (err < 0)
		return err;
	if (rules->values_count == MAX_DISCOVERY_VALUES)
		return refuse(reader, value.text, "is one value too many: at most 512 in all");
	rules->values[rules->values_count++] = value;
	reader->rule->values_count++;
	reader->rule->fields |= 1u << field;
	return 0;
}

static int read_field(struct reader *reader)
{
	struct view name = take_word(reader);
	int field = 0, err;

	while (field < DISCOVERY_FIELDS_COUNT &&
	       !view_equals(name, view_of_text(field_names[field])))
		field++;
	if (field == DISCOVERY_FIELDS_COUNT || !at(reader, "="))
		return refuse(reader, name.size ? name : view_take(reader->rest, 1),
			      "is no FIELD=VALUE; fields: executable, command, port, user, unit, "
			      "container, namespace, label, min_age");
	if (reader->rule->fields & 1u << field)
		return refuse(reader, name, "stands twice; several values: a=b,c");
	do {
		reader->rest = view_skip(reader->rest, 1);
		err = read_value(reader, (enum discovery_field)field);
	} while (err == 0 && at(reader, ","));
	return err;
}

static int read_rule(struct reader *reader)
{
	struct discovery_rules *rules = reader->rules;
	struct discovery_rule *rule = &rules->rules[rules->rules_count++];
	struct view action = take_word(reader);
	int err = 0;

	reader->rule = rule;
	rule->values = rules->values + rules->values_count;
	rule->is_trace = view_equals(action, VIEW_LITERAL("trace"));
	if (!rule->is_trace && !view_equals(action, VIEW_LITERAL("ignore")))
		return refuse(reader, action, "is neither 'trace' nor 'ignore'");
	skip_blanks(reader);
	while (err == 0 && reader->rest.size && !at(reader, ";")) {
		err = read_field(reader);
		if (err == 0 && reader->rest.size && !at(reader, "; \t\n\r"))
			err = refuse(reader, view_take(reader->rest, 16),
				     "stands right after a value; fields are separated by blanks");
		skip_blanks(reader);
	}
	rules->fields |= rule->fields;
	return err;
}

int discovery_rules_parse(struct discovery_rules **ret, struct view text, char *ret_problem,
			  size_t problem_size)
{
	_cleanup_(discovery_rules_free) struct discovery_rules *rules = calloc(1, sizeof(*rules));
	struct reader reader = {
		.rules = rules, .rest = text, .problem = ret_problem, .problem_size = problem_size};
	int err = 0;

	if (!rules)
		return -ENOMEM;
	if (text.size > MAX_DISCOVERY_TEXT_BYTES)
		return refuse(&reader, view_take(text, 16), "…: longer than 8192 bytes");
	while (skip_blanks(&reader), reader.rest.size && err == 0) {
		if (at(&reader, ";"))
			reader.rest = view_skip(reader.rest, 1);
		else if (rules->rules_count == MAX_DISCOVERY_RULES)
			err = refuse(&reader, view_take(reader.rest, 16),
				     "is one rule too many: at most 128");
		else
			err = read_rule(&reader);
	}
	if (err < 0)
		return err;
	*ret = TAKE_PTR(rules);
	return 0;
}

void discovery_rules_free(struct discovery_rules **rules)
{
	free(*rules);
	*rules = NULL;
}
