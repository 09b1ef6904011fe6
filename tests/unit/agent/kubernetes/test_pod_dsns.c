/* DSNs from Secrets: asked for once at a time, renewed, refused, forgotten. */
#include "cmocka_test.h"

#include <errno.h>
#include "base/clock.h"
#include "captured_output.h"
#include "kubernetes/pod_dsns.h"

static unsigned int asked;
static bool takes = true;

static bool ask(void *self, const struct secret_name *name)
{
	(void)self;
	(void)name;
	asked++;
	return takes;
}

static struct pod_dsns *new_dsns(void)
{
	struct pod_dsns_source source = {NULL, ask};
	struct pod_dsns *dsns;

	asked = 0;
	takes = true;
	assert_int_equal(pod_dsns_new(&dsns, &source), 0);
	return dsns;
}

static void answer(struct pod_dsns *dsns, const struct secret_name *name, int err,
		   const char *value, uint64_t now_s)
{
	struct secret_answer answer = {.name = *name, .err = err};

	(void)snprintf(answer.value, sizeof(answer.value), "%s", value);
	pod_dsns_take(dsns, &answer, now_s * NS_PER_S);
}

static const char *find(struct pod_dsns *dsns, const struct secret_name *name, uint64_t now_s,
			bool wanted_pending)
{
	bool is_pending;
	const char *dsn = pod_dsns_find(dsns, name, now_s * NS_PER_S, &is_pending);

	assert_int_equal(is_pending, wanted_pending);
	return dsn;
}

static const struct secret_name name = {"shop", "sentry", "dsn"};

static void renewed(void **state)
{
	struct pod_dsns *dsns = new_dsns();

	(void)state;
	takes = false;
	assert_null(find(dsns, &name, 1, true));
	takes = true;
	assert_null(find(dsns, &name, 1, true));
	assert_null(find(dsns, &name, 2, true));
	assert_int_equal(asked, 2);
	answer(dsns, &name, 0, "https://a@o/1", 3);
	assert_string_equal(find(dsns, &name, 302, false), "https://a@o/1");
	assert_int_equal(asked, 2);
	assert_string_equal(find(dsns, &name, 303, false), "https://a@o/1");
	assert_int_equal(asked, 3);
	/* Nobody answers: what is known stays. */
	answer(dsns, &name, -EAGAIN, "", 304);
	assert_string_equal(find(dsns, &name, 305, false), "https://a@o/1");
	assert_int_equal(asked, 3);
	assert_string_equal(find(dsns, &name, 314, false), "https://a@o/1");
	assert_int_equal(asked, 4);
	answer(dsns, &name, 0, "https://b@o/1", 315);
	assert_string_equal(find(dsns, &name, 316, false), "https://b@o/1");
	pod_dsns_free(&dsns);
	assert_null(dsns);
}

static void refused(void **state)
{
	struct pod_dsns *dsns = new_dsns();
	struct captured_output output;

	(void)state;
	captured_output_begin(&output, STDERR_FILENO);
	assert_null(find(dsns, &name, 1, true));
	answer(dsns, &name, -EACCES, "", 2);
	assert_null(find(dsns, &name, 3, false));
	assert_null(find(dsns, &name, 62, false));
	answer(dsns, &name, -ENOENT, "", 63);
	assert_string_equal(
		captured_output_end(&output),
		"limpet: warning: limpet.io/sentry-dsn-secret: shop/sentry, key dsn: the "
		"agent's service account may not read it; what such pods send goes where "
		"everything else goes\n");
	assert_int_equal(asked, 2);
	/* Allowed in the end. */
	assert_null(find(dsns, &name, 123, false));
	answer(dsns, &name, 0, "https://a@o/1", 124);
	assert_string_equal(find(dsns, &name, 125, false), "https://a@o/1");
	/* An answer to nobody's question. */
	answer(dsns, &(struct secret_name){"x", "y", "z"}, 0, "https://x@o/1", 126);
	pod_dsns_free(&dsns);
}

static void bounded(void **state)
{
	struct pod_dsns *dsns = new_dsns();
	struct secret_name other = name;

	(void)state;
	(void)find(dsns, &name, 1, true);
	answer(dsns, &name, 0, "https://a@o/1", 1);
	for (int i = 0; i < MAX_POD_DSNS; i++) {
		(void)snprintf(other.key, sizeof(other.key), "k%d", i);
		(void)find(dsns, &other, 2, true);
	}
	/* It made room, and is asked for anew. */
	assert_null(find(dsns, &name, 2, true));
	assert_int_equal(asked, MAX_POD_DSNS + 2);
	pod_dsns_free(&dsns);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(renewed),
		cmocka_unit_test(refused),
		cmocka_unit_test(bounded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
