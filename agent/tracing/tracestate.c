/*
 * Reads a tracestate member by member and writes the one we send on. Members of others pass
 * through untouched and in order; only `ot` is ours to change, and in it only `th`.
 */
#include "tracing/tracestate.h"

#include "model/sampling.h"

#define MAX_KEY_BYTES      256
#define MAX_VALUE_BYTES    256
#define LARGE_MEMBER_BYTES 128

struct members {
	struct view items[MAX_TRACESTATE_MEMBERS];
	size_t count;
	size_t bytes; /* with the commas between them */
};

static bool is_lower_or_digit(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

static bool is_key(struct view key)
{
	if (key.size == 0 || key.size > MAX_KEY_BYTES || !is_lower_or_digit(key.bytes[0]))
		return false;
	for (size_t i = 1; i < key.size; i++)
		if (!is_lower_or_digit(key.bytes[i]) &&
		    (key.bytes[i] == '\0' || !strchr("_-*/@", key.bytes[i])))
			return false;
	return true;
}

static bool is_value(struct view value)
{
	if (value.size == 0 || value.size > MAX_VALUE_BYTES || value.bytes[value.size - 1] == ' ')
		return false;
	for (size_t i = 0; i < value.size; i++)
		if (value.bytes[i] < 0x20 || value.bytes[i] > 0x7e || value.bytes[i] == '=')
			return false;
	return true;
}

/* The next member that is not empty. */
static bool next_member(struct view *rest, struct view *ret_member)
{
	while (view_next_token(rest, ',', ret_member)) {
		*ret_member = view_trim(*ret_member);
		if (ret_member->size)
			return true;
	}
	return false;
}

static bool is_member(struct view member)
{
	ssize_t equals = view_find_byte(member, '=');

	return equals > 0 && is_key(view_take(member, (size_t)equals)) &&
	       is_value(view_skip(member, (size_t)equals + 1));
}

bool tracestate_is_valid(struct view tracestate)
{
	struct view member;

	while (next_member(&tracestate, &member))
		if (!is_member(member))
			return false;
	return true;
}

static bool is_ot(struct view member)
{
	return view_starts_with(member, VIEW_LITERAL("ot="));
}

static bool is_ot_key(struct view key)
{
	if (key.size == 0 || key.bytes[0] < 'a' || key.bytes[0] > 'z')
		return false;
	for (size_t i = 0; i < key.size; i++)
		if (!is_lower_or_digit(key.bytes[i]))
			return false;
	return true;
}

/* One k:v of the entry. */
static bool split_pair(struct view pair, struct view *ret_key, struct view *ret_value)
{
	ssize_t colon = view_find_byte(pair, ':');

	if (colon < 0)
		return false;
	*ret_key = view_take(pair, (size_t)colon);
	*ret_value = view_skip(pair, (size_t)colon + 1);
	if (!is_ot_key(*ret_key))
		return false;
	for (size_t i = 0; i < ret_value->size; i++) {
		char c = ret_value->bytes[i];

		if (!is_lower_or_digit(c) && !(c >= 'A' && c <= 'Z') && c != '.' && c != '_' &&
		    c != '-')
			return false;
	}
	return true;
}

static bool read_entry(struct view member, struct tracestate_ot *ret)
{
	struct view rest = view_skip(member, 3), pair, key, value;
	struct tracestate_ot ot = {0};

	while (view_next_token(&rest, ';', &pair)) {
		if (!split_pair(pair, &key, &value))
			return false;
		if (view_equals(key, VIEW_LITERAL("th")) && !ot.has_threshold)
			ot.has_threshold = sampling_parse_threshold(value, &ot.threshold) == 0;
		else if (view_equals(key, VIEW_LITERAL("rv")) && !ot.has_randomness)
			ot.has_randomness = sampling_parse_randomness(value, &ot.randomness) == 0;
	}
	*ret = ot;
	return true;
}

void tracestate_read_ot(struct view tracestate, struct tracestate_ot *ret)
{
	struct view rest = tracestate, member;

	*ret = (struct tracestate_ot){0};
	if (!tracestate_is_valid(tracestate))
		return;
	while (next_member(&rest, &member)) {
		if (!is_ot(member))
			continue;
		(void)read_entry(member, ret);
		return;
	}
}

static bool append(char *buffer, size_t size, size_t *used, struct view piece)
{
	if (piece.size > size - *used)
		return false;
	memcpy(buffer + *used, piece.bytes, piece.size);
	*used += piece.size;
	return true;
}

/* Everything of the entry but `th`, behind what is already in the buffer. */
static bool append_others(struct view member, char *buffer, size_t size, size_t *used)
{
	struct view rest = view_skip(member, 3), pair, key, value;

	while (view_next_token(&rest, ';', &pair)) {
		if (!split_pair(pair, &key, &value) || view_equals(key, VIEW_LITERAL("th")))
			continue;
		if (*used > 3 && !append(buffer, size, used, VIEW_LITERAL(";")))
			return false;
		if (!append(buffer, size, used, pair))
			return false;
	}
	return true;
}

/* The new entry in the buffer; empty when nothing is left of it. False: it would be too large. */
static bool build_entry(struct view member, const struct sampling_decision *decision, char *buffer,
			struct view *ret)
{
	char digits[SAMPLING_THRESHOLD_DIGITS + 1];
	struct tracestate_ot ignored;
	size_t used = 0;

	(void)append(buffer, MAX_TRACESTATE_OT_BYTES, &used, VIEW_LITERAL("ot="));
	if (decision->has_threshold) {
		(void)append(buffer, MAX_TRACESTATE_OT_BYTES, &used, VIEW_LITERAL("th:"));
		(void)append(buffer, MAX_TRACESTATE_OT_BYTES, &used,
			     sampling_threshold_text(decision->threshold, digits));
	}
	/* A malformed entry is not carried on. */
	if (member.size && read_entry(member, &ignored) &&
	    !append_others(member, buffer, MAX_TRACESTATE_OT_BYTES, &used))
		return false;
	*ret = view_of(buffer, used > 3 ? used : 0);
	return true;
}

static void add_member(struct members *members, struct view member)
{
	if (members->count == MAX_TRACESTATE_MEMBERS)
		return; /* the right-most go */
	members->items[members->count++] = member;
	members->bytes += member.size + (members->count > 1 ? 1 : 0);
}

static void remove_member(struct members *members, size_t at)
{
	members->bytes -= members->items[at].size + (members->count > 1 ? 1 : 0);
	members->count--;
	memmove(&members->items[at], &members->items[at + 1],
		(members->count - at) * sizeof(members->items[0]));
}

static void cut_to_fit(struct members *members)
{
	for (size_t i = members->count; i > 0 && members->bytes > MAX_TRACESTATE_BYTES; i--)
		if (members->items[i - 1].size > LARGE_MEMBER_BYTES &&
		    !is_ot(members->items[i - 1]))
			remove_member(members, i - 1);
	while (members->bytes > MAX_TRACESTATE_BYTES)
		remove_member(members, members->count - 1);
}

static struct view find_ot(struct view tracestate)
{
	struct view member;

	while (next_member(&tracestate, &member))
		if (is_ot(member))
			return member;
	return (struct view){0};
}

struct view tracestate_write(struct view tracestate, const struct sampling_decision *decision,
			     char *buffer)
{
	char entry_buffer[MAX_TRACESTATE_OT_BYTES];
	struct view old, entry = {0}, member;
	struct members members = {0};
	bool is_changed;
	size_t used = 0;

	if (!tracestate_is_valid(tracestate))
		tracestate = (struct view){0};
	old = find_ot(tracestate);
	is_changed = build_entry(old, decision, entry_buffer, &entry) && !view_equals(entry, old);
	if (is_changed && entry.size)
		add_member(&members, entry);
	while (next_member(&tracestate, &member))
		if (!is_ot(member) || (!is_changed && member.bytes == old.bytes))
			add_member(&members, member);
	cut_to_fit(&members);
	for (size_t i = 0; i < members.count; i++) {
		if (i)
			buffer[used++] = ',';
		memcpy(buffer + used, members.items[i].bytes, members.items[i].size);
		used += members.items[i].size;
	}
	return view_of(buffer, used);
}
