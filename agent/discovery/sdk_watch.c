/*
 * A process is looked up in a table that forgets who was seen first when it is full: it will be
 * seen again. The published context is looked for when the first segment of a process comes, and
 * once more later: an SDK may be set up lazily.
 */
#include "discovery/sdk_watch.h"

#include <errno.h>
#include <stdlib.h>
#include "base/cleanup.h"
#include "base/clock.h"
#include "base/hash_map.h"
#include "base/log.h"
#include "discovery/otel_context.h"

#define MAX_WATCHED     4096
#define LOOKS           2
#define LOOK_AGAIN_NS   (10 * NS_PER_S)
#define TELEMETRY       "limpet.telemetry" /* protocols/telemetry sets it */
#define GRPC_TRACES     "opentelemetry.proto.collector.trace.v1.TraceService/Export"
#define GRPC_LOGS       "opentelemetry.proto.collector.logs.v1.LogsService/Export"
#define MAX_SHOWN_BYTES 96

struct watched {
	uint8_t sends; /* enum sdk_signal */
	uint8_t looks;
	uint64_t look_ns; /* not before */
};

struct sdk_watch {
	char root[256];
	struct hash_map *processes; /* pid_t → struct watched */
};

int sdk_watch_new(struct sdk_watch **ret, const char *proc_root)
{
	_cleanup_(sdk_watch_free) struct sdk_watch *watch = calloc(1, sizeof(*watch));
	int err;

	if (!watch)
		return -ENOMEM;
	if (strlen(proc_root) >= sizeof(watch->root))
		return -ENAMETOOLONG;
	strcpy(watch->root, proc_root);
	err = hash_map_new(&watch->processes, sizeof(pid_t), sizeof(struct watched), MAX_WATCHED);
	if (err < 0)
		return err;
	*ret = TAKE_PTR(watch);
	return 0;
}

void sdk_watch_free(struct sdk_watch **watch)
{
	if (!*watch)
		return;
	if ((*watch)->processes)
		hash_map_free(&(*watch)->processes);
	free(*watch);
	*watch = NULL;
}

static struct watched *find_or_add(struct sdk_watch *watch, pid_t tgid)
{
	struct watched *watched = hash_map_add(watch->processes, &tgid, NULL);
	void *oldest;

	if (watched)
		return watched;
	oldest = hash_map_oldest(watch->processes);
	if (oldest) {
		pid_t gone = *(const pid_t *)hash_map_key(watch->processes, oldest);

		(void)hash_map_remove(watch->processes, &gone);
	}
	return hash_map_add(watch->processes, &tgid, NULL);
}

static uint8_t signals_of_word(struct view word)
{
	if (view_equals(word, VIEW_LITERAL("otlp.traces")) ||
	    view_equals(word, VIEW_LITERAL("sentry.traces")))
		return SDK_TRACES;
	if (view_equals(word, VIEW_LITERAL("otlp.logs")) ||
	    view_equals(word, VIEW_LITERAL("sentry.errors")) ||
	    view_equals(word, VIEW_LITERAL("sentry")))
		return SDK_ERRORS;
	return 0;
}

/* What was refused or never answered was not sent. */
static uint8_t signals_of_span(const struct span *span)
{
	struct view method;

	if (span->kind != SPAN_CLIENT || span->status == STATUS_ERROR || span->is_incomplete)
		return 0;
	method = attribute_string(&span->attributes, "rpc.method");
	if (view_equals(method, VIEW_LITERAL(GRPC_TRACES)))
		return SDK_TRACES;
	if (view_equals(method, VIEW_LITERAL(GRPC_LOGS)))
		return SDK_ERRORS;
	return signals_of_word(attribute_string(&span->attributes, TELEMETRY));
}

static void note(struct watched *watched, const struct resource *resource, uint8_t sends,
		 const char *how)
{
	char service[MAX_SHOWN_BYTES];

	sends &= (uint8_t)~watched->sends;
	if (!sends)
		return;
	watched->sends |= sends;
	log_info("process %u (%s) sends its own %s (%s): limpet does not; --suppress-sdk=off: it "
		 "does",
		 resource->pid, log_escape(resource->service_name, service, sizeof(service)),
		 sends == SDK_TRACES   ? "traces"
		 : sends == SDK_ERRORS ? "errors"
				       : "traces and errors",
		 how);
}

static void look_for_context(struct sdk_watch *watch, struct watched *watched,
			     const struct resource *resource, uint64_t now_ns)
{
	struct otel_context context;
	char how[3 * MAX_SHOWN_BYTES], name[MAX_SHOWN_BYTES], language[MAX_SHOWN_BYTES];

	if (watched->looks == LOOKS || now_ns < watched->look_ns)
		return;
	watched->looks++;
	watched->look_ns = now_ns + LOOK_AGAIN_NS;
	if (otel_context_read(watch->root, (pid_t)resource->pid, &context) < 0)
		return;
	watched->looks = LOOKS;
	(void)snprintf(how, sizeof(how), "process context of %s %s",
		       log_escape(view_of_text(context.sdk_name), name, sizeof(name)),
		       log_escape(view_of_text(context.sdk_language), language, sizeof(language)));
	note(watched, resource, SDK_TRACES, how);
}

void sdk_watch_see(struct sdk_watch *watch, const struct segment *segment, uint64_t now_ns)
{
	const struct resource *resource = segment->resource;
	struct watched *watched;
	uint8_t sends = 0;

	if (!resource || !resource->pid)
		return;
	watched = find_or_add(watch, (pid_t)resource->pid);
	if (!watched)
		return;
	for (uint32_t i = 0; i < segment->spans_count; i++)
		sends |= signals_of_span(segment->spans[i]);
	if (sends)
		note(watched, resource, sends, "seen from its requests");
	look_for_context(watch, watched, resource, now_ns);
}

bool sdk_watch_suppresses(const struct sdk_watch *watch, pid_t tgid, enum sdk_signal what)
{
	const struct watched *watched = hash_map_find(watch->processes, &tgid);

	return watched && watched->sends & what;
}

void sdk_watch_process_began(struct sdk_watch *watch, pid_t tgid)
{
	(void)hash_map_remove(watch->processes, &tgid);
}

bool sdk_watch_is_our_export(const struct segment *segment)
{
	const struct span *root = segment->spans_count ? segment_root(segment) : NULL;

	return root && root->kind == SPAN_SERVER &&
	       attribute_string(&root->attributes, TELEMETRY).size &&
	       view_starts_with(attribute_string(&root->attributes, "user_agent.original"),
				VIEW_LITERAL("limpet/"));
}
