/* The plain facts of a crash, and the frames the symbol process found. */
#include "crash/crash_builder.h"

#include <errno.h>
#include <signal.h>
#include "crash/cpp_throw_site.h"
#include "crash/crash_cause.h"
#include "crash/crash_grouping.h"
#include "crash/handled_fault.h"
#include "crash/native_registers.h"
#include "crash/signal_words.h"
#include "crash/trail_text.h"

#define SIGNAL_BITS 0x7f
#define CORE_BIT    0x80

static enum crash_kind kind_of(enum raw_verdict verdict)
{
	switch (verdict) {
	case RAW_FAULTED:
		return CRASH_FAULT;
	case RAW_OOM_KILLED:
		return CRASH_OOM_KILL;
	case RAW_KILLED:
		return CRASH_KILLED;
	case RAW_EXITED:
	case RAW_ENDED_WELL:
		return CRASH_EXIT;
	default:
		return CRASH_SIGNAL;
	}
}

static struct view name_of(const uint8_t name[TASK_NAME_BYTES], struct arena *arena)
{
	return arena_copy(arena, view_of(name, strnlen((const char *)name, TASK_NAME_BYTES)));
}

static void set_fault(struct crash *crash, int signal, int code, uint64_t address)
{
	crash->signal = signal;
	crash->code = code;
	crash->signal_name = signal_words_name(signal);
	crash->code_name = signal_words_code(signal, code);
	/* SI_KERNEL stands for faults without an address. */
	crash->has_fault_address = code > 0 && code != SI_KERNEL;
	crash->fault_address = crash->has_fault_address ? address : 0;
}

static void set_signal(struct crash *crash, const struct raw_crash *raw)
{
	const struct crash_thread_record *record =
		raw->threads_count ? &raw->threads[0]->record : NULL;

	crash->is_core_dumped = raw->death.exit_code & CORE_BIT;
	crash->exit_status = (int)(raw->death.exit_code >> 8 & 0xff);
	crash->signal = (int)(raw->death.exit_code & SIGNAL_BITS);
	if (record && (raw->verdict == RAW_CRASHED || raw->verdict == RAW_FAULTED))
		set_fault(crash, (int)record->signal, record->code, record->fault_address);
	else if (crash->signal)
		crash->signal_name = signal_words_name(crash->signal);
}

/* A signal that was sent: by whom. */
static void set_sender(struct crash *crash, const struct raw_crash *raw)
{
	const struct crash_thread_record *record =
		raw->threads_count ? &raw->threads[0]->record : NULL;

	if (raw->has_sender &&
	    (raw->verdict == RAW_KILLED || raw->verdict == RAW_SIGNALLED ||
	     (record && record->code <= 0 && record->sender_pid == raw->sender.sender_tgid))) {
		crash->sender_pid = raw->sender.sender_tgid;
		crash->sender_uid = raw->sender.sender_uid;
		crash->sender_name = name_of(raw->sender.sender_name, &crash->arena);
	} else if (raw->verdict == RAW_CRASHED && record && record->code <= 0) {
		crash->sender_pid = record->sender_pid;
		crash->sender_uid = record->sender_uid;
	}
}

static void set_resident_memory(struct crash *crash, const struct raw_crash *raw)
{
	uint64_t pages = raw->threads_count ? raw->threads[0]->record.resident_pages : 0;

	if (pages)
		attribute_set_integer(&crash->attributes, &crash->arena, "process.memory.usage",
				      (int64_t)(pages * STACK_PAGE_BYTES));
}

