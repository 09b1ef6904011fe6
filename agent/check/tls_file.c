/* Places found by the probes' own search come first; names and texts say what that left out. */
#include "check/tls_file.h"

#include <errno.h>
#include <fnmatch.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include "base/cleanup.h"
#include "process/elf_language.h"
#include "process/elf_text.h"
#include "process/runtime_version.h"

/* Libraries told by the name of their file. */
struct stranger {
	const char *pattern;
	const char *library;
	enum tls_sight sight;
};

static const struct stranger strangers[] = {
	{"libjvm.so", "Java", TLS_JAVA},
	{"libssl3.so", "NSS", TLS_NO_ROW},
	{"libmbedtls.so*", "mbedTLS", TLS_NO_ROW},
	{"libwolfssl.so*", "wolfSSL", TLS_NO_ROW},
	{"libs2n.so*", "s2n-tls", TLS_NO_ROW},
	{"libbotan-[0-9]*.so*", "Botan", TLS_NO_ROW},
	{0},
};

/* Libraries inside an executable, told by a text that their TLS leaves there, stripped or not. In
 * two parts: whole ones would be found in ourselves. */
struct mark {
	const char *library;
	const char *family; /* how a row of the registry begins that would see it */
	const char *text[2];
};

#define MARKS_COUNT    4
#define MAX_MARK_BYTES 64

static const struct mark marks[MARKS_COUNT] = {
	{"OpenSSL", "OpenSSL", {"tls_process_", "server_hello"}},
	{"BoringSSL", "OpenSSL", {"ssl/handshake_", "client.cc"}},
	{"rustls", "rustls", {"/rust", "ls-0."}},
	{"Go crypto/tls", "Go", {"first record does not ", "look like a TLS handshake"}},
};

/* Where a version is told; OpenSSL's is in the library below. */
struct version_text {
	const char *library;
	const char *pattern; /* of the file's name; RUNTIME_PROBE_EXE: of an executable with it */
	struct elf_text_pattern text;
};

static const struct version_text versions[] = {
	{"OpenSSL", "libcrypto*.so*", {"OpenSSL ", false, true, false}},
	{"OpenSSL", RUNTIME_PROBE_EXE, {"OpenSSL ", false, true, false}},
	{"GnuTLS", "libgnutls.so*", {"3.", true, true, true}},
	{"rustls", RUNTIME_PROBE_EXE, {"/rustls-", false, false, false}},
	{0},
};

void tls_registry_init(struct tls_registry *registry, const struct runtime_probe_library *libraries)
{
	*registry = (struct tls_registry){.rows.is_census = true, .tables = libraries};
	for (; libraries->name; libraries++)
		for (const struct runtime_probe_row *row = libraries->rows;
		     row->name && registry->rows.count < MAX_RUNTIME_PROBE_ROWS; row++) {
			registry->libraries[registry->rows.count] = libraries->name;
			registry->rows.rows[registry->rows.count++] = row;
		}
}

static bool is_library(const char *name)
{
	return strstr(name, ".so") != NULL;
}

static const struct stranger *find_stranger(const char *name)
{
	for (const struct stranger *stranger = strangers; stranger->pattern; stranger++)
		if (fnmatch(stranger->pattern, name, 0) == 0)
			return stranger;
	return NULL;
}

static const struct version_text *find_version_text(const char *name, uint32_t *from)
{
	for (; versions[*from].library; (*from)++) {
		const char *pattern = versions[*from].pattern;

		if (strcmp(pattern, RUNTIME_PROBE_EXE) == 0 ? !is_library(name)
							    : fnmatch(pattern, name, 0) == 0)
			return &versions[(*from)++];
	}
	return NULL;
}

bool tls_file_is_wanted(const struct tls_registry *registry, const char *name)
{
	uint32_t from = 0;

	return !is_library(name) || probed_file_is_wanted(&registry->rows, name, false) ||
	       find_stranger(name) || find_version_text(name, &from);
}

static struct tls_found *find_library(struct tls_file *file, const char *beginning)
{
	for (uint32_t i = 0; i < file->count; i++)
		if (strncmp(file->found[i].library, beginning, strlen(beginning)) == 0)
			return &file->found[i];
	return NULL;
}

static void add_library(struct tls_file *file, const char *library, enum tls_sight sight)
{
	if (file->count < MAX_TLS_FILE_LIBRARIES && !find_library(file, library))
		file->found[file->count++] = (struct tls_found){library, sight};
}

