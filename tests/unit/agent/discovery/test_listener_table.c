/* Lines of /proc/net/tcp, and a table of sockets in a /proc of our making. */
#include "discovery/listener_table.h"

#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>
#include "cmocka_test.h"
#include "fake_proc.h"

#define HEAD                                                                                       \
	"  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n"
#define LINE(port, state, inode)                                                                   \
	"   0: 0100007F:" port " 00000000:0000 " state                                             \
	" 00000000:00000000 00:00000000 00000000     0        0 " inode " 1 0 100 0 0 10 0\n"

static struct fake_proc fake;
static struct listener_table *table;
static struct discovery_rules *rules;

static void put_link(int pid, const char *name, const char *to)
{
	char path[160];

	snprintf(path, sizeof(path), "%s/%d/%s", fake.proc, pid, name);
	(void)unlink(path);
	assert_int_equal(symlink(to, path), 0);
}

static void add(int pid, const char *net, const char *tcp, const char *tcp6)
{
	char path[160];

	fake_proc_add(&fake, pid, "x", 1, "/bin/x", 0);
	for (int i = 0; i < 3; i++) {
		snprintf(path, sizeof(path), "%s/%d/%s", fake.proc, pid,
			 ((const char *[]){"ns", "net", "fd"})[i]);
		assert_int_equal(mkdir(path, 0755), 0);
	}
	put_link(pid, "ns/net", net);
	fake_proc_file(&fake, pid, "net/tcp", tcp, strlen(tcp));
	fake_proc_file(&fake, pid, "net/tcp6", tcp6, strlen(tcp6));
}

static int begin(void **state)
{
	char problem[256];

	(void)state;
	fake_proc_begin(&fake);
	assert_int_equal(discovery_rules_parse(&rules, VIEW_LITERAL("trace port=80,8000-8099"),
					       problem, sizeof(problem)),
			 0);
	assert_int_equal(listener_table_new(&table, fake.proc), 0);
	listener_table_set_rules(table, rules);
	return 0;
}

static int end(void **state)
{
	(void)state;
	listener_table_free(&table);
	discovery_rules_free(&rules);
	fake_proc_end(&fake);
	return 0;
}

static void lines(void **state)
{
	static const char good[] = LINE("1F90", "0A", "77");
	uint16_t port = 0;
	uint64_t inode = 0;

	(void)state;
	assert_true(
		listener_table_parse_line(VIEW_LITERAL(LINE("1F90", "0A", "77")), &port, &inode));
	assert_int_equal(port, 8080);
	assert_int_equal(inode, 77);
	assert_true(listener_table_parse_line(
		VIEW_LITERAL("1: 00000000000000000000000000000000:0050 0:0 0A 0 0 0 0 0 9"), &port,
		&inode));
	assert_int_equal(port, 80);
	assert_int_equal(inode, 9);
	assert_false(
		listener_table_parse_line(VIEW_LITERAL(LINE("1F90", "01", "77")), &port, &inode));
	assert_false(listener_table_parse_line(VIEW_LITERAL(HEAD), &port, &inode));
	assert_false(
		listener_table_parse_line(VIEW_LITERAL(LINE("1F9", "0A", "77")), &port, &inode));
	assert_false(
		listener_table_parse_line(VIEW_LITERAL(LINE("1F90", "0A", "x")), &port, &inode));
	for (size_t size = 0; size < sizeof(good) - 1; size++) {
		struct view copy = exact_copy(view_of(good, size));

		(void)listener_table_parse_line(copy, &port, &inode);
		free_copy(copy);
	}
}

static uint32_t ports_of(pid_t pid, uint16_t *ret)
{
	uint32_t count;

	assert_int_equal(listener_table_ports(table, pid, ret, 4, &count), 0);
	return count;
}

static void who_listens(void **state)
{
	uint16_t ports[4];
	uint32_t count;

	(void)state;
	/* What stands behind the first that does not listen is not read. */
	add(10, "net:[1]",
	    HEAD LINE("0050", "0A", "100") LINE("0016", "0A", "101") LINE("1F90", "0A", "102")
		    LINE("1F91", "01", "103") LINE("1F92", "0A", "104"),
	    HEAD LINE("1F93", "0A", "105"));
	add(11, "net:[1]", "", "");
	add(12, "net:[2]", HEAD LINE("0050", "0A", "200"), "");
	put_link(11, "fd/3", "socket:[102]");
	put_link(11, "fd/4", "socket:[101]");
	put_link(11, "fd/5", "/dev/null");
	put_link(11, "fd/6", "socket:[105]");
	put_link(12, "fd/0", "socket:[200]");
	/* Nothing was read yet: nobody's descriptors are looked at. */
	assert_int_equal(ports_of(4711, ports), 0);
	assert_true(listener_table_scan(table, true));
	assert_int_equal(ports_of(11, ports), 2);
	assert_int_equal(ports[0] + ports[1], 8080 + 0x1f93);
	assert_int_equal(ports_of(12, ports), 1);
	assert_int_equal(ports[0], 80);
	assert_int_equal(ports_of(10, ports), 0);
	assert_int_equal(listener_table_ports(table, 4711, ports, 4, &count), -ENOENT);
}