static void add_thread(struct crash *crash, const struct raw_crash *raw, uint32_t i)
{
	const struct crash_thread_record *record = &raw->threads[i]->record;
	struct crash_thread *thread = &crash->threads[i];

	*thread = (struct crash_thread){
		.tid = record->tid,
		.name = name_of(record->name, &crash->arena),
		.is_crashed = i == 0,
		.is_main = record->tid == record->tgid,
		.has_registers = !(record->flags & CRASH_IS_NOT_DUMPABLE),
		.is_truncated = record->flags & CRASH_IS_TRUNCATED,
	};
	memcpy(thread->registers, record->registers, sizeof(thread->registers));
	if (record->flags & CRASH_IS_NOT_DUMPABLE)
		crash->is_metadata_only = true;
	if (record->pages_lost)
		crash->is_loss = true;
}

static void add_threads(struct crash *crash, const struct raw_crash *raw)
{
	crash->threads =
		arena_allocate(&crash->arena, raw->threads_count * sizeof(*crash->threads) + 1);
	if (!crash->threads)
		return;
	crash->threads_count = raw->threads_count;
	for (uint32_t i = 0; i < raw->threads_count; i++)
		add_thread(crash, raw, i);
}

int crash_builder_begin(struct crash **ret, const struct raw_crash *raw, struct resource *resource,
			uint64_t unix_offset_ns, uint64_t boot_offset_ns)
{
	struct crash *crash;
	int err = crash_new(&crash, resource);

	if (err < 0)
		return err;
	crash->kind = kind_of(raw->verdict);
	crash->unix_ns = (raw->fatal_ns ? raw->fatal_ns : raw->death_ns) + unix_offset_ns;
	if (raw->verdict == RAW_FAULTED && raw->threads_count)
		crash->unix_ns = raw->threads[0]->record.header.time_ns + unix_offset_ns;
	if (raw->process_start_ns)
		crash->start_unix_ns = raw->process_start_ns + boot_offset_ns;
	crash->pid = raw->tgid;
	crash->uid = raw->death.uid;
	crash->is_loss = raw->lost_count > 0;
	crash->process_name = name_of(raw->death.name, &crash->arena);
	if (raw->threads_count)
		crash->tid = raw->threads[0]->record.tid;
	set_signal(crash, raw);
	set_sender(crash, raw);
	set_resident_memory(crash, raw);
	add_threads(crash, raw);
	*ret = crash;
	return 0;
}

static bool fill_job_thread(struct job_thread *job, const struct raw_thread *thread, bool is_first,
			    struct arena *arena)
{
	struct job_page *pages = arena_allocate(arena, thread->pages_count * sizeof(*pages) + 1);

	if (!pages)
		return false;
	for (uint32_t i = 0; i < thread->pages_count; i++)
		pages[i] = (struct job_page){thread->pages[i]->address, thread->pages[i]->bytes};
	*job = (struct job_thread){
		.tid = thread->record.tid,
		.is_crashed = is_first,
		.is_truncated = thread->record.flags & CRASH_IS_TRUNCATED,
		.is_pc_only = thread->record.flags & (CRASH_IS_NOT_DUMPABLE | CRASH_IS_COMPAT),
		.pages = pages,
		.pages_count = thread->pages_count,
	};
	memcpy(job->registers, thread->record.registers, sizeof(job->registers));
	return true;
}

struct job_thread *crash_builder_threads(const struct raw_crash *raw, struct crash *crash,
					 uint32_t *ret_count)
{
	struct job_thread *threads;

	if (raw->threads_count == 0)
		return NULL;
	threads = arena_allocate(&crash->arena, (raw->threads_count + 1) * sizeof(*threads));
	for (uint32_t i = 0; threads && i < raw->threads_count; i++)
		if (!fill_job_thread(&threads[i], raw->threads[i], i == 0, &crash->arena))
			return NULL;
	*ret_count = raw->threads_count;
	if (threads && cpp_throw_site_job(raw, &crash->arena, &threads[raw->threads_count]))
		++*ret_count;
	return threads;
}

static struct view copy_text(struct crash *crash, struct view text)
{
	return text.size ? arena_copy(&crash->arena, text) : text;
}

