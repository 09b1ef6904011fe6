/* Two known runs side by side as a page, for test_report_page.py. usage: show_comparison FILE */
#include <stdio.h>
#include "report/comparison_page.h"
#include "report/report_page.h"
#include "two_runs.h"

int main(int argc, char **argv)
{
	struct two_runs runs;
	struct comparison_page content = {
		.before = VIEW_LITERAL("<b>before</b>.rec"),
		.after = VIEW_LITERAL("after.rec"),
	};
	struct byte_buffer page;
	FILE *file = argc == 2 ? fopen(argv[1], "w") : NULL;
	bool is_written;

	if (!file)
		return 2;
	two_runs_begin(&runs);
	content.comparison = runs.comparison;
	byte_buffer_init(&page, MAX_PAGE_BYTES);
	comparison_page_append(&page, &content);
	is_written = !page.is_failed && fwrite(page.bytes, 1, page.size, file) == page.size;
	byte_buffer_done(&page);
	two_runs_end(&runs);
	return fclose(file) == 0 && is_written ? 0 : 1;
}
