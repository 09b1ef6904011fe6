/* The table of operations for the page, with a histogram of each. */
#ifndef REPORT_OPERATIONS_JSON_H
#define REPORT_OPERATIONS_JSON_H

#include "exporters/json_writer.h"

/* The value of the page's "operations"; of a struct operation_table. */
void operations_json_append(struct json_writer *writer, const void *table);

#endif
