/* What a traced program may call itself, its requests, threads and functions, to get out of where
 * its names are shown. */
#ifndef SUPPORT_HOSTILE_NAMES_H
#define SUPPORT_HOSTILE_NAMES_H

#include <string.h>
#include "base/view.h"

#define LONG_NAME_BYTES 4096

/* Not NUL-terminated: one has a NUL in it. */
static inline size_t hostile_names(const struct view **ret)
{
	static char long_name[LONG_NAME_BYTES];
	static struct view names[] = {
		VIEW_LITERAL("</script><script>window.harmed='script'</script>"),
		VIEW_LITERAL("<img src=x onerror=\"window.harmed='image'\">"),
		VIEW_LITERAL("<!--<script>window.harmed='comment'"),
		VIEW_LITERAL("\"'`;window.harmed='quote'//\\u003cscript>"),
		VIEW_LITERAL("a\0b\x01\x1b[31mred\x7f\xc2\x85"),
		VIEW_LITERAL("\xe2\x80\xaegnp.exe\xe2\x80\xac\xe2\x81\xa6\xe2\x80\xa8\xe2\x80\xa9"),
		VIEW_LITERAL("\xff\xfe\xc0\xaf\xed\xa0\x80"),
		VIEW_LITERAL("__proto__"),
		VIEW_LITERAL("@script@@sections@@policy@"),
		{0},
	};
	size_t count = sizeof(names) / sizeof(names[0]);

	memset(long_name, '<', sizeof(long_name));
	names[count - 1] = view_of(long_name, sizeof(long_name));
	*ret = names;
	return count;
}

#endif
