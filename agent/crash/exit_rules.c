/* Rules are few and short: read anew for every bad end, which is rare. */
#include "crash/exit_rules.h"

#include <signal.h>

#define MAX_STATUS       255
#define STATUS_BY_SIGNAL 128

static bool split(struct view rule, struct view *ret_name, bool *ret_has_status,
		  uint64_t *ret_status)
{
	ssize_t colon = view_find_byte(rule, ':');

	*ret_has_status = colon >= 0;
	*ret_name = view_trim(colon >= 0 ? view_take(rule, (size_t)colon) : rule);
	if (ret_name->size == 0)
		return false;
	return colon < 0 ||
	       (view_parse_u64(view_trim(view_skip(rule, (size_t)colon + 1)), ret_status) == 0 &&
		*ret_status <= MAX_STATUS);
}

static bool is_switch(struct view rules)
{
	return view_equals(rules, VIEW_LITERAL("on")) || view_equals(rules, VIEW_LITERAL("off"));
}

bool exit_rules_are_valid(struct view rules)
{
	struct view rule, name;
	uint64_t status;
	bool has_status;

	if (is_switch(rules))
		return true;
	while (view_next_token(&rules, ',', &rule))
		if (!split(rule, &name, &has_status, &status))
			return false;
	return true;
}

bool exit_rules_match(struct view rules, struct view process_name, int status)
{
	struct view rule, name;
	uint64_t wanted;
	bool has_status;

	if (is_switch(rules))
		return view_equals(rules, VIEW_LITERAL("on"));
	while (view_next_token(&rules, ',', &rule))
		if (split(rule, &name, &has_status, &wanted) &&
		    (view_equals(name, VIEW_LITERAL("*")) || view_equals(name, process_name)) &&
		    (!has_status || wanted == (uint64_t)status))
			return true;
	return false;
}

bool exit_rules_was_asked(int status)
{
	return status == STATUS_BY_SIGNAL + SIGHUP || status == STATUS_BY_SIGNAL + SIGINT ||
	       status == STATUS_BY_SIGNAL + SIGTERM;
}
