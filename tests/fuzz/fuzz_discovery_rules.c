/* Rules' text, and globs against a hostile text: what is accepted stays within its bounds and is
 * understood the same way when it is read again. */
// fuzz-sources: agent/settings/discovery_rules.c agent/settings/quantity.c
// fuzz-sources: agent/settings/text_rules.c agent/discovery/discovery_glob.c
// fuzz-sources: agent/base/log.c agent/base/clock.c agent/base/utf8.c agent/base/view.c
#include <assert.h>
#include "discovery/discovery_glob.h"
#include "settings/discovery_rules.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static void match_all(const struct discovery_rules *rules, struct view text)
{
	for (uint32_t i = 0; i < rules->values_count; i++) {
		assert(rules->values[i].field < DISCOVERY_FIELDS_COUNT);
		assert(rules->values[i].text.size > 0);
		assert(discovery_glob_matches(VIEW_LITERAL("*"), rules->values[i].text));
		(void)discovery_glob_matches_path(rules->values[i].text, text);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	struct discovery_rules *rules = NULL;
	struct view text = view_of(bytes, size);
	uint32_t values = 0;
	char problem[64];

	if (discovery_rules_parse(&rules, text, problem, sizeof(problem)) < 0) {
		assert(!rules && memchr(problem, '\0', sizeof(problem)) && problem[0]);
		return 0;
	}
	assert(rules->rules_count <= MAX_DISCOVERY_RULES);
	assert(rules->text_size <= size);
	for (uint32_t i = 0; i < rules->rules_count; i++)
		values += rules->rules[i].values_count;
	assert(values == rules->values_count && values <= MAX_DISCOVERY_VALUES);
	match_all(rules, text);
	discovery_rules_free(&rules);
	return 0;
}
