/* Where the API server is, and a token that is rotated. */
#include "cmocka_test.h"

#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>
#include "kubernetes/api_place.h"

static char folder[] = "/tmp/limpet-api-place-XXXXXX", token[64], authority[64];
static char error[API_ERROR_BYTES];

static void write_file(const char *path, const char *text)
{
	char fresh[80];
	FILE *file;

	(void)snprintf(fresh, sizeof(fresh), "%s.new", path);
	file = fopen(fresh, "w");
	assert_non_null(file);
	assert_true(fputs(text, file) >= 0);
	assert_int_equal(fclose(file), 0);
	assert_int_equal(rename(fresh, path), 0);
}

static void places(void **state)
{
	struct api_place place = {0};

	(void)state;
	assert_int_equal(unsetenv("KUBERNETES_SERVICE_HOST"), 0);
	assert_int_equal(api_place_init(&place, NULL, NULL, NULL, error), -EINVAL);
	assert_string_equal(error,
			    "kubernetes: the API server is not known: KUBERNETES_SERVICE_HOST "
			    "is not set; give its URL with --kubernetes-server");
	assert_null(place.url);
	assert_int_equal(api_place_init(&place, "http://10.0.0.1", NULL, NULL, error), -EINVAL);
	assert_non_null(strstr(error, "begins with https://"));
	assert_int_equal(api_place_init(&place, "https://h:6443//", "t", "c", error), 0);
	assert_string_equal(place.url, "https://h:6443");
	assert_string_equal(place.token_file, "t");
	assert_string_equal(place.ca_file, "c");
	api_place_done(&place);
	assert_int_equal(setenv("KUBERNETES_SERVICE_HOST", "10.96.0.1", 1), 0);
	assert_int_equal(unsetenv("KUBERNETES_SERVICE_PORT"), 0);
	assert_int_equal(api_place_init(&place, NULL, NULL, NULL, error), 0);
	assert_string_equal(place.url, "https://10.96.0.1:443");
	assert_string_equal(place.token_file, ACCOUNT_FOLDER "/token");
	assert_string_equal(place.ca_file, ACCOUNT_FOLDER "/ca.crt");
	api_place_done(&place);
	assert_int_equal(setenv("KUBERNETES_SERVICE_HOST", "fd00::1", 1), 0);
	assert_int_equal(setenv("KUBERNETES_SERVICE_PORT", "6443", 1), 0);
	assert_int_equal(api_place_init(&place, NULL, NULL, NULL, error), 0);
	assert_string_equal(place.url, "https://[fd00::1]:6443");
	api_place_done(&place);
}

static void rotated(void **state)
{
	struct api_place place;
	bool is_changed;

	(void)state;
	assert_int_equal(api_place_init(&place, "https://h", token, authority, error), 0);
	write_file(token, "first\n");
	write_file(authority, "ca 1");
	assert_int_equal(api_place_refresh(&place, &is_changed, error), 0);
	assert_true(is_changed);
	assert_string_equal(place.header, "Authorization: Bearer first");
	assert_int_equal(api_place_refresh(&place, &is_changed, error), 0);
	assert_false(is_changed);
	write_file(token, "second");
	assert_int_equal(api_place_refresh(&place, &is_changed, error), 0);
	assert_true(is_changed);
	assert_string_equal(place.header, "Authorization: Bearer second");
	write_file(authority, "ca 2");
	assert_int_equal(api_place_refresh(&place, &is_changed, error), 0);
	assert_true(is_changed);
	assert_int_equal(api_place_refresh(&place, &is_changed, error), 0);
	assert_false(is_changed);
	/* The server took it no longer. */
	api_place_distrust_token(&place);
	assert_int_equal(api_place_refresh(&place, &is_changed, error), 0);
	assert_true(is_changed);
	api_place_done(&place);
}

static void no_token(void **state)
{
	static const char *const bad[] = {"", "\n", "two words", "a\r\nX-Other: header", "\x01"};
	struct api_place place;
	bool is_changed = true;

	(void)state;
	assert_int_equal(api_place_init(&place, "https://h", token, authority, error), 0);
	(void)unlink(token);
	assert_int_equal(api_place_refresh(&place, &is_changed, error), -ENOENT);
	assert_non_null(strstr(error, "No such file or directory; mount the service account's"));
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		write_file(token, bad[i]);
		assert_int_equal(api_place_refresh(&place, &is_changed, error), -EINVAL);
		assert_non_null(strstr(error, "not a token"));
	}
	assert_null(place.header);
	api_place_done(&place);
	(void)unlink(token);
	(void)unlink(authority);
	(void)rmdir(folder);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(places),
		cmocka_unit_test(rotated),
		cmocka_unit_test(no_token),
	};

	if (!mkdtemp(folder))
		return 1;
	(void)snprintf(token, sizeof(token), "%s/token", folder);
	(void)snprintf(authority, sizeof(authority), "%s/ca.crt", folder);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
