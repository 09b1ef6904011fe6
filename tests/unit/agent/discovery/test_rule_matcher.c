/* Rules against canned facts: each field, order, what is not known, and what was read at all. */
#include "discovery/rule_matcher.h"

#include "cmocka_test.h"

static struct discovery_facts facts;
static struct discovery_verdict verdict;
static uint32_t unreadable, awaited, asked;

static void read_fact(void *self, enum discovery_field field, struct discovery_facts *to)
{
	(void)self;
	asked |= 1u << field;
	if (awaited & 1u << field)
		to->awaited |= 1u << field;
	else if (!(unreadable & 1u << field))
		to->known |= 1u << field;
}

static int begin(void **state)
{
	(void)state;
	facts = (struct discovery_facts){
		.executable = VIEW_LITERAL("/usr/bin/python3.11"),
		.command = VIEW_LITERAL("python3 -m shop --port 80"),
		.uid = 33,
		.user = "www-data",
		.age_ns = 5000000000,
		.unit = "shop@1.service",
		.container_id = "0123456789abcdef",
		.container_name = "shop-web",
		.namespace_name = "prod",
		.labels = VIEW_LITERAL("app=web\0tier=front=1\0"),
		.ports = {80, 8443},
		.ports_count = 2,
	};
	unreadable = awaited = asked = 0;
	return 0;
}

/* '+': traced, '-': ignored; then the rule's place, '*' none, 'w' a wish; then '?' provisional, '!'
 * blind. */
static const char *decided(const char *text)
{
	static const struct discovery_fact_source source = {NULL, read_fact, false};
	static char said[32];
	struct discovery_rules *rules;
	char problem[256];

	asked = facts.known = facts.awaited = 0;
	assert_int_equal(
		discovery_rules_parse(&rules, view_of_text(text), problem, sizeof(problem)), 0);
	rule_matcher_decide(rules, &source, &facts, &verdict);
	discovery_rules_free(&rules);
	(void)snprintf(said, sizeof(said), "%c%c%s%s", verdict.is_traced ? '+' : '-',
		       verdict.rule == RULE_NONE   ? '*'
		       : verdict.rule == RULE_WISH ? 'w'
						   : '0' + verdict.rule,
		       verdict.is_provisional ? "?" : "", verdict.is_blind ? "!" : "");
	return said;
}

static void each_field(void **state)
{
	static const char *const matching[] = {
		"executable=python3.11",
		"executable=/usr/bin/*",
		"user=www-data",
		"user=33",
		"min_age=5s",
		"unit=shop@*.service",
		"container=shop-*",
		"container=0123*",
		"command=\"*-m shop*\"",
		"port=80",
		"port=1-79,8443",
		"namespace=prod",
		"label=app=w*",
		"label=tier=front=1",
		"label=app",
		"user=root,www-data",
		"user=33 port=80 label=app",
	};
	static const char *const other[] = {
		"executable=bin",  "executable=/bin/*", "user=root",    "user=34",
		"unit=shop",       "container=web",     "command=shop", "port=81-8442",
		"namespace=p",     "label=app=web2",    "label=web",    "label=tier=front",
		"user=33 port=81", "executable=a,b,c",
	};
	char text[128];

	(void)state;
	for (size_t i = 0; i < sizeof(matching) / sizeof(matching[0]); i++) {
		(void)snprintf(text, sizeof(text), "ignore %s", matching[i]);
		if (strcmp(decided(text), "-0") != 0)
			fail_msg("%s", text);
		(void)snprintf(text, sizeof(text), "trace %s; ignore", matching[i]);
		if (strcmp(decided(text), "+0") != 0)
			fail_msg("%s", text);
	}
	for (size_t i = 0; i < sizeof(other) / sizeof(other[0]); i++) {
		(void)snprintf(text, sizeof(text), "ignore %s", other[i]);
		if (strcmp(decided(text), "+*") != 0)
			fail_msg("%s", text);
	}
}

static void nothing_of_it_there(void **state)
{
	(void)state;
	facts = (struct discovery_facts){.tgid = 1};
	assert_string_equal(decided("ignore unit=*; ignore container=*; ignore namespace=*; ignore "
				    "label=a; ignore port=1-65535"),
			    "+*");
}

static void the_first_one_decides(void **state)
{
	(void)state;
	assert_string_equal(decided(""), "+*");
	assert_string_equal(decided("ignore"), "-0");
	assert_string_equal(decided("trace user=33; ignore user=33"), "+0");
	assert_string_equal(decided("ignore user=1; ignore port=80; trace"), "-1");
	assert_string_equal(decided("trace user=1; ignore"), "-1");
}

static void nothing_is_read_that_is_not_needed(void **state)
{
	(void)state;
	(void)decided("ignore user=33; ignore port=80 command=x");
	assert_int_equal(asked, 1u << DISCOVERY_USER);
	(void)decided("ignore port=80 executable=nginx; ignore command=x executable=nginx");
	assert_int_equal(asked, 1u << DISCOVERY_EXECUTABLE);
	(void)decided("ignore");
	assert_int_equal(asked, 0);
}

static void too_young(void **state)
{
	(void)state;
	assert_string_equal(decided("trace min_age=5500ms; ignore"), "-1?");
	assert_int_equal(verdict.wait_ns, 500000000);
	assert_string_equal(decided("trace min_age=9s user=33; trace min_age=6s; ignore"), "-2?");
	assert_int_equal(verdict.wait_ns, 1000000000);
	assert_string_equal(decided("trace user=1 min_age=9s; ignore"), "-1");
	assert_int_equal(verdict.wait_ns, 0);
}

/* It speaks for leaving out, and against letting in. */
static void what_cannot_be_known(void **state)
{
	(void)state;
	unreadable = 1u << DISCOVERY_COMMAND;
	assert_string_equal(decided("ignore command=x"), "-0!");
	assert_string_equal(decided("trace command=*; ignore user=1"), "+*!");
	assert_string_equal(decided("trace command=*; ignore"), "-1!");
	assert_string_equal(decided("ignore command=x port=81"), "+*");
	assert_string_equal(decided("ignore user=33; ignore command=x"), "-0");
}

static void what_will_be_known_later(void **state)
{
	(void)state;
	awaited = 1u << DISCOVERY_LABEL | 1u << DISCOVERY_CONTAINER;
	assert_string_equal(decided("ignore label=a=b"), "-0?");
	assert_string_equal(decided("trace label=a=b; ignore"), "-1?");
	/* The id is there before the name is; another id may still have that name. */
	assert_string_equal(decided("ignore container=0123*"), "-0");
	facts.container_name[0] = '\0';
	assert_string_equal(decided("trace container=shop-*; ignore"), "-1?");
}

static void a_pods_wish(void **state)
{
	(void)state;
	facts.wish = WISH_IGNORE;
	assert_string_equal(decided("trace"), "-w");
	facts.wish = WISH_TRACE;
	assert_string_equal(decided("ignore"), "+w");
	assert_int_equal(asked, 0);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(each_field, begin),
		cmocka_unit_test_setup(nothing_of_it_there, begin),
		cmocka_unit_test_setup(the_first_one_decides, begin),
		cmocka_unit_test_setup(nothing_is_read_that_is_not_needed, begin),
		cmocka_unit_test_setup(too_young, begin),
		cmocka_unit_test_setup(what_cannot_be_known, begin),
		cmocka_unit_test_setup(what_will_be_known_later, begin),
		cmocka_unit_test_setup(a_pods_wish, begin),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
