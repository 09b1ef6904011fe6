/* Where an error was is said by the innermost function that is the program's own: addresses and
 * messages differ from run to run. */
#include "overview/run_digest.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include "base/cleanup.h"
#include "model/profile_merge.h"

int run_digest_new(struct run_digest **ret)
{
	_cleanup_(run_digest_free) struct run_digest *digest = calloc(1, sizeof(*digest));
	int err = digest ? operation_table_init(&digest->operations) : -ENOMEM;

	if (err == 0)
		err = hash_map_new(&digest->errors, sizeof(struct digest_error_key),
				   sizeof(struct digest_error), MAX_DIGEST_ERRORS);
	if (err < 0)
		return err;
	*ret = TAKE_PTR(digest);
	return 0;
}

void run_digest_free(struct run_digest **digest)
{
	if (!*digest)
		return;
	operation_table_done(&(*digest)->operations);
	hash_map_free(&(*digest)->errors);
	profile_free(&(*digest)->profile);
	free(*digest);
	*digest = NULL;
}

void run_digest_add_segment(struct run_digest *digest, const struct segment *segment)
{
	operation_table_add(&digest->operations, segment);
}

void run_digest_add_profile(struct run_digest *digest, const struct profile *profile)
{
	int err = digest->profile
			  ? 0
			  : profile_new(&digest->profile, profile->resource, profile->frequency_hz);

	if (err < 0 || profile_merge_add(digest->profile, profile) < 0)
		digest->has_lost = true;
}

static struct view native_place(const struct crash *crash)
{
	const struct crash_thread *thread = crash_raising_thread(crash);
	struct view first = {0};

	for (uint32_t i = 0; thread && i < thread->frames_count; i++) {
		const struct crash_frame *frame = &thread->frames[i];

		if (frame->function.size && frame->is_in_app)
			return frame->function;
		if (frame->function.size && !first.size)
			first = frame->function;
	}
	return first;
}

static struct view exception_place(const struct exception *exception)
{
	struct view first = {0};

	for (uint32_t i = 0; i < exception->frames_count; i++) {
		const struct exception_frame *frame = &exception->frames[i];
		struct view name = frame->function.size ? frame->function : frame->file;

		if (name.size && frame->is_in_app)
			return name;
		if (name.size && !first.size)
			first = name;
	}
	return first;
}

static struct digest_error_key key_of(const struct crash *crash)
{
	bool is_exception = crash->kind == CRASH_EXCEPTION && crash->exceptions_count;
	struct digest_error_key key = {.is_crash = crash->kind != CRASH_EXCEPTION};
	struct view type = is_exception ? crash->exceptions[0].type : crash->type;
	struct view place =
		is_exception ? exception_place(&crash->exceptions[0]) : (struct view){0};
	char text[DIGEST_ERROR_BYTES + 1];
	int size;

	if (!place.size)
		place = native_place(crash);
	if (!type.size)
		type = view_of_text(crash_kind_word(crash->kind));
	type = view_take(type, 80);
	place = view_take(place, 100);
	size = snprintf(text, sizeof(text), "%.*s%s%.*s", VIEW_FORMAT(type),
			place.size ? " in " : "", VIEW_FORMAT(place));
	memcpy(key.text, text, (size_t)size < sizeof(key.text) ? (size_t)size : sizeof(key.text));
	return key;
}

void run_digest_add_crash(struct run_digest *digest, const struct crash *crash)
{
	struct digest_error_key key = key_of(crash);
	struct digest_error *error = hash_map_add(digest->errors, &key, NULL);

	if (crash->kind == CRASH_EXCEPTION)
		digest->exceptions++;
	else
		digest->crashes++;
	if (error)
		error->count++;
	else
		digest->has_lost = true;
}
