/* Opens what the settings ask for. One row per exporter: who wants it, and how it is opened. */
#include "destinations.h"

#include <errno.h>
#include <langinfo.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "base/cleanup.h"
#include "base/log.h"
#include "delivery/delivery_worker.h"
#include "exporters/exporter.h"
#include "exporters/json_lines/json_lines.h"
#include "exporters/otlp/otlp_http.h"
#include "exporters/otlp/otlp_url.h"
#include "exporters/sentry/sentry_file.h"
#include "exporters/sentry/sentry_http.h"
#include "terminal/terminal.h"

#define ERROR_BYTES 512
#define MAX_WAIT_MS 10000
#define PLAIN_WIDTH 120 /* columns where the output is no terminal */

static bool wants_terminal(const struct settings *settings)
{
	bool is_interactive = settings->command == COMMAND_RUN ||
			      settings->command == COMMAND_ATTACH ||
			      settings->command == COMMAND_REPLAY;
	const char *json = settings->terminal.json_file;

	if (settings->terminal.trees != SWITCH_AUTO)
		return settings->terminal.trees == SWITCH_ON;
	/* Trees between lines of JSON on one stdout help nobody. */
	return is_interactive && !(json && strcmp(json, "-") == 0);
}

/* The command that runs owns stdout: `limpet run -- CMD | …` must give what CMD alone gives. */
static int open_terminal(struct exporter **ret, const struct settings *settings, char *error)
{
	FILE *out = settings->command == COMMAND_RUN ? stderr : stdout;
	enum switch_setting colours = settings->terminal.colours;
	bool is_tty = isatty(fileno(out));
	struct terminal_exporter_settings terminal = {
		.out = out,
		.width_fd = is_tty ? fileno(out) : -1,
		.width = is_tty ? 0 : PLAIN_WIDTH,
		.is_colour = colours == SWITCH_ON || (colours == SWITCH_AUTO && is_tty),
		.is_utf8 = strcmp(nl_langinfo(CODESET), "UTF-8") == 0,
	};

	(void)error;
	return terminal_new(ret, &terminal);
}

static bool wants_json_lines(const struct settings *settings)
{
	return settings->terminal.json_file;
}

static int open_json_lines(struct exporter **ret, const struct settings *settings, char *error)
{
	return json_lines_new(ret, settings->terminal.json_file, error, ERROR_BYTES);
}

static bool wants_otlp(const struct settings *settings)
{
	return settings->otlp.endpoint || settings->otlp.traces_endpoint;
}

static int open_otlp(struct exporter **ret, const struct settings *settings, char *error)
{
	const struct otlp_settings *otlp = &settings->otlp;
	_cleanup_(cleanup_free) char *url = NULL;
	struct otlp_http_settings http = {
		.headers = otlp->headers,
		.gzip = !otlp->compression || strcmp(otlp->compression, "none") != 0,
		.ca_file = otlp->ca_file,
		.client_certificate_file = otlp->client_certificate_file,
		.client_key_file = otlp->client_key_file,
		.timeout_ms = otlp->timeout_ms,
	};
	int err = otlp_url_for(&url, otlp->endpoint, otlp->traces_endpoint, error, ERROR_BYTES);

	if (err < 0)
		return err;
	http.url = url;
	return otlp_http_new(ret, &http, error, ERROR_BYTES);
}

static bool wants_sentry(const struct settings *settings)
{
	return settings->sentry.dsn;
}

static int open_sentry(struct exporter **ret, const struct settings *settings, char *error)
{
	struct sentry_http_settings sentry = {.dsn = settings->sentry.dsn};

	return sentry_http_new(ret, &sentry, error, ERROR_BYTES);
}

static bool wants_sentry_file(const struct settings *settings)
{
	return settings->sentry.file;
}

static int open_sentry_file(struct exporter **ret, const struct settings *settings, char *error)
{
	return sentry_file_new(ret, settings->sentry.file, settings->sentry.dsn, error,
			       ERROR_BYTES);
}

static const struct destination_row {
	bool (*is_wanted)(const struct settings *settings);
	int (*open)(struct exporter **ret, const struct settings *settings, char *error);
} rows[] = {
	{wants_terminal, open_terminal},
	{wants_json_lines, open_json_lines},
	{wants_otlp, open_otlp},
	{wants_sentry, open_sentry},
	{wants_sentry_file, open_sentry_file},
};

#define MAX_DESTINATIONS (sizeof(rows) / sizeof(rows[0]))

struct destinations {
	uint64_t max_queue_items;
	struct delivery_worker *workers[MAX_DESTINATIONS];
	uint32_t count;
};

static void discard(struct destinations **destinations)
{
	if (*destinations)
		(void)destinations_stop(destinations, 0);
}

int destinations_new(struct destinations **ret, const struct settings *settings,
		     struct drops *drops)
{
	_cleanup_(discard) struct destinations *destinations = calloc(1, sizeof(*destinations));

	if (!destinations)
		return -ENOMEM;
	destinations->max_queue_items = settings->delivery.max_queue_items;
	for (size_t i = 0; i < MAX_DESTINATIONS; i++) {
		struct exporter *exporter = NULL;
		char error[ERROR_BYTES] = "";
		int err;

		if (!rows[i].is_wanted(settings))
			continue;
		err = rows[i].open(&exporter, settings, error);
		if (err < 0) {
			log_error("%s", error[0] ? error : strerror(-err));
			return err;
		}
		err = delivery_worker_new(&destinations->workers[destinations->count], &exporter,
					  &settings->delivery, drops);
		if (err < 0)
			return err;
		destinations->count++;
	}
	*ret = TAKE_PTR(destinations);
	return 0;
}

void destinations_offer(struct destinations *destinations, struct item *item)
{
	for (uint32_t i = 0; i < destinations->count; i++)
		delivery_worker_offer(destinations->workers[i], item);
}

static void print_statistics(const struct delivery_worker *worker)
{
	struct delivery_statistics statistics = delivery_worker_statistics(worker);

	if (statistics.dropped)
		log_warning("%s: %llu segments sent, %llu dropped", delivery_worker_name(worker),
			    (unsigned long long)statistics.sent,
			    (unsigned long long)statistics.dropped);
	else
		log_debug("%s: %llu segments sent", delivery_worker_name(worker),
			  (unsigned long long)statistics.sent);
}

bool destinations_stop(struct destinations **destinations, uint64_t deadline_monotonic_ns)
{
	struct destinations *stopped = *destinations;
	bool is_clean = true;

	for (uint32_t i = 0; i < stopped->count; i++)
		delivery_worker_begin_drain(stopped->workers[i], deadline_monotonic_ns);
	for (uint32_t i = 0; i < stopped->count; i++) {
		is_clean &= delivery_worker_drain(stopped->workers[i], deadline_monotonic_ns);
		print_statistics(stopped->workers[i]);
		(void)delivery_worker_stop(&stopped->workers[i], deadline_monotonic_ns);
	}
	free(stopped);
	*destinations = NULL;
	return is_clean;
}

static bool are_behind(const struct destinations *destinations)
{
	for (uint32_t i = 0; i < destinations->count; i++)
		if (delivery_worker_statistics(destinations->workers[i]).queued >
		    destinations->max_queue_items / 2)
			return true;
	return false;
}

void destinations_wait(const struct destinations *destinations)
{
	for (int i = 0; i < MAX_WAIT_MS && are_behind(destinations); i++)
		(void)usleep(1000);
}

uint32_t destinations_count(const struct destinations *destinations)
{
	return destinations->count;
}
