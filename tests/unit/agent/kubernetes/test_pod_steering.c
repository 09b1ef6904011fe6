/* What annotations ask for; what makes no sense is said once per pod and annotation. */
#include "pod_json.h"

#include "captured_output.h"
#include "kubernetes/pod_steering.h"

static struct pod *pod;
static uint32_t complaints;

static struct pod_steering read_steering(const char *annotations)
{
	struct pod_steering steering;

	pod_free(&pod);
	pod = annotated_pod(annotations);
	pod_steering_read(&steering, pod, &complaints);
	return steering;
}

static void all_of_them(void **state)
{
	struct pod_steering steering = read_steering(
		"\"limpet.io/trace\":\"false\",\"limpet.io/sample-rate\":\"0.25\","
		"\"limpet.io/release\":\"shop@1.2+b\",\"limpet.io/environment\":\"lab\","
		"\"limpet.io/service-name\":\"web shop\",\"limpet.io/sentry-dsn-secret\":"
		"\"sentry.x/DSN_1\"");

	(void)state;
	assert_true(steering.is_muted);
	assert_false(steering.is_wanted);
	assert_true(steering.has_rate);
	assert_true(steering.rate == 0.25);
	assert_view(steering.release, "shop@1.2+b");
	assert_view(steering.environment, "lab");
	assert_view(steering.service_name, "web shop");
	assert_true(steering.has_secret);
	assert_string_equal(steering.secret.namespace, "shop");
	assert_string_equal(steering.secret.name, "sentry.x");
	assert_string_equal(steering.secret.key, "DSN_1");
	assert_int_equal(complaints, 0);
	steering = read_steering("\"limpet.io/trace\":\"true\",\"limpet.io/sample-rate\":\"1\"");
	assert_false(steering.is_muted);
	assert_true(steering.is_wanted);
	assert_true(steering.has_rate && steering.rate == 1);
	steering = read_steering("\"limpet.io/sample-rate\":\"0\"");
	assert_true(steering.has_rate && steering.rate == 0);
	assert_false(steering.is_muted || steering.is_wanted);
	assert_int_equal(complaints, 0);
}

static void refused(void **state)
{
	static const char *const values[] = {
		"\"limpet.io/trace\":\"no\"",
		"\"limpet.io/sample-rate\":\"1.1\"",
		"\"limpet.io/sample-rate\":\"-1\"",
		"\"limpet.io/sample-rate\":\".\"",
		"\"limpet.io/sample-rate\":\"1e-3\"",
		"\"limpet.io/sample-rate\":\"0.1.2\"",
		"\"limpet.io/sample-rate\":\"\"",
		"\"limpet.io/release\":\"a/b\"",
		"\"limpet.io/release\":\"..\"",
		"\"limpet.io/release\":\"two\\nlines\"",
		"\"limpet.io/environment\":\"a b\"",
		"\"limpet.io/environment\":\"\"",
		"\"limpet.io/service-name\":\"\\u001b[2J\"",
		"\"limpet.io/sentry-dsn-secret\":\"noslash\"",
		"\"limpet.io/sentry-dsn-secret\":\"/key\"",
		"\"limpet.io/sentry-dsn-secret\":\"name/\"",
		"\"limpet.io/sentry-dsn-secret\":\"../key\"",
		"\"limpet.io/sentry-dsn-secret\":\"other/secrets/key\"",
		"\"limpet.io/sentry-dsn-secret\":\"a?b/key\"",
		"\"limpet.io/sentry-dsn-secret\":\"a%2fb/key\"",
		"\"limpet.io/unheard-of\":\"1\"",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(values) / sizeof(values[0]); i++) {
		struct pod_steering steering;

		complaints = 0;
		steering = read_steering(values[i]);
		assert_int_not_equal(complaints, 0);
		assert_false(steering.is_muted || steering.has_rate || steering.has_secret);
		assert_int_equal(steering.release.size + steering.environment.size +
					 steering.service_name.size,
				 0);
	}
}

static void said_once(void **state)
{
	struct captured_output output;
	const char *text;

	(void)state;
	complaints = 0;
	captured_output_begin(&output, STDERR_FILENO);
	(void)read_steering("\"limpet.io/trace\":\"\\u001b[31mno\"");
	(void)read_steering("\"limpet.io/trace\":\"\\u001b[31mno\"");
	text = captured_output_end(&output);
	assert_string_equal(text, "limpet: warning: pod shop/p: annotation limpet.io/trace: "
				  "'\\x1b[31mno' is ignored; wanted: \"true\" or \"false\"\n");
	pod_free(&pod);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(all_of_them),
		cmocka_unit_test(refused),
		cmocka_unit_test(said_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
