/* One POST and what its answer means for transactions, crashes and sessions. */
#include "exporters/sentry/envelope_sender.h"

#include <errno.h>
#include <stdio.h>
#include "base/cleanup.h"
#include "base/clock.h"
#include "exporters/sentry/envelope.h"
#include "exporters/sentry/item_losses.h"

#define DEFAULT_TIMEOUT_MS   10000
#define MAX_RESPONSE_BYTES   65536
#define MAX_COMPRESSED_BYTES (4 * MAX_TRANSACTION_BYTES + MAX_CRASH_BYTES)

/* Kept between posts; more is for one minidump and given back. */
#define MAX_KEPT_BYTES (2 * MAX_TRANSACTION_BYTES)

/* Compresses and sends the writer's envelope. -errno: no answer. */
static int post(struct envelope_sender *sender, struct http_response **ret_response)
{
	struct view body = byte_buffer_view(&sender->writer.bytes);
	const char *encoding = NULL;
	int r;

	*ret_response = NULL;
	if (http_transport_gzip(body, &sender->compressed) == 0) {
		body = byte_buffer_view(&sender->compressed);
		encoding = "gzip";
	}
	r = http_transport_post(sender->transport, body, "application/x-sentry-envelope", encoding,
				ret_response);
	sender->is_reachable = r == 0;
	if (r == 0)
		rate_limits_apply(&sender->limits, (*ret_response)->status,
				  (*ret_response)->rate_limits, (*ret_response)->retry_after_ns,
				  clock_monotonic_ns());
	if (sender->compressed.capacity > MAX_KEPT_BYTES) {
		byte_buffer_done(&sender->compressed);
		byte_buffer_init(&sender->compressed, MAX_COMPRESSED_BYTES);
	}
	return r;
}

/* Adds what was counted to the envelope being built; true when *ret_taken must be given back if it
 * does not arrive. */
static bool attach_report(struct envelope_sender *sender, struct client_report *ret_taken)
{
	uint64_t now_ns = clock_monotonic_ns();

	if (!sender->sends_client_reports ||
	    rate_limits_is_blocked(&sender->limits, CATEGORY_INTERNAL, now_ns) ||
	    !client_report_take(&sender->report, clock_unix_ns(), &sender->report_payload,
				ret_taken))
		return false;
	envelope_add_item(&sender->writer.bytes, "client_report",
			  byte_buffer_view(&sender->report_payload));
	sender->last_report_ns = now_ns;
	return true;
}

static void describe_failure(const struct envelope_sender *sender,
			     const struct http_response *response, const char *what,
			     struct export_result *result)
{
	char too_large[64];
	const char *mend = "see the server's log";

	if (!response) {
		(void)snprintf(result->message, sizeof(result->message),
			       "cannot send to Sentry at %.*s: no answer",
			       VIEW_FORMAT(sender->dsn.host));
	} else if (response->status == 0 && response->error[0]) {
		(void)snprintf(result->message, sizeof(result->message), "%s", response->error);
	} else {
		(void)snprintf(too_large, sizeof(too_large),
			       "the server takes less than 1 MiB per %s", what);
		if (response->status == 401 || response->status == 403 || response->status == 404)
			mend = "check key and project id of the Sentry DSN";
		else if (response->status == 429)
			mend = "the project's quota or rate limit is used up";
		else if (response->status == 413)
			mend = too_large;
		else if (response->status >= 300 && response->status < 400)
			mend = "redirects are not followed: put the final address into the DSN";
		(void)snprintf(result->message, sizeof(result->message),
			       "Sentry at %.*s refused a %s: HTTP %d%s%s; %s",
			       VIEW_FORMAT(sender->dsn.host), what, response->status,
			       response->sentry_error[0] ? ", " : "", response->sentry_error, mend);
	}
}

static bool is_accepted(int status)
{
	return status >= 200 && status < 300;
}

/* The envelope that was written, with a report if there is one. 0 and the status, -errno: no
 * answer. */