static void take_frames(struct crash *crash, const struct crash_images *images,
			struct crash_thread *thread, const struct crash_frame *frames,
			uint32_t count)
{
	thread->frames = arena_allocate(&crash->arena, count * sizeof(*frames) + 1);
	if (!thread->frames)
		return;
	thread->frames_count = count;
	for (uint32_t i = 0; i < count; i++) {
		struct crash_frame *frame = &thread->frames[i];

		*frame = frames[i];
		frame->function = copy_text(crash, frames[i].function);
		frame->symbol = copy_text(crash, frames[i].symbol);
		frame->file = copy_text(crash, frames[i].file);
		if (frame->image >= crash->images_count)
			frame->image = NO_IMAGE;
		frame->is_in_app = crash_images_is_in_app(images, crash, frame->image);
	}
}

/* Nobody could look at the stack: where it stood is known all the same. */
static void take_pc(struct crash *crash, const struct crash_images *images,
		    struct crash_thread *thread)
{
	struct crash_frame frame = {
		.pc = thread->registers[PROGRAM_COUNTER], .image = NO_IMAGE, .is_exact_pc = true};
	const struct job_mapping *mapping = crash_images_find(images, frame.pc);

	if (mapping)
		frame.image = mapping->image;
	take_frames(crash, images, thread, &frame, 1);
}

static void take_image(struct crash_image *image, const struct unwind_answer_image *answer)
{
	if (image->build_id_size == 0 && answer->build_id_size <= MAX_BUILD_ID_BYTES) {
		image->build_id_size = answer->build_id_size;
		memcpy(image->build_id, answer->build_id, sizeof(image->build_id));
	}
	image->has_text_hash = answer->has_text_hash;
	memcpy(image->text_hash, answer->text_hash, sizeof(image->text_hash));
}

/* What comes after the threads. */
static void take_throw(struct crash *crash, const struct crash_images *images,
		       const struct unwind_answer *answer)
{
	uint32_t i = crash->threads_count;

	if (!answer || i == 0 || i >= answer->threads_count)
		return;
	crash->thrown = arena_allocate(&crash->arena, sizeof(*crash->thrown));
	if (!crash->thrown)
		return;
	*crash->thrown = (struct crash_throw){.type = copy_text(crash, answer->type_name)};
	take_frames(crash, images, &crash->thrown->thread, answer->threads[i].frames,
		    answer->threads[i].frames_count);
	crash->thrown->thread.is_truncated = answer->threads[i].is_truncated;
}

void crash_builder_take_answer(struct crash *crash, const struct crash_images *images,
			       const struct unwind_answer *answer)
{
	for (uint32_t i = 0; i < crash->threads_count; i++) {
		struct crash_thread *thread = &crash->threads[i];

		if (answer && i < answer->threads_count && answer->threads[i].frames_count) {
			take_frames(crash, images, thread, answer->threads[i].frames,
				    answer->threads[i].frames_count);
			thread->is_truncated |= answer->threads[i].is_truncated;
		} else {
			take_pc(crash, images, thread);
		}
	}
	take_throw(crash, images, answer);
	for (uint32_t i = 0; answer && i < answer->images_count && i < crash->images_count; i++)
		take_image(&crash->images[i], &answer->images[i]);
}

/* Only executable mappings are indexed: what lies between those of one file is that file's. */
static enum crash_place place_of(const struct crash *crash, const struct crash_images *images,
				 uint64_t address)
{
	if (crash_images_find(images, address))
		return PLACE_CODE;
	for (uint32_t i = 0; i < crash->images_count; i++)
		if (address >= crash->images[i].start &&
		    address - crash->images[i].start < crash->images[i].size)
			return PLACE_IMAGE;
	return PLACE_UNKNOWN;
}

