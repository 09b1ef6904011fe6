/*
 * Order matters: what the process says of itself first, then what we know for certain (pid,
 * executable, host), last what the agent's user decided. Every text is made valid UTF-8 and capped
 * here, so that no exporter meets anything else.
 */
#include "process/resource_builder.h"

#include <stdio.h>
#include <time.h>
#include "base/clock.h"
#include "base/utf8.h"
#include "process/container_id.h"
#include "process/process_environment.h"
#include "process/resource_attributes.h"
#include "process/service_name.h"
#include "process/systemd_unit.h"
#include "process/unit_starts.h"

#define MAX_VALUE_BYTES 4096
#define RESTARTS_SEEN   "systemd.unit.restarts_seen"

static struct view copy_text(struct resource *resource, struct view text)
{
	char buffer[MAX_VALUE_BYTES];

	return arena_copy(&resource->arena, utf8_clean(text, buffer, sizeof(buffer)));
}

static void set_text(struct resource *resource, const char *key, struct view text)
{
	char buffer[MAX_VALUE_BYTES];

	if (text.size)
		attribute_set_string(&resource->attributes, &resource->arena, key,
				     utf8_clean(text, buffer, sizeof(buffer)));
}

static void set_name(struct resource *resource, const char *key, const char *text)
{
	if (text)
		set_text(resource, key, view_of_text(text));
}

static struct view first_of(struct view a, struct view b)
{
	return a.size ? a : b;
}

