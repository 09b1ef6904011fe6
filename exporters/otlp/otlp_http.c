/* Encodes, posts, and turns what came back into an outcome by the specification's retry table. */
#include "exporters/otlp/otlp_http.h"

#include <errno.h>
#include <stdio.h>
#include "base/cleanup.h"
#include "base/log.h"
#include "exporters/exporter.h"
#include "exporters/http_place.h"
#include "exporters/http_transport.h"
#include "exporters/otlp/log_encoder.h"
#include "exporters/otlp/otlp_encoder.h"
#include "exporters/otlp/otlp_headers.h"
#include "exporters/otlp/otlp_response.h"
#include "exporters/otlp/profile_encoder.h"

#define DEFAULT_MAX_REQUEST_BYTES  67108864
#define DEFAULT_MAX_RESPONSE_BYTES 4194304

/* Batches are cut into requests of about this size: many receivers refuse more, and it bounds what
 * the buffers grow to. Only a single segment may be larger, up to max_request_bytes. */
#define TARGET_REQUEST_BYTES 4000000

#define USER_AGENT "limpet/" LIMPET_VERSION " OTel-OTLP-Exporter-C/" LIMPET_VERSION

struct otlp_http {
	struct exporter exporter; /* first: the handle */
	struct http_transport *transport;
	struct otlp_encoder encoder;
	int (*encode)(struct otlp_encoder *encoder, struct item *const *items, uint32_t count,
		      size_t max_bytes);
	struct byte_buffer compressed;
	bool gzip;
	uint64_t max_request_bytes;

	/* Where a batch that is to be tried again goes on: the reference keeps its first item's
	 * address from being reused, so an equal address means the same batch. */
	struct item *resume_first;
	uint32_t resume_count;
	struct export_result resume_result; /* of the items before */
};

static void forget_progress(struct otlp_http *otlp)
{
	item_release(&otlp->resume_first);
	otlp->resume_count = 0;
}

static void note_progress(struct otlp_http *otlp, const struct batch *batch, uint32_t done,
			  const struct export_result *total)
{
	struct item *first = done ? item_reference(batch->items[0]) : NULL;

	forget_progress(otlp);
	otlp->resume_first = first;
	otlp->resume_count = done;
	otlp->resume_result = *total;
}

/* Encodes as many items as fit into one request, at least one. -EMSGSIZE: not even the first one
 * does. */
static int encode_some(struct otlp_http *otlp, struct item *const *items, uint32_t count,
		       uint32_t *ret_count)
{
	uint64_t target = otlp->max_request_bytes < TARGET_REQUEST_BYTES ? otlp->max_request_bytes
									 : TARGET_REQUEST_BYTES;
	int err;

	while (count > 1 && otlp->encode(&otlp->encoder, items, count, target) < 0)
		count /= 2;
	err = count > 1 ? 0 : otlp->encode(&otlp->encoder, items, 1, otlp->max_request_bytes);
	*ret_count = count;
	return err;
}

/* What the server counts: spans, or log records. */
static uint32_t count_parts(struct item *const *items, uint32_t count)
{
	uint32_t parts = 0;

	for (uint32_t i = 0; i < count; i++)
		parts += items[i]->kind == ITEM_SEGMENT ? items[i]->segment->spans_count : 1;
	return parts;
}

static void drop(struct export_result *ret_result, enum drop_reason reason, const char *message)
{
	ret_result->outcome = EXPORT_DROPPED;
	ret_result->reason = reason;
	snprintf(ret_result->message, sizeof(ret_result->message), "%s", message);
}

/* The server names rejected spans by number only: each counts as one item, up to all that were
 * sent. */
static void take_success(const struct http_response *response, struct item *const *items,
			 uint32_t count, struct export_result *ret_result)
{
	struct otlp_partial_success partial;

	ret_result->outcome = EXPORT_SENT;
	if (otlp_response_parse(byte_buffer_view(&response->body), &partial) < 0)
		return;
	if (partial.rejected_spans) {
		uint32_t spans = count_parts(items, count);

		if (partial.rejected_spans > spans)
			partial.rejected_spans = spans;
		ret_result->rejected_count =
			partial.rejected_spans < count ? (uint32_t)partial.rejected_spans : count;
		ret_result->reason = DROP_SERVER_REFUSED;
		snprintf(ret_result->message, sizeof(ret_result->message),
			 "the server rejected %llu of %u %s: %s",
			 (unsigned long long)partial.rejected_spans, spans,
			 items[0]->kind == ITEM_SEGMENT   ? "spans"
			 : items[0]->kind == ITEM_PROFILE ? "profiles"
							  : "log records",
			 partial.message[0] ? partial.message : "it gives no reason");
	} else if (partial.message[0]) {
		snprintf(ret_result->message, sizeof(ret_result->message), "the server warns: %s",
			 partial.message);
	}
}