static void add_thread_facts(struct crash_facts *facts, const struct raw_thread *raw,
			     const struct crash_thread *thread)
{
	facts->has_registers = thread->has_registers;
	memcpy(facts->registers, thread->registers, sizeof(facts->registers));
	facts->frames = thread->frames;
	facts->frames_count = thread->frames_count;
	facts->message = view_of(raw->record.message, strnlen((const char *)raw->record.message,
							      raw->record.message_size));
	for (uint32_t i = 0; i < raw->pages_count; i++)
		if (facts->lowest_stack_page == 0 ||
		    raw->pages[i]->address < facts->lowest_stack_page)
			facts->lowest_stack_page = raw->pages[i]->address;
}

static void gather_facts(struct crash_facts *ret, struct crash *crash, const struct raw_crash *raw,
			 const struct crash_images *images)
{
	*ret = (struct crash_facts)
	{
		.kind = crash->kind, .signal = crash->signal, .code = crash->code,
#if defined(__aarch64__)
		.is_arm64 = true,
#endif
		.has_fault_address = crash->has_fault_address,
		.is_metadata_only = crash->is_metadata_only, .fault_address = crash->fault_address,
		.pid = crash->pid, .sender_pid = crash->sender_pid,
		.sender_name = crash->sender_name, .exit_status = crash->exit_status,
		.memory_limit_bytes = crash->memory_limit_bytes,
		.memory_usage_bytes = crash->memory_usage_bytes,
	};
	if (crash->threads_count && raw->threads_count)
		add_thread_facts(ret, raw->threads[0], &crash->threads[0]);
	if (raw->trail && !crash->is_metadata_only)
		ret->stderr_tail = trail_text_tail(
			raw->trail, raw->fatal_ns ? raw->fatal_ns : raw->death_ns, &crash->arena);
	ret->pc_place = place_of(crash, images, ret->registers[PROGRAM_COUNTER]);
	ret->address_place = place_of(crash, images, ret->fault_address);
}

/* What was being handled when this code was interrupted, when that was a fault. */
static bool find_handled(const struct raw_crash *raw, uint64_t pc, struct handled_fault *ret)
{
	const struct crash_thread_record *record = raw->handled ? &raw->handled->record : NULL;

	if (!record || record->registers[PROGRAM_COUNTER] != pc)
		return handled_fault_find(raw->threads[0], pc, ret);
	*ret = (struct handled_fault){
		.address = record->fault_address,
		.signal = (int)record->signal,
		.code = record->code,
	};
	memcpy(ret->registers, record->registers, sizeof(ret->registers));
	return true;
}

/*
 * A program that ends itself by a signal (abort, raise) in the handler of a fault dies of the
 * fault: the report is about what was interrupted, the outermost when a handler faulted too.
 */
static void go_back_to_fault(struct crash *crash, const struct raw_crash *raw)
{
	struct crash_thread *thread = crash->threads;
	struct handled_fault fault;

	if (raw->verdict != RAW_CRASHED || crash->threads_count == 0 || raw->threads_count == 0 ||
	    crash->is_metadata_only ||
	    (crash->code <= 0 && raw->threads[0]->record.sender_pid != raw->tgid))
		return;
	for (uint32_t i = thread->frames_count; i-- > 1;) {
		if (!thread->frames[i].is_exact_pc ||
		    !find_handled(raw, thread->frames[i].pc, &fault))
			continue;
		set_fault(crash, fault.signal, fault.code, fault.address);
		crash->sender_pid = crash->sender_uid = 0;
		crash->sender_name = (struct view){0};
		memcpy(thread->registers, fault.registers, sizeof(thread->registers));
		thread->frames += i;
		thread->frames_count -= i;
		thread->frames[0].trust = TRUST_CONTEXT;
		return;
	}
}

void crash_builder_finish(struct crash *crash, const struct raw_crash *raw,
			  const struct crash_images *images)
{
	struct crash_facts facts;

	go_back_to_fault(crash, raw);
	cpp_throw_site_judge(crash, raw);
	gather_facts(&facts, crash, raw, images);
	crash->type = crash_cause_type(&facts);
	crash->cause = crash_cause_describe(&facts, &crash->arena);
	crash_grouping_set(crash, images->executable);
}
