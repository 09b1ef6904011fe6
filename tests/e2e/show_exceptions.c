/*
 * Shows sample exceptions of every language as the terminal does, for people to look at.
 * usage: show_exceptions WIDTH [colour] [ascii]
 */
#include <stdio.h>
#include <stdlib.h>
#include "sample_exception.h"
#include "terminal/terminal_crash.h"

int main(int argc, char **argv)
{
	struct terminal_style style = {.width = argc > 1 ? (size_t)atoi(argv[1]) : 80,
				       .is_utf8 = true};
	struct byte_buffer out;

	for (int i = 2; i < argc; i++) {
		style.is_colour |= strcmp(argv[i], "colour") == 0;
		style.is_utf8 &= strcmp(argv[i], "ascii") != 0;
	}
	byte_buffer_init(&out, 1 << 20);
	for (int i = 0; i < SAMPLE_LANGUAGES_COUNT; i++) {
		struct crash *crash = known_exception((enum sample_language)i);

		terminal_crash_print(crash, &style, &out);
		crash_free(&crash);
	}
	(void)fwrite(out.bytes, 1, out.size, stdout);
	byte_buffer_done(&out);
	return 0;
}
