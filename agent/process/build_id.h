/* Build ids of an executable, as OTel names them (process.executable.build_id.*). */
#ifndef PROCESS_BUILD_ID_H
#define PROCESS_BUILD_ID_H

#define BUILD_ID_HEX_BYTES 129 /* up to 64 bytes in hex; linkers use 8 to 20 */
#define GO_BUILD_ID_BYTES  129
#define HTLHASH_HEX_BYTES  33

/* NUL-terminated text, empty when the file has none. */
struct build_id {
	char gnu[BUILD_ID_HEX_BYTES];
	char go[GO_BUILD_ID_BYTES];
	char htlhash[HTLHASH_HEX_BYTES];
};

/*
 * Reads them through fd, at most 80 KiB of the file. -EINVAL when it is not a regular file, another
 * -errno when it cannot be read; a file that is not ELF still has its htlhash.
 */
int build_id_read(int fd, struct build_id *ret);

#endif
