/* An exporter feeds each digest, so that a recording is read by the same threads and in the same
 * way as for any other destination. */
#include "recording_diff.h"

#include <errno.h>
#include <langinfo.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>
#include "base/cleanup.h"
#include "base/final_file.h"
#include "base/log.h"
#include "exporters/exporter.h"
#include "report/comparison_page.h"
#include "report/report_page.h"
#include "terminal/terminal_comparison.h"

#define PLAIN_WIDTH    120
#define MAX_TEXT_BYTES (1u << 20)

struct recording_diff {
	const struct settings *settings;
	struct run_digest *digests[2];
	int opened;
};

struct digest_exporter {
	struct exporter exporter;  /* first: the handle */
	struct run_digest *digest; /* the diff's */
};

static void export_batch(struct exporter *exporter, const struct batch *batch,
			 struct export_result *ret_result)
{
	struct run_digest *digest = ((struct digest_exporter *)exporter)->digest;

	*ret_result = (struct export_result){.outcome = EXPORT_SENT};
	for (uint32_t i = 0; i < batch->count; i++) {
		const struct item *item = batch->items[i];

		if (item->kind == ITEM_CRASH)
			run_digest_add_crash(digest, item->crash);
		else if (item->kind == ITEM_PROFILE)
			run_digest_add_profile(digest, item->profile);
		else
			run_digest_add_segment(digest, item->segment);
	}
}

static void close_exporter(struct exporter **exporter)
{
	free(*exporter);
	*exporter = NULL;
}

static const struct exporter_ops digest_ops = {
	.name = "diff",
	.export = export_batch,
	.close = close_exporter,
	.is_local = true,
	.wanted_kinds = ITEM_BIT(ITEM_SEGMENT) | ITEM_BIT(ITEM_CRASH) | ITEM_BIT(ITEM_PROFILE),
};

int recording_diff_new(struct recording_diff **ret, const struct settings *settings)
{
	_cleanup_(recording_diff_free) struct recording_diff *diff = calloc(1, sizeof(*diff));

	if (!diff || run_digest_new(&diff->digests[0]) < 0 || run_digest_new(&diff->digests[1]) < 0)
		return -ENOMEM;
	diff->settings = settings;
	*ret = TAKE_PTR(diff);
	return 0;
}

void recording_diff_free(struct recording_diff **diff)
{
	if (!*diff)
		return;
	run_digest_free(&(*diff)->digests[0]);
	run_digest_free(&(*diff)->digests[1]);
	free(*diff);
	*diff = NULL;
}

int recording_diff_open(struct recording_diff *diff, struct exporter **ret)
{
	struct digest_exporter *exporter = calloc(1, sizeof(*exporter));

	if (!exporter)
		return -ENOMEM;
	exporter->exporter.ops = &digest_ops;
	exporter->digest = diff->digests[diff->opened++];
	*ret = &exporter->exporter;
	return 0;
}

static struct view name_of(const char *path)
{
	return view_base_name(view_of_text(path));
}

static int write_page(const struct recording_diff *diff, const struct run_comparison *comparison)
{
	const struct comparison_page content = {
		.comparison = comparison,
		.before = name_of(diff->settings->replay_file),
		.after = name_of(diff->settings->diff_file),
	};
	_cleanup_(final_file_free) struct final_file *file = NULL;
	_cleanup_(byte_buffer_done) struct byte_buffer page;
	char error[512];
	int err = final_file_new(&file, (struct final_file_words){"the comparison", "--html"},
				 diff->settings->terminal.html_file, error, sizeof(error));

	byte_buffer_init(&page, MAX_PAGE_BYTES);
	if (err == 0) {
		comparison_page_append(&page, &content);
		(void)snprintf(error, sizeof(error),
			       "cannot write the comparison %s: out of memory",
			       final_file_name(file));
		err = page.is_failed ? -ENOMEM
				     : final_file_write(file, byte_buffer_view(&page), error,
							sizeof(error));
	}
	if (err < 0)
		log_error("%s", error);
	else
		log_info("comparison: %s, %zu KB", final_file_name(file), (page.size + 999) / 1000);
	return err;
}

static size_t width_of_stdout(void)
{
	struct winsize size;

	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) < 0 || size.ws_col < 40)
		return PLAIN_WIDTH;
	return size.ws_col;
}

static int print_text(const struct recording_diff *diff, const struct run_comparison *comparison)
{
	enum switch_setting colours = diff->settings->terminal.colours;
	const struct terminal_style style = {
		.width = width_of_stdout(),
		.is_colour =
			colours == SWITCH_ON || (colours == SWITCH_AUTO && isatty(STDOUT_FILENO)),
		.is_utf8 = strcmp(nl_langinfo(CODESET), "UTF-8") == 0,
	};
	const struct comparison_names names = {name_of(diff->settings->replay_file),
					       name_of(diff->settings->diff_file)};
	_cleanup_(byte_buffer_done) struct byte_buffer text;

	byte_buffer_init(&text, MAX_TEXT_BYTES);
	terminal_comparison_print(comparison, names, &style, &text);
	if (fwrite(text.bytes, 1, text.size, stdout) == text.size && fflush(stdout) == 0)
		return 0;
	log_error("cannot write to stdout: %s", strerror(errno));
	return -EIO;
}

enum exit_code recording_diff_tell(struct recording_diff *diff)
{
	_cleanup_(run_comparison_free) struct run_comparison *comparison = NULL;
	int err = run_comparison_new(&comparison, diff->digests[0], diff->digests[1]);

	if (err < 0) {
		log_error("cannot compare: %s", strerror(-err));
		return EXIT_CODE_FAILURE;
	}
	if (diff->digests[0]->has_lost || diff->digests[1]->has_lost)
		log_warning("there was too much to compare all of it; the rest is left out");
	err = print_text(diff, comparison);
	if (diff->settings->terminal.html_file && write_page(diff, comparison) < 0)
		err = -EIO;
	return err < 0 ? EXIT_CODE_FAILURE : EXIT_CODE_OK;
}
