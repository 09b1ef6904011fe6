/*
 * Requests by service, for the status: how many ended and how many failed. Bounded: services beyond
 * MAX_STATUS_SERVICES share one row. Capture thread.
 */
#ifndef SERVICE_SERVICE_LEDGER_H
#define SERVICE_SERVICE_LEDGER_H

#include <stdbool.h>
#include "base/view.h"
#include "service/service_status.h"

struct service_ledger;

int service_ledger_new(struct service_ledger **ret);
void service_ledger_free(struct service_ledger **ledger);

/* The name is a process's own: hostile until it is escaped here. */
void service_ledger_count(struct service_ledger *ledger, struct view name, bool has_failed);

/* The rows of the status, busiest first. */
void service_ledger_fill(const struct service_ledger *ledger, struct service_status *status);

#endif
