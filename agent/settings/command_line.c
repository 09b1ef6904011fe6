/*
 * Reads argv in one pass, in order, and judges nothing but its shape: values are parsed when they
 * are applied, after file and environment. Options may stand before and after the command, not
 * after its first operand (run) or after "--".
 */
#include "settings/command_line.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include "base/cleanup.h"
#include "base/log.h"
#include "settings/command_table.h"
#include "settings/name_distance.h"
#include "settings/option_value.h"
#include "settings/settings_origins.h"

#define SEE_HELP "see: limpet --help"

struct words {
	char **argv;
	int argc;
	int next;
	struct command_line *line;
};

static int refuse(const char *cause, const char *word, const char *nearest)
{
	char shown[128];

	log_escape(view_of_text(word), shown, sizeof(shown));
	if (nearest)
		log_error("%s '%s', did you mean '%s'? " SEE_HELP, cause, shown, nearest);
	else
		log_error("%s '%s'; " SEE_HELP, cause, shown);
	return -EINVAL;
}

static int find_command(const char *word, enum settings_command *ret_command)
{
	for (size_t i = 0; i < command_table_count; i++)
		if (strcmp(word, command_table[i].name) == 0) {
			*ret_command = command_table[i].command;
			return 0;
		}
	return -ENOENT;
}

static int refuse_command(const char *word)
{
	struct nearest_name nearest = name_distance_begin(view_of_text(word));

	for (size_t i = 0; i < command_table_count; i++)
		name_distance_try(&nearest, command_table[i].name);
	name_distance_try(&nearest, "help");
	name_distance_try(&nearest, "version");
	return refuse("unknown command", word, nearest.best);
}

static int take_command(struct command_line *line, const char *word)
{
	enum settings_command command;

	if (line->has_command && line->shown_command != COMMAND_CONFIG)
		return 0;
	if (!line->has_command && strcmp(word, "help") == 0) {
		line->is_help_wanted = true;
		return 0;
	}
	if (!line->has_command && strcmp(word, "version") == 0) {
		line->is_version_wanted = true;
		return 0;
	}
	if (find_command(word, &command) < 0)
		return refuse_command(word);
	if (!line->has_command)
		line->command = command;
	else if (command == COMMAND_CONFIG)
		return refuse("unexpected argument", word, NULL);
	line->has_command = true;
	line->shown_command = command;
	return 1;
}

static int take_operand(struct words *words, char *word)
{
	struct command_line *line = words->line;
	int r = take_command(line, word);

	if (r != 0 || line->is_help_wanted || line->is_version_wanted)
		return r < 0 ? r : 0;
	if (line->shown_command == COMMAND_RUN) {
		line->command_argv = words->argv + words->next - 1;
		words->next = words->argc;
		return 0;
	}
	if (line->operands_count < MAX_OPERANDS)
		line->operands[line->operands_count++] = word;
	return 0;
}

/* The word after an option is its value unless it looks like the next option: a forgotten value
 * must not swallow the "--" in front of CMD. --name=-value says it all the same. */
static bool is_value(const char *word)
{
	return word && (word[0] != '-' || word[1] == '\0');
}

static int take_value(struct words *words, const struct option *option, const char *given,
		      const char *word)
{
	const char **value = &words->line->option_values[option_table_index(option)];

	if (given) {
		*value = given;
	} else if (option->bare) {
		*value = option->bare;
	} else if (is_value(words->argv[words->next])) {
		*value = words->argv[words->next++];
	} else {
		char expected[MAX_EXPECTED_BYTES];

		log_error("%s needs a value: %s; " SEE_HELP, word,
			  option_value_expected(option, expected, sizeof(expected)));
		return -EINVAL;
	}
	return 0;
}

/* --name, --name=value, --no-name. */
static int take_long_option(struct words *words, const char *word)
{
	const char *equals = strchr(word, '=');
	struct view name =
		view_of(word + 2, equals ? (size_t)(equals - word - 2) : strlen(word + 2));
	const struct option *option = option_table_find_name(name);
	char suggestion[80];
	const char *nearest;

	if (view_equals(name, VIEW_LITERAL("help")) && !equals) {
		words->line->is_help_wanted = true;
		return 0;
	}
	if (view_equals(name, VIEW_LITERAL("version")) && !equals) {
		words->line->is_version_wanted = true;
		return 0;
	}
	if (option)
		return take_value(words, option, equals ? equals + 1 : NULL, word);
	if (view_starts_with(name, VIEW_LITERAL("no-")) && !equals) {
		option = option_table_find_name(view_skip(name, 3));
		if (option && option->type == OPTION_BOOLEAN)
			return take_value(words, option, "off", word);
	}
	nearest = option_table_nearest_name(name);
	if (nearest)
		(void)snprintf(suggestion, sizeof(suggestion), "--%s", nearest);
	return refuse("unknown option", word, nearest ? suggestion : NULL);
}

/* -h, -c FILE, -cFILE. */
static int take_short_option(struct words *words, const char *word)
{
	if (strcmp(word, "-h") == 0) {
		words->line->is_help_wanted = true;
		return 0;
	}
	for (size_t i = 0; i < option_table_count; i++)
		if (option_table[i].letter == word[1])
			return take_value(words, &option_table[i], word[2] ? word + 2 : NULL, word);
	return refuse("unknown option", word, NULL);
}

