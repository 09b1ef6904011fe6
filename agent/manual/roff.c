/*
 * The few things about troff that its writers must not forget. Output is plain ASCII, so that every
 * reader of manual pages (groff, mandoc) takes it without being told an encoding.
 */
#include "manual/roff.h"

#include <stdlib.h>
#include <time.h>
#include "base/utf8.h"

static unsigned code_point(struct view sequence)
{
	static const unsigned char masks[] = {0, 0x7f, 0x1f, 0x0f, 0x07};
	unsigned code = (unsigned char)sequence.bytes[0] & masks[sequence.size];

	for (size_t i = 1; i < sequence.size; i++)
		code = code << 6 | ((unsigned char)sequence.bytes[i] & 0x3f);
	return code;
}

static void write_character(FILE *out, struct view sequence)
{
	if (sequence.size > 1)
		(void)fprintf(out, "\\[u%04X]", code_point(sequence));
	else if (sequence.bytes[0] == '\\')
		(void)fputs("\\e", out);
	else if (sequence.bytes[0] == '-')
		(void)fputs("\\-", out);
	else if (sequence.bytes[0] == '\'')
		(void)fputs("\\(aq", out);
	else if (sequence.bytes[0] == '^')
		(void)fputs("\\(ha", out);
	else if (sequence.bytes[0] == '~')
		(void)fputs("\\(ti", out);
	else
		(void)fputc(sequence.bytes[0], out);
}

void roff_text(FILE *out, struct view text)
{
	while (text.size) {
		size_t length = utf8_sequence_length(text);

		write_character(out, view_take(text, length ? length : 1));
		text = view_skip(text, length ? length : 1);
	}
}

void roff_font(FILE *out, char font, const char *text)
{
	(void)fprintf(out, "\\f%c", font);
	roff_text(out, view_of_text(text));
	(void)fputs("\\fR", out);
}

void roff_line(FILE *out, const char *text)
{
	if (text[0] == '.' || text[0] == '\'')
		(void)fputs("\\&", out);
	roff_text(out, view_of_text(text));
	(void)fputc('\n', out);
}

/* "" without SOURCE_DATE_EPOCH: two builds of one tree must not differ by the day. */
static void format_date(char *date, size_t size)
{
	const char *epoch = getenv("SOURCE_DATE_EPOCH");
	uint64_t seconds;
	struct tm tm;
	time_t time;

	date[0] = '\0';
	if (!epoch || view_parse_u64(view_of_text(epoch), &seconds) < 0)
		return;
	time = (time_t)seconds;
	if (gmtime_r(&time, &tm))
		(void)strftime(date, size, "%Y-%m-%d", &tm);
}

void roff_begin_page(FILE *out, const char *title, const char *section, const char *manual)
{
	char date[32];

	format_date(date, sizeof(date));
	(void)fprintf(out,
		      ".\\\" Made from limpet's table of options; changes belong there.\n"
		      ".TH %s %s \"%s\" \"limpet %s\" \"%s\"\n"
		      ".nh\n"
		      ".ad l\n",
		      title, section, date, LIMPET_VERSION, manual);
}