static bool is_retryable(int status)
{
	return status == 429 || status == 502 || status == 503 || status == 504;
}

static const char *mend_for(int status)
{
	switch (status) {
	case 401:
	case 403:
		return "; check the credentials in the OTLP headers";
	case 404:
	case 405:
		return "; check the path of the OTLP endpoint";
	case 415:
		return "; the endpoint does not take OTLP protobuf";
	default:
		return status >= 300 && status < 400
			       ? "; redirects are not followed, name the final URL"
			       : "";
	}
}

static void take_response(const struct http_response *response, struct item *const *items,
			  uint32_t count, struct export_result *ret_result)
{
	char detail[160];

	if (response->is_body_too_large) {
		drop(ret_result, DROP_SERVER_REFUSED,
		     "the server's response is larger than the limit for responses");
		return;
	}
	if (response->status >= 200 && response->status < 300) {
		take_success(response, items, count, ret_result);
		return;
	}
	otlp_response_status_message(byte_buffer_view(&response->body), detail, sizeof(detail));
	ret_result->outcome = is_retryable(response->status) ? EXPORT_RETRY : EXPORT_DROPPED;
	ret_result->reason = response->status == 413 ? DROP_TOO_LARGE : DROP_SERVER_REFUSED;
	ret_result->retry_after_ns =
		ret_result->outcome == EXPORT_RETRY ? response->retry_after_ns : 0;
	snprintf(ret_result->message, sizeof(ret_result->message), "the server answered %d%s%s%s",
		 response->status, detail[0] ? ": " : "", detail, mend_for(response->status));
}

/* Posts what the encoder holds; items are those in it. */
static void post(struct otlp_http *otlp, struct item *const *items, uint32_t count,
		 struct export_result *ret_result)
{
	struct view body = byte_buffer_view(&otlp->encoder.body);
	struct http_response *response;
	const char *encoding = NULL;

	if (otlp->gzip && http_transport_gzip(body, &otlp->compressed) == 0 &&
	    otlp->compressed.size < body.size) {
		body = byte_buffer_view(&otlp->compressed);
		encoding = "gzip";
	}
	if (http_transport_post(otlp->transport, body, "application/x-protobuf", encoding,
				&response) < 0) {
		ret_result->outcome = EXPORT_RETRY;
		ret_result->reason = DROP_RETRIES_EXHAUSTED;
		snprintf(ret_result->message, sizeof(ret_result->message), "%s", response->error);
		return;
	}
	take_response(response, items, count, ret_result);
}

/* One request of the batch. Returns how many items it settled. */
static uint32_t export_some(struct otlp_http *otlp, struct item *const *items, uint32_t count,
			    struct export_result *ret_result)
{
	uint32_t some;

	if (encode_some(otlp, items, count, &some) < 0) {
		drop(ret_result, DROP_TOO_LARGE, "");
		snprintf(ret_result->message, sizeof(ret_result->message),
			 "an item is larger than the largest OTLP request (%llu bytes)",
			 (unsigned long long)otlp->max_request_bytes);
	} else {
		post(otlp, items, some, ret_result);
	}
	return some;
}

/* Memory of one huge segment is not kept. */
static void shrink(struct byte_buffer *buffer)
{
	if (buffer->capacity > TARGET_REQUEST_BYTES)
		byte_buffer_done(buffer);
}

/* Adds what one request brought to what the batch has brought so far; the last message that says
 * something stays. */
static void add_result(struct export_result *total, const struct export_result *result,
		       uint32_t some)
{
	uint32_t lost = result->outcome == EXPORT_DROPPED ? some : result->rejected_count;

	if (lost)
		total->reason = result->reason;
	total->rejected_count += lost;
	if (result->message[0])
		memcpy(total->message, result->message, sizeof(total->message));
	if (result->outcome == EXPORT_SENT)
		total->outcome = EXPORT_SENT;
}

static void export_batch(struct exporter *exporter, const struct batch *batch,
			 struct export_result *ret_result)
{
	struct otlp_http *otlp = (struct otlp_http *)exporter;
	struct export_result total = {.outcome = EXPORT_DROPPED};
	uint32_t done = 0;