static int deliver(struct envelope_sender *sender, const char *what, struct export_result *result,
		   int *ret_status)
{
	struct client_report taken;
	struct http_response *response;
	bool has_report = attach_report(sender, &taken);
	int r = post(sender, &response);

	/* A refusal may be about the report itself: it goes back only where it cannot have been. */
	if (has_report && (r < 0 || response->status == 429 || response->status >= 500))
		client_report_give_back(&sender->report, &taken);
	if (r < 0 || !is_accepted(response->status))
		describe_failure(sender, response, what, result);
	if (r == 0)
		*ret_status = response->status;
	return r;
}

static bool is_blocked(const struct envelope_sender *sender, enum category category)
{
	return rate_limits_is_blocked(&sender->limits, category, clock_monotonic_ns());
}

static enum drop_reason reason_of(int status)
{
	if (status == 429)
		return DROP_RATE_LIMITED;
	return status == 413 ? DROP_TOO_LARGE : DROP_SERVER_REFUSED;
}

/* One item that did not even get to the server. */
static int reject(struct envelope_sender *sender, const struct item *item,
		  enum client_report_reason why, enum drop_reason reason,
		  struct rejections *rejections)
{
	item_losses_add(&sender->report, why, item);
	rejections->counts[reason]++;
	return 1;
}

static int send_transaction(struct envelope_sender *sender, const struct item *item,
			    struct rejections *rejections, struct export_result *result)
{
	struct transaction_summary summary;
	int status, r;

	if (is_blocked(sender, CATEGORY_TRANSACTION))
		return reject(sender, item, REPORT_RATELIMIT_BACKOFF, DROP_RATE_LIMITED,
			      rejections);
	if (envelope_writer_transaction(&sender->writer, item->segment, clock_unix_ns(), &summary) <
	    0)
		return reject(sender, item, REPORT_INTERNAL_SDK_ERROR, DROP_ENCODE_FAILED,
			      rejections);
	r = deliver(sender, "transaction", result, &status);
	if (r < 0)
		return r;
	if (is_accepted(status)) {
		if (summary.dropped_spans_count)
			client_report_add(&sender->report, REPORT_BUFFER_OVERFLOW, CATEGORY_SPAN,
					  summary.dropped_spans_count);
		return 1;
	}
	if (status != 429) /* counted by the server */
		item_losses_add(&sender->report, REPORT_SEND_ERROR, item);
	rejections->counts[reason_of(status)]++;
	return 1;
}

/* Each part has a limit of its own; a minidump means nothing without its event, a session does. */
static struct crash_parts allowed_parts(const struct envelope_sender *sender,
					struct crash_parts parts)
{
	parts.event = parts.event && !is_blocked(sender, CATEGORY_ERROR);
	parts.session = parts.session && !is_blocked(sender, CATEGORY_SESSION);
	parts.minidump = parts.minidump && parts.event && !is_blocked(sender, CATEGORY_ATTACHMENT);
	return parts;
}

/*
 * Writes and delivers. A server that finds an envelope with a minidump too large gets the event
 * once more without: the minidump is what can be spared.
 */
static int deliver_crash(struct envelope_sender *sender, const struct crash *crash,
			 struct crash_parts *parts, struct export_result *result, int *ret_status)
{
	int r = envelope_writer_crash(&sender->writer, crash, *parts, clock_unix_ns());

	if (r < 0) {
		*ret_status = 0; /* could not be written */
		return 0;
	}
	r = deliver(sender, "crash", result, ret_status);
	if (r < 0 || *ret_status != 413 || !parts->minidump)
		return r;
	parts->minidump = false;
	if (envelope_writer_crash(&sender->writer, crash, *parts, clock_unix_ns()) < 0)
		return 0;
	r = deliver(sender, "crash", result, ret_status);
	if (r == 0 && is_accepted(*ret_status))
		(void)snprintf(result->message, sizeof(result->message),
			       "Sentry at %.*s took a crash only without its minidump: HTTP 413; "
			       "raise the size it takes or leave --minidump away",
			       VIEW_FORMAT(sender->dsn.host));
	return r;
}

static int send_crash(struct envelope_sender *sender, const struct item *item,
		      struct rejections *rejections, struct export_result *result)
{
	struct crash_parts all = envelope_writer_parts(item->crash);
	struct crash_parts allowed = allowed_parts(sender, all), sent = allowed;
	const struct crash_parts held = {.event = all.event && !allowed.event,
					 .session = all.session && !allowed.session,
					 .minidump = all.minidump && !allowed.minidump};
	int status = 429, r;

