/* Greetings of servers and logins of clients, whole and cut at every offset. */
#include "mysql_bytes.h"

#include "protocols/mysql/mysql_login.h"

/* As Debian's MariaDB 10.11 sends it. */
static const char mariadb_greeting[] =
	"\x0a"
	"5.5.5-10.11.19-MariaDB-0+deb12u1\0\4\0\0\0MNoM3M64\0\xfe\xf7\x2d\2\0\xff\x81\x15"
	"\0\0\0\0\0\0\x1d\0\0\0"
	"-S1OX(>\\HPCy\0mysql_native_password";

static struct view payload_of(struct mysql_bytes *b)
{
	return view_skip(mysql_bytes_view(b), MYSQL_HEADER_BYTES);
}

static void reads_greetings(void **state)
{
	struct mysql_bytes b = {.used = 0};
	struct mysql_greeting greeting;

	(void)state;
	assert_true(mysql_login_read_greeting(view_of(mariadb_greeting, sizeof(mariadb_greeting)),
					      &greeting));
	assert_true(greeting.is_mariadb);
	assert_int_equal(greeting.capabilities, 0x1d81fff7fe);
	mysql_bytes_greeting(&b, "8.0.36", MYSQL_BYTES_CAPABILITIES | MYSQL_CAN_MYSQL);
	assert_true(mysql_login_read_greeting(payload_of(&b), &greeting));
	assert_false(greeting.is_mariadb);
	assert_int_equal(greeting.capabilities, MYSQL_BYTES_CAPABILITIES | MYSQL_CAN_MYSQL);
}

static void reads_no_other_greeting(void **state)
{
	struct mysql_greeting greeting;
	char changed[sizeof(mariadb_greeting)];
	struct view bytes = view_of(changed, sizeof(changed));
	static const size_t zeroes[] = {46, 55, 60};

	(void)state;
	for (size_t cut = 0; cut < 65; cut++) {
		struct view copy = exact_copy(view_of(mariadb_greeting, cut));

		assert_false(mysql_login_read_greeting(copy, &greeting));
		free_copy(copy);
	}
	memcpy(changed, mariadb_greeting, sizeof(changed));
	assert_true(mysql_login_read_greeting(bytes, &greeting));
	for (size_t i = 0; i < sizeof(zeroes) / sizeof(zeroes[0]); i++) {
		assert_int_equal(changed[zeroes[i]], 0);
		changed[zeroes[i]] = 1;
		assert_false(mysql_login_read_greeting(bytes, &greeting));
		changed[zeroes[i]] = 0;
	}
	changed[0] = 9;
	assert_false(mysql_login_read_greeting(bytes, &greeting));
	changed[0] = 10;
	changed[5] = 7;
	assert_false(mysql_login_read_greeting(bytes, &greeting));
}

static void reads_logins(void **state)
{
	struct mysql_bytes b = {.used = 0};
	struct mysql_login login;
	struct view payload;

	(void)state;
	mysql_bytes_login(&b, MYSQL_BYTES_CAPABILITIES, "shop");
	payload = payload_of(&b);
	assert_true(mysql_login_read(payload, &login));
	assert_view(login.database, "shop");
	assert_int_equal(login.capabilities, MYSQL_BYTES_CAPABILITIES);
	assert_false(login.is_ssl_request);
	/* The database is last: a login cut in it has less of it. */
	for (size_t cut = 0; cut <= payload.size; cut++) {
		struct view copy = exact_copy(view_take(payload, cut));

		assert_int_equal(mysql_login_read(copy, &login), cut >= 42);
		free_copy(copy);
	}
	b.used = 0;
	mysql_bytes_login(&b, MYSQL_BYTES_CAPABILITIES & ~MYSQL_CAN_CONNECT_WITH_DB, NULL);
	assert_true(mysql_login_read(payload_of(&b), &login));
	assert_view(login.database, "");
	b.used = 0;
	mysql_bytes_login(&b, MYSQL_BYTES_CAPABILITIES | MYSQL_CAN_LENENC_AUTH, "shop");
	assert_true(mysql_login_read(payload_of(&b), &login));
	assert_view(login.database, "shop");
	b.used = 0;
	mysql_bytes_login(&b, MYSQL_BYTES_CAPABILITIES | MYSQL_CAN_CACHE_METADATA, "shop");
	assert_true(mysql_login_read(payload_of(&b), &login));
	assert_true(login.capabilities & MYSQL_CAN_CACHE_METADATA);
}

static void reads_no_other_login(void **state)
{
	struct mysql_bytes b = {.used = 0};
	struct mysql_login login;

	(void)state;
	mysql_bytes_login(&b, MYSQL_BYTES_CAPABILITIES & ~MYSQL_CAN_PROTOCOL_41, "shop");
	assert_false(mysql_login_read(payload_of(&b), &login));
	b.used = 0;
	mysql_bytes_login(&b, MYSQL_BYTES_CAPABILITIES, "shop");
	b.bytes[MYSQL_HEADER_BYTES + 20] = 1; /* in the filler */
	assert_false(mysql_login_read(payload_of(&b), &login));
	b.used = 0;
	mysql_bytes_login(&b, MYSQL_BYTES_CAPABILITIES | MYSQL_CAN_MYSQL | 1ull << 33, "shop");
	assert_false(mysql_login_read(payload_of(&b), &login));
}

static void tells_a_request_for_tls(void **state)
{
	char payload[32] = {[1] = 0x0a, [4] = 1, [7] = 1, [8] = 45};
	struct mysql_login login;

	(void)state;
	assert_true(mysql_login_read(view_of(payload, sizeof(payload)), &login));
	assert_true(login.is_ssl_request);
	payload[1] = 0x02;
	assert_false(mysql_login_read(view_of(payload, sizeof(payload)), &login));
}

static void reads_changes_of_user(void **state)
{
	(void)state;
	assert_view(mysql_login_read_change(VIEW_LITERAL("bob\0\5proofshop\0\x2d\0plugin"),
					    MYSQL_BYTES_CAPABILITIES),
		    "shop");
	assert_view(mysql_login_read_change(VIEW_LITERAL("bob\0\5proof\0"), 0), "");
	assert_view(mysql_login_read_change(VIEW_LITERAL("bob\0\5pro"), 0), "");
	assert_view(mysql_login_read_change(VIEW_LITERAL(""), 0), "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_greetings),
		cmocka_unit_test(reads_no_other_greeting),
		cmocka_unit_test(reads_logins),
		cmocka_unit_test(reads_no_other_login),
		cmocka_unit_test(tells_a_request_for_tls),
		cmocka_unit_test(reads_changes_of_user),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
