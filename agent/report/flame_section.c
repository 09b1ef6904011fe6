/* Groups are numbered: outside of requests, requests that were not heard of, operations and at last
 * the requests that are shown. A sample is in the group of its operation and, where its request is
 * shown, in that one, too. */
#include "report/flame_section.h"

#include <stdio.h>
#include <stdlib.h>
#include "base/cleanup.h"
#include "model/flame_tree.h"
#include "model/profile_merge.h"
#include "model/profile_text.h"
#include "report/flame_columns.h"
#include "report/report_text.h"

#define GROUP_OUTSIDE   0
#define GROUP_UNKNOWN   1
#define FIRST_OPERATION 2
#define FIRST_REQUEST   (FIRST_OPERATION + MAX_KNOWN_OPERATIONS + 1)
#define MAX_GROUPS      (FIRST_REQUEST + KEPT_SHELVES_COUNT * MAX_SHELF_TRACES)
#define PIXELS          12000 /* a tenth of one, on a screen of 1200 */
#define COARSEST        64
#define ROOM_BEHIND     200000u /* of the page: what follows the sections */
#define NOT_ASKED       (NO_FLAME_NODE - 1)

int flame_section_init(struct flame_section *section, const struct kept_traces *traces,
		       size_t max_page_bytes)
{
	*section = (struct flame_section){.traces = traces, .max_page_bytes = max_page_bytes};
	return span_operations_new(&section->operations);
}

void flame_section_done(struct flame_section *section)
{
	profile_free(&section->profile);
	span_operations_free(&section->operations);
}

void flame_section_add_segment(struct flame_section *section, const struct segment *segment)
{
	span_operations_add(section->operations, segment);
}

int flame_section_add_profile(struct flame_section *section, const struct profile *profile)
{
	int err = section->profile ? 0
				   : profile_new(&section->profile, profile->resource,
						 profile->frequency_hz);

	return err < 0 ? err : profile_merge_add(section->profile, profile);
}

static const struct kept_trace *trace_of(const struct flame_section *section, uint32_t group)
{
	uint32_t place = group - FIRST_REQUEST;

	return &section->traces->shelves[place / MAX_SHELF_TRACES].traces[place % MAX_SHELF_TRACES];
}

/* Nodes of groups, and which one each link of the profile belongs to. */
struct grouping {
	const struct flame_section *section;
	uint32_t nodes[MAX_GROUPS];
	uint32_t *groups; /* by link */
	struct request_time times[KEPT_SHELVES_COUNT * MAX_SHELF_TRACES];
	bool is_by_request;
};

static uint32_t find_request(const struct flame_section *section, const uint8_t *trace_id)
{
	for (uint32_t i = 0; i < KEPT_SHELVES_COUNT * MAX_SHELF_TRACES; i++) {
		const struct trace_shelf *shelf = &section->traces->shelves[i / MAX_SHELF_TRACES];
		uint32_t place = i % MAX_SHELF_TRACES;

		if (place < shelf->count &&
		    memcmp(shelf->traces[place].trace_id, trace_id, TRACE_ID_BYTES) == 0)
			return FIRST_REQUEST + i;
	}
	return NO_FLAME_NODE;
}

static uint32_t group_of(const struct grouping *grouping, const struct profile *profile,
			 uint32_t link)
{
	uint32_t operation;

	if (grouping->is_by_request)
		return link == NO_PROFILE_LINK
			       ? NO_FLAME_NODE
			       : find_request(grouping->section, profile->links[link].trace_id);
	if (link == NO_PROFILE_LINK)
		return GROUP_OUTSIDE;
	operation =
		span_operations_find(grouping->section->operations, profile->links[link].span_id);
	return operation == NO_OPERATION ? GROUP_UNKNOWN : FIRST_OPERATION + operation;
}

static uint32_t root_for(void *self, struct flame_tree *tree, const struct profile *profile,
			 const struct profile_sample *sample)
{
	struct grouping *grouping = self;
	uint32_t *group = &grouping->groups[sample->link];
	struct flame_name name = {.kind = PROFILE_FRAME_SYNTHETIC};
	char number[16];

	if (*group == NOT_ASKED)
		*group = group_of(grouping, profile, sample->link);
	if (*group == NO_FLAME_NODE)
		return NO_FLAME_NODE;
	if (grouping->is_by_request)
		request_time_add(&grouping->times[*group - FIRST_REQUEST],
				 &trace_of(grouping->section, *group)->spans, sample,
				 profile->links[sample->link].span_id);
	if (grouping->nodes[*group] == NO_FLAME_NODE) {
		name.text = view_of(number, (size_t)snprintf(number, sizeof(number), "%u", *group));
		grouping->nodes[*group] =
			flame_tree_child(tree, FLAME_ROOT, flame_tree_name(tree, &name));
	}
	return grouping->nodes[*group];
}

static int add_groups(struct flame_tree *tree, struct grouping *grouping, bool is_by_request)
{
	const struct profile *profile = grouping->section->profile;
	struct flame_choice choice = {root_for, grouping};

	for (uint32_t i = 0; i < profile->links_count; i++)
		grouping->groups[i] = NOT_ASKED;
	grouping->is_by_request = is_by_request;
	return flame_tree_add_profile(tree, profile, &choice);
}

