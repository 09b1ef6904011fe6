/*
 * Environment variables against the option table. OpenTelemetry asks that an empty variable counts
 * as unset and that a bad value is warned about and ignored; for the others a bad value is an error
 * like any other. The sampler variables only mean something together and have their own rules.
 */
#include "settings/environment.h"

#include <errno.h>
#include <stdio.h>
#include "base/log.h"
#include "settings/option_value.h"
#include "settings/settings_origins.h"

#define SAMPLER          "OTEL_TRACES_SAMPLER"
#define SAMPLER_ARGUMENT "OTEL_TRACES_SAMPLER_ARG"
#define SENTRY_RATE      "SENTRY_TRACES_SAMPLE_RATE"
#define OTLP_PROTOCOL    "OTEL_EXPORTER_OTLP_PROTOCOL"
#define TRACES_PROTOCOL  "OTEL_EXPORTER_OTLP_TRACES_PROTOCOL"
#define LOGS_PROTOCOL    "OTEL_EXPORTER_OTLP_LOGS_PROTOCOL"

const char *environment_find(char *const *environment, const char *name)
{
	size_t size = strlen(name);

	for (; environment && *environment; environment++)
		if (strncmp(*environment, name, size) == 0 && (*environment)[size] == '=')
			return (*environment)[size + 1] ? *environment + size + 1 : NULL;
	return NULL;
}

static bool is_otel(const char *name)
{
	return strncmp(name, "OTEL_", 5) == 0;
}

/* OTel's durations are integer milliseconds: a unit would be read differently by everybody else. */
static bool has_unit(const struct option *option, const char *value)
{
	return option->type == OPTION_DURATION && value[strspn(value, "0123456789")] != '\0';
}

/* 1: set; 0: ignored after a warning; -EINVAL after a message. */
static int set_from(struct settings *settings, const struct option *option, const char *name,
		    const char *value)
{
	struct view text = view_of_text(value);
	char where[96], shown[64];
	int r;

	if (is_otel(name) && has_unit(option, value)) {
		log_warning("environment variable %s is ignored: '%s' is not a whole number of "
			    "milliseconds",
			    name, log_escape(text, shown, sizeof(shown)));
		return 0;
	}
	r = option_value_set(option, settings, text);
	if (r == 0) {
		*settings_origins_of(settings, option) =
			(struct origin){.kind = ORIGIN_ENVIRONMENT, .name = name};
		return 1;
	}
	if (r == -EINVAL && is_otel(name)) {
		(void)snprintf(where, sizeof(where), "environment variable %s is ignored", name);
		option_value_complain(LOG_LEVEL_WARNING, where, option, text);
		return 0;
	}
	(void)snprintf(where, sizeof(where), "environment variable %s", name);
	if (r != -EACCES) /* said already */
		option_value_complain(LOG_LEVEL_ERROR, where, option, text);
	return -EINVAL;
}

/* The first name that is set and good counts. */
static int apply_option(struct settings *settings, const struct option *option,
			char *const *environment)
{
	for (int i = 0; i < MAX_ENVIRONMENT_NAMES && option->environment[i]; i++) {
		const char *value = environment_find(environment, option->environment[i]);
		int r = value ? set_from(settings, option, option->environment[i], value) : 0;

		if (r != 0)
			return r < 0 ? r : 0;
	}
	return 0;
}

enum sampler_ratio { RATIO_ALL, RATIO_NONE, RATIO_ARGUMENT };

struct sampler {
	const char *name;
	enum sampler_ratio ratio;
	bool is_parent_based;
};

static const struct sampler *find_sampler(const char *name)
{
	static const struct sampler samplers[] = {
		{"always_on", RATIO_ALL, false},
		{"always_off", RATIO_NONE, false},
		{"traceidratio", RATIO_ARGUMENT, false},
		{"parentbased_always_on", RATIO_ALL, true},
		{"parentbased_always_off", RATIO_NONE, true},
		{"parentbased_traceidratio", RATIO_ARGUMENT, true},
	};

	for (size_t i = 0; i < sizeof(samplers) / sizeof(samplers[0]); i++)
		if (view_equals_ignoring_case(view_of_text(samplers[i].name), view_of_text(name)))
			return &samplers[i];
	return NULL;
}

