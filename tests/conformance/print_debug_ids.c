/*
 * Prints for each file what a crash event would identify it by, `CODE_ID DEBUG_ID PATH` ("-": no
 * code_id), by the way of a crash: the symbol process's work identifies the image, the exporter
 * prints it.
 * usage: print_debug_ids FILE…
 */
#include <assert.h>
#include <fcntl.h>
#include <stdio.h>
#include "base/cleanup.h"
#include "base/clock.h"
#include "unwinding/unwind_work.h"
#include "exporters/sentry/debug_images.h"

static void identify(struct module_cache *modules, const char *path, uint64_t key,
		     struct crash_image *ret)
{
	_cleanup_(cleanup_close) int fd = open(path, O_RDONLY | O_CLOEXEC);
	volatile uint64_t culprit = 0;
	const struct unwind_work work = {
		.modules = modules, .culprit = &culprit, .names_until_ns = UINT64_MAX};
	const struct job_image image = {.path = view_of_text(path), .key = key, .fd = fd};
	const struct unwind_job job = {
		.id = 1, .perf_map_fd = -1, .images = &image, .images_count = 1};
	struct unwind_answer answer;
	struct arena arena;

	*ret = (struct crash_image){0};
	arena_init(&arena, MAX_ANSWER_BYTES);
	assert(unwind_work_run(&work, &job, &arena, &answer) == 0);
	memcpy(ret->build_id, answer.images[0].build_id, sizeof(ret->build_id));
	ret->build_id_size = answer.images[0].build_id_size;
	memcpy(ret->text_hash, answer.images[0].text_hash, sizeof(ret->text_hash));
	ret->has_text_hash = answer.images[0].has_text_hash;
	arena_done(&arena);
}

int main(int argc, char **argv)
{
	struct module_cache *modules;
	struct crash_image image;
	char code_id[CODE_ID_TEXT_BYTES], debug_id[DEBUG_ID_TEXT_BYTES];

	assert(module_cache_new(&modules, 64 << 20, 16, NULL) == 0);
	for (int i = 1; i < argc; i++) {
		identify(modules, argv[i], (uint64_t)i, &image);
		debug_images_code_id(&image, code_id);
		debug_images_debug_id(&image, debug_id);
		printf("%s %s %s\n", code_id[0] ? code_id : "-", debug_id, argv[i]);
	}
	module_cache_free(&modules);
	return 0;
}
