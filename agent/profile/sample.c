/* Pages one by one: most samples have two or three of sixteen. */
#include "profile/sample.h"

#include <stdlib.h>
#include <string.h>

struct sample *sample_new(void)
{
	return calloc(1, sizeof(struct sample));
}

bool sample_add_page(struct sample *sample, const struct stack_page_record *page)
{
	uint8_t *bytes;

	if (sample->pages_count == MAX_SAMPLE_PAGES)
		return false;
	bytes = malloc(STACK_PAGE_BYTES);
	if (!bytes)
		return false;
	memcpy(bytes, page->bytes, STACK_PAGE_BYTES);
	sample->pages[sample->pages_count++] = (struct job_page){page->address, bytes};
	return true;
}

void sample_drop_pages(struct sample *sample)
{
	for (uint32_t i = 0; i < sample->pages_count; i++)
		free((void *)sample->pages[i].bytes);
	sample->pages_count = 0;
}

void sample_free(struct sample **sample)
{
	if (!*sample)
		return;
	sample_drop_pages(*sample);
	free(*sample);
	*sample = NULL;
}
