/* Baggage members by key, decoded. */
#include "cmocka_test.h"

#include <errno.h>
#include "model/baggage.h"

static const char field[] = "other=1, sentry-trace_id=771a43a4192642f0b136d5159a501700 ,"
			    "sentry-release=shop%401.2%2C3;prop=x,broken,=no key,sentry-bad=%f,"
			    "sentry-latin=%e9,sentry-empty=,sentry-release=second,k=v=w";

static void assert_member(const char *key, const char *wanted)
{
	struct view baggage = exact_copy(view_of_text(field)), value;
	char buffer[64];

	assert_int_equal(baggage_get(baggage, view_of_text(key), buffer, sizeof(buffer), &value),
			 0);
	assert_view(value, wanted);
	free_copy(baggage);
}

static void gets_members(void **state)
{
	struct view value = VIEW_LITERAL("untouched");
	char buffer[8];

	(void)state;
	assert_member("sentry-trace_id", "771a43a4192642f0b136d5159a501700");
	assert_member("sentry-release", "shop@1.2,3");
	assert_member("sentry-empty", "");
	assert_member("other", "1");
	assert_member("k", "v=w");
	assert_int_equal(
		baggage_get(view_of_text(field), VIEW_LITERAL("broken"), buffer, 8, &value),
		-ENOENT);
	assert_int_equal(baggage_get(view_of_text(field), VIEW_LITERAL("Other"), buffer, 8, &value),
			 -ENOENT);
	assert_int_equal(
		baggage_get(view_of_text(field), VIEW_LITERAL("sentry-bad"), buffer, 8, &value),
		-EINVAL);
	assert_int_equal(
		baggage_get(view_of_text(field), VIEW_LITERAL("sentry-latin"), buffer, 8, &value),
		-EINVAL);
	assert_int_equal(
		baggage_get(view_of_text(field), VIEW_LITERAL("sentry-release"), buffer, 8, &value),
		-ENOSPC);
	assert_int_equal(baggage_get(VIEW_LITERAL(""), VIEW_LITERAL("a"), buffer, 8, &value),
			 -ENOENT);
	assert_view(value, "untouched");
}

static void walks_members(void **state)
{
	struct view rest = view_of_text(field), key, value;
	char seen[256] = "";

	(void)state;
	while (baggage_next(&rest, &key, &value))
		snprintf(seen + strlen(seen), sizeof(seen) - strlen(seen), "%.*s|",
			 VIEW_FORMAT(key));
	assert_string_equal(seen, "other|sentry-trace_id|sentry-release|sentry-bad|sentry-latin|"
				  "sentry-empty|sentry-release|k|");
}

static void knows_sentry(void **state)
{
	(void)state;
	assert_true(baggage_has_sentry(view_of_text(field)));
	assert_false(baggage_has_sentry(VIEW_LITERAL("a=sentry-x,xsentry-=1,sentry-")));
	assert_false(baggage_has_sentry(VIEW_LITERAL("")));
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(gets_members),
		cmocka_unit_test(walks_members),
		cmocka_unit_test(knows_sentry),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
