/* The size of a write stands behind it: they are found from the last on, and turned round. */
#include "exceptions/output_tail.h"

#define SIZE_BYTES 2

size_t output_tail_split(struct view bytes, struct view writes[MAX_TAIL_WRITES])
{
	size_t count = 0;

	while (bytes.size > SIZE_BYTES && count < MAX_TAIL_WRITES) {
		const uint8_t *end = (const uint8_t *)bytes.bytes + bytes.size;
		size_t size = (size_t)(end[-2] | end[-1] << 8);

		bytes.size -= SIZE_BYTES;
		if (size == 0 || size > bytes.size)
			break;
		bytes.size -= size;
		writes[count++] = view_of(bytes.bytes + bytes.size, size);
	}
	for (size_t i = 0; i < count / 2; i++) {
		struct view write = writes[i];

		writes[i] = writes[count - 1 - i];
		writes[count - 1 - i] = write;
	}
	return count;
}
