/* Rule by rule, field by field in the order of their cost; a field that does not match ends its
 * rule before a dearer one is read. */
#include "discovery/rule_matcher.h"

#include "discovery/discovery_glob.h"

enum match { MATCH_NO, MATCH_YES, MATCH_UNKNOWN };

struct asking {
	const struct discovery_fact_source *source;
	struct discovery_facts *facts;
	struct discovery_verdict *verdict;
};

static bool matches_user(const struct discovery_facts *facts, struct view user)
{
	uint64_t uid;

	return view_equals(user, view_of_text(facts->user)) ||
	       (view_parse_u64(user, &uid) == 0 && uid == facts->uid);
}

static bool matches_text(struct view glob, const char *text)
{
	return text[0] && discovery_glob_matches(glob, view_of_text(text));
}

static bool matches_port(const struct discovery_facts *facts, const struct discovery_value *value)
{
	for (uint32_t i = 0; i < facts->ports_count; i++)
		if (facts->ports[i] >= value->first && facts->ports[i] <= value->last)
			return true;
	return false;
}

static bool matches_label(const struct discovery_facts *facts, const struct discovery_value *value)
{
	struct view rest = facts->labels, label;

	while (view_next_token(&rest, '\0', &label)) {
		ssize_t sign = view_find_byte(label, '=');

		if (sign >= 0 && view_equals(view_take(label, (size_t)sign), value->text) &&
		    discovery_glob_matches(value->glob, view_skip(label, (size_t)sign + 1)))
			return true;
	}
	return false;
}

/* Too young is a no that time may change. */
static bool matches_age(struct asking *asking, uint64_t age_ns)
{
	uint64_t missing_ns;

	if (asking->facts->age_ns >= age_ns)
		return true;
	missing_ns = age_ns - asking->facts->age_ns;
	if (!asking->verdict->wait_ns || missing_ns < asking->verdict->wait_ns)
		asking->verdict->wait_ns = missing_ns;
	asking->verdict->is_provisional = true;
	return false;
}

static bool matches_value(struct asking *asking, const struct discovery_value *value)
{
	const struct discovery_facts *facts = asking->facts;

	switch (value->field) {
	case DISCOVERY_EXECUTABLE:
		return facts->executable.size &&
		       discovery_glob_matches_path(value->text, facts->executable);
	case DISCOVERY_USER:
		return matches_user(facts, value->text);
	case DISCOVERY_MIN_AGE:
		return matches_age(asking, value->age_ns);
	case DISCOVERY_UNIT:
		return matches_text(value->text, facts->unit);
	case DISCOVERY_CONTAINER:
		return matches_text(value->text, facts->container_id) ||
		       matches_text(value->text, facts->container_name);
	case DISCOVERY_COMMAND:
		return facts->command.size && discovery_glob_matches(value->text, facts->command);
	case DISCOVERY_PORT:
		return matches_port(facts, value);
	case DISCOVERY_NAMESPACE:
		return matches_text(value->text, facts->namespace_name);
	default:
		return matches_label(facts, value);
	}
}

static enum match match_field(struct asking *asking, const struct discovery_rule *rule,
			      enum discovery_field field)
{
	uint32_t bit = 1u << field;

	if (!(asking->facts->known & bit) && !(asking->facts->awaited & bit))
		asking->source->read(asking->source->self, field, asking->facts);
	/* A container may be told by its id before its name is known. */
	for (uint32_t i = 0; i < rule->values_count; i++)
		if (rule->values[i].field == field &&
		    (asking->facts->known & bit || field == DISCOVERY_CONTAINER) &&
		    matches_value(asking, &rule->values[i]))
			return MATCH_YES;
	return asking->facts->known & bit ? MATCH_NO : MATCH_UNKNOWN;
}

static enum match match_rule(struct asking *asking, const struct discovery_rule *rule)
{
	enum match all = MATCH_YES;
	uint32_t unknown = 0;

	for (int field = 0; field < DISCOVERY_FIELDS_COUNT && all != MATCH_NO; field++) {
		enum match one;

		if (!(rule->fields & 1u << field))
			continue;
		one = match_field(asking, rule, (enum discovery_field)field);
		if (one == MATCH_UNKNOWN)
			unknown |= 1u << field;
		if (one != MATCH_YES)
			all = one;
	}
	if (all == MATCH_NO || !unknown)
		return all;
	if (unknown & asking->facts->awaited)
		asking->verdict->is_provisional = true;
	if (unknown & ~asking->facts->awaited)
		asking->verdict->is_blind = true;
	return MATCH_UNKNOWN;
}

void rule_matcher_decide(const struct discovery_rules *rules,
			 const struct discovery_fact_source *source, struct discovery_facts *facts,
			 struct discovery_verdict *ret)
{
	struct asking asking = {source, facts, ret};

	*ret = (struct discovery_verdict){.is_traced = true, .rule = RULE_NONE};
	if (facts->wish != WISH_NONE) {
		ret->is_traced = facts->wish == WISH_TRACE;
		ret->rule = RULE_WISH;
		return;
	}
	ret->is_provisional = facts->awaited & 1u << DISCOVERY_WISH;
	for (uint32_t i = 0; i < rules->rules_count; i++) {
		const struct discovery_rule *rule = &rules->rules[i];
		enum match match = match_rule(&asking, rule);

		if (match == MATCH_NO || (match == MATCH_UNKNOWN && rule->is_trace))
			continue;
		ret->is_traced = rule->is_trace;
		ret->rule = (int)i;
		return;
	}
}
