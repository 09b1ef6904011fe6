/* The machine the agent runs on, read once. */
#ifndef PROCESS_HOST_IDENTITY_H
#define PROCESS_HOST_IDENTITY_H

#include <stdint.h>

#define OWNER_NAME_BYTES 64

struct host_identity {
	char name[65];       /* host.name */
	char arch[65];       /* host.arch in OTel's words: amd64, arm64 … */
	char id[33];         /* host.id: machine-id; empty when there is none */
	char os_version[65]; /* os.version: the kernel's release */
};

/* root: "" but in tests; /etc/machine-id below it is read. What cannot be read stays empty. */
void host_identity_read(struct host_identity *ret, const char *root);

/*
 * The user's name in root's /etc/passwd, else the number. Only that file: a directory service could
 * keep the capture thread waiting.
 */
void host_identity_owner(const char *root, uint32_t uid, char ret_name[OWNER_NAME_BYTES]);

#endif
