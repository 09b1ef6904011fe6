/*
 * The work of the symbol process. The crashed thread comes first and is done completely; the others
 * share what is left of the time.
 */
#include "unwinding/unwind_work.h"

#include <errno.h>
#include <stdlib.h>
#include "base/clock.h"
#include "unwinding/frame_origin.h"
#include "unwinding/symbol_message.h"
#include "symbols/demangle.h"
#include "symbols/unwinder.h"

#define TEXT_HASH_BYTES 4096 /* Sentry's rule for files without a build-id */

/* One run. */
struct run {
	const struct unwind_work *work;
	const struct unwind_job *job;
	struct arena *arena;
	struct unwind_answer *answer;
	struct unwind_space space;
	bool *is_seen; /* images a frame lies in */
	const struct perf_map *perf_map;
	bool is_perf_map_tried;
};

static void begin_reading(const struct run *run, uint64_t key)
{
	*run->work->culprit = key;
}

static void end_reading(const struct run *run)
{
	*run->work->culprit = 0;
}

static struct module *find_module(void *self, uint32_t image)
{
	const struct run *run = self;

	if (image >= run->job->images_count)
		return NULL;
	begin_reading(run, run->job->images[image].key);
	return module_cache_find(run->work->modules, run->job->images[image].key,
				 run->job->images[image].fd);
}

static int prepare_space(struct run *run)
{
	const struct unwind_job *job = run->job;
	struct code_mapping *mappings =
		arena_allocate(run->arena, job->mappings_count * sizeof(*mappings));

	run->is_seen = arena_allocate(run->arena, job->images_count * sizeof(*run->is_seen));
	if (!mappings || !run->is_seen)
		return -ENOMEM;
	for (uint32_t i = 0; i < job->mappings_count; i++)
		mappings[i] = (struct code_mapping){
			.start = job->mappings[i].start,
			.end = job->mappings[i].end,
			.file_offset = job->mappings[i].file_offset,
			.image = job->mappings[i].image,
		};
	run->space = (struct unwind_space){
		.machine = job->is_arm64 ? MACHINE_ARM64 : MACHINE_X86_64,
		.mappings = mappings,
		.mappings_count = job->mappings_count,
		.find_module = find_module,
		.self = run,
		.rows = job->is_profile ? run->work->rows : NULL,
		.is_scan_off = job->is_profile,
	};
	return 0;
}

static int compare_pages(const void *a, const void *b)
{
	const struct stack_page *first = a, *second = b;

	return first->address < second->address ? -1 : first->address > second->address;
}

static int prepare_memory(const struct run *run, const struct job_thread *thread,
			  struct stack_memory *ret)
{
	struct stack_page *pages = arena_allocate(run->arena, thread->pages_count * sizeof(*pages));

	if (!pages)
		return -ENOMEM;
	for (uint32_t i = 0; i < thread->pages_count; i++)
		pages[i] = (struct stack_page){thread->pages[i].address, thread->pages[i].bytes};
	qsort(pages, thread->pages_count, sizeof(*pages), compare_pages);
	*ret = (struct stack_memory){pages, thread->pages_count};
	return 0;
}

/* An address in code of no file: the JIT compiler's own list knows it. */
static void name_from_perf_map(struct run *run, uint64_t lookup, struct crash_frame *frame)
{
	uint64_t start;
	struct view name;

	begin_reading(run, KEY_PERF_MAP);
	if (!run->is_perf_map_tried && run->job->perf_map_fd >= 0)
		run->perf_map = perf_map_cache_find(run->work->perf_maps, run->job->perf_map_fd,
						    clock_monotonic_ns());
	run->is_perf_map_tried = true;
	if (!run->perf_map || !perf_map_find(run->perf_map, lookup, &name, &start))
		return;
	frame->function = arena_copy(run->arena, name);
	frame->function_address = start;
}

static bool find_symbol(struct run *run, struct module *module, uint64_t linked,
			struct module_symbol *ret)
{
	if (run->job->is_profile && run->work->names)
		return frame_names_find(run->work->names, module, linked, ret);
	return module_find_symbol(module, linked, run->arena, ret);
}

static void name_from_module(struct run *run, const struct code_mapping *mapping, uint64_t lookup,
			     struct crash_frame *frame)
{
	struct module *module = find_module(run, mapping->image);
	struct module_symbol symbol;
	uint64_t linked;

	if (!module ||
	    !module_address(module, lookup - mapping->start + mapping->file_offset, &linked) ||
	    !find_symbol(run, module, linked, &symbol))
		return;
	frame->function = symbol.name;
	if (!view_equals(symbol.symbol, symbol.name))
		frame->symbol = symbol.symbol;
	frame->function_address = lookup - linked + symbol.address;
	frame->file = symbol.file;
	frame->line = symbol.line;
}

static void fill_frame(struct run *run, const struct unwound_frame *unwound, bool is_named,
		       struct crash_frame *frame)
{
	uint64_t lookup = unwound->is_exact_pc ? unwound->pc : unwound->pc - 1;
	const struct code_mapping *mapping = NULL;
	struct view path = {0};

