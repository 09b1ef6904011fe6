/*
 * Loads the settings: defaults, then file, environment and command line, each over the one before,
 * then what must hold between settings. Starts nothing and touches nothing but the settings file.
 */
#include "settings/settings.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "base/cleanup.h"
#include "base/log.h"
#include "settings/command_line.h"
#include "settings/environment.h"
#include "settings/option_value.h"
#include "settings/secret_file.h"
#include "settings/settings_file.h"
#include "settings/settings_origins.h"

static int set_defaults(struct settings *settings)
{
	char host[256] = "";
	int r;

	settings->origins = settings_origins_new();
	if (!settings->origins)
		return -ENOMEM;
	for (size_t i = 0; i < option_table_count; i++) {
		const struct option *option = &option_table[i];

		r = option->initial
			    ? option_value_set(option, settings, view_of_text(option->initial))
			    : 0;
		if (r < 0)
			return r;
	}
	if (gethostname(host, sizeof(host) - 1) < 0 || host[0] == '\0')
		return 0;
	r = option_value_set(
		option_table_find_offset(offsetof(struct settings, identity.server_name)), settings,
		view_of_text(host));
	return r == -ENOMEM ? r : 0;
}

static const char *find_config_file(const struct command_line *line, char *const *environment)
{
	const struct option *option =
		option_table_find_offset(offsetof(struct settings, config_file));
	const char *given = line->option_values[option_table_index(option)];

	return given ? given : environment_find(environment, option->environment[0]);
}

static int load_file(struct settings *settings, const char *path)
{
	settings->config_file = strdup(path);
	if (!settings->config_file)
		return -ENOMEM;
	return settings_file_load(settings, path);
}

static bool is_from_otel(const struct settings *settings, const struct option *option)
{
	const struct origin *origin = settings_origins_of(settings, option);

	return origin->kind == ORIGIN_ENVIRONMENT && strncmp(origin->name, "OTEL_", 5) == 0;
}

/* A batch cannot be larger than the queue. A default gives way silently, OTEL_* with a warning. */
static int check_batch(struct settings *settings)
{
	struct delivery_settings *delivery = &settings->delivery;
	const struct option *batch =
		option_table_find_offset(offsetof(struct settings, delivery.max_batch_items));
	const struct option *queue =
		option_table_find_offset(offsetof(struct settings, delivery.max_queue_items));
	char batch_origin[320], queue_origin[320];
	bool is_otel = is_from_otel(settings, batch) || is_from_otel(settings, queue);

	if (delivery->max_batch_items <= delivery->max_queue_items)
		return 0;
	settings_origins_words(settings, batch, batch_origin, sizeof(batch_origin));
	settings_origins_words(settings, queue, queue_origin, sizeof(queue_origin));
	if (settings_origins_of(settings, batch)->kind == ORIGIN_DEFAULT || is_otel) {
		if (settings_origins_of(settings, batch)->kind != ORIGIN_DEFAULT)
			log_warning("batch-size %llu (%s) is larger than queue-size %llu (%s) and "
				    "reduced to it",
				    (unsigned long long)delivery->max_batch_items, batch_origin,
				    (unsigned long long)delivery->max_queue_items, queue_origin);
		delivery->max_batch_items = delivery->max_queue_items;
		return 0;
	}
	log_error(
		"batch-size %llu (%s) is larger than queue-size %llu (%s); make the queue at least "
		"as large",
		(unsigned long long)delivery->max_batch_items, batch_origin,
		(unsigned long long)delivery->max_queue_items, queue_origin);
	return -EINVAL;
}

/* Whoever wants a file of samples wants samples. */
static void imply_profile(struct settings *settings)
{
	const struct terminal_settings *files = &settings->terminal;
	bool is_tracing = settings->command == COMMAND_RUN || settings->command == COMMAND_ATTACH;

	if (is_tracing && !settings->profile.frequency_hz &&
	    (files->folded_file || files->pprof_file || files->speedscope_file))
		settings->profile.frequency_hz = DEFAULT_PROFILE_HZ;
}

static int load_sources(struct settings *settings, const struct command_line *line,
			char *const *environment)
{
	const char *path = find_config_file(line, environment);
	int result = path && *path ? load_file(settings, path) : 0;

	if (secret_file_apply_credentials(
		    settings, environment_find(environment, "CREDENTIALS_DIRECTORY")) < 0 ||
	    environment_apply(settings, environment) < 0)
		result = -EINVAL;
	if (command_line_apply(line, settings) < 0)
		result = -EINVAL;
	imply_profile(settings);
	return result < 0 ? result : check_batch(settings);
}

void settings_done(struct settings *settings)
{
	for (size_t i = 0; i < option_table_count; i++)
		option_value_free(&option_table[i], settings);
	free(settings->attach_target);
	free(settings->replay_file);
	free(settings->diff_file);
	free(settings->origins);
	*settings = (struct settings){0};
}

int settings_load(struct settings *ret, int argc, char **argv, char *const *environment)
{
	_cleanup_(settings_done) struct settings settings = {0};
	_cleanup_(command_line_free) struct command_line *line = NULL;
	int r = command_line_parse(&line, argc, argv);

	if (r == 0)
		r = set_defaults(&settings);
	if (r == 0 && !line->is_help_wanted && !line->is_version_wanted)
		r = load_sources(&settings, line, environment);
	if (r == 0)
		event_list_apply(&settings);
	if (r == -ENOMEM)
		log_error("cannot read the settings: out of memory");
	if (r < 0)
		return -EINVAL;
	settings.argc = argc;
	settings.argv = argv;
	settings.environment = environment;
	settings.is_help_wanted = line->is_help_wanted;
	settings.is_version_wanted = line->is_version_wanted;
	*ret = TAKE(settings, (struct settings){0});
	return 0;
}
