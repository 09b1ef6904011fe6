/* Lists of ports: what is one and what is not. */
#include "cmocka_test.h"

#include <errno.h>
#include "settings/port_list.h"

static void lists(void **state)
{
	uint16_t ports[MAX_LISTED_PORTS] = {7, 7, 7, 7};

	(void)state;
	assert_int_equal(port_list_parse(VIEW_LITERAL("53"), ports), 0);
	assert_int_equal(ports[0], 53);
	assert_int_equal(ports[1], 0);
	assert_int_equal(port_list_parse(VIEW_LITERAL("53, 5353,1,65535"), ports), 0);
	assert_int_equal(ports[1], 5353);
	assert_int_equal(ports[2], 1);
	assert_int_equal(ports[3], 65535);
	assert_int_equal(port_list_parse(VIEW_LITERAL("off"), ports), 0);
	for (int i = 0; i < MAX_LISTED_PORTS; i++)
		assert_int_equal(ports[i], 0);
}

static void not_lists(void **state)
{
	static const char *const texts[] = {"",      "0",         "65536", "53,", ",53",
					    "53,,1", "1,2,3,4,5", "dns",   "OFF", "-1"};
	uint16_t ports[MAX_LISTED_PORTS] = {7, 7, 7, 7};

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		assert_int_equal(port_list_parse(view_of_text(texts[i]), ports), -EINVAL);
	assert_int_equal(ports[0], 7);
	assert_int_equal(ports[3], 7);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(lists),
		cmocka_unit_test(not_lists),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
