/*
 * The page itself: markup, style and script, which are in the program, around the sections it is to
 * show. It loads nothing, and its policy lets run only what it brought. A section is a member of
 * the JSON object that the script draws; the script shows a view when the sections it draws are
 * there (page/core.js), so something new to show is a section here and a view there.
 */
#ifndef REPORT_REPORT_PAGE_H
#define REPORT_REPORT_PAGE_H

#include <stddef.h>
#include "exporters/json_writer.h"

#define MAX_PAGE_BYTES 3000000u

struct report_section {
	const char *key;
	void (*append)(struct json_writer *writer, const void *content); /* one value */
	const void *content;
};

/* Appends the whole page; the buffer may fail. */
void report_page_append(struct byte_buffer *page, const struct report_section *sections,
			size_t count);

#endif