	*frame = (struct crash_frame){
		.pc = unwound->pc,
		.image = NO_IMAGE,
		.repeats = unwound->repeats,
		.trust = unwound->trust,
		.is_exact_pc = unwound->is_exact_pc,
	};
	if (unwound->mapping < run->space.mappings_count)
		mapping = &run->space.mappings[unwound->mapping];
	if (mapping && mapping->image != NO_IMAGE) {
		frame->image = mapping->image;
		path = run->job->images[mapping->image].path;
		run->is_seen[mapping->image] = true;
	}
	if (mapping && is_named && mapping->image != NO_IMAGE)
		name_from_module(run, mapping, lookup, frame);
	else if (mapping && is_named)
		name_from_perf_map(run, lookup, frame);
	end_reading(run);
	if (mapping && mapping->image == NO_IMAGE)
		frame->is_in_app = frame_origin_is_compiled_in_app(frame->function);
	else
		frame->is_in_app = mapping && frame_origin_is_in_app(path, frame->function);
}

static int walk_thread(struct run *run, uint32_t index)
{
	const struct job_thread *thread = &run->job->threads[index];
	static struct unwound_frame unwound[MAX_CRASH_FRAMES];
	uint64_t now_ns = clock_monotonic_ns();
	bool is_first = index == 0 || thread->is_crashed || run->job->is_profile;
	bool is_named = is_first || now_ns < run->work->names_until_ns;
	bool is_walked = !thread->is_pc_only && (is_first || now_ns < run->work->stacks_until_ns);
	struct stack_memory memory = {0};
	struct crash_frame *frames;
	bool is_truncated = false;
	uint32_t count;
	int r = prepare_memory(run, thread, &memory);

	if (r < 0)
		return r;
	count = unwinder_walk(&run->space, &memory, thread->registers, unwound,
			      is_walked ? MAX_CRASH_FRAMES : 1, &is_truncated);
	end_reading(run);
	frames = arena_allocate(run->arena, count * sizeof(*frames));
	if (!frames)
		return -ENOMEM;
	for (uint32_t i = 0; i < count; i++)
		fill_frame(run, &unwound[i], is_named, &frames[i]);
	run->answer->threads[index].frames = frames;
	run->answer->threads[index].frames_count = count;
	/* Where nothing was to be looked at, nothing is missing. */
	run->answer->threads[index].is_truncated =
		!thread->is_pc_only && (is_truncated || !is_walked);
	run->answer->threads[index].is_complete =
		count && (unwound[count - 1].is_outermost ||
			  frame_origin_is_first(frames[count - 1].function));
	return 0;
}

static void hash_text(struct module *module, struct unwind_answer_image *image)
{
	struct view text = elf_image_section_start(module_image(module), ".text", TEXT_HASH_BYTES);

	if (!text.size)
		return;
	for (size_t i = 0; i < text.size; i++)
		image->text_hash[i % sizeof(image->text_hash)] ^= (uint8_t)text.bytes[i];
	image->has_text_hash = true;
}

static void identify_image(struct run *run, uint32_t index)
{
	struct unwind_answer_image *image = &run->answer->images[index];
	struct module *module = find_module(run, index);
	struct view build_id;

	if (!module)
		return;
	build_id = elf_image_build_id(module_image(module));
	if (build_id.size && build_id.size <= MAX_BUILD_ID_BYTES) {
		memcpy(image->build_id, build_id.bytes, build_id.size);
		image->build_id_size = (uint8_t)build_id.size;
		return;
	}
	hash_text(module, image);
}

/* Those that frames lie in, and those the kernel gave no build-id for, as long as there is time. */
static void identify_images(struct run *run)
{
	for (uint32_t i = 0; i < run->job->images_count; i++)
		if (run->is_seen[i] || (!run->job->images[i].build_id_size &&
					clock_monotonic_ns() < run->work->names_until_ns))
			identify_image(run, i);
	end_reading(run);
}

/* The demangler knows symbols: the class's type_info has one. A local class of a file begins with a
 * star. */
static struct view name_type(const struct run *run)
{
	const struct view prefix = VIEW_LITERAL("_ZTI"), words = VIEW_LITERAL("typeinfo for ");
	struct view name = run->job->type_name, symbol, text;

	if (view_starts_with(name, VIEW_LITERAL("*")))
		name = view_skip(name, 1);
	if (name.size == 0)
		return name;
	symbol = arena_join(run->arena, prefix, (struct view){0}, name);
	text = demangle_name(symbol, run->arena);
	return view_starts_with(text, words) ? view_skip(text, words.size) : name;
}

/* What was found in modules that are gone is gone with them. */
void unwind_work_trim(const struct unwind_work *work)
{
	bool has_dropped = module_cache_trim(work->modules);

	if (has_dropped && work->rows)
		row_cache_clear(work->rows);
	if (has_dropped && work->names)
		frame_names_clear(work->names);
	else if (work->names)
		frame_names_trim(work->names);
}

int unwind_work_run(const struct unwind_work *work, const struct unwind_job *job,
		    struct arena *arena, struct unwind_answer *ret)
{
	struct run run = {.work = work, .job = job, .arena = arena, .answer = ret};
	int r = prepare_space(&run);

	*ret = (struct unwind_answer){
		.id = job->id,
		.threads_count = job->threads_count,
		.images_count = job->images_count,
		.images = arena_allocate(arena, job->images_count * sizeof(*ret->images)),
	};
	if (r < 0 || !ret->images)
		return -ENOMEM;
	for (uint32_t i = 0; i < job->threads_count && r == 0; i++) {
		r = walk_thread(&run, i);
		/* Samples of one process have the same modules. */
		if (!job->is_profile)
			unwind_work_trim(work);
	}
	if (r == 0) {
		if (!job->is_profile)
			identify_images(&run);
		ret->type_name = name_type(&run);
	}
	end_reading(&run);
	return r;
}
