/*
 * A page of made-up happenings for test_report_page.py: ordinary requests and crashes, and the same
 * with names that a hostile program would have. usage: show_report FILE TRACES
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include "hostile_names.h"
#include "report/report.h"
#include "sample_crash.h"
#include "sample_exception.h"
#include "sample_profile.h"
#include "sample_segment.h"

#define START_NS 1767607212000000000ull

static struct exporter *exporter;

static void send_item(struct item *item)
{
	struct batch batch = {.kind = item->kind, .items = &item, .count = 1};
	struct export_result result;

	exporter->ops->export(exporter, &batch, &result);
	item_release(&item);
}

/* Mostly fast, now and then slow; every tenth is well. */
static struct segment *make_segment(int i)
{
	struct segment *segment = sample_segment(START_NS + (uint64_t)i * 7000000);
	struct span *root = segment_root(segment);
	uint64_t slower_ns = (uint64_t)(i * 37 % 101) * 400000 + (i % 50 == 0 ? 300000000 : 0);

	root->end_unix_ns += slower_ns;
	attribute_set_static(&segment->spans[2]->attributes, &segment->arena, "server.address",
			     "payments.internal");
	attribute_set_integer(&segment->spans[2]->attributes, &segment->arena, "server.port", 8443);
	attribute_set_static(&segment->spans[1]->attributes, &segment->arena, "server.address",
			     "stock.internal");
	if (i % 10)
		segment->spans[1]->status = STATUS_UNSET;
	return segment;
}

static void send_segment(struct segment *segment)
{
	struct item *item;

	if (item_new_segment(&item, &segment) == 0)
		send_item(item);
}

/* What was sampled: a program whose requests parse, render and wait, and what it does besides. */
struct sampled {
	struct profile *profile;
	uint32_t main_thread, worker;
	uint32_t serve, parse, render, wait, collect;
};

static uint32_t stack_of(struct profile *profile, const char *const *names, uint32_t image)
{
	uint32_t frames[16], depth = 0;

	for (; names[depth]; depth++)
		frames[depth] = sampled_frame(profile, names[depth],
					      names[depth][0] == '_' ? PROFILE_FRAME_KERNEL
								     : PROFILE_FRAME_NATIVE,
					      image, 16 * depth);
	return profile_add_stack(profile, frames, depth);
}

static void begin_sampling(struct sampled *sampled, struct resource *resource)
{
	static const char *const parse[] = {"json_parse", "read_order", "serve", "main", NULL};
	static const char *const render[] = {"memcpy", "render_page", "serve", "main", NULL};
	static const char *const serve[] = {"serve", "main", NULL};
	static const char *const wait[] = {"__futex_wait", "take_lock", "serve", "main", NULL};
	static const char *const collect[] = {"mark", "collect_garbage", "main", NULL};
	struct crash_image image = {.path = view_of_text("/srv/shop"), .start = 0x1000};

	assert(profile_new(&sampled->profile, resource, 99) == 0);
	sampled->main_thread = profile_add_thread(sampled->profile, resource->pid, resource->pid,
						  view_of_text("shop"));
	sampled->worker = profile_add_thread(sampled->profile, resource->pid, resource->pid + 1,
					     view_of_text("<b>worker</b>"));
	(void)profile_add_image(sampled->profile, &image);
	sampled->parse = stack_of(sampled->profile, parse, 0);
	sampled->render = stack_of(sampled->profile, render, 0);
	sampled->serve = stack_of(sampled->profile, serve, 0);
	sampled->wait = stack_of(sampled->profile, wait, 0);
	sampled->collect = stack_of(sampled->profile, collect, 0);
}

static void sample_request(struct sampled *sampled, const struct segment *segment)
{
	struct profile *profile = sampled->profile;
	uint32_t link =
		profile_add_link(profile, segment->trace_id, segment_root(segment)->span_id);

	sample_at(profile, sampled->main_thread, sampled->parse, 7, link);
	sample_at(profile, sampled->main_thread, sampled->render, 2, link);
	sample_at(profile, sampled->main_thread, sampled->serve, 1, link);
	sample_wait(profile, sampled->main_thread, sampled->wait, 5000000, link);
	/* Half of it in its second call. */
	profile->samples[profile->samples_count - 1].unix_ns =
		segment_root(segment)->start_unix_ns + 16000000;
	sample_at(profile, sampled->worker, sampled->collect, 3, NO_PROFILE_LINK);
}

