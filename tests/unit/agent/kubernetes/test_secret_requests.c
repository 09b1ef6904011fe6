/* Which names of Secrets may be asked for, and how many at once; nobody there is no refusal. */
#include "cmocka_test.h"

#include <errno.h>
#include "kubernetes/secret_requests.h"

static bool is_name(const char *namespace, const char *name, const char *key)
{
	struct secret_name secret = {0};

	(void)snprintf(secret.namespace, sizeof(secret.namespace), "%s", namespace);
	(void)snprintf(secret.name, sizeof(secret.name), "%s", name);
	(void)snprintf(secret.key, sizeof(secret.key), "%s", key);
	return secret_requests_is_name(&secret);
}

static void names(void **state)
{
	(void)state;
	assert_true(is_name("shop", "sentry-dsn.v2", "SENTRY_DSN"));
	assert_true(is_name("a", "b", ".c"));
	assert_false(is_name("", "b", "c"));
	assert_false(is_name("a", "", "c"));
	assert_false(is_name("a", "b", ""));
	assert_false(is_name("a", "..", "c"));
	assert_false(is_name("..", "b", "c"));
	assert_false(is_name("a", "b", ".."));
	assert_false(is_name("a", "b/c", "d"));
	assert_false(is_name("a", "b?watch", "d"));
	assert_false(is_name("a", "b%2e", "d"));
	assert_false(is_name("a", "B", "d"));
	assert_false(is_name("a", "b_c", "d"));
	assert_false(is_name("a", "b", "d e"));
	assert_false(is_name("a", "b", "\xc3\xa4"));
}

static void asking(void **state)
{
	CURLM *loop = curl_multi_init();
	struct secret_name name = {"shop", "sentry", "dsn"}, bad = {"shop", "../x", "dsn"};
	struct api_place place = {.url = (char *)"https://127.0.0.1:1", .ca_file = (char *)"/"};
	struct secret_requests *requests;
	struct pod_changes *changes;
	struct pod_change change = {0};
	const CURLMsg *message;
	int running, left;

	(void)state;
	assert_int_equal(pod_changes_new(&changes), 0);
	assert_int_equal(secret_requests_new(&requests, loop, 2000), 0);
	assert_false(secret_requests_ask(requests, &bad));
	for (int i = 0; i < MAX_SECRET_REQUESTS; i++)
		assert_true(secret_requests_ask(requests, &name));
	assert_false(secret_requests_ask(requests, &name));
	/* Without a token nothing is asked. */
	secret_requests_turn(requests, &place, changes);
	assert_false(pod_changes_take(changes, &change));
	place.header = (char *)"Authorization: Bearer x";
	secret_requests_turn(requests, &place, changes);
	while (!pod_changes_take(changes, &change)) {
		(void)curl_multi_perform(loop, &running);
		while ((message = curl_multi_info_read(loop, &left)))
			assert_true(secret_requests_note(requests, message, changes));
		(void)curl_multi_poll(loop, NULL, 0, 20, NULL);
	}
	assert_int_equal(change.kind, PODS_SECRET);
	assert_int_equal(change.secret->err, -EAGAIN);
	assert_string_equal(change.secret->name.name, "sentry");
	pod_change_done(&change);
	secret_requests_free(&requests);
	assert_null(requests);
	pod_changes_free(&changes);
	(void)curl_multi_cleanup(loop);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(names),
		cmocka_unit_test(asking),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