static void set_start_time(struct resource *resource, uint64_t start_boottime_ns)
{
	struct timespec boot;
	uint64_t boot_now_ns, unix_ns;
	time_t seconds;
	struct tm parts;
	char text[64], zone[96];

	if (start_boottime_ns == 0 || clock_gettime(CLOCK_BOOTTIME, &boot) < 0)
		return;
	boot_now_ns = (uint64_t)boot.tv_sec * NS_PER_S + (uint64_t)boot.tv_nsec;
	unix_ns = clock_unix_ns() - boot_now_ns + start_boottime_ns;
	seconds = (time_t)(unix_ns / NS_PER_S);
	if (!gmtime_r(&seconds, &parts) ||
	    !strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%S", &parts))
		return;
	(void)snprintf(zone, sizeof(zone), "%s.%03uZ", text,
		       (unsigned int)(unix_ns % NS_PER_S / NS_PER_MS));
	set_name(resource, "process.creation.time", zone);
}

/* All arguments with spaces between them. */
static void set_arguments(struct resource *resource, struct view command_line)
{
	char joined[MAX_VALUE_BYTES];
	struct view rest = command_line, argument;
	size_t used = 0;
	int64_t count = 0;

	if (command_line.size && command_line.bytes[command_line.size - 1] == '\0')
		rest.size--;
	while (rest.size && view_next_token(&rest, '\0', &argument)) {
		argument = view_take(argument, sizeof(joined) - 1 - used);
		if (count++ && used < sizeof(joined) - 1)
			joined[used++] = ' ';
		argument = view_take(argument, sizeof(joined) - 1 - used);
		if (argument.size)
			memcpy(joined + used, argument.bytes, argument.size);
		used += argument.size;
	}
	set_text(resource, "process.command_line", view_of(joined, used));
	attribute_set_integer(&resource->attributes, &resource->arena, "process.args_count", count);
}

static void set_unit(struct resource *resource, const struct resource_sources *sources)
{
	const struct proc_snapshot *snapshot = sources->snapshot;
	struct systemd_unit unit;
	uint32_t restarts;

	if (!systemd_unit_find(snapshot->cgroup, snapshot->environment, SYSTEMD_UNITS_FOLDER,
			       &unit))
		return;
	set_name(resource, "systemd.unit", unit.name);
	set_name(resource, "systemd.invocation_id", unit.invocation_id);
	if (sources->unit_starts && unit_starts_count(sources->unit_starts, &unit, &restarts) == 0)
		attribute_set_integer(&resource->attributes, &resource->arena, RESTARTS_SEEN,
				      restarts);
}

static void set_snapshot(struct resource *resource, const struct resource_sources *sources)
{
	const struct proc_snapshot *snapshot = sources->snapshot;
	struct view rest = snapshot->command_line, first;
	struct container_identity container;

	set_text(resource, "process.executable.name", view_base_name(snapshot->executable_path));
	set_text(resource, "process.executable.path", snapshot->executable_path);
	if (view_next_token(&rest, '\0', &first))
		set_text(resource, "process.command", first);
	if (sources->settings->include_arguments)
		set_arguments(resource, snapshot->command_line);
	set_unit(resource, sources);
	if (!container_id_read(snapshot->cgroup, &container))
		return;
	resource->is_contained = true;
	set_name(resource, "container.id", container.id);
	set_name(resource, "container.runtime.name",
		 container_component_runtime_name(container.runtime));
	if (container.pod_uid[0])
		set_name(resource, "k8s.pod.uid", container.pod_uid);
}

static void set_host(struct resource *resource, const struct host_identity *host)
{
	set_name(resource, "host.name", host->name);
	set_name(resource, "host.arch", host->arch);
	set_name(resource, "host.id", host->id);
	set_name(resource, "os.type", "linux");
	set_name(resource, "os.version", host->os_version);
	set_name(resource, "telemetry.sdk.name", "limpet");
	set_name(resource, "telemetry.sdk.language", "cpp");
	set_name(resource, "telemetry.sdk.version", LIMPET_VERSION);
	resource->server_name = copy_text(resource, view_of_text(host->name));
}

static void set_process(struct resource *resource, const struct resource_sources *sources)
{
	resource->pid = (uint32_t)sources->tgid;
	resource->start_boottime_ns = sources->start_boottime_ns;
	attribute_set_integer(&resource->attributes, &resource->arena, "process.pid",
			      sources->tgid);
	set_start_time(resource, sources->start_boottime_ns);
	set_name(resource, "process.owner", sources->owner);
}

/* release and environment, and the OTel attributes that mean the same. */
static void set_release(struct resource *resource, struct view environment)
{
	const struct attribute_list *list = &resource->attributes;
	struct view version = attribute_string(list, "service.version");
	struct view release =
		first_of(process_environment_find(environment, "SENTRY_RELEASE"), version);
	struct view stage = first_of(process_environment_find(environment, "SENTRY_ENVIRONMENT"),
				     attribute_string(list, "deployment.environment.name"));
	ssize_t at;

	stage = first_of(stage, attribute_string(list, "deployment.environment"));
	resource->release = copy_text(resource, release);
	resource->environment = copy_text(resource, stage);
	at = view_find_byte(resource->release, '@');
	resource->service_version =
		version.size ? copy_text(resource, version)
			     : view_skip(resource->release, at >= 0 ? (size_t)at + 1 : 0);
	set_text(resource, "service.version", resource->service_version);
	if (!attribute_find(list, "deployment.environment.name"))
		set_text(resource, "deployment.environment.name", resource->environment);
}

static void set_service(struct resource *resource, const struct resource_sources *sources)
{
	struct service_clues clues = {
		.runtime = sources->runtime,
		.attribute_name = attribute_string(&resource->attributes, "service.name"),
		.task_name = view_of_text(sources->task_name),
	};
	char name[SERVICE_NAME_BYTES];

	if (sources->snapshot) {
		clues.executable_path = sources->snapshot->executable_path;
		clues.command_line = sources->snapshot->command_line;
		clues.environment = sources->snapshot->environment;
		clues.cgroup = sources->snapshot->cgroup;
	}
	service_name_choose(&clues, name);
	resource->is_named = clues.attribute_name.size ||
			     process_environment_find(clues.environment, "OTEL_SERVICE_NAME").size;
	resource->service_name = copy_text(resource, view_of_text(name));
	set_text(resource, "service.name", resource->service_name);
}

static void override_text(struct resource *resource, const char *key, const char *value,
			  struct view *ret_field)
{
	if (!value || !value[0])
		return;
	*ret_field = copy_text(resource, view_of_text(value));
	if (key)
		set_text(resource, key, *ret_field);
}

/* The agent's own attributes were checked when the settings were loaded; a bad value sets nothing.
 */
static void apply_settings(struct resource *resource, const struct identity_settings *settings)
{
	struct attribute_list *list = &resource->attributes;
	struct attribute_list own = {0};
	struct view stage;

	if (settings->resource_attributes)
		(void)resource_attributes_parse(view_of_text(settings->resource_attributes), &own,
						&resource->arena);
	for (uint32_t i = 0; i < own.count; i++)
		attribute_set_string(list, &resource->arena, own.items[i].key, own.items[i].string);
	stage = first_of(attribute_string(&own, "deployment.environment.name"),
			 attribute_string(&own, "deployment.environment"));
	resource->service_name =
		first_of(attribute_string(&own, "service.name"), resource->service_name);
	resource->service_version =
		first_of(attribute_string(&own, "service.version"), resource->service_version);
	resource->environment = first_of(stage, resource->environment);
	override_text(resource, "service.name", settings->service_name, &resource->service_name);
	override_text(resource, NULL, settings->release, &resource->release);
	override_text(resource, "deployment.environment.name", settings->environment,
		      &resource->environment);
	override_text(resource, "host.name", settings->server_name, &resource->server_name);
}

static void set_build_id(struct resource *resource, const struct build_id *build_id)
{
	set_name(resource, "process.executable.build_id.gnu", build_id->gnu);
	set_name(resource, "process.executable.build_id.go", build_id->go);
	set_name(resource, "process.executable.build_id.htlhash", build_id->htlhash);
}

/* A child is where its parent is: it was gone before it could be asked. */
/* Nobody leaves a container or a unit by becoming another program. */
static void inherit(struct resource *resource, const struct resource *from)
{
	static const char *const keys[] = {"container.id", "container.runtime.name", "k8s.pod.uid",
					   "systemd.unit", "systemd.invocation_id"};
	const struct attribute *restarts = attribute_find(&from->attributes, RESTARTS_SEEN);

	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
		set_text(resource, keys[i], attribute_string(&from->attributes, keys[i]));
	if (restarts)
		attribute_set_integer(&resource->attributes, &resource->arena, RESTARTS_SEEN,
				      restarts->integer);
	resource->is_contained = from->is_contained;
}

int resource_builder_build(struct resource **ret, const struct resource_sources *sources)
{
	struct view environment =
		sources->snapshot ? sources->snapshot->environment : (struct view){0};
	struct resource *resource;
	int err = resource_new(&resource);

	if (err < 0)
		return err;
	/* A malformed value is discarded whole, as the specification has it. */
	(void)resource_attributes_parse(
		process_environment_find(environment, "OTEL_RESOURCE_ATTRIBUTES"),
		&resource->attributes, &resource->arena);
	set_release(resource, environment);
	set_service(resource, sources);
	set_process(resource, sources);
	if (sources->snapshot)
		set_snapshot(resource, sources);
	else if (sources->inherited)
		inherit(resource, sources->inherited);
	if (!sources->snapshot)
		set_name(resource, "process.executable.name", sources->task_name);
	if (sources->build_id)
		set_build_id(resource, sources->build_id);
	set_name(resource, "process.runtime.name", elf_language_runtime_name(sources->runtime));
	set_host(resource, sources->host);
	apply_settings(resource, sources->settings);
	*ret = resource;
	return 0;
}

int resource_builder_derive(struct resource **ret, const struct resource *from,
			    const struct resource_sources *sources)
{
	int err = resource_copy(ret, from);

	if (err == 0)
		set_process(*ret, sources);
	return err;
}

int resource_builder_override(struct resource **ret, const struct resource *from,
			      const struct identity_settings *settings)
{
	int err = resource_copy(ret, from);

	if (err == 0)
		apply_settings(*ret, settings);
	return err;
}

void resource_builder_settle(struct resource *resource, const struct identity_settings *settings)
{
	apply_settings(resource, settings);
}
