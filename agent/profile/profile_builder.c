/* What is known of a point is kept in a ring by its number, as long as its stack or its request may
 * still come. */
#include "profile/profile_builder.h"

#include <errno.h>
#include <stdlib.h>
#include "base/cleanup.h"
#include "profile/request_links.h"

#define MAX_POINTS 65536u

struct known_point {
	struct profile_point_record record;
	struct profile_link link;
	struct placed_sample placed;
	bool is_used;  /* there is such a point */
	bool is_ended; /* its stack came, or never will */
	bool has_link;
	bool is_link_guess;
};

struct profile_builder {
	struct process_profiles *profiles;
	struct request_links *links;
	struct known_point *points; /* by number modulo MAX_POINTS */
	struct profile_builder_counts counts;
	struct drops *drops;
	uint64_t unix_offset_ns;
	uint64_t now_ns;
};

static struct known_point *find_point(const struct profile_builder *builder, uint32_t number)
{
	struct known_point *point = &builder->points[number % MAX_POINTS];

	return point->is_used && point->record.point == number ? point : NULL;
}

static void on_link(void *self, uint32_t number, const struct served_request *request,
		    bool is_guess)
{
	struct profile_builder *builder = self;
	struct known_point *point = find_point(builder, number);

	if (!point)
		return;
	if (request) {
		memcpy(point->link.trace_id, request->trace_id, sizeof(point->link.trace_id));
		memcpy(point->link.span_id, request->span_id, sizeof(point->link.span_id));
		builder->counts.linked += !point->has_link;
		point->has_link = true;
	}
	point->is_link_guess = is_guess;
	process_profiles_link(builder->profiles, &point->placed, request ? &point->link : NULL,
			      is_guess);
}

int profile_builder_new(struct profile_builder **ret, const struct profile *dictionary,
			const struct process_profiles_sink *sink, struct drops *drops)
{
	_cleanup_(profile_builder_free) struct profile_builder *builder =
		calloc(1, sizeof(*builder));
	int err;

	if (!builder)
		return -ENOMEM;
	builder->drops = drops;
	builder->points = calloc(MAX_POINTS, sizeof(*builder->points));
	if (!builder->points)
		return -ENOMEM;
	err = process_profiles_new(&builder->profiles, dictionary, sink);
	if (err == 0)
		err = request_links_new(&builder->links, on_link, builder);
	if (err < 0)
		return err;
	*ret = TAKE_PTR(builder);
	return 0;
}

void profile_builder_free(struct profile_builder **builder)
{
	if (!*builder)
		return;
	request_links_free(&(*builder)->links);
	process_profiles_free(&(*builder)->profiles);
	free((*builder)->points);
	free(*builder);
	*builder = NULL;
}

void profile_builder_set_unix_offset(struct profile_builder *builder, uint64_t unix_offset_ns)
{
	builder->unix_offset_ns = unix_offset_ns;
}

static bool is_off_cpu(const struct profile_point_record *record)
{
	return record->flags & POINT_IS_OFF_CPU;
}

/* When what the sample stands for began. */
static uint64_t start_of(const struct profile_point_record *record)
{
	if (!is_off_cpu(record) || record->weight_ns > record->header.time_ns)
		return record->header.time_ns;
	return record->header.time_ns - record->weight_ns;
}

void profile_builder_take_point(struct profile_builder *builder,
				const struct profile_point_record *record)
{
	struct known_point *point = &builder->points[record->point % MAX_POINTS];
	struct linked_point linked = {
		.point = record->point,
		.tgid = record->tgid,
		.context = record->context,
		.start_ns = start_of(record),
		.time_ns = record->header.time_ns,
	};

	if (point->is_used && !point->is_ended)
		process_profiles_count_loss(builder->profiles, point->record.tgid,
					    PROFILE_LOST_UNWIND, 1, builder->now_ns);
	*point = (struct known_point){.record = *record, .is_used = true};
	builder->now_ns = record->header.time_ns;
	builder->counts.samples++;
	builder->counts.off_cpu += is_off_cpu(record);
	request_links_add(builder->links, &linked);
}

void profile_builder_take_stack(struct profile_builder *builder,
				const struct profile_unwound_record *unwound)
{
	struct known_point *point = find_point(builder, unwound->point);
	struct new_sample sample;

	if (!point || point->is_ended || unwound->is_cut >= PROFILE_LOSSES_COUNT) {
		drops_count(builder->drops, DROP_RECORD_MALFORMED);
		return;
	}
	point->is_ended = true;
	if (unwound->stack == NO_STACK) {
		process_profiles_count_loss(builder->profiles, point->record.tgid,
					    PROFILE_LOST_UNWIND, 1, builder->now_ns);
		return;
	}
	sample = (struct new_sample){
		.tgid = point->record.tgid,
		.tid = point->record.tid,
		.frequency_hz = point->record.frequency_hz,
		.stack = unwound->stack,
		.cut = (enum profile_loss)unwound->is_cut,
		.name = view_of(point->record.name,
				strnlen((const char *)point->record.name, TASK_NAME_BYTES)),
		.sample = {.unix_ns = start_of(&point->record) + builder->unix_offset_ns,
			   .weight_ns = point->record.weight_ns,
			   .is_off_cpu = is_off_cpu(&point->record),
			   .is_link_guess = point->is_link_guess},
		.link = point->has_link ? &point->link : NULL,
	};
	builder->counts.unwound++;
	builder->counts.whole += !unwound->is_cut;
	point->placed = process_profiles_add(builder->profiles, &sample, builder->now_ns);
}

void profile_builder_take_loss(struct profile_builder *builder,
			       const struct profile_loss_record *loss)
{
	if (loss->loss < PROFILE_LOSSES_COUNT)
		process_profiles_count_loss(builder->profiles, loss->tgid,
					    (enum profile_loss)loss->loss, loss->count,
					    builder->now_ns);
}

void profile_builder_take_request(struct profile_builder *builder,
				  const struct served_request *request)
{
	request_links_take(builder->links, request);
}

void profile_builder_tick(struct profile_builder *builder, uint64_t now_ns)
{
	builder->now_ns = now_ns;
	process_profiles_tick(builder->profiles, now_ns);
}

void profile_builder_finish(struct profile_builder *builder)
{
	process_profiles_finish(builder->profiles);
}

void profile_builder_look(const struct profile_builder *builder,
			  void (*on_profile)(void *self, const struct profile *profile), void *self)
{
	process_profiles_look(builder->profiles, on_profile, self);
}

struct profile_builder_counts profile_builder_counts(const struct profile_builder *builder)
{
	return builder->counts;
}
