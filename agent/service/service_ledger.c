/* A small table, searched from the front, where the busy ones drift: few services make most of the
 * requests. */
#include "service/service_ledger.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "base/log.h"

struct service_ledger {
	struct service_activity rows[MAX_STATUS_SERVICES];
	struct service_activity other;
	uint32_t count;
};

int service_ledger_new(struct service_ledger **ret)
{
	struct service_ledger *ledger = calloc(1, sizeof(*ledger));

	if (!ledger)
		return -ENOMEM;
	(void)strcpy(ledger->other.name, "other");
	*ret = ledger;
	return 0;
}

void service_ledger_free(struct service_ledger **ledger)
{
	free(*ledger);
	*ledger = NULL;
}

static struct service_activity *find_row(struct service_ledger *ledger, const char *name)
{
	for (uint32_t i = 0; i < ledger->count; i++) {
		struct service_activity *row = &ledger->rows[i];

		if (strcmp(row->name, name) != 0)
			continue;
		if (i > 0 && row->requests_count > row[-1].requests_count) {
			struct service_activity before = row[-1];

			row[-1] = *row;
			*row = before;
			row--;
		}
		return row;
	}
	return NULL;
}

void service_ledger_count(struct service_ledger *ledger, struct view name, bool has_failed)
{
	char escaped[MAX_STATUS_NAME_BYTES];
	struct service_activity *row;

	log_escape(name, escaped, sizeof(escaped));
	row = find_row(ledger, escaped);
	if (!row && ledger->count < MAX_STATUS_SERVICES) {
		row = &ledger->rows[ledger->count++];
		(void)strcpy(row->name, escaped);
	} else if (!row) {
		row = &ledger->other;
	}
	row->requests_count++;
	row->failed_count += has_failed;
}

static int busier(const void *a, const void *b)
{
	const struct service_activity *left = a, *right = b;

	if (left->requests_count != right->requests_count)
		return left->requests_count < right->requests_count ? 1 : -1;
	return strcmp(left->name, right->name);
}

void service_ledger_fill(const struct service_ledger *ledger, struct service_status *status)
{
	memcpy(status->services, ledger->rows, sizeof(ledger->rows));
	status->services_count = ledger->count;
	qsort(status->services, status->services_count, sizeof(status->services[0]), busier);
	status->other_services = ledger->other;
}
