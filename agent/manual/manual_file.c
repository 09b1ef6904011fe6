/*
 * limpet.yaml(5): the shape of the settings file, who may read it, and every key in the order of
 * the option table.
 */
#include "manual/manual.h"

#include "manual/option_words.h"
#include "manual/roff.h"

static const char about[] =
	".SH NAME\n"
	"limpet.yaml \\- settings of limpet\n"
	".SH SYNOPSIS\n"
	".I /etc/limpet/limpet.yaml\n"
	".SH DESCRIPTION\n"
	"A YAML file of at most 256 KiB with sections and, in them, one value per key; what is not\n"
	"there, or is \\fBnull\\fR, has its default. The same can be said on the command line and in the\n"
	"environment (\\fBlimpet\\fR(1)), and counts more there. \\fBlimpet config \\-\\-config\\fR "
	"\\fIFILE\\fR\n"
	"shows what comes of a file, each value with its origin.\n"
	".P\n"
	"A key that is not known, a key that stands twice or a value that is not one is told with file,\n"
	"line and key, and nothing is started: exit code 2. Anchors, aliases, tags and further documents\n"
	"are refused.\n"
	".P\n"
	"A file that holds a secret (below: \\(lqsecret\\(rq; also credentials in URLs) must not be\n"
	"readable by others: mode 0600, or 0640 where root owns it, as the Debian package installs it\n"
	"(owner root, group limpet).\n"
	".P\n"
	"A value is text, a word, a number or \\fBon\\fR and \\fBoff\\fR. Sizes take \\fBKiB\\fR, "
	"\\fBMiB\\fR,\n"
	"\\fBGiB\\fR; times take \\fBms\\fR, \\fBs\\fR, \\fBm\\fR, \\fBh\\fR; bare numbers are bytes "
	"and milliseconds.\n"
	"Rules (\\fBdiscovery.rules\\fR) may also be a list, one mapping per rule: \\fBaction\\fR "
	"and\n"
	"the fields, each with a value or a list of them.\n";

static const char example[] =
	".SH EXAMPLE\n"
	".EX\n"
	"sentry:\n"
	"  dsn: https://KEY@HOST/PROJECT\n"
	"sampling:\n"
	"  ratio: 0.1\n"
	"identity:\n"
	"  environment: production\n"
	".EE\n"
	".SH FILES\n"
	".TP\n"
	".I /etc/limpet/limpet.yaml\n"
	"What the service reads; installed with every key in it, commented out.\n"
	".SH SEE ALSO\n"
	"\\fBlimpet\\fR(1)\n";

static void write_key(FILE *out, const struct option *option)
{
	char expected[MAX_WORDS_BYTES];

	(void)fputs(".TP\n", out);
	roff_font(out, 'B', option->key);
	(void)fputc('\n', out);
	roff_line(out, option->help);
	(void)fputs(".br\nValue: ", out);
	roff_text(out, view_of_text(option_words_expected(option, expected, sizeof(expected))));
	(void)fputs(option->is_secret ? "; secret.\n" : ".\n", out);
	if (option->initial) {
		(void)fputs("Default: ", out);
		roff_font(out, 'B', option->initial);
		(void)fputs(".\n", out);
	}
	(void)fputs("Option: ", out);
	(void)fputs("\\fB\\-\\-", out);
	roff_text(out, view_of_text(option->name));
	(void)fputs("\\fR.\n", out);
}

void manual_file_write(FILE *out)
{
	roff_begin_page(out, "LIMPET.YAML", "5", "File Formats");
	(void)fputs(about, out);
	(void)fputs(".SH KEYS\n", out);
	for (int group = 0; group < GROUPS_COUNT; group++) {
		(void)fputs(".SS ", out);
		roff_line(out, option_table_group_title((enum option_group)group));
		for (size_t i = 0; i < option_table_count; i++)
			if (option_table[i].group == (enum option_group)group &&
			    option_table[i].key)
				write_key(out, &option_table[i]);
	}
	(void)fputs(example, out);
}
