/*
 * JSON for the page, on top of the writer: strings of the target's are cut between characters, and
 * a list ends where its share of the page does. Pure.
 */
#ifndef REPORT_REPORT_TEXT_H
#define REPORT_REPORT_TEXT_H

#include "exporters/json_writer.h"

#define MAX_REPORT_TEXT_BYTES 200 /* of a name; six times that when all of it is escaped */

/* A writer whose text may stand in a page. */
struct json_writer report_text_begin(struct byte_buffer *buffer);

/* A value in a list; what was cut ends in "…". */
void report_text_string(struct json_writer *writer, struct view text, size_t max_bytes);

/* Members; empty text is left out. The key is ours. */
void report_text_set(struct json_writer *writer, const char *key, struct view text);
void report_text_set_long(struct json_writer *writer, const char *key, struct view text,
			  size_t max_bytes);
void report_text_set_number(struct json_writer *writer, const char *key, uint64_t number);
void report_text_set_truth(struct json_writer *writer, const char *key, bool is_true);
void report_text_set_address(struct json_writer *writer, const char *key, uint64_t address);

/* Where an element begins that may have to be taken back. */
struct report_mark {
	size_t size;
	bool needs_comma;
};

struct report_mark report_text_mark(const struct json_writer *writer);

/* True: what was written since the mark stays. False: the buffer would be larger than max_bytes,
 * and it is as it was at the mark. */
bool report_text_keep(struct json_writer *writer, struct report_mark mark, size_t max_bytes);

#endif