static int build_tree(struct flame_tree **ret, struct grouping *grouping)
{
	_cleanup_(flame_tree_free) struct flame_tree *tree = NULL;
	_cleanup_(cleanup_free) uint32_t *groups =
		malloc(grouping->section->profile->links_count * sizeof(*groups));
	int err = groups ? flame_tree_new(&tree) : -1;

	grouping->groups = groups;
	if (err == 0)
		err = add_groups(tree, grouping, false);
	if (err == 0)
		err = add_groups(tree, grouping, true);
	if (err == 0)
		err = flame_tree_finish(tree);
	grouping->groups = NULL;
	if (err == 0)
		*ret = TAKE_PTR(tree);
	return err;
}

static void append_group(struct json_writer *writer, const struct grouping *grouping,
			 uint32_t group)
{
	const struct flame_section *section = grouping->section;
	const struct operation_key *key;

	json_writer_begin(writer, '{');
	report_text_set_number(writer, "group", group);
	if (group >= FIRST_REQUEST) {
		const struct request_time *time = &grouping->times[group - FIRST_REQUEST];

		json_writer_key(writer, "trace");
		json_writer_hex(writer,
				view_of(trace_of(section, group)->trace_id, TRACE_ID_BYTES));
		report_text_set_number(writer, "on", time->on_ns);
		report_text_set_number(writer, "waits", time->waits_ns);
	} else if (group == GROUP_UNKNOWN) {
		report_text_set_truth(writer, "is_unknown", true);
	} else if (group == FIRST_OPERATION + MAX_KNOWN_OPERATIONS) {
		report_text_set_truth(writer, "is_rest", true);
	} else if (group != GROUP_OUTSIDE) {
		key = &section->operations->operations[group - FIRST_OPERATION];
		report_text_set(writer, "service", operation_table_service(key));
		report_text_set(writer, "kind", view_of_text(operation_table_kind_word(key->kind)));
		report_text_set(writer, "name", operation_table_name(key));
	}
	json_writer_end(writer, '}');
}

static void append_groups(struct json_writer *writer, const struct grouping *grouping)
{
	json_writer_key(writer, "groups");
	json_writer_begin(writer, '[');
	for (uint32_t i = 0; i < MAX_GROUPS; i++)
		if (grouping->nodes[i] != NO_FLAME_NODE)
			append_group(writer, grouping, i);
	json_writer_end(writer, ']');
}

static void append_losses(struct json_writer *writer, const struct profile *profile)
{
	json_writer_key(writer, "losses");
	json_writer_begin(writer, '[');
	for (int i = 0; i < PROFILE_LOSSES_COUNT; i++) {
		enum profile_loss loss = (enum profile_loss)i;

		if (!profile->losses[i])
			continue;
		json_writer_begin(writer, '{');
		report_text_set(writer, "words", view_of_text(profile_text_loss_words(loss)));
		report_text_set_number(writer, "count", profile->losses[i]);
		json_writer_end(writer, '}');
	}
	json_writer_end(writer, ']');
	report_text_set_truth(writer, "is_lossy", profile_text_is_lossy(profile));
	report_text_set_truth(writer, "is_incomplete", profile->is_incomplete);
}

static void append_head(struct json_writer *writer, const struct profile *profile)
{
	uint64_t on_cpu = 0;

	for (uint32_t i = 0; i < profile->samples_count; i++)
		on_cpu += !profile->samples[i].is_off_cpu;
	report_text_set_number(writer, "frequency", profile->frequency_hz);
	report_text_set_number(writer, "duration", profile->end_unix_ns - profile->start_unix_ns);
	report_text_set_number(writer, "samples", on_cpu);
	report_text_set_number(writer, "waits", profile->samples_count - on_cpu);
	report_text_set_number(writer, "on", profile->on_cpu_ns);
	report_text_set_number(writer, "off", profile->off_cpu_ns);
	report_text_set_number(writer, "threads", profile->threads_count);
	append_losses(writer, profile);
}

/* As fine as there is room for. */
static void append_tree(struct json_writer *writer, const struct flame_section *section,
			const struct flame_tree *tree)
{
	size_t begun = writer->buffer->size, page = section->max_page_bytes;
	size_t limit = page > ROOM_BEHIND ? page - ROOM_BEHIND : 0;

	if (limit > begun + MAX_FLAME_BYTES)
		limit = begun + MAX_FLAME_BYTES;
	for (uint64_t pixels = PIXELS; pixels >= PIXELS / COARSEST; pixels /= 2) {
		struct report_mark mark = report_text_mark(writer);

		if (flame_columns_append(writer, tree, pixels) == 0 &&
		    report_text_keep(writer, mark, limit))
			return;
		(void)report_text_keep(writer, mark, 0);
	}
}

void flame_section_append(struct json_writer *writer, const void *content)
{
	const struct flame_section *section = content;
	_cleanup_(flame_tree_free) struct flame_tree *tree = NULL;
	struct grouping grouping = {.section = section};

	for (uint32_t i = 0; i < MAX_GROUPS; i++)
		grouping.nodes[i] = NO_FLAME_NODE;
	json_writer_begin(writer, '{');
	append_head(writer, section->profile);
	if (build_tree(&tree, &grouping) == 0) {
		append_groups(writer, &grouping);
		append_tree(writer, section, tree);
	}
	json_writer_end(writer, '}');
}