	if (sent.event || sent.session) {
		r = deliver_crash(sender, item->crash, &sent, result, &status);
		if (r < 0)
			return r;
	}
	item_losses_add_parts(&sender->report, REPORT_RATELIMIT_BACKOFF, item->crash, held);
	if (allowed.minidump && !sent.minidump)
		item_losses_add_parts(&sender->report, REPORT_SEND_ERROR, item->crash,
				      (struct crash_parts){.minidump = true});
	if (!is_accepted(status) && status != 429)
		item_losses_add_parts(&sender->report,
				      status ? REPORT_SEND_ERROR : REPORT_INTERNAL_SDK_ERROR,
				      item->crash, sent);
	if (held.event)
		rejections->counts[DROP_RATE_LIMITED]++;
	else if (!is_accepted(status))
		rejections->counts[status ? reason_of(status) : DROP_ENCODE_FAILED]++;
	return 1;
}

/* For all that could have been sent. */
static void reject_sessions(struct envelope_sender *sender, const struct batch *part,
			    enum drop_reason reason, struct rejections *rejections)
{
	bool is_reported = reason != DROP_RATE_LIMITED;
	enum client_report_reason why =
		reason == DROP_ENCODE_FAILED ? REPORT_INTERNAL_SDK_ERROR : REPORT_SEND_ERROR;

	for (uint32_t i = 0; i < part->count; i++) {
		if (!envelope_writer_can_send(part->items[i]->session))
			continue;
		if (is_reported)
			item_losses_add(&sender->report, why, part->items[i]);
		rejections->counts[reason]++;
	}
}

static int send_sessions(struct envelope_sender *sender, const struct batch *part,
			 struct rejections *rejections, struct export_result *result)
{
	uint32_t sendable = 0;
	int status, r = 0;

	for (uint32_t i = 0; i < part->count; i++)
		sendable += envelope_writer_can_send(part->items[i]->session);
	if (sendable && is_blocked(sender, CATEGORY_SESSION)) {
		for (uint32_t i = 0; i < part->count; i++)
			item_losses_add(&sender->report, REPORT_RATELIMIT_BACKOFF, part->items[i]);
		reject_sessions(sender, part, DROP_RATE_LIMITED, rejections);
	} else if (sendable && envelope_writer_sessions(&sender->writer, part->items, part->count,
							clock_unix_ns()) < 0) {
		reject_sessions(sender, part, DROP_ENCODE_FAILED, rejections);
	} else if (sendable) {
		r = deliver(sender, "session", result, &status);
		if (r < 0)
			return r;
		if (!is_accepted(status))
			reject_sessions(sender, part, reason_of(status), rejections);
	}
	/* Without a release there is nothing Sentry could count them for. */
	rejections->counts[DROP_ENCODE_FAILED] += part->count - sendable;
	return (int)part->count;
}

/* Chunk by chunk; what cannot be sent of it does not hold back the rest. */
static int send_profile(struct envelope_sender *sender, const struct item *item,
			struct rejections *rejections, struct export_result *result)
{
	_cleanup_(profile_chunks_done) struct profile_chunks chunks = {0};
	enum drop_reason reason = DROP_ENCODE_FAILED;
	uint32_t lost = 0;
	int status = 0, r;

	if (profile_chunks_init(&chunks, item->profile) < 0)
		return reject(sender, item, REPORT_INTERNAL_SDK_ERROR, DROP_ENCODE_FAILED,
			      rejections);
	for (uint32_t i = 0; i < chunks.count; i++) {
		if (is_blocked(sender, CATEGORY_PROFILE_CHUNK)) {
			client_report_add(&sender->report, REPORT_RATELIMIT_BACKOFF,
					  CATEGORY_PROFILE_CHUNK, chunks.count - i);
			rejections->counts[DROP_RATE_LIMITED]++;
			return 1;
		}
		if (envelope_writer_profile(&sender->writer, &chunks, i, clock_unix_ns()) < 0) {
			client_report_add(&sender->report, REPORT_INTERNAL_SDK_ERROR,
					  CATEGORY_PROFILE_CHUNK, 1);
			lost++;
			continue;
		}
		/* Tried again it is sent from the first one on: chunks have the same ids then. */
		r = deliver(sender, "profile", result, &status);
		if (r < 0)
			return r;
		if (is_accepted(status))
			continue;
		if (status != 429) /* counted by the server */
			client_report_add(&sender->report, REPORT_SEND_ERROR,
					  CATEGORY_PROFILE_CHUNK, 1);
		reason = reason_of(status);
		lost++;
	}
	rejections->counts[reason] += lost > 0;
	return 1;
}

