/*
 * Values of options: parsing, printing, and the words of the message when a value is not one.
 * Called while settings are loaded; never sees a setting's meaning beyond its type and bounds.
 */
#include "settings/option_value.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include "base/byte_buffer.h"
#include "base/cleanup.h"
#include "settings/descriptor_list.h"
#include "settings/discovery_rules.h"
#include "settings/event_list.h"
#include "settings/listen_address.h"
#include "settings/port_list.h"
#include "settings/quantity.h"
#include "settings/secret_file.h"
#include "settings/text_rules.h"

#define MASK "********"

static enum quantity quantity_of(const struct option *option)
{
	if (option->type == OPTION_SIZE)
		return QUANTITY_SIZE;
	return option->type == OPTION_DURATION ? QUANTITY_DURATION : QUANTITY_COUNT;
}

static void *field_of(const struct option *option, const struct settings *settings)
{
	return (char *)settings + option->offset;
}

bool option_value_is_string(const struct option *option)
{
	return option->type == OPTION_STRING || option->type == OPTION_FILE ||
	       option->type == OPTION_URL || option->type == OPTION_PAIRS ||
	       option->type == OPTION_CHOICE || option->type == OPTION_DESCRIPTORS ||
	       option->type == OPTION_PORTS || option->type == OPTION_LISTEN ||
	       option->type == OPTION_RULES || option->type == OPTION_EVENTS;
}

static const struct option_word *find_word(const struct option *option, struct view text)
{
	for (const struct option_word *word = option->words; word->word; word++)
		if (view_equals_ignoring_case(view_of_text(word->word), text))
			return word;
	return NULL;
}

int option_value_parse_number(const struct option *option, struct view text, uint64_t *ret_value)
{
	uint64_t value;

	if (quantity_parse(quantity_of(option), text, &value) < 0 || value < option->min ||
	    value > option->max)
		return -EINVAL;
	if (option->is_power_of_two && (value & (value - 1)))
		return -EINVAL;
	*ret_value = value;
	return 0;
}

/* Plain decimal notation only: strtod alone would also take "inf", "nan" and hexadecimal. */
static int parse_decimal(struct view text, double max, double *ret_value)
{
	char copy[32], *end;
	double value;

	if (text.size == 0 || text.size >= sizeof(copy))
		return -EINVAL;
	memcpy(copy, text.bytes, text.size);
	copy[text.size] = '\0';
	if (strspn(copy, "0123456789.eE+-") != text.size)
		return -EINVAL;
	value = strtod(copy, &end);
	if (*end != '\0' || !(value >= 0 && value <= max))
		return -EINVAL;
	*ret_value = value + 0.0; /* -0 becomes 0 */
	return 0;
}

static int parse_percent(struct view text, double *ret_value)
{
	if (view_ends_with(text, VIEW_LITERAL("%")))
		text.size--;
	return parse_decimal(text, 100, ret_value);
}

static int parse_boolean(struct view text, bool *ret_value)
{
	static const struct option_word words[] = {{"on", 1},    {"off", 0}, {"true", 1},
						   {"false", 0}, {"yes", 1}, {"no", 0},
						   {"1", 1},     {"0", 0},   {0}};
	const struct option_word *word = find_word(&(struct option){.words = words}, text);

	if (!word)
		return -EINVAL;
	*ret_value = word->value;
	return 0;
}

static bool is_rules(struct view text, char *ret_problem, size_t problem_size)
{
	struct discovery_rules *rules = NULL;
	int err = discovery_rules_parse(&rules, text, ret_problem, problem_size);

	discovery_rules_free(&rules);
	return err == 0;
}

static bool is_acceptable_text(const struct option *option, struct view text)
{
	uint16_t ports[MAX_LISTED_PORTS];
	struct listen_address address;
	struct event_words events;
	char problem[512];
	uint64_t mask;

	switch (option->type) {
	case OPTION_URL:
		return text_rules_is_url(text);
	case OPTION_PAIRS:
		return text_rules_is_pairs(text);
	case OPTION_FILE:
		return text_rules_is_file_name(text);
	case OPTION_DESCRIPTORS:
		return descriptor_list_parse(text, &mask) == 0;
	case OPTION_PORTS:
		return port_list_parse(text, ports) == 0;
	case OPTION_LISTEN:
		return listen_address_parse(text, &address) == 0;
	case OPTION_RULES:
		return is_rules(text, problem, sizeof(problem));
	case OPTION_EVENTS:
		return event_list_parse(text, &events) == 0;
	case OPTION_CHOICE:
		return find_word(option, text) != NULL;
	default:
		return text_rules_is_printable(text);
	}
}

