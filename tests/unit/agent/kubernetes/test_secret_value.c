/* Values of Secrets: strict base64, one printable word. */
#include "cmocka_test.h"

#include <errno.h>
#include "kubernetes/secret_value.h"

static int read_value(const char *json, char ret[MAX_SECRET_BYTES])
{
	struct view copy = exact_copy(view_of_text(json));
	int err = secret_value_read(copy, "dsn", ret);

	free_copy(copy);
	return err;
}

static int read_base64(const char *text, char ret[MAX_SECRET_BYTES])
{
	char json[4096];

	(void)snprintf(json, sizeof(json), "{\"kind\":\"Secret\",\"data\":{\"dsn\":\"%s\"}}", text);
	return read_value(json, ret);
}

static void values(void **state)
{
	char value[MAX_SECRET_BYTES];

	(void)state;
	assert_int_equal(read_base64("YQ==", value), 0);
	assert_string_equal(value, "a");
	assert_int_equal(read_base64("YWI=", value), 0);
	assert_string_equal(value, "ab");
	assert_int_equal(read_base64("YWJj", value), 0);
	assert_string_equal(value, "abc");
	/* With the newline of an editor. */
	assert_int_equal(read_base64("aHR0cHM6Ly9rQG8vMQo=", value), 0);
	assert_string_equal(value, "https://k@o/1");
	assert_int_equal(read_base64("Pj4/Pj4+", value), 0);
	assert_string_equal(value, ">>?>>>");
}

static void refused(void **state)
{
	char value[MAX_SECRET_BYTES] = "before", text[2048];

	(void)state;
	assert_int_equal(read_base64("", value), -EINVAL);
	assert_int_equal(read_base64("Cg==", value), -EINVAL);
	assert_int_equal(read_base64("YWJ", value), -EINVAL);
	assert_int_equal(read_base64("YW J", value), -EINVAL);
	assert_int_equal(read_base64("Y=Jj", value), -EINVAL);
	assert_int_equal(read_base64("====", value), -EINVAL);
	assert_int_equal(read_base64("YSBi", value), -EINVAL);
	assert_int_equal(read_base64("AAAA", value), -EINVAL);
	(void)snprintf(text, sizeof(text), "%01500d", 0);
	assert_int_equal(read_base64(text, value), -E2BIG);
	assert_int_equal(read_value("{\"kind\":\"Secret\",\"data\":{\"other\":\"YQ==\"}}", value),
			 -ENOENT);
	assert_int_equal(read_value("{\"kind\":\"Secret\"}", value), -ENOENT);
	assert_int_equal(read_value("{\"kind\":\"Secret\",\"data\":{\"dsn\":7}}", value), -EINVAL);
	assert_int_equal(read_value("{\"kind\":\"Status\",\"data\":{\"dsn\":\"YQ==\"}}", value),
			 -EINVAL);
	assert_int_equal(read_value("{", value), -EINVAL);
	assert_string_equal(value, "before");
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(values),
		cmocka_unit_test(refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
