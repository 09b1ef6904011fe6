/* A short list, looked through by the DSN itself. One that could not be opened stays in it, so that
 * it is said once. */
#include "pod_destinations.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "base/cleanup.h"
#include "base/log.h"
#include "destination_lane.h"
#include "exporters/sentry/sentry_http.h"

#define ERROR_BYTES 512

struct place {
	char *dsn;
	struct destination_lane lane; /* empty: it could not be opened */
};

struct pod_destinations {
	const struct settings *settings;
	struct drops *drops;
	int base_fd;
	struct place places[MAX_POD_DESTINATIONS];
	uint32_t count;
	bool is_full_said;
};

int pod_destinations_new(struct pod_destinations **ret, const struct settings *settings,
			 int *base_fd, struct drops *drops)
{
	struct pod_destinations *pods = calloc(1, sizeof(*pods));

	if (!pods)
		return -ENOMEM;
	pods->settings = settings;
	pods->drops = drops;
	pods->base_fd = TAKE_FD(*base_fd);
	*ret = pods;
	return 0;
}

static void open_place(struct pod_destinations *pods, struct place *place)
{
	struct sentry_http_settings sentry = {.dsn = place->dsn};
	struct exporter *exporter = NULL;
	char error[ERROR_BYTES] = "";
	int err = sentry_http_new(&exporter, &sentry, error, sizeof(error));

	if (err == 0)
		err = destination_lane_add(&place->lane, &exporter, pods->settings, pods->base_fd,
					   pods->drops);
	if (err == 0)
		err = destination_lane_start(&place->lane, pods->drops);
	if (err == 0)
		return;
	log_warning("limpet.io/sentry-dsn-secret: %s; what such pods send goes where everything "
		    "else goes",
		    error[0] ? error : strerror(-err));
	(void)destination_lane_stop(&place->lane, 0);
}

static struct place *find_place(struct pod_destinations *pods, const char *dsn)
{
	struct place *place;

	for (uint32_t i = 0; i < pods->count; i++)
		if (strcmp(pods->places[i].dsn, dsn) == 0)
			return &pods->places[i];
	if (pods->count == MAX_POD_DESTINATIONS) {
		if (!pods->is_full_said)
			log_warning("limpet.io/sentry-dsn-secret: more than %d projects on one "
				    "node; the others' items go where everything else goes",
				    MAX_POD_DESTINATIONS);
		pods->is_full_said = true;
		return NULL;
	}
	place = &pods->places[pods->count];
	place->dsn = strdup(dsn);
	if (!place->dsn)
		return NULL;
	pods->count++;
	open_place(pods, place);
	return place;
}

bool pod_destinations_offer(struct pod_destinations *pods, struct item *item, const char *dsn)
{
	struct place *place = find_place(pods, dsn);

	if (!place || place->lane.count == 0)
		return false;
	destination_lane_offer(&place->lane, item);
	return true;
}

uint32_t pod_destinations_count(const struct pod_destinations *pods)
{
	uint32_t count = 0;

	for (uint32_t i = 0; pods && i < pods->count; i++)
		count += pods->places[i].lane.count;
	return count;
}

const struct delivery_worker *pod_destinations_worker(const struct pod_destinations *pods,
						      uint32_t index)
{
	for (uint32_t i = 0; i < pods->count; i++) {
		if (index < pods->places[i].lane.count)
			return pods->places[i].lane.workers[index];
		index -= pods->places[i].lane.count;
	}
	return NULL;
}

bool pod_destinations_stop(struct pod_destinations **pods, uint64_t deadline_ns)
{
	struct pod_destinations *stopped = *pods;
	bool is_clean = true;

	if (!stopped)
		return true;
	for (uint32_t i = 0; i < stopped->count; i++)
		is_clean &= destination_lane_begin_stop(&stopped->places[i].lane, deadline_ns);
	for (uint32_t i = 0; i < stopped->count; i++) {
		is_clean &= destination_lane_stop(&stopped->places[i].lane, deadline_ns);
		explicit_bzero(stopped->places[i].dsn, strlen(stopped->places[i].dsn));
		free(stopped->places[i].dsn);
	}
	cleanup_close(&stopped->base_fd);
	free(stopped);
	*pods = NULL;
	return is_clean;
}