int envelope_sender_send(struct envelope_sender *sender, const struct batch *batch, uint32_t first,
			 struct rejections *rejections, struct export_result *result)
{
	struct batch part = {
		.kind = batch->items[first]->kind,
		.items = batch->items + first,
		.count = batch->count - first,
	};

	if (part.kind == ITEM_SEGMENT)
		return send_transaction(sender, part.items[0], rejections, result);
	if (part.kind == ITEM_CRASH)
		return send_crash(sender, part.items[0], rejections, result);
	if (part.kind == ITEM_PROFILE)
		return send_profile(sender, part.items[0], rejections, result);
	if (part.count > MAX_SESSIONS_PER_ENVELOPE)
		part.count = MAX_SESSIONS_PER_ENVELOPE;
	return send_sessions(sender, &part, rejections, result);
}

void envelope_sender_send_report(struct envelope_sender *sender)
{
	struct client_report taken;
	struct http_response *response;

	if (client_report_is_empty(&sender->report))
		return;
	envelope_writer_begin(&sender->writer, clock_unix_ns());
	if (attach_report(sender, &taken) && post(sender, &response) < 0)
		client_report_give_back(&sender->report, &taken);
}

static int open_transport(struct envelope_sender *sender,
			  const struct sentry_http_settings *settings, char *ret_error,
			  size_t error_size)
{
	char url[MAX_DSN_BYTES + 128], auth[MAX_DSN_BYTES + 128];
	const char *headers[] = {auth, NULL};
	struct http_transport_settings transport = {
		.url = url,
		.user_agent = "limpet/" LIMPET_VERSION,
		.headers = headers,
		.ca_file = settings->ca_file,
		.timeout_ms = settings->timeout_ms ? settings->timeout_ms : DEFAULT_TIMEOUT_MS,
		.max_response_bytes = MAX_RESPONSE_BYTES,
	};

	dsn_envelope_url(&sender->dsn, url, sizeof(url));
	dsn_auth_header(&sender->dsn, auth, sizeof(auth));
	sender->timeout_ns = transport.timeout_ms * NS_PER_MS;
	return http_transport_new(&sender->transport, &transport, ret_error, error_size);
}

int envelope_sender_init(struct envelope_sender *sender,
			 const struct sentry_http_settings *settings, char *ret_error,
			 size_t error_size)
{
	struct view organization_id;
	int r;

	*sender = (struct envelope_sender){.sends_client_reports = !settings->no_client_reports};
	byte_buffer_init(&sender->compressed, MAX_COMPRESSED_BYTES);
	byte_buffer_init(&sender->report_payload, MAX_CLIENT_REPORT_BYTES);
	r = dsn_parse(&sender->dsn, settings->dsn, ret_error, error_size);
	if (r < 0)
		return r;
	organization_id = sender->dsn.organization_id;
	if (settings->organization_id) {
		(void)snprintf(sender->organization_id, sizeof(sender->organization_id), "%s",
			       settings->organization_id);
		organization_id = view_of_text(sender->organization_id);
	}
	envelope_writer_init(&sender->writer, sender->dsn.public_key, organization_id);
	if (settings->is_profiled)
		envelope_writer_set_profiled(&sender->writer);
	return open_transport(sender, settings, ret_error, error_size);
}

void envelope_sender_done(struct envelope_sender *sender)
{
	http_transport_free(&sender->transport);
	envelope_writer_done(&sender->writer);
	byte_buffer_done(&sender->compressed);
	byte_buffer_done(&sender->report_payload);
	dsn_done(&sender->dsn);
}
