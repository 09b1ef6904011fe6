/* A container's answer as text, to be compared as a whole: "key=value\n", lists with '|'. */
#ifndef SUPPORT_ANSWER_TEXT_H
#define SUPPORT_ANSWER_TEXT_H

#include <stdio.h>
#include <string.h>
#include "containers/container_answer.h"

static inline const char *answer_text(const struct attribute_list *list)
{
	static char text[65536];
	size_t used = 0;

	text[0] = '\0';
	for (uint32_t i = 0; i < list->count && used < sizeof(text) - 4096; i++) {
		const struct attribute *a = &list->items[i];
		struct view rest = a->string, item;

		used += (size_t)snprintf(text + used, sizeof(text) - used, "%s=", a->key);
		if (a->type == ATTRIBUTE_INTEGER)
			used += (size_t)snprintf(text + used, sizeof(text) - used, "%lld",
						 (long long)a->integer);
		else if (a->type == ATTRIBUTE_BOOLEAN)
			used += (size_t)snprintf(text + used, sizeof(text) - used, "%s",
						 a->boolean ? "true" : "false");
		else if (a->type == ATTRIBUTE_STRINGS)
			while (attribute_next_string(&rest, &item))
				used += (size_t)snprintf(text + used, sizeof(text) - used, "%.*s|",
							 VIEW_FORMAT(item));
		else
			used += (size_t)snprintf(text + used, sizeof(text) - used, "%.*s",
						 VIEW_FORMAT(a->string));
		used += (size_t)snprintf(text + used, sizeof(text) - used, "\n");
	}
	return text;
}

#endif
