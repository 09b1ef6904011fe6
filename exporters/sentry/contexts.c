/* Contexts: what is known about host and process, under the names Sentry's interface knows. */
#include "exporters/sentry/contexts.h"

#include "exporters/sentry/json_text.h"
#include "exporters/sentry/span_encoder.h"

#define MAX_FIELD_CHARACTERS 256
#define MAX_TAG_CHARACTERS   200

static void set_text(json_t *object, const char *key, const char *text)
{
	json_text_set_string(object, key, view_of_text(text), MAX_FIELD_CHARACTERS);
}

/* 6.1.0-18-amd64: the numbers are the version, the rest is the build. */
static json_t *encode_os(const struct host_context *host)
{
	struct view release = view_of_text(host->kernel_release), build;
	json_t *os = json_object();
	size_t digits = 0;

	while (digits < release.size && strchr("0123456789.", release.bytes[digits]))
		digits++;
	build = view_skip(release, digits);
	if (build.size && (build.bytes[0] == '-' || build.bytes[0] == '+'))
		build = view_skip(build, 1);
	set_text(os, "name", "Linux");
	json_text_set_string(os, "version", view_take(release, digits), MAX_FIELD_CHARACTERS);
	json_text_set_string(os, "build", build, MAX_FIELD_CHARACTERS);
	set_text(os, "kernel_version", host->kernel_release);
	set_text(os, "distribution_name", host->distribution_name);
	set_text(os, "distribution_version", host->distribution_version);
	set_text(os, "distribution_pretty_name", host->distribution_pretty_name);
	return os;
}

static json_t *encode_device(const struct resource *resource, const struct host_context *host)
{
	json_t *device = json_object();

	json_text_set_string(device, "name",
			     resource->server_name.size ? resource->server_name
							: view_of_text(host->hostname),
			     MAX_FIELD_CHARACTERS);
	set_text(device, "arch", host->machine);
	if (host->processor_count > 0)
		json_text_set(device, "processor_count", json_integer(host->processor_count));
	if (host->memory_bytes > 0)
		json_text_set(device, "memory_size", json_integer(host->memory_bytes));
	set_text(device, "cpu_description", host->processor_name);
	if (host->boot_unix_ns)
		json_text_set(device, "boot_time", json_text_time(host->boot_unix_ns));
	return device;
}

static void set_attribute(json_t *object, const char *field, const struct resource *resource,
			  const char *key)
{
	json_text_set_string(object, field, attribute_string(&resource->attributes, key),
			     MAX_FIELD_CHARACTERS);
}

static json_t *encode_app(const struct resource *resource)
{
	json_t *app = json_object();

	json_text_set_string(app, "app_name", resource->service_name, MAX_FIELD_CHARACTERS);
	json_text_set_string(app, "app_version", resource->service_version, MAX_FIELD_CHARACTERS);
	set_attribute(app, "app_start_time", resource, "process.creation.time");
	return app;
}

static json_t *encode_runtime(const struct resource *resource)
{
	json_t *runtime = json_object();

	set_attribute(runtime, "name", resource, "process.runtime.name");
	set_attribute(runtime, "version", resource, "process.runtime.version");
	set_attribute(runtime, "raw_description", resource, "process.runtime.description");
	return runtime;
}

/* The place where Sentry's OpenTelemetry integrations put the resource. */
static json_t *encode_otel(const struct resource *resource)
{
	json_t *otel = json_object();

	json_text_set(otel, "resource",
		      span_encoder_attributes(&resource->attributes, MAX_CONTEXT_ATTRIBUTES_BYTES));
	return otel;
}

/* Where in a cluster it runs. */
static json_t *encode_kubernetes(const struct resource *resource)
{
	static const char *const rows[][2] = {{"cluster", "k8s.cluster.name"},
					      {"node_name", "k8s.node.name"},
					      {"namespace", "k8s.namespace.name"},
					      {"deployment", "k8s.deployment.name"},
					      {"statefulset", "k8s.statefulset.name"},
					      {"daemonset", "k8s.daemonset.name"},
					      {"cronjob", "k8s.cronjob.name"},
					      {"job", "k8s.job.name"},
					      {"pod_name", "k8s.pod.name"},
					      {"pod_uid", "k8s.pod.uid"},
					      {"container_name", "k8s.container.name"}};
	const struct attribute *restarts =
		attribute_find(&resource->attributes, "k8s.container.restart_count");
	json_t *context = json_object();

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		set_attribute(context, rows[i][0], resource, rows[i][1]);
	if (restarts && restarts->type == ATTRIBUTE_INTEGER)
		json_text_set(context, "restart_count", json_integer(restarts->integer));
	return context;
}

void contexts_set_place_tags(json_t *tags, const struct resource *resource)
{
	static const char *const keys[] = {
		"process.executable.name", "systemd.unit",        "container.id",
		"container.name",          "k8s.cluster.name",    "k8s.node.name",
		"k8s.namespace.name",      "k8s.deployment.name", "k8s.pod.name",
		"k8s.container.name"};

	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		struct view value = attribute_string(&resource->attributes, keys[i]);

		if (value.size)
			json_text_set(tags, keys[i], json_text_line(value, MAX_TAG_CHARACTERS));
	}
}

void contexts_set_process(json_t *contexts, const struct resource *resource,
			  const struct host_context *host)
{
	json_text_set_context(contexts, "os", encode_os(host));
	json_text_set_context(contexts, "device", encode_device(resource, host));
	json_text_set_context(contexts, "app", encode_app(resource));
	json_text_set_context(contexts, "runtime", encode_runtime(resource));
	json_text_set_context(contexts, "kubernetes", encode_kubernetes(resource));
	json_text_set_context(contexts, "otel", encode_otel(resource));
}

json_t *contexts_encode(const struct segment *segment, const struct host_context *host)
{
	json_t *contexts = json_object();

	json_text_set_context(contexts, "trace",
			      span_encoder_trace_context(segment, segment_root(segment)));
	if (host->profiler_id[0])
		json_text_set(contexts, "profile",
			      json_pack("{s:s}", "profiler_id", host->profiler_id));
	contexts_set_process(contexts, segment->resource, host);
	return contexts;
}