	if (batch->count && otlp->resume_first == batch->items[0] &&
	    otlp->resume_count <= batch->count) {
		total = otlp->resume_result;
		done = otlp->resume_count;
	}
	while (done < batch->count) {
		struct export_result result = {0};
		uint32_t some =
			export_some(otlp, batch->items + done, batch->count - done, &result);

		if (result.outcome == EXPORT_RETRY) {
			note_progress(otlp, batch, done, &total);
			*ret_result = result;
			return;
		}
		add_result(&total, &result, some);
		done += some;
	}
	if (total.outcome == EXPORT_DROPPED)
		total.rejected_count = 0;
	*ret_result = total;
	forget_progress(otlp);
	shrink(&otlp->encoder.body);
	shrink(&otlp->compressed);
}

static void close_exporter(struct exporter **exporter)
{
	struct otlp_http *otlp = (struct otlp_http *)*exporter;

	if (!otlp)
		return;
	forget_progress(otlp);
	http_transport_free(&otlp->transport);
	otlp_encoder_done(&otlp->encoder);
	byte_buffer_done(&otlp->compressed);
	free(otlp->exporter.identity);
	free(otlp);
	*exporter = NULL;
}

static const struct exporter_ops traces_ops = {
	.name = "otlp",
	.export = export_batch,
	.close = close_exporter,
	.wanted_kinds = ITEM_BIT(ITEM_SEGMENT),
};

static const struct exporter_ops logs_ops = {
	.name = "otlp_logs",
	.export = export_batch,
	.close = close_exporter,
	.wanted_kinds = ITEM_BIT(ITEM_CRASH),
};

static const struct exporter_ops profiles_ops = {
	.name = "otlp_profiles",
	.export = export_batch,
	.close = close_exporter,
	.wanted_kinds = ITEM_BIT(ITEM_PROFILE),
};

/* By enum otlp_signal. */
static const struct signal {
	const struct exporter_ops *ops;
	int (*encode)(struct otlp_encoder *encoder, struct item *const *items, uint32_t count,
		      size_t max_bytes);
} signals[] = {
	[OTLP_TRACES] = {&traces_ops, otlp_encoder_encode},
	[OTLP_LOGS] = {&logs_ops, log_encoder_encode},
	[OTLP_PROFILES] = {&profiles_ops, profile_encoder_encode},
};

static int open_transport(struct otlp_http *otlp, const struct otlp_http_settings *settings,
			  char *ret_error, size_t error_size)
{
	_cleanup_(otlp_headers_done) struct otlp_headers headers = {0};
	uint64_t max_response_bytes = settings->max_response_bytes;
	int err = otlp_headers_parse(&headers, settings->headers, ret_error, error_size);

	if (err < 0)
		return err;
	return http_transport_new(
		&otlp->transport,
		&(struct http_transport_settings){
			.url = settings->url,
			.user_agent = USER_AGENT,
			.headers = (const char *const *)headers.lines,
			.ca_file = settings->ca_file,
			.client_certificate_file = settings->client_certificate_file,
			.client_key_file = settings->client_key_file,
			.timeout_ms = settings->timeout_ms,
			.max_response_bytes = max_response_bytes ? max_response_bytes
								 : DEFAULT_MAX_RESPONSE_BYTES,
		},
		ret_error, error_size);
}

int otlp_http_new(struct exporter **ret, const struct otlp_http_settings *settings, char *ret_error,
		  size_t error_size)
{
	struct otlp_http *otlp = calloc(1, sizeof(*otlp));
	struct exporter *exporter = otlp ? &otlp->exporter : NULL;
	int err;

	if (!otlp) {
		snprintf(ret_error, error_size, "out of memory");
		return -ENOMEM;
	}
	exporter->ops = signals[settings->signal].ops;
	otlp->encode = signals[settings->signal].encode;
	otlp->gzip = settings->gzip;
	otlp->max_request_bytes = settings->max_request_bytes ? settings->max_request_bytes
							      : DEFAULT_MAX_REQUEST_BYTES;
	otlp_encoder_init(&otlp->encoder);
	byte_buffer_init(&otlp->compressed, otlp->max_request_bytes);
	err = open_transport(otlp, settings, ret_error, error_size);
	exporter->identity = err < 0 ? NULL : http_place_of(settings->url);
	if (err == 0 && !exporter->identity)
		err = -ENOMEM;
	if (err < 0) {
		close_exporter(&exporter);
		return err;
	}
	*ret = exporter;
	return 0;
}