static void apply_sampler(struct settings *settings, const char *name, const char *argument)
{
	const struct option *ratio =
		option_table_find_offset(offsetof(struct settings, sampling.ratio));
	const struct option *parent_based =
		option_table_find_offset(offsetof(struct settings, sampling.parent_based));
	const struct sampler *sampler = find_sampler(name);
	char shown[64];

	if (!sampler) {
		log_warning("environment variable " SAMPLER " is ignored: '%s' is not one of "
			    "always_on, always_off, traceidratio, parentbased_always_on, "
			    "parentbased_always_off, parentbased_traceidratio",
			    log_escape(view_of_text(name), shown, sizeof(shown)));
		return;
	}
	(void)set_from(settings, parent_based, SAMPLER, sampler->is_parent_based ? "on" : "off");
	if (sampler->ratio != RATIO_ARGUMENT)
		(void)set_from(settings, ratio, SAMPLER, sampler->ratio == RATIO_ALL ? "1" : "0");
	else if (argument)
		(void)set_from(settings, ratio, SAMPLER_ARGUMENT, argument);
	if (argument && sampler->ratio != RATIO_ARGUMENT)
		log_warning("environment variable " SAMPLER_ARGUMENT
			    " is ignored: %s takes no argument",
			    sampler->name);
}

/* Sentry's rate first, so that OTel's sampler replaces it where that names a ratio. */
static int apply_sampling(struct settings *settings, char *const *environment)
{
	const struct option *ratio =
		option_table_find_offset(offsetof(struct settings, sampling.ratio));
	const char *sentry_rate = environment_find(environment, SENTRY_RATE);
	const char *sampler = environment_find(environment, SAMPLER);
	const char *argument = environment_find(environment, SAMPLER_ARGUMENT);
	int r = sentry_rate ? set_from(settings, ratio, SENTRY_RATE, sentry_rate) : 0;

	if (sampler)
		apply_sampler(settings, sampler, argument);
	else if (argument)
		log_warning("environment variable " SAMPLER_ARGUMENT " is ignored without " SAMPLER
			    ", such as " SAMPLER "=parentbased_traceidratio");
	return r < 0 ? r : 0;
}

static void warn_of_protocol(char *const *environment, const char *name)
{
	const char *value = environment_find(environment, name);
	char shown[64];

	if (value && !view_equals_ignoring_case(view_of_text(value), VIEW_LITERAL("http/protobuf")))
		log_warning("environment variable %s is ignored: '%s' is not http/protobuf, the "
			    "protocol limpet speaks (port 4318 as a rule)",
			    name, log_escape(view_of_text(value), shown, sizeof(shown)));
}

/* The general one is of no matter where each signal has its own. */
static void warn_of_protocols(char *const *environment)
{
	bool has_all = environment_find(environment, TRACES_PROTOCOL) &&
		       environment_find(environment, LOGS_PROTOCOL);

	if (!has_all)
		warn_of_protocol(environment, OTLP_PROTOCOL);
	warn_of_protocol(environment, TRACES_PROTOCOL);
	warn_of_protocol(environment, LOGS_PROTOCOL);
}

/* Only what looks mistyped: a Kubernetes service named limpet puts LIMPET_PORT and more here. */
static void warn_of_mistyped(char *const *environment)
{
	for (; environment && *environment; environment++) {
		const char *equals = strchr(*environment, '=');
		struct view name =
			view_of(*environment, equals ? (size_t)(equals - *environment) : 0);
		const char *nearest;
		char shown[96];

		if (!view_starts_with(name, VIEW_LITERAL("LIMPET_")))
			continue;
		nearest = option_table_nearest_environment(name);
		if (nearest && !view_equals(view_of_text(nearest), name))
			log_warning("environment variable %s is not known, did you mean %s?",
				    log_escape(name, shown, sizeof(shown)), nearest);
	}
}

int environment_apply(struct settings *settings, char *const *environment)
{
	int result = 0;

	for (size_t i = 0; i < option_table_count; i++) {
		const struct option *option = &option_table[i];

		if (option->group != GROUP_SAMPLING &&
		    apply_option(settings, option, environment) < 0)
			result = -EINVAL;
	}
	if (apply_sampling(settings, environment) < 0)
		result = -EINVAL;
	warn_of_protocols(environment);
	warn_of_mistyped(environment);
	return result;
}