/* On each other's back: a hostile name has hostile callers. */
static void sample_hostile(struct sampled *sampled, const struct view *names, size_t count)
{
	uint32_t frames[64], depth = 0;

	for (; depth < count && depth < 64; depth++) {
		struct profile_frame frame = {.function = names[depth], .image = NO_IMAGE};

		frames[depth] = profile_add_frame(sampled->profile, &frame);
	}
	sample_at(sampled->profile, sampled->worker,
		  profile_add_stack(sampled->profile, frames, depth), 4, NO_PROFILE_LINK);
}

static void send_profile(struct sampled *sampled)
{
	struct item *item;

	profile_count_loss(sampled->profile, PROFILE_LOST_RING, 5);
	if (item_new_profile(&item, &sampled->profile) == 0)
		send_item(item);
}

static void rename_all(struct segment *segment, struct view name)
{
	for (uint32_t i = 0; i < segment->spans_count; i++) {
		struct span *span = segment->spans[i];

		span->name = name;
		span->status_message = name;
		attribute_set_string(&span->attributes, &segment->arena, "url.path", name);
		attribute_set_string(&span->attributes, &segment->arena, "server.address", name);
	}
	segment->resource->service_name = name;
}

static void rename_crash(struct crash *crash, struct view name)
{
	crash->type = crash->cause = crash->process_name = name;
	crash->trace.transaction = name;
	crash->resource->service_name = name;
	for (uint32_t i = 0; i < crash->threads_count; i++) {
		crash->threads[i].name = name;
		for (uint32_t j = 0; j < crash->threads[i].frames_count; j++)
			crash->threads[i].frames[j].function = crash->threads[i].frames[j].file =
				name;
	}
	for (uint32_t i = 0; i < crash->images_count; i++)
		crash->images[i].path = name;
	for (uint32_t i = 0; i < crash->breadcrumbs_count; i++)
		crash->breadcrumbs[i].message = crash->breadcrumbs[i].category = name;
	for (uint32_t i = 0; i < crash->exceptions_count; i++) {
		crash->exceptions[i].type = crash->exceptions[i].value = name;
		for (uint32_t j = 0; j < crash->exceptions[i].frames_count; j++)
			crash->exceptions[i].frames[j].context_line =
				crash->exceptions[i].frames[j].function = name;
	}
}

static void send_crash(struct crash *crash)
{
	struct item *item;

	if (item_new_crash(&item, &crash) == 0)
		send_item(item);
}

/* Names are the kernel's, but nothing on the page may rest on that. */
static void set_syscalls(void)
{
	static const struct syscall_count calls[] = {
		{0, "read", 1234567, 0, 9876543210, 4321000, {{0}}},
		{202, "futex", 777, 44, 88000000000, 5000000000, {{ETIMEDOUT, 44}}},
		{1,
		 "write",
		 5000,
		 30,
		 400000000,
		 70000000,
		 {{EPIPE, 9}, {EAGAIN, 7}, {EINTR, 6}, {EIO, 5}}},
		{999, NULL, 2, 2, 1500, 900, {{ENOSYS, 2}}},
		{998, "<img src=x onerror=\"window.harmed='call'\">", 1, 1, 800, 800, {{4321, 1}}},
		{997, "\xe2\x80\xae\xe2\x81\xa6</td></script><b>", 1, 0, 0, 0, {{0}}},
	};

	report_set_syscalls(exporter, calls, sizeof(calls) / sizeof(calls[0]));
}

int main(int argc, char **argv)
{
	struct drops drops = {0};
	struct report_settings settings = {.path = argv[1],
					   .subject = "<b>shop</b>",
					   .command = "run",
					   .drops = &drops,
					   .has_profile = true};
	int traces = argc > 2 ? atoi(argv[2]) : 0;
	struct resource *resource = sample_resource();
	struct sampled sampled;
	const struct view *names;
	size_t count = hostile_names(&names);
	char error[512];

	if (argc != 3 || report_new(&exporter, &settings, error, sizeof(error)) < 0)
		return 1;
	drops_add(&drops, DROP_RING_FULL, 12345);
	begin_sampling(&sampled, resource);
	resource_release(&resource);
	for (int i = 0; i < traces; i++) {
		struct segment *segment = make_segment(i);

		sample_request(&sampled, segment);
		send_segment(segment);
	}
	sample_hostile(&sampled, names, count);
	send_profile(&sampled);
	send_crash(known_crash());
	send_crash(sample_exception(START_NS));
	for (size_t i = 0; i < count; i++) {
		struct segment *segment = make_segment(i % 2 ? 3 : 20);
		struct crash *crash = sample_crash(START_NS),
			     *exception = sample_exception(START_NS);

		rename_all(segment, names[i]);
		send_segment(segment);
		rename_crash(crash, names[i]);
		send_crash(crash);
		rename_crash(exception, names[i]);
		send_crash(exception);
	}
	set_syscalls();
	exporter->ops->close(&exporter);
	return 0;
}