static int set_string(const struct option *option, char **field, struct view text)
{
	char *copy = NULL;

	if (text.size) {
		if (!is_acceptable_text(option, text))
			return -EINVAL;
		if (option->type == OPTION_CHOICE)
			text = view_of_text(find_word(option, text)->word);
		copy = strndup(text.bytes, text.size);
		if (!copy)
			return -ENOMEM;
	} else if (option->type == OPTION_CHOICE) {
		return -EINVAL;
	}
	free(*field);
	*field = copy;
	return 0;
}

static int set_word(const struct option *option, int *field, struct view text)
{
	const struct option_word *word = find_word(option, text);

	if (!word)
		return -EINVAL;
	*field = word->value;
	return 0;
}

static int set_named_secret(const struct option *option, char **field, struct view text)
{
	_cleanup_(byte_buffer_done) struct byte_buffer secret;
	int err;

	byte_buffer_init(&secret, 2 * MAX_SECRET_BYTES);
	err = secret_file_read(text, &secret);
	return err < 0 ? err : set_string(option, field, byte_buffer_view(&secret));
}

int option_value_set(const struct option *option, struct settings *settings, struct view text)
{
	void *field = field_of(option, settings);

	if (option->is_secret && secret_file_is_named(text))
		return set_named_secret(option, field, text);
	if (option_value_is_string(option))
		return set_string(option, field, text);
	switch (option->type) {
	case OPTION_WORD:
		return set_word(option, field, text);
	case OPTION_RATIO:
		return parse_decimal(text, 1, field);
	case OPTION_PERCENT:
		return parse_percent(text, field);
	case OPTION_BOOLEAN:
		return parse_boolean(text, field);
	default:
		return option_value_parse_number(option, text, field);
	}
}

static void list_words(const struct option *option, char *buffer, size_t size)
{
	size_t used = (size_t)snprintf(buffer, size, "one of");

	for (const struct option_word *word = option->words; word->word && used < size; word++)
		if (!option_table_is_synonym(option, word))
			used += (size_t)snprintf(buffer + used, size - used, "%s %s",
						 word == option->words ? "" : ",", word->word);
}

static void expect_number(const struct option *option, char *buffer, size_t size)
{
	static const char *const kinds[] = {[OPTION_SIZE] = "a size",
					    [OPTION_DURATION] = "a time",
					    [OPTION_NUMBER] = "a whole number"};
	static const char *const examples[] = {[OPTION_SIZE] = " (such as 4096, 64KiB, 4MiB)",
					       [OPTION_DURATION] = " (such as 500ms, 10s, 5m)",
					       [OPTION_NUMBER] = ""};
	char min[32], max[32];

	quantity_format(quantity_of(option), option->min, min, sizeof(min));
	quantity_format(quantity_of(option), option->max, max, sizeof(max));
	(void)snprintf(buffer, size, "%s from %s to %s%s%s", kinds[option->type], min, max,
		       option->is_power_of_two ? " that is a power of two" : "",
		       examples[option->type]);
}

const char *option_value_expected(const struct option *option, char *buffer, size_t size)
{
	switch (option->type) {
	case OPTION_WORD:
	case OPTION_CHOICE:
		list_words(option, buffer, size);
		break;
	case OPTION_BOOLEAN:
		(void)snprintf(buffer, size, "on or off (also true, false, yes, no)");
		break;
	case OPTION_RATIO:
		(void)snprintf(buffer, size, "a number from 0 to 1 (such as 0.25)");
		break;
	case OPTION_PERCENT:
		(void)snprintf(buffer, size, "a number from 0 to 100, in percent (such as 1.5)");
		break;
	case OPTION_EVENTS:
		(void)event_list_expected(buffer, size);
		break;
	case OPTION_URL:
		(void)snprintf(buffer, size, "a URL such as %s", option->example);
		break;
	case OPTION_PAIRS:
		(void)snprintf(buffer, size,
			       "a list name=value,name=value with percent-encoded values");
		break;
	case OPTION_DESCRIPTORS:
		(void)snprintf(buffer, size,
			       "a list of descriptors from 0 to %d (such as 1,2), or off",
			       MAX_DESCRIPTOR);
		break;
	case OPTION_PORTS:
		(void)snprintf(buffer, size,
			       "a list of at most %d ports from 1 to 65535 (such as 53), or off",
			       MAX_LISTED_PORTS);
		break;
	case OPTION_LISTEN:
		(void)snprintf(buffer, size,
			       "a port, an address and a port (such as 9464, 0.0.0.0:9464, "
			       "[::1]:9464), or off");
		break;
	case OPTION_RULES:
		(void)snprintf(
			buffer, size,
			"rules such as 'ignore executable=sshd,cron; trace port=8080; ignore'");
		break;
	case OPTION_STRING:
	case OPTION_FILE:
		(void)snprintf(buffer, size, "%s without control characters, at most %d bytes",
			       option->type == OPTION_FILE ? "a file name" : "UTF-8 text",
			       MAX_TEXT_BYTES);
		break;
	default:
		expect_number(option, buffer, size);
	}
	return buffer;
}

