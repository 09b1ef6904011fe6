/* uname, /etc/machine-id and /etc/passwd. */
#include "process/host_identity.h"

#include <pwd.h>
#include <stdio.h>
#include <string.h>
#include <sys/utsname.h>
#include "base/cleanup.h"
#include "process/proc_reader.h"

#define MACHINE_ID_DIGITS 32
#define MAX_PASSWD_ROWS   10000

struct arch_word {
	const char *machine, *word;
};

static const struct arch_word arch_words[] = {
	{"x86_64", "amd64"}, {"aarch64", "arm64"}, {"i686", "x86"},    {"i386", "x86"},
	{"armv7l", "arm32"}, {"ppc64le", "ppc64"}, {"ppc64", "ppc64"}, {"s390x", "s390x"},
};

static void read_machine_id(const char *root, char ret_id[33])
{
	char path[512], buffer[MACHINE_ID_DIGITS + 1];
	uint8_t bytes[MACHINE_ID_DIGITS / 2];

	(void)snprintf(path, sizeof(path), "%s/etc/machine-id", root);
	if (proc_reader_file(path, buffer, MACHINE_ID_DIGITS) != MACHINE_ID_DIGITS ||
	    view_parse_hex(view_of(buffer, MACHINE_ID_DIGITS), bytes, sizeof(bytes)) < 0)
		return;
	buffer[MACHINE_ID_DIGITS] = '\0';
	memcpy(ret_id, buffer, sizeof(buffer));
}

void host_identity_read(struct host_identity *ret, const char *root)
{
	struct utsname names;

	*ret = (struct host_identity){0};
	read_machine_id(root, ret->id);
	if (uname(&names) < 0)
		return;
	(void)snprintf(ret->name, sizeof(ret->name), "%s", names.nodename);
	(void)snprintf(ret->os_version, sizeof(ret->os_version), "%s", names.release);
	(void)snprintf(ret->arch, sizeof(ret->arch), "%s", names.machine);
	for (size_t i = 0; i < sizeof(arch_words) / sizeof(arch_words[0]); i++)
		if (strcmp(names.machine, arch_words[i].machine) == 0)
			(void)snprintf(ret->arch, sizeof(ret->arch), "%s", arch_words[i].word);
}

void host_identity_owner(const char *root, uint32_t uid, char ret_name[OWNER_NAME_BYTES])
{
	_cleanup_(cleanup_fclose) FILE *passwd = NULL;
	struct passwd row, *found;
	char path[512], buffer[1024];

	(void)snprintf(ret_name, OWNER_NAME_BYTES, "%u", uid);
	(void)snprintf(path, sizeof(path), "%s/etc/passwd", root);
	passwd = fopen(path, "re");
	if (!passwd)
		return;
	for (int i = 0; i < MAX_PASSWD_ROWS; i++) {
		if (fgetpwent_r(passwd, &row, buffer, sizeof(buffer), &found) != 0)
			return;
		if (row.pw_uid == uid && row.pw_name[0] && strlen(row.pw_name) < OWNER_NAME_BYTES) {
			strcpy(ret_name, row.pw_name);
			return;
		}
	}
}
