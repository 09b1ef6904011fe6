/* Every attribute of a resource, who wins where two say different things, and hostile texts. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include "process/resource_builder.h"
#include "process/unit_starts.h"

static struct identity_settings settings;
static const struct host_identity host = {
	.name = "web-7", .arch = "amd64", .id = "abc", .os_version = "6.1"};
static struct proc_snapshot snapshot;

static void assert_text(const struct resource *resource, const char *key, const char *expected)
{
	struct view found = attribute_string(&resource->attributes, key);

	if (!view_equals(found, view_of_text(expected)))
		fail_msg("%s is %.*s, not %s", key, VIEW_FORMAT(found), expected);
}

static void assert_field(struct view found, const char *expected)
{
	if (!view_equals(found, view_of_text(expected)))
		fail_msg("%.*s, not %s", VIEW_FORMAT(found), expected);
}

static struct resource *build(struct view environment)
{
	static const struct build_id ids = {.gnu = "dead", .go = "", .htlhash = "beef"};
	struct resource_sources sources = {
		.settings = &settings,
		.host = &host,
		.snapshot = &snapshot,
		.build_id = &ids,
		.owner = "shop",
		.task_name = "python3",
		.tgid = 4711,
		.start_boottime_ns = 1,
		.runtime = RUNTIME_PYTHON,
	};
	struct resource *resource;

	snapshot.executable_path = VIEW_LITERAL("/usr/bin/python3.11");
	snapshot.command_line = VIEW_LITERAL("python3\0app.py\0--secret\0");
	snapshot.environment = environment;
	snapshot.cgroup = VIEW_LITERAL(
		"0::/docker/9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08\n");
	assert_int_equal(resource_builder_build(&resource, &sources), 0);
	return resource;
}

static void test_all_attributes(void **state)
{
	struct resource *resource = build((struct view){0});

	(void)state;
	assert_text(resource, "service.name", "app");
	assert_text(resource, "process.executable.name", "python3.11");
	assert_text(resource, "process.executable.path", "/usr/bin/python3.11");
	assert_text(resource, "process.executable.build_id.gnu", "dead");
	assert_text(resource, "process.executable.build_id.htlhash", "beef");
	assert_null(attribute_find(&resource->attributes, "process.executable.build_id.go"));
	assert_text(resource, "process.command", "python3");
	assert_text(resource, "process.owner", "shop");
	assert_text(resource, "process.runtime.name", "cpython");
	assert_text(resource, "container.id",
		    "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08");
	assert_text(resource, "host.name", "web-7");
	assert_text(resource, "host.arch", "amd64");
	assert_text(resource, "host.id", "abc");
	assert_text(resource, "os.type", "linux");
	assert_text(resource, "os.version", "6.1");
	assert_text(resource, "telemetry.sdk.name", "limpet");
	assert_text(resource, "telemetry.sdk.language", "cpp");
	assert_text(resource, "telemetry.sdk.version", LIMPET_VERSION);
	assert_int_equal(attribute_find(&resource->attributes, "process.pid")->integer, 4711);
	assert_int_equal(attribute_string(&resource->attributes, "process.creation.time").size,
			 strlen("2026-01-01T00:00:00.000Z"));
	assert_null(attribute_find(&resource->attributes, "process.command_line"));
	assert_null(attribute_find(&resource->attributes, "process.args_count"));
	assert_null(attribute_find(&resource->attributes, "service.version"));
	assert_null(attribute_find(&resource->attributes, "deployment.environment.name"));
	assert_int_equal(resource->pid, 4711);
	assert_field(resource->service_name, "app");
	assert_field(resource->server_name, "web-7");
	assert_field(resource->release, "");
	resource_release(&resource);
}

static void test_arguments_only_when_wanted(void **state)
{
	struct resource *resource;

	(void)state;
	settings.include_arguments = true;
	resource = build((struct view){0});
	settings.include_arguments = false;
	assert_text(resource, "process.command_line", "python3 app.py --secret");
	assert_int_equal(attribute_find(&resource->attributes, "process.args_count")->integer, 3);
	resource_release(&resource);
}

static void test_settle(void **state)
{
	struct resource *resource = build((struct view){0});

	(void)state;
	attribute_set_string(&resource->attributes, &resource->arena, "service.name",
			     VIEW_LITERAL("of the pod"));
	resource->service_name = VIEW_LITERAL("of the pod");
	resource_builder_settle(resource, &settings);
	assert_field(resource->service_name, "of the pod");
	settings.service_name = (char *)"mine";
	resource_builder_settle(resource, &settings);
	settings.service_name = NULL;
	assert_field(resource->service_name, "mine");
	assert_text(resource, "service.name", "mine");
	resource_release(&resource);
}

static void test_own_words_of_the_process(void **state)
{
	struct resource *resource = build(VIEW_LITERAL(
		"OTEL_RESOURCE_ATTRIBUTES=service.name=checkout,service.version=2.0,team=a%2Cb,"
		"deployment.environment.name=staging,process.pid=1,host.name=liar\0"));

	(void)state;
	assert_field(resource->service_name, "checkout");
	assert_field(resource->service_version, "2.0");
	assert_field(resource->release, "2.0");
	assert_field(resource->environment, "staging");
	assert_text(resource, "team", "a,b");
	assert_text(resource, "host.name", "web-7");
	assert_int_equal(attribute_find(&resource->attributes, "process.pid")->integer, 4711);
	resource_release(&resource);
	resource = build(VIEW_LITERAL("SENTRY_RELEASE=shop@1.2.3\0SENTRY_ENVIRONMENT=qa\0"));
	assert_field(resource->release, "shop@1.2.3");
	assert_field(resource->service_version, "1.2.3");
	assert_text(resource, "service.version", "1.2.3");
	assert_field(resource->environment, "qa");
	assert_text(resource, "deployment.environment.name", "qa");
	resource_release(&resource);
	resource = build(VIEW_LITERAL("OTEL_RESOURCE_ATTRIBUTES=service.name=checkout,broken\0"));
	assert_field(resource->service_name, "app");
	resource_release(&resource);
}

static void test_settings_win(void **state)
{
	struct resource *resource;

	(void)state;
	settings.resource_attributes =
		(char *)"team=b,service.name=from-attributes,service.version=9";
	resource = build(
		VIEW_LITERAL("OTEL_SERVICE_NAME=checkout\0OTEL_RESOURCE_ATTRIBUTES=team=a\0"));
	assert_text(resource, "team", "b");
	assert_field(resource->service_name, "from-attributes");
	assert_field(resource->service_version, "9");
	resource_release(&resource);
	settings.service_name = (char *)"all";
	settings.release = (char *)"r1";
	settings.environment = (char *)"live";
	settings.server_name = (char *)"edge";
	resource = build(VIEW_LITERAL(
		"OTEL_SERVICE_NAME=checkout\0SENTRY_RELEASE=x\0SENTRY_ENVIRONMENT=y\0"));
	assert_text(resource, "service.name", "all");
	assert_field(resource->service_name, "all");
	assert_field(resource->release, "r1");
	assert_field(resource->environment, "live");
	assert_text(resource, "deployment.environment.name", "live");
	assert_field(resource->server_name, "edge");
	assert_text(resource, "host.name", "edge");
	resource_release(&resource);
	settings = (struct identity_settings){0};
}

static void test_hostile_text_becomes_utf8(void **state)
{
	static char environment[20000] = "OTEL_SERVICE_NAME=a\xff\xc0z";
	struct resource *resource;

	(void)state;
	resource = build(view_of(environment, 22));
	assert_field(resource->service_name, "a\xef\xbf\xbd\xef\xbf\xbdz");
	resource_release(&resource);
	memset(environment, 'x', sizeof(environment));
	memcpy(environment, "SENTRY_RELEASE=", 15);
	resource = build(view_of(environment, sizeof(environment)));
	assert_true(resource->release.size <= 4096 && resource->release.size > 4090);
	assert_false(resource->arena.is_full);
	resource_release(&resource);
}

static void test_unit(void **state)
{
	struct resource *resource;
	struct resource_sources sources = {
		.settings = &settings, .host = &host, .snapshot = &snapshot, .tgid = 5};

	(void)state;
	snapshot.environment =
		VIEW_LITERAL("INVOCATION_ID=0123456789abcdef0123456789abcdef\0SHELL=sh\0");
	snapshot.cgroup = VIEW_LITERAL("0::/system.slice/shop-app.service\n");
	assert_int_equal(resource_builder_build(&resource, &sources), 0);
	assert_field(resource->service_name, "shop-app");
	assert_text(resource, "systemd.unit", "shop-app.service");
	assert_text(resource, "systemd.invocation_id", "0123456789abcdef0123456789abcdef");
	assert_null(attribute_find(&resource->attributes, "systemd.unit.restarts_seen"));
	sources = (struct resource_sources){
		.settings = &settings, .host = &host, .inherited = resource, .tgid = 6};
	assert_int_equal(resource_builder_build(&resource, &sources), 0);
	assert_text(resource, "systemd.unit", "shop-app.service");
	assert_text(resource, "systemd.invocation_id", "0123456789abcdef0123456789abcdef");
	resource_release(&resource);
	resource = (struct resource *)sources.inherited;
	resource_release(&resource);
}

static int64_t restarts_of(const struct resource *resource)
{
	const struct attribute *one =
		attribute_find(&resource->attributes, "systemd.unit.restarts_seen");

	return one ? one->integer : -1;
}

static void test_restarts(void **state)
{
	struct resource *first, *second, *gone, *child;
	struct unit_starts *starts;
	struct resource_sources sources = {
		.settings = &settings, .host = &host, .snapshot = &snapshot, .tgid = 5};

	(void)state;
	assert_int_equal(unit_starts_new(&starts, 4), 0);
	sources.unit_starts = starts;
	snapshot.cgroup = VIEW_LITERAL("0::/system.slice/shop-app.service\n");
	snapshot.environment = VIEW_LITERAL("INVOCATION_ID=0123456789abcdef0123456789abcdef\0");
	assert_int_equal(resource_builder_build(&first, &sources), 0);
	snapshot.environment = VIEW_LITERAL("INVOCATION_ID=fedcba9876543210fedcba9876543210\0");
	assert_int_equal(resource_builder_build(&second, &sources), 0);
	assert_int_equal(restarts_of(first), 0);
	assert_int_equal(restarts_of(second), 1);
	sources.snapshot = NULL;
	sources.inherited = second;
	assert_int_equal(resource_builder_build(&gone, &sources), 0);
	assert_int_equal(restarts_of(gone), 1);
	assert_int_equal(resource_builder_derive(&child, second, &sources), 0);
	assert_int_equal(restarts_of(child), 1);
	resource_release(&first);
	resource_release(&second);
	resource_release(&gone);
	resource_release(&child);
	unit_starts_free(&starts);
}

static void test_gone_before_it_was_read(void **state)
{
	struct resource *before = build((struct view){0}), *resource;
	struct resource_sources sources = {.settings = &settings,
					   .host = &host,
					   .inherited = before,
					   .task_name = "curl",
					   .tgid = 5};

	(void)state;
	assert_int_equal(resource_builder_build(&resource, &sources), 0);
	assert_field(resource->service_name, "curl");
	assert_text(resource, "process.executable.name", "curl");
	assert_text(resource, "container.id",
		    "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08");
	assert_int_equal(resource->pid, 5);
	resource_release(&resource);
	assert_int_equal(resource_builder_derive(&resource, before, &sources), 0);
	assert_field(resource->service_name, "app");
	assert_text(resource, "process.command", "python3");
	assert_int_equal(attribute_find(&resource->attributes, "process.pid")->integer, 5);
	assert_int_equal(resource->attributes.count, before->attributes.count);
	resource_release(&resource);
	resource_release(&before);
}

static void test_override(void **state)
{
	struct resource *from = build((struct view){0}), *resource;
	struct identity_settings other = {.service_name = (char *)"mine"};

	(void)state;
	assert_int_equal(resource_builder_override(&resource, from, &other), 0);
	assert_field(resource->service_name, "mine");
	assert_text(resource, "service.name", "mine");
	assert_field(from->service_name, "app");
	resource_release(&from);
	assert_text(resource, "process.command", "python3");
	resource_release(&resource);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_all_attributes),
		cmocka_unit_test(test_arguments_only_when_wanted),
		cmocka_unit_test(test_settle),
		cmocka_unit_test(test_own_words_of_the_process),
		cmocka_unit_test(test_settings_win),
		cmocka_unit_test(test_hostile_text_becomes_utf8),
		cmocka_unit_test(test_gone_before_it_was_read),
		cmocka_unit_test(test_unit),
		cmocka_unit_test(test_restarts),
		cmocka_unit_test(test_override),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