void option_value_complain(enum log_level level, const char *where, const struct option *option,
			   struct view text)
{
	char expected[MAX_EXPECTED_BYTES], shown[128], problem[512];

	if (option->type == OPTION_RULES && !is_rules(text, problem, sizeof(problem))) {
		log_message(level, "%s: %s", where, problem);
		return;
	}
	option_value_expected(option, expected, sizeof(expected));
	if (option->is_secret || (option->type == OPTION_URL && view_find_byte(text, '@') >= 0))
		log_message(level, "%s: the value (not shown) is not %s", where, expected);
	else
		log_message(level, "%s: '%s' is not %s", where,
			    log_escape(text, shown, sizeof(shown)), expected);
}

bool option_value_is_secret(const struct option *option, struct view text)
{
	return text.size && !secret_file_is_named(text) &&
	       (option->is_secret ||
		(option->type == OPTION_URL && text_rules_url_credentials(text).bytes));
}

static void format_string(const struct option *option, const char *text, char *buffer, size_t size)
{
	struct view credentials = {0};

	if (option->type == OPTION_URL)
		credentials = text_rules_url_credentials(view_of_text(text));
	if (credentials.bytes)
		(void)snprintf(buffer, size, "%.*s" MASK "%s", (int)(credentials.bytes - text),
			       text, credentials.bytes + credentials.size);
	else
		(void)snprintf(buffer, size, "%s", option->is_secret ? MASK : text);
}

/* The first of 15, 16, 17 digits that reads back as the same number. */
static void format_decimal(double value, char *buffer, size_t size)
{
	for (int digits = 15; digits <= 17; digits++) {
		(void)snprintf(buffer, size, "%.*g", digits, value);
		if (strtod(buffer, NULL) == value)
			return;
	}
}

bool option_value_format(const struct option *option, const struct settings *settings, char *buffer,
			 size_t size)
{
	const void *field = field_of(option, settings);
	const struct option_word *word = option->words;

	if (option_value_is_string(option)) {
		if (*(char *const *)field)
			format_string(option, *(char *const *)field, buffer, size);
		return *(char *const *)field != NULL;
	}
	switch (option->type) {
	case OPTION_WORD:
		while (word->word && word->value != *(const int *)field)
			word++;
		(void)snprintf(buffer, size, "%s", word->word ? word->word : "");
		break;
	case OPTION_RATIO:
	case OPTION_PERCENT:
		format_decimal(*(const double *)field, buffer, size);
		break;
	case OPTION_BOOLEAN:
		(void)snprintf(buffer, size, "%s", *(const bool *)field ? "on" : "off");
		break;
	default:
		quantity_format(quantity_of(option), *(const uint64_t *)field, buffer, size);
	}
	return true;
}

void option_value_free(const struct option *option, struct settings *settings)
{
	if (option_value_is_string(option)) {
		free(*(char **)field_of(option, settings));
		*(char **)field_of(option, settings) = NULL;
	}
}

static size_t size_of_field(const struct option *option)
{
	if (option_value_is_string(option))
		return sizeof(char *);
	switch (option->type) {
	case OPTION_WORD:
		return sizeof(int);
	case OPTION_RATIO:
	case OPTION_PERCENT:
		return sizeof(double);
	case OPTION_BOOLEAN:
		return sizeof(bool);
	default:
		return sizeof(uint64_t);
	}
}

bool option_value_equals(const struct option *option, const struct settings *a,
			 const struct settings *b)
{
	const void *left = field_of(option, a), *right = field_of(option, b);

	if (option_value_is_string(option)) {
		const char *left_text = *(char *const *)left, *right_text = *(char *const *)right;

		if (!left_text || !right_text)
			return left_text == right_text;
		return strcmp(left_text, right_text) == 0;
	}
	return memcmp(left, right, size_of_field(option)) == 0;
}

void option_value_swap(const struct option *option, struct settings *a, struct settings *b)
{
	char kept[sizeof(uint64_t)];
	size_t size = size_of_field(option);

	memcpy(kept, field_of(option, a), size);
	memcpy(field_of(option, a), field_of(option, b), size);
	memcpy(field_of(option, b), kept, size);
}
