/* The buffer's cap is far above what is between two passes: a single name or stack. */
#include "exporters/profile/profile_output.h"

#include <errno.h>
#include "base/utf8.h"

#define PASS_BYTES       65536
#define MAX_BUFFER_BYTES (8u << 20)

void profile_output_init(struct profile_output *output, FILE *stream)
{
	*output = (struct profile_output){.stream = stream};
	byte_buffer_init(&output->buffer, MAX_BUFFER_BYTES);
}

void profile_output_done(struct profile_output *output)
{
	byte_buffer_done(&output->buffer);
}

void profile_output_name(struct byte_buffer *buffer, struct view text)
{
	while (text.size) {
		size_t whole = utf8_sequence_length(text), printable = utf8_printable_length(text);

		if (printable)
			byte_buffer_append(buffer, view_take(text, printable));
		else
			byte_buffer_append_text(buffer, whole ? " " : "\xef\xbf\xbd");
		text = view_skip(text, whole ? whole : 1);
	}
}

static void write_buffer(struct profile_output *output)
{
	struct byte_buffer *buffer = &output->buffer;

	output->is_failed |= buffer->is_failed;
	if (buffer->size && fwrite(buffer->bytes, 1, buffer->size, output->stream) != buffer->size)
		output->is_failed = true;
	byte_buffer_clear(buffer);
}

void profile_output_pass(struct profile_output *output)
{
	if (output->buffer.size >= PASS_BYTES)
		write_buffer(output);
}

int profile_output_end(struct profile_output *output)
{
	write_buffer(output);
	return output->is_failed ? -EIO : 0;
}
