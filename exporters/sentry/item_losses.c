/* The accounts: every item in the categories it would have been counted in. */
#include "exporters/sentry/item_losses.h"

#include "exporters/sentry/session_encoder.h"

void item_losses_add_parts(struct client_report *report, enum client_report_reason reason,
			   const struct crash *crash, struct crash_parts parts)
{
	if (parts.event)
		client_report_add(report, reason, CATEGORY_ERROR, 1);
	if (parts.session)
		client_report_add(report, reason, CATEGORY_SESSION, 1);
	if (parts.minidump) /* attachments count in bytes */
		client_report_add(report, reason, CATEGORY_ATTACHMENT, crash->minidump.size);
}

void item_losses_add(struct client_report *report, enum client_report_reason reason,
		     const struct item *item)
{
	switch (item->kind) {
	case ITEM_CRASH:
		item_losses_add_parts(report, reason, item->crash,
				      envelope_writer_parts(item->crash));
		break;
	case ITEM_SESSION:
		if (session_encoder_has_release(item->session->resource))
			client_report_add(report, reason, CATEGORY_SESSION,
					  session_encoder_quantity(item->session));
		break;
	case ITEM_SEGMENT:
		client_report_add_transaction(report, reason,
					      (uint64_t)item->segment->spans_count +
						      item->segment->dropped_spans_count);
		break;
	case ITEM_PROFILE: /* those that it would have been cut into are not counted before */
		client_report_add(report, reason, CATEGORY_PROFILE_CHUNK, 1);
		break;
	case ITEM_KINDS_COUNT:
		break;
	}
}

bool item_losses_reason(enum drop_reason drop, const struct item *item,
			enum client_report_reason *ret_reason)
{
	switch (drop) {
	case DROP_SAMPLED:
		*ret_reason = REPORT_SAMPLE_RATE;
		return true;
	case DROP_QUEUE_FULL:
	case DROP_SHUTDOWN:
		*ret_reason = REPORT_QUEUE_OVERFLOW;
		return true;
	case DROP_SPOOL_FULL:
		*ret_reason = REPORT_CACHE_OVERFLOW;
		return true;
	case DROP_RETRIES_EXHAUSTED:
		/* Only whoever keeps crashes knows whether this was the last attempt. */
		*ret_reason = REPORT_NETWORK_ERROR;
		return item->kind == ITEM_CRASH;
	default:
		return false;
	}
}
