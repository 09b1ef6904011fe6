/* GNU and Go build ids from the notes, and the hash of head, tail and length that identifies a file
 * without either. */
#include "process/build_id.h"

#include <errno.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>
#include "base/sha256.h"
#include "process/elf_notes.h"

#define NOTE_GNU_BUILD_ID 3
#define NOTE_GO_BUILD_ID  4
#define HASHED_BYTES      4096

static void write_hex(struct view bytes, char *ret_text)
{
	for (size_t i = 0; i < bytes.size; i++)
		(void)sprintf(ret_text + 2 * i, "%02x", (unsigned char)bytes.bytes[i]);
}

static bool is_plain_text(struct view text)
{
	for (size_t i = 0; i < text.size; i++)
		if (text.bytes[i] < 0x21 || text.bytes[i] > 0x7e)
			return false;
	return true;
}

static bool take_note(const struct elf_note *note, void *context)
{
	struct build_id *ids = context;
	size_t size = note->bytes.size;

	if (note->type == NOTE_GNU_BUILD_ID && view_equals(note->owner, VIEW_LITERAL("GNU")) &&
	    size > 0 && 2 * size < sizeof(ids->gnu))
		write_hex(note->bytes, ids->gnu);
	if (note->type == NOTE_GO_BUILD_ID && view_equals(note->owner, VIEW_LITERAL("Go")) &&
	    size > 0 && size < sizeof(ids->go) && is_plain_text(note->bytes)) {
		memcpy(ids->go, note->bytes.bytes, size);
		ids->go[size] = '\0';
	}
	return ids->gnu[0] && ids->go[0];
}

/* SHA-256 over the first 4096 bytes, the last 4096 and the length (big-endian), cut to 16 bytes. */
static int hash_file(int fd, uint64_t file_bytes, char ret_text[HTLHASH_HEX_BYTES])
{
	uint64_t tail_at = file_bytes > HASHED_BYTES ? file_bytes - HASHED_BYTES : 0;
	uint8_t digest[SHA256_BYTES], length[8];
	char buffer[HASHED_BYTES];
	struct sha256 sha256;
	ssize_t count;

	sha256_init(&sha256);
	for (int part = 0; part < 2; part++) {
		count = pread(fd, buffer, sizeof(buffer), part ? (off_t)tail_at : 0);
		if (count < 0)
			return -errno;
		sha256_add(&sha256, view_of(buffer, (size_t)count));
	}
	for (int i = 0; i < 8; i++)
		length[i] = (uint8_t)(file_bytes >> (56 - 8 * i));
	sha256_add(&sha256, view_of(length, sizeof(length)));
	sha256_finish(&sha256, digest);
	write_hex(view_of(digest, 16), ret_text);
	return 0;
}

int build_id_read(int fd, struct build_id *ret)
{
	struct build_id ids = {0};
	struct stat status;
	int err;

	if (!elf_notes_is_readable_file(fd) || fstat(fd, &status) < 0)
		return -EINVAL;
	err = hash_file(fd, (uint64_t)status.st_size, ids.htlhash);
	if (err < 0)
		return err;
	(void)elf_notes_visit(fd, take_note, &ids);
	*ret = ids;
	return 0;
}
