/* What a file holds: by the registry's rows, whatever they are, by its name, by what it says. */
#include "check/tls_file.h"

#include <unistd.h>
#include "capture/tls_libraries.h"
#include "cmocka_test.h"
#include "sample_elf.h"
#include "tls_processes.h"

#define OPENSSL_TEXT "\0tls_process_server_hello\0OpenSSL 3.0.19 27 Jan 2026\0"
#define GO_TEXT      "tls: first record does not look like a TLS handshake"

static const char *const none[] = {NULL};
static const char *const openssl[] = {"SSL_read", "SSL_write", "SSL_free", NULL};
static const struct tls_file_place place = {"/no/proc", 1};
static struct tls_registry registry;
static struct tls_file file;

static void examine(const struct runtime_probe_library *libraries, const char *name,
		    const char *const *functions, const char *section, struct view constants)
{
	struct symbol_elf elf;
	struct view bytes;
	char text[512];
	int fd;

	/* NULs of the text are made when it is in its place: names are texts. */
	for (size_t i = 0; i < constants.size; i++)
		text[i] = constants.bytes[i] ? constants.bytes[i] : '~';
	text[constants.size] = '\0';
	bytes = tls_elf(&elf, functions, section, text);
	for (size_t i = 0; i < bytes.size; i++)
		if (elf.bytes[i] == '~')
			elf.bytes[i] = '\0';
	fd = sample_elf_file(bytes.bytes, bytes.size);
	tls_registry_init(&registry, libraries);
	tls_file_examine(&registry, &place, fd, name, &file);
	close(fd);
}
#define EXAMINE(libraries, name, functions, section, text)                                         \
	examine(libraries, name, functions, section, view_of(text, sizeof(text) - 1))

static void holds(const char *library, enum tls_sight sight, const char *version)
{
	assert_int_equal(file.count, 1);
	assert_string_equal(file.found[0].library, library);
	assert_int_equal(file.found[0].sight, sight);
	assert_string_equal(file.version_of && strcmp(file.version_of, library) == 0 ? file.version
										     : "",
			    version);
}

static void wanted_files(void **state)
{
	static const char *const wanted[] = {"libssl.so.3", "libcrypto.so.3", "libgnutls.so.30",
					     "libjvm.so",   "libssl3.so",     "nginx"};
	static const char *const unwanted[] = {"libc.so.6", "libm.so.6", "libpython3.11.so.1.0"};

	(void)state;
	tls_registry_init(&registry, tls_libraries);
	for (size_t i = 0; i < sizeof(wanted) / sizeof(wanted[0]); i++)
		assert_true(tls_file_is_wanted(&registry, wanted[i]));
	for (size_t i = 0; i < sizeof(unwanted) / sizeof(unwanted[0]); i++)
		assert_false(tls_file_is_wanted(&registry, unwanted[i]));
}

static void libraries(void **state)
{
	static const char *const gnutls[] = {"gnutls_record_recv", "gnutls_record_send", NULL};

	(void)state;
	EXAMINE(tls_libraries, "libssl.so.3", openssl, NULL, "x");
	holds("OpenSSL", TLS_SEEN, "");
	EXAMINE(tls_libraries, "libgnutls.so.30.34.3", gnutls, NULL,
		"1.3.6.1.H9\0GnuTLS\0003.7.9\0x");
	holds("GnuTLS", TLS_SEEN, "3.7.9");
	/* The version lies in the library below, which has no TLS. */
	EXAMINE(tls_libraries, "libcrypto.so.3", none, NULL, OPENSSL_TEXT);
	assert_int_equal(file.count, 0);
	assert_string_equal(file.version_of, "OpenSSL");
	assert_string_equal(file.version, "3.0.19");
	EXAMINE(tls_libraries, "libjvm.so", none, NULL, "x");
	holds("Java", TLS_JAVA, "");
	EXAMINE(tls_libraries, "libwolfssl.so.35", none, NULL, "x");
	holds("wolfSSL", TLS_NO_ROW, "");
}

