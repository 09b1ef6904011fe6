/* Rows belong together: what begins also ends, and the names are those of the libraries. */
#include "cmocka_test.h"

#include <string.h>
#include "capture/tls_libraries.h"

static bool wants_as(const char *file, bool is_go)
{
	const struct runtime_probe_row *row;

	for (uint32_t i = 0; (row = runtime_probe_table_row(tls_libraries, i)); i++)
		if (runtime_probe_table_is_of(row, file, is_go))
			return true;
	return false;
}

static bool wants(const char *file)
{
	return wants_as(file, false);
}

/* Rows of Go come in pairs, the beginning first (probed_file.c). */
static void go_pairs(void **state)
{
	(void)state;
	for (const struct runtime_probe_row *row = tls_go; row->name; row++) {
		assert_true(runtime_probe_table_is_of(row, "server", true));
		assert_false(runtime_probe_table_is_of(row, "server", false));
		if (!row->is_go_call || !row->is_return)
			continue;
		assert_true(!row[1].is_return && row[1].is_go_call);
		assert_string_equal(row->symbols[0], row[1].symbols[0]);
	}
	assert_true(wants_as("server", true));
}

static void files(void **state)
{
	(void)state;
	assert_true(wants("libssl.so.1.0.2"));
	assert_true(wants("libssl.so.3"));
	assert_true(wants("libssl-3a880ada.so.1.1")); /* of a Python wheel */
	assert_true(wants("libgnutls.so.30.34.3"));
	assert_true(wants("libnspr4.so"));
	assert_true(wants("libssl3.so")); /* of NSS */
	assert_true(wants("libnode.so.108"));
	assert_true(wants("node")); /* with OpenSSL inside */
	assert_false(wants("libcrypto.so.3"));
	assert_false(wants("libc.so.6"));
}

static const struct runtime_probe_row *find(const struct runtime_probe_row *of, bool is_return)
{
	const struct runtime_probe_row *row;

	for (uint32_t i = 0; (row = runtime_probe_table_row(tls_libraries, i)); i++)
		if (row->is_return == is_return && strcmp(row->files[0], of->files[0]) == 0 &&
		    strcmp(row->symbols[0], of->symbols[0]) == 0)
			return row;
	return NULL;
}

/* Nothing is to be known of its return. */
static bool is_single(const struct runtime_probe_row *row)
{
	static const char *const programs[] = {"on_tls_free",         "on_tls_rustls_client",
					       "on_tls_rustls_begin", "on_tls_rustls_received",
					       "on_go_tls_write",     "on_go_tls_handshake"};

	for (size_t i = 0; i < sizeof(programs) / sizeof(programs[0]); i++)
		if (strcmp(row->program, programs[i]) == 0)
			return true;
	return false;
}

static void pairs(void **state)
{
	const struct runtime_probe_row *row;
	uint32_t count = 0;

	(void)state;
	for (; (row = runtime_probe_table_row(tls_libraries, count)); count++) {
		bool is_go = strcmp(row->files[0], RUNTIME_PROBE_GO) == 0;

		assert_true(row->is_optional);
		assert_true(!row->symbols[1] || strchr(row->symbols[1], '*'));
		assert_true(is_single(row) || find(row, true));
		assert_int_equal(row->is_go_call, is_go && !is_single(row));
		assert_non_null(find(row, false));
		if (row->is_return && is_go)
			assert_string_equal(row->program, "on_go_tls_return");
		else if (row->is_return && strcmp(row->program, "on_tls_rustls_written") != 0)
			assert_string_equal(row->program,
					    find(row, false)->program[strlen("on_tls_")] == 'h'
						    ? "on_tls_handshake_return"
						    : "on_tls_return");
	}
	assert_in_range(count, 1, MAX_RUNTIME_PROBE_ROWS);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(files), cmocka_unit_test(pairs),
					   cmocka_unit_test(go_pairs)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