static int take_word(struct words *words)
{
	char *word = words->argv[words->next++];

	if (strcmp(word, "--") == 0) {
		int r = 0;

		while (r == 0 && words->next < words->argc)
			r = take_operand(words, words->argv[words->next++]);
		return r;
	}
	if (strncmp(word, "--", 2) == 0)
		return take_long_option(words, word);
	if (word[0] == '-' && word[1] != '\0')
		return take_short_option(words, word);
	return take_operand(words, word);
}

int command_line_parse(struct command_line **ret, int argc, char **argv)
{
	_cleanup_(command_line_free) struct command_line *line =
		calloc(1, sizeof(*line) + option_table_count * sizeof(line->option_values[0]));
	struct words words = {.argv = argv, .argc = argc, .next = 1, .line = line};

	if (!line)
		return -ENOMEM;
	while (words.next < argc && !line->is_help_wanted && !line->is_version_wanted) {
		int r = take_word(&words);

		if (r < 0)
			return r;
	}
	*ret = TAKE_PTR(line);
	return 0;
}

void command_line_free(struct command_line **line)
{
	free(*line);
	*line = NULL;
}

static const char *missing_operand(enum settings_command command)
{
	switch (command) {
	case COMMAND_ATTACH:
		return "attach needs a process, by PID or name, a unit or a container: limpet "
		       "attach PID";
	case COMMAND_REPORT:
		return "report needs a recording: limpet report FILE";
	default:
		return "replay needs a recording: limpet replay FILE";
	}
}

/* attach, replay and report need their operand, the others take none; `config attach` may do
 * without. */
static int apply_operands(const struct command_line *line, struct settings *settings)
{
	bool is_attach = line->shown_command == COMMAND_ATTACH;
	unsigned wanted = is_attach || line->shown_command == COMMAND_REPORT ||
			  line->shown_command == COMMAND_REPLAY;
	char **field = is_attach ? &settings->attach_target : &settings->replay_file;
	struct view operand = view_of_text(line->operands[0]);

	if (line->operands_count > wanted)
		return refuse("unexpected argument", line->operands[wanted], NULL);
	if (line->operands_count == 0) {
		if (wanted == 0 || line->command == COMMAND_CONFIG)
			return 0;
		log_error("%s; " SEE_HELP, missing_operand(line->shown_command));
		return -EINVAL;
	}
	if (operand.size == 0) {
		log_error("%s: the name of the %s is empty",
			  command_table_name(line->shown_command),
			  is_attach ? "process" : "recording");
		return -EINVAL;
	}
	*field = strdup(operand.bytes);
	return *field ? 0 : -ENOMEM;
}

/* diff needs two. */
static int apply_recordings(const struct command_line *line, struct settings *settings)
{
	if (line->operands_count > 2)
		return refuse("unexpected argument", line->operands[2], NULL);
	if (line->operands_count == 0 && line->command == COMMAND_CONFIG)
		return 0;
	if (line->operands_count < 2) {
		log_error("diff needs two recordings: limpet diff BEFORE AFTER; " SEE_HELP);
		return -EINVAL;
	}
	if (!line->operands[0][0] || !line->operands[1][0]) {
		log_error("diff: the name of the recording is empty");
		return -EINVAL;
	}
	settings->replay_file = strdup(line->operands[0]);
	settings->diff_file = strdup(line->operands[1]);
	return settings->replay_file && settings->diff_file ? 0 : -ENOMEM;
}

static int apply_command(const struct command_line *line, struct settings *settings)
{
	if (!line->has_command) {
		log_error(
			"no command; one of run, attach, agent, status, check, replay, report, diff, config; " SEE_HELP);
		return -EINVAL;
	}
	settings->command = line->command;
	settings->command_argv = line->command_argv;
	settings->capture.trace_all = line->shown_command == COMMAND_AGENT;
	if (line->command == COMMAND_RUN && (!line->command_argv || !line->command_argv[0][0])) {
		log_error(
			"run needs a command: limpet run [OPTION…] -- CMD [ARGUMENT…]; " SEE_HELP);
		return -EINVAL;
	}
	return line->shown_command == COMMAND_DIFF ? apply_recordings(line, settings)
						   : apply_operands(line, settings);
}

int command_line_apply(const struct command_line *line, struct settings *settings)
{
	int result = apply_command(line, settings);

	for (size_t i = 0; i < option_table_count; i++) {
		const struct option *option = &option_table[i];
		char where[64];
		int r;

		if (!line->option_values[i])
			continue;
		r = option_value_set(option, settings, view_of_text(line->option_values[i]));
		if (r == 0) {
			settings->origins->of[i] = (struct origin){.kind = ORIGIN_COMMAND_LINE};
			continue;
		}
		(void)snprintf(where, sizeof(where), "--%s", option->name);
		if (r == -EINVAL)
			option_value_complain(LOG_LEVEL_ERROR, where, option,
					      view_of_text(line->option_values[i]));
		result = r;
	}
	return result;
}