/* Descriptors are looked at up to a bound, then not before the next scan. */
static void too_many_descriptors(void **state)
{
	uint16_t ports[4];
	uint32_t count;
	int err = 0;

	(void)state;
	add(10, "net:[1]", HEAD LINE("0050", "0A", "100"), "");
	put_link(10, "fd/0", "socket:[100]");
	for (int i = 1; i < 98; i++) {
		char name[16];

		snprintf(name, sizeof(name), "fd/%d", i);
		put_link(10, name, "/dev/null");
	}
	assert_true(listener_table_scan(table, true));
	for (int i = 0; i < 32768 / 100; i++)
		assert_int_equal(ports_of(10, ports), 1);
	for (int i = 0; i < 2 && err == 0; i++)
		err = listener_table_ports(table, 10, ports, 4, &count);
	assert_int_equal(err, -EAGAIN);
	assert_false(listener_table_scan(table, false));
	assert_int_equal(ports_of(10, ports), 1);
}

static void what_is_new(void **state)
{
	uint16_t ports[4];

	(void)state;
	add(10, "net:[1]", HEAD LINE("0050", "0A", "100"), HEAD);
	put_link(10, "fd/3", "socket:[100]");
	assert_true(listener_table_scan(table, true));
	assert_false(listener_table_scan(table, false));
	fake_proc_file(&fake, 10, "net/tcp", HEAD, sizeof(HEAD) - 1);
	assert_false(listener_table_scan(table, false));
	assert_int_equal(ports_of(10, ports), 0);
	fake_proc_file(&fake, 10, "net/tcp6", HEAD LINE("1F40", "0A", "300"),
		       sizeof(HEAD LINE("1F40", "0A", "300")) - 1);
	assert_true(listener_table_scan(table, false));
	/* A port nobody asks for is no news. */
	fake_proc_file(&fake, 10, "net/tcp", HEAD LINE("0051", "0A", "301"),
		       sizeof(HEAD LINE("0051", "0A", "301")) - 1);
	assert_false(listener_table_scan(table, false));
	/* A namespace that came later is found when they are looked for. */
	add(20, "net:[7]", HEAD LINE("0050", "0A", "400"), "");
	assert_false(listener_table_scan(table, false));
	assert_true(listener_table_scan(table, true));
}

/* Most of those who come last live for a moment: whoever stands for a namespace is its oldest, and
 * when that one ends the next does, at once. */
static void who_stands_for_a_namespace_ends(void **state)
{
	static const char after[] = HEAD LINE("0050", "0A", "100") LINE("1F90", "0A", "101");
	uint16_t ports[4];

	(void)state;
	for (int pid = 10; pid < 14; pid++)
		add(pid, "net:[1]", HEAD, HEAD);
	put_link(12, "fd/3", "socket:[101]");
	assert_false(listener_table_scan(table, true));
	fake_proc_remove(&fake, 13);
	fake_proc_file(&fake, 10, "net/tcp", after, sizeof(after) - 1);
	assert_true(listener_table_scan(table, false));
	assert_int_equal(ports_of(12, ports), 1);
	assert_int_equal(ports[0], 8080);
	fake_proc_remove(&fake, 10);
	fake_proc_file(&fake, 11, "net/tcp", HEAD LINE("1F91", "0A", "102"),
		       sizeof(HEAD LINE("1F91", "0A", "102")) - 1);
	assert_true(listener_table_scan(table, false));
	assert_int_equal(ports_of(12, ports), 0);
	/* The last of them: what listened is gone with it. */
	put_link(12, "fd/3", "socket:[102]");
	assert_int_equal(ports_of(12, ports), 1);
	for (int pid = 11; pid < 13; pid++)
		fake_proc_remove(&fake, pid);
	assert_false(listener_table_scan(table, false));
	assert_int_equal(ports_of(12, ports), 0);
}

static void without_rules_for_ports(void **state)
{
	(void)state;
	add(10, "net:[1]", HEAD LINE("0050", "0A", "100"), HEAD);
	listener_table_set_rules(table, NULL);
	assert_false(listener_table_scan(table, true));
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(lines),
		cmocka_unit_test_setup_teardown(who_listens, begin, end),
		cmocka_unit_test_setup_teardown(too_many_descriptors, begin, end),
		cmocka_unit_test_setup_teardown(what_is_new, begin, end),
		cmocka_unit_test_setup_teardown(who_stands_for_a_namespace_ends, begin, end),
		cmocka_unit_test_setup_teardown(without_rules_for_ports, begin, end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
