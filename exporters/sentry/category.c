/* The names of Sentry's categories. */
#include "exporters/sentry/category.h"

#define NAME_ROW(name, text) [CATEGORY_##name] = (text),

static const char *const names[CATEGORIES_COUNT] = {CATEGORIES(NAME_ROW)};

const char *category_name(enum category category)
{
	return names[category];
}

bool category_find(struct view name, enum category *ret)
{
	for (int i = 0; i < CATEGORIES_COUNT; i++) {
		if (!view_equals(name, view_of_text(names[i])))
			continue;
		*ret = (enum category)i;
		return true;
	}
	return false;
}
