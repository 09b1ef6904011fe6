/* One trace as a tree: a line per span with its service, name, status, duration and place in time.
 */
#ifndef TERMINAL_TERMINAL_TREE_H
#define TERMINAL_TERMINAL_TREE_H

#include "base/byte_buffer.h"
#include "terminal/terminal_style.h"
#include "overview/trace_layout.h"

/* Longer traces are cut there, with a line that says how many spans are not shown. */
#define MAX_TREE_LINES 200

/* Appends to out. with_legend: one more line that explains how weak parent links are drawn. */
void terminal_tree_print(const struct trace_layout *layout, const struct terminal_style *style,
			 bool with_legend, struct byte_buffer *out);

/* Does any span have a parent link that is known by connection or thread only? */
bool terminal_tree_needs_legend(const struct trace_layout *layout);

#endif
