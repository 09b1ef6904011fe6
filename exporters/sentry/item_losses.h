/* What a lost item is to Sentry's accounts: rows of the client report, by reason. */
#ifndef SENTRY_ITEM_LOSSES_H
#define SENTRY_ITEM_LOSSES_H

#include "base/drops.h"
#include "exporters/sentry/client_report.h"
#include "exporters/sentry/envelope_writer.h"

void item_losses_add(struct client_report *report, enum client_report_reason reason,
		     const struct item *item);

/* Only some parts of a crash were lost. */
void item_losses_add_parts(struct client_report *report, enum client_report_reason reason,
			   const struct crash *crash, struct crash_parts parts);

/* The reason for drops that happened before an exporter saw the item; false: not one the server is
 * told about, or one the exporter notices by itself. */
bool item_losses_reason(enum drop_reason drop, const struct item *item,
			enum client_report_reason *ret_reason);

#endif
