/*
 * Names as they lie in a message (RFC 1035, sections 3.1 and 4.1.4). A pointer leads to an earlier
 * byte than any read so far, so that no message makes a loop.
 */
#include "protocols/dns/dns_name.h"

#define LABEL_KIND    0xc0
#define LABEL_POINTER 0xc0

static unsigned char byte_at(struct view message, size_t offset)
{
	return (unsigned char)message.bytes[offset];
}

bool dns_name_skip(struct view message, size_t offset, size_t *ret_end)
{
	size_t start = offset;

	while (offset < message.size && offset - start < MAX_DNS_NAME_WIRE_BYTES) {
		unsigned char size = byte_at(message, offset);

		if ((size & LABEL_KIND) == LABEL_POINTER) {
			if (message.size - offset < 2)
				return false;
			*ret_end = offset + 2;
			return true;
		}
		if (size & LABEL_KIND)
			return false;
		offset += 1 + size;
		if (!size) {
			*ret_end = offset;
			return true;
		}
	}
	return false;
}

static size_t put_byte(char *to, unsigned char byte)
{
	if (byte == '.' || byte == '\\') {
		to[0] = '\\';
		to[1] = (char)byte;
		return 2;
	}
	if (byte > ' ' && byte < 127) {
		to[0] = (char)byte;
		return 1;
	}
	to[0] = '\\';
	to[1] = (char)('0' + byte / 100);
	to[2] = (char)('0' + byte / 10 % 10);
	to[3] = (char)('0' + byte % 10);
	return 4;
}

/* One label with its size byte at `offset`; false when it is not there. */
static bool put_label(struct view message, size_t offset, char *buffer, size_t *used)
{
	size_t size = byte_at(message, offset);

	if (message.size - offset <= size)
		return false;
	if (*used)
		buffer[(*used)++] = '.';
	for (size_t i = 1; i <= size; i++)
		*used += put_byte(buffer + *used, byte_at(message, offset + i));
	return true;
}

bool dns_name_read(struct view message, size_t offset, char buffer[MAX_DNS_NAME_BYTES],
		   struct view *ret_name)
{
	size_t used = 0, wire = 0, lowest = offset;

	while (offset < message.size) {
		unsigned char size = byte_at(message, offset);

		if ((size & LABEL_KIND) == LABEL_POINTER) {
			if (message.size - offset < 2)
				return false;
			offset = (size_t)(size & ~LABEL_KIND) << 8 | byte_at(message, offset + 1);
			if (offset >= lowest)
				return false;
			lowest = offset;
			continue;
		}
		wire += 1 + size;
		if ((size & LABEL_KIND) || wire > MAX_DNS_NAME_WIRE_BYTES)
			return false;
		if (!size) {
			if (!used)
				buffer[used++] = '.';
			*ret_name = view_of(buffer, used);
			return true;
		}
		if (!put_label(message, offset, buffer, &used))
			return false;
		offset += 1 + size;
	}
	return false;
}