static bool has_row(const struct tls_registry *registry, const char *family)
{
	for (const struct runtime_probe_library *table = registry->tables; table->name; table++)
		if (strncmp(table->name, family, strlen(family)) == 0)
			return true;
	return false;
}

/* What the probes would be attached to. */
static int add_places(const struct tls_registry *registry, int fd, const char *name,
		      struct tls_file *ret)
{
	struct probed_file probed = {.fd = -1};
	_cleanup_(cleanup_close) int kept = -1;
	struct stat status;
	int err;

	if (fstat(fd, &status) < 0)
		return -errno;
	err = probed_file_examine(&probed, &registry->rows, fd, view_of_text(name),
				  (uint64_t)status.st_size);
	kept = probed.fd;
	ret->has_returns = probed_file_has_returns(&probed);
	for (uint32_t i = 0; i < probed.places_count; i++)
		add_library(ret, registry->libraries[probed.places[i].row], TLS_SEEN);
	return err;
}

/* A bit for each of marks[]. */
static uint32_t find_marks(int fd)
{
	char texts[MARKS_COUNT][MAX_MARK_BYTES];
	const char *wanted[MARKS_COUNT + 1] = {NULL};

	for (uint32_t i = 0; i < MARKS_COUNT; i++) {
		(void)snprintf(texts[i], sizeof(texts[i]), "%s%s", marks[i].text[0],
			       marks[i].text[1]);
		wanted[i] = texts[i];
	}
	return elf_text_have(fd, wanted);
}

/* BoringSSL is seen by OpenSSL's names and called by its own. */
static void add_marks(const struct tls_registry *registry, int fd, int err, struct tls_file *ret)
{
	uint32_t have = find_marks(fd);

	for (uint32_t i = 0; i < MARKS_COUNT; i++) {
		const struct mark *mark = &marks[i];
		struct tls_found *found = find_library(ret, mark->family);

		if (!(have & 1u << i))
			continue;
		if (found)
			found->library = mark->library;
		else if (err == -EOPNOTSUPP)
			add_library(ret, mark->library, TLS_OLD_GO);
		else
			add_library(ret, mark->library,
				    has_row(registry, mark->family) ? TLS_STRIPPED : TLS_NO_ROW);
	}
}

/* "go1.26.8" of Go, "17.0.15" of Java. */
static void read_runtime_version(const struct tls_file_place *place, enum process_runtime runtime,
				 const char *library, struct tls_file *ret)
{
	struct runtime_version version;
	const char *number = version.version;

	runtime_version_find(place->proc_root, place->tgid, runtime, &version);
	if (strncmp(number, "go", 2) == 0)
		number += 2;
	ret->version_of = library;
	(void)snprintf(ret->version, sizeof(ret->version), "%.*s", MAX_TLS_VERSION - 1, number);
}

static void read_version(const struct tls_file_place *place, int fd, const char *name,
			 struct tls_file *ret)
{
	const struct version_text *text;
	char word[MAX_ELF_TEXT_WORD];
	uint32_t from = 0;

	if (find_library(ret, "Java"))
		read_runtime_version(place, RUNTIME_JAVA, "Java", ret);
	else if (find_library(ret, "Go") && elf_language_is_go(fd))
		read_runtime_version(place, RUNTIME_GO, find_library(ret, "Go")->library, ret);
	while (!ret->version_of && (text = find_version_text(name, &from))) {
		if ((!is_library(name) && !find_library(ret, text->library)) ||
		    !elf_text_find(fd, &text->text, word))
			continue;
		ret->version_of = text->library;
		(void)snprintf(ret->version, sizeof(ret->version), "%.*s", MAX_TLS_VERSION - 1,
			       word);
	}
}

void tls_file_examine(const struct tls_registry *registry, const struct tls_file_place *place,
		      int fd, const char *name, struct tls_file *ret)
{
	const struct stranger *stranger;
	int err;

	*ret = (struct tls_file){0};
	err = add_places(registry, fd, name, ret);
	stranger = find_stranger(name);
	if (stranger && ret->count == 0)
		add_library(ret, stranger->library, stranger->sight);
	if (!is_library(name))
		add_marks(registry, fd, err, ret);
	read_version(place, fd, name, ret);
}
