/* Sources in turn: /proc, then who was added; a told path is taken for granted. */
#include "discovery/fact_reader.h"

#include <errno.h>
#include "cmocka_test.h"
#include "discovery/discovery_text.h"
#include "fake_proc.h"

static struct fake_proc fake;
static struct listener_table *listeners;
static struct discovery_rules *rules;
static struct fact_reader reader;
static struct discovery_verdict verdict;
static enum discovery_wish wish;
static const char *namespace_name;

static int begin(void **state)
{
	(void)state;
	fake_proc_begin(&fake);
	fake_proc_add(&fake, 10, "web", 1, "/opt/web", 1001);
	assert_int_equal(listener_table_new(&listeners, fake.proc), 0);
	assert_int_equal(fact_reader_init(&reader), 0);
	assert_int_equal(fact_reader_set_roots(&reader, fake.proc, fake.root, listeners), 0);
	wish = WISH_NONE;
	namespace_name = NULL;
	return 0;
}

static int end(void **state)
{
	(void)state;
	discovery_rules_free(&rules);
	fact_reader_done(&reader);
	assert_null(reader.facts);
	listener_table_free(&listeners);
	fake_proc_end(&fake);
	return 0;
}

static uint32_t decides(const char *text, uint32_t tgid, const char *program)
{
	struct discovery_settings settings = {.rules = (char *)text};

	discovery_rules_free(&rules);
	assert_int_equal(discovery_text_parse(&rules, &settings), 0);
	return fact_reader_decide(&reader, rules, tgid, view_of_text(program), &verdict);
}

static void a_told_path(void **state)
{
	(void)state;
	assert_int_equal(decides("ignore executable=web", 10, ""), 0);
	assert_false(verdict.is_traced);
	assert_int_equal(decides("ignore executable=web", 10, "/opt/other"), 0);
	assert_true(verdict.is_traced);
	assert_false(verdict.is_blind);
	/* Nobody of that number is there. */
	assert_int_equal(decides("ignore executable=web", 99, "/bin/web"), 0);
	assert_false(verdict.is_traced);
	assert_false(verdict.is_blind);
	assert_int_equal(decides("ignore executable=web", 99, ""), 0);
	assert_true(verdict.is_blind);
}

static void read_namespace(void *self, enum discovery_field field, struct discovery_facts *facts)
{
	(void)self;
	if (field != DISCOVERY_NAMESPACE)
		return;
	if (!namespace_name) {
		facts->awaited |= 1u << field;
		return;
	}
	snprintf(facts->namespace_name, sizeof(facts->namespace_name), "%s", namespace_name);
	facts->known |= 1u << field;
}

static void read_wish(void *self, enum discovery_field field, struct discovery_facts *facts)
{
	(void)self;
	if (field == DISCOVERY_WISH)
		facts->wish = wish;
}

static void more_sources(void **state)
{
	static const char cgroup[] =
		"0::/system.slice/docker-"
		"0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef.scope\n";
	struct discovery_fact_source names = {NULL, read_namespace, false},
				     wishes = {NULL, read_wish, true};

	(void)state;
	assert_int_equal(fact_reader_add_source(&reader, &names), 0);
	assert_int_equal(fact_reader_add_source(&reader, &wishes), 0);
	fake_proc_file(&fake, 10, "cgroup", cgroup, sizeof(cgroup) - 1);
	assert_int_equal(decides("ignore namespace=prod", 10, ""), 1u << DISCOVERY_NAMESPACE);
	assert_true(verdict.is_provisional);
	namespace_name = "prod";
	assert_int_equal(decides("ignore namespace=prod", 10, ""), 0);
	assert_false(verdict.is_traced);
	wish = WISH_TRACE;
	(void)decides("ignore namespace=prod", 10, "");
	assert_true(verdict.is_traced);
	assert_int_equal(fact_reader_add_source(&reader, &names), 0);
	assert_int_equal(fact_reader_add_source(&reader, &names), 0);
	assert_int_equal(fact_reader_add_source(&reader, &names), -ENOSPC);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_told_path, begin, end),
		cmocka_unit_test_setup_teardown(more_sources, begin, end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
