/* Two runs side by side as a page: the same page with other sections. */
#ifndef REPORT_COMPARISON_PAGE_H
#define REPORT_COMPARISON_PAGE_H

#include "base/byte_buffer.h"
#include "overview/run_comparison.h"

struct comparison_page {
	const struct run_comparison *comparison;
	struct view before, after; /* what the runs are called */
};

/* The whole page, of at most MAX_PAGE_BYTES; the buffer may fail. */
void comparison_page_append(struct byte_buffer *page, const struct comparison_page *content);

#endif