static void executables(void **state)
{
	(void)state;
	EXAMINE(tls_libraries, "node", openssl, NULL, OPENSSL_TEXT);
	holds("OpenSSL", TLS_SEEN, "3.0.19");
	EXAMINE(tls_libraries, "shop", none, NULL, OPENSSL_TEXT);
	holds("OpenSSL", TLS_STRIPPED, "3.0.19");
	EXAMINE(tls_libraries, "bun", none, NULL, "../boringssl/src/ssl/handshake_client.cc\0");
	holds("BoringSSL", TLS_STRIPPED, "");
	EXAMINE(tls_libraries, "envoy", openssl, NULL, "ssl/handshake_client.cc\0");
	holds("BoringSSL", TLS_SEEN, "");
	/* Other words of OpenSSL's are in programs that leave TLS alone (ssh). */
	EXAMINE(tls_libraries, "ssh", none, NULL, "OpenSSL 3.0.19 27 Jan 2026\0");
	assert_int_equal(file.count, 0);
	EXAMINE(tls_libraries, "cat", none, NULL, "x");
	assert_int_equal(file.count, 0);
}

static const struct runtime_probe_row go_rows[] = {
	{
		.name = "tls-go-read",
		.files = (const char *const[]){RUNTIME_PROBE_GO, NULL},
		.symbols = (const char *const[]){"crypto/tls.(*Conn).Read", NULL},
	},
	{0},
};
static const struct runtime_probe_row rust_rows[] = {
	{
		.name = "tls-rustls",
		.files = (const char *const[]){RUNTIME_PROBE_EXE, NULL},
		.symbols = (const char *const[]){"rustls_read", NULL},
	},
	{0},
};
static const struct runtime_probe_library old[] = {{"OpenSSL", tls_openssl}, {0}};
static const struct runtime_probe_library new[] = {
	{"OpenSSL", tls_openssl}, {"Go crypto/tls", go_rows}, {"rustls", rust_rows}, {0}};

/* With a row of their own, and without. */
static void rows_to_come(void **state)
{
	static const char *const rust[] = {"rustls_read", NULL};
	static const char *const go[] = {"crypto/tls.(*Conn).Read", NULL};

	(void)state;
	EXAMINE(old, "shop", none, NULL, "/src/rustls-0.23.12/src/conn.rs\0");
	holds("rustls", TLS_NO_ROW, "0.23.12");
	EXAMINE(new, "shop", none, NULL, "/src/rustls-0.23.12/src/conn.rs\0");
	holds("rustls", TLS_STRIPPED, "0.23.12");
	EXAMINE(new, "shop", rust, NULL, "/src/rustls-0.23.12/src/conn.rs\0");
	holds("rustls", TLS_SEEN, "0.23.12");
	/* No table of functions as since 1.18. */
	EXAMINE(old, "shop", go, ".go.buildinfo", GO_TEXT "\0");
	holds("Go crypto/tls", TLS_OLD_GO, "");
	EXAMINE(old, "shop", go, ".go.buildinfo", "no TLS in it\0");
	assert_int_equal(file.count, 0);
}

static void hostile_files(void **state)
{
	int fd = sample_elf_file("\177ELF and no more", 16);

	(void)state;
	tls_registry_init(&registry, tls_libraries);
	tls_file_examine(&registry, &place, fd, "libssl.so.3", &file);
	assert_int_equal(file.count, 0);
	tls_file_examine(&registry, &place, fd, "shop", &file);
	assert_int_equal(file.count, 0);
	assert_null(file.version_of);
	close(fd);
	tls_file_examine(&registry, &place, -1, "shop", &file);
	assert_int_equal(file.count, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(wanted_files), cmocka_unit_test(libraries),
		cmocka_unit_test(executables), cmocka_unit_test(rows_to_come),
		cmocka_unit_test(hostile_files)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
