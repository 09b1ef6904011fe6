/* Pages of a list. */
#include "pod_json.h"

#include <errno.h>
#include "kubernetes/pod_page.h"

static const struct pod_wishes wishes;
static unsigned int taken;

static void take(void *self, struct pod **pod)
{
	(void)self;
	taken++;
	pod_free(pod);
}

static int parse(struct pod_page *ret, const char *text)
{
	struct view copy = exact_copy(view_of_text(text));
	int err;

	taken = 0;
	err = pod_page_parse(ret, copy, &wishes, take, NULL);
	free_copy(copy);
	return err;
}

static void pages(void **state)
{
	struct pod_page page;

	(void)state;
	assert_int_equal(parse(&page, "{\"kind\":\"PodList\",\"metadata\":{\"resourceVersion\":"
				      "\"5\",\"continue\":\"abc=\"},\"items\":[" WEB_POD
				      ",{},7," WEB_POD "]}"),
			 0);
	assert_int_equal(taken, 2);
	assert_int_equal(page.undecodable_count, 2);
	assert_string_equal(page.resource_version, "5");
	assert_string_equal(page.continue_token, "abc=");
	/* The last one, and an empty one as Go writes it. */
	assert_int_equal(parse(&page, "{\"kind\":\"PodList\",\"metadata\":{\"resourceVersion\":"
				      "\"6\"},\"items\":null}"),
			 0);
	assert_int_equal(taken, 0);
	assert_string_equal(page.resource_version, "6");
	assert_string_equal(page.continue_token, "");
}

static void refused(void **state)
{
	static const char *const texts[] = {
		"",
		"{}",
		"[]",
		"{\"kind\":\"Status\",\"metadata\":{\"resourceVersion\":\"5\"},\"items\":[]}",
		"{\"kind\":\"PodList\",\"metadata\":{},\"items\":[]}",
		"{\"kind\":\"PodList\",\"metadata\":{\"resourceVersion\":\"5\"},\"items\":7}",
		"{\"kind\":\"PodList\",\"metadata\":{\"resourceVersion\":\"\\u0007\"},\"items\":[]}"};
	struct pod_page page = {.undecodable_count = 77};
	char long_token[4096];

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		assert_int_equal(parse(&page, texts[i]), -EINVAL);
	(void)snprintf(long_token, sizeof(long_token),
		       "{\"kind\":\"PodList\",\"metadata\":{\"resourceVersion\":\"5\",\"continue\":"
		       "\"%02100d\"},\"items\":[]}",
		       1);
	assert_int_equal(parse(&page, long_token), -EINVAL);
	assert_int_equal(page.undecodable_count, 77);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(pages),
		cmocka_unit_test(refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
