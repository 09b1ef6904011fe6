/* Releases of crashes: what was set, else what the program tells; always the same for one build. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "exporters/sentry/release_name.h"
#include "sample_crash.h"

static struct crash *crash;

static int set_up(void **state)
{
	(void)state;
	crash = known_crash();
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	crash_free(&crash);
	return 0;
}

static void assert_names(const char *release, const char *dist)
{
	char name[MAX_RELEASE_NAME_BYTES], found[MAX_DIST_BYTES];

	release_name_of_crash(crash, name, sizeof(name));
	release_name_dist(crash, found);
	assert_string_equal(name, release);
	assert_string_equal(found, dist);
}

static void takes_the_first_there_is(void **state)
{
	struct resource *resource = crash->resource;

	(void)state;
	assert_names("shop@1.2.3", "68220ae2c65d65c1");
	resource->release = (struct view){0};
	resource->service_version = VIEW_LITERAL("2.14.0");
	assert_names("shop@2.14.0", "68220ae2c65d65c1");
	resource->service_version = (struct view){0};
	assert_names("shop@68220ae2c65d65c1", "68220ae2c65d65c1");
	crash->images[SAMPLE_IMAGE_SHOP].build_id_size = 0;
	assert_names("", "");
	crash->images_count = 0;
	assert_names("", "");
}

static void set_attribute(const char *key, const char *value)
{
	struct resource *resource = crash->resource;

	attribute_set_static(&resource->attributes, &resource->arena, key, value);
}

static void finds_the_executable(void **state)
{
	(void)state;
	crash->resource->release = (struct view){0};
	set_attribute("process.executable.path", "/usr/lib/x86_64-linux-gnu/libc.so.6");
	assert_names("libc.so.6@938d1f1e3cbb6956", "938d1f1e3cbb6956");
	/* Its path is not known: the lowest image it is. */
	set_attribute("process.executable.path", "");
	assert_names("shop@68220ae2c65d65c1", "68220ae2c65d65c1");
	crash->images[SAMPLE_IMAGE_SHOP].build_id_size = 3;
	assert_names("shop@68220a", "68220a");
	crash->images[SAMPLE_IMAGE_SHOP].path = VIEW_LITERAL("/usr/bin/");
	assert_names("", "68220a");
}

/* A process that was killed has the same release as one that crashed. */
static void needs_no_images(void **state)
{
	(void)state;
	crash->resource->release = (struct view){0};
	crash->images_count = 0;
	set_attribute("process.executable.build_id.gnu",
		      "68220ae2c65d65c1b6aaa12fa6765a6ec2f5f434");
	assert_names("shop@68220ae2c65d65c1", "68220ae2c65d65c1");
	set_attribute("process.executable.build_id.gnu", "68220a");
	assert_names("shop@68220a", "68220a");
	set_attribute("process.executable.build_id.gnu", "not hex");
	assert_names("", "");
}

static void is_one_sentry_takes(void **state)
{
	char release[MAX_RELEASE_NAME_BYTES], expected[101];
	static char name[200];

	(void)state;
	crash->resource->release = (struct view){0};
	crash->resource->service_name = VIEW_LITERAL("a/b\\c d\n");
	crash->resource->service_version = VIEW_LITERAL("1\x7f");
	assert_names("a-b-c-d-@1-", "68220ae2c65d65c1");
	memset(name, 'n', sizeof(name));
	memset(expected, 'n', sizeof(expected));
	expected[100] = '@';
	crash->resource->service_name = view_of(name, sizeof(name));
	release_name_of_crash(crash, release, sizeof(release));
	assert_memory_equal(release, expected, sizeof(expected));
	assert_int_equal(strlen(release), 103);
}

static void has_an_environment(void **state)
{
	(void)state;
	assert_true(
		view_equals(release_name_environment(crash->resource), VIEW_LITERAL("staging")));
	crash->resource->environment = (struct view){0};
	assert_true(
		view_equals(release_name_environment(crash->resource), VIEW_LITERAL("production")));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(takes_the_first_there_is, set_up, tear_down),
		cmocka_unit_test_setup_teardown(finds_the_executable, set_up, tear_down),
		cmocka_unit_test_setup_teardown(needs_no_images, set_up, tear_down),
		cmocka_unit_test_setup_teardown(is_one_sentry_takes, set_up, tear_down),
		cmocka_unit_test_setup_teardown(has_an_environment, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
